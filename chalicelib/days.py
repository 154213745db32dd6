"""Days in UTC: as statistics count them, and as the events of a schedule name them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from chalicelib.errors import InvalidInput

_FIRST: Final = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _FIRST).days


def day_of_number(number: int) -> date:
    """The day so many days after 1970-01-01."""
    return _FIRST + timedelta(days=number)


def day_of_event(event: Mapping[str, Any]) -> date:
    """The day of a scheduled event: who is started again with the same event does the same day again.

    Raises ``InvalidInput`` where the event has no time.
    """
    try:
        moment = datetime.fromisoformat(event["time"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            'The event has no usable "time": it must be RFC 3339, such as 2026-06-15T07:00:00Z.'
        ) from error
    return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()
