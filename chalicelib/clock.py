"""Time and identity: the two things that are different at every call, and that tests replace."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

Clock = Callable[[], datetime]
"""Answers what time it is, in UTC."""


def utc_now() -> datetime:
    """The present moment, to the millisecond: finer is noise in a record."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


_TICKS: Final = 4096
"""Parts of a millisecond: twelve bits."""
_VARIANT: Final = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
_next_tick = 0


def new_id() -> str:
    """A new identifier: a UUIDv7, so that later ones sort behind earlier ones."""
    return new_ids(1)[0]


def new_ids(count: int) -> list[str]:
    """New identifiers, each later than the one before, in a fifth of the time that as many calls take.

    RFC 9562, section 6.2, method 3: behind the millisecond stand twelve bits with the part of it, which count on where
    identifiers are made faster than that; then 62 random bits.
    """
    global _next_tick  # noqa: PLW0603 - what makes later ones sort behind earlier ones
    first = max(time.time_ns() * _TICKS // 1_000_000, _next_tick)
    _next_tick = first + count
    dice = os.urandom(8 * count).hex()
    return [_uuid7(f"{first + number:015x}", dice[16 * number : 16 * number + 16]) for number in range(count)]


def _uuid7(moment: str, dice: str) -> str:
    """Fifteen and sixteen hexadecimal digits as an identifier."""
    return f"{moment[:8]}-{moment[8:12]}-7{moment[12:]}-{_VARIANT[dice[0]]}{dice[1:4]}-{dice[4:]}"
