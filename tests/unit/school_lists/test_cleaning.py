"""From cells to values."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.school_lists import cleaning
from chalicelib.school_lists.cleaning import Unreadable


@pytest.mark.parametrize("cell", ["", " ", "-", "N/A", "n/a", "  --  ", "NULL", "None", "\u00a0", "#N/A"])
def test_signs_for_nothing_are_nothing(cell: str) -> None:
    assert cleaning.text_or_none(cell) is None
    assert cleaning.zip_code(cell) is None
    assert cleaning.phone_number(cell) is None
    assert cleaning.web_address(cell) is None
    assert cleaning.degrees(cell, 90) is None
    assert cleaning.identifier(cell) is None
    assert cleaning.cip_codes(cell) == ()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Big  Sky\n Tech ", "Big Sky Tech"),
        ("a\x07b", "a b"),
        ("A\u00a0B", "A B"),
        ("zero\u200bwidth", "zero width"),
    ],
)
def test_texts_are_one_line(cell: str, text: str) -> None:
    assert cleaning.text_or_none(cell) == text


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("59801", "59801"),
        ("59801-1234", "59801"),
        ("598011234", "59801"),
        ("59801-", "59801"),
        ("59801 1234", "59801"),
        ("2139", "02139"),
        ("2139.0", "02139"),
        ("601", "00601"),
        ("21391234", "02139"),
        ("2139-1234", "02139"),
        ("'02139", "02139"),
        (" 59801 ", "59801"),
    ],
)
def test_zip_codes(cell: str, code: str) -> None:
    assert cleaning.zip_code(cell) == code


@pytest.mark.parametrize(
    "cell",
    [
        "12",
        "1234567890",
        "ABCDE",
        "K1A 0B1",
        "5980l",
        "\uff11\uff12\uff13\uff14\uff15",
        "59801-12345",
    ],
)
def test_what_is_no_zip_code(cell: str) -> None:
    with pytest.raises(Unreadable):
        cleaning.zip_code(cell)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("MT", "MT"),
        ("mt ", "MT"),
        ("Montana", "MT"),
        ("NORTH  DAKOTA", "ND"),
        ("D.C.", "DC"),
        ("Puerto Rico", "PR"),
        ("XX", None),
        ("MT - Montana", "MT"),
        ("Montana (MT)", "MT"),
        ("US-MT", "MT"),
        ("MT/ID", None),
    ],
)
def test_states(cell: str, code: str | None) -> None:
    assert cleaning.state_code(cell) == code


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("(206) 252-7500", "+12062527500"),
        ("206.252.7500", "+12062527500"),
        ("2062527500", "+12062527500"),
        ("1-206-252-7500", "+12062527500"),
        ("+1 206 252 7500 ext. 12", "+12062527500x12"),
        ("33438738777550", "+13343873877x7550"),
        ("2062527500.0", "+12062527500"),
        ("'2062527500", "+12062527500"),
        ("0000000000", None),
    ],
)
def test_phones(cell: str, number: str | None) -> None:
    assert cleaning.phone_number(cell) == number


@pytest.mark.parametrize("cell", ["252-7500", "call us", "123-456-7890", "2062527500 more"])
def test_what_is_no_phone(cell: str) -> None:
    with pytest.raises(Unreadable):
        cleaning.phone_number(cell)


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("www.aamu.edu/", "https://www.aamu.edu/"),
        ("HTTP://WWW.Example.EDU/Page?x=1", "http://www.example.edu/Page?x=1"),
        ("example.edu?id=3", "https://example.edu?id=3"),
        ("https://example.edu:8443/a", "https://example.edu:8443/a"),
        ("www.example.edu/a OR another page", "https://www.example.edu/a"),
        ("www.example.edu/b#location=Palm Beach", "https://www.example.edu/b"),
        ("//example.edu", "https://example.edu"),
        ("https://nces.ed.gov/ccd/schoolsearch/school_detail.asp?ID=1", None),
    ],
)
def test_web_addresses(cell: str, address: str | None) -> None:
    assert cleaning.web_address(cell) == address


@pytest.mark.parametrize(
    "cell",
    [
        "desk@example.edu",
        "no website",
        "javascript:alert(1)",
        "localhost",
        "http://",
        'x.edu/"><b>',
        "x" * 400 + ".edu",
    ],
)
def test_what_is_no_web_address(cell: str) -> None:
    with pytest.raises(Unreadable):
        cleaning.web_address(cell)


def test_degrees() -> None:
    assert cleaning.degrees(" -87.62981234 ", 180) == -87.629812
    assert cleaning.degrees("0", 180) is None
    assert cleaning.degrees("nan", 180) is None
    for cell in ("1268281.2", "north", "inf", "1e400"):
        with pytest.raises(Unreadable):
            cleaning.degrees(cell, 180)


def test_identifiers_that_a_spreadsheet_rounded_are_unreadable() -> None:
    assert cleaning.identifier(" 100654.0 ") == "100654"
    assert cleaning.identifier('="010000200277"') == "010000200277"
    assert cleaning.identifier("01-00002-00277") == "010000200277"
    with pytest.raises(Unreadable, match="rounded"):
        cleaning.identifier("1.00E+11")


def test_cip_codes() -> None:
    assert cleaning.cip_codes("47.0604; 47.0605") == ("47.0604", "47.0605")
    assert cleaning.cip_codes("470604,47.0604 1.0205") == ("47.0604", "01.0205")
    with pytest.raises(Unreadable):
        cleaning.cip_codes("Auto Mechanics")


def test_numbers_of_students() -> None:
    assert cleaning.whole_number("1,234") == 1234
    assert cleaning.whole_number("45.0") == 45
    with pytest.raises(Unreadable):
        cleaning.whole_number("about 40")


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_cell_raises_anything_else(cell: str) -> None:
    for function in (
        cleaning.zip_code,
        cleaning.phone_number,
        cleaning.web_address,
        cleaning.identifier,
        cleaning.cip_codes,
        cleaning.whole_number,
        lambda text: cleaning.degrees(text, 90),
    ):
        with suppress(Unreadable):
            function(cell)
    cleaning.state_code(cell)
    text = cleaning.text_or_none(cell)
    assert text is None or (text.isprintable() and text == text.strip() != "")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Arts &amp; Trades", "Arts & Trades"),
        ("O&#39;Fallon", "O'Fallon"),
        ("Mec&aacute;nica", "Mecánica"),
        ("A&M; B", "A&M; B"),
        ("&nbsp;", None),
    ],
)
def test_characters_as_web_pages_write_them(cell: str, text: str | None) -> None:
    assert cleaning.text_or_none(cell) == text


@pytest.mark.parametrize(
    ("cell", "past"),
    [
        ("6/30/2010", True),
        ("2010-06-30 00:00:00", True),
        ("June 2010", True),
        ("7/1/2024", False),
        ("2024-06-30", True),
        ("2025", False),
        ("", None),
        ("No Data", None),
        ("summer", None),
    ],
)
def test_days_of_closing(cell: str, past: bool | None) -> None:
    assert cleaning.is_past(cell, date(2024, 6, 30)) is past
