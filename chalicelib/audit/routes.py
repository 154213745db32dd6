"""The audit trail over HTTP: for administrators, who can read it and cannot change it."""

from chalicelib.audit.models import AuditPage, AuditQuery
from chalicelib.audit.store import AuditStore
from chalicelib.auth import ADMINISTRATORS
from chalicelib.errors import InvalidCursor
from chalicelib.http import Api
from chalicelib.table.cursor import next_cursor, page_start
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
    scope = f"audit {query.month or ''} {query.subject or ''}"
    start = page_start(scope, query.cursor)
    store = AuditStore(connect())
    if query.month is not None:
        found, following = store.of_month(query.month, query.limit, start)
    else:
        found, following = store.of_subject(query.subject or "", query.limit, start)
    return AuditPage(items=tuple(found), next_cursor=next_cursor(scope, following))
