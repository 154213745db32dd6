"""Whatever the file, there is a list or a refusal, and every record is fit to be stored."""

import io
import random
from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.organizations.imports import new_school
from chalicelib.organizations.service import Organization, Telling
from chalicelib.school_lists.directory import imported
from chalicelib.school_lists.models import UnusableList
from chalicelib.school_lists.opening import open_list
from chalicelib.school_lists.placing import MOST_TEXT
from tests.unit.school_lists.lists import Reading, read

NOW = datetime(2026, 6, 15, tzinfo=UTC)
TELLING = Telling("plain", "2026-06-15", "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a11")
NEW_ID = "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"
CELLS = st.one_of(
    st.sampled_from(
        ["59801", "MT", "Missoula", "", " ", '"', '""', "-", "47.0604", "1e5", "=1", "é", "a\nb", "x" * 300]
    ),
    st.sampled_from(["www.example.edu", "406-555-0123", "secondary", "17", "300000100001"]),
    st.text(max_size=12),
)
ROWS = st.lists(st.lists(CELLS, max_size=12), max_size=6)


def attempt(content: bytes) -> Reading | None:
    try:
        reading = read(content)
    except UnusableList:
        return None
    for record in reading.records:
        school = new_school(imported(record), NEW_ID, TELLING, NOW)
        assert Organization.model_validate_json(school.model_dump_json()) == school
        assert 1 <= len(record.name) <= MOST_TEXT
        assert record.name.isprintable()
        assert len(record.zip) == 5
        for text in (record.street, record.city, record.website, record.phone):
            assert text is None or (text.isprintable() and 1 <= len(text) <= 300)
    rejected = sum(record is None for _, record in reading.rows)
    assert rejected <= len(reading.rejected)
    return reading


@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe\x00\x00")
@example(b'name,zip\n"')
@settings(max_examples=300, deadline=None)
def test_any_bytes(content: bytes) -> None:
    attempt(content)


@given(ROWS, st.sampled_from([",", "\t", ";", "|", "^"]), st.sampled_from(["\n", "\r\n", "\r"]))
@settings(max_examples=300, deadline=None)
def test_any_cells_below_a_good_header(rows: list[list[str]], separator: str, end: str) -> None:
    header = [
        "name",
        "street",
        "city",
        "state",
        "zip",
        "phone",
        "website",
        "nces_id",
        "programs",
        "level",
        "enrolment",
    ]
    lines = [header, ["Big Sky", "1 Main St", "Missoula", "MT", "59801"], *rows]
    content = end.join(separator.join(row) for row in lines)
    attempt(content.encode("utf-8", "replace"))


@given(st.integers(min_value=0, max_value=2**32), st.sampled_from(["utf-8", "cp1252", "utf-16"]))
@settings(max_examples=100, deadline=None)
def test_a_good_list_with_bytes_changed_anywhere(seed: int, encoding: str) -> None:
    rows = "".join(f'"School {number}","1 Main, St",Missoula,MT,59801\r\n' for number in range(20))
    content = bytearray(f"name,street,city,state,zip\r\n{rows}".encode(encoding))
    generator = random.Random(seed)
    for _ in range(generator.randint(1, 8)):
        content[generator.randrange(len(content))] = generator.randrange(256)
    attempt(bytes(content))


@given(st.integers(min_value=0, max_value=900))
@settings(deadline=None)
def test_a_good_list_cut_off_anywhere_keeps_the_rows_before(length: int) -> None:
    rows = [f"School {number},{number} Main St,Missoula,MT,59801\n" for number in range(20)]
    content = ("name,street,city,state,zip\n" + "".join(rows)).encode()[:length]
    reading = attempt(content)
    if reading is not None:
        whole = max(content.count(b"\n") - 1, 0)
        assert [record.name for record in reading.records][:whole] == [
            f"School {number}" for number in range(whole)
        ]
        assert len(reading.records) <= whole + 1


def test_reading_does_not_close_the_stream() -> None:
    stream = io.BytesIO(b"name,zip\nA School,59801\n")
    with open_list(stream):
        pass
    assert not stream.closed
