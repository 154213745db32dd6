"""Changing others' memberships: their role, their end, and handing over what one owns."""

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.errors import ConditionFailed, Conflict, NotFound, NotPermitted, StaleVersion
from chalicelib.memberships.leaving import last_owner
from chalicelib.memberships.models import Member, Party
from chalicelib.memberships.rules import check_change, granting, manages, owners_more
from chalicelib.memberships.store import (
    MembershipStore,
    member_delete,
    role_check,
    role_update,
    roster_update,
)
from chalicelib.outbox.models import NoticeKind, ToPerson
from chalicelib.outbox.service import notice_write
from chalicelib.table.expressions import Put, Write
from chalicelib.values import Role, Timestamp


def member_of(store: MembershipStore, party: Party, user_id: str) -> Member:
    """A member. Raises ``NotFound``."""
    member = store.member(party, user_id)
    if member is None:
        raise NotFound(f"This {party.thing} has no such member.")
    return member


def change_role(
    store: MembershipStore,
    caller: Caller,
    party: Party,
    user_id: str,
    role: Role,
    expected_version: int,
    *,
    clock: Clock = utc_now,
) -> Member:
    """Gives a member another role; the same one again writes nothing.

    Raises ``NotPermitted`` where the caller's role does not cover both, ``LastOwner``, ``StaleVersion``,
    ``NotFound``.
    """
    now = clock()
    member = _read(store, party, user_id, expected_version)
    own = _own_role(store, caller, party, user_id)
    check_change(own, member.role, role)
    if member.role is role:
        return member
    owners = owners_more(member.role, role)
    writes: list[Write] = [
        role_update(party, member, role),
        *([roster_update(party, 0, owners)] if owners else []),
        entry_write(
            caller.user_id,
            "membership.changed",
            party.id,
            now,
            f"{user_id}: {member.role.value} -> {role.value}",
        ),
        _told(party, _name(store, party), user_id, role.value, now),
    ]
    _transact(store, caller, party, user_id, writes, needed=max(member.role, role, key=_height))
    return member.model_copy(update={"role": role, "version": member.version + 1})


def remove(
    store: MembershipStore,
    caller: Caller,
    party: Party,
    user_id: str,
    expected_version: int,
    *,
    clock: Clock = utc_now,
) -> None:
    """Ends another's membership.

    Raises ``NotPermitted`` where the caller's role does not cover theirs, ``LastOwner``, ``StaleVersion``,
    ``NotFound``.
    """
    now = clock()
    member = _read(store, party, user_id, expected_version)
    check_change(_own_role(store, caller, party, user_id), member.role, None)
    writes: list[Write] = [
        member_delete(party, member),
        roster_update(party, -1, owners_more(member.role, None)),
        entry_write(caller.user_id, "membership.removed", party.id, now, f"{user_id}: {member.role.value}"),
        _told(party, _name(store, party), user_id, "none", now),
    ]
    _transact(store, caller, party, user_id, writes, needed=member.role)


def hand_over(
    store: MembershipStore, caller: Caller, party: Party, user_id: str, *, clock: Clock = utc_now
) -> Member:
    """Makes a member the owner in the caller's place, who stays as a manager: both at once or neither.

    Raises ``NotPermitted`` where the caller is no owner, ``Conflict`` where the other is one or is the caller,
    ``NotFound``.
    """
    now = clock()
    if user_id == caller.user_id:
        raise Conflict("You own it already. Name the member who shall own it in your place.")
    heir = member_of(store, party, user_id)
    own = member_of(store, party, caller.user_id)
    if own.role is not Role.OWNER:
        raise NotPermitted(f"Only owners of this {party.thing} can hand it over.")
    if heir.role is Role.OWNER:
        raise Conflict("They own it already: change your own role instead, if you mean to give it up.")
    name = _name(store, party)
    try:
        store.transact(
            role_update(party, heir, Role.OWNER),
            role_update(party, own, Role.MANAGER),
            entry_write(
                caller.user_id, "membership.handed_over", party.id, now, f"{caller.user_id} -> {user_id}"
            ),
            _told(party, name, user_id, Role.OWNER.value, now),
        )
    except ConditionFailed as error:
        raise StaleVersion("Somebody changed these memberships meanwhile. Read them again.") from error
    return heir.model_copy(update={"role": Role.OWNER, "version": heir.version + 1})


def _read(store: MembershipStore, party: Party, user_id: str, expected_version: int) -> Member:
    member = member_of(store, party, user_id)
    if member.version != expected_version:
        raise _stale()
    return member


def _own_role(store: MembershipStore, caller: Caller, party: Party, user_id: str) -> Role | None:
    """With which role the caller changes somebody.

    Administrators act like owners, so that what lost its owners gets new ones; but never for themselves: what members
    alone may read stays closed to them.
    """
    own = store.member(party, caller.user_id)
    if own is not None and (manages(own.role) or user_id == caller.user_id):
        return own.role
    return Role.OWNER if caller.admin and user_id != caller.user_id else None


def _transact(
    store: MembershipStore, caller: Caller, party: Party, user_id: str, writes: list[Write], needed: Role
) -> None:
    # A role that was lost meanwhile changes nothing any more. Of oneself, the version says it; administrators are
    # members of a group of the user pool, which the table does not know.
    checked = user_id != caller.user_id and not caller.admin
    checks = [role_check(party, caller.user_id, granting(needed))] if checked else []
    try:
        store.transact(*writes, *checks)
    except ConditionFailed as error:
        if 0 in error.failed:
            raise _stale() from error
        if 1 in error.failed:
            raise last_owner(party) from error
        raise NotPermitted("Your own role has been changed meanwhile.") from error


def _told(party: Party, name: str, user_id: str, role: str, now: Timestamp) -> Put:
    facts = {"organization_id": party.id, "organization_name": name, "role": role}
    return notice_write(NoticeKind.MEMBER_CHANGED, ToPerson(user_id=user_id), facts, now)


def _name(store: MembershipStore, party: Party) -> str:
    name = store.names([party]).get(party)
    if name is None:
        raise NotFound(f"There is no {party.thing} with this id.")
    return name


def _height(role: Role) -> int:
    return list(Role).index(role)


def _stale() -> StaleVersion:
    return StaleVersion(
        "Somebody changed this membership since you read it. Read it again, and send its new ETag."
    )
