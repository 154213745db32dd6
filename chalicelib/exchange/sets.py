"""Sets of integers as sorted arrays, by sorting: for these sizes quicker than NumPy's hashing."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Hashes = NDArray[np.uint64]


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The sorted distinct values.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def union(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """The sorted distinct values of both."""
    return distinct(np.concatenate([left, right]))


def contains(ordered: NDArray[Any], values: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of `values` are in a sorted array."""
    if not len(ordered):
        return np.zeros(len(values), np.bool_)
    at = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    found: NDArray[np.bool_] = ordered[at] == values
    return found


def dense(key: Ints | Codes) -> tuple[Codes, int]:
    """Codes 0 .. n - 1 of the distinct keys (>= 0) in key order, and n; by a table where keys are small."""
    if not len(key):
        return key.astype(np.int32), 0
    size = int(key.max()) + 1
    if size <= 8 * len(key) + 1_000_000:
        seen = np.zeros(size, np.int32)
        seen[key] = 1
        code = np.cumsum(seen, dtype=np.int32)
        code -= 1
        return code[key], int(code[-1]) + 1
    keys, codes = np.unique(key, return_inverse=True)
    return codes.astype(np.int32), len(keys)


def family_slices(family: NDArray[Any], size: int = 250_000) -> Iterator[slice]:
    """Slices of a column sorted by family: whole families, each slice about `size` entries or one family.

    >>> list(family_slices(np.array([0, 0, 1, 2, 2]), 2))
    [slice(0, 2, None), slice(2, 5, None)]
    """
    edges = np.append(np.flatnonzero(family[1:] != family[:-1]) + 1, len(family)).tolist()
    begin = 0
    for edge in edges:
        if edge - begin >= size or edge == len(family):
            if edge > begin:
                yield slice(begin, edge)
            begin = edge


def text_hashes(names: Sequence[str]) -> Hashes:
    """Stable 64-bit hashes of names: a polynomial over their UTF-8 bytes, modulo 2**64, then mixed.

    Not secret: who holds the state and a list of names can match them.
    """
    if not len(names):
        return np.empty(0, np.uint64)
    # A closing byte, which UTF-8 never has, keeps every segment non-empty and "a" apart from "ab".
    text = np.frombuffer(("\0".join(names) + "\0").encode(), np.uint8).copy()
    ends = np.flatnonzero(text == 0)
    if len(ends) > len(names):  # a name holds the separator
        text = np.frombuffer(b"".join(name.encode() + b"\xff" for name in names), np.uint8)
        ends = np.flatnonzero(text == 0xFF)
    else:
        text[ends] = 0xFF
    start = np.append(0, ends[:-1] + 1)
    length = ends - start
    powers = np.cumprod(np.full(int(length.max()) + 1, 0x9E3779B97F4A7C15, np.uint64), dtype=np.uint64)
    terms = powers[np.arange(len(text)) - np.repeat(start, length + 1)]
    terms *= text
    return mixed(np.add.reduceat(terms, start))


def mixed(hashes: Hashes) -> Hashes:
    """The finalizer of SplitMix64 (Steele, Lea, Flood, 2014)."""
    hashes = hashes ^ (hashes >> np.uint64(30))
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    hashes ^= hashes >> np.uint64(31)
    return hashes
