"""What a publisher without protection would know: the yardstick of utility. Never published."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.blocks import LEVELS, cell_key, group_counts, safe_segments
from chalicelib.exchange.cells import VALUE_BITS
from chalicelib.exchange.contributions import Contributions
from chalicelib.exchange.frame import Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Unprotected:
    """Every possible cell (at least one contribution), sorted by key: its owner groups, whether it would be
    safe were it the only one published, and its exact median in cents.
    """

    key: Ints
    groups: Ints
    safe: NDArray[np.bool_]
    median: Ints


def unprotected(words: Vocabulary, voices: Contributions, policy: Policy) -> Unprotected:
    """The unprotected cells of a night, over levels x (type, all types); composites are not among them."""
    parts = []
    for level in range(len(LEVELS)):
        for pure in (True, False):
            key = cell_key(words, voices.family, voices.area, voices.shop_type, level, pure)
            keys, cell = np.unique(key, return_inverse=True)
            ordered = np.sort((cell.astype(np.int64) << VALUE_BITS) | voices.value) & ((1 << VALUE_BITS) - 1)
            count = np.bincount(cell, minlength=len(keys))
            start = np.cumsum(count) - count
            low, high = start + (count - 1) // 2, start + count // 2
            median = (ordered[low] + ordered[high]) // 2
            groups = group_counts(cell.astype(np.int64), voices.group, len(keys))
            safe = safe_segments(cell, voices.group, voices.value, len(keys), policy)
            parts.append((keys, groups, safe, median))
    key, groups, safe, median = (np.concatenate([part[at] for part in parts]) for at in range(4))
    order = np.argsort(key)
    return Unprotected(key[order], groups[order], safe[order].astype(np.bool_), median[order])
