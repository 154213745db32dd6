"""Cells: unions of whole blocks, and the only figures ever computed from contributions.

The cell of a place and a shop type is the union of the blocks of that type alone that lie wholly in the
place; the cell of all types is the union of every block that lies wholly in the place. What is left over sits
in blocks that reach further, and is counted there. So any difference of cells is again a union of whole
blocks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
from chalicelib.exchange.contributions import GROUP_BITS, half_even
from chalicelib.exchange.frame import Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import contains, distinct, family_slices
from chalicelib.exchange.state import OPEN, State, Vocabulary

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
    words = state.vocabulary
    live = np.flatnonzero(state.rows.last == OPEN)
    block = np.searchsorted(state.blocks, state.rows.block[live])
    if not (block[1:] >= block[:-1]).all():
        order = np.argsort(block, kind="stable")
        live, block = live[order], block[order]
    grids = _grids(words)
    families = family_of(state.blocks)
    keys = [
        cell_keys(words, state.blocks, level, pure) for level in range(len(LEVELS)) for pure in (True, False)
    ]
    # A rollback can leave a block without rows; it makes no cell.
    bare = np.bincount(block, minlength=len(state.blocks)) == 0
    for key in keys:
        key[bare] = -1
    parts = []
    for some in family_slices(families[block]) if len(block) else ():
        # Whole families: their blocks follow one another, too.
        mine = np.arange(block[some.start], block[some.stop - 1] + 1)
        inside = block[some] - mine[0]
        group, value = state.rows.label[live[some]], state.rows.value[live[some]]
        again = repeated(families[mine][inside], group)
        for at, key in enumerate(keys):
            level, where = at // 2, slice(int(mine[0]), int(mine[-1]) + 1)
            found = _cells_of(
                key[where], inside, group, again, value, level, policy, grids, state.admitted[where]
            )
            parts.append((*found[:-1], found[-1] + mine[0]))
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


def repeated(family: Ints, group: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which contributions are of owner groups that have others in the same family."""
    pair = (family << GROUP_BITS) | group
    ordered = np.sort(pair)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    some = np.zeros(int(group.max(initial=0)) + 1, np.bool_)
    some[twice & ((1 << GROUP_BITS) - 1)] = True
    again = some[group]
    again[again] = contains(distinct(twice), pair[again])
    return again


def _grids(words: Vocabulary) -> tuple[Ints, NDArray[np.bool_]]:
    """The rounding step of each family, and whether it is a share."""
    kinds = [words.kind(metric) for metric, _ in words.families]
    steps = np.array([kind.step for kind in kinds], np.int64)
    return steps, np.array([kind.is_share for kind in kinds], np.bool_)


def _cells_of(  # noqa: PLR0913, PLR0917 - the columns of the contributions
    key: Ints,
    block: Ints,
    group: NDArray[np.int32],
    again: NDArray[np.bool_],
    value: Ints,
    level: int,
    policy: Policy,
    grids: tuple[Ints, NDArray[np.bool_]],
    admitted: NDArray[np.int32],
) -> tuple[Ints, ...]:
    """(key, groups, voices, figures, as_of) of each cell of one level, and its (cell key, block) pairs."""
    steps, flags = grids
    pair_block = np.flatnonzero(key >= 0)
    cells, cell_of_pair = np.unique(key[pair_block], return_inverse=True)
    cell_of_block = np.full(len(key), -1, np.int64)
    cell_of_block[pair_block] = cell_of_pair
    cell = cell_of_block[block]
    if len(pair_block) < len(key):
        inside = cell >= 0
        cell, group, again, value = cell[inside], group[inside], again[inside], value[inside]
    voices = np.bincount(cell, minlength=len(cells))
    # In one area an owner group has one voice, so voices are owner groups there.
    groups = voices
    if level:
        several = cell[again]
        groups = voices - np.bincount(several, minlength=len(cells))
        groups += group_counts(several, group[again], len(cells))
    packed = np.sort((cell << VALUE_BITS) | value)
    packed &= (1 << VALUE_BITS) - 1
    starts = np.cumsum(voices) - voices
    family = family_of(cells)
    figures = quantiles(packed, starts, voices, steps[family], policy)
    share = flags[family]
    if share.any():
        yes = np.bincount(cell, value, minlength=len(cells)).astype(np.int64)[share]
        figures[share] = NOT_PRINTED
        figures[share, 0] = coded_share(yes, voices[share], steps[family][share])
    figures[groups < policy.quartiles_from, 1:3] = NOT_PRINTED
    figures[groups < policy.tails_from, 3:] = NOT_PRINTED
    as_of = np.full(len(cells), np.iinfo(np.int64).max)
    np.minimum.at(as_of, cell_of_pair, admitted[pair_block])
    return cells, groups, voices, figures, as_of, key[pair_block], pair_block


def quantiles(ordered: Ints, starts: Ints, counts: Ints, steps: Ints, policy: Policy) -> Ints:
    """Rounded quantiles of segments of `ordered` values, segments x QUANTILES.

    Each is the mean of the order statistics within half a window of the quantile's position q (n - 1), at
    least `median_window` of them (one more when the position falls between two), rounded half to even to the
    step.
    """
    cumulative = np.concatenate([np.zeros(1, np.int64), np.cumsum(ordered)])
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
