"""What imports ask of the table, and what administrators ask of it over HTTP, is what their roles allow."""

from typing import Any

import pytest

from chalicelib.config import Config
from chalicelib.school_lists import jobs
from tests.conftest import Http, TokenMaker
from tests.functional.school_lists.conftest import HEADER, rows
from tests.functional.school_lists.test_job import Context, continuations, event
from tests.functional.school_lists.test_several_lists import DOUBTFUL, HD, STATE
from tests.rights import Requests, listening, refused
from tests.unit.geography.delineations import table as delineation
from tests.unit.geography.delineations import workbook

PROGRAMS = "UNITID,CIPCODE,MAJORNUM,AWLEVEL,CTOTALT\n180197,47.0604,1,3,10\n"


class Played:
    """Plays imports, and keeps what each function asked apart."""

    def __init__(self, client: Http, admin: str, settings: Config) -> None:
        self._client = client
        self._admin = admin
        self._settings = settings
        self.imports = Requests()
        self.api = Requests()

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """A request of an administrator."""
        more = {} if body is None else {"json": body}
        with listening() as heard:
            answer = getattr(self._client, method)(path, token=self._admin, **more)
        self.api.asked += heard.asked
        assert answer.status < 300, answer.text
        return answer.json

    def deliver(self, key: str, content: bytes = b"", **said: str) -> dict[str, Any]:
        """An object that arrives, and the import that is run for it."""
        happened = event(self._settings, key, content, metadata=said)
        with listening() as heard:
            answer: dict[str, Any] = jobs.import_school_list(happened, Context())
        self.imports.asked += heard.asked
        return answer

    def go_on(self) -> None:
        """The events by which imports go on."""
        for key in continuations(self._settings):
            self.deliver(key)


def test_imports_and_their_administration_stay_within_their_roles(
    client: Http, token: TokenMaker, settings: Config
) -> None:
    played = Played(client, token("root", admin=True), settings)
    played.ask("put", "/v1/import-mappings/mine", {"columns": {"name": "name", "zip": "zip"}})
    played.ask("get", "/v1/import-mappings")
    form = played.ask("post", "/v1/imports", {"filename": "hd.csv", "layout": "ipeds_hd", "mode": "full"})
    assert played.deliver(form["upload"]["fields"]["key"], HD.encode())["status"] == "done"
    for name, content in (("state.csv", STATE), ("doubtful.csv", DOUBTFUL), ("c2024_a.csv", PROGRAMS)):
        assert played.deliver(f"uploads/{name}", content.encode())["status"] == "done"
    assert played.deliver("uploads/areas.xlsx", workbook(delineation()))["status"] == "done"
    assert played.deliver("uploads/mine.csv", b"name,zip\nA School,59801\n", **{"mapping-name": "mine"})
    less = "\n".join(HD.splitlines()[:3]) + "\n"
    assert played.deliver("uploads/hd2025.csv", less.encode(), mode="full")["status"] == "done"
    assert played.deliver("uploads/photo.csv", b"\xff\xd8\xff\xe0")["status"] == "refused"
    (match,) = played.ask("get", "/v1/school-matches")["items"]
    decision = f"/v1/school-matches/{match['id']}/decision"
    decided = played.ask("put", decision, {"decision": "same"})
    played.ask("get", f"/v1/organizations/{decided['organization_id']}/provenance")
    some = played.deliver("uploads/some.csv", (HEADER + rows(1, 5)).encode())["import_id"]
    for import_id in (some, form["import"]["id"]):
        played.ask("post", f"/v1/imports/{import_id}/undoing")
        played.go_on()
        assert played.ask("get", f"/v1/imports/{import_id}")["status"] == "undone"
    waiting = played.ask("post", "/v1/imports", {"filename": "x.csv"})["import"]["id"]
    played.ask("post", f"/v1/imports/{waiting}/cancellation")
    assert refused("ImportSchoolListRole", played.imports) == []
    assert refused("ApiRole", played.api) == []


@pytest.mark.parametrize("role", ["PublishNightlyRole", "DeliverNoticesRole"])
def test_other_roles_would_be_refused_what_an_import_asks(
    client: Http, token: TokenMaker, settings: Config, role: str
) -> None:
    played = Played(client, token("root", admin=True), settings)
    assert played.deliver("uploads/some.csv", (HEADER + rows(1, 3)).encode())["status"] == "done"
    assert refused("ImportSchoolListRole", played.imports) == []
    assert refused(role, played.imports) != []
