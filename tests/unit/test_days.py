"""Days, counted and named."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.days import day_number, day_of_event, day_of_number
from chalicelib.errors import InvalidInput


def test_days_count_from_1970() -> None:
    assert [day_number(day) for day in (date(1970, 1, 1), date(1970, 2, 1), date(2025, 1, 1))] == [
        0,
        31,
        20_089,
    ]


@given(st.dates())
def test_a_number_is_its_day_again(day: date) -> None:
    assert day_of_number(day_number(day)) == day


@pytest.mark.parametrize(
    "time", ["2026-06-15T07:00:00Z", "2026-06-15T23:59:59+00:00", "2026-06-14T22:30:00-05:00"]
)
def test_the_day_of_an_event_is_in_utc(time: str) -> None:
    assert day_of_event({"time": time}) == date(2026, 6, 15)


@pytest.mark.parametrize(
    "event", [{}, {"time": None}, {"time": 17}, {"time": "yesterday"}, {"time": "2026-13-01"}], ids=str
)
def test_an_event_without_a_time_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="usable"):
        day_of_event(event)
