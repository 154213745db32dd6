"""Use cases of privacy: a person's own things, page by page, and the end of them.

What there is comes as ``Source`` values, one a kind, made in ``sources``: so this knows no feature, and
none knows this.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.privacy.models import Entered

Read = Callable[[int, Any], tuple[list[dict[str, Any]], Any]]
"""Takes how many to read at most and where to begin; gives them, and where the next page begins, or None."""
Forget = Callable[[], bool]
"""Erases a bounded number; tells whether more may be left."""

_ROUNDS: Final = 20
"""How often one request asks sources to erase more: together far less than a request's time."""


@dataclass(frozen=True, slots=True)
class Source:
    """Things of one kind that belong to a person."""

    kind: str
    read: Read
    forget: Forget


def export(
    sources: Sequence[Source], limit: int, position: tuple[int, Any] = (0, None)
) -> tuple[list[Entered], tuple[int, Any] | None]:
    """One page of what all sources hold, and where the next one begins, or None.

    Every source is read once a page at most, so a page costs a bounded number of requests.
    """
    found: list[Entered] = []
    number, start = position
    while number < len(sources):
        source = sources[number]
        things, following = source.read(limit - len(found), start)
        found += [Entered(kind=source.kind, data=thing) for thing in things]
        if following is not None:
            return found, (number, following)
        number, start = number + 1, None
        if len(found) >= limit:
            break
    return found, (number, None) if number < len(sources) else None


def erase(sources: Sequence[Source]) -> bool:
    """Erases what all sources hold, in their order; whether nothing is left.

    A call that is cut off, or has more to do than one request may, is finished by the same call again.
    """
    rounds = 0
    for source in sources:
        while source.forget():
            rounds += 1
            if rounds >= _ROUNDS:
                return False
    return True
