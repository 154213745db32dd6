"""Batched admission: when a block may replace its frozen values, and with which of the pending ones.

A block changes only when >= k owner groups bring fresh values at once, and only by a batch that no owner
group dominates: against *every* earlier version of the block, >= k owner groups differ and none makes more
than `change_share_percent` of the difference. A batch that fails is thinned by its dominating group and
tried again;
what is left out waits. Withdrawals, reverts, moves and renames ride along and never count towards k.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.blocks import family_of, kind_of_key, safe_segments
from chalicelib.exchange.contributions import AREA_BITS, GROUP_BITS, Contributions, pack
from chalicelib.exchange.frame import Codes, Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import arranged, contains, distinct, packed, union
from chalicelib.exchange.state import OPEN, Rows

Mask = NDArray[np.bool_]
NONE = -1


@dataclass(frozen=True, slots=True)
class Items:
    """Pending changes, one entry each: the open row they end (or NONE), the contribution they start (or
    NONE).
    """

    block: Ints
    group: Codes
    area: Codes
    row: Ints
    contribution: Ints
    value: Ints
    fresh: Mask

    def __len__(self) -> int:
        return len(self.block)

    def plus(self, other: "Items") -> "Items":
        """These items, then the others."""
        if not len(self) or not len(other):
            return other if len(other) else self
        return Items(
            np.concatenate([self.block, other.block]),
            np.concatenate([self.group, other.group]),
            np.concatenate([self.area, other.area]),
            np.concatenate([self.row, other.row]),
            np.concatenate([self.contribution, other.contribution]),
            np.concatenate([self.value, other.value]),
            np.concatenate([self.fresh, other.fresh]),
        )

    def take(self, index: Ints | Mask) -> "Items":
        """The items at `index`."""
        return Items(
            self.block[index],
            self.group[index],
            self.area[index],
            self.row[index],
            self.contribution[index],
            self.value[index],
            self.fresh[index],
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How tonight's contributions stand to the open rows.

    `changed` and `gone` index the rows; `contribution_of_row` gives, for every row, its contribution or
    NONE; `free`
    are the contributions in no block that may enter one; the others are held back until a block lets go of
    them.
    """

    changed: Ints
    gone: Ints
    contribution_of_row: Ints
    free: Ints


def compare(rows: Rows, voices: Contributions) -> Standing:
    """Compare open rows with tonight's contributions; closed rows are passed over.

    Too young an answer neither changes nor ends a row. A contribution is held back while a block still counts
    the same owner group there.
    """
    live = np.flatnonzero(rows.last == OPEN)
    family = family_of(rows.block[live])
    # Found in the order of the contributions, in which neighbours are near one another in memory.
    live = live[arranged(packed(family - family[:1], rows.area[live], rows.group[live]))[1]]
    blocks = rows.block[live]
    key = pack(family_of(blocks).astype(np.int32), rows.area[live], rows.group[live])
    contribution_of_row = np.full(len(rows), NONE, np.int64)
    if not len(voices):
        gone = live[~contains(voices.young, key)]
        return Standing(np.empty(0, np.int64), np.sort(gone), contribution_of_row, np.empty(0, np.int64))
    at = np.minimum(np.searchsorted(voices.key, key), len(voices) - 1)
    known = voices.key[at] == key
    kind = kind_of_key(blocks)
    stays = known & ((kind == 0) | (kind == voices.shop_type[at] + 1))
    young = contains(voices.young, key)
    contribution_of_row[live[stays]] = at[stays]
    taken = np.zeros(len(voices), np.bool_)
    taken[at[known]] = True
    changed = stays & ~young & (voices.value[at] != rows.value[live])
    return Standing(
        changed=np.sort(live[np.flatnonzero(changed)]),
        gone=np.sort(live[np.flatnonzero(~stays & ~young)]),
        contribution_of_row=contribution_of_row,
        free=np.flatnonzero(~taken),
    )


def not_held(rows: Rows, standing: Standing, voices: Contributions, fresh: Mask) -> Ints:
    """The free contributions that may enter: all fresh ones, and others once no row of their area waits to
    go.

    An answer that changed hands is not fresh; it must not enter beside the row that still counts it.
    """
    spots = distinct((family_of(rows.block[standing.gone]) << AREA_BITS) | rows.area[standing.gone])
    free = standing.free
    if not len(spots):
        return free
    waits = contains(spots, voices.key[free] >> GROUP_BITS) & ~fresh[free]
    return free[~waits]


def admit(rows: Rows, items: Items, closed_to_change: Ints, kin: Codes, policy: Policy) -> Items:
    """The items that enter tonight, over all blocks but `closed_to_change`. Rows are sorted by block.

    Only blocks with >= k fresh items are looked at one by one; they are few on any night.
    """
    blocks, inverse = np.unique(items.block, return_inverse=True)
    enough = np.bincount(inverse, items.fresh, minlength=len(blocks)) >= policy.k
    enough &= ~contains(closed_to_change, blocks)
    ready = np.flatnonzero(enough)
    if not len(ready):
        return items.take(np.empty(0, np.int64))
    by_block = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[by_block], np.arange(len(blocks) + 1))
    begin, end = (np.searchsorted(rows.block, blocks[ready], side) for side in ("left", "right"))
    chosen = []
    for slot, low, high in zip(ready, begin, end, strict=True):
        mine = by_block[bounds[slot] : bounds[slot + 1]]
        active = choose(rows, np.arange(low, high), items.take(mine), kin, policy)
        chosen.append(mine[active])
    return items.take(np.sort(np.concatenate(chosen)))


@dataclass(frozen=True, slots=True)
class View:
    """One block's versions under one reading of who is who, with the pending items laid over them.

    Spots are distinct (owner, area); `owner` is each spot's, `owners` the first spot of each. `values` and
    `present` are versions x spots, oldest first; items end the spots `ends` (NONE for joins) and start
    `starts`.
    """

    owner: Codes
    owners: Ints
    values: Ints
    present: Mask
    ends: Ints
    starts: Ints

    def offender(self, items: Items, active: Mask, policy: Policy) -> int | None:
        """The owner who makes a batch unsafe; NONE when no single one does; None when it is safe."""
        value, counted = self.values[-1].copy(), self.present[-1].copy()
        ends = self.ends[active & (items.row != NONE)]
        value[ends], counted[ends] = 0, False
        begins = active & (items.contribution != NONE)
        value[self.starts[begins]], counted[self.starts[begins]] = items.value[begins], True
        moved = self.values - value
        differs = (self.present != counted) | (moved != 0)
        triples = differs * (self.present.astype(np.int64) + counted)
        at = offender_of(moved, triples, self.owners, policy)
        if at is not None:
            return NONE if at == NONE else int(self.owner[self.owners[at]])
        here = np.flatnonzero(counted)
        groups = self.owner[here]
        safe = safe_segments(np.zeros(len(here), np.int64), groups, value[here], 1, policy)
        return None if bool(safe[0]) else NONE


def view_of(rows: Rows, index: Ints, group: Codes, items: Items, kin: Codes) -> View:
    """The view of a block's rows `index` by `group` (of all rows); groups of one kin are one owner."""
    ending = items.row != NONE
    coming, going = items.group, group[items.row[ending]]
    codes = distinct(np.concatenate([group[index], coming]))
    order = np.argsort(kin[codes], kind="stable")
    groups = codes[order]
    rank = np.empty(len(codes), np.int32)
    rank[order] = np.arange(len(codes), dtype=np.int32)

    def spots_in(of: Codes, area: Codes) -> Ints:
        return spots_of(rank[np.searchsorted(codes, of)], area)

    spot = spots_in(group[index], rows.area[index])
    start = spots_in(coming, items.area)
    end = np.full(len(items), NONE, np.int64)
    end[ending] = spots_in(going, rows.area[items.row[ending]])
    spots = distinct(np.concatenate([spot, start]))
    who = kin[groups[spots >> AREA_BITS]]
    values, present = versions_of(rows, index, np.searchsorted(spots, spot), len(spots))
    owners = np.flatnonzero(np.append(True, who[1:] != who[:-1]))
    return View(who, owners, values, present, np.searchsorted(spots, end), np.searchsorted(spots, start))


def choose(rows: Rows, index: Ints, items: Items, kin: Codes, policy: Policy) -> Mask:
    """Which pending items of one block enter tonight (all False: none; the block stays frozen).

    `index` are the block's rows over all retained nights. The largest batch is sought by thinning. A renamed
    owner group is read both ways, as one and as two, because an outsider may do either.
    """
    none = np.zeros(len(items), np.bool_)
    active = ~none
    label = np.where(items.row != NONE, rows.label[items.row], items.group)
    family = kin[items.group]
    views = [view_of(rows, index, rows.group, items, kin)]
    if (rows.label[index] != kin[rows.group[index]]).any() or (family != items.group).any():
        views.append(view_of(rows, index, rows.label, items, np.arange(len(kin), dtype=np.int32)))
    while True:
        if len(distinct(family[active & items.fresh])) < policy.k:
            return none
        found = (view.offender(items, active, policy) for view in views)
        offender = next((owner for owner in found if owner is not None), None)
        if offender is None:
            return active
        if offender == NONE:
            hit = active & (items.contribution == NONE)
        else:
            hit = active & ((family == offender) | (items.group == offender) | (label == offender))
        if not hit.any():
            return none
        active &= ~hit
        stuck = distinct(items.area[~active & (items.contribution == NONE)])
        active &= items.fresh | (items.row != NONE) | ~np.isin(items.area, stuck)


def offender_of(moved: Ints, triples: Ints, owners: Ints, policy: Policy) -> int | None:
    """The owner (position in `owners`) that dominates the change since some version; NONE when too few
    changed.

    `moved` are changes of value, `triples` how many values came and went, both versions x spots;
    `owners` are the first spots of each owner group. None when the change is safe against every version.
    """
    gross = np.add.reduceat(np.abs(moved), owners, axis=1)
    netted = np.abs(np.add.reduceat(moved, owners, axis=1))
    number = np.add.reduceat(triples, owners, axis=1)
    if ((number > 0).sum(axis=1) < policy.k).any():
        return NONE
    for part in (gross, netted, number):
        over = 100 * part.max(axis=1) > policy.change_share_percent * part.sum(axis=1)
        if over.any():
            return int(part[np.flatnonzero(over)[-1]].argmax())
    return None


def spots_of(group: Codes, area: Codes) -> Ints:
    return (group.astype(np.int64) << AREA_BITS) | area


def versions_of(rows: Rows, index: Ints, column: Ints, width: int) -> tuple[Ints, Mask]:
    """Values and presence of a block on the nights it changed, versions x spots, oldest first."""
    first, last = rows.first[index], rows.last[index]
    nights = distinct(first)
    nights = union(nights, last[last < OPEN])
    counted = (first <= nights[:, None]) & (nights[:, None] < last)
    values = np.zeros((len(nights), width), np.int64)
    present = np.zeros((len(nights), width), np.bool_)
    night, row = np.nonzero(counted)
    values[night, column[row]] = rows.value[index][row]
    present[night, column[row]] = True
    return values, present
