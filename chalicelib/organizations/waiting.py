"""How many organizations one person may have waiting for an administrator: each is listed, and each is work to look at.

Counted by the day, in the transaction that registers. Who comes to the day's end is looked at: what was verified since
waits no more, and does not count.
"""

from datetime import datetime
from typing import Final

from chalicelib.errors import LimitReached
from chalicelib.memberships import service as memberships
from chalicelib.memberships.service import MembershipStore
from chalicelib.organizations.models import Status
from chalicelib.organizations.store import OrganizationStore
from chalicelib.table.daily import counted, recounted
from chalicelib.table.expressions import Update
from chalicelib.values import Role

MOST: Final = 200
"""How many a person may register on a day before an administrator has looked at any."""
_WHAT: Final = "organization"


def registered_write(user_id: str, now: datetime, most: int = MOST) -> Update:
    """The write that counts another one. Its condition fails where the person has registered too many on the day."""
    return counted(user_id, _WHAT, most, now)


def make_room(store: OrganizationStore, user_id: str, now: datetime, most: int = MOST) -> None:
    """Counts anew what a person owns that still waits. Raises ``LimitReached`` where that is too much."""
    joined = memberships.of_user(MembershipStore(store.table), user_id)
    statuses = store.statuses(one.organization_id for one in joined if one.role is Role.OWNER)
    waiting = sum(status is Status.PENDING for status in statuses.values())
    if waiting >= most:
        raise LimitReached(
            f"{waiting} organizations of yours wait for an administrator. Register others once these are verified."
        )
    store.table.write(recounted(user_id, _WHAT, waiting, now))
