"""Cells: unions of whole blocks, and the only figures ever computed from contributions.

The cell of a place and a shop type is the union of the blocks of that type alone that lie wholly in the
place; the cell of all types is the union of every block that lies wholly in the place. What is left over sits
in blocks that reach further, and is counted there. So any difference of cells is again a union of whole
blocks.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.batches import bounds, ranges
from chalicelib.exchange.blocks import (
    LEVELS,
    MIXED,
    family_of,
    group_counts,
    key_of,
    kind_of_key,
    level_of,
    place_of,
)
from chalicelib.exchange.composites import Composites, compose
from chalicelib.exchange.contributions import half_even
from chalicelib.exchange.frame import Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import arranged, packed, runs
from chalicelib.exchange.state import OPEN, Rows, State
from chalicelib.exchange.vocabulary import Vocabulary

#: A figure that is not printed.
NOT_PRINTED = -1
VALUE_BITS = 31
#: Figures in the order of the columns of `Cells.figures`, as (numerator, denominator) of the quantile.
QUANTILES = (("median", 1, 2), ("p25", 1, 4), ("p75", 3, 4), ("p10", 1, 10), ("p90", 9, 10))


@dataclass(frozen=True, slots=True)
class Cells:
    """Printed cells sorted by key (family, level, place, type); composites are kept apart.

    `figures` is cells x quantiles in cents, or percent for shares (0 is "<5", 100 is ">95"); NOT_PRINTED
    where withheld. `groups` and `voices` are private: only `Policy.band` of `groups` is printed. The blocks
    of cell i are `blocks[block_starts[i]:block_starts[i + 1]]`, positions in `State.blocks`.
    """

    key: Ints
    groups: Ints
    voices: Ints
    figures: Ints
    as_of: Ints
    block_starts: Ints
    blocks: Ints
    composites: Composites

    def __len__(self) -> int:
        return len(self.key)


def build_cells(state: State, policy: Policy) -> Cells:
    """Every cell of the state's open rows, with smoothed and rounded figures."""
    words, rows = state.vocabulary, state.rows.by_block()
    grids = _grids(words)
    row, at_block = (bounds(key, len(words.families)) for key in (rows.block, state.blocks))
    parts = []
    for first, after in ranges(np.diff(row)):
        mine = slice(at_block[first], at_block[after])
        members = Members.of(rows.take(slice(row[first], row[after])), state.blocks[mine])
        for level in range(len(LEVELS)):
            for pure in (True, False):
                key = cell_keys(words, state.blocks[mine], level, pure)
                # A rollback can leave a block without rows; it makes no cell.
                key[members.sizes == 0] = -1
                found = _cells_of(key, members, level, policy, grids, state.admitted[mine])
                parts.append((*found[:-1], found[-1] + mine.start))
    if not parts:
        none = np.empty(0, np.int64)
        parts = [(none, none, none, np.empty((0, len(QUANTILES)), np.int64), none, none, none)]
    key = np.concatenate([part[0] for part in parts])
    order = np.argsort(key)
    groups, voices, figures, as_of = (
        np.concatenate([part[i] for part in parts])[order] for i in (1, 2, 3, 4)
    )
    pair_cell = np.searchsorted(key[order], np.concatenate([part[5] for part in parts]))
    by_cell = np.argsort(pair_cell, kind="stable")
    starts = np.searchsorted(pair_cell[by_cell], np.arange(len(key) + 1))
    blocks = np.concatenate([part[6] for part in parts])[by_cell]
    composites = compose(words, policy, key[order], figures[:, 0], as_of)
    return Cells(key[order], groups, voices, figures, as_of, starts, blocks, composites)


def cell_keys(words: Vocabulary, blocks: Ints, level: int, pure: bool) -> Ints:
    """The cell of `level`, of one type or of all, that each block counts in; -1 for none."""
    family, at, kind = family_of(blocks).astype(np.int32), level_of(blocks), kind_of_key(blocks)
    place = place_of(blocks).astype(np.int32)
    key = np.full(len(blocks), -1, np.int64)
    for below in range(level + 1):
        mine = (at == below) & ((kind != MIXED) | (not pure))
        up = words.up(place[mine], below, level)
        key[mine] = key_of(family[mine], level, up, kind[mine].astype(np.int32) if pure else MIXED)
    return key


@dataclass(frozen=True, slots=True)
class Members:
    """The open rows of some blocks, one block after the other: how many each has, and their values.

    Of owner groups with several rows in one metric and position, `again` has (block, group), blocks by number.
    """

    sizes: Ints
    value: NDArray[Any]
    value_bits: int
    again: tuple[Ints, NDArray[np.int32]]

    @classmethod
    def of(cls, rows: Rows, blocks: Ints) -> "Members":
        """From rows sorted by block, of the sorted `blocks`."""
        still = np.flatnonzero(rows.last == OPEN)
        live, value, group = rows.block, rows.value, rows.label
        if len(still) < len(rows):
            live, value, group = live[still], value[still], group[still]
        begin, length, number = runs(live)
        at = np.searchsorted(blocks, live[begin])
        sizes = np.zeros(len(blocks), np.int64)
        sizes[at] = length
        family = family_of(live[begin])
        pair, order = arranged(packed((family - family[:1])[number], group))
        same = pair[1:] == pair[:-1]
        twice = np.zeros(len(live), np.bool_)
        twice[1:] = same
        twice[:-1] |= same
        again = order[np.flatnonzero(twice)]
        bits = int(value.max(initial=0)).bit_length()
        # Half as wide is sorted twice as fast.
        narrow = bits + len(blocks).bit_length() <= 32
        return cls(
            sizes, value.astype(np.uint32 if narrow else np.uint64), bits, (at[number[again]], group[again])
        )


def _grids(words: Vocabulary) -> tuple[Ints, NDArray[np.bool_]]:
    """The rounding step of each family, and whether it is a share."""
    kinds = [words.kind(metric) for metric, _ in words.families]
    steps = np.array([kind.step for kind in kinds], np.int64)
    return steps, np.array([kind.is_share for kind in kinds], np.bool_)


def _cells_of(
    key: Ints,
    members: Members,
    level: int,
    policy: Policy,
    grids: tuple[Ints, NDArray[np.bool_]],
    admitted: NDArray[np.int32],
) -> tuple[Ints, ...]:
    """(key, groups, voices, figures, as_of) of each cell of one level, and its (cell key, block) pairs.

    `key` is the cell of each block, -1 for none.
    """
    steps, flags = grids
    pair_block = np.flatnonzero(key >= 0)
    cells, cell_of_pair = np.unique(key[pair_block], return_inverse=True)
    cell_of_block = np.full(len(key), -1, np.int64)
    cell_of_block[pair_block] = cell_of_pair
    sizes, value = members.sizes, members.value
    if len(pair_block) < len(key):
        value = value[np.flatnonzero(np.repeat(key >= 0, sizes))]
    voices = np.zeros(len(cells), np.int64)
    np.add.at(voices, cell_of_pair, sizes[pair_block])
    # In one area an owner group has one voice, so voices are owner groups there.
    groups = voices
    if level:
        block, group = members.again
        cell = cell_of_block[block]
        inside = np.flatnonzero(cell >= 0)
        several = cell[inside]
        groups = voices - np.bincount(several, minlength=len(cells))
        groups += group_counts(several, group[inside], len(cells))
    ordered = np.repeat((cell_of_pair << members.value_bits).astype(value.dtype), sizes[pair_block])
    ordered |= value
    ordered.sort()
    ordered &= value.dtype.type((1 << members.value_bits) - 1)
    starts = np.cumsum(voices) - voices
    family = family_of(cells)
    figures = quantiles(ordered, starts, voices, steps[family], policy)
    share = flags[family]
    if share.any():
        yes = np.add.reduceat(ordered, starts, dtype=np.int64)[share]
        figures[share] = NOT_PRINTED
        figures[share, 0] = coded_share(yes, voices[share], steps[family][share])
    figures[groups < policy.quartiles_from, 1:3] = NOT_PRINTED
    figures[groups < policy.tails_from, 3:] = NOT_PRINTED
    as_of = np.full(len(cells), np.iinfo(np.int64).max)
    np.minimum.at(as_of, cell_of_pair, admitted[pair_block])
    return cells, groups, voices, figures, as_of, key[pair_block], pair_block


def quantiles(ordered: NDArray[Any], starts: Ints, counts: Ints, steps: Ints, policy: Policy) -> Ints:
    """Rounded quantiles of segments of `ordered` values, segments x QUANTILES.

    Each is the mean of the order statistics within half a window of the quantile's position q (n - 1), at
    least `median_window` of them (one more when the position falls between two), rounded half to even to the
    step.
    """
    cumulative = np.zeros(len(ordered) + 1, np.int64)
    np.cumsum(ordered, out=cumulative[1:])
    window = policy.median_window
    figures = np.empty((len(starts), len(QUANTILES)), np.int64)
    for at, (_, numerator, denominator) in enumerate(QUANTILES):
        centre, unit = 2 * numerator * (counts - 1), 2 * denominator
        low = np.maximum(-((window * denominator - centre) // unit), 0)
        high = np.minimum((centre + window * denominator) // unit, counts - 1)
        total = cumulative[starts + high + 1] - cumulative[starts + low]
        figures[:, at] = half_even(total, (high - low + 1) * steps) * steps
    return figures


def coded_share(total: Ints, of: Ints, step: Ints) -> Ints:
    """Mean percentages on the grid of `step`; 0 below the first step and 100 above the last, exactly coded.

    >>> coded_share(np.array([0, 100, 900, 3900]), np.array([5, 20, 20, 40]), np.array([5] * 4)).tolist()
    [0, 5, 45, 100]
    """
    inside = np.clip(half_even(total, of * step) * step, step, 100 - step)
    return np.where(total < step * of, 0, np.where(total > (100 - step) * of, 100, inside))
