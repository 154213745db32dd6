"""Lines that are split at once are the rows that a reader of CSV gives."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.school_lists.fitting import csv_reader
from chalicelib.school_lists.text_rows import rows_at_once

TEXTS = st.text(alphabet='ab, ;"\t\n\r\x00\x0b\u2028', min_size=1, max_size=40)


def one_by_one(text: str, separator: str) -> list[list[str]]:
    """Blank lines are rows of one blank cell here, and of none to the reader: both are left out later."""
    rows = csv_reader(io.StringIO(text, newline="").readlines(), separator)
    return [row or [""] for row in rows]


@given(TEXTS, st.sampled_from([",", "\t", ";"]))
def test_rows_at_once_are_those_of_the_reader(text: str, separator: str) -> None:
    rows = rows_at_once(text, separator)
    if rows is not None:
        assert rows == one_by_one(text, separator)


@pytest.mark.parametrize(
    "text",
    [
        "a,b\nc,d\n",
        "a,b\r\nc,d\r\n",
        "a,b\rc,d\r",
        'a,"b, c"\nd,e',
        "a, b\nc,d\n",
        ' a,"b"\n\nc,d\n',
        'a,b""c\nd,"e"\n',
    ],
)
def test_lines_that_are_rows_are_read_at_once(text: str) -> None:
    assert rows_at_once(text, ",") == one_by_one(text, ",")


@pytest.mark.parametrize("text", ['a,"b\nc",d\n', 'a,"b\nc,d\n', "a,b\nc\rd,e\n", f"a,{'b' * 200_000}\n"])
def test_lines_that_may_be_no_rows_are_left_to_the_reader(text: str) -> None:
    assert rows_at_once(text, ",") is None
