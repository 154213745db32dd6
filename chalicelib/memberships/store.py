"""Memberships in the table: one item each, beside what it is of, and in an index under the person.

Beside them stands one roster: how many members there are, and how many owners. Whatever changes a membership changes
the roster in the same transaction, so that the last owner stays whoever else leaves at the same moment.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from chalicelib.memberships.models import (
    MOST_MEMBERS,
    Joined,
    Member,
    Membership,
    Party,
    PartyKind,
    organization_party,
    owner_group_party,
)
from chalicelib.readable import every, readable, text_of
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Check,
    Condition,
    Delete,
    Item,
    Put,
    Update,
    Write,
    at_least,
    differs,
    equals,
    exists,
    less_than,
    missing,
    one_of,
    without,
)
from chalicelib.table.table import Table
from chalicelib.values import Role

# What memberships are asked for; whoever tells members of something needs no more of the organization.
_FIELDS: Final = ("organization_id", "user_id", "role", "created_at")
_MEMBER: Final = ("user_id", "role", "version", "created_at")


class MembershipStore:
    """Reads memberships, and builds the writes that others put into their transactions."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def role_in_organization(self, organization_id: str, user_id: str) -> Role | None:
        """A person's role in an organization, or None."""
        return _role(self.table.get(keys.member(organization_id, user_id)))

    def role_in_owner_group(self, owner_group_id: str, user_id: str) -> Role | None:
        """A person's role in an owner group, or None."""
        return _role(self.table.get(keys.owner_group_member(owner_group_id, user_id)))

    def member(self, party: Party, user_id: str) -> Member | None:
        """A person's part in a party, or None."""
        item = self.table.get(_key(party, user_id))
        return _member(item) if item is not None else None

    def members(
        self, party: Party, limit: int = MOST_MEMBERS, after: str | None = None
    ) -> tuple[list[Member], str | None]:
        """One page of the members of a party, by user id; and whom ``after`` the next one begins, or None."""
        start = None if after is None else _key(party, after).attributes
        page = self.table.query(
            pk_of(party), begins_with=keys.MEMBER, limit=limit, start=start, attributes=_MEMBER
        )
        following = None if page.next is None else page.next["SK"].removeprefix(keys.MEMBER)
        return list(readable(page.items, _member)), following

    def of_organization(self, organization_id: str) -> list[Membership]:
        """All memberships of an organization: there are at most ``MOST_MEMBERS``."""
        items = self.table.query_all(
            keys.organization_pk(organization_id), begins_with=keys.MEMBER, attributes=_FIELDS
        )
        return list(readable(items, _membership))

    def of_user(self, user_id: str) -> list[Membership]:
        """All memberships of a person, oldest organization first. Read from an index: a moment behind."""
        items = self.table.query_all(
            keys.memberships_of(user_id), index=keys.DIRECTORY, begins_with=keys.organization_pk("")
        )
        return list(readable(items, _membership))

    def groups_of_user(self, user_id: str) -> list[Joined]:
        """A person's parts in owner groups, oldest group first. Read from an index: a moment behind."""
        items = self.table.query_all(
            keys.memberships_of(user_id), index=keys.DIRECTORY, begins_with=keys.owner_group_pk("")
        )
        return list(readable(items, _joined))

    def all_of_user(self, user_id: str) -> list[Joined]:
        """A person's parts in organizations and owner groups, for whoever may overlook none.

        Raises ``ValueError`` or the like where one cannot be read.
        """
        pk = keys.memberships_of(user_id)
        organizations, groups = (
            self.table.query_all(pk, index=keys.DIRECTORY, begins_with=prefix)
            for prefix in (keys.organization_pk(""), keys.owner_group_pk(""))
        )
        return [
            *(
                Joined(organization_party(one.organization_id), one.role)
                for one in every(organizations, _membership)
            ),
            *every(groups, _joined),
        ]

    def names(self, parties: Iterable[Party]) -> dict[Party, str]:
        """The present names of parties; one that is gone, or being deleted, is left out.

        Names are read where they are kept and not copied into memberships, so that renaming is one write.
        """
        return {party: item["name"] for party, item in self._profiles(parties).items()}

    def every_name(self, parties: Iterable[Party]) -> dict[Party, str]:
        """As ``names``, for whoever may take none for gone that is there: raises where one cannot be read."""
        found = every(self._read_profiles(parties).items(), _named)
        return {party: str(item["name"]) for party, item in found if "closing" not in item}

    def standing(self, party: Party) -> tuple[str, str] | None:
        """The present name and status of a party, or None where it is gone, or being deleted. Groups have no status."""
        found = self._profiles([party]).get(party)
        return (found["name"], found.get("status", "")) if found is not None else None

    def standings(self, organization_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """The present name and status of organizations, by id; one that is gone, or being deleted, is left out."""
        found = self._profiles(map(organization_party, organization_ids))
        return {party.id: (item["name"], item["status"]) for party, item in found.items()}

    def _profiles(self, parties: Iterable[Party]) -> dict[Party, Item]:
        found = readable(self._read_profiles(parties).items(), _named)
        return {party: item for party, item in found if "closing" not in item}

    def _read_profiles(self, parties: Iterable[Party]) -> dict[Party, Item]:
        wanted = {keys.Key(pk_of(party), keys.PROFILE): party for party in parties}
        found = self.table.batch_get(wanted, attributes=("name", "status", "closing"))
        return {wanted[key]: item for key, item in found.items()}

    def owners(self, parties: Iterable[Party]) -> dict[Party, int]:
        """How many owners parties have; one without a roster is left out."""
        wanted = {keys.roster(pk_of(party)): party for party in parties}
        found = self.table.batch_get(wanted, attributes=("owners",))
        return {wanted[key]: int(item["owners"]) for key, item in found.items()}

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self.table.transact(*writes)


def pk_of(party: Party) -> str:
    """The partition that holds all that belongs to a party."""
    return keys.party_pk(party.kind.value, party.id)


def member_put(party: Party, user_id: str, role: Role, now: datetime) -> Put:
    """The write of a new membership. Its condition fails where there is one already."""
    pk, sk = _key(party, user_id)
    return Put(
        {
            "PK": pk,
            "SK": sk,
            **keys.DIRECTORY.entry(keys.memberships_of(user_id), pk),
            f"{party.kind.value}_id": party.id,
            "user_id": user_id,
            "role": role.value,
            "version": 1,
            "created_at": now.isoformat(),
        },
        missing(),
    )


def role_update(party: Party, member: Member, role: Role) -> Update:
    """The write of another role. Its condition fails where the membership is not as it was read."""
    return Update(
        _key(party, member.user_id),
        set={"role": role.value, "version": member.version + 1},
        condition=_as_read(member),
    )


def member_delete(party: Party, member: Member) -> Delete:
    """The write that ends a membership. Its condition fails where it is not as it was read."""
    return Delete(_key(party, member.user_id), _as_read(member))


def roster_put(party: Party) -> Put:
    """The write of the roster of what is new, with one member who owns it."""
    pk, sk = keys.roster(pk_of(party))
    return Put({"PK": pk, "SK": sk, "members": 1, "owners": 1}, missing())


def roster_update(party: Party, members: int, owners: int) -> Update:
    """The write that counts members and owners more or less.

    Its condition fails where no owner would be left, and where more members would be than there may be.
    """
    change: dict[str, Any] = {"add": {"members": members, "owners": owners}}
    if owners < 0:
        change["condition"] = at_least("owners", 1 - owners)
    elif members > 0:
        change["condition"] = without("members") | less_than("members", MOST_MEMBERS)
    return Update(keys.roster(pk_of(party)), **change)


def role_check(party: Party, user_id: str, roles: Iterable[Role]) -> Check:
    """Fails a transaction unless the person has one of these roles in the party."""
    return Check(_key(party, user_id), one_of("role", [role.value for role in roles]))


def owner_group_role_check(owner_group_id: str, user_id: str, role: Role) -> Check:
    """Fails a transaction unless the person has at least this role in the owner group."""
    return role_check(owner_group_party(owner_group_id), user_id, (one for one in Role if one.covers(role)))


def standing_check(party: Party) -> Check:
    """Fails a transaction unless the party exists, is not being deleted and is not suspended."""
    condition: Condition = exists()
    if party.kind is PartyKind.ORGANIZATION:
        condition = condition & without("closing") & differs("status", "suspended")
    return Check(keys.Key(pk_of(party), keys.PROFILE), condition)


def _key(party: Party, user_id: str) -> keys.Key:
    return keys.party_member(pk_of(party), user_id)


def _as_read(member: Member) -> Condition:
    return equals("role", member.role.value) & (
        equals("version", member.version) if member.version > 1 else without("version") | equals("version", 1)
    )


def _membership(item: Item) -> Membership:
    return Membership.model_validate({name: item[name] for name in _FIELDS})


def _joined(item: Item) -> Joined:
    owner_group_id = text_of(item, "owner_group_id")
    if keys.owner_group_pk(owner_group_id) != item["PK"]:
        raise ValueError("a membership of another owner group")
    return Joined(owner_group_party(owner_group_id), Role(item["role"]))


def _named(found: tuple[Party, Item]) -> tuple[Party, Item]:
    """A party and its item, with a name and a status that are texts. Raises ``TypeError`` where they are not."""
    party, item = found
    if "closing" not in item and not isinstance(item["name"], str):
        raise TypeError("no name")
    if party.kind is PartyKind.ORGANIZATION and not isinstance(item["status"], str):
        raise TypeError("no status")
    return party, item


def _member(item: Item) -> Member:
    return Member.model_validate({"version": 1, **{name: item[name] for name in _MEMBER if name in item}})


def _role(item: Item | None) -> Role | None:
    return Role(item["role"]) if item else None
