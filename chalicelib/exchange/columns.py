"""Published cells as columns of small whole numbers: what place documents and histories are made of.

Figures become steps of their metric's grid, names become positions in dictionaries, rows are sorted by metric and
position, shop type and place, and each column is written by itself: numbers that are alike stand side by side,
which is what gzip shortens best. Reading decodes one metric and position at a time, for that is what is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import gcd
from typing import Any, Final, NamedTuple

from chalicelib.exchange.metric_kinds import kind_of
from chalicelib.exchange.models import LEVELS, PublishedCell

Family = tuple[str, str]
"""A metric and a position; the position is ``all`` for a metric without and for a composite."""

_DISTANCES: Final = {"p25": -1, "p75": 1, "p10": -1, "p90": 1}
"""What is written as its distance from the median, and on which side of it it is."""
_COLUMNS: Final = ("at", "since", "age", "span", "band", "median", *_DISTANCES)


class Row(NamedTuple):
    """A cell, and the night since which it has been as it is. A median of None: since then it is not published."""

    cell: PublishedCell
    since: date


@dataclass(frozen=True, slots=True)
class _Slice:
    """Where the rows of a metric and position are, the step of their figures, and whether they are composites."""

    start: int
    stop: int
    step: int
    composite: bool


class Columns:
    """Columns as read, decoded where they are asked for."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._begin = date.fromisoformat(content["begin"])
        self._slices: dict[Family, _Slice] = {}
        start = 0
        for metric, position, step, composite, count in content["families"]:
            self._slices[metric, position] = _Slice(start, start + count, step, bool(composite))
            start += count

    @property
    def families(self) -> Iterable[Family]:
        """The metrics and positions that there are rows of."""
        return self._slices.keys()

    def rows(self, metric: str, position: str) -> Iterator[Row]:
        """The rows of a metric and position, in the order of shop type, place and night."""
        found = self._slices.get((metric, position))
        if found is None:
            return
        content, step = self._content, found.step
        places, shop_types, bands = content["places"], content["shop_types"], content["bands"]
        columns = (self._column(name, found) for name in _COLUMNS)
        at = steps = 0
        for ahead, after, age, span, band, change, *distances in zip(*columns, strict=True):
            at += ahead
            shop_type, place = divmod(at, len(places))
            since = self._begin + timedelta(days=after)
            as_of = since - timedelta(days=age)
            steps += change or 0
            quantiles = [
                None if away is None else (steps + side * away) * step
                for side, away in zip(_DISTANCES.values(), distances, strict=True)
            ]
            cell = PublishedCell(
                loc_level=places[place][0],
                loc=places[place][1],
                shop_type=shop_types[shop_type],
                position=position,
                metric=metric,
                composite=found.composite,
                band=bands[band],
                median=None if change is None else steps * step,
                **dict(zip(_DISTANCES, quantiles, strict=True)),
                as_of=as_of,
                newest=as_of + timedelta(days=span),
            )
            yield Row(cell, since)

    def _column(self, name: str, of: _Slice) -> Sequence[int | None]:
        column = self._content[name]
        return column[of.start : of.stop] if isinstance(column, list) else [column] * (of.stop - of.start)


def write(rows: Iterable[Row], begin: date, *, older_grids: bool = False) -> dict[str, Any]:
    """The columns of rows as JSON-able content; ``Columns`` reads it back. Nights are counted from ``begin``.

    Raises ``ValueError`` for a figure that is not on the grid of its metric: it was never rounded. With
    ``older_grids`` figures may be of a time when it was another one.
    """
    listed = list(rows)
    places = sorted({(row.cell.loc_level, row.cell.loc) for row in listed}, key=_widest_first)
    shop_types = sorted({row.cell.shop_type for row in listed})
    bands = sorted({row.cell.band for row in listed})
    place_at, type_at, band_at = _positions(places), _positions(shop_types), _positions(bands)

    def order(row: Row) -> tuple[str, str, int, date]:
        cell = row.cell
        at = type_at[cell.shop_type] * len(places) + place_at[cell.loc_level, cell.loc]
        return cell.metric, cell.position, at, row.since

    listed.sort(key=order)
    content: dict[str, Any] = {
        "begin": begin.isoformat(),
        "places": places,
        "shop_types": shop_types,
        "bands": bands,
        "families": [],
        **{name: [] for name in _COLUMNS},
    }
    for (metric, position), members in groupby(listed, key=lambda row: (row.cell.metric, row.cell.position)):
        family = list(members)
        step = kind_of(metric).step
        if older_grids:
            step = gcd(step, *(figure for row in family for figure in _figures(row.cell)))
        composite = int(family[0].cell.composite)
        content["families"].append([metric, position, step, composite, len(family)])
        _add(content, family, [order(row)[2] for row in family], _on_grid(step))
        content["band"] += [band_at[row.cell.band] for row in family]
        content["since"] += [(row.since - begin).days for row in family]
        content["age"] += [(row.since - row.cell.as_of).days for row in family]
        content["span"] += [(row.cell.newest - row.cell.as_of).days for row in family]
    for name in _COLUMNS:
        if len(set(content[name])) == 1:
            # What is the same in every row, such as what is printed nowhere, is said once.
            content[name] = content[name][0]
    return content


def _add(content: dict[str, Any], family: list[Row], at: list[int], steps: Callable[[int], int]) -> None:
    """Adds where the rows are and their figures, each as the distance from the one before or from the median."""
    before = median = 0
    for place, row in zip(at, family, strict=True):
        content["at"].append(place - before)
        before = place
        own = row.cell.median
        if own is None:
            content["median"].append(None)
        else:
            content["median"].append(steps(own) - median)
            median = steps(own)
        for name, side in _DISTANCES.items():
            figure = getattr(row.cell, name)
            content[name].append(None if figure is None else side * (steps(figure) - median))


def _figures(cell: PublishedCell) -> Iterator[int]:
    return (figure for figure in (cell.median, cell.p25, cell.p75, cell.p10, cell.p90) if figure is not None)


def _on_grid(step: int) -> Callable[[int], int]:
    def steps(figure: int) -> int:
        whole, rest = divmod(figure, step)
        if rest:
            raise ValueError("a figure is not on the grid of its metric")
        return whole

    return steps


def _widest_first(place: tuple[str, str]) -> tuple[int, str]:
    return -LEVELS.index(place[0]), place[1]


def _positions(names: Sequence[Any]) -> dict[Any, int]:
    return {name: at for at, name in enumerate(names)}
