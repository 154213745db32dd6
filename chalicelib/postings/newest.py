"""The newest of several index partitions first, in pages: a merge that reads where the newest may be.

Every partition is sorted by the same key, the moment and an id. The partition that can hold the newest of what is not
told yet is read next, so everything is told in order. A page costs one query per partition that is not spent and at
most ``READS`` more; where that does not fill the page, it is shorter and the cursor goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, NamedTuple, TypeVar

from chalicelib.readable import UNREADABLE, set_aside

READS: Final = 10
READ_LIMIT: Final = 50
_LAST: Final = "~"

T = TypeVar("T")


class Read(NamedTuple):
    """What one query gave: sort keys and documents, newest first, and whether there is more behind them."""

    entries: list[tuple[str, str]]
    more: bool


Reader = Callable[[str, str, int], Read]
"""Reads a partition before a sort key (which is left out), at most so many."""


class Resume(NamedTuple):
    """Where a page begins: before a sort key, and without the partitions whose bits are set in ``spent``."""

    before: str
    spent: int


BEGINNING: Final = Resume(_LAST, 0)


@dataclass(frozen=True, slots=True)
class Newest(Generic[T]):
    """A page, and where the next begins; None at the end."""

    things: list[T]
    resume: Resume | None


@dataclass(slots=True)
class _Source:
    number: int
    partition: str
    before: str
    """Nothing in it that is not read or told comes behind this."""
    more: bool = True
    waiting: list[tuple[str, str]] = field(default_factory=list)
    """What was read and not told, oldest first."""

    @property
    def bound(self) -> str:
        """The newest sort key that it may still give."""
        return self.waiting[-1][0] if self.waiting else self.before

    @property
    def spent(self) -> bool:
        """Whether it has nothing more to give."""
        return not self.waiting and not self.more


def newest(
    read: Reader,
    partitions: Sequence[str],
    limit: int,
    parse: Callable[[str], T],
    wanted: Callable[[T], bool],
    start: Resume = BEGINNING,
) -> Newest[T]:
    """One page of what is wanted in some partitions, newest first, from ``start`` on."""
    sources = [
        _Source(number, partition, start.before)
        for number, partition in enumerate(partitions)
        if not start.spent >> number & 1
    ]
    spent = start.spent
    left = len(sources) + READS
    things: list[T] = []
    while sources:
        source = max(sources, key=lambda one: one.bound)
        if source.waiting:
            sort, document = source.waiting.pop()
            source.before = sort
            try:
                thing = parse(document)
            except UNREADABLE as error:
                set_aside(f"{source.partition} {sort}", error)
            else:
                things += [thing] if wanted(thing) else []
        elif left == 0:
            return Newest(things, Resume(source.before, spent))
        else:
            left -= 1
            answer = read(source.partition, source.before, READ_LIMIT)
            source.waiting = answer.entries[::-1]
            source.more = answer.more
        if source.spent:
            spent |= 1 << source.number
            sources.remove(source)
        if len(things) == limit:
            return Newest(things, Resume(source.before, spent) if sources else None)
    return Newest(things, None)


def position_of(resume: Resume | None) -> tuple[str, str] | None:
    """Where a page begins, as a JSON-able position for a cursor."""
    return None if resume is None else (resume.before, f"{resume.spent:x}")


def resume_of(position: Any) -> Resume:
    """Where a page begins, from what ``position_of`` gave; the beginning for None."""
    return BEGINNING if position is None else Resume(position[0], int(position[1], 16))
