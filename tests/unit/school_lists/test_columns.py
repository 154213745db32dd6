"""Columns give what cells give."""

import string
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.school_lists import cleaning, columns, naming
from chalicelib.school_lists.cleaning import Unreadable

CELLS = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "",
                " ",
                "-",
                "N/A",
                "a  b",
                " a",
                "a ",
                "two\nlines",
                '="00501"',
                "Arts &amp; Trades",
                "A & B;",
                "O&#39;Fallon",
                "=1+1",
                "406-555-0123",
                "(406) 555-0123",
                "4065550123",
                "406-555-0123 x7",
                "www.example.edu",
                "https://a-b.example.edu/x?y=1",
                "HTTP://EXAMPLE.EDU",
                "46.85",
                "-114.0212345678",
                "0",
                "-2",
                "91",
                "nan",
                "inf",
                "100654",
                "00000000",
                "012345678901",
            ]
        ),
        st.text(max_size=15),
        st.text(alphabet=string.ascii_lowercase + string.digits + ".-/: ", max_size=30),
    ),
    min_size=1,
    max_size=8,
)


def one_by_one(cells: list[str], read: Callable[[str], Any]) -> tuple[list[Any], list[tuple[int, str]]]:
    values: list[Any] = []
    bad = []
    for place, cell in enumerate(cells):
        try:
            values.append(read(cell))
        except Unreadable as error:
            values.append(None)
            bad.append((place, error.reason))
    return values, bad


def same(found: tuple[Any, columns.Bad], expected: tuple[list[Any], list[tuple[int, str]]]) -> None:
    assert (list(found[0]), [(place, error.reason) for place, error in found[1]]) == expected


@given(CELLS)
@settings(deadline=None)
def test_texts(cells: list[str]) -> None:
    assert columns.texts(cells) == list(map(cleaning.text_or_none, cells))


@given(CELLS)
@settings(deadline=None)
def test_what_is_read_cell_by_cell(cells: list[str]) -> None:
    for fast, exact in (
        (columns.phone_numbers, cleaning.phone_number),
        (columns.web_addresses, cleaning.web_address),
        (columns.Column(cleaning.zip_code), cleaning.zip_code),
    ):
        same(fast(cells), one_by_one(cells, exact))
        same(fast(cells), one_by_one(cells, exact))


@given(
    st.lists(st.from_regex(r"(https?://)?[a-z0-9.-]{1,12}(/[a-z@?=-]{0,3})?\n?", fullmatch=True), max_size=4)
)
def test_web_addresses_of_many_kinds(cells: list[str]) -> None:
    same(columns.web_addresses(cells), one_by_one(cells, cleaning.web_address))


@given(st.lists(st.from_regex(r"([0-9]{9,11}|\([2-9]\d\d\) [2-9]\d\d-\d{4})\n?", fullmatch=True), max_size=4))
def test_telephone_numbers_of_many_kinds(cells: list[str]) -> None:
    same(columns.phone_numbers(cells), one_by_one(cells, cleaning.phone_number))


@given(CELLS)
@settings(deadline=None)
def test_degrees(cells: list[str]) -> None:
    same(columns.degrees(cells, 90), one_by_one(cells, lambda cell: cleaning.degrees(cell, 90)))


def test_degrees_of_nothing_but_numbers() -> None:
    cells = ["46.85", "-12.3456789", "12"]
    same(columns.degrees(cells, 90), one_by_one(cells, lambda cell: cleaning.degrees(cell, 90)))


@given(st.lists(st.text(alphabet="AEIOU RNTH'-(:/1230.STOF", max_size=25), max_size=6))
@settings(deadline=None)
def test_readable_names(names: list[str]) -> None:
    texts = columns.texts(names) if names else []
    assert naming.readable_all(texts) == [name and naming.readable(name) for name in texts]
