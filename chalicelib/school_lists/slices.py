"""A large sheet in slices: workbooks that are as the whole one, but with some of the sheet's rows each.

The library that reads workbooks holds a sheet in memory twice while it reads it, so a wide list of a hundred thousand
rows would take more than a function should. Cut before it is read, it takes what one slice takes.
"""

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, BinaryIO, Final, NamedTuple, cast

from chalicelib.school_lists.archives import PIECE

_ROW: Final = re.compile(rb"<(?:\w+:)?row[ />]")
_VALUE: Final = re.compile(rb"<(?:\w+:)?[vt][ >]")
_DATA: Final = re.compile(rb"<((?:\w+:)?)sheetData\b")
_TAG: Final = 64
"""Bytes that the beginning of a row's tag has at most."""
_LONGEST_HEAD: Final = 4 * 1024 * 1024
_EMPTY: Final = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
)


class Large(NamedTuple):
    """A sheet that is read in slices: the part of the workbook that it is, its columns, and its merged cells as XML."""

    part: str
    columns: int
    merged: bytes


def first_slice(stream: BinaryIO, large: Large, rows: int, target: BinaryIO) -> bool:
    """Writes a workbook that has all sheets, and of the large one its first rows with its merged cells.

    False where nothing is in these rows.
    """
    with zipfile.ZipFile(stream) as archive, archive.open(large.part) as source:
        cutter = _Cutter(source, rows, large.merged)
        _write(archive, large.part, cutter, target, others=True)
        return cutter.filled


def further_slices(stream: BinaryIO, large: Large, rows: int) -> Iterator[BinaryIO]:
    """Workbooks with the rows that follow, in the same places, and nothing else. Each is good until the next."""
    with zipfile.ZipFile(stream) as archive, archive.open(large.part) as source:
        cutter = _Cutter(source, rows, b"")
        cutter.write(None)
        while cutter.more():
            with tempfile.TemporaryFile() as file:
                target = cast(BinaryIO, file)
                _write(archive, large.part, cutter, target, others=False)
                yield target


def _write(archive: zipfile.ZipFile, part: str, cutter: "_Cutter", target: BinaryIO, *, others: bool) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as book:
        for one in archive.infolist():
            with book.open(one.filename, "w", force_zip64=True) as copy:
                if one.filename == part:
                    cutter.write(copy)
                elif others or not is_sheet(one.filename):
                    _copy(archive, one, copy)
                else:
                    copy.write(_EMPTY)
    target.seek(0)


def is_sheet(part: str) -> bool:
    """Whether a part of a workbook is one of its sheets."""
    return "worksheets/" in part and part.endswith(".xml")


def _copy(archive: zipfile.ZipFile, one: zipfile.ZipInfo, target: IO[bytes]) -> None:
    with archive.open(one) as source:
        while piece := source.read(PIECE):
            target.write(piece)


class _Cutter:
    """Cuts a sheet before every so many rows. Each slice is a whole document, with the sheet's own beginning."""

    def __init__(self, source: IO[bytes], rows: int, merged: bytes) -> None:
        self._source = source
        self._most = rows
        self._merged = merged
        self._rest = b""
        self._ended = False
        self.filled = False
        self._head, self._tail = self._beginning()

    def more(self) -> bool:
        """Whether there are rows left."""
        return not self._ended

    def write(self, target: IO[bytes] | None) -> None:
        """Writes the next slice, or passes it over."""
        put: Callable[[bytes], object] = (lambda _: None) if target is None else target.write
        put(self._head)
        count = 0
        while True:
            # What may be the beginning of a tag that goes on in the next piece is looked at together with that.
            sure = len(self._rest) if self._ended else max(0, len(self._rest) - _TAG)
            for found in _ROW.finditer(self._rest, 0):
                if found.start() >= sure:
                    break
                count += 1
                if count > self._most:
                    self._look(found.start())
                    put(self._rest[: found.start()] + self._tail)
                    self._rest = self._rest[found.start() :]
                    self._ended = False
                    return
            self._look(sure)
            put(self._rest[:sure])
            self._rest = self._rest[sure:]
            if self._ended:
                return
            self._read()

    def _look(self, end: int) -> None:
        """Looks whether a cell has a value, as far as that is not known."""
        self.filled = self.filled or _VALUE.search(self._rest, 0, end) is not None

    def _beginning(self) -> tuple[bytes, bytes]:
        while (
            (found := _ROW.search(self._rest)) is None and not self._ended and len(self._rest) < _LONGEST_HEAD
        ):
            self._read()
        data = _DATA.search(self._rest)
        if found is None or data is None:
            return b"", b""
        head, self._rest = self._rest[: found.start()], self._rest[found.start() :]
        prefix = data[1]
        tail = b"</" + prefix + b"sheetData>" + self._merged + b"</" + prefix + b"worksheet>"
        return head, tail

    def _read(self) -> None:
        piece = self._source.read(PIECE)
        self._rest += piece
        self._ended = not piece
