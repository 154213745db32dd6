"""How often a person may do on a day what bothers others: counted in the transaction that does it."""

from datetime import datetime, timedelta

from chalicelib.table import keys
from chalicelib.table.expressions import Update, less_than, without


def counted(user_id: str, what: str, most: int, now: datetime) -> Update:
    """The write that counts once more. Its condition fails where it were more than ``most`` on the day of ``now``."""
    return Update(
        keys.daily(user_id, what, now.date()),
        add={"times": 1},
        set={"expires_at": int((now + timedelta(days=2)).timestamp())},
        condition=without("times") | less_than("times", most),
    )


def recounted(user_id: str, what: str, times: int, now: datetime) -> Update:
    """The write that says how often it was on the day of ``now``, where something is not to count any more."""
    return Update(
        keys.daily(user_id, what, now.date()),
        set={"times": times, "expires_at": int((now + timedelta(days=2)).timestamp())},
    )
