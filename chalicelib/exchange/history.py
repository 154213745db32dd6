"""What every published cell has said, night by night, in one document a place: a series is one read.

Figures change rarely, because a block changes only when enough owner groups have something new. So a document
holds runs: since this night the cell says this. It is written every night from the one of the release before it,
62 small reads and writes, where answering a series from releases would read one of them for every night of it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple

from chalicelib.exchange.columns import Columns, Row, write
from chalicelib.exchange.models import NATION, PublishedCell
from chalicelib.exchange.places import by_file, pack, unpack

RETAINED_NIGHTS: Final = 1_096
"""Three years: the nights that a history goes back. A run that began before them is kept while it lasts."""

_Key = tuple[str, str, str, str, str]


class Run(NamedTuple):
    """What a cell said from a night to another, the last one before it changed. ``cell`` is None: not published."""

    first: date
    last: date
    cell: PublishedCell | None


@dataclass(frozen=True, slots=True)
class History:
    """A place's history as read: the nights there were releases of, and what its cells said."""

    nights: tuple[date, ...]
    columns: Columns

    def runs(self, loc_level: str, loc: str, shop_type: str, position: str, metric: str) -> list[Run]:
        """What a cell said, oldest first; empty where it was never published."""
        asked = (loc_level, loc, shop_type)
        rows = [
            row
            for row in self.columns.rows(metric, position)
            if (row.cell.loc_level, row.cell.loc, row.cell.shop_type) == asked
        ]
        runs = []
        for at, row in enumerate(rows):
            end = rows[at + 1].since if at + 1 < len(rows) else None
            last = max((night for night in self.nights if end is None or night < end), default=row.since)
            runs.append(Run(row.since, last, None if row.cell.median is None else row.cell))
        return runs


def history_name(level: str, loc: str) -> str:
    """The name, below its release, of the history of a state with its areas, a division or the nation."""
    return f"history/{level}/{loc}.json.gz"


def decode(body: bytes) -> History:
    """The history that these bytes are.

    Raises ``ValueError``, ``OSError``, ``EOFError`` or ``zlib.error`` where they are none.
    """
    content = unpack(body)
    begin = date.fromisoformat(content["begin"])
    nights = tuple(begin + timedelta(days=after) for after in accumulate(content["nights"]))
    return History(nights, Columns(content))


def histories(
    cells: Iterable[PublishedCell],
    divisions: Mapping[str, str],
    night: date,
    previous: Callable[[str], bytes | None],
) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of every place's history up to and with a night.

    ``divisions`` leads from every state to its division; ``previous`` from a name to that file of the release that
    this one follows, or to None. Raises ``ValueError`` and what ``decode`` raises for a file that is none.
    """
    held = by_file(cells)
    places = [("nation", NATION)]
    places += [("division", division) for division in sorted(set(divisions.values()))]
    places += [("state", state) for state in sorted(divisions)]
    for place in places:
        name = history_name(*place)
        before = previous(name)
        yield name, _extended(None if before is None else decode(before), held[place], night)


def _extended(history: History | None, cells: Iterable[PublishedCell], night: date) -> bytes:
    """A history with one night more. A night that it has already is told anew."""
    nights = [*(one for one in (history.nights if history else ()) if one < night), night]
    kept = nights[-RETAINED_NIGHTS:]
    runs: dict[_Key, list[Row]] = {}
    for row in _rows(history):
        if row.since < night:
            runs.setdefault(_key(row.cell), []).append(row)
    now = {_key(cell): cell for cell in cells}
    for key, cell in now.items():
        told = runs.setdefault(key, [])
        if not told or told[-1].cell != cell:
            told.append(Row(cell, night))
    for key, told in runs.items():
        if key not in now and told[-1].cell.median is not None:
            told.append(Row(_gone(told[-1].cell, night), night))
    rows = [row for told in runs.values() for row in _retained(told, kept[0])]
    begin = min([kept[0], *(row.since for row in rows)])
    days = [(one - begin).days for one in kept]
    content: dict[str, Any] = write(rows, begin, older_grids=True)
    content["nights"] = [days[0], *(later - earlier for earlier, later in pairwise(days))]
    return pack(content)


def _rows(history: History | None) -> Iterator[Row]:
    if history is not None:
        for family in history.columns.families:
            yield from history.columns.rows(*family)


def _key(cell: PublishedCell) -> _Key:
    return cell.loc_level, cell.loc, cell.shop_type, cell.position, cell.metric


def _gone(cell: PublishedCell, night: date) -> PublishedCell:
    return cell._replace(median=None, p25=None, p75=None, p10=None, p90=None, as_of=night, newest=night)


def _retained(told: list[Row], oldest: date) -> list[Row]:
    """The runs that reach into the retained nights; nothing of a cell that has been gone all that time."""
    first = max((at for at, row in enumerate(told) if row.since <= oldest), default=0)
    kept = told[first:]
    return kept if any(row.cell.median is not None for row in kept) else []
