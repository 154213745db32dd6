"""Time and identity: the two things that are different at every call, and that tests replace."""

from collections.abc import Callable
from datetime import UTC, datetime

from uuid6 import uuid7

Clock = Callable[[], datetime]
"""Answers what time it is, in UTC."""


def utc_now() -> datetime:
    """The present moment, to the millisecond: finer is noise in a record."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def new_id() -> str:
    """A new identifier: a UUIDv7, so that later ones sort behind earlier ones."""
    return str(uuid7())
