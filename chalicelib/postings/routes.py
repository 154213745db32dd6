"""Routes of an organization's own postings."""

from datetime import datetime
from typing import Final

from chalicelib.auth import Caller
from chalicelib.clock import utc_now
from chalicelib.errors import Conflict, MoveNotAllowed, NotFound, NotVerified
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.postings import service
from chalicelib.postings.drafts import PostingChange, PostingDraft
from chalicelib.postings.models import Posting
from chalicelib.postings.store import PostingStore
from chalicelib.postings.views import ListQuery, OwnPosting, OwnPostings, PostingStatus, own_view
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Postings")

_WRITERS: Final = member_of_organization(Role.CONTRIBUTOR)
_READERS: Final = member_of_organization(Role.VIEWER, or_admin=True)


@api.post(
    "/v1/organizations/{organization_id}/postings",
    permission=_WRITERS,
    summary="Draft a posting",
    status=201,
    errors=(NotFound,),
)
def create_posting(
    organization_id: Id, body: PostingDraft, idempotent: IdempotentRequest | None
) -> Reply[OwnPosting]:
    """A need or an offer. Nobody else sees it before it is opened.

    Send an Idempotency-Key: the request can then be repeated safely.
    """
    posting = service.create(_postings(), _organizations(), organization_id, body, idempotent)
    return _own(posting, utc_now(), location=f"postings/{posting.id}")


@api.get(
    "/v1/organizations/{organization_id}/postings",
    permission=_READERS,
    summary="List own postings",
)
def list_postings(organization_id: Id, query: ListQuery) -> OwnPostings:
    """All of the organization's, drafts and closed ones included, newest first."""
    scope = f"postings#{organization_id}"
    before = page_start(scope, query.cursor)
    found, last = service.all_of(_postings(), organization_id, query.limit, before)
    now = utc_now()
    return OwnPostings(
        items=tuple(own_view(one, now) for one in found),
        next_cursor=next_cursor(scope, last),
    )


@api.get(
    "/v1/organizations/{organization_id}/postings/{posting_id}",
    permission=_READERS,
    summary="Read an own posting",
    errors=(NotFound,),
)
def read_own_posting(organization_id: Id, posting_id: Id) -> Reply[OwnPosting]:
    """Whatever its status. Its ETag changes with every change and every seat that is taken or given back."""
    return _own(service.of_organization(_postings(), organization_id, posting_id), utc_now())


@api.patch(
    "/v1/organizations/{organization_id}/postings/{posting_id}",
    permission=_WRITERS,
    summary="Change a posting",
    errors=(NotFound,),
)
def change_posting(
    organization_id: Id, posting_id: Id, if_match: Version, body: PostingChange
) -> Reply[OwnPosting]:
    """A JSON merge patch: what is left out stays. An expired one is open again once `ends_on` is later."""
    posting = service.change(_postings(), _organizations(), organization_id, posting_id, if_match, body)
    return _own(posting, utc_now())


@api.put(
    "/v1/organizations/{organization_id}/postings/{posting_id}/status",
    permission=_WRITERS,
    summary="Open, close or fulfill a posting",
    errors=(NotFound, NotVerified, MoveNotAllowed, Conflict),
)
def move_posting(
    caller: Caller, organization_id: Id, posting_id: Id, if_match: Version, body: PostingStatus
) -> Reply[OwnPosting]:
    """From draft to open, from open to fulfilled or closed, and from these to open again.

    Opening takes a verified organization. Where the posting is so already, nothing changes. All seats taken makes a
    posting fulfilled by itself, and a seat given back opens it again.
    """
    posting = service.move(_postings(), caller, organization_id, posting_id, if_match, body.status)
    return _own(posting, utc_now())


@api.delete(
    "/v1/organizations/{organization_id}/postings/{posting_id}",
    permission=_WRITERS,
    summary="Delete a draft",
    status=204,
    errors=(NotFound, Conflict),
)
def delete_posting(organization_id: Id, posting_id: Id, if_match: Version) -> None:
    """A posting that was opened once is closed instead: others may have answered it."""
    service.delete(_postings(), organization_id, posting_id, if_match)


def _own(posting: Posting, now: datetime, location: str | None = None) -> Reply[OwnPosting]:
    return Reply(own_view(posting, now), etag=version_etag(posting.version), location=location)


def _postings() -> PostingStore:
    return PostingStore(connect())


def _organizations() -> OrganizationStore:
    return OrganizationStore(connect())
