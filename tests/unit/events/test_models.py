"""Times of events: a place's clock, its zone, and the moments that follow."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.errors import InvalidInput
from chalicelib.events.calendar import calendar_of
from chalicelib.events.models import (
    Event,
    EventDraft,
    Stage,
    Status,
    check_time,
    moment_of,
    registrant_of,
)

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def event(stage: Stage = Stage.PUBLISHED, **changes: object) -> Event:
    fields: dict[str, object] = {
        "id": "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10",
        "title": "First posting; how, why",
        "text": "Line one\nLine, two",
        "starts_local": "2027-02-11T18:00",
        "time_zone": "America/Denver",
        "minutes": 60,
        "capacity": 2,
        "stage": stage,
        "version": 3,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Event.model_validate(fields | changes)


def test_the_moment_follows_from_clock_and_zone() -> None:
    assert moment_of("2027-02-11T18:00", "America/Denver") == datetime(2027, 2, 12, 1, tzinfo=UTC)
    assert moment_of("2027-07-11T18:00", "America/Denver") == datetime(2027, 7, 12, 0, tzinfo=UTC)
    assert moment_of("2027-02-11T18:00", "Pacific/Guam") == datetime(2027, 2, 11, 8, tzinfo=UTC)


def test_an_hour_shown_twice_is_the_first_one() -> None:
    assert moment_of("2027-11-07T01:30", "America/New_York") == datetime(2027, 11, 7, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "word"),
    [
        ("2027-03-14T02:30", "America/New_York", "skips"),
        ("2026-12-31T10:00", "America/New_York", "over already"),
        ("2027-02-30T10:00", "America/New_York", "no such day"),
        ("2031-02-01T10:00", "America/New_York", "three years"),
    ],
)
def test_times_that_cannot_be_are_refused(local: str, zone: str, word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        check_time(local, zone, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"minutes": 5},
        {"capacity": 0},
        {"capacity": 10_001},
        {"title": "x" * 10_000},
        {"join_url": "javascript:alert(1)"},
        {"starts_local": "2027-02-11 18:00"},
    ],
    ids=str,
)
def test_drafts_that_break_a_rule_are_refused(changes: dict[str, object]) -> None:
    good = {
        "title": "A",
        "text": "B",
        "starts_local": "2027-02-11T18:00",
        "time_zone": "America/Denver",
        "minutes": 60,
        "capacity": 10,
    }
    EventDraft.model_validate(good)
    with pytest.raises(ValidationError):
        EventDraft.model_validate(good | changes)


@given(st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2)))
def test_the_status_follows_the_clock(offset: timedelta) -> None:
    one = event()
    status = one.status(one.starts_at + offset)
    if offset < timedelta():
        assert status is Status.PUBLISHED
    elif offset < timedelta(minutes=60):
        assert status is Status.RUNNING
    else:
        assert status is Status.OVER


def test_drafts_and_cancelled_events_stay_what_they_are() -> None:
    later = event().ends_at + timedelta(days=1)
    assert event(Stage.DRAFT).status(later) is Status.DRAFT
    assert event(Stage.CANCELLED).status(NOW) is Status.CANCELLED


def test_an_address_is_the_same_registrant_however_it_is_written() -> None:
    assert registrant_of(" Ann@Example.org ") == registrant_of("ann@example.org")
    assert registrant_of("ann+seat2@example.org") == registrant_of("ann@example.org")
    assert registrant_of("ann@example.org") != registrant_of("bob@example.org")
    assert registrant_of("+1@example.org") != registrant_of("+2@example.org")
    assert "ann" not in registrant_of("ann@example.org")


def test_the_calendar_file_is_in_utc_and_escapes_what_it_must() -> None:
    text = calendar_of(event(join_url="https://meet.connects.example/secret"))
    assert "DTSTART:20270212T010000Z" in text
    assert "DTEND:20270212T020000Z" in text
    assert "SUMMARY:First posting\\; how\\, why" in text
    assert "STATUS:CONFIRMED" in text
    assert "SEQUENCE:3" in text
    assert "secret" not in text
    assert "STATUS:CANCELLED" in calendar_of(event(Stage.CANCELLED))
