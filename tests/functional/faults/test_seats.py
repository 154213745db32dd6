"""Seats, where a step is cut off or a place in the line cannot be read: nobody who waits is forgotten."""

from datetime import timedelta

import pytest

from chalicelib import aws
from chalicelib.events import service
from chalicelib.events.models import Event, EventChange, RegistrationStatus
from chalicelib.events.store import EventStore
from chalicelib.table import keys
from chalicelib.table.expressions import Update
from chalicelib.table.table import Table
from tests.faults import Faults, Killed, Kind, Rule
from tests.functional.events.test_seats import NOW, ROOT, SIGNER, everybody, published, take
from tests.functional.faults.stored import put_back, taken


@pytest.fixture
def store(table: Table) -> EventStore:
    return EventStore(table)


@pytest.fixture
def event(store: EventStore) -> Event:
    """An event with two seats that are taken, and three who wait."""
    event = published(store, capacity=2)
    for number in range(5):
        take(store, event, f"person-{number}")
    return store.get(event.id)


def widened(store: EventStore, event: Event) -> Event:
    change = EventChange.model_validate({"capacity": 4})
    return service.change(store, SIGNER, ROOT, event.id, event.version, change, clock=lambda: NOW)


def seated(store: EventStore, event: Event) -> list[str]:
    return sorted(
        one.registrant for one in everybody(store, event) if one.status is RegistrationStatus.REGISTERED
    )


def hour(store: EventStore) -> None:
    service.tell_due(store, SIGNER, NOW + timedelta(minutes=30), lambda: 900.0)


FOUR = ["person-0", "person-1", "person-2", "person-3"]


def test_more_seats_that_were_not_given_away_are_given_away_by_the_hour(
    store: EventStore, event: Event
) -> None:
    state, at = taken(), 0
    while True:
        put_back(state)
        try:
            with Faults(kill_at=at).between(aws.dynamodb()):
                widened(store, event)
        except Killed:
            if store.get(event.id).capacity == 4:
                hour(store)
                assert seated(store, event) == FOUR, at
            at += 1
        else:
            break
    assert at > 5
    assert seated(store, event) == FOUR


def test_a_reminder_is_still_due_after_the_hour_gave_seats_away(store: EventStore, event: Event) -> None:
    with Faults((Rule(Kind.FAILED, 1, operation="TransactWriteItems", times=None),)).between(aws.dynamodb()):
        widened(store, event)
    assert seated(store, event) == ["person-0", "person-1"]
    hour(store)
    assert seated(store, event) == FOUR
    reminded = event.starts_at - timedelta(hours=2)
    assert service.tell_due(store, SIGNER, reminded, lambda: 900.0) == 4


@pytest.mark.parametrize("broken", [["person-2"], ["person-2", "person-3", "person-4"]], ids=["first", "all"])
def test_who_cannot_be_read_keeps_nobody_from_leaving(
    store: EventStore, table: Table, event: Event, broken: list[str]
) -> None:
    for registrant in broken:
        table.write(Update(keys.registration(event.id, registrant), set={"created_at": "never"}))
    service.cancel(store, SIGNER, event.id, "person-0", clock=lambda: NOW)
    assert seated(store, event) == (["person-1"] if len(broken) == 3 else ["person-1", "person-3"])


def test_who_came_and_is_forgotten_is_not_counted_any_more(store: EventStore, event: Event) -> None:
    begun = event.starts_at + timedelta(minutes=1)
    service.set_attended(store, event.id, "person-0", attended=True, now=begun)
    assert store.get(event.id).attended == 1
    service.forget_person(store, SIGNER, "person-0", clock=lambda: begun)
    after = store.get(event.id)
    assert (after.attended, after.seats_taken) == (0, 1)


def test_one_event_that_cannot_be_read_keeps_no_other_from_being_told(
    store: EventStore, table: Table, event: Event
) -> None:
    other = published(store, capacity=2)
    take(store, other, "zoe")
    table.write(Update(keys.event(event.id), set={"doc": "{"}))
    reminded = event.starts_at - timedelta(hours=2)
    assert service.tell_due(store, SIGNER, reminded, lambda: 900.0) == 1
