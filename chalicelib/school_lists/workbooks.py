"""Excel workbooks as rows of texts: XLSX, and XLS of older programs.

A sheet is held in memory as a rectangle, so a workbook is looked through before it is opened: one cell in the last
corner of a sheet would claim more memory than there is.
"""

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from chalicelib.school_lists import archives, slices
from chalicelib.school_lists.models import UnusableList
from chalicelib.school_lists.slices import Large

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_CELLS: Final = 16_000_000
"""Cells of a sheet's rectangle: twice what 100,000 rows of 72 columns need."""
_LARGE: Final = 3_000_000
"""Cells from which a sheet is read in slices, which takes a little longer; until then it takes 300 MB at most."""
_CELLS_AT_ONCE: Final = 1_000_000
"""Cells of a slice: some 100 MB."""
MAX_COLUMNS: Final = 1000
_SAVE_AS: Final = "Open it in a spreadsheet program, save it as XLSX or as CSV UTF-8, and upload that."
_OLD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_ROW: Final = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d{4,8})"')
_OVERLAP: Final = 512
_MERGED: Final = re.compile(rb"<(\w+:)?mergeCells\b.*?</(?:\w+:)?mergeCells>", re.DOTALL)
_NEW: Final = "Excel workbook (XLSX)"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_workbook(stream: BinaryIO) -> bool:
    """Whether a file is an office program's: an XLSX workbook or something like it. Leaves the stream at 0."""
    stream.seek(0)
    head = stream.read(8)
    stream.seek(0)
    return head == _OLD or (head.startswith(b"PK\x03\x04") and archives.is_office(stream))


@contextmanager
def opened(stream: BinaryIO) -> Iterator["Workbook"]:
    """The workbook in a stream. Raises ``UnusableList`` where it cannot be read, and why."""
    stream.seek(0)
    old = stream.read(8) == _OLD
    large = _check_old(stream) if old else _check_new(stream)
    stream.seek(0)
    with ExitStack() as stack:
        if large is not None:
            rows = _CELLS_AT_ONCE // large.columns
            file = cast(BinaryIO, stack.enter_context(tempfile.TemporaryFile()))
            if slices.first_slice(stream, large, rows, file):
                book = stack.enter_context(_book(file))
                file.close()
                yield Workbook(book, _NEW, partial(slices.further_slices, stream, large, rows))
                return
            stream.seek(0)
        book = stack.enter_context(_book(stream))
        yield Workbook(book, "Excel workbook (XLS)" if old else _NEW)


@contextmanager
def _book(stream: BinaryIO) -> Iterator["CalamineWorkbook"]:
    with _refusing():
        from python_calamine import CalamineWorkbook, WorkbookClosed

        book = CalamineWorkbook.from_filelike(stream)
    try:
        yield book
    finally:
        with suppress(WorkbookClosed):
            book.close()


class Workbook:
    """The sheets of a workbook."""

    def __init__(
        self, book: "CalamineWorkbook", kind: str, further: Callable[[], Iterator[BinaryIO]] | None = None
    ) -> None:
        self._book = book
        self._further = further
        self.kind = kind

    def sheets(self) -> Iterator["Sheet"]:
        """The sheets with cells in them, in the workbook's order, those that are hidden last; once."""
        with _refusing():
            metadata = list(self._book.sheets_metadata)
        visible = [one.name for one in metadata if str(one.visible).endswith(".Visible")]
        hidden = [one.name for one in metadata if one.name not in visible]
        for name in (*visible, *hidden):
            try:
                sheet = self._book.get_sheet_by_name(name)
            except Exception:  # noqa: BLE001, S112 - a chart, or a sheet that the library cannot read, is no list
                continue
            if sheet.height and sheet.width:
                yield Sheet(sheet, self._further)
        # The sheets are held by themselves; the texts that their cells share are not needed any more.
        self._book.close()


class Sheet:
    """One sheet: rows of texts."""

    def __init__(
        self, sheet: "CalamineSheet", further: Callable[[], Iterator[BinaryIO]] | None = None
    ) -> None:
        self._sheet = sheet
        self._further = further
        self.name = sheet.name
        self.width = sheet.width
        # Blank rows above the first cell are given by the library, blank columns before it are not.
        self._first_column = _first_column(sheet)

    def rows(self) -> Iterator[list[str]]:
        """All rows, blank ones too."""
        count = 0
        for row in self._sheet.iter_rows():
            count += 1
            yield [cell if cell.__class__ is str else text_of(cell) for cell in row]
        if self._further is None:
            return
        for file in self._further():
            for cells in self._slice(file, count):
                count += 1
                yield cells

    def _slice(self, file: BinaryIO, before: int) -> Iterator[list[str]]:
        """The rows of a slice, which come behind others. Nothing of it is held once they are read."""
        with _book(file) as book:
            sheet = book.get_sheet_by_name(self.name)
            book.close()
            missing = _first_column(sheet) - self._first_column
            for row in islice(sheet.iter_rows(), before, None):
                cells = [cell if cell.__class__ is str else text_of(cell) for cell in row]
                # A slice is as wide as what is filled in it; what nothing stands above has no header either.
                cells = [""] * missing + cells if missing >= 0 else cells[-missing:]
                yield (cells + [""] * (self.width - len(cells)))[: self.width]

    def head(self, count: int) -> list[list[str]]:
        """The first rows, with titles that stretch over merged cells repeated in each of them."""
        rows = list(islice(self.rows(), count))
        for (top, left), (bottom, right) in self._sheet.merged_cell_ranges or ():
            row, first, last = top, left - self._first_column, right - self._first_column
            if top == bottom and row < len(rows) and 0 <= first < last < self.width and last - first < 50:
                rows[row][first : last + 1] = [rows[row][first]] * (last - first + 1)
        return rows


def _first_column(sheet: "CalamineSheet") -> int:
    return (sheet.start or (0, 0))[1]


def text_of(cell: Any) -> str:
    """A cell's value as a person reads it: whole numbers without a point, days without midnight."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turns what the library raises, its panics too, into a refusal."""
    from python_calamine import PasswordError

    try:
        yield
    except PasswordError as error:
        raise _locked() from error
    except (UnusableList, GeneratorExit, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the library's panics are no Exceptions
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise UnusableList(
            "The workbook is damaged, not whole, or of a kind that is not read.", _SAVE_AS
        ) from error


def _locked() -> UnusableList:
    return UnusableList(
        "The workbook is protected with a password.", "Save it without a password, and upload that."
    )


def _check_old(stream: BinaryIO) -> Large | None:
    """Refuses an old container that holds an encrypted workbook; the library tells less clearly."""
    stream.seek(0)
    carry = b""
    while piece := stream.read(archives.PIECE):
        if _ENCRYPTED in carry + piece:
            raise _locked()
        carry = piece[-64:]
    return None


def _check_new(stream: BinaryIO) -> Large | None:
    """Looks a workbook through before it is opened, and gives the sheet that is to be read in slices, if one is."""
    extents: dict[str, _Extent] = {}

    def looker(name: str) -> Callable[[bytes], None] | None:
        return extents.setdefault(name, _Extent()) if slices.is_sheet(name) else None

    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" not in names and not any(one.endswith("/workbook.xml") for one in names):
                raise UnusableList(
                    "The file is a document of an office program, and no XLSX workbook.", _SAVE_AS
                )
            archives.check_parts(archive, _size(stream), looker)
    except archives.DAMAGED as error:
        raise UnusableList(
            "The workbook is damaged or not whole.", "Save it again and upload that."
        ) from error
    found = [large for name, one in extents.items() if (large := one.large(name)) is not None]
    return found[0] if len(found) == 1 else None


def _size(stream: BinaryIO) -> int:
    place = stream.tell()
    size = stream.seek(0, 2)
    stream.seek(place)
    return size


class _Extent:
    """Finds a sheet's last row and column by the names of its cells, and refuses a rectangle out of bounds."""

    def __init__(self) -> None:
        self._rows, self._columns = 1, len(_LETTERS)
        self._carry = b""
        self._end = b""

    def large(self, part: str) -> Large | None:
        """The sheet, where it is to be read in slices. Merged cells stand behind the rows; long lists are left out."""
        if self._rows * self._columns <= _LARGE:
            return None
        found = _MERGED.search(self._end)
        return Large(part, self._columns, found[0] if found else b"")

    def __call__(self, piece: bytes) -> None:
        text = self._carry + piece
        self._rows = max(self._rows, *map(int, _ROW.findall(text)), 1)
        place = 0
        while found := _beyond(self._columns).search(text, place):
            self._columns, place = _number(found[1]), found.end()
        self._carry = piece[-_OVERLAP:]
        if self._end or b"sheetData>" in text:
            self._end += piece if self._end else text
            self._end = self._end[: 2 * archives.PIECE]
        if self._columns > MAX_COLUMNS:
            raise UnusableList(
                f"A sheet has {self._columns:,} columns; at most {MAX_COLUMNS:,} are read.",
                "A list has one school per row: check that rows and columns were not swapped, and delete what "
                "stands far to the right.",
            )
        if self._rows * self._columns > MAX_CELLS:
            raise UnusableList(
                f"A sheet reaches over {self._rows:,} rows and {self._columns:,} columns, which is more than is read "
                "at once.",
                "Save the sheet as CSV, which has no such limit, and upload that.",
            )


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.decode():
        number = number * 26 + _LETTERS.index(letter) + 1
    return number


@lru_cache(maxsize=MAX_COLUMNS + 64)
def _beyond(column: int) -> re.Pattern[bytes]:
    """Matches the name of a cell to the right of a column."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = _LETTERS[rest] + name
    choices = [f"[A-Z]{{{len(name) + 1},3}}"] if len(name) < 3 else ["[A-Z]{4}"]
    for place, letter in enumerate(name):
        if letter != "Z":
            following = _LETTERS[_LETTERS.index(letter) + 1]
            choices.append(f"{name[:place]}[{following}-Z]{'[A-Z]' * (len(name) - place - 1)}")
    return re.compile(rf'r="({"|".join(choices)})\d'.encode())
