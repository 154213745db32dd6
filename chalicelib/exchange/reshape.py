"""Guarded splits and merges of blocks. Values never change here, only which rows are counted together.

A block may be split only along pieces that would have been valid blocks all along: traced back through every
retained night, each piece began, and changed each time, by >= k owner groups with fresh values that none
dominates. The pieces can then take over their share of the block's history, and every release of the past is
still a union of whole blocks. A merge gives up detail; it lets blocks that have waited too long change again
together. What was merged was published by itself, though, and a piece of the whole need not be made of whole blocks
of then: a block that has taken others in is never split again.
"""

from dataclasses import replace

import numpy as np

from chalicelib.exchange.admission import Mask, offender_of, spots_of, versions_of
from chalicelib.exchange.blocks import (
    LEVELS,
    MIXED,
    family_of,
    group_counts,
    key_of,
    kind_of_key,
    level_of,
    place_of,
    safe_segments,
)
from chalicelib.exchange.contributions import AREA_BITS
from chalicelib.exchange.frame import Codes, Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import contains, distinct
from chalicelib.exchange.state import OPEN, Rows
from chalicelib.exchange.vocabulary import Vocabulary


def finer_keys(words: Vocabulary, block: Ints, area: Codes, shop_type: Codes) -> list[Ints]:
    """For each (area, type), its block keys from finest to coarsest, as far as they are finer than `block`.

    Keys that are not finer are NONE (-1).
    """
    family = family_of(block).astype(np.int32)
    rank = 2 * level_of(block) + (kind_of_key(block) == MIXED)
    keys = []
    for step in range(2 * len(LEVELS) - 1):
        level, pure = step // 2, step % 2 == 0
        key = key_of(family, level, words.up(area, 0, level), shop_type + 1 if pure else MIXED)
        # A pure block may only be split into pure pieces; its own mixed relatives hold other rows.
        keys.append(np.where((step < rank) & (pure | (kind_of_key(block) == MIXED)), key, -1))
    return keys


def split(
    words: Vocabulary, rows: Rows, blocks: Ints, recent: Ints, kin: Codes, policy: Policy
) -> tuple[Ints, Ints]:
    """New block keys of all rows, and the blocks that were split or made.

    Only blocks in `recent` (changed since splits were last sought) are tried; each gives off at most one
    piece a night, the finest possible, whose key no block has.
    """
    key = rows.block.copy()
    rows = replace(rows, group=kin[rows.group])
    touched: list[int] = []
    live = np.flatnonzero((rows.last == OPEN) & contains(recent, rows.block))
    made = set(blocks.tolist())
    for finer in finer_keys(words, rows.block[live], rows.area[live], rows.shop_type[live]):
        inside = np.flatnonzero(finer >= 0)
        pieces, segment = np.unique(finer[inside], return_inverse=True)
        safe = safe_segments(segment, rows.group[live[inside]], rows.value[live[inside]], len(pieces), policy)
        for at in np.flatnonzero(safe):
            whole = distinct(rows.block[live[inside[segment == at]]])
            if len(whole) > 1 or int(whole[0]) in touched or int(pieces[at]) in made:
                continue
            all_rows = np.flatnonzero(rows.block == whole[0])
            step = _same_piece(words, rows.take(all_rows), int(pieces[at]))
            piece, rest = all_rows[step], all_rows[~step]
            if _valid_all_along(rows, piece, policy) and (
                not len(rest) or _valid_all_along(rows, rest, policy)
            ):
                key[piece] = pieces[at]
                touched += [int(whole[0]), int(pieces[at])]
                made.add(int(pieces[at]))
    return key, np.array(sorted(touched), np.int64)


def _same_piece(words: Vocabulary, rows: Rows, piece: int) -> Mask:
    """Which rows lie in the place and type of the key `piece`."""
    wanted = np.array([piece])
    kind = int(kind_of_key(wanted)[0])
    place = words.up(rows.area, 0, int(level_of(wanted)[0]))
    same: Mask = (place == place_of(wanted)[0]) & ((kind == MIXED) | (rows.shop_type + 1 == kind))
    return same


def _valid_all_along(rows: Rows, index: Ints, policy: Policy) -> bool:
    """Whether these rows alone would have been a valid block on every retained night."""
    first, last = rows.first[index], rows.last[index]
    if not (last == OPEN).any():
        return False
    nights = distinct(np.concatenate([first, last[last < OPEN]]))
    step = np.searchsorted(nights, first)
    new = rows.fresh[index]
    if (group_counts(step[new], rows.group[index][new], len(nights)) < policy.k).any():
        return False
    spots, column = np.unique(spots_of(rows.group[index], rows.area[index]), return_inverse=True)
    owner = spots >> AREA_BITS
    owners = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))
    versions, present = versions_of(rows, index, column, len(spots))
    if int(present.sum()) < int(((first <= nights[:, None]) & (nights[:, None] < last)).sum()):
        return False  # kin share an area; leave such blocks whole
    for at in range(1, len(versions)):
        differs = (present[:at] != present[at]) | (versions[:at] != versions[at])
        triples = differs * (present[:at].astype(np.int64) + present[at])
        if offender_of(versions[:at] - versions[at], triples, owners, policy) is not None:
            return False
    segment, spot = np.nonzero(present)
    groups = owner[spot].astype(np.int32)
    return bool(safe_segments(segment, groups, versions[segment, spot], len(versions), policy).all())


def merge(words: Vocabulary, rows: Rows, blocks: Ints, stale: Ints) -> tuple[Ints, Ints]:
    """New block keys of all rows when the `stale` blocks join existing ones; and the blocks concerned.

    A block joins the block of its own kind, of a type or mixed, on the next level; without one it stays as it is. So
    only its own place's cells give it up. Cells above would lose it too, did it leave its type or skip a level, and
    what changed in them on other nights could then be one owner group's alone.
    """
    key = rows.block.copy()
    touched: list[int] = []
    family, kind = family_of(stale).astype(np.int32), kind_of_key(stale)
    for at, block in enumerate(stale.tolist()):
        level, place = int(level_of(stale[at : at + 1])[0]), place_of(stale[at : at + 1]).astype(np.int32)
        if level + 1 == len(LEVELS):
            continue
        above = words.up(place, level, level + 1)
        home = int(key_of(family[at : at + 1], level + 1, above, int(kind[at]))[0])
        if home in blocks and home not in touched and block not in touched:
            key[key == block] = home
            touched += [block, home]
    return key, np.array(sorted(touched), np.int64)
