"""Whether one owner group dominates what changed in a cell since some earlier night.

A cell is a union of blocks, and an owner group may have changed in several of them. Its changes are taken
together in two ways: place by place, and netted over all its places, because who subtracts two nights learns
the net. Safe changes of blocks need not add up to a safe change of a cell (others may cancel out), so cells
are looked at themselves, against every earlier night.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.blocks import LEVELS
from chalicelib.exchange.cells import cell_keys
from chalicelib.exchange.frame import Codes, Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import contains, distinct, runs
from chalicelib.exchange.state import OPEN, Rows
from chalicelib.exchange.vocabulary import Vocabulary

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Events:
    """What happened in some cells, one entry a change: sorted by night, the latest first.

    `spot` numbers the distinct (cell, owner, area) in that order; `owners` are the first spots of each (cell,
    owner), `cells` the first entries in `owners` of each cell. `amount` came (or went, negative) on `night`;
    `number` counts how many contributions differ from the present on nights before.
    """

    spot: Ints
    night: Ints
    amount: Ints
    number: Ints
    owners: Ints
    cells: Ints
    owner: Ints

    @classmethod
    def of(cls, cell: Ints, owner: Codes, rows: Rows) -> "Events":
        """The events of rows, of which none was there all along."""
        ended = rows.last < OPEN
        index = np.concatenate([np.arange(len(rows)), np.flatnonzero(ended)])
        begins = len(rows)
        night = np.concatenate([rows.first, rows.last[ended]])
        amount = rows.value[index]
        amount[begins:] *= -1
        number = np.ones(len(index), np.int64)
        number[:begins][ended] = -1
        order = np.lexsort((rows.area[index], owner[index], cell[index]))
        by_spot = index[order]
        new_cell = np.append(True, cell[by_spot][1:] != cell[by_spot][:-1])
        new_owner = new_cell | np.append(True, owner[by_spot][1:] != owner[by_spot][:-1])
        new_spot = new_owner | np.append(True, rows.area[by_spot][1:] != rows.area[by_spot][:-1])
        spot = np.empty(len(index), np.int64)
        spot[order] = np.cumsum(new_spot) - 1
        latest = np.argsort(-night.astype(np.int64), kind="stable")
        return cls(
            spot=spot[latest],
            night=night[latest].astype(np.int64),
            amount=amount[latest],
            number=number[latest],
            owners=np.flatnonzero(new_owner[new_spot]),
            cells=np.flatnonzero(new_cell[new_owner]),
            owner=owner[by_spot][new_owner].astype(np.int64),
        )

    def since(self) -> Iterator[tuple[int, tuple[Ints, Ints, Ints]]]:
        """Each night before something happened, latest first, and how much each (cell, owner) changed from then to now.

        The three measures are the netted change, the sum of changes place by place, and the number of
        contributions that came or went.
        """
        size = int(self.spot.max()) + 1
        amount, number = np.zeros(size, np.int64), np.zeros(size, np.int64)
        nights, edge = np.unique(-self.night, return_index=True)
        ends = np.append(edge[1:], len(self.night))
        for at in range(len(nights)):
            step = slice(edge[at], ends[at])
            np.add.at(amount, self.spot[step], self.amount[step])
            np.add.at(number, self.spot[step], self.number[step])
            netted = np.abs(np.add.reduceat(amount, self.owners))
            gross = np.add.reduceat(np.abs(amount), self.owners)
            yield -int(nights[at]) - 1, (netted, gross, np.add.reduceat(number, self.owners))


def dominated_cells(
    words: Vocabulary, rows: Rows, blocks: Ints, among: Ints, night: int, kin: Codes, policy: Policy
) -> tuple[Ints, Ints]:
    """The cells whose change up to `night` is dominated, and for each a changed block whose change is part of
    it.

    `blocks` are all block keys, sorted; only cells of the blocks `among` are looked at. Of a cell's blocks
    that changed tonight the one is named without which the change would be dominated least.
    """
    found, culprits = [], []
    rows = rows.by_block()
    begin, _, number = runs(rows.block)
    block = np.searchsorted(blocks, rows.block[begin])
    oldest = np.minimum.reduceat(rows.first, begin) if len(rows) else np.empty(0, np.int32)
    begun = np.full(len(blocks), OPEN, np.int64)
    begun[block] = oldest
    touched = np.flatnonzero((rows.first == night) | (rows.last == night))
    tonight = distinct(rows.block[touched])
    changed = np.searchsorted(blocks, tonight[contains(among, tonight)])
    # What was there from the first night on and still is takes no part in any change.
    moved = np.flatnonzero((rows.last < OPEN) | (rows.first > oldest.min(initial=OPEN)))
    part, at = rows.take(moved), block[number[moved]]
    readings = [kin[part.group]]
    if (part.label != readings[0]).any():
        readings.append(part.label)
    for level in range(len(LEVELS)):
        for pure in (True, False):
            key_of_block = cell_keys(words, blocks, level, pure)
            cells = distinct(key_of_block[changed])
            cells = cells[cells >= 0]
            inside = np.flatnonzero(contains(cells, key_of_block))
            cell_of_block = np.full(len(blocks), -1, np.int64)
            cell_of_block[inside] = np.searchsorted(cells, key_of_block[inside])
            founded = np.full(len(cells), OPEN, np.int64)
            np.minimum.at(founded, cell_of_block[inside], begun[inside])
            mine = np.flatnonzero(cell_of_block[at] >= 0)
            cell = cell_of_block[at[mine]]
            since = (part.last[mine] < OPEN) | (part.first[mine] > founded[cell])
            since &= founded[cell] < night
            mine, cell = mine[since], cell[since]
            if not len(mine):
                continue
            some = part.take(mine)
            for reading in readings:
                bad = _dominated(cell, reading[mine], some, founded, policy)
                for one, when in bad.items():
                    here = cell == one
                    found.append(int(cells[one]))
                    culprits.append(_culprit(some.take(here), reading[mine[here]], when, tonight))
    return np.array(found, np.int64), np.array(culprits, np.int64)


def _dominated(cell: Ints, owner: Codes, rows: Rows, founded: Ints, policy: Policy) -> dict[int, int]:
    """The dominated cells, each with a night since which one owner dominates its change."""
    events = Events.of(cell, owner, rows)
    present = distinct(cell)
    bad: dict[int, int] = {}
    for when, measures in events.since():
        existed = founded[present] <= when
        for part in measures:
            top = np.maximum.reduceat(part, events.cells)
            total = np.add.reduceat(part, events.cells)
            over = existed & (100 * top > policy.change_share_percent * total)
            bad.update((int(one), when) for one in present[over])
    return bad


def _culprit(rows: Rows, owner: Codes, when: int, tonight: Ints) -> int:
    """Of the blocks that changed tonight, the one without which the largest share of the change is least."""
    blocks, block = np.unique(rows.block, return_inverse=True)
    owners, who = np.unique(owner, return_inverse=True)
    came = (rows.first > when) & (rows.last == OPEN)
    went = (rows.first <= when) & (rows.last < OPEN)
    change = np.zeros((len(blocks), len(owners)), np.int64)
    np.add.at(change, (block, who), np.where(came, rows.value, 0) - np.where(went, rows.value, 0))
    left = np.abs(change.sum(axis=0) - change)
    share = left.max(axis=1) / np.maximum(left.sum(axis=1), 1)
    share[~contains(tonight, blocks)] = np.inf
    return int(blocks[share.argmin()])
