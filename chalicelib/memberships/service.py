"""What others ask of memberships, and the writes that they add to their own transactions."""

from datetime import datetime

from chalicelib.auth import Caller
from chalicelib.memberships import erasing
from chalicelib.memberships.invitation_store import InvitationStore
from chalicelib.memberships.invitations import Invitation
from chalicelib.memberships.leaving import leave
from chalicelib.memberships.models import (
    Joined,
    Member,
    Membership,
    organization_party,
    owner_group_party,
)
from chalicelib.memberships.store import (
    MembershipStore,
    member_put,
    owner_group_role_check,
    roster_put,
)
from chalicelib.people import service as people
from chalicelib.table.expressions import Check, Write
from chalicelib.values import Role

__all__ = [
    "Invitation",
    "InvitationStore",
    "Joined",
    "MembershipStore",
    "entered_by",
    "forget_invitations",
    "forget_person",
    "group_members",
    "group_ownership_writes",
    "group_role_check",
    "groups_of_user",
    "invitations_of",
    "leave",
    "members",
    "of_user",
    "owner_writes",
    "ownership_writes",
    "role_in_owner_group",
    "role_of",
]


def role_of(store: MembershipStore, user_id: str, organization_id: str) -> Role | None:
    """A person's role in an organization, or None."""
    return store.role_in_organization(organization_id, user_id)


def role_in_owner_group(store: MembershipStore, user_id: str, owner_group_id: str) -> Role | None:
    """A person's role in an owner group, or None."""
    return store.role_in_owner_group(owner_group_id, user_id)


def members(store: MembershipStore, organization_id: str) -> list[Membership]:
    """All members of an organization; a bounded number."""
    return store.of_organization(organization_id)


def group_members(store: MembershipStore, owner_group_id: str) -> list[Member]:
    """All members of an owner group; a bounded number."""
    return store.members(owner_group_party(owner_group_id))[0]


def of_user(store: MembershipStore, user_id: str) -> list[Membership]:
    """All memberships of a person, oldest organization first."""
    return store.of_user(user_id)


def groups_of_user(store: MembershipStore, user_id: str) -> list[Joined]:
    """All parts of a person in owner groups, oldest group first."""
    return store.groups_of_user(user_id)


def ownership_writes(caller: Caller, organization_id: str, now: datetime) -> tuple[Write, ...]:
    """The writes that make the caller the first owner of an organization, for the transaction that gives it one.

    The conditions fail where it has members already.
    """
    return (*owner_writes(caller.user_id, organization_id, now), people.seen_write(caller, now))


def entered_by(store: MembershipStore, user_id: str) -> list[Joined]:
    """All memberships of a person, of organizations and of owner groups."""
    return erasing.joined(store, user_id)


def forget_person(store: MembershipStore, user_id: str, now: datetime) -> None:
    """Ends all memberships of a person; again does no harm.

    Raises ``LastOwner`` before it ends one, where somebody else has to own something first.
    """
    erasing.leave_all(store, user_id, now)


def invitations_of(store: InvitationStore, caller: Caller, limit: int) -> list[Invitation]:
    """At most ``limit`` each of the invitations that the caller sent, and of those to their verified address."""
    return erasing.invitations_of(store, caller, limit)


def forget_invitations(store: InvitationStore, caller: Caller, limit: int) -> bool:
    """Deletes at most ``limit`` each of the invitations that the caller sent and got; whether there may be more."""
    return erasing.forget_invitations(store, caller, limit)


def owner_writes(user_id: str, organization_id: str, now: datetime) -> tuple[Write, ...]:
    """As ``ownership_writes``, of a person whose address was noted before."""
    party = organization_party(organization_id)
    return (member_put(party, user_id, Role.OWNER, now), roster_put(party))


def group_ownership_writes(caller: Caller, owner_group_id: str, now: datetime) -> tuple[Write, ...]:
    """The writes that make the caller the owner of a new owner group, for the transaction that creates it."""
    party = owner_group_party(owner_group_id)
    return (
        member_put(party, caller.user_id, Role.OWNER, now),
        roster_put(party),
        people.seen_write(caller, now),
    )


def group_role_check(user_id: str, owner_group_id: str, role: Role) -> Check:
    """Fails its transaction unless the person has at least this role in the owner group."""
    return owner_group_role_check(owner_group_id, user_id, role)
