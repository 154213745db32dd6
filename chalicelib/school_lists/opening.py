"""Opens a list: bytes to rows to records, or a refusal that says what is wrong with the file."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from chalicelib.school_lists import decoding, layouts, reading
from chalicelib.school_lists.layouts import Mapped
from chalicelib.school_lists.models import Gazetteer, RowProblem, SchoolRecord, UnusableList
from chalicelib.school_lists.reading import Shape, Unrecognized
from chalicelib.school_lists.rows import RowCleaner


@dataclass(frozen=True, slots=True)
class OpenList:
    """A list that is understood: how it is written, and what its columns hold."""

    encoding: str
    shape: Shape
    mapped: Mapped
    _text: io.TextIOBase

    def records(
        self, gazetteer: Gazetteer, report: Callable[[RowProblem], None]
    ) -> Iterator[tuple[int, SchoolRecord | None]]:
        """Every row that is not blank: its number and its record, or None where it was rejected.

        ``report`` is given what is wrong, before the row it belongs to. Can be repeated, with the same
        result.
        """
        clean = RowCleaner(self.mapped, gazetteer, report)
        for number, cells in reading.read_rows(self._text, self.shape, report):
            yield number, clean(number, cells)


@contextmanager
def open_list(stream: BinaryIO, layout: str | None = None) -> Iterator[OpenList]:
    """A list from a seekable stream, which stays open. ``layout`` names the layout to use instead of recognizing one.

    Raises ``UnusableList`` where the file is no list, or a list in no layout known.
    """
    encoding = decoding.detect(stream)
    text = decoding.text_of(stream, encoding)
    try:
        yield _understood(text, encoding.label, layout)
    finally:
        text.detach()


def _understood(text: io.TextIOBase, encoding: str, layout: str | None) -> OpenList:
    def recognize(header: list[str], below: list[list[str]]) -> Mapped | None:
        if layout is None:
            return layouts.recognize(header, below)
        mapped = layouts.lay_over(layouts.layout(layout), header, below)
        return None if layouts.missing(mapped) else mapped

    try:
        shape, mapped = reading.find_shape(text, recognize)
    except Unrecognized as error:
        raise _refusal(error, layout or "plain") from None
    return OpenList(encoding, shape, mapped, text)


def _refusal(error: Unrecognized, layout: str) -> UnusableList:
    if error.shape is None:
        return UnusableList(
            "The file has no row with two or more columns, so it has no header.",
            "Upload a list with a header row and one school per row, its columns separated by commas.",
        )
    mapped = layouts.lay_over(layouts.layout(layout), error.shape.header, error.below)
    lacking = layouts.missing(mapped)
    taken = mapped.taken_for()
    return UnusableList(
        f"No row of the file is a header of a known layout. The likeliest, row {error.shape.header_row}, "
        f"separated by {reading.SEPARATORS[error.shape.separator]}, lacks: {', '.join(lacking)}.",
        "Name the columns as in the plain layout: name, street, city, state, zip, phone, website and so on; at least "
        "name and zip, or name, city and state. Rows that are no table below the header can also be the cause.",
        taken,
        lacking,
    )
