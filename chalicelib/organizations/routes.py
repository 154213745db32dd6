"""Routes of organizations and owner groups, for people who are signed in."""

from chalicelib.auth import ADMINISTRATORS, SIGNED_IN, Caller
from chalicelib.errors import (
    Conflict,
    IdempotencyMismatch,
    InvalidCursor,
    LimitReached,
    NotFound,
    NotPermitted,
    StaleVersion,
)
from chalicelib.geography import service as geography
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.memberships import service as memberships
from chalicelib.memberships.permissions import member_of_organization, member_of_owner_group
from chalicelib.memberships.store import MembershipStore
from chalicelib.organizations import lifecycle, owner_groups, service
from chalicelib.organizations.models import Organization, OrganizationChange, OrganizationDraft
from chalicelib.organizations.owner_groups import OwnerGroup, OwnerGroupDraft
from chalicelib.organizations.permissions import PARTICIPANT
from chalicelib.organizations.store import OrganizationStore
from chalicelib.organizations.views import (
    OwnedPage,
    PageQuery,
    ParticipantView,
    Verification,
    participant_view,
)
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Organizations")


@api.post(
    "/v1/organizations",
    permission=SIGNED_IN,
    summary="Register an organization",
    status=201,
    errors=(NotPermitted, NotFound, LimitReached, IdempotencyMismatch),
)
def create_organization(
    caller: Caller, body: OrganizationDraft, idempotent: IdempotentRequest | None
) -> Reply[ParticipantView]:
    """The caller becomes its owner. It is pending until an administrator has verified it.

    Send an Idempotency-Key: the request can then be repeated safely. 404 means that what it created has been deleted
    since, or that the caller has left it; 403 that the owner group is not the caller's to add to; 429
    `limit-reached` that too many of the caller's organizations wait for an administrator.
    """
    organization = lifecycle.create(OrganizationStore(connect()), caller, body, idempotent)
    return _own(organization, location=f"organizations/{organization.id}")


@api.get(
    "/v1/organizations/{organization_id}",
    permission=PARTICIPANT,
    summary="An organization with its contact details",
    errors=(NotFound,),
)
def read_organization(caller: Caller, organization_id: Id) -> Reply[ParticipantView]:
    """What participants may see. Its own members and administrators see the owner group too."""
    store = OrganizationStore(connect())
    role = memberships.role_of(MembershipStore(connect()), caller.user_id, organization_id)
    if caller.admin or role is not None:
        return _own(service.get(store, organization_id))
    organization = service.get_public(store, organization_id)
    return Reply(participant_view(organization, _areas(), own=False), etag=version_etag(organization.version))


@api.patch(
    "/v1/organizations/{organization_id}",
    permission=member_of_organization(Role.MANAGER, or_admin=True),
    summary="Change an organization",
    errors=(NotFound, StaleVersion),
)
def change_organization(
    caller: Caller, organization_id: Id, if_match: Version, body: OrganizationChange
) -> Reply[ParticipantView]:
    """A JSON merge patch: what is left out stays.

    Verified organizations are pending again under another name, and shops and dealerships in another owner group,
    unless an administrator makes the change. That of the owner group needs the role `owner`.
    """
    stores = OrganizationStore(connect()), MembershipStore(connect())
    return _own(lifecycle.change(*stores, caller, organization_id, if_match, body))


@api.delete(
    "/v1/organizations/{organization_id}",
    permission=member_of_organization(Role.OWNER, or_admin=True),
    summary="Delete an organization",
    status=204,
    errors=(NotFound, Conflict, StaleVersion),
)
def delete_organization(caller: Caller, organization_id: Id, if_match: Version) -> None:
    """With all that belongs to it: members, submissions and their history. It cannot be undone. Schools that lists tell
    of are deleted by administrators alone.

    Where the answer is lost, repeat the request with the same If-Match.
    """
    lifecycle.delete(OrganizationStore(connect()), caller, organization_id, if_match)


@api.put(
    "/v1/organizations/{organization_id}/verification",
    permission=ADMINISTRATORS,
    summary="Verify or suspend an organization",
    errors=(NotFound, Conflict),
)
def decide_verification(caller: Caller, organization_id: Id, body: Verification) -> Reply[ParticipantView]:
    """Only the figures of verified organizations count. Suspended ones are hidden from strangers."""
    return _own(lifecycle.decide(OrganizationStore(connect()), caller, organization_id, body.status))


@api.post(
    "/v1/owner-groups",
    permission=SIGNED_IN,
    summary="Register an owner group",
    status=201,
    errors=(NotFound, IdempotencyMismatch),
)
def create_owner_group(
    caller: Caller, body: OwnerGroupDraft, idempotent: IdempotentRequest | None
) -> Reply[OwnerGroup]:
    """For enterprises with more than one location. The caller becomes its owner.

    404 means that what the Idempotency-Key created has been deleted since.
    """
    group = owner_groups.create(connect(), caller, body, idempotent)
    return Reply(group, location=f"owner-groups/{group.id}")


@api.get(
    "/v1/owner-groups/{owner_group_id}",
    permission=member_of_owner_group(Role.VIEWER, or_admin=True),
    summary="An owner group",
    errors=(NotFound,),
)
def read_owner_group(owner_group_id: Id) -> OwnerGroup:
    """For its members."""
    return owner_groups.get(connect(), owner_group_id)


@api.delete(
    "/v1/owner-groups/{owner_group_id}",
    permission=member_of_owner_group(Role.OWNER),
    summary="Delete an owner group",
    status=204,
    errors=(Conflict,),
)
def delete_owner_group(caller: Caller, owner_group_id: Id) -> None:
    """With its members and invitations, once no organization belongs to it. It cannot be undone."""
    owner_groups.delete(connect(), caller, owner_group_id)


@api.get(
    "/v1/owner-groups/{owner_group_id}/organizations",
    permission=member_of_owner_group(Role.VIEWER, or_admin=True),
    summary="List the organizations of an owner group",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_owned_organizations(owner_group_id: Id, query: PageQuery) -> OwnedPage:
    """For the group's members. What an organization's members alone may do, this lets nobody do."""
    scope = f"owned {owner_group_id}"
    after = page_start(scope, query.cursor)
    found, following = OrganizationStore(connect()).owned(owner_group_id, query.limit, after)
    areas = _areas()
    return OwnedPage(
        items=tuple(participant_view(one, areas, own=True) for one in found),
        next_cursor=next_cursor(scope, following),
    )


def _areas() -> geography.Areas:
    return geography.areas_in_force(geography.DelineationStore(connect()))


def _own(organization: Organization, location: str | None = None) -> Reply[ParticipantView]:
    view = participant_view(organization, _areas(), own=True)
    return Reply(view, etag=version_etag(organization.version), location=location)
