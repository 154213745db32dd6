"""A chunk of rows to records: every field as a column, and what is wrong by the place of its row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from chalicelib.school_lists import addresses, columns
from chalicelib.school_lists.cleaning import Unreadable
from chalicelib.school_lists.fitting import Chunk
from chalicelib.school_lists.layouts import Exclusion
from chalicelib.school_lists.models import Place, Record, RowProblem, SchoolRecord
from chalicelib.school_lists.names import all_fine, closed_by_name, wrong_name
from chalicelib.school_lists.naming import readable_all
from chalicelib.school_lists.placing import FORMULA, MOST_TEXT, formula, too_long
from chalicelib.school_lists.points import points_of
from chalicelib.school_lists.teaching import programs_of
from chalicelib.school_lists.troubles import Trouble, Troubles

if TYPE_CHECKING:
    from chalicelib.school_lists.rows import Cleaner

_FORMULA_SIGNS: Final = frozenset(FORMULA)


@dataclass(slots=True)
class Cleaned:
    """What became of a chunk: a record or None for each of its rows, and what is wrong, by place in the chunk."""

    records: list[Record | None]
    troubles: dict[int, list[RowProblem]] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)


class ChunkCleaner:
    """Cleans one chunk of the list that a ``Cleaner`` reads."""

    def __init__(self, cleaner: "Cleaner", chunk: Chunk) -> None:
        self._cleaner = cleaner
        self._layout = cleaner.mapped.layout
        self._numbers = chunk.numbers
        self._rows = len(chunk.rows)
        self._cells = cleaner.cells_of(chunk.rows)
        self._troubles = Troubles(self._cells)

    def cleaned(self) -> Cleaned:
        """What became of the rows."""
        troubles = self._troubles
        for rule in self._layout.excluded:
            if rule.field in self._cells:
                self._exclude(rule)
        names = self._names()
        self._split_addresses()
        places, cities = self._placed()
        latitudes, longitudes = points_of(self._cells, places, troubles)
        unit_ids, nces_ids = self._read("ipeds_unit_id"), self._nces_ids()
        fields = (
            names,
            self._streets(),
            cities,
            [place.state if place else "" for place in places],
            [place.zip if place else "" for place in places],
            self._read("phone"),
            self._read("website"),
            latitudes,
            longitudes,
            unit_ids,
            nces_ids,
            self._read("ope_id"),
            self._closed(names),
            programs_of(self._layout, self._cells, self._read, (unit_ids, nces_ids), troubles),
            self._read("source_id"),
            self._read("parent_id"),
        )
        records: list[Record | None] = list(map(SchoolRecord._make, zip(*fields, strict=True)))
        for place in troubles.rejected:
            records[place] = None
        return Cleaned(records, troubles.problems(self._numbers, self._cleaner.column), troubles.passed_over)

    def _exclude(self, rule: Exclusion) -> None:
        cells = self._cells[rule.field]
        told = {cell: cell.strip().casefold() for cell in set(cells)}
        out = {cell for cell, value in told.items() if value and (value in rule.values) != rule.unless}
        if not out:
            return
        for place, cell in enumerate(cells):
            if cell in out and place not in self._troubles.rejected:
                remedy = "Nothing to mend: such rows are left out."
                self._troubles.reject(place, rule.field, cell, rule.reason, remedy)
                if rule.quiet:
                    self._troubles.passed_over.add(place)
                    self._cleaner.passed_over[rule.reason] += 1

    def _names(self) -> list[str | None]:
        cells = self._cells["name"]
        names = columns.texts(cells)
        if "" in cells or None in names or not all_fine(names):
            for place, name in enumerate(names):
                if place not in self._troubles.rejected and (wrong := wrong_name(name)):
                    self._lacks_name(place, cells[place], *wrong)
        return readable_all(names)

    def _lacks_name(self, place: int, cell: str, reason: str, remedy: str) -> None:
        row = [column[place] for column in self._cells.values()]
        if sum(1 for one in row if one.strip()) == 0 and "state" not in self._cleaner.mapped.constants:
            reason, remedy = (
                "none of the columns that are read holds anything in this row",
                "Remove it if it is a note.",
            )
        self._troubles.reject(place, "name", cell, reason, remedy)

    def _split_addresses(self) -> None:
        if "location" in self._cells and "latitude" not in self._cells:
            points = [addresses.point_in(cell) or ("", "") for cell in self._cells["location"]]
            self._cells["latitude"] = [one[0] for one in points]
            self._cells["longitude"] = [one[1] for one in points]
        cells = self._cells.get("address")
        if cells is None:
            return
        parts = []
        for place, cell in enumerate(cells):
            try:
                parts.append(addresses.split(cell, self._cleaner.gazetteer))
            except Unreadable as error:
                parts.append(addresses.Parts(None, None, None, None))
                if place not in self._troubles.rejected and not any(
                    self._at(name, place) for name in ("zip", "city")
                ):
                    self._troubles.reject(place, "address", cell, error.reason, error.remedy)
        for name in ("street", "city", "state", "zip"):
            own = self._cells.get(name, repeat(""))
            self._cells[name] = [
                cell if cell.strip() else getattr(part, name) or ""
                for cell, part in zip(own, parts, strict=False)
            ]

    def _at(self, name: str, place: int) -> str:
        return self._cells[name][place].strip() if name in self._cells else ""

    def _placed(self) -> tuple[Sequence[Place | None], Sequence[str]]:
        """Where the rows are, and their cities."""
        none = ("",) * self._rows
        zips, states, cities = (self._cells.get(name, none) for name in ("zip", "state", "city"))
        placed = self._cleaner.placing.placed(zips, states, cities)
        for place, troubles in placed.troubles.items():
            if place not in self._troubles.rejected:
                for trouble in troubles:
                    said = self._as_note(place) if trouble.rejected else None
                    self._troubles.add(place, said or trouble)
        return placed.places, placed.cities

    def _as_note(self, place: int) -> Trouble | None:
        """What is said of a row with one cell in it, such as a source below the table."""
        filled = [(name, column[place]) for name, column in self._cells.items() if column[place].strip()]
        if len(filled) != 1:
            return None
        reason = "nothing but this cell holds anything that is read, so it is taken for a note"
        remedy = "Nothing to mend if it is one. A school needs a ZIP code, or a city and a state."
        return Trouble(*filled[0], reason, remedy, rejected=True)

    def _streets(self) -> Sequence[str | None]:
        cells = self._cells.get("street")
        if cells is None:
            return [None] * self._rows
        streets = columns.texts(cells)
        if max(map(len, cells)) > MOST_TEXT:
            for place, text in enumerate(streets):
                if text is not None and len(text) > MOST_TEXT:
                    self._troubles.doubt(place, "street", too_long(), text)
                    streets[place] = None
        for place, text in enumerate(streets):
            if text is not None and text[0] in _FORMULA_SIGNS:
                self._troubles.doubt(place, "street", formula(), text)
                streets[place] = None
        return readable_all(streets)

    def _read(self, name: str) -> Sequence[Any]:
        cells = self._cells.get(name)
        if cells is None:
            return (None,) * self._rows
        values, bad = self._cleaner.read(name, cells)
        for place, error in bad:
            self._troubles.doubt(place, name, error)
        return values

    def _closed(self, names: list[str | None]) -> Sequence[bool | None]:
        """By the status, else by the day of closing, else by the name, of which the remark is taken out."""
        closed: Sequence[bool | None] = self._read("closed")
        if "closed_on" in self._cells:
            pairs = zip(closed, self._read("closed_on"), strict=True)
            closed = [dated if said is None else said for said, dated in pairs]
        told = closed_by_name(names)
        return closed if not told else [True if at in told else one for at, one in enumerate(closed)]

    def _nces_ids(self) -> Sequence[str | None]:
        whole: Sequence[str | None] = self._read("nces_id")
        if "nces_district" not in self._cells or "nces_school" not in self._cells:
            return whole
        joined = zip(self._cells["nces_district"], self._cells["nces_school"], strict=True)
        return [one or _joined_nces_id(*parts) for one, parts in zip(whole, joined, strict=True)]


def _joined_nces_id(district: str, school: str) -> str | None:
    district, school = district.strip("' "), school.strip("' ")
    if not (district.isascii() and district.isdecimal() and school.isascii() and school.isdecimal()):
        return None
    return f"{district.zfill(7)}{school.zfill(5)}" if len(district) in (6, 7) and len(school) <= 5 else None
