"""Routes of moderation."""

from chalicelib.auth import ADMINISTRATORS, SIGNED_IN, Caller
from chalicelib.errors import InvalidCursor, LimitReached, NotFound
from chalicelib.http import Api
from chalicelib.moderation import service
from chalicelib.moderation.models import (
    Moderated,
    PageQuery,
    Report,
    ReportDraft,
    ReportedPage,
    ReportPage,
    Ruling,
)
from chalicelib.moderation.service import Moderation
from chalicelib.moderation.store import ReportStore
from chalicelib.organizations.store import OrganizationStore
from chalicelib.postings.store import PostingStore
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="Moderation")


def _stores() -> Moderation:
    table = connect()
    return Moderation(ReportStore(table), PostingStore(table), OrganizationStore(table))


@api.put(
    "/v1/postings/{posting_id}/report",
    permission=SIGNED_IN,
    summary="Report a posting",
    errors=(NotFound, LimitReached),
)
def report_posting(caller: Caller, posting_id: Id, body: ReportDraft) -> Report:
    """Administrators look at it. Everybody reports a posting once: repeated, the first report is answered."""
    return service.report(_stores(), caller, posting_id, body)


@api.get(
    "/v1/reports",
    permission=ADMINISTRATORS,
    summary="List the postings that were reported",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_reported_postings(query: PageQuery) -> ReportedPage:
    """Those that wait for a decision, the latest reported first."""
    found, following = service.waiting(
        ReportStore(connect()), query.limit, page_start("reports", query.cursor)
    )
    return ReportedPage(items=tuple(found), next_cursor=next_cursor("reports", following))


@api.get(
    "/v1/postings/{posting_id}/reports",
    permission=ADMINISTRATORS,
    summary="List the reports of a posting",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_reports(posting_id: Id, query: PageQuery) -> ReportPage:
    """What people say is wrong with it."""
    scope = f"reports {posting_id}"
    store = ReportStore(connect())
    found, following = service.reports_of(store, posting_id, query.limit, page_start(scope, query.cursor))
    return ReportPage(items=tuple(found), next_cursor=next_cursor(scope, following))


@api.put(
    "/v1/postings/{posting_id}/moderation",
    permission=ADMINISTRATORS,
    summary="Hide a posting, or let it stand",
    errors=(NotFound,),
)
def moderate_posting(caller: Caller, posting_id: Id, body: Ruling) -> Moderated:
    """A hidden one is seen by its own organization and administrators alone, and takes no responses.

    Its reports are settled either way. `keep` shows a hidden one again.
    """
    return service.rule(_stores(), caller, posting_id, body)
