"""Routes of the members of organizations, and of invitations to them."""

from chalicelib.auth import Caller
from chalicelib.errors import (
    AlreadyExists,
    Conflict,
    IdempotencyMismatch,
    InvalidCursor,
    InvitationExpired,
    InvitationUsed,
    LastOwner,
    LimitReached,
    NotFound,
    StaleVersion,
)
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.memberships import answers, changes, inviting
from chalicelib.memberships.answers import PageQuery
from chalicelib.memberships.leaving import leave
from chalicelib.memberships.models import organization_party
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.memberships.views import (
    HandOver,
    InvitationDraft,
    InvitationPage,
    InvitationView,
    MemberPage,
    MemberView,
    RoleChange,
    UserId,
    member_view,
)
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.values import Id, Role

api = Api(__name__, tag="Members")


@api.get(
    "/v1/organizations/{organization_id}/members",
    permission=member_of_organization(Role.VIEWER, or_admin=True),
    summary="List the members of an organization",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_members(organization_id: Id, query: PageQuery) -> MemberPage:
    """With their addresses, which members see of each other."""
    return answers.member_page(organization_party(organization_id), query)


@api.put(
    "/v1/organizations/{organization_id}/members/{user_id}",
    permission=member_of_organization(Role.MANAGER, or_admin=True),
    summary="Give a member another role",
    errors=(NotFound, StaleVersion, LastOwner),
)
def change_member(
    caller: Caller, organization_id: Id, user_id: UserId, if_match: Version, body: RoleChange
) -> Reply[MemberView]:
    """Managers and owners do this, of members with a role up to their own and to a role up to their own.

    Administrators do it too, but never for themselves. The last owner stays one.
    """
    return answers.changed_member(caller, organization_party(organization_id), user_id, if_match, body)


@api.delete(
    "/v1/organizations/{organization_id}/members/{user_id}",
    permission=member_of_organization(Role.MANAGER, or_admin=True),
    summary="Remove a member",
    status=204,
    errors=(NotFound, StaleVersion, LastOwner),
)
def remove_member(caller: Caller, organization_id: Id, user_id: UserId, if_match: Version) -> None:
    """Managers remove members with a role up to their own. The last owner cannot be removed."""
    changes.remove(answers.members(), caller, organization_party(organization_id), user_id, if_match)


@api.delete(
    "/v1/organizations/{organization_id}/membership",
    permission=member_of_organization(Role.VIEWER),
    summary="Leave an organization",
    status=204,
    errors=(NotFound, LastOwner),
)
def leave_organization(caller: Caller, organization_id: Id) -> None:
    """Ends the caller's own membership. The last owner hands it over first, or deletes the organization."""
    leave(answers.members(), caller.user_id, organization_party(organization_id))


@api.post(
    "/v1/organizations/{organization_id}/ownership",
    permission=member_of_organization(Role.OWNER),
    summary="Hand an organization over",
    errors=(NotFound, Conflict, StaleVersion),
)
def hand_over_organization(caller: Caller, organization_id: Id, body: HandOver) -> Reply[MemberView]:
    """Makes another member the owner in the caller's place, who stays as a manager: both at once."""
    heir = changes.hand_over(answers.members(), caller, organization_party(organization_id), body.user_id)
    return Reply(member_view(heir, {}), etag=version_etag(heir.version))


@api.post(
    "/v1/organizations/{organization_id}/invitations",
    permission=member_of_organization(Role.MANAGER),
    summary="Invite somebody to an organization",
    status=201,
    errors=(AlreadyExists, LimitReached, NotFound, IdempotencyMismatch),
)
def invite_member(
    caller: Caller, organization_id: Id, body: InvitationDraft, idempotent: IdempotentRequest | None
) -> Reply[InvitationView]:
    """Mails an invitation that is good for 14 days, once, and only for this address.

    One that was revoked, used or has expired is replaced. One person can send 50 a day, and 10 while
    the organization is not verified.
    """
    return answers.invited(caller, organization_party(organization_id), body, idempotent)


@api.get(
    "/v1/organizations/{organization_id}/invitations",
    permission=member_of_organization(Role.MANAGER),
    summary="List the invitations to an organization",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_invitations(organization_id: Id, query: PageQuery) -> InvitationPage:
    """Those that wait, and those that were accepted, revoked or have expired within the last weeks."""
    return answers.invitation_page(organization_party(organization_id), query)


@api.get(
    "/v1/organizations/{organization_id}/invitations/{invitation_id}",
    permission=member_of_organization(Role.MANAGER),
    summary="An invitation to an organization",
    errors=(NotFound,),
)
def read_invitation(organization_id: Id, invitation_id: Id) -> Reply[InvitationView]:
    """Whom it is for, and what became of it; never the text that accepts it."""
    return answers.invitation(organization_party(organization_id), invitation_id)


@api.delete(
    "/v1/organizations/{organization_id}/invitations/{invitation_id}",
    permission=member_of_organization(Role.MANAGER),
    summary="Revoke an invitation",
    status=204,
    errors=(NotFound, StaleVersion, InvitationUsed, InvitationExpired),
)
def revoke_invitation(caller: Caller, organization_id: Id, invitation_id: Id, if_match: Version) -> None:
    """Nobody can accept it any more; again does no harm."""
    party = organization_party(organization_id)
    inviting.revoke(answers.inviting_stores().invitations, caller, party, invitation_id, if_match)
