"""Workbooks: which sheet, which rows, and what a cell says."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter as letters

from chalicelib.school_lists import workbooks
from chalicelib.school_lists.models import ColumnMapping, ListOptions, UnusableList
from tests.unit.school_lists.lists import read


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(*sheets: list[list[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    return book


HEADER = ["School", "Street", "City", "State", "ZIP", "Phone"]
ROW: list[Any] = ["Lincoln School", "1 Main St", "Cambridge", "MA", 2139, 6175550123]


def test_numbers_are_read_as_what_they_stand_for() -> None:
    (record,) = read(saved(workbook([HEADER, ROW]))).records
    assert (record.zip, record.phone) == ("02139", "+16175550123")


def test_the_first_sheet_with_a_header_counts_and_rows_have_the_numbers_of_the_spreadsheet() -> None:
    book = workbook([["About this list"], ["See the next sheet", "please"]], [])
    sheet = book.worksheets[1]
    sheet["C2"] = "Schools of 2024"
    for place, cell in enumerate(HEADER):
        sheet.cell(4, 3 + place, cell)
        sheet.cell(5, 3 + place, ROW[place])
        sheet.cell(7, 3 + place, "" if place == 0 else ROW[place])
    reading = read(saved(book))
    assert reading.opened.shape.sheet == sheet.title
    assert (reading.opened.header_row, reading.opened.separator) == (4, None)
    assert [number for number, record in reading.rows if record] == [5]
    assert [(problem.row, problem.column) for problem in reading.rejected] == [(7, "School")]


def test_a_header_of_two_rows_with_merged_cells() -> None:
    book = workbook(
        [
            ["School", None, "Physical Address", None, None, None],
            ["Name", "Number", "Street", "City", "State", "ZIP"],
            ["Lincoln School", 7, "1 Main St", "Cambridge", "MA", 2139],
        ]
    )
    book.worksheets[0].merge_cells("A1:B1")
    book.worksheets[0].merge_cells("C1:F1")
    reading = read(saved(book))
    assert reading.names == ["Lincoln School"]
    assert reading.opened.header_row == 2


def test_a_header_whose_parts_stand_in_two_rows() -> None:
    reading = read(
        "School Name,Address,,,Phone\n,Street,City,ZIP,\nLincoln School,1 Main St,Missoula,59801,4065550123\n"
    )
    (record,) = reading.records
    assert (record.street, record.city, record.zip) == ("1 Main St", "Missoula", "59801")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (2139.0, "2139"),
        (1.5, "1.5"),
        (True, "TRUE"),
        (None, ""),
        (datetime(2024, 5, 1), "2024-05-01"),  # noqa: DTZ001
        (datetime(2024, 5, 1, 8, 30), "2024-05-01 08:30:00"),  # noqa: DTZ001
        (date(2024, 5, 1), "2024-05-01"),
        (time(8, 30), "08:30:00"),
        (300000100001.0, "300000100001"),
    ],
)
def test_cells_as_a_person_reads_them(cell: Any, text: str) -> None:
    assert workbooks.text_of(cell) == text


def far_corner() -> bytes:
    book = workbook([HEADER, ROW])
    book.worksheets[0].cell(1_048_576, 2, "x")
    book.worksheets[0].cell(2, 900, "x")
    return saved(book)


def too_wide() -> bytes:
    book = workbook([HEADER, ROW])
    book.worksheets[0].cell(1, 16_384, "x")
    return saved(book)


def other_document() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return target.getvalue()


def spoiled() -> bytes:
    source = zipfile.ZipFile(io.BytesIO(saved(workbook([HEADER, ROW]))))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, b"<" if name == "xl/workbook.xml" else source.read(name))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        # Either would claim more memory than there is, and end the process.
        (far_corner(), "reaches over 1,048,576 rows"),
        (too_wide(), "16,384 columns"),
        (other_document(), "no XLSX workbook"),
        (spoiled(), "damaged"),
        (saved(workbook([HEADER, ROW]))[:-200], "damaged"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 900 + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 900, "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(content: bytes, says: str) -> None:
    with pytest.raises(UnusableList) as refused:
        read(content)
    assert says in refused.value.reason
    assert refused.value.remedy


@pytest.mark.parametrize("column", [1, 26, 27, 52, 53, 702, 703, 999])
def test_the_columns_to_the_right_of_a_column_are_told_from_it(column: int) -> None:
    beyond = workbooks._beyond(column)
    assert beyond.search(f'<c r="{letters(column)}7">'.encode()) is None
    assert beyond.search(f'<c r="{letters(column + 1)}7">'.encode()) is not None
    assert beyond.search(f'<c r="{letters(16_384)}7">'.encode()) is not None


def test_a_sheet_that_is_seen_goes_before_a_hidden_one() -> None:
    book = workbook([HEADER, ["Hidden School", *ROW[1:]]], [HEADER, ROW])
    book.worksheets[0].sheet_state = "hidden"
    book.active = 1
    assert read(saved(book)).names == ["Lincoln School"]


def test_sheets_that_are_lists_as_well_are_told_of() -> None:
    book = workbook([HEADER, ROW], [["About", "this"]], [HEADER, ["Adams School", *ROW[1:]]])
    reading = read(saved(book))
    assert reading.names == ["Lincoln School"]
    (told,) = reading.problems
    assert (told.value, told.row, told.rejected) == (book.worksheets[2].title, 1, False)
    assert "was not read" in told.reason


def test_a_summary_is_not_taken_for_the_list() -> None:
    book = workbook(
        [["School Name", "State", "City", "Count"], ["All Schools", "MA", "Cambridge", 1]], [HEADER, ROW]
    )
    assert read(saved(book)).names == ["Lincoln School"]


def test_a_header_far_down_is_found_or_named_by_a_mapping() -> None:
    notes = [[f"Note {number}"] for number in range(25)]
    assert read(saved(workbook([*notes, HEADER, ROW]))).opened.header_row == 26
    far = saved(workbook([*notes, *notes, HEADER, ROW]))
    with pytest.raises(UnusableList, match="among its first"):
        read(far)
    mapping = ColumnMapping("far", {"name": "School", "zip": "ZIP"}, {}, header_row=51)
    assert read(far, options=ListOptions(mapping=mapping)).names == ["Lincoln School"]
