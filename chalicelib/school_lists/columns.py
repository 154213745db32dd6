"""Whole columns of cells to values. Each gives exactly what the functions of ``cleaning`` give cell by cell.

Most cells of most lists are clean already, or the same as many others. So a column is first looked at as one text,
and what is repeated is worked out once: a fraction of the time of one call for each cell.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from chalicelib.school_lists import cleaning
from chalicelib.school_lists.cleaning import ENTITY, NONE, Unreadable, text_or_none

V = TypeVar("V")
Bad = list[tuple[int, Unreadable]]
"""The places of cells that cannot be read, and why."""

_WHOLE_ZIPS: Final = re.compile(r"\d{5}(?:-\d{4})?(?:\n\d{5}(?:-\d{4})?)*", re.ASCII)
_MOST_CELLS: Final = 100_000
_LONGEST_NONE: Final = max(map(len, NONE))
_BARE_TEN: Final = re.compile(r"[2-9]\d\d[2-9]\d{6}", re.ASCII)
_TEN_DIGITS: Final = re.compile(r"\(?([2-9]\d\d)[) .-]{0,2}([2-9]\d\d)[ .-]?(\d{4})", re.ASCII)
# Labels that end with a hyphen are told apart by the hyphen before a point.
_BARE: Final = re.compile(
    r"(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,63}(?:/[\x21\x23-\x3b\x3d\x3f\x41-\x7e]*)?", re.ASCII
)
_HTTP: Final = re.compile(rf"https?://{_BARE.pattern}", re.ASCII)
_MOST_FAST_WEBSITE: Final = 70
"""Characters of an address whose labels cannot be too long."""
LETTERLESS: Final = re.compile(r"^[^a-zA-Z\n]*$", re.MULTILINE)
"""A line without a letter, as far as ASCII tells."""
_FINE: Final = re.compile(r"\.\d{7}")
_CODES_FOR_NONE: Final = frozenset((0.0, -1.0, -2.0))


class Column(Generic[V]):
    """Reads the cells of one column, those that repeat only once."""

    def __init__(self, read: Callable[[str], V]) -> None:
        self._known = _Known(read)

    def __call__(self, cells: Sequence[str]) -> tuple[list[V | None], Bad]:
        """The value of each cell, None for one that cannot be read, and which these are."""
        known = self._known
        if len(known) > _MOST_CELLS:
            known.clear()
            known.bad.clear()
        values = list(map(known.__getitem__, cells))
        if not known.bad or known.bad.keys().isdisjoint(cells):
            return values, []
        return values, [(place, known.bad[cell]) for place, cell in enumerate(cells) if cell in known.bad]


class _Known(dict[str, "V | None"], Generic[V]):
    def __init__(self, read: Callable[[str], V]) -> None:
        super().__init__()
        self._read = read
        self.bad: dict[str, Unreadable] = {}

    def __missing__(self, cell: str) -> V | None:
        value: V | None = None
        try:
            value = self._read(cell)
        except Unreadable as error:
            self.bad[cell] = error
        self[cell] = value
        return value


def texts(cells: Sequence[str]) -> list[str | None]:
    """What ``text_or_none`` gives for each cell."""
    if _tidy(cells):
        return [cell if len(cell) > _LONGEST_NONE else text_or_none(cell) for cell in cells]
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


def each(read: Callable[[str], V]) -> Callable[[Sequence[str]], tuple[list[V | None], Bad]]:
    """Reads columns whose cells hardly repeat: one by one."""

    def read_column(cells: Sequence[str]) -> tuple[list[V | None], Bad]:
        try:
            return [read(cell) if cell else None for cell in cells], []
        except Unreadable:
            return _one_by_one(cells, read)

    return read_column


def _one_by_one(cells: Sequence[str], read: Callable[[str], V]) -> tuple[list[V | None], Bad]:
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


def phone_number(cell: str) -> str | None:
    """What ``cleaning.phone_number`` gives; ten digits in the usual spellings at once."""
    if len(cell) == 10 and _BARE_TEN.fullmatch(cell):
        return f"+1{cell}"
    match = _TEN_DIGITS.fullmatch(cell)
    return f"+1{match[1]}{match[2]}{match[3]}" if match else cleaning.phone_number(cell)


def web_address(cell: str) -> str | None:
    """What ``cleaning.web_address`` gives; addresses in lower case without odd characters at once."""
    if len(cell) <= _MOST_FAST_WEBSITE and "-." not in cell and cleaning.NOT_OF_SCHOOLS not in cell:
        if cell.startswith("http") and _HTTP.fullmatch(cell):
            return cell
        if _BARE.fullmatch(cell):
            return f"https://{cell}"
    return cleaning.web_address(cell)


def zip_cells(cells: Sequence[str]) -> Sequence[str]:
    """The cells of ZIP codes without the four digits behind the hyphen, where all of them are whole."""
    return [cell[:5] for cell in cells] if _WHOLE_ZIPS.fullmatch("\n".join(cells)) else cells


def degrees(cells: Sequence[str], limit: float) -> tuple[list[float | None], Bad]:
    """What ``cleaning.degrees`` gives for each cell."""
    try:
        values = list(map(float, cells))
    except ValueError:
        return _one_by_one(cells, lambda cell: cleaning.degrees(cell, limit))
    if not (values and -limit <= min(values) and max(values) <= limit):
        return _one_by_one(cells, lambda cell: cleaning.degrees(cell, limit))
    # No number at all compares as false with everything.
    if not _CODES_FOR_NONE.isdisjoint(values) or any(value != value for value in values):  # noqa: PLR0124
        return _one_by_one(cells, lambda cell: cleaning.degrees(cell, limit))
    if _FINE.search("\n".join(cells)):
        return [round(value, 6) for value in values], []
    return list(values), []
