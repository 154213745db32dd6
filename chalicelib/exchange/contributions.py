"""One voice: an owner group says one thing in an area about a position.

Its contribution is the headcount-weighted mean of its rows there, in integer cents, and is the same at every
level of the hierarchy, so that levels add up: a state's contributions are its areas' contributions, no
others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chalicelib.exchange.frame import Codes, Frame, Ints
from chalicelib.exchange.sets import Hashes, arranged, distinct, edges, mixed, packed, text_hashes

GROUP_BITS, AREA_BITS = 24, 20
_LAST_FAMILY = (1 << 19) - 1
_FAMILY, _VALUE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@dataclass(frozen=True, slots=True)
class Contributions:
    """Contributions sorted by `key`, which packs (family, area, group) and is unique.

    `rows[starts[i]:starts[i + 1]]` are the frame rows behind contribution i. `young` are the sorted keys that
    have rows too recent to enter, whether or not they have older ones too.
    """

    key: Ints
    family: Codes
    area: Codes
    group: Codes
    shop_type: Codes
    value: Ints
    young: Ints
    rows: Ints
    starts: Ints

    def __len__(self) -> int:
        return len(self.key)


def pack(family: Codes, area: Codes, group: Codes) -> Ints:
    """One sortable integer for (family, area, group)."""
    packed = family.astype(np.int64)
    packed <<= AREA_BITS
    packed |= area
    packed <<= GROUP_BITS
    packed |= group
    return packed


def one_voice(frame: Frame, oldest_day_allowed: int, answers: Ints | None = None) -> Contributions:
    """The contributions of a night, or of all `answers` (rows of the frame) to some metrics and positions. Rows with
    an effective date after `oldest_day_allowed` do not enter.

    The shop type of a contribution is the one most of its headcount works in (ties: the first by code), and
    its value the exact mean rounded half to even.
    """
    rows = np.arange(len(frame)) if answers is None else answers
    family, area, group = frame.family[rows], frame.area[rows], frame.group[rows]
    # Families are numbered from the first one here, which leaves more room to sort in.
    order = arranged(packed(family - family.min(initial=_LAST_FAMILY), area, group))[1]
    key, rows = pack(family[order], area[order], group[order]), rows[order]
    young_keys = np.empty(0, np.int64)
    if len(key) and int(frame.effective.max()) > oldest_day_allowed:
        old = frame.effective[rows] <= oldest_day_allowed
        young_keys = distinct(key[~old])
        rows, key = rows[old], key[old]
    starts = edges(key)
    unique = key[starts] if len(starts) < len(key) else key
    first = rows[starts]
    shop_type, value = frame.shop_type[first], frame.value[first]
    # Few owner groups have several organizations in an area; only theirs need a mean.
    lengths = np.diff(starts, append=len(key))
    several = lengths > 1
    if several.any():
        inside, lengths = rows[np.repeat(several, lengths)], lengths[several]
        begins = np.cumsum(lengths) - lengths
        heads = frame.headcount[inside]
        total = np.add.reduceat(frame.value[inside] * heads, begins)
        value[several] = half_even(total, np.add.reduceat(heads, begins))
        shop_type[several] = _main_type(frame.shop_type[inside], heads, begins)
    return Contributions(
        key=unique,
        family=(unique >> (AREA_BITS + GROUP_BITS)).astype(np.int32),
        area=((unique >> GROUP_BITS) & ((1 << AREA_BITS) - 1)).astype(np.int32),
        group=(unique & ((1 << GROUP_BITS) - 1)).astype(np.int32),
        shop_type=shop_type,
        value=value,
        young=young_keys,
        rows=rows,
        starts=np.append(starts, len(key)),
    )


def half_even(total: Ints, count: Ints) -> Ints:
    """total / count rounded half to even, exactly (total >= 0, count > 0).

    >>> half_even(np.array([5, 7, 8]), np.array([2, 2, 3])).tolist()
    [2, 4, 3]
    """
    whole, rest = np.divmod(total, count)
    twice = 2 * rest
    rounded: Ints = whole + ((twice > count) | ((twice == count) & (whole % 2 == 1)))
    return rounded


def _main_type(types: Codes, heads: Ints, starts: Ints) -> Codes:
    """The type with the most headcount in each segment; only segments with several types are weighed."""
    main: Codes = np.minimum.reduceat(types, starts)
    mixed = main != np.maximum.reduceat(types, starts)
    if mixed.any():
        lengths = np.diff(np.append(starts, len(types)))
        segment = np.repeat(np.arange(len(starts)), lengths)
        inside = mixed[segment]
        pair, inverse = np.unique((segment[inside] << 16) | types[inside], return_inverse=True)
        weight = np.bincount(inverse, heads[inside])
        order = np.lexsort((pair & 0xFFFF, -weight, pair >> 16))
        winners = order[np.unique(pair[order] >> 16, return_index=True)[1]]
        main[pair[winners] >> 16] = pair[winners] & 0xFFFF
    return main


def family_hashes(families: Sequence[tuple[str, str]]) -> Hashes:
    """The hashes of (metric, position) pairs."""
    return text_hashes(["\x1f".join(family) for family in families])


def answer_hashes(frame: Frame, rows: Ints, org_hashes: Hashes, of_family: Hashes) -> Hashes:
    """A hash of each row's (organization, metric, position, value): what makes an answer new.

    Owner group, place and shop type are left out on purpose: an answer that moves, is renamed, or changes
    hands is the same answer.
    """
    answer = org_hashes[frame.org[rows]]
    answer ^= (of_family * _FAMILY)[frame.family[rows]]
    values = frame.value[rows].view(np.uint64)
    values *= _VALUE
    answer += values
    return mixed(answer)
