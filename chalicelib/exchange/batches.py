"""A few metrics and positions at a time: no block, cell or rule reaches from one of them to another.

What a step works on then stays in the processor's cache, and what it needs besides its result stays small.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from chalicelib.exchange.blocks import FAMILY_SHIFT
from chalicelib.exchange.frame import Codes, Frame, Ints
from chalicelib.exchange.sets import Hashes, arranged, extended, room, runs, union
from chalicelib.exchange.state import Rows, State

#: Entries of a batch: columns of so many fit the second cache, or the third with all that a step needs.
SIZE = 250_000


def ranges(counts: Ints, size: int | None = None) -> Iterator[tuple[int, int]]:
    """Ranges of families (first, after the last) with `counts` entries each: `size` entries (SIZE) or one family.

    >>> list(ranges(np.array([2, 1, 5, 0]), 3))
    [(0, 2), (2, 3), (3, 4)]
    """
    size = size or SIZE
    first = entries = 0
    for family, count in enumerate(counts.tolist(), 1):
        entries += count
        if entries >= size or family == len(counts):
            yield first, family
            first, entries = family, 0


def bounds(block: Ints, families: int) -> Ints:
    """Where the entries of each family begin in sorted block keys, and where the last one ends."""
    return np.searchsorted(block, np.arange(families + 1, dtype=np.int64) << FAMILY_SHIFT)


def batches(state: State, frame: Frame) -> Iterator[tuple[State, Ints]]:
    """The state in parts of whole families, in their order, and which rows of the frame are of each part's families.

    The rows of the state are sorted by block. Parts share what is not of any family.
    """
    families = len(state.vocabulary.families)
    answers = np.zeros(families, np.int64)
    for stretch in stretches(len(frame)):
        answers += np.bincount(frame.family[stretch], minlength=families)
    order, ends = _by_family(frame.family, answers), np.cumsum(answers)
    row, block = bounds(state.rows.block, families), bounds(state.blocks, families)
    for first, after in ranges(answers + np.diff(row)):
        blocks = slice(block[first], block[after])
        part = replace(
            state,
            rows=state.rows.take(slice(row[first], row[after])),
            blocks=state.blocks[blocks],
            admitted=state.admitted[blocks],
        )
        yield part, order[ends[first] - answers[first] : ends[after - 1]].astype(np.int64)


def stretches(size: int) -> Iterator[slice]:
    """Slices of a long column that are worked on one after the other, so that what that takes stays small.

    >>> [each.stop for each in stretches(300_000)]
    [250000, 300000]
    """
    for begin in range(0, size, SIZE):
        yield slice(begin, min(begin + SIZE, size))


def _by_family(family: Codes, counts: Ints) -> Codes:
    """The stable order by family, sorted a stretch at a time and dealt out."""
    order = room(len(family), np.int32)
    free = (np.cumsum(counts) - counts).tolist()
    for stretch in stretches(len(family)):
        ordered, positions = arranged(family[stretch])
        positions += stretch.start
        first, length, _ = runs(ordered)
        for of, at, many in zip(ordered[first].tolist(), first.tolist(), length.tolist(), strict=True):
            order[free[of] : free[of] + many] = positions[at : at + many]
            free[of] += many
    return order


class Collector:
    """Puts the parts of a night together again, in columns as large as they can get: nothing is held twice."""

    def __init__(self, state: State, answers: int) -> None:
        self._rows = Rows.room(len(state.rows) + answers)
        self._hashes = room(answers, np.uint64)
        self._filled = self._hashed = 0
        self._blocks: list[Ints] = []
        self._admitted: list[Codes] = []
        self._joined = state.joined

    def add(self, part: State, answers: Hashes) -> None:
        """A part after the night, and the hashes of the answers that entered."""
        self._rows.put(self._filled, part.rows)
        self._filled += len(part.rows)
        self._hashes[self._hashed : self._hashed + len(answers)] = answers
        self._hashed += len(answers)
        self._blocks.append(part.blocks)
        self._admitted.append(part.admitted)
        self._joined = union(self._joined, part.joined)

    def whole(self, state: State, night: int) -> State:
        """All of the state after the night."""
        hashes = self._hashes[: self._hashed]
        hashes.sort()
        return replace(
            state,
            nights=(*state.nights, night),
            rows=self._rows.take(slice(self._filled)),
            blocks=np.concatenate([np.empty(0, np.int64), *self._blocks]),
            admitted=np.concatenate([np.empty(0, np.int32), *self._admitted]),
            ledger=extended(state.ledger, hashes),
            joined=self._joined,
        )
