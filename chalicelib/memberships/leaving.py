"""Leaving what one is a member of: everybody may, but the last owner."""

from typing import Final

from chalicelib.audit.service import entry_write
from chalicelib.clock import Clock, utc_now
from chalicelib.errors import ConditionFailed, LastOwner, NotFound, TemporarilyUnavailable
from chalicelib.memberships.models import Party
from chalicelib.memberships.rules import owners_more
from chalicelib.memberships.store import MembershipStore, member_delete, roster_update

_ATTEMPTS: Final = 5


def leave(store: MembershipStore, user_id: str, party: Party, *, clock: Clock = utc_now) -> None:
    """Ends a person's own membership, whatever their role is at that moment.

    Raises ``LastOwner`` where nobody else owns the party, and ``NotFound`` where they are no member.
    """
    for _ in range(_ATTEMPTS):
        member = store.member(party, user_id)
        if member is None:
            raise NotFound(f"You are no member of this {party.thing}.")
        left = entry_write(user_id, "membership.left", party.id, clock(), member.role.value)
        try:
            store.transact(
                member_delete(party, member), roster_update(party, -1, owners_more(member.role, None)), left
            )
        except ConditionFailed as error:
            if 0 not in error.failed:
                raise last_owner(party) from error
            continue
        return
    raise TemporarilyUnavailable("Others are changing your membership at this moment. Try again.")


def last_owner(party: Party) -> LastOwner:
    """The error that says why nobody else would be left, and what to do."""
    return LastOwner(
        f"This {party.thing} would be left without an owner. Make another member its owner first, or delete it."
    )
