"""Routes that suggest: who might answer a posting, and what an organization might answer."""

from typing import Final

from chalicelib.clock import utc_now
from chalicelib.errors import NotFound
from chalicelib.http import Api
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.postings import service, suggestions
from chalicelib.postings.store import PostingStore
from chalicelib.postings.suggestion_views import (
    Feed,
    FeedQuery,
    Matches,
    MatchesQuery,
    feed_view,
    matches_view,
)
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Postings")

_READERS: Final = member_of_organization(Role.VIEWER, or_admin=True)


@api.get(
    "/v1/organizations/{organization_id}/postings/{posting_id}/matches",
    permission=_READERS,
    summary="Who fits a posting",
    errors=(NotFound,),
)
def list_matches(organization_id: Id, posting_id: Id, query: MatchesQuery) -> Matches:
    """Schools for what employers post, and employers for what schools post: those within its radius, with the reasons.

    The best come first, out of the nearest that fit.
    """
    store, directory = PostingStore(connect()), OrganizationStore(connect())
    posting = service.of_organization(store, organization_id, posting_id)
    return matches_view(suggestions.matches(store, directory, posting, query.limit))


@api.get(
    "/v1/organizations/{organization_id}/feed",
    permission=_READERS,
    summary="What is new around an organization",
    errors=(NotFound,),
)
def read_feed(organization_id: Id, query: FeedQuery) -> Feed:
    """Open postings around it that are meant for its kind and its part of the trade, newest first, with the reasons."""
    now = utc_now()
    scope = f"feed#{organization_id}#{query.radius_miles!r}"
    position = page_start(scope, query.cursor)
    stores = PostingStore(connect()), OrganizationStore(connect())
    found, following = suggestions.feed(
        *stores, organization_id, query.radius_miles, query.limit, position, now
    )
    return feed_view(found, next_cursor(scope, following), now)
