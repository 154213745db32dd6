"""Routes of claims: people claim schools that came from a list, administrators decide what is not proved."""

from chalicelib.auth import ADMINISTRATORS, SIGNED_IN, Caller
from chalicelib.claims import service
from chalicelib.claims.models import Claim, ClaimDecision, ClaimDraft, ClaimPage, ClaimsQuery
from chalicelib.claims.service import Claims
from chalicelib.claims.store import ClaimStore
from chalicelib.errors import (
    AlreadyClaimed,
    ClaimOpen,
    Conflict,
    InvalidCursor,
    LimitReached,
    NotFound,
    StaleVersion,
)
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.organizations.store import OrganizationStore
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="Claims")

_SCOPE = "claims"


def _stores() -> Claims:
    return Claims(ClaimStore(connect()), OrganizationStore(connect()))


@api.put(
    "/v1/organizations/{organization_id}/claim",
    permission=SIGNED_IN,
    summary="Claim a school",
    errors=(NotFound, Conflict, AlreadyClaimed, ClaimOpen, LimitReached),
)
def claim_organization(caller: Caller, organization_id: Id, body: ClaimDraft) -> Reply[Claim]:
    """For schools that came from a list. Where the caller's verified e-mail address is at the domain of the school's
    website, the claim is approved at once: the caller owns the school, and it is verified. Otherwise an administrator
    decides. Addresses and websites under domains that many share prove nothing.

    While a claim is open, there can be no other; the claimant who repeats the request gets the open one.
    """
    return _reply(service.claim(_stores(), caller, organization_id, body.message))


@api.get(
    "/v1/organizations/{organization_id}/claim",
    permission=SIGNED_IN,
    summary="The claim of a school",
    errors=(NotFound,),
)
def read_claim(caller: Caller, organization_id: Id) -> Reply[Claim]:
    """The latest one, for whoever made it and for administrators; for everybody else there is none."""
    return _reply(service.get(_stores(), caller, organization_id))


@api.delete(
    "/v1/organizations/{organization_id}/claim",
    permission=SIGNED_IN,
    summary="Take a claim back",
    status=204,
    errors=(NotFound, Conflict),
)
def withdraw_claim(caller: Caller, organization_id: Id) -> None:
    """The caller's own, while it is open; again does no harm."""
    service.withdraw(_stores(), caller.user_id, organization_id)


@api.put(
    "/v1/organizations/{organization_id}/claim/decision",
    permission=ADMINISTRATORS,
    summary="Decide a claim",
    errors=(NotFound, Conflict, AlreadyClaimed, StaleVersion),
)
def decide_claim(caller: Caller, organization_id: Id, if_match: Version, body: ClaimDecision) -> Reply[Claim]:
    """Approved, the claimant owns the school, and it is verified. The same decision again changes nothing."""
    return _reply(service.decide(_stores(), caller, organization_id, body, if_match))


@api.get(
    "/v1/claims",
    permission=ADMINISTRATORS,
    summary="List the claims to be decided",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_claims(query: ClaimsQuery) -> ClaimPage:
    """The oldest first."""
    start = page_start(_SCOPE, query.cursor)
    found, following = service.waiting(_stores(), query.limit, start)
    return ClaimPage(items=tuple(found), next_cursor=next_cursor(_SCOPE, following))


def _reply(claim: Claim) -> Reply[Claim]:
    return Reply(claim, etag=version_etag(claim.version))
