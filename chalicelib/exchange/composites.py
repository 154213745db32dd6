"""All-positions composites: functions of printed medians, which therefore tell nothing new."""

from dataclasses import dataclass

import numpy as np

from chalicelib.exchange.blocks import LEVELS, family_of, key_of, kind_of_key, level_of, place_of
from chalicelib.exchange.contributions import half_even
from chalicelib.exchange.frame import ALL, Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.vocabulary import Vocabulary

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Composites:
    """All-positions cells; `key` has the family of the metric's first position in its family part.

    The cells composed into composite i are `cells[cell_starts[i]:cell_starts[i + 1]]`, positions in `Cells`.
    """

    key: Ints
    median: Ints
    as_of: Ints
    cell_starts: Ints
    cells: Ints


def compose(words: Vocabulary, policy: Policy, key: Ints, median: Ints, as_of: Ints) -> Composites:
    """The composites of every metric whose answers come by position, from the printed medians of sorted
    cells.

    A composite is a fixed-weight index: the nation's is the weighted mean over its printed positions, and
    another place's is the nation's times the weighted mean of its own medians over that of the nation's
    medians for the same positions (a Lowe index; ILO, Consumer Price Index Manual, 2020, ch. 2). Comparing
    like with like keeps a place from looking rich or poor for the positions it does not print. It is printed
    when the positions shared carry enough of the nation's weight. A shop type is compared with its own nation:
    body shops employ painters, and would never share enough of what all shops employ. The nation prints every
    cell that a place below prints, because its own is a union that holds the other.
    """
    head = _first_families(words)
    used = np.flatnonzero(head[family_of(key)] >= 0)
    family, level = family_of(key[used]), level_of(key[used])
    weight = np.array([policy.position_weights.get(position, 1) for _, position in words.families], np.int64)[
        family
    ]
    kind = kind_of_key(key[used]).astype(np.int32)
    nation = place_of(key[used]).astype(np.int32)
    for below in range(len(LEVELS)):
        nation[level == below] = words.up(nation[level == below], below, len(LEVELS) - 1)

    def national(of: Ints) -> Ints:
        return key_of(of.astype(np.int32), len(LEVELS) - 1, nation, kind)

    base = median[np.searchsorted(key, national(family))]
    # A composite's key is its cells' with the metric's first position for theirs.
    own, part = np.unique(key[used] + ((head[family] - family) << 32), return_inverse=True)
    total = np.zeros((3, len(own)), np.int64)
    for row, amount in enumerate((weight, weight * median[used], weight * base)):
        np.add.at(total[row], part, amount)
    shared, here, there = total
    whole = np.empty(len(own), np.int64)
    whole[part] = np.searchsorted(own, national(head[family]))
    printed = (100 * shared >= policy.composite_minimum_weight_percent * shared[whole]) & (there > 0)
    mean = half_even(here[whole], shared[whole])
    index = half_even(here * MILLION, np.maximum(there, 1))
    step = np.array([words.kind(metric).step for metric, _ in words.families], np.int64)[family_of(own)]
    oldest = np.full(len(own), np.iinfo(np.int64).max)
    np.minimum.at(oldest, part, as_of[used])
    kept = printed[part]
    number = (np.cumsum(printed) - 1)[part[kept]]
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(int(printed.sum()) + 1))
    value = half_even(mean * index, MILLION * step) * step
    return Composites(own[printed], value[printed], oldest[printed], starts, used[kept][order])


def _first_families(words: Vocabulary) -> Ints:
    """For each family of a composed metric the metric's first family, for others -1.

    Metrics are composed whose kind allows it and that have several named positions, none of them "all".
    """
    positions: dict[str, list[int]] = {}
    for code, (metric, _) in enumerate(words.families):
        positions.setdefault(metric, []).append(code)
    first = np.full(len(words.families), -1, np.int64)
    for metric, codes in positions.items():
        named = all(words.families[code][1] != ALL for code in codes)
        if len(codes) > 1 and named and words.kind(metric).composable:
            first[codes] = codes[0]
    return first
