"""Layouts of lists: which column holds what. Each known one is a small file in ``layout_files/``.

A layout is recognized by its identifying columns, never by the file's name. Header names are matched without
regard to case, spaces and punctuation. Columns that no layout names are not read at all: officials' names and
e-mail addresses never enter the program's records.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from chalicelib.school_lists.cleaning import Unreadable, state_code, text_or_none, zip_code
from chalicelib.school_lists.models import shown

LAYOUTS: Final = ("ipeds_hd", "va_facility", "plain")
"""In the order in which they are tried: the one that asks for most comes first."""

_SHOWN_COLUMNS: Final = 200
_MOST: Final = 0.6
"""The share of a column's values that must be what its header says."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Rows of a list that are no schools: those whose field has, or has not, one of the values (in lower case)."""

    field: str
    values: frozenset[str]
    unless: bool
    reason: str


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
    blank: frozenset[str]
    closed_values: frozenset[str]
    excluded: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """A layout laid over the header of one list: for each field found, the position of its column."""

    layout: Layout
    header: tuple[str, ...]
    positions: Mapping[str, int]

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
        blank=frozenset(data["blank"]),
        closed_values=frozenset(data.get("closed", {}).get("values", ())),
        excluded=tuple(
            Exclusion(
                one["field"],
                frozenset(one.get("values", one.get("values_not"))),
                "values_not" in one,
                one["reason"],
            )
            for one in data.get("excluded", {}).values()
        ),
    )


def simplified(header: str) -> str:
    """A header without case, spaces, punctuation and byte order mark."""
    return re.sub(r"[^a-z0-9]+", "", header.casefold())


def recognize(header: Sequence[str], below: Sequence[Sequence[str]]) -> Mapped | None:
    """The layout of a list by its header, borne out by the rows below it, or None where no layout is sure."""
    for name in LAYOUTS:
        mapped = lay_over(layout(name), header, below)
        if not missing(mapped):
            return mapped
    return None


def lay_over(known: Layout, header: Sequence[str], below: Sequence[Sequence[str]]) -> Mapped:
    """Finds the column of each field of a layout. A column serves one field at most, the surest."""
    claims = sorted(
        (rank, position, field)
        for position, cell in enumerate(header)
        for field, rank in _ranks(known, simplified(cell))
    )
    positions: dict[str, int] = {}
    for _, position, field in claims:
        if field in positions or position in positions.values():
            continue
        if not known.checked or _borne_out(field, position, below):
            positions[field] = position
    return Mapped(known, tuple(header), positions)


def missing(mapped: Mapped) -> tuple[str, ...]:
    """The fields without a column that keep a list from being in a layout; several that could do are joined by "or"."""
    lacking = [field for field in mapped.layout.recognized_by if field not in mapped.positions]
    if not any(mapped.positions.keys() >= set(one) for one in mapped.layout.recognized_by_any):
        lacking.append(" or ".join(" and ".join(one) for one in mapped.layout.recognized_by_any))
    return tuple(lacking)


def _ranks(known: Layout, name: str) -> Iterator[tuple[str, int]]:
    """The fields a simplified header may stand for. A lower rank is surer; prefixes make it higher."""
    stripped = 0
    while name:
        for field, names in known.columns.items():
            if name in names:
                yield field, stripped * 100 + names.index(name)
        prefix = next((one for one in known.prefixes if name.startswith(one) and name != one), None)
        if prefix is None:
            return
        name = name.removeprefix(prefix)
        stripped += 1


def _borne_out(field: str, position: int, below: Sequence[Sequence[str]]) -> bool:
    """Whether most of a column's values can be what its header says; a column without values is believed."""
    test = _TESTS.get(field)
    values = [text for row in below if position < len(row) and (text := text_or_none(row[position]))]
    return test is None or not values or sum(_passes(test, text) for text in values) >= len(values) * _MOST


def _passes(test: Callable[[str], bool], text: str) -> bool:
    try:
        return test(text)
    except Unreadable:
        return False


def _is_number(low: float, high: float, text: str) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False


_TESTS: Final = {
    "name": lambda text: sum(map(str.isalpha, text)) >= 3,
    "street": lambda text: any(map(str.isalpha, text)) and "@" not in text,
    "city": lambda text: any(map(str.isalpha, text)),
    "state": lambda text: state_code(text) is not None,
    "zip": lambda text: zip_code(text) is not None,
    "phone": lambda text: sum(map(str.isdigit, text)) >= 7,
    "website": lambda text: "." in text and "@" not in text,
    "latitude": lambda text: _is_number(-15, 72, text),
    "longitude": lambda text: _is_number(-180, 180, text),
    "ipeds_unit_id": lambda text: any(map(str.isdigit, text)),
    "nces_id": lambda text: any(map(str.isdigit, text)),
    "ope_id": lambda text: any(map(str.isdigit, text)),
}
