"""Rows of a list in text form: whole batches of lines at once, and row by row where a row has several lines."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain, compress, islice, repeat
from operator import contains
from typing import Final

from chalicelib.school_lists.fitting import SEPARATORS, Chunk, Fitter, Shape, csv_reader
from chalicelib.school_lists.models import RowProblem, UnusableList, shown

_BATCH: Final = 64 * 1024
"""Characters of whole lines that are taken at once: what a processor's cache holds as cells."""
_MAX_ROW: Final = 4 * 1024 * 1024
"""Characters a row of several lines may have."""
MAX_OPEN_QUOTES: Final = 1000
_BEHIND: Final = "."
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
        while text := self._text.read(_BATCH):
            text += self._text.readline()
            rows = rows_at_once(text, self._shape.separator)
            problems: list[RowProblem] = []
            numbers: Sequence[int] | None = None
            if rows is None:
                self._lines = io.StringIO(text, newline="").readlines()
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
                cut_off=not (text if numbers is None else self._lines[-1]).endswith(("\n", "\r")),
                problems=problems,
                numbers=numbers,
            )

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


def rows_at_once(text: str, separator: str) -> list[list[str]] | None:
    """The rows of whole lines as ``csv_reader`` gives them, if each line is one row; None where that is not sure.

    A line without quotation marks is its cells with separators between them: splitting it takes half the time.
    """
    if len(text) > csv.field_size_limit():
        return None
    lines = _lines(text)
    if lines is None:
        return None
    # Blanks behind a separator are not the cell's.
    blank = f"{separator} "
    hard = ['"' in line for line in lines] if '"' in text else []
    if blank in text or any(map(str.startswith, lines, repeat(" "))):
        hard = ['"' in line or blank in line or line.startswith(" ") for line in lines]
    if not any(hard):
        return [line.split(separator) for line in lines]
    # If the last of the hard lines ended inside a cell, that would take in the line behind it.
    try:
        read = list(csv_reader([*compress(lines, hard), _BEHIND], separator))
    except csv.Error:
        return None
    if len(read) != sum(hard) + 1:
        return None
    rest = iter(read)
    return [
        next(rest) if is_hard else line.split(separator) for line, is_hard in zip(lines, hard, strict=True)
    ]


def _lines(text: str) -> list[str] | None:
    """The lines of a text without their ends; None where it has ends of several kinds."""
    lines = text.split("\n" if "\n" in text else "\r")
    last = lines.pop()
    if "\r" in text and "\n" in text:
        lines = [line.removesuffix("\r") for line in lines]
        if any(map(contains, [*lines, last], repeat("\r"))):
            return None
    return [*lines, last] if last else lines
