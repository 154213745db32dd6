"""The audit trail over HTTP: for administrators, who can read it and cannot change it."""

from chalicelib.audit.models import AuditPage, AuditQuery
from chalicelib.audit.store import AuditStore
from chalicelib.auth import ADMINISTRATORS
from chalicelib.config import config
from chalicelib.errors import InvalidCursor
from chalicelib.http import Api
from chalicelib.table.cursor import CursorSigner
from chalicelib.table.table import connect

api = Api(__name__, tag="Audit")


@api.get(
    "/v1/audit",
    permission=ADMINISTRATORS,
    summary="Read the audit trail",
    errors=(InvalidCursor,),
    query_example={"month": "2026-06"},
)
def read_audit(query: AuditQuery) -> AuditPage:
    """Newest first: who did what to what, and what they were refused. One query a page."""
    signer = CursorSigner(config().cursor_key.get_secret_value())
    scope = f"audit {query.month or ''} {query.subject or ''}"
    start = None if query.cursor is None else signer.read(scope, query.cursor)
    store = AuditStore(connect())
    if query.month is not None:
        found, following = store.of_month(query.month, query.limit, start)
    else:
        found, following = store.of_subject(query.subject or "", query.limit, start)
    return AuditPage(
        items=tuple(found), next_cursor=None if following is None else signer.sign(scope, following)
    )
