"""The handler that is measured, made as the application makes its own."""

from collections.abc import Mapping

from chalice.app import Chalice

from chalicelib.auth import Caller
from chalicelib.http import Api, Reply, version_etag
from chalicelib.values import Id
from infra.bench.warm import PATH, Filed, Report, check_manager, file_report


class _Managers:
    """Those who may file reports."""

    meaning = "Managers of the organization."

    def check(self, caller: Caller, path: Mapping[str, str]) -> None:
        """Raises ``NotPermitted`` for everyone else."""
        check_manager(caller, path["organization_id"])


_api = Api(__name__, tag="Reports")


@_api.put(PATH, permission=_Managers(), summary="File a report")
def put_report(organization_id: Id, body: Report) -> Reply[Filed]:
    """Files a report."""
    filed = file_report(organization_id, body)
    return Reply(filed, etag=version_etag(filed.version))


handler = Chalice(app_name="reports")
handler.api.binary_types = []
handler.register_blueprint(_api)
