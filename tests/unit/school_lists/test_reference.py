"""Telling a delineation of metropolitan areas from a school list."""

import csv
import gzip
import io
import zipfile

import pytest

from chalicelib.geography.delineation_file import read_delineation
from chalicelib.school_lists.reference import delineation_in
from tests.unit.geography.delineations import delineation, table, workbook

BOOK = workbook(table())


def _text(encoding: str) -> bytes:
    body = io.StringIO(newline="")
    csv.writer(body).writerows(table())
    return body.getvalue().encode(encoding)


def _zip(name: str, body: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return packed.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        BOOK,
        gzip.compress(BOOK),
        _zip("list1.xlsx", BOOK),
        workbook([[""], *table()]),
        _text("utf-8"),
        _text("utf-8-sig"),
        _text("cp1252"),
    ],
    ids=["XLSX", "GZIP", "ZIP", "one row lower", "CSV", "with a mark", "Windows-1252"],
)
def test_a_delineation_is_found_in_whatever_it_is_written(body: bytes) -> None:
    stream = io.BytesIO(body)
    rows = delineation_in(stream)
    assert rows is not None
    assert read_delineation(rows) == delineation()
    assert stream.tell() == 0


def test_one_that_was_cut_off_is_still_known_for_what_it_is() -> None:
    assert delineation_in(io.BytesIO(workbook(table()[:20]))) is not None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"name,zip\nCedar College,59801\n",
        b"\xff\xd8\xff\xe0 a picture",
        BOOK[: len(BOOK) // 2],
        b"PK\x03\x04",
        workbook([["name", "zip"], ["Cedar College", "59801"]]),
        b"CBSA Code,name\n33540,Missoula\n",
        b"CBSA Code" + bytes(9 * 1024 * 1024),
    ],
    ids=[
        "nothing",
        "a list",
        "a picture",
        "half a workbook",
        "the beginning of one",
        "a workbook",
        "text",
        "too large",
    ],
)
def test_anything_else_is_left_to_the_reader_of_lists(body: bytes) -> None:
    stream = io.BytesIO(body)
    assert delineation_in(stream) is None
    assert stream.tell() == 0
