"""Who is who from night to night: owner groups that change their code, split off, or come together."""

from dataclasses import replace

import numpy as np

from chalicelib.exchange.batches import stretches
from chalicelib.exchange.frame import Codes, Frame
from chalicelib.exchange.sets import Hashes, union
from chalicelib.exchange.state import OPEN, State


def follow_owners(state: State, frame: Frame, orgs: Hashes) -> State:
    """The state with tonight's owners noted, renamed groups followed and the kin of new groups known.

    A code never seen before is kin of the group that held most of its organizations. It replaces that group
    where the group no longer answers and most of its organizations came along (of several heirs, the first by
    code); the rows keep the label they had. Answers of an organization under two codes count for the first.
    """
    size = len(state.vocabulary.groups)
    kin = np.arange(size, dtype=np.int32)
    kin[: len(state.kin)] = state.kin
    owner = np.full(len(frame.orgs), OPEN, np.int32)
    for stretch in stretches(len(frame)):
        np.minimum.at(owner, frame.org[stretch], frame.group[stretch])
    order = np.argsort(orgs)
    now, owner = orgs[order], owner[order]
    before, group_before = state.owner_hashes, state.owner_groups
    known = union(before, now)
    groups = np.empty(len(known), np.int32)
    groups[np.searchsorted(known, before)] = group_before
    groups[np.searchsorted(known, now)] = owner
    noted = replace(state, owner_hashes=known, owner_groups=groups, kin=kin)
    if not len(before) or not len(now):
        return noted
    at = np.minimum(np.searchsorted(before, now), len(before) - 1)
    both = before[at] == now
    was, became = group_before[at[both]].astype(np.int64), owner[both].astype(np.int64)
    moved = was != became
    if not moved.any():
        return noted
    seen = np.zeros(size, np.bool_)
    seen[state.rows.group] = True
    seen[group_before] = True
    pair, count = np.unique((was[moved] << 32) | became[moved], return_counts=True)
    old, new = pair >> 32, pair & 0xFFFFFFFF
    mostly = ~seen[new] & (2 * count > np.bincount(owner, minlength=size)[new])
    kin[new[mostly]] = kin[old[mostly]]
    present = np.zeros(size, np.bool_)
    present[owner] = True
    heir = mostly & ~present[old] & (2 * count >= np.bincount(group_before, minlength=size)[old])
    old, first = np.unique(old[heir], return_index=True)
    identity: Codes = np.arange(size, dtype=np.int32)
    identity[old] = new[heir][first]
    return replace(noted, rows=replace(state.rows, group=identity[state.rows.group]))
