"""Cells as records: what is printed of them, and, privately, who is in them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from chalicelib.exchange.blocks import LEVELS, MIXED, family_of, kind_of_key, level_of, place_of
from chalicelib.exchange.cells import NOT_PRINTED
from chalicelib.exchange.frame import ALL, Ints
from chalicelib.exchange.metric_kinds import Kind
from chalicelib.exchange.publisher import Publication
from chalicelib.exchange.state import OPEN
from chalicelib.exchange.vocabulary import Vocabulary

Figure = float | str | None


@dataclass(frozen=True, slots=True)
class Printed:
    """One published cell. Figures are dollars, or percent with "<5" and ">95" coded; None where withheld."""

    loc_level: str
    loc: str
    shop_type: str
    position: str
    metric: str
    n_orgs: str
    median: Figure
    p25: Figure
    p75: Figure
    as_of: int
    composite: bool

    def to_json(self) -> str:
        """One line of a release."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


def dimensions(words: Vocabulary, keys: Ints) -> Iterator[tuple[str, str, str, str, str]]:
    """(loc_level, loc, shop_type, position, metric) of each key."""
    parts = (
        family_of(keys).tolist(),
        level_of(keys).tolist(),
        place_of(keys).tolist(),
        kind_of_key(keys).tolist(),
    )
    for family, level, place, kind in zip(*parts, strict=True):
        metric, position = words.families[family]
        shop_type = ALL if kind == MIXED else words.shop_types[kind - 1]
        yield LEVELS[level], words.place_names(level)[place], shop_type, position, metric


def figure(kind: Kind, value: int) -> Figure:
    """One figure as printed."""
    if value == NOT_PRINTED:
        return None
    if not kind.is_share:
        return value / 100
    if value in (0, 100):
        return f"<{kind.step}" if value == 0 else f">{100 - kind.step}"
    return float(value)


def printed(publication: Publication) -> Iterator[Printed]:
    """Every published cell, ordinary ones first, in key order."""
    cells, policy = publication.cells, publication.policy
    words = publication.state.vocabulary
    columns = (cells.groups.tolist(), cells.figures[:, :3].tolist(), cells.as_of.tolist())
    for where, groups, figures, as_of in zip(dimensions(words, cells.key), *columns, strict=True):
        shown = [figure(words.kind(where[4]), value) for value in figures]
        yield Printed(*where, policy.band(groups), shown[0], shown[1], shown[2], as_of, composite=False)
    made = cells.composites
    for at, (level, loc, shop_type, _, metric) in enumerate(dimensions(words, made.key)):
        parts = made.cells[made.cell_starts[at] : made.cell_starts[at + 1]]
        # The largest of the printed bands it is made of: nothing but printed figures enters a composite.
        band = policy.band(int(cells.groups[parts].max()))
        median = figure(words.kind(metric), int(made.median[at]))
        yield Printed(
            level, loc, shop_type, ALL, metric, band, median, None, None, int(made.as_of[at]), composite=True
        )


def member_lines(publication: Publication) -> Iterator[str]:
    """The private truth of each published cell as JSON, in the order of `printed`.

    A composite's members are those of the cells it is composed of.
    """
    state, cells = publication.state, publication.cells
    words, rows = state.vocabulary, state.rows
    live = np.flatnonzero(rows.last == OPEN)
    live = live[np.lexsort((rows.area[live], rows.label[live], rows.block[live]))]
    triples = [
        json.dumps([words.groups[label], words.area_labels[area], vintage])
        for label, area, vintage in zip(
            rows.label[live].tolist(), rows.area[live].tolist(), rows.vintage[live].tolist(), strict=True
        )
    ]
    bounds = np.searchsorted(rows.block[live], np.append(state.blocks, np.iinfo(np.int64).max)).tolist()
    in_block = [triples[low:high] for low, high in pairwise(bounds)]
    of_cell: list[list[str]] = []
    for at, where in enumerate(dimensions(words, cells.key)):
        blocks = cells.blocks[cells.block_starts[at] : cells.block_starts[at + 1]].tolist()
        of_cell.append([triple for block in blocks for triple in in_block[block]])
        yield _line(where, of_cell[-1])
    made = cells.composites
    for at, (level, loc, shop_type, _, metric) in enumerate(dimensions(words, made.key)):
        parts = made.cells[made.cell_starts[at] : made.cell_starts[at + 1]].tolist()
        members = dict.fromkeys(triple for part in parts for triple in of_cell[part])
        yield _line((level, loc, shop_type, ALL, metric), list(members))


def _line(where: tuple[str, ...], members: list[str]) -> str:
    keys: dict[str, Any] = dict(
        zip(("loc_level", "loc", "shop_type", "position", "metric"), where, strict=True)
    )
    return f'{json.dumps(keys)[:-1]}, "members": [{", ".join(members)}]}}'
