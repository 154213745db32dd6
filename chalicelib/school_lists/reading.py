"""From text to rows: the separator, the header row, and every row with the number an administrator sees.

Rows are read one after another in bounded memory. A quote that opens and never closes would swallow all that
follows; here it costs one row, and reading goes on with the next line.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeVar

from chalicelib.school_lists.models import RowProblem, UnusableList, shown

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

SEPARATORS: Final = {",": "comma", "\t": "tab", ";": "semicolon", "|": "pipe", "^": "caret"}
MAX_COLUMNS: Final = 1000
HEADER_ROWS: Final = 20
"""How far down the header row may be: above it are titles."""
SAMPLE_ROWS: Final = 200
_SAMPLE_CHARACTERS: Final = 2 * 1024 * 1024
_BATCH: Final = 256 * 1024
"""Characters of whole lines that are taken at once."""
_MAX_ROW: Final = 4 * 1024 * 1024
"""Characters a row of several lines may have."""
_MAX_OPEN_QUOTES: Final = 1000

T = TypeVar("T")
Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a list are to be read."""

    separator: str
    header_row: int
    header: tuple[str, ...]


def find_shape(
    text: io.TextIOBase, recognize: Callable[[list[str], list[list[str]]], T | None]
) -> tuple[Shape, T]:
    """Finds separator and header row: those with which ``recognize(header, rows below)`` knows the list.

    Where it knows none, ``UnusableList`` is raised for what looks most like a header; the caller says what it
    lacks.
    """
    text.seek(0)
    lines = _sample(text)
    candidates: list[tuple[float, Shape, list[list[str]]]] = []
    for separator in SEPARATORS:
        rows = _parse_sample(lines, separator)
        for number, row in enumerate(rows[:HEADER_ROWS], 1):
            if sum(1 for cell in row if cell.strip()) < 2:
                continue
            below = [one for one in rows[number:] if any(cell.strip() for cell in one)]
            even = sum(1 for one in below if len(one) == len(row)) / max(len(below), 1)
            shape = Shape(separator, number, tuple(row))
            candidates.append((even * len(row) - number / 100, shape, below))
    candidates.sort(key=lambda one: one[0], reverse=True)
    for _, shape, below in candidates:
        if len(shape.header) > MAX_COLUMNS:
            raise UnusableList(
                f"Row {shape.header_row} has {len(shape.header):,} columns; at most {MAX_COLUMNS:,} are read.",
                "A list has one school per row: check that rows and columns were not swapped in the export.",
            )
        known = recognize(list(shape.header), below)
        if known is not None:
            return shape, known
    raise Unrecognized(*candidates[0][1:]) if candidates else Unrecognized(None, [])


class Unrecognized(Exception):
    """No separator and no row make a header that is known. ``shape`` is the likeliest, with the rows ``below``."""

    def __init__(self, shape: Shape | None, below: list[list[str]]) -> None:
        super().__init__()
        self.shape = shape
        self.below = below


def _sample(text: io.TextIOBase) -> list[str]:
    lines: list[str] = []
    size = 0
    for line in islice(text, SAMPLE_ROWS):
        size += len(line)
        lines.append(line)
        if size > _SAMPLE_CHARACTERS:
            break
    return lines


def _parse_sample(lines: list[str], separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(_reader(lines, separator))
    except csv.Error:
        # A cell out of bounds: what came before it is sample enough.
        return rows
    return rows


def _reader(lines: Iterable[str], separator: str) -> "CsvReader":
    return csv.reader(lines, delimiter=separator, skipinitialspace=True)


def read_rows(text: io.TextIOBase, shape: Shape, report: Callable[[RowProblem], None]) -> Iterator[Row]:
    """Every row below the header that is not blank: its number, and its cells, at most as many as the header has.

    A short row is given as it is. What cannot be read as a row goes to ``report``. Raises ``UnusableList`` where
    that happens again and again.
    """
    text.seek(0)
    reader = _RowReader(text, shape, report)
    start: int | None = 0
    while start is not None:
        yield from reader.rows_from(start)
        start = reader.resume_at


class _RowReader:
    """Reads rows until a quote that never closes; ``resume_at`` then is the line to go on with, and None at the end."""

    def __init__(self, text: io.TextIOBase, shape: Shape, report: Callable[[RowProblem], None]) -> None:
        self._lines = _Lines(text)
        self._shape = shape
        self._report = report
        self._width = len(shape.header)
        self._number = 0
        self._open_quotes = 0
        self._short_before = False
        self.resume_at: int | None = None

    def rows_from(self, start: int) -> Iterator[Row]:
        """The rows from a line on."""
        lines, width, header_row = self._lines, self._width, self._shape.header_row
        reader = _reader(lines.since(start), self._shape.separator)
        number, before = self._number, start
        try:
            for cells in reader:
                number += 1
                lines.row_start, before = before, start + reader.line_num
                if before - lines.row_start > 1 and _swallowed(lines, cells, self._shape):
                    break
                if number <= header_row or (len(cells) != width and not self._fits(number, cells, before)):
                    continue
                # Looking at the first cell spares looking at all of them in nearly every row.
                if cells and (cells[0] or any(map(str.strip, cells))):
                    yield number, cells
            else:
                self.resume_at = None
                return
        except csv.Error:
            number += 1
            lines.row_start = before
        self._number = number
        self._give_up_on_row(number)

    def _fits(self, number: int, cells: list[str], end: int) -> bool:
        """Whether a row with more or fewer cells than the header is to be read; reports it where not."""
        if len(cells) > self._width:
            if any(map(str.strip, cells[self._width :])):
                self._report(_too_long(number, cells, self._width))
                return False
            del cells[self._width :]
        elif cells:
            # Where rows are short as a rule, the last one is no exception.
            if not self._short_before and self._lines.cut_off(end):
                self._report(_cut_off(number, cells, self._width))
                return False
            self._short_before = True
        return True

    def _give_up_on_row(self, number: int) -> None:
        self._open_quotes += 1
        if self._open_quotes > _MAX_OPEN_QUOTES:
            raise UnusableList(
                f"More than {_MAX_OPEN_QUOTES} rows open a quotation mark that is not closed.",
                "Export the list again, with quotation marks around cells that hold a separator.",
            )
        self._report(_open_quote(number, self._lines.line(self._lines.row_start)))
        self.resume_at = self._lines.row_start + 1


class _Lines:
    """The lines of a text, numbered from 0, of which those since the present row's first can be read once more."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text
        self._held: list[str] = []
        self._first = 0
        self.row_start = 0

    def since(self, number: int) -> Iterator[str]:
        """Lines from that number on: one that is still held, or the next one."""
        return chain.from_iterable(self._batches(number))

    def _batches(self, number: int) -> Iterator[list[str]]:
        yield self._held[number - self._first :]
        while batch := self._text.readlines(_BATCH):
            keep = max(self._first, min(self.row_start, self._first + len(self._held)))
            if sum(map(len, self._held[keep - self._first :])) > _MAX_ROW:
                raise csv.Error("row out of bounds")
            self._held = self._held[keep - self._first :] + batch
            self._first = keep
            yield batch

    def line(self, number: int) -> str:
        """One of the lines held."""
        return self._held[number - self._first]

    def cut_off(self, after: int) -> bool:
        """Whether the line before that number is the text's last one and lacks its end."""
        return after == self._first + len(self._held) and not self._held[-1].endswith(("\n", "\r"))


def _swallowed(lines: _Lines, cells: list[str], shape: Shape) -> bool:
    """Whether a row of several lines is really several rows behind a quote that never closed.

    It is where its second line would make a whole row; a narrow list can have such text in a cell by chance.
    """
    width = len(shape.header)
    if len(cells) == width and width < 4:
        return False
    try:
        second = next(_reader([lines.line(lines.row_start + 1)], shape.separator))
    except csv.Error:
        return False
    return len(second) == width


def _open_quote(number: int, line: str) -> RowProblem:
    return RowProblem(
        number,
        "",
        shown(line),
        "a quotation mark opens a cell here and is not closed before the next rows",
        "Close the cell with a quotation mark, or double a quotation mark that belongs to the text.",
    )


def _too_long(number: int, cells: list[str], width: int) -> RowProblem:
    return RowProblem(
        number,
        "",
        shown(" ".join(cells[width:])),
        f"the row has {len(cells)} cells, the header {width}",
        "Put a cell that holds the separator into quotation marks, or remove what is too much.",
    )


def _cut_off(number: int, cells: list[str], width: int) -> RowProblem:
    return RowProblem(
        number,
        "",
        shown(cells[-1]),
        f"the file ends in the middle of this row, after {len(cells)} of {width} cells",
        "The list was cut off: get the whole file and upload it again.",
    )
