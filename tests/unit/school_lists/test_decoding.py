"""What kind of file it is, and how its bytes become text."""

import gzip
import io
import zipfile

import pytest

from chalicelib.school_lists import decoding
from chalicelib.school_lists.models import UnusableList
from tests.unit.school_lists.lists import read

LIST = "name,city,state,zip\nEscuela de Mecánica,Missoula,MT,59801\n"


def zipped() -> bytes:
    """An archive that would be a thousand times larger unpacked."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schools.csv", b"0" * 2_000_000)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "label"),
    [
        (LIST.encode(), "UTF-8"),
        (LIST.encode("utf-8-sig"), "UTF-8 with byte order mark"),
        (LIST.encode("cp1252"), "Windows-1252"),
        (LIST.encode("utf-16"), "UTF-16"),
        (LIST.encode("utf-16-le"), "UTF-16 without byte order mark"),
        (LIST.encode("utf-16-be"), "UTF-16 without byte order mark"),
        (LIST.encode("utf-32"), "UTF-32"),
    ],
)
def test_every_encoding_gives_the_same_school_and_is_named(content: bytes, label: str) -> None:
    reading = read(content)
    assert reading.names == ["Escuela de Mecánica"]
    assert reading.opened.encoding == label


def test_the_letters_of_windows_1252_alone_are_read() -> None:
    reading = read("name,zip\nO\u2019Fallon \u2013 “Café” Tech,59801\n".encode("cp1252"))
    assert reading.names == ["O\u2019Fallon \u2013 “Café” Tech"]


def test_a_stray_character_does_not_make_a_whole_utf_8_file_another_encoding() -> None:
    content = "name,zip\nMecánica Uno é,59801\nMecánica Dos,60601\n".encode() + "Café,02139\n".encode(
        "cp1252"
    )
    reading = read(content)
    assert reading.names == ["Mecánica Uno é", "Mecánica Dos", "Café"]
    assert reading.opened.encoding == "UTF-8 with 1 stray characters of Windows-1252"


def test_an_encoding_is_found_though_its_first_letter_comes_late() -> None:
    rows = "".join(f"School {number},59801\n" for number in range(30_000))
    reading = read(f"name,zip\n{rows}Café,59801\n".encode("cp1252"))
    assert reading.names[-1] == "Café"
    assert len(reading.names) == 30_001


def test_a_file_cut_off_inside_a_letter_is_still_utf_8() -> None:
    assert read("name,zip\nMecánica é,59801\nEscuela á".encode()[:-1]).names == ["Mecánica é"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "empty"),
        (b"\x00" * 5000, "empty"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 9, "JPEG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "PDF"),
        (gzip.compress(b"\xff\xd8\xff\xe0", mtime=0), "JPEG"),
        (gzip.compress(LIST.encode(), mtime=0)[:40], "damaged"),
        (b"PK\x05\x06" + bytes(18), "empty ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "damaged"),
        (b"<!DOCTYPE html>\n<html><body>404, not found</body></html>", "web page"),
        (b"\n<HTML><head></head>", "web page"),
        (b"<?xml version='1.0'?><schools/>", "XML"),
        (b'{"schools": [1, 2]}', "JSON"),
        (b"name,zip\nA school,59801\nAnother\x00 school,60601\n", "NUL characters (the first after line 2"),
        (b"name,zip\n" + b"x" * (decoding.MAX_LINE + 10), "Line 2 has more than"),
        (b"\x01\x02\x03\x04\x05\x06,\x07\x08\n" * 50, "control characters"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason_and_a_remedy(content: bytes, says: str) -> None:
    with pytest.raises(UnusableList) as refused:
        read(content)
    assert says in refused.value.reason
    assert refused.value.remedy


def test_memory_stays_bounded_in_a_line_without_end() -> None:
    class Endless(io.RawIOBase):
        """A line of 200 MB that counts how much of it was held at once."""

        largest = given = 0

        def seek(self, *_: int) -> int:
            self.given = 0
            return 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= decoding.PIECE
            self.given += size
            self.largest = max(self.largest, self.given)
            return b"a" * size if self.given < 200_000_000 else b""

    endless = Endless()
    with pytest.raises(UnusableList, match="more than 1,048,576 characters"):
        decoding.detect(endless)  # type: ignore[arg-type]


def test_a_long_line_is_found_wherever_it_lies_between_the_pieces() -> None:
    short = b"name,zip\n" + b"A school,59801\n" * (decoding.PIECE // 15)
    with pytest.raises(UnusableList, match=r"Line \d+ has more than"):
        read(short + b"x" * (decoding.MAX_LINE + 1) + b"\n")
    assert read(short + b"School" + b"x" * 150 + b",59801\n").records


def test_a_list_padded_with_nul_characters_is_no_utf_16() -> None:
    with pytest.raises(UnusableList, match="after line 2"):
        read(b"name,zip\nOak School,59801\n" + bytes(5000))


def test_workbooks_of_the_first_excels_are_named() -> None:
    with pytest.raises(UnusableList, match="Excel workbook of 1990"):
        read(b"\x09\x02\x06\x00\x00\x00\x10\x00")
