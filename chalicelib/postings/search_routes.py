"""Routes that find postings: public ones without contact details, and one with them for participants."""

from typing import Final

from chalicelib.auth import PUBLIC
from chalicelib.clock import utc_now
from chalicelib.errors import NotFound
from chalicelib.http import Api, Reply
from chalicelib.organizations.permissions import PARTICIPANT
from chalicelib.organizations.service import OrganizationStore
from chalicelib.postings import asking, service
from chalicelib.postings.search import Finder
from chalicelib.postings.store import PostingStore
from chalicelib.postings.views import (
    FoundPostings,
    ParticipantPosting,
    PublicPosting,
    SearchQuery,
    found_views,
    participant_view,
    public_view,
)
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.reading import may_lag
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="Postings")

_KEPT: Final = "public, max-age=60"


@api.get(
    "/v1/directory/postings",
    permission=PUBLIC,
    summary="Search open postings",
    query_example={"zip": "59801", "radius_miles": "50", "direction": "offer"},
)
def search_postings(query: SearchQuery) -> Reply[FoundPostings]:
    """What is needed and offered: around a place, the nearest or the newest first, or everywhere, the newest first.

    A page may hold fewer postings than asked for, even none, and still go on: follow `next_cursor` until it is null.
    """
    now = utc_now()
    search = asking.search_of(query, now)
    position = page_start(search.scope, query.cursor)
    finder = Finder(PostingStore(connect()), OrganizationStore(connect()), now)
    hits = search.run(finder, query.limit, position)
    page = FoundPostings(
        items=found_views(hits.items, now),
        next_cursor=next_cursor(search.scope, hits.position),
    )
    return Reply(page, hashed=True, cache_control=_KEPT)


@api.get(
    "/v1/directory/postings/{posting_id}",
    permission=PUBLIC,
    summary="A posting without contact details",
    errors=(NotFound,),
)
def read_public_posting(posting_id: Id) -> Reply[PublicPosting]:
    """What everybody may see, also once it is closed."""
    found = service.get_shown(PostingStore(connect()), OrganizationStore(connect()), posting_id)
    return Reply(public_view(*found, utc_now()), hashed=True, cache_control=_KEPT)


@api.get(
    "/v1/postings/{posting_id}",
    permission=PARTICIPANT,
    summary="A posting with contact details",
    errors=(NotFound,),
)
def read_posting(posting_id: Id) -> ParticipantPosting:
    """What participants may see, also once it is closed."""
    with may_lag():
        found = service.get_shown(PostingStore(connect()), OrganizationStore(connect()), posting_id)
    return participant_view(*found, utc_now())
