"""Rows of a list in text form: whole batches of lines at once, and row by row where a row has several lines."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Final

from chalicelib.school_lists.fitting import SEPARATORS, Chunk, Fitter, Shape, csv_reader
from chalicelib.school_lists.models import RowProblem, UnusableList, shown

_BATCH: Final = 64 * 1024
"""Characters of whole lines that are taken at once: what a processor's cache holds as cells."""
_MAX_ROW: Final = 4 * 1024 * 1024
"""Characters a row of several lines may have."""
MAX_OPEN_QUOTES: Final = 1000
_SEPARATOR: Final = re.compile(f"[{re.escape(''.join(SEPARATORS))}]")


class TextRows:
    """Reads the rows of a text: whole batches at once where no row has several lines, else row by row."""

    def __init__(self, text: io.TextIOBase, shape: Shape) -> None:
        self._text = text
        self._shape = shape
        self._fitter = Fitter(len(shape.header))
        self._open_quotes = 0
        self._lines: list[str] = []
        self._row_size = 0

    def chunks(self) -> Iterator[Chunk]:
        """All rows below the header that are not blank."""
        number = 0
        while lines := self._text.readlines(_BATCH):
            self._lines = lines
            rows = self._at_once()
            problems: list[RowProblem] = []
            numbers: Sequence[int] | None = None
            if rows is None:
                first, rows, numbers = number, [], []
                for number, cells in self._row_by_row(first, problems):
                    rows.append(cells)
                    numbers.append(number)
                number = max(number, *(one.row for one in problems), first)
                before = first
            else:
                before, number = number, number + len(rows)
            yield self._fitter.chunk(
                before,
                rows,
                header_row=self._shape.header_row,
                cut_off=not self._lines[-1].endswith(("\n", "\r")),
                problems=problems,
                numbers=numbers,
            )

    def _at_once(self) -> list[list[str]] | None:
        """The rows of the lines, if each line is one row."""
        if self._lines[-1].count('"') % 2:
            return None
        try:
            rows = list(csv_reader(self._lines, self._shape.separator))
        except csv.Error:
            return None
        return rows if len(rows) == len(self._lines) else None

    def _row_by_row(self, number: int, problems: list[RowProblem]) -> Iterator[tuple[int, list[str]]]:
        """The rows of the lines, and of as many lines more as the last one of them has."""
        start = 0
        while start < len(self._lines):
            reader = csv_reader(self._more(start), self._shape.separator)
            first = start
            self._row_size = 0
            try:
                for cells in reader:
                    number += 1
                    self._row_size = 0
                    end = first + reader.line_num
                    if end - start > 1 and self._swallowed(start, cells):
                        break
                    yield number, cells
                    start = end
                    if start >= len(self._lines):
                        return
                else:
                    return
            except csv.Error:
                number += 1
            self._open_quotes += 1
            if self._open_quotes > MAX_OPEN_QUOTES:
                raise UnusableList(
                    f"More than {MAX_OPEN_QUOTES} rows open a quotation mark that is not closed.",
                    "Export the list again, with quotation marks around cells that hold a separator.",
                )
            problems.append(_open_quote(number, self._lines[start]))
            start += 1

    def _more(self, start: int) -> Iterator[str]:
        """The lines from one on; lines that follow are fetched one by one while a row needs them."""
        for line in chain(islice(self._lines, start, None), self._following()):
            self._row_size += len(line)
            if self._row_size > _MAX_ROW:
                raise csv.Error("row out of bounds")
            yield line

    def _following(self) -> Iterator[str]:
        while line := self._text.readline():
            self._lines.append(line)
            yield line

    def _swallowed(self, start: int, cells: list[str]) -> bool:
        """Whether a row of several lines is really several rows behind a quote that never closed.

        It is where its second line would make a whole row; a narrow list can have such text in a cell by chance.
        """
        width = len(self._shape.header)
        if len(cells) == width and width < 4:
            return False
        try:
            second = next(csv_reader([self._lines[start + 1]], self._shape.separator))
        except csv.Error:
            return False
        return len(second) == width


def _open_quote(number: int, line: str) -> RowProblem:
    # The first cell finds the row; what follows may be anybody's name.
    return RowProblem(
        number,
        "",
        shown(_SEPARATOR.split(line, maxsplit=1)[0]),
        "a quotation mark opens a cell here and is not closed before the next rows",
        "Close the cell with a quotation mark, or double a quotation mark that belongs to the text.",
    )
