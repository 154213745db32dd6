"""Reading the workbook of delineations, and refusing what is not quite one."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.geography.delineation_file import is_delineation, read_delineation
from chalicelib.geography.models import NotADelineation
from tests.unit.geography.delineations import KNOWN, METRO, MICRO, table


def test_metropolitan_areas_are_taken_and_micropolitan_ones_left() -> None:
    found = read_delineation(table())
    assert (found.vintage, len(found.titles), found.counties) == (date(2023, 7, 1), 309, 311)
    assert found.titles["33540"] == "Missoula, MT"
    assert found.metro_of["MT"] == {"missoulacounty": "33540", "mineralcounty": "33540"}


def test_a_table_is_known_by_its_header() -> None:
    assert is_delineation(table())
    assert not is_delineation([["name", "city"], ["CBSA Code"]])
    assert not is_delineation([[""]] * 20 + table())


def test_other_columns_and_other_orders_do_no_harm() -> None:
    turned = [[*reversed(row), "more"] for row in table()]
    assert read_delineation(turned) == read_delineation(table())


def _with(row: int, column: int, text: str) -> list[list[str]]:
    rows = table()
    rows[row][column] = text
    return rows


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], "None of the first 15 rows"),
        (table()[3:], "None of the first 15 rows"),
        (_with(2, 7, "County"), "row 3 lacks county/county equivalent"),
        (_with(1, 0, "List 1"), "do not tell the month"),
        (_with(4, 0, "1010"), "Row 5 .* CBSA code of five digits"),
        (_with(4, 8, "Atlantis"), "Row 5"),
        (_with(4, 7, ""), "Row 5"),
        (_with(4, 4, "Metro"), "Row 5"),
        (_with(4, 3, "Elsewhere, MT"), "33540 has the title 'Missoula, MT'"),
        (
            table(known=[*KNOWN, ("10000", "Other, MT", METRO, "Missoula County", "Montana")]),
            "two metropolitan areas",
        ),
        (table()[:40], "33 metropolitan areas.*cut off"),
    ],
)
def test_what_is_not_quite_a_delineation_is_refused_with_a_reason(rows: list[list[str]], reason: str) -> None:
    with pytest.raises(NotADelineation, match=reason) as refused:
        read_delineation(rows)
    assert "Census Bureau publishes it" in refused.value.remedy


def test_a_micropolitan_county_may_be_a_metropolitan_one_of_another_name() -> None:
    rows = table(known=[*KNOWN, ("10000", "Other, MT", MICRO, "Missoula County", "Montana")])
    assert read_delineation(rows).metro_of["MT"]["missoulacounty"] == "33540"


@given(st.lists(st.lists(st.text(max_size=20), max_size=14), max_size=30))
def test_no_table_does_more_than_be_refused(rows: list[list[str]]) -> None:
    for tried in (rows, table()[:3] + rows, table()[:20] + rows + table()[20:]):
        with suppress(NotADelineation):
            assert read_delineation(tried).titles
