"""One night: from a frame and the state of the night before to a publication and the next state."""

from dataclasses import dataclass, replace

import numpy as np

from chalicelib.exchange.admission import NONE, Items, Mask, admit, compare, not_held
from chalicelib.exchange.blocks import family_of, partition
from chalicelib.exchange.cells import Cells, build_cells
from chalicelib.exchange.contributions import (
    GROUP_BITS,
    Contributions,
    answer_hashes,
    family_hashes,
    one_voice,
)
from chalicelib.exchange.dominance import dominated_cells
from chalicelib.exchange.frame import LONG_AGO, Frame, Ints
from chalicelib.exchange.gate import Finding, check
from chalicelib.exchange.owners import follow_owners
from chalicelib.exchange.plan import plan
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.reshape import merge, split
from chalicelib.exchange.sets import Hashes, contains, distinct, text_hashes, union
from chalicelib.exchange.state import OPEN, Rows, State, Vocabulary


@dataclass(frozen=True, slots=True)
class Publication:
    """One night's outcome: the printed cells, the state that explains them, and what the gate found.

    When `findings` is not empty, nothing of it may be published and `state` must not be kept.
    """

    night: int
    policy: Policy
    cells: Cells
    state: State
    findings: tuple[Finding, ...]


def publish(frame: Frame, night: int, policy: Policy, state: State, today: int = 0) -> Publication:
    """The publication of `night` (greater than every night before). `today` is in days since 1970.

    Raises InvalidInput when the frame contradicts the state (a place that lies elsewhere, too many names).
    """
    words, frame = state.vocabulary.absorb(frame)
    known = replace(state, vocabulary=words)
    following = advance(known, frame, night, policy, today)
    cells = build_cells(following, policy)
    return Publication(night, policy, cells, following, check(cells, following, state, night, policy))


def advance(state: State, frame: Frame, night: int, policy: Policy, today: int) -> State:
    """The state after the night: splits and merges, batched admission, new blocks."""
    words = state.vocabulary
    orgs = text_hashes(frame.orgs)
    state = follow_owners(state, frame, orgs)
    dated = len(frame) > 0 and int(frame.effective.max()) > LONG_AGO
    voices = one_voice(frame, today - policy.minimum_age_days if dated else LONG_AGO)
    state, touched = _reshape(state, words, night, policy)
    rows = state.rows
    standing = compare(rows, voices)
    candidates = np.concatenate([standing.free, standing.contribution_of_row[standing.changed]])
    fresh, answers = _fresh(state, frame, voices, orgs, candidates)
    free = not_held(rows, standing, voices, fresh)
    moved = _moved(rows, standing.gone, voices, free)
    home, new = _homes(state, policy, voices, free, fresh, moved)
    joining = (home != NONE) & ~new
    items = _items(rows, standing.changed, standing.gone, standing.contribution_of_row, voices, fresh)
    items = items.plus(_joins(home[joining], free[joining], voices, fresh))
    entering = admit(rows, items, touched, state.kin, policy)
    founding = _joins(home[new], free[new], voices, fresh)
    items = _undominated(state, entering.plus(founding), voices, night, policy)
    return _record(state, items, voices, frame, orgs, answers, night)


def _undominated(state: State, items: Items, voices: Contributions, night: int, policy: Policy) -> Items:
    """The items without those of blocks whose change makes one owner group dominate the change of a cell.

    Such blocks wait as they are; a night on which no block of a cell changes leaves the cell as it was.
    """
    among = distinct(items.block) if state.nights else np.empty(0, np.int64)
    while len(among):
        rows = _entered(state, items, voices, night)
        blocks = union(state.blocks, distinct(items.block))
        _, culprits = dominated_cells(state.vocabulary, rows, blocks, among, night, state.kin, policy)
        if not len(culprits):
            break
        items = items.take(~contains(distinct(culprits), items.block))
        among = np.setdiff1d(among, culprits)
    return items


def _moved(rows: Rows, gone: Ints, voices: Contributions, free: Ints) -> Mask:
    """Which free contributions are of owner groups that a block still counts where they no longer are."""
    left = distinct((family_of(rows.block[gone]) << GROUP_BITS) | rows.group[gone])
    return contains(left, (voices.family[free].astype(np.int64) << GROUP_BITS) | voices.group[free])


def _homes(
    state: State, policy: Policy, voices: Contributions, free: Ints, fresh: Mask, moved: Mask
) -> tuple[Ints, Mask]:
    """The block of each free contribution (NONE for none), and whether it is a new one."""
    words = state.vocabulary
    if not len(state.blocks) and len(free) == len(voices):
        kin = state.kin[voices.group]
        home = plan(words, policy, voices.family, voices.area, voices.shop_type, kin, voices.value)
        return home, home != NONE
    home = np.full(len(free), NONE, np.int64)
    new = np.zeros(len(free), np.bool_)
    begun = np.zeros(len(words.families), np.bool_)
    begun[family_of(state.blocks)] = True
    later = begun[voices.family[free]]
    for mine in (np.flatnonzero(~later), np.flatnonzero(later)):
        index = free[mine]
        kin = state.kin[voices.group[index]]
        columns = (voices.family[index], voices.area[index], voices.shop_type[index], kin)
        if not len(index):
            continue
        if later[mine[0]]:
            home[mine], new[mine] = partition(
                words, policy, state.blocks, *columns, voices.value[index], fresh[index], moved[mine]
            )
        else:
            home[mine] = plan(words, policy, *columns, voices.value[index])
            new[mine] = home[mine] != NONE
    return home, new


def _reshape(state: State, words: Vocabulary, night: int, policy: Policy) -> tuple[State, Ints]:
    """Split what changed last night, merge what is stale; these blocks do not change again tonight."""
    rows, touched = state.rows, np.empty(0, np.int64)
    if not state.nights:
        return state, touched
    recent = state.blocks[state.admitted == state.nights[-1]] if len(state.nights) > 1 else touched
    if len(recent):
        key, touched = split(words, rows, state.blocks, recent, state.kin, policy)
        rows = replace(rows, block=key)
    stale = np.setdiff1d(state.blocks[night - state.admitted > policy.merge_after_nights], touched)
    if len(stale):
        key, merged = merge(words, rows, state.blocks, stale)
        rows, touched = replace(rows, block=key), union(touched, merged)
    if not len(touched):
        return state, touched
    blocks = distinct(rows.block)
    # A block's date is that of the newest row entering it, or of the last row leaving.
    admitted = np.zeros(len(blocks), np.int32)
    at = np.searchsorted(blocks, rows.block)
    np.maximum.at(admitted, at, rows.first)
    np.maximum.at(admitted, at, np.where(rows.last < OPEN, rows.last, 0))
    return replace(state, rows=rows, blocks=blocks, admitted=admitted), touched


def _fresh(
    state: State, frame: Frame, voices: Contributions, orgs: Hashes, candidates: Ints
) -> tuple[Mask, Hashes]:
    """Which candidates have an answer never published before, and the hashes of the families by code."""
    families = family_hashes(state.vocabulary.families)
    fresh = np.zeros(len(voices), np.bool_)
    if not len(state.ledger):
        fresh[candidates] = True
        return fresh, families
    rows, owner = _rows_of(voices, candidates)
    answers = answer_hashes(frame, rows, orgs, families)
    at = np.minimum(np.searchsorted(state.ledger, answers), len(state.ledger) - 1)
    fresh[owner[state.ledger[at] != answers]] = True
    return fresh, families


def _rows_of(voices: Contributions, index: Ints) -> tuple[Ints, Ints]:
    """The frame rows behind the contributions at `index`, and the contribution of each."""
    if len(index) == len(voices):
        return voices.rows, np.repeat(np.arange(len(voices)), np.diff(voices.starts))
    begin, length = voices.starts[index], np.diff(voices.starts)[index]
    owner = np.repeat(index, length)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
    return voices.rows[np.repeat(begin, length) + offset], owner


def _items(
    rows: Rows, changed: Ints, gone: Ints, contribution_of_row: Ints, voices: Contributions, fresh: Mask
) -> Items:
    row = np.concatenate([changed, gone])
    contribution = np.concatenate([contribution_of_row[changed], np.full(len(gone), NONE, np.int64)])
    value = np.zeros(len(row), np.int64)
    value[: len(changed)] = voices.value[contribution[: len(changed)]]
    new = np.zeros(len(row), np.bool_)
    new[: len(changed)] = fresh[contribution[: len(changed)]]
    return Items(rows.block[row], rows.group[row], rows.area[row], row, contribution, value, new)


def _joins(block: Ints, contribution: Ints, voices: Contributions, fresh: Mask) -> Items:
    row = np.full(len(block), NONE, np.int64)
    group, area = voices.group[contribution], voices.area[contribution]
    return Items(block, group, area, row, contribution, voices.value[contribution], fresh[contribution])


def _record(
    state: State,
    items: Items,
    voices: Contributions,
    frame: Frame,
    orgs: Hashes,
    families: Hashes,
    night: int,
) -> State:
    """The state with tonight's items entered."""
    entering = np.zeros(len(voices), np.bool_)
    entering[items.contribution[items.contribution != NONE]] = True
    mine = np.zeros(len(frame), np.bool_)
    mine[voices.rows[np.repeat(entering, np.diff(voices.starts))]] = True
    rows = np.flatnonzero(mine)
    answers = answer_hashes(frame, rows, orgs, families)
    changed = distinct(items.block)
    blocks = union(state.blocks, changed)
    admitted = np.empty(len(blocks), np.int32)
    admitted[np.searchsorted(blocks, state.blocks)] = state.admitted
    admitted[np.searchsorted(blocks, changed)] = night
    return replace(
        state,
        nights=(*state.nights, night),
        rows=_entered(state, items, voices, night),
        blocks=blocks,
        admitted=admitted,
        ledger=union(state.ledger, answers),
    )


def _entered(state: State, items: Items, voices: Contributions, night: int) -> Rows:
    """The rows with tonight's items entered."""
    ends = items.row[items.row != NONE]
    last = state.rows.last.copy()
    last[ends] = night
    starts = np.flatnonzero(items.contribution != NONE)
    starts = starts[np.argsort(items.block[starts], kind="stable")]  # neighbours in memory are found faster
    entering, count = items.contribution[starts], len(starts)
    group = voices.group[entering]
    entered = Rows(
        block=items.block[starts],
        group=group,
        label=group,
        area=voices.area[entering],
        shop_type=voices.shop_type[entering],
        value=voices.value[entering],
        vintage=np.full(count, night, np.int32),
        first=np.full(count, night, np.int32),
        last=np.full(count, OPEN, np.int32),
        fresh=items.fresh[starts],
    )
    return replace(state.rows, last=last).plus(entered)
