"""Sets of integers as sorted arrays, by sorting: for these sizes quicker than NumPy's hashing."""

from collections.abc import Sequence
from mmap import mmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Hashes = NDArray[np.uint64]
#: Names hashed at a time: what that takes stays in the processor's cache.
_CHUNK = 8192


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """The sorted distinct values.

    >>> distinct(np.array([3, 1, 3])).tolist()
    [1, 3]
    """
    return unrepeated(np.sort(values))


def unrepeated(ordered: NDArray[Any]) -> NDArray[Any]:
    """The distinct values of a sorted array; itself where none is there twice."""
    same = ordered[1:] == ordered[:-1]
    return ordered[edges(ordered)] if same.any() else ordered


def union(left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """The sorted distinct values of both."""
    return distinct(np.concatenate([left, right]))


def extended(ordered: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
    """The union of two sorted arrays, of which the first has distinct values; quick where the second is short."""
    new = unrepeated(values)
    if not len(ordered):
        return new
    new = new[np.flatnonzero(~contains(ordered, new))]
    return np.insert(ordered, np.searchsorted(ordered, new), new) if len(new) else ordered


def room(size: int, dtype: Any) -> NDArray[Any]:
    """A column to be filled; what it holds is not defined.

    Its memory is taken in small pages, as it is filled. For large arrays NumPy asks for huge ones, which cost five
    times as much where they are new to the virtual machine, and columns of a whole nation are written just once.
    """
    dtype = np.dtype(dtype)
    return np.frombuffer(mmap(-1, max(size * dtype.itemsize, 1)), dtype, size)


def edges(ordered: NDArray[Any]) -> Ints:
    """Where runs of equal values begin.

    >>> edges(np.array([4, 4, 7])).tolist()
    [0, 2]
    """
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return np.flatnonzero(first)


def runs(ordered: NDArray[Any]) -> tuple[Ints, Ints, Ints]:
    """Runs of equal values: where they begin, how long they are, and for each entry the number of its run."""
    begin = edges(ordered)
    length = np.diff(begin, append=len(ordered))
    return begin, length, np.repeat(np.arange(len(begin)), length)


def packed(*columns: NDArray[Any]) -> Ints:
    """One sortable key (>= 0) of columns of codes (>= 0), the first first, as narrow as the codes allow.

    Their widths must add up to 63 bits at most.
    """
    key = columns[0].astype(np.int64)
    for column in columns[1:]:
        key <<= int(column.max(initial=0)).bit_length()
        key |= column
    return key


def arranged(key: Ints | Codes) -> tuple[Ints, Ints]:
    """The sorted keys (>= 0), and the stable order that sorts them.

    Positions ride in the low bits of the keys where there is room: plain numbers are sorted several times as fast
    as positions by what they point at (`argsort`).

    >>> [column.tolist() for column in arranged(np.array([7, 3, 7, 3]))]
    [[3, 3, 7, 7], [1, 3, 0, 2]]
    """
    bits = len(key).bit_length()
    low = int(key.min()) if len(key) else 0
    if not len(key) or (int(key.max()) - low).bit_length() + bits > 63:
        order = np.argsort(key, kind="stable")
        return key[order].astype(np.int64), order
    both = key.astype(np.int64)
    both -= low
    both <<= bits
    both |= np.arange(len(key))
    both.sort()
    order = both & ((1 << bits) - 1)
    both >>= bits
    both += low
    return both, order


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


def text_hashes(names: Sequence[str]) -> Hashes:
    """Stable 64-bit hashes of names: a polynomial over their UTF-8 bytes, modulo 2**64, then mixed.

    Not secret: who holds the state and a list of names can match them.
    """
    parts = [_polynomials(names[at : at + _CHUNK]) for at in range(0, len(names), _CHUNK)]
    return mixed(np.concatenate(parts)) if parts else np.empty(0, np.uint64)


def _polynomials(names: Sequence[str]) -> Hashes:
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
    return np.add.reduceat(terms, start)


def mixed(hashes: Hashes) -> Hashes:
    """The finalizer of SplitMix64 (Steele, Lea, Flood, 2014)."""
    hashes = hashes ^ (hashes >> np.uint64(30))
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(27)
    hashes *= np.uint64(0x94D049BB133111EB)
    hashes ^= hashes >> np.uint64(31)
    return hashes
