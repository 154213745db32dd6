"""Opens a list: bytes to rows to records, or a refusal that says what is wrong with the file."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import BinaryIO, Final

from chalicelib.school_lists import archives, decoding, layouts, remarks, workbooks
from chalicelib.school_lists.collecting import no_collection
from chalicelib.school_lists.finding import Found, find
from chalicelib.school_lists.fitting import Chunk, Shape
from chalicelib.school_lists.layouts import Mapped
from chalicelib.school_lists.models import Gazetteer, ListOptions, Record, RowProblem
from chalicelib.school_lists.programs import ProgramsCleaner, folded
from chalicelib.school_lists.reading import Table, TextTable, WorkbookTable
from chalicelib.school_lists.row_chunks import Cleaned
from chalicelib.school_lists.rows import Cleaner

_NO_OPTIONS: Final = ListOptions()
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_REPEATED_HEADER: Final = "the header once more"


@dataclass(slots=True)
class OpenList:
    """A list that is understood: how it is written, what its columns hold, and how far it was read.

    ``source`` is what the list is called where something is remembered of it: its layout, or the mapping
    that it was read with. ``list_date`` is the first day of the year it tells of, or the day that was given.
    ``rows_read`` counts the rows so far that are not blank; ``passed_over`` those of them that are out of the
    layout's scope, by reason. ``other_sheets`` of the workbook hold lists as well; they are not read.
    """

    encoding: str
    shape: Shape
    mapped: Mapped
    list_date: date | None
    _table: Table
    _options: ListOptions
    other_sheets: tuple[str, ...] = ()
    rows_read: int = 0
    passed_over: Counter[str] = field(default_factory=Counter)

    @property
    def layout(self) -> str:
        """The layout's name."""
        return self.mapped.layout.name

    @property
    def source(self) -> str:
        """What the list is called."""
        return self.mapped.source

    @property
    def separator(self) -> str | None:
        """The separator's name, None in a workbook."""
        return None if self.shape.sheet else self.shape.separated_by

    @property
    def header_row(self) -> int | None:
        """The number of the header's row, None where there is none."""
        return self.shape.header_row or None

    @property
    def confidence(self) -> float:
        """How sure it is which column holds what, from 0 to 1."""
        return self.mapped.confidence

    @property
    def header(self) -> tuple[tuple[str, str], ...]:
        """Each column's header with the field it was taken for, ``""`` for none."""
        return self.mapped.taken_for()

    def records(
        self, gazetteer: Gazetteer, report: Callable[[RowProblem], None]
    ) -> Iterator[tuple[int, Record | None]]:
        """Every row that is not blank: its number and its record, or None where it was rejected.

        ``report`` is given what is wrong, before the row it belongs to. Rows of one school in a list of
        programs are one record. Can be repeated, with the same result.
        """
        self.rows_read = 0
        self.passed_over.clear()
        rows = self._rows(gazetteer, report)
        layout = self.mapped.layout
        # A list of anyone's that has programs may have a row for each; one of its own layout has it as it has it.
        several = layout.several_rows or (layout.any_list and "programs" in self.mapped.positions)
        return folded(rows) if several else rows

    def _rows(
        self, gazetteer: Gazetteer, report: Callable[[RowProblem], None]
    ) -> Iterator[tuple[int, Record | None]]:
        cleaner = (
            ProgramsCleaner(self.mapped)
            if self.mapped.layout.extends
            else Cleaner(self.mapped, gazetteer, self._options.default_state)
        )
        cleaner.passed_over = self.passed_over
        for name in self.other_sheets:
            report(remarks.sheet_not_read(self.shape.header_row, name))
        header = list(self.shape.header)
        chunks = self._table.chunks(self.shape)
        while True:
            with no_collection():
                chunk = next(chunks, None)
                if chunk is None:
                    return
                if header in chunk.rows:
                    self._drop_headers(chunk, header)
                cleaned = cleaner.clean(chunk)
            if not cleaned.troubles and not chunk.problems and not cleaned.passed_over:
                pairs = zip(chunk.numbers, cleaned.records, strict=True)
                for rows_read, pair in enumerate(pairs, self.rows_read + 1):
                    self.rows_read = rows_read
                    yield pair
                continue
            yield from self._in_order(chunk, cleaned, report)

    def _in_order(
        self, chunk: Chunk, cleaned: Cleaned, report: Callable[[RowProblem], None]
    ) -> Iterator[tuple[int, Record | None]]:
        """A chunk's rows with all that is wrong, in the order of the file."""
        lost = deque(sorted(chunk.problems, key=lambda one: one.row))
        for place, (number, record) in enumerate(zip(chunk.numbers, cleaned.records, strict=True)):
            while lost and lost[0].row < number:
                self.rows_read += 1
                report(lost.popleft())
            self.rows_read += 1
            for problem in cleaned.troubles.get(place, ()):
                report(problem)
            if place not in cleaned.passed_over:
                yield number, record
        for problem in lost:
            self.rows_read += 1
            report(problem)

    def _drop_headers(self, chunk: Chunk, header: list[str]) -> None:
        """Exports of several pages repeat the header on each."""
        kept = [(number, row) for number, row in zip(chunk.numbers, chunk.rows, strict=True) if row != header]
        repeated = len(chunk.rows) - len(kept)
        self.passed_over[_REPEATED_HEADER] += repeated
        self.rows_read += repeated
        chunk.numbers, chunk.rows = [number for number, _ in kept], [row for _, row in kept]


@contextmanager
def open_list(stream: BinaryIO, options: ListOptions | None = None) -> Iterator[OpenList]:
    """A list from a seekable stream, which stays open. ``options`` say what is known of it beside the file.

    Raises ``UnusableList`` where the file is no list, or a list that is not understood.
    """
    options = options or _NO_OPTIONS
    with ExitStack() as stack:
        inner, archive = stack.enter_context(archives.unpacked(stream))
        table: Table
        if workbooks.is_workbook(inner):
            book = stack.enter_context(workbooks.opened(inner))
            table, encoding = WorkbookTable(book), book.kind
        else:
            decoded = decoding.detect(inner)
            text = decoding.text_of(inner, decoded)
            stack.callback(text.detach)
            table, encoding = TextTable(text), decoded.label
        found = find(table, options)
        label = f"{encoding} in {archive}" if archive else encoding
        told = _date_of(table, found, options, f"{options.filename or ''} {archive}")
        yield OpenList(label, found.shape, found.mapped, told, table, options, found.others)


def _date_of(table: Table, found: Found, options: ListOptions, named: str) -> date | None:
    """The date of a list: as it was given, else the year that its rows tell, else the one in the file's name."""
    if options.list_date is not None:
        return options.list_date
    place = found.mapped.positions.get("list_year")
    constant = found.mapped.constants.get("list_year", "")
    cells = [constant]
    if place is not None:
        chunk = next(iter(islice(table.chunks(found.shape), 1)), None)
        cells += [row[place] for row in chunk.rows[:1]] if chunk else []
    for cell in cells:
        if match := _YEAR.search(cell):
            return date(int(match[0]), 1, 1)
    year = layouts.year_in_name(named, found.mapped.layout)
    return None if year is None else date(year, 1, 1)
