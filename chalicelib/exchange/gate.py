"""The gate: nothing is published that does not prove itself.

It re-derives the invariants from the release and from every retained night, sharing only the keys and the
temporal table with the code that made them:

1. no (owner group, area) counts twice in a metric and position;
2. every block is safe: k owner groups, shares of weight and value, p %;
3. every cell is exactly the union of the whole blocks that lie in it, and prints what its size allows;
4. every block that changed differs from each of its earlier versions by >= k owner groups, none of them
   dominating, and >= k of those who entered brought a value never published before;
5. no owner group dominates the change of a cell since any earlier night;
6. no block is parted that has taken in blocks published by themselves.

From 2 to 4 follows that no linear combination of cells of any nights isolates fewer than k owner groups (see
the package's method).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from chalicelib.exchange.batches import bounds, ranges
from chalicelib.exchange.blocks import LEVELS, family_of, kind_of_key, level_of, place_of
from chalicelib.exchange.cells import NOT_PRINTED, Cells, cell_keys
from chalicelib.exchange.contributions import GROUP_BITS, pack
from chalicelib.exchange.dominance import dominated_cells
from chalicelib.exchange.frame import ALL, Codes, Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import arranged, contains, distinct, edges, packed, runs
from chalicelib.exchange.state import OPEN, Rows, State
from chalicelib.exchange.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation: which rule, and which cells or blocks, by name."""

    rule: str
    cells: tuple[str, ...]

    def __str__(self) -> str:
        more = f" and {len(self.cells) - 3} more" if len(self.cells) > 3 else ""
        return f"{self.rule}: {'; '.join(self.cells[:3])}{more}"


#: Notes a rule and the keys that break it.
Report = Callable[[str, Ints], None]


def name_of(words: Vocabulary, key: int) -> str:
    """A readable name of a block or cell key."""
    one = np.array([key])
    metric, position = words.families[int(family_of(one)[0])]
    level, kind = int(level_of(one)[0]), int(kind_of_key(one)[0])
    place = words.place_names(level)[int(place_of(one)[0])]
    return f"{metric}/{position} {LEVELS[level]} {place} {words.shop_types[kind - 1] if kind else ALL}"


def check(cells: Cells, state: State, before: State, night: int, policy: Policy) -> tuple[Finding, ...]:
    """Every violation found; empty when the release may be published."""
    words, rows = state.vocabulary, state.rows.by_block()
    broken: dict[str, list[Ints]] = {}

    def report(rule: str, keys: Ints) -> None:
        if len(keys):
            broken.setdefault(rule, []).append(keys)

    row, block = bounds(rows.block, len(words.families)), bounds(state.blocks, len(words.families))
    sizes = np.zeros(len(state.blocks), np.int64)
    for first, after in ranges(np.diff(row)):
        mine = slice(block[first], block[after])
        part = replace(
            state,
            rows=rows.take(slice(row[first], row[after])),
            blocks=state.blocks[mine],
            admitted=state.admitted[mine],
        )
        sizes[mine] = _check_blocks(part, bool(before.nights), night, policy, report)
    _check_cells(cells, state, policy, sizes, report)
    findings = [
        Finding(rule, tuple(name_of(words, int(key)) for key in distinct(np.concatenate(keys))))
        for rule, keys in broken.items()
    ]
    if len(split := _split_joined(before, rows, night)):
        findings.append(Finding("a joined block was split", tuple(name_of(words, int(key)) for key in split)))
    kept = before.rows.last > night
    if int(kept.sum()) and len(before.rows) > len(rows):
        findings.append(Finding("retained rows are missing", (f"{len(before.rows) - len(rows)} rows",)))
    return tuple(findings)


def _split_joined(before: State, rows: Rows, night: int) -> Ints:
    """Blocks that had taken others in and hold less of their past than before, where they still hold any."""

    def past(of: Rows) -> Ints:
        block = of.block[np.flatnonzero(contains(before.joined, of.block) & (of.first < night))]
        return np.bincount(np.searchsorted(before.joined, block), minlength=len(before.joined))

    if not len(before.joined):
        return before.joined
    now = past(rows)
    return before.joined[(now > 0) & (now < past(before.rows))]


def _check_blocks(state: State, later: bool, night: int, policy: Policy, report: Report) -> Ints:
    """Rules 1, 2, 4 and 5 for the rows and blocks of some families, and how many contributions each block holds.

    Rows are sorted by block; on a `later` night something was published before.
    """
    words, rows, blocks = state.vocabulary, state.rows, state.blocks
    still = np.flatnonzero(rows.last == OPEN)
    live = rows if len(still) == len(rows) else rows.take(still)
    begin, length, number = runs(live.block)
    family = family_of(live.block[begin])
    spot, order = arranged(packed((family - family[:1])[number], live.area, live.group))
    twice = order[np.flatnonzero(spot[1:] == spot[:-1])]
    report("an owner group counts twice", live.block[twice])
    for owner in (state.kin[live.group], live.label)[: 1 + bool((live.label != live.group).any())]:
        unsafe = unsafe_blocks(number, owner, live.value, policy)
        report("block is not safe", live.block[begin][unsafe])
    report("block does not hold its rows", _strays(words, live, begin, length))
    touched = rows.first == night
    touched |= rows.last == night
    changed = distinct(rows.block[np.flatnonzero(touched)])
    report("change is not safe", _unsafe_changes(rows, changed, state.kin, night, policy))
    if later:
        dominated, _ = dominated_cells(words, rows, blocks, changed, night, state.kin, policy)
        report("change of a cell is dominated", dominated)
    sizes = np.zeros(len(blocks), np.int64)
    sizes[np.searchsorted(blocks, live.block[begin])] = length
    return sizes


def unsafe_blocks(block: Ints, group: Codes, value: Ints, policy: Policy) -> Ints:
    """The blocks (numbers) that are not safe, by plain totals of each owner group in each block."""
    if not len(block):
        return np.empty(0, np.int64)
    pair, order = arranged((block << GROUP_BITS) | group)
    edge = edges(pair)
    weight, total = np.diff(edge, append=len(pair)), np.add.reduceat(value[order], edge)
    block = pair[edge] >> GROUP_BITS
    first, groups, _ = runs(block)
    all_value, all_weight = np.add.reduceat(total, first), np.add.reduceat(weight, first)
    most_weight, top = np.maximum.reduceat(weight, first), np.maximum.reduceat(total, first)
    # The second largest is as large as the largest where two owner groups tie for it.
    below = np.repeat(top, groups)
    tied = np.add.reduceat((total == below).astype(np.int64), first) > 1
    second = np.where(tied, top, np.maximum.reduceat(np.where(total < below, total, 0), first))
    bad = (groups < policy.k) | (100 * most_weight > policy.share_percent * all_weight)
    bad |= 100 * top > policy.value_share_percent * all_value
    bad |= 100 * (all_value - top - second) < policy.p_percent * top
    return block[first[bad]]


def _strays(words: Vocabulary, live: Rows, begin: Ints, length: Ints) -> Ints:
    """Blocks that hold rows of another place or type; those of each begin at `begin`."""
    block = live.block[begin]
    kind, level, place = kind_of_key(block), level_of(block), place_of(block)
    stray = np.repeat(kind, length)
    stray = (stray != 0) & (stray != live.shop_type + 1)
    for target in range(len(LEVELS)):
        mine = level == target
        here = np.flatnonzero(np.repeat(mine, length))
        stray[here] |= words.up(live.area[here], 0, target) != np.repeat(place[mine], length[mine])
    return live.block[np.flatnonzero(stray)]


def _check_cells(cells: Cells, state: State, policy: Policy, size: Ints, report: Report) -> None:
    """Cells are unions of whole blocks, complete, and print only what their size allows.

    `size` is how many contributions each block holds.
    """
    words, blocks = state.vocabulary, state.blocks
    count = np.diff(cells.block_starts)
    cell = np.repeat(np.arange(len(cells)), count)
    inside = blocks[cells.blocks]
    expected: list[Ints] = []
    for level in range(len(LEVELS)):
        for pure in (True, False):
            key = cell_keys(words, blocks, level, pure)
            expected.append(distinct(key[key >= 0]))
    wanted = np.concatenate(expected)
    report("cell is not in the plan", cells.key[~contains(distinct(wanted), cells.key)])
    stray = family_of(inside) != family_of(cells.key[cell])
    block_level, place = level_of(inside), place_of(inside).astype(np.int32)
    cell_level, cell_place = level_of(cells.key[cell]), place_of(cells.key[cell])
    stray |= block_level > cell_level
    for below in range(len(LEVELS)):
        for target in range(below, len(LEVELS)):
            mine = (block_level == below) & (cell_level == target)
            stray[mine] |= words.up(place[mine], below, target) != cell_place[mine]
    kind = kind_of_key(cells.key[cell])
    stray |= (kind != 0) & (kind_of_key(inside) != kind)
    report("cell has a block that is not in it", cells.key[cell[stray]])
    known = distinct(cells.key)
    pair, order = arranged(packed(np.searchsorted(known, cells.key)[cell], cells.blocks))
    twice = order[np.flatnonzero(pair[1:] == pair[:-1])]
    report("cell counts a block twice", cells.key[cell[twice]])
    voices = np.bincount(cell, size[cells.blocks], minlength=len(cells)).astype(np.int64)
    report("cell is not the union of its blocks", cells.key[voices != cells.voices])
    few = (cells.groups < policy.k) | (cells.groups > cells.voices)
    report("cell has too few owner groups", cells.key[few])
    quartiles = (cells.figures[:, 1:3] != NOT_PRINTED).any(axis=1) & (cells.groups < policy.quartiles_from)
    tails = (cells.figures[:, 3:] != NOT_PRINTED).any(axis=1) & (cells.groups < policy.tails_from)
    report("cell prints more than its size allows", cells.key[quartiles | tails])


def _unsafe_changes(rows: Rows, changed: Ints, kin: Codes, night: int, policy: Policy) -> Ints:
    """Keys of changed blocks whose change, against some earlier version, is too small or dominated. Rows by block."""
    begin, length, _ = runs(rows.block)
    mine = contains(changed, rows.block[begin])
    index = np.flatnonzero(np.repeat(mine, length))
    ends = np.append(np.cumsum(length[mine]) - length[mine], len(index))
    bad = []
    new = np.flatnonzero((rows.first[index] == night) & rows.fresh[index])
    # A block all of whose rows began tonight has no earlier version: only its fresh owner groups count.
    oldest = np.minimum.reduceat(rows.first[index], ends[:-1]) if len(changed) else np.empty(0, np.int32)
    segment = np.repeat(np.arange(len(changed)), np.diff(ends))
    pair = distinct((segment[new] << 24) | kin[rows.group[index][new]]) >> 24
    few = np.bincount(pair, minlength=len(changed)) < policy.k
    for at in np.flatnonzero(~few & (oldest < night)):
        some = rows.take(index[ends[at] : ends[at + 1]])
        views = ((some.group, kin[some.group]), (some.label, some.label))
        if not all(_change_is_safe(some, group, owner, night, policy) for group, owner in views):
            bad.append(int(changed[at]))
    return np.concatenate([changed[few], np.array(bad, np.int64)])


def _change_is_safe(rows: Rows, group: Codes, owner: Codes, night: int, policy: Policy) -> bool:
    """Tonight's version of a block against each earlier one, owner by owner."""
    _, spot = np.unique(pack(np.zeros(len(rows), np.int32), rows.area, group), return_inverse=True)
    owners, who = np.unique(owner, return_inverse=True)
    owner_of = np.empty(len(rows), np.int64)
    owner_of[spot] = who
    nights = distinct(np.concatenate([rows.first, rows.last[rows.last < OPEN]]))

    def version(when: int) -> tuple[Ints, Ints]:
        counted = (rows.first <= when) & (rows.last > when)
        value, present = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
        value[spot[counted]], present[spot[counted]] = rows.value[counted], 1
        return value, present

    now, here = version(night)
    for when in nights[nights < night].tolist():
        then, there = version(when)
        spots = np.flatnonzero((now != then) | (here != there))
        moved = np.zeros(len(owners), np.int64)
        np.add.at(moved, owner_of[spots], np.abs(now - then)[spots])
        netted = np.zeros(len(owners), np.int64)
        np.add.at(netted, owner_of[spots], (now - then)[spots])
        few = len(distinct(owner_of[spots])) < policy.k
        if few or any(
            100 * int(part.max()) > policy.change_share_percent * int(part.sum())
            for part in (moved, np.abs(netted))
        ):
            return False
    return True
