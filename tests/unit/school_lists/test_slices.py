"""Large sheets, which are read in slices: the same rows as in one piece."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.school_lists import slices, workbooks


def book_of(*sheets: Callable[[Any], None]) -> bytes:
    """A workbook whose sheets are filled by functions."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, fill in enumerate(sheets):
        fill(book.create_sheet(f"Sheet {number}"))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(content: bytes) -> list[tuple[str, list[list[str]], list[list[str]], list[list[str]]]]:
    """Every sheet: its name, its first rows, and all of them twice."""
    with workbooks.opened(io.BytesIO(content)) as book:
        return [(one.name, one.head(3), list(one.rows()), list(one.rows())) for one in book.sheets()]


def whole_and_sliced(content: bytes, cells: int, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any]:
    whole = read(content)
    monkeypatch.setattr(workbooks, "_CELLS_AT_ONCE", cells)
    monkeypatch.setattr(workbooks, "_LARGE", cells)
    # The bounds do not look at the first thousand rows, which is all that these sheets have.
    monkeypatch.setattr(workbooks, "_ROW", re.compile(workbooks._ROW.pattern.replace(b"{4,8}", b"{1,8}")))
    return whole, read(content)


def slices_of(content: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """In how many further slices a workbook is read."""
    counted: list[object] = []
    further = slices.further_slices

    def counting(*asked: Any) -> Any:
        for one in further(*asked):
            counted.append(one)
            yield one

    monkeypatch.setattr(slices, "further_slices", counting)
    with workbooks.opened(io.BytesIO(content)) as book:
        for sheet in book.sheets():
            list(sheet.rows())
    return len(counted)


def schools(sheet: Any) -> None:
    """A title over merged cells, a header, rows of which some are blank or begin late, and values of all kinds."""
    sheet["B1"] = "Schools of the state"
    sheet.merge_cells("B1:D1")
    sheet.append([None, "name", "opened", "pupils", "share"])
    for number in range(3, 60):
        if number % 10 == 0:
            continue
        sheet.cell(number, 3, date(2001, 2, 3))
        sheet.cell(number, 4, number)
        if not 20 < number < 40:
            sheet.cell(number, 2, f"School & <{number}> row")
        if number == 55:
            sheet.cell(number, 5, 0.25)


def notes(sheet: Any) -> None:
    sheet.append(["Notes"])
    sheet.append(["Closed schools are left out."])


# The rectangle is as wide as the alphabet at least.
@pytest.mark.parametrize(("rows", "further"), [(2, 26), (3, 17), (7, 7), (19, 2), (53, 1), (58, 0), (59, 0)])
def test_slices_have_the_rows_of_the_whole(rows: int, further: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = book_of(schools)
    whole, sliced = whole_and_sliced(content, 26 * rows, monkeypatch)
    assert sliced == whole
    assert slices_of(content, monkeypatch) == further


def test_the_large_sheet_may_be_any(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, sliced = whole_and_sliced(book_of(notes, schools, notes), 26 * 8, monkeypatch)
    assert sliced == whole


def test_two_large_sheets_are_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, sliced = whole_and_sliced(book_of(schools, schools), 26 * 8, monkeypatch)
    assert sliced == whole


def test_a_sheet_in_a_namespace_of_its_own_is_cut_too(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book_of(schools))) as source, zipfile.ZipFile(packed, "w") as target:
        for one in source.infolist():
            text = source.read(one)
            if slices.is_sheet(one.filename):
                text = text.replace(b"xmlns=", b"xmlns:x=").replace(b"<", b"<x:").replace(b"<x:/", b"</x:")
                text = text.replace(b"<x:?", b"<?")
            target.writestr(one.filename, text)
    whole, sliced = whole_and_sliced(packed.getvalue(), 26 * 8, monkeypatch)
    assert len(whole[0][2]) == 59
    assert sliced == whole


@given(
    st.lists(st.lists(st.sampled_from(("", "a", "row", "<row r=", "\u00e9")), max_size=4), max_size=30),
    st.data(),
)
def test_wherever_a_sheet_is_cut_nothing_is_lost(rows: list[list[str]], data: st.DataObject) -> None:
    def fill(sheet: Any) -> None:
        for row in (["header"] * 4, *rows):
            sheet.append([cell or None for cell in row])

    content = book_of(fill, notes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "PIECE", data.draw(st.sampled_from((70, 4096))))
        patch.setattr(slices, "_TAG", 16)
        whole, sliced = whole_and_sliced(content, 26 * data.draw(st.integers(1, 9)), patch)
    assert sliced == whole
