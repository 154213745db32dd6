"""What others ask of memberships, and the writes that they add to their own transactions."""

from datetime import datetime

from chalicelib.memberships.models import Membership, MyMembership
from chalicelib.memberships.store import (
    MembershipStore,
    membership_put,
    owner_group_membership_put,
    owner_group_role_check,
)
from chalicelib.table.expressions import Check, Put
from chalicelib.values import Role

__all__ = [
    "MembershipStore",
    "group_ownership_write",
    "group_role_check",
    "named_of_user",
    "of_user",
    "ownership_write",
    "role_in_owner_group",
    "role_of",
]


def role_of(store: MembershipStore, user_id: str, organization_id: str) -> Role | None:
    """A person's role in an organization, or None."""
    return store.role_in_organization(organization_id, user_id)


def role_in_owner_group(store: MembershipStore, user_id: str, owner_group_id: str) -> Role | None:
    """A person's role in an owner group, or None."""
    return store.role_in_owner_group(owner_group_id, user_id)


def of_user(store: MembershipStore, user_id: str) -> list[Membership]:
    """All memberships of a person, oldest organization first."""
    return store.of_user(user_id)


def named_of_user(store: MembershipStore, user_id: str) -> tuple[MyMembership, ...]:
    """All memberships of a person with the organizations' present names."""
    memberships = store.of_user(user_id)
    names = store.organization_names(one.organization_id for one in memberships)
    return tuple(
        MyMembership(
            organization_id=one.organization_id, role=one.role, organization_name=names[one.organization_id]
        )
        for one in memberships
        if one.organization_id in names
    )


def ownership_write(user_id: str, organization_id: str, now: datetime) -> Put:
    """The write that makes a person the owner of a new organization, for the transaction that creates it."""
    return membership_put(
        Membership(organization_id=organization_id, user_id=user_id, role=Role.OWNER, created_at=now)
    )


def group_ownership_write(user_id: str, owner_group_id: str, now: datetime) -> Put:
    """The write that makes a person the owner of a new owner group, for the transaction that creates it."""
    return owner_group_membership_put(owner_group_id, user_id, Role.OWNER, now)


def group_role_check(user_id: str, owner_group_id: str, role: Role) -> Check:
    """Fails its transaction unless the person has at least this role in the owner group."""
    return owner_group_role_check(owner_group_id, user_id, role)
