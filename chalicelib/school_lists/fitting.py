"""What rows are read into: the shape of a list, and chunks of rows that are as wide as its header."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chalicelib.school_lists.models import RowProblem, shown

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS: Final = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe", "^": "caret"}


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a list are to be read.

    ``header_row`` is the number of the header's last row, 0 where there is none. ``separator`` is empty in a
    workbook, whose ``sheet`` it is then.
    """

    separator: str
    header_row: int
    header: tuple[str, ...]
    sheet: str = ""

    @property
    def separated_by(self) -> str:
        """The separator or the sheet, for people."""
        return f"sheet {shown(self.sheet)}" if self.sheet else SEPARATORS[self.separator]


@dataclass(slots=True)
class Chunk:
    """Rows as wide as the header, their numbers, and what is wrong with rows that are not among them."""

    numbers: Sequence[int]
    rows: list[list[str]]
    problems: list[RowProblem] = field(default_factory=list)


def csv_reader(lines: Iterable[str], separator: str) -> "CsvReader":
    """Rows of cells, whatever is wrong with their quotes."""
    return csv.reader(lines, delimiter=separator, skipinitialspace=True)


class Fitter:
    """Makes rows as wide as the header, and leaves blank ones out."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._short_before = False

    def chunk(
        self,
        before: int,
        rows: list[list[str]],
        *,
        header_row: int,
        cut_off: bool = False,
        problems: list[RowProblem] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> Chunk:
        """A chunk of the rows that follow the one with the number ``before``, or that have ``numbers``.

        ``cut_off`` says that the file ends inside the last of them.
        """
        if numbers is None:
            numbers = range(before + 1, before + 1 + len(rows))
        width = self._width
        if (
            before >= header_row
            and not cut_off
            and set(map(len, rows)) == {width}
            and all(row[0] for row in rows)
        ):
            return Chunk(numbers, rows, problems or [])
        chunk = Chunk([], [], problems or [])
        kept: list[int] = []
        last = numbers[-1] if numbers else 0
        for number, cells in zip(numbers, rows, strict=True):
            if number <= header_row or not cells or not (cells[0] or any(map(str.strip, cells))):
                continue
            problem = None
            if len(cells) != width:
                problem = self._fit(number, cells, cut_off=cut_off and number == last)
            if problem is None:
                kept.append(number)
                chunk.rows.append(cells)
            else:
                chunk.problems.append(problem)
        chunk.numbers = kept
        return chunk

    def _fit(self, number: int, cells: list[str], *, cut_off: bool) -> RowProblem | None:
        """Cuts or fills a row with more or fewer cells than the header, or says why it is not to be read."""
        width = self._width
        if len(cells) > width:
            if any(map(str.strip, cells[width:])):
                return _too_long(number, len(cells), width)
            del cells[width:]
            return None
        # Where rows are short as a rule, the last one is no exception.
        if cut_off and not self._short_before:
            return _cut_off(number, len(cells), width)
        self._short_before = True
        cells.extend([""] * (width - len(cells)))
        return None


# Neither repeats a cell: in a row that is not as the header says, it may be anybody's name.
def _too_long(number: int, cells: int, width: int) -> RowProblem:
    return RowProblem(
        number,
        "",
        "",
        f"the row has {cells} cells, the header {width}",
        "Put a cell that holds the separator into quotation marks, or remove what is too much.",
    )


def _cut_off(number: int, cells: int, width: int) -> RowProblem:
    return RowProblem(
        number,
        "",
        "",
        f"the file ends in the middle of this row, after {cells} of {width} cells",
        "The list was cut off: get the whole file and upload it again.",
    )
