"""Uploads that are no school lists: the Census Bureau's delineation of metropolitan areas."""

import csv
import io
from contextlib import ExitStack
from typing import BinaryIO, Final

from chalicelib.geography.service import HEAD_ROWS, is_delineation
from chalicelib.school_lists import archives, workbooks
from chalicelib.school_lists.models import UnusableList

DELINEATION: Final = "census_delineation"
"""What the layout of such an upload is called."""
_LARGEST: Final = 8 * 1024 * 1024
"""Bytes; the workbook has 140,000."""
_LOOKED_AT: Final = 4096
_TOLD_BY: Final = b"CBSA Code"


def delineation_in(stream: BinaryIO) -> list[list[str]] | None:
    """The rows of the sheet that a delineation is in, or None where the file is no delineation.

    Read are workbooks, and text that was saved of one with commas; either may be packed. What cannot be opened is no
    delineation: whoever reads it as a list says what is wrong with it. Leaves the stream at its beginning.
    """
    try:
        if stream.seek(0, io.SEEK_END) > _LARGEST:
            return None
        with ExitStack() as stack:
            file, _ = stack.enter_context(archives.unpacked(stream))
            if workbooks.is_workbook(file):
                return _in_workbook(stack.enter_context(workbooks.opened(file)))
            return _in_text(file)
    except UnusableList:
        return None
    finally:
        stream.seek(0)


def _in_workbook(book: workbooks.Workbook) -> list[list[str]] | None:
    for sheet in book.sheets():
        if is_delineation(sheet.head(HEAD_ROWS)):
            return list(sheet.rows())
    return None


def _in_text(file: BinaryIO) -> list[list[str]] | None:
    file.seek(0)
    if _TOLD_BY not in file.read(_LOOKED_AT):
        return None
    file.seek(0)
    body = file.read(_LARGEST)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return rows if is_delineation(rows) else None
