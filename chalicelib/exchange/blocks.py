"""Disjoint safe blocks: their keys, when they are safe, and the partition of contributions into them.

A block is (metric, position) x place x shop type, or mixed types. Contributions join the finest safe block:
area x type, area, state x type, state, and so on to the nation; what is unsafe even there stays unpublished.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.frame import Codes, Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import contains
from chalicelib.exchange.state import Vocabulary

TYPE_BITS, PLACE_BITS, LEVEL_BITS = 9, 20, 3
LEVELS = ("area", "state", "division", "nation")
#: The type part of the key of a mixed block; a pure block has 1 + its shop type.
MIXED = 0
NONE = -1


def key_of(family: Codes, level: int, place: Codes, kind: Codes | int) -> Ints:
    """Sortable keys of blocks or cells; `kind` is MIXED or 1 + shop type."""
    key = family.astype(np.int64)
    key <<= LEVEL_BITS
    key |= level
    key <<= PLACE_BITS
    key |= place
    key <<= TYPE_BITS
    key |= kind
    return key


def cell_key(words: Vocabulary, family: Codes, area: Codes, shop_type: Codes, level: int, pure: bool) -> Ints:
    """The keys of the cells of one level, of one type or of all, that contributions lie in."""
    return key_of(family, level, words.up(area, 0, level), shop_type + 1 if pure else MIXED)


def family_of(key: Ints) -> Ints:
    """The family part of keys."""
    return key >> (TYPE_BITS + PLACE_BITS + LEVEL_BITS)


def level_of(key: Ints) -> Ints:
    """The level part of keys: 0 area, 1 state, 2 division, 3 nation."""
    return (key >> (TYPE_BITS + PLACE_BITS)) & ((1 << LEVEL_BITS) - 1)


def place_of(key: Ints) -> Ints:
    """The place part of keys, a code of their level."""
    return (key >> TYPE_BITS) & ((1 << PLACE_BITS) - 1)


def kind_of_key(key: Ints) -> Ints:
    """The type part of keys: MIXED or 1 + shop type."""
    return key & ((1 << TYPE_BITS) - 1)


def safe_segments(
    segment: Ints | Codes, group: Codes, value: Ints, count: int, policy: Policy
) -> NDArray[np.bool_]:
    """Which of the segments 0 .. count - 1 are safe to publish.

    Safe: >= k owner groups; no group over `share_percent` of the weight (one a contribution) or
    `value_share_percent` of the value;
    and the p % rule: the total without the two largest is >= p % of the largest, so that the second largest
    cannot estimate the largest within p % (Hundepool et al., Statistical Disclosure Control, 2012, ch. 4).
    """
    order = np.argsort(packed := (segment.astype(np.int64) << 24) | group)
    packed = packed[order]
    first = np.ones(len(packed), np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    if not len(starts):
        return np.zeros(count, np.bool_)
    weights = np.diff(np.append(starts, len(packed)))
    values = np.add.reduceat(value[order], starts)
    owner = packed[starts] >> 24
    present, begin, groups = np.unique(owner, return_index=True, return_counts=True)
    weight = np.add.reduceat(weights, begin)
    total = np.add.reduceat(values, begin)
    largest = np.maximum.reduceat(values, begin)
    # The second largest: the largest once one largest of each segment is taken away.
    at_top = np.flatnonzero(values == np.repeat(largest, groups))
    tops = at_top[np.unique(owner[at_top], return_index=True)[1]]
    values[tops] = 0
    second = np.maximum.reduceat(values, begin)
    good = groups >= policy.k
    good &= 100 * np.maximum.reduceat(weights, begin) <= policy.share_percent * weight
    good &= (100 * largest <= policy.value_share_percent * total) & (
        100 * (total - largest - second) >= policy.p_percent * largest
    )
    safe = np.zeros(count, np.bool_)
    safe[present] = good
    return safe


@dataclass(frozen=True, slots=True)
class Tops:
    """Of each leaf (area and type, in which no owner group has two contributions) what safety depends on."""

    groups: Ints
    total: Ints
    largest: Ints
    second: Ints

    @classmethod
    def of(cls, leaf: Codes, value: Ints, count: int) -> "Tops":
        """From contributions with leaves 0 .. count - 1."""
        groups = np.bincount(leaf, minlength=count)
        total, largest, second = (np.zeros(count, np.int64) for _ in range(3))
        np.add.at(total, leaf, value)
        np.maximum.at(largest, leaf, value)
        at_top = np.flatnonzero(value == largest[leaf])
        top = np.empty(count, np.int64)
        top[leaf[at_top]] = at_top
        rest = value.copy()
        rest[top[groups > 0]] = 0
        np.maximum.at(second, leaf, rest)
        return cls(groups, total, largest, second)

    def safe(self, leaves: Ints, segment: Codes, count: int, policy: Policy) -> NDArray[np.bool_]:
        """As `safe_segments`, for unions of `leaves` of one area; `segment` numbers the union of each."""
        groups, total, largest, second = (np.zeros(count, np.int64) for _ in range(4))
        top = np.empty(count, np.int64)
        np.add.at(groups, segment, self.groups[leaves])
        np.add.at(total, segment, self.total[leaves])
        mine = self.largest[leaves]
        np.maximum.at(largest, segment, mine)
        at_top = np.flatnonzero(mine == largest[segment])
        top[segment[at_top]] = at_top
        present = top[groups > 0]
        mine[present] = self.second[leaves[present]]
        np.maximum.at(second, segment, mine)
        good = (groups >= policy.k) & (policy.share_percent * groups >= 100)
        good &= 100 * largest <= policy.value_share_percent * total
        safe: NDArray[np.bool_] = good & (100 * (total - largest - second) >= policy.p_percent * largest)
        return safe


def group_counts(segment: Ints, group: Codes, count: int) -> Ints:
    """The number of distinct owner groups in each of the segments 0 .. count - 1."""
    packed = np.sort((segment << 24) | group)
    first = np.ones(len(packed), np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=first[1:])
    return np.bincount(packed[first] >> 24, minlength=count)


def partition(  # noqa: PLR0913, PLR0917 - the columns of the contributions
    words: Vocabulary,
    policy: Policy,
    existing: Ints,
    family: Codes,
    area: Codes,
    shop_type: Codes,
    group: Codes,
    value: Ints,
    fresh: NDArray[np.bool_],
    moved: NDArray[np.bool_],
) -> tuple[Ints, NDArray[np.bool_]]:
    """The block each contribution belongs to (NONE for none) and whether that block is new.

    Level by level, finest first: a contribution waits at the first block that exists already (`existing`,
    sorted); otherwise it enters a new block where its companions make one that is safe and has >= k owner
    groups with fresh values; otherwise it climbs. One that `moved`, and so is still counted in the block it
    leaves, does not climb past an area in which a block would be safe but for fresh values: they come with time,
    and a new delineation, which moves nearly all, would else leave the new areas without blocks of their own.
    """
    home = np.full(len(family), NONE, np.int64)
    new = np.zeros(len(family), np.bool_)
    left = np.arange(len(family))
    for level in range(len(LEVELS)):
        for pure in (True, False):
            if not len(left):
                return home, new
            key = cell_key(words, family[left], area[left], shop_type[left], level, pure)
            waiting = contains(existing, key)
            home[left[waiting]] = key[waiting]
            left, key = left[~waiting], key[~waiting]
            keys, segment = np.unique(key, return_inverse=True)
            safe = safe_segments(segment, group[left], value[left], len(keys), policy)
            held = np.zeros(len(keys), np.bool_)
            if not fresh.all():
                mine = fresh[left]
                enough = group_counts(segment[mine], group[left[mine]], len(keys)) >= policy.k
                held, safe = safe & ~enough & (level == 0), safe & enough
            chosen = safe[segment]
            home[left[chosen]] = key[chosen]
            new[left[chosen]] = True
            left = left[~chosen & ~(held[segment] & moved[left])]
    return home, new
