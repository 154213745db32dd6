"""From a file to rows: separator or sheet, header row, and every row with the number an administrator sees.

Rows come in chunks of equal width, so that what follows can work on columns, and memory stays bounded. A quote that
opens and never closes would swallow all that follows; here it costs one row, and reading goes on with the next line.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

from chalicelib.school_lists.fitting import SEPARATORS, Chunk, Fitter, Shape, csv_reader
from chalicelib.school_lists.text_rows import TextRows
from chalicelib.school_lists.workbooks import Sheet, Workbook

MAX_COLUMNS: Final = 4000
"""Columns a list in text form may have. The College Scorecard has 3,300; a sheet is held to fewer."""
SAMPLE_ROWS: Final = 200
_SAMPLE_CHARACTERS: Final = 2 * 1024 * 1024
_SHEET_CHUNK: Final = 300


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a list, read in one of the ways it may be meant."""

    separator: str
    rows: list[list[str]]
    sheet: str = ""


class Table(Protocol):
    """A list as a file holds it."""

    def samples(self) -> Iterator[Sample]:
        """Its first rows, in each way they may be meant."""

    def chunks(self, shape: Shape) -> Iterator[Chunk]:
        """All rows below the header that are not blank. Raises ``UnusableList`` where it is damaged throughout."""


class TextTable:
    """A list in text form."""

    def __init__(self, text: io.TextIOBase) -> None:
        self._text = text

    def samples(self) -> Iterator[Sample]:
        """The first rows by each separator."""
        self._text.seek(0)
        lines: list[str] = []
        size = 0
        for line in islice(self._text, SAMPLE_ROWS):
            size += len(line)
            lines.append(line)
            if size > _SAMPLE_CHARACTERS:
                break
        for separator in SEPARATORS:
            yield Sample(separator, _parse_sample(lines, separator))

    def chunks(self, shape: Shape) -> Iterator[Chunk]:
        """All rows below the header that are not blank."""
        self._text.seek(0)
        return TextRows(self._text, shape).chunks()


class WorkbookTable:
    """A list in one of the sheets of a workbook."""

    def __init__(self, book: Workbook) -> None:
        self._sheets = list(book.sheets())

    def samples(self) -> Iterator[Sample]:
        """The first rows of each sheet."""
        for sheet in self._sheets:
            yield Sample("", sheet.head(SAMPLE_ROWS), sheet.name)

    def chunks(self, shape: Shape) -> Iterator[Chunk]:
        """All rows below the header that are not blank."""
        sheet = next(one for one in self._sheets if one.name == shape.sheet)
        return _sheet_chunks(sheet, shape)


def _sheet_chunks(sheet: Sheet, shape: Shape) -> Iterator[Chunk]:
    rows = sheet.rows()
    number = sum(1 for _ in islice(rows, shape.header_row))
    fitter = Fitter(len(shape.header))
    while batch := list(islice(rows, _SHEET_CHUNK)):
        yield fitter.chunk(number, batch, header_row=shape.header_row)
        number += len(batch)


def _parse_sample(lines: list[str], separator: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(csv_reader(lines, separator))
    except csv.Error:
        # A cell out of bounds: what came before it is sample enough.
        return rows
    return rows
