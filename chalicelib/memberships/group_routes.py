"""Routes of the members of owner groups, and of invitations to them: as of organizations."""

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
from chalicelib.memberships.models import owner_group_party
from chalicelib.memberships.permissions import member_of_owner_group
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

api = Api(__name__, tag="Owner groups")


@api.get(
    "/v1/owner-groups/{owner_group_id}/members",
    permission=member_of_owner_group(Role.VIEWER, or_admin=True),
    summary="List the members of an owner group",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_group_members(owner_group_id: Id, query: PageQuery) -> MemberPage:
    """With their addresses, which members see of each other."""
    return answers.member_page(owner_group_party(owner_group_id), query)


@api.put(
    "/v1/owner-groups/{owner_group_id}/members/{user_id}",
    permission=member_of_owner_group(Role.MANAGER, or_admin=True),
    summary="Give a member of an owner group another role",
    errors=(NotFound, StaleVersion, LastOwner),
)
def change_group_member(
    caller: Caller, owner_group_id: Id, user_id: UserId, if_match: Version, body: RoleChange
) -> Reply[MemberView]:
    """Managers and owners do this, of members with a role up to their own and to a role up to their own.

    Administrators do it too, but never for themselves. The last owner stays one.
    """
    return answers.changed_member(caller, owner_group_party(owner_group_id), user_id, if_match, body)


@api.delete(
    "/v1/owner-groups/{owner_group_id}/members/{user_id}",
    permission=member_of_owner_group(Role.MANAGER, or_admin=True),
    summary="Remove a member of an owner group",
    status=204,
    errors=(NotFound, StaleVersion, LastOwner),
)
def remove_group_member(caller: Caller, owner_group_id: Id, user_id: UserId, if_match: Version) -> None:
    """Managers remove members with a role up to their own. The last owner cannot be removed."""
    changes.remove(answers.members(), caller, owner_group_party(owner_group_id), user_id, if_match)


@api.delete(
    "/v1/owner-groups/{owner_group_id}/membership",
    permission=member_of_owner_group(Role.VIEWER),
    summary="Leave an owner group",
    status=204,
    errors=(NotFound, LastOwner),
)
def leave_owner_group(caller: Caller, owner_group_id: Id) -> None:
    """Ends the caller's own membership. The last owner hands it over first, or deletes it."""
    leave(answers.members(), caller.user_id, owner_group_party(owner_group_id))


@api.post(
    "/v1/owner-groups/{owner_group_id}/ownership",
    permission=member_of_owner_group(Role.OWNER),
    summary="Hand an owner group over",
    errors=(NotFound, Conflict, StaleVersion),
)
def hand_over_owner_group(caller: Caller, owner_group_id: Id, body: HandOver) -> Reply[MemberView]:
    """Makes another member the owner in the caller's place, who stays as a manager: both at once."""
    heir = changes.hand_over(answers.members(), caller, owner_group_party(owner_group_id), body.user_id)
    return Reply(member_view(heir, {}), etag=version_etag(heir.version))


@api.post(
    "/v1/owner-groups/{owner_group_id}/invitations",
    permission=member_of_owner_group(Role.MANAGER),
    summary="Invite somebody to an owner group",
    status=201,
    errors=(AlreadyExists, LimitReached, NotFound, IdempotencyMismatch),
)
def invite_group_member(
    caller: Caller, owner_group_id: Id, body: InvitationDraft, idempotent: IdempotentRequest | None
) -> Reply[InvitationView]:
    """Mails an invitation that is good for 14 days, once, and only for this address.

    One that was revoked, used or has expired is replaced. One person can send 10 a day.
    """
    return answers.invited(caller, owner_group_party(owner_group_id), body, idempotent)


@api.get(
    "/v1/owner-groups/{owner_group_id}/invitations",
    permission=member_of_owner_group(Role.MANAGER),
    summary="List the invitations to an owner group",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_group_invitations(owner_group_id: Id, query: PageQuery) -> InvitationPage:
    """Those that wait, and those that were accepted, revoked or have expired within the last weeks."""
    return answers.invitation_page(owner_group_party(owner_group_id), query)


@api.get(
    "/v1/owner-groups/{owner_group_id}/invitations/{invitation_id}",
    permission=member_of_owner_group(Role.MANAGER),
    summary="An invitation to an owner group",
    errors=(NotFound,),
)
def read_group_invitation(owner_group_id: Id, invitation_id: Id) -> Reply[InvitationView]:
    """Whom it is for, and what became of it; never the text that accepts it."""
    return answers.invitation(owner_group_party(owner_group_id), invitation_id)


@api.delete(
    "/v1/owner-groups/{owner_group_id}/invitations/{invitation_id}",
    permission=member_of_owner_group(Role.MANAGER),
    summary="Revoke an invitation to an owner group",
    status=204,
    errors=(NotFound, StaleVersion, InvitationUsed, InvitationExpired),
)
def revoke_group_invitation(caller: Caller, owner_group_id: Id, invitation_id: Id, if_match: Version) -> None:
    """Nobody can accept it any more; again does no harm."""
    party = owner_group_party(owner_group_id)
    inviting.revoke(answers.inviting_stores().invitations, caller, party, invitation_id, if_match)
