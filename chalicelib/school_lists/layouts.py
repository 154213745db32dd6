"""Layouts of lists: which column holds what. Each known one is a small file in ``layout_files/``.

A layout is recognized by its identifying columns, never by the file's name. Header names are matched without
regard to case, spaces and punctuation. Columns that no layout names are not read at all: officials' names and
e-mail addresses never enter the program's records.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from chalicelib.school_lists.evidence import Column, simplified
from chalicelib.school_lists.headers import about_people, columns_of
from chalicelib.school_lists.models import shown

LAYOUTS: Final = (
    "ipeds_completions",
    "college_scorecard",
    "hifld_colleges",
    "hifld_public_schools",
    "ipeds_hd",
    "nces_ccd",
    "nces_edge",
    "dapip",
    "va_facility",
    "program_list",
    "plain",
)
"""In the order in which they are tried: the ones that ask for most come first, the one for any list last."""

SURE_ENOUGH: Final = 0.65
"""Below this confidence nothing is guessed: an administrator says which column is which."""
_SCHOOL: Final = re.compile("school(?!dist)|schl|college|campus|escuela|grade|student|enrol|principal")
_NAME_OF_ANYTHING: Final = frozenset(
    ("name", "nombre", "organization", "organizationname", "orgname", "company", "fullname")
)
_ONE_OF_TWO: Final = 0.5
_SHOWN_COLUMNS: Final = 200
_HEADERLESS_ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rows of a list that are no schools: those whose field has, or has not, one of the values (in lower case).

    ``quiet`` ones are only counted: there are too many of them for a report.
    """

    field: str
    values: frozenset[str]
    unless: bool
    reason: str
    quiet: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout as its file tells it."""

    name: str
    title: str
    level: str | None
    columns: Mapping[str, tuple[str, ...]]
    recognized_by: tuple[str, ...]
    recognized_by_any: tuple[tuple[str, ...], ...]
    prefixes: tuple[str, ...]
    checked: bool
    any_list: bool
    blank: frozenset[str]
    closed_values: frozenset[str]
    excluded: tuple[Exclusion, ...]
    headerless: tuple[tuple[str, ...], ...]
    constants: Mapping[str, str]
    several_rows: bool
    extends: bool
    cip_prefixes: tuple[str, ...]
    file_year: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """A layout laid over the header of one list: for each field found, the position of its column.

    ``constants`` are cells of fields that a row leaves blank. ``confidence`` is that of the least sure column
    of those that the layout needs, from 0 to 1. ``source`` is what the list is called.
    """

    layout: Layout
    header: tuple[str, ...]
    positions: Mapping[str, int]
    source: str = ""
    constants: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 1.0

    def column(self, field: str) -> str:
        """The header of a field's column as the list writes it, or the field's own name."""
        position = self.positions.get(field)
        return field if position is None else shown(self.header[position].lstrip("\ufeff"))

    def taken_for(self) -> tuple[tuple[str, str], ...]:
        """Each cell of the header, as it may be shown, with the field it was taken for, ``""`` for none."""
        fields = {position: field for field, position in self.positions.items()}
        cells = enumerate(self.header[:_SHOWN_COLUMNS])
        return tuple((shown(cell.lstrip("\ufeff")), fields.get(position, "")) for position, cell in cells)


@lru_cache(maxsize=len(LAYOUTS))
def layout(name: str) -> Layout:
    """The layout of that name. Raises ``KeyError`` for a name that is not in ``LAYOUTS``."""
    if name not in LAYOUTS:
        raise KeyError(name)
    source = files(__package__).joinpath("layout_files", f"{name}.toml").read_text("utf-8")
    data: dict[str, Any] = tomllib.loads(source)
    return Layout(
        name=name,
        title=data["title"],
        level=data.get("level"),
        columns={field: tuple(map(simplified, names)) for field, names in data["columns"].items()},
        recognized_by=tuple(data["recognized_by"]),
        recognized_by_any=tuple(tuple(one) for one in data.get("recognized_by_any", [[]])),
        prefixes=tuple(data.get("prefixes", ())),
        checked=data.get("checked", False),
        any_list=data.get("any_list", False),
        blank=frozenset(data.get("blank", ())),
        closed_values=frozenset(data.get("closed", {}).get("values", ())),
        excluded=tuple(map(_exclusion, data.get("excluded", {}).values())),
        headerless=tuple(tuple(one) for one in data.get("headerless", ())),
        constants=data.get("constants", {}),
        several_rows=data.get("several_rows", False),
        extends=data.get("extends", False),
        cip_prefixes=tuple(data.get("cip_prefixes", ())),
        file_year=data.get("file_year", ""),
    )


def _exclusion(data: dict[str, Any]) -> Exclusion:
    return Exclusion(
        data["field"],
        frozenset(data["values_not"] if "values_not" in data else data["values"]),
        "values_not" in data,
        data["reason"],
        data.get("quiet", False),
    )


def recognize(
    header: Sequence[str], below: Sequence[Sequence[str]], constants: Mapping[str, str] | None = None
) -> Mapped | None:
    """The layout of a list by its header, borne out by the rows below it, or None where no layout is sure.

    ``constants`` are fields that are known without a column.
    """
    for name in LAYOUTS:
        mapped = lay_over(layout(name), header, below, constants)
        if not missing(mapped) and mapped.confidence >= SURE_ENOUGH:
            return mapped
    return None


def recognize_headerless(rows: Sequence[Sequence[str]], only: str | None = None) -> Mapped | None:
    """The layout of a list that has no header, where a layout knows its columns by their order."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if len(rows) < _HEADERLESS_ROWS:
        return None
    width = len(rows[0])
    for name in LAYOUTS if only is None else (only,):
        for header in layout(name).headerless:
            if len(header) != width:
                continue
            mapped = lay_over(layout(name), header, rows)
            columns = mapped.positions.items()
            if not missing(mapped) and all(
                Column(field, place, rows).bears_out(field) for field, place in columns
            ):
                return mapped
    return None


def lay_over(
    known: Layout,
    header: Sequence[str],
    below: Sequence[Sequence[str]],
    constants: Mapping[str, str] | None = None,
) -> Mapped:
    """Finds the column of each field of a layout, and how sure that is."""
    found = columns_of(
        known.columns,
        header,
        below,
        prefixes=known.prefixes,
        by_values=known.checked,
        by_likeness=known.any_list,
        blank=known.blank,
    )
    positions = {field: claim.position for field, claim in found.items()}
    needed = {field for group in (known.recognized_by, *known.recognized_by_any) for field in group}
    sureness = min((claim.sureness for field, claim in found.items() if field in needed), default=0.0)
    name = found.get("name")
    if known.any_list and name:
        if not _of_schools(header, name.position, below):
            sureness = 0.0
        elif len(places_of(header, header[name.position])) > 1:
            # One of them is a district's, or a person's.
            sureness = min(sureness, _ONE_OF_TWO)
    constants = {**known.constants, **(constants or {})}
    return Mapped(known, tuple(header), positions, known.name, constants, round(sureness, 2))


def places_of(header: Sequence[str], name: str) -> list[int]:
    """The positions of the columns of that name."""
    return [place for place, cell in enumerate(header) if simplified(cell) == simplified(name)]


def _of_schools(header: Sequence[str], position: int, below: Sequence[Sequence[str]]) -> bool:
    """Whether a column of names is one of schools: by what stands in it, else by what the columns are called."""
    column = Column(header[position], position, below)
    told = column.of_schools
    if told is not None and (told or simplified(column.header) in _NAME_OF_ANYTHING):
        return told
    if column.values and simplified(column.header) in _NAME_OF_ANYTHING and any(map(about_people, header)):
        # Too few names to tell, none of them a school's, and columns of people: they are people's.
        return False
    return told is None or any(_SCHOOL.search(simplified(cell)) for cell in header)


def missing(mapped: Mapped) -> tuple[str, ...]:
    """The fields without a column that keep a list from being in a layout; several that could do are joined by "or"."""
    there = {*mapped.positions, *mapped.constants}
    lacking = [field for field in mapped.layout.recognized_by if field not in there]
    if not any(there >= set(one) for one in mapped.layout.recognized_by_any):
        lacking.append(" or ".join(" and ".join(one) for one in mapped.layout.recognized_by_any))
    return tuple(lacking)


def year_in_name(filename: str, known: Layout) -> int | None:
    """The year that a list's file name tells: as its layout writes it, or any year from 1990 to 2059 in it."""
    stem = filename.rpartition("/")[2].lower()
    if known.file_year and (match := re.search(known.file_year, stem)):
        year = int(match[1])
        return year if year > 99 else 2000 + year
    if match := re.search(r"(?<!\d)((?:199|20[0-5])\d)(?!\d)", stem):
        return int(match[1])
    return None
