"""Compressed lists: what is inside, and what is never unpacked whole."""

import gzip
import io
import zipfile

import pytest

from chalicelib.school_lists import archives
from chalicelib.school_lists.models import ListOptions, UnusableList
from tests.unit.school_lists.lists import read

LIST = b"name,city,state,zip\nBig Sky School,Missoula,MT,59801\n"


def zipped(*files: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()


def test_a_list_in_gzip() -> None:
    reading = read(gzip.compress(LIST))
    assert reading.names == ["Big Sky School"]
    assert reading.opened.encoding == "ASCII in GZIP"


def test_the_only_list_in_a_zip_among_what_archivers_and_publishers_add() -> None:
    content = zipped(
        ("__MACOSX/._schools.csv", b"x"), ("d/", b""), ("d/schools.csv", LIST), ("readme.pdf", b"%PDF")
    )
    reading = read(content)
    assert reading.names == ["Big Sky School"]
    assert reading.opened.encoding == "ASCII in ZIP (schools.csv)"


def test_the_year_in_the_name_of_the_file_inside_counts() -> None:
    header = b"UNITID,INSTNM,STABBR,ZIP\n100654,Alabama A & M University,AL,35762\n"
    reading = read(zipped(("hd2019.csv", header)), options=ListOptions(filename="download.zip"))
    assert str(reading.opened.list_date) == "2019-01-01"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped(("a.csv", LIST), ("b.csv", LIST)), "2 lists: a.csv, b.csv"),
        (zipped(("a.pdf", b"x"), ("b.doc", b"y")), "None of the 2 files"),
        (zipped(("a.csv", gzip.compress(LIST))), "another archive"),
        (zipped(("a.csv", zipped(("b.csv", LIST)))), "another archive"),
        (zipped(("a.csv", LIST))[:60], "damaged"),
        (gzip.compress(LIST)[:-9], "damaged"),
    ],
    ids=["two lists", "no list", "gzip within", "zip within", "zip cut off", "gzip cut off"],
)
def test_what_is_not_unpacked(content: bytes, says: str) -> None:
    with pytest.raises(UnusableList) as refused:
        read(content)
    assert says in refused.value.reason
    assert refused.value.remedy


def test_a_password_is_named() -> None:
    content = bytearray(zipped(("a.csv", LIST)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnusableList, match="password"):
        read(bytes(content))


@pytest.mark.parametrize("pack", [gzip.compress, lambda zeros: zipped(("schools.csv", zeros))])
def test_a_bomb_is_not_unpacked_further_than_the_bounds(pack, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    written = 0

    class Counting(archives._Bound):
        def add(self, size: int) -> None:
            nonlocal written
            super().add(size)
            written = self.out

    monkeypatch.setattr(archives, "_Bound", Counting)
    monkeypatch.setattr(archives, "_FREE", 1_000_000)
    with pytest.raises(UnusableList, match="unpacks to more than"):
        read(pack(bytes(40_000_000)))
    assert 0 < written <= 40_000_000 / 2


def test_a_text_about_the_list_is_no_list() -> None:
    assert read(zipped(("hd.csv", LIST), ("README.txt", b"About"))).names == ["Big Sky School"]
    with pytest.raises(UnusableList, match=r"a\.csv, b\.csv"):
        read(zipped(("a.csv", LIST), ("b.csv", LIST), ("readme.txt", b"About")))
