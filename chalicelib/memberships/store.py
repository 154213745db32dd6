"""Memberships in the table: one item each, beside what it is of, and in an index under the person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from chalicelib.memberships.models import Membership
from chalicelib.table import keys
from chalicelib.table.expressions import Check, Item, Put, missing, one_of
from chalicelib.table.table import Table
from chalicelib.values import Role

_FIELDS: Final = ("organization_id", "user_id", "role", "created_at")


class MembershipStore:
    """Reads memberships, and builds the writes that others put into their transactions."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def role_in_organization(self, organization_id: str, user_id: str) -> Role | None:
        """A person's role in an organization, or None."""
        return _role(self._table.get(keys.member(organization_id, user_id)))

    def role_in_owner_group(self, owner_group_id: str, user_id: str) -> Role | None:
        """A person's role in an owner group, or None."""
        return _role(self._table.get(keys.owner_group_member(owner_group_id, user_id)))

    def of_user(self, user_id: str) -> list[Membership]:
        """All memberships of a person, oldest organization first. Read from an index: a moment behind."""
        items = self._table.query_all(
            keys.memberships_of(user_id), index=keys.DIRECTORY, begins_with=keys.organization_pk("")
        )
        return [Membership.model_validate({name: item[name] for name in _FIELDS}) for item in items]

    def organization_names(self, organization_ids: Iterable[str]) -> dict[str, str]:
        """The present names of organizations; one that is gone, or being deleted, is left out.

        Names are read where they are kept and not copied into memberships, so that renaming is one write.
        """
        found = self._table.batch_get(
            map(keys.organization, organization_ids), attributes=("id", "name", "closing")
        )
        return {item["id"]: item["name"] for item in found.values() if "closing" not in item}


def membership_put(membership: Membership) -> Put:
    """The write of a new membership of an organization. Its condition fails where there is one already."""
    pk, sk = keys.member(membership.organization_id, membership.user_id)
    index = keys.DIRECTORY.entry(
        keys.memberships_of(membership.user_id), keys.organization_pk(membership.organization_id)
    )
    return Put({"PK": pk, "SK": sk, **index, **membership.model_dump(mode="json")}, missing())


def owner_group_membership_put(owner_group_id: str, user_id: str, role: Role, now: datetime) -> Put:
    """The write of a new membership of an owner group. Its condition fails where there is one already."""
    pk, sk = keys.owner_group_member(owner_group_id, user_id)
    return Put(
        {
            "PK": pk,
            "SK": sk,
            "owner_group_id": owner_group_id,
            "user_id": user_id,
            "role": role.value,
            "created_at": now.isoformat(),
        },
        missing(),
    )


def owner_group_role_check(owner_group_id: str, user_id: str, role: Role) -> Check:
    """Fails a transaction unless the person has at least this role in the owner group."""
    enough = [one.value for one in Role if one.covers(role)]
    return Check(keys.owner_group_member(owner_group_id, user_id), one_of("role", enough))


def _role(item: Item | None) -> Role | None:
    return Role(item["role"]) if item else None
