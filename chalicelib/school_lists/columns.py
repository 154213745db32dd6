"""Whole columns of cells to values. Each gives exactly what the functions of ``cleaning`` give cell by cell.

Most cells of most lists are clean already, or the same as many others. So a column is first looked at as one text,
and what is repeated is worked out once: a fraction of the time of one call for each cell.
"""

import re
from collections.abc import Callable, Sequence
from math import isnan
from typing import Final, Generic, TypeVar

from chalicelib.school_lists import cleaning
from chalicelib.school_lists.cleaning import ENTITY, NONE, Unreadable, text_or_none

V = TypeVar("V")
Bad = list[tuple[int, Unreadable]]
"""The places of cells that cannot be read, and why."""

_FIVES: Final = re.compile(r"\d{5}(?:\n\d{5})*+", re.ASCII)
_WHOLE_ZIPS: Final = re.compile(r"\d{5}(?:-\d{4})?(?:\n\d{5}(?:-\d{4})?)*", re.ASCII)
_ZIP_DIGITS: Final = 5
_MOST_CELLS: Final = 100_000
_LONGEST_NONE: Final = max(map(len, NONE))
_TEN: Final = 10
_BARE_TENS: Final = re.compile(r"(?:[2-9]\d\d[2-9]\d{6}(?:\n|\Z))*+", re.ASCII)
_TEN_DIGITS: Final = re.compile(r"\(?([2-9]\d\d)[) .-]{0,2}([2-9]\d\d)[ .-]?(\d{4})", re.ASCII)
_WEBSITES: Final = re.compile(
    r"(?:(?:https?://)?+(?:[a-z0-9]++(?:-++[a-z0-9]++)*+\.)++[a-z]{2,63}+"
    r"(?:/[\x21\x23-\x3b\x3d\x3f\x41-\x7e]*+)?+(?:\n|\Z))*+"
)
"""Lines that are web addresses in lower case without odd characters."""
_SCHEMES: Final = ("http://", "https://")
_MOST_FAST_WEBSITE: Final = 70
"""Characters of an address whose labels cannot be too long."""
LETTERLESS: Final = re.compile(r"^[^a-zA-Z\n]*$", re.MULTILINE)
"""A line without a letter, as far as ASCII tells."""
_FINE: Final = re.compile(r"\.\d{7}")
_CODES_FOR_NONE: Final = frozenset((0.0, -1.0, -2.0))


class Column(Generic[V]):
    """Reads the cells of one column, those that repeat only once: one by one, or all that are new at once."""

    def __init__(
        self,
        read: Callable[[str], V],
        read_all: Callable[[Sequence[str]], tuple[Sequence[V | None], Bad]] | None = None,
    ) -> None:
        self._read_all = read_all or (lambda cells: one_by_one(cells, read))
        self._known: dict[str, V | None] = {}
        self._bad: dict[str, Unreadable] = {}

    def __call__(self, cells: Sequence[str]) -> tuple[list[V | None], Bad]:
        """The value of each cell, None for one that cannot be read, and which these are."""
        known, bad = self._known, self._bad
        if len(known) > _MOST_CELLS:
            known.clear()
            bad.clear()
        if new := list({*cells}.difference(known)):
            values, unreadable = self._read_all(new)
            known.update(zip(new, values, strict=True))
            bad.update((new[place], error) for place, error in unreadable)
        if not bad or bad.keys().isdisjoint(cells):
            return list(map(known.__getitem__, cells)), []
        return list(map(known.__getitem__, cells)), [
            (place, bad[cell]) for place, cell in enumerate(cells) if cell in bad
        ]


def texts(cells: Sequence[str]) -> list[str | None]:
    """What ``text_or_none`` gives for each cell."""
    if _tidy(cells):
        return [cell if len(cell) > _LONGEST_NONE or cell.casefold() not in NONE else None for cell in cells]
    return [
        cell
        if len(cell) > _LONGEST_NONE
        and "  " not in cell
        and cell.strip() == cell
        and cell.isprintable()
        and cell[0] != "="
        and "&" not in cell
        else text_or_none(cell)
        for cell in cells
    ]


def _tidy(cells: Sequence[str]) -> bool:
    """Whether every cell is one printable line without padding and double spaces."""
    whole = "\n".join(cells)
    return (
        "  " not in whole
        and "\n " not in whole
        and " \n" not in whole
        and "\n=" not in whole
        and not ("&" in whole and ENTITY.search(whole))
        and whole[:1] not in (" ", "=")
        and not whole.endswith(" ")
        and whole.count("\n") == len(cells) - 1
        and whole.replace("\n", "").isprintable()
    )


class Identifiers(Generic[V]):
    """Reads a column of identifiers: those of the usual length at once, others one by one."""

    def __init__(self, read: Callable[[str], V], usual: str) -> None:
        self._one_by_one = Column(read)
        self._usual = re.compile(rf"(?:{usual})?(?:\n(?:{usual})?)*", re.ASCII)

    def __call__(self, cells: Sequence[str]) -> tuple[Sequence[V | str | None], Bad]:
        """The identifier of each cell, None for one that cannot be read or holds none, and which these are."""
        if self._usual.fullmatch("\n".join(cells)):
            return ([cell or None for cell in cells] if "" in cells else cells), []
        return self._one_by_one(cells)


def _each(cells: Sequence[str], read: Callable[[str], V]) -> tuple[list[V | None], Bad]:
    """Reads cells that hardly repeat."""
    try:
        return [read(cell) if cell else None for cell in cells], []
    except Unreadable:
        return one_by_one(cells, read)


def one_by_one(cells: Sequence[str], read: Callable[[str], V]) -> tuple[list[V | None], Bad]:
    """The value of each cell, None for one that cannot be read, and which these are."""
    values: list[V | None] = []
    bad: Bad = []
    for place, cell in enumerate(cells):
        value = None
        try:
            value = read(cell)
        except Unreadable as error:
            bad.append((place, error))
        values.append(value)
    return values, bad


def phone_numbers(cells: Sequence[str]) -> tuple[list[str | None], Bad]:
    """What ``cleaning.phone_number`` gives for each cell; ten digits without signs at once."""
    if not _BARE_TENS.fullmatch("\n".join([cell for cell in cells if len(cell) == _TEN])):
        return _each(cells, _phone_number)
    return _each(cells, lambda cell: f"+1{cell}" if len(cell) == _TEN else _phone_number(cell))


def _phone_number(cell: str) -> str | None:
    match = _TEN_DIGITS.fullmatch(cell)
    return f"+1{match[1]}{match[2]}{match[3]}" if match else cleaning.phone_number(cell)


def web_addresses(cells: Sequence[str]) -> tuple[list[str | None], Bad]:
    """What ``cleaning.web_address`` gives for each cell; addresses in lower case without odd characters at once."""
    told = list(filter(None, cells))
    whole = "\n".join(told)
    if (
        max(map(len, told), default=0) > _MOST_FAST_WEBSITE
        or whole.count("\n") >= max(len(told), 1)
        or cleaning.NOT_OF_SCHOOLS in whole
        or not _WEBSITES.fullmatch(whole)
    ):
        return _each(cells, cleaning.web_address)
    return [cell if cell.startswith(_SCHEMES) else f"https://{cell}" if cell else None for cell in cells], []


def zip_cells(cells: Sequence[str]) -> Sequence[str]:
    """The cells of ZIP codes without the four digits behind the hyphen, where all of them are whole."""
    if max(map(len, cells), default=0) <= _ZIP_DIGITS:
        return cells
    return [cell[:5] for cell in cells] if _WHOLE_ZIPS.fullmatch("\n".join(cells)) else cells


def are_zip_codes(cells: Sequence[str]) -> bool:
    """Whether every cell is five digits."""
    return _FIVES.fullmatch("\n".join(cells)) is not None


def degrees(cells: Sequence[str], limit: float) -> tuple[list[float | None], Bad]:
    """What ``cleaning.degrees`` gives for each cell."""
    try:
        values = list(map(float, cells))
    except ValueError:
        return one_by_one(cells, lambda cell: cleaning.degrees(cell, limit))
    if not (values and -limit <= min(values) and max(values) <= limit):
        return one_by_one(cells, lambda cell: cleaning.degrees(cell, limit))
    # No number at all (NaN) compares as false with everything, and makes any sum one.
    if not _CODES_FOR_NONE.isdisjoint(values) or isnan(sum(values)):
        return one_by_one(cells, lambda cell: cleaning.degrees(cell, limit))
    if _FINE.search("\n".join(cells)):
        return [round(value, 6) for value in values], []
    return list(values), []
