"""Seats under a rush, reminders that are told once, and who is forgotten."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any

import pytest

from chalicelib.auth import Caller
from chalicelib.events import service
from chalicelib.events.models import Event, EventChange, EventDraft, Registration, RegistrationStatus, Stage
from chalicelib.events.store import EventStore
from chalicelib.events.tickets import TicketSigner
from chalicelib.outbox.models import NoticeKind
from chalicelib.table.table import Table
from tests.functional.events.test_routes import notices
from tests.rights import listening, refused

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
ROOT = Caller("root", "root@connects.example", admin=True, email_verified=True)
SIGNER = TicketSigner("k" * 40)


@pytest.fixture
def store(table: Table) -> EventStore:
    return EventStore(table)


@pytest.fixture
def rushed(table: Table, monkeypatch: pytest.MonkeyPatch) -> EventStore:
    """A store for many threads. The emulated table is not made for them, so its calls go one by one: what meets are
    the steps between the calls."""
    lock = Lock()

    def one_by_one(call: Callable[..., Any]) -> Callable[..., Any]:
        def locked(*args: Any, **options: Any) -> Any:
            with lock:
                return call(*args, **options)

        return locked

    for name in ("get", "query", "write", "transact"):
        monkeypatch.setattr(table, name, one_by_one(getattr(table, name)))
    return EventStore(table)


def published(store: EventStore, capacity: int, starts: str = "2027-01-05T18:00") -> Event:
    draft = EventDraft(
        title="T", text="T", starts_local=starts, time_zone="America/Denver", minutes=60, capacity=capacity
    )
    event = service.create(store, ROOT, draft, clock=lambda: NOW)
    return service.move(store, ROOT, event.id, 1, Stage.PUBLISHED, clock=lambda: NOW)


def take(store: EventStore, event: Event, person: str) -> Registration:
    wanted = Registration(
        event_id=event.id, registrant=person, status=RegistrationStatus.REGISTERED, created_at=NOW
    )
    return service.register(store, SIGNER, wanted, clock=lambda: NOW)


def everybody(store: EventStore, event: Event) -> Iterator[Registration]:
    after = ""
    while True:
        page, following = store.registrations(event.id, after, 3)
        yield from page
        if following is None:
            return
        after = following


def test_a_rush_oversells_nothing_and_loses_nobody(rushed: EventStore) -> None:
    for _ in range(5):
        event = published(rushed, capacity=2)
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(partial(take, rushed, event), [f"person-{number}" for number in range(6)]))
        found = list(everybody(rushed, event))
        assert len(found) == 6
        assert sum(one.status is RegistrationStatus.REGISTERED for one in found) == 2
        now = rushed.get(event.id)
        assert (now.seats_taken, now.waiting) == (2, 4)


def test_leaving_and_coming_at_once_keeps_the_counts_true(rushed: EventStore) -> None:
    event = published(rushed, capacity=2)
    for number in range(4):
        take(rushed, event, f"person-{number}")

    def step(number: int) -> None:
        if number % 2:
            take(rushed, event, f"late-{number}")
        else:
            service.cancel(rushed, SIGNER, event.id, f"person-{number // 2}", clock=lambda: NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(step, range(6)))
    found = list(everybody(rushed, event))
    now = rushed.get(event.id)
    assert now.seats_taken == sum(one.status is RegistrationStatus.REGISTERED for one in found) == 2
    assert now.waiting == sum(one.status is RegistrationStatus.WAITING for one in found)


def test_a_reminder_comes_a_day_before_and_once(store: EventStore, table: Table) -> None:
    event = published(store, capacity=60)
    for number in range(55):
        take(store, event, f"person-{number:02d}")
    early, due = event.starts_at - timedelta(hours=25), event.starts_at - timedelta(hours=24)
    assert service.tell_due(store, SIGNER, early, lambda: 900.0) == 0
    with listening() as heard:
        assert service.tell_due(store, SIGNER, due, lambda: 900.0) == 55
    assert refused("RunHourlyRole", heard) == []
    assert service.tell_due(store, SIGNER, due, lambda: 900.0) == 0
    told = [one for one in notices(table) if one.kind is NoticeKind.EVENT_REMINDER]
    assert len(told) == 55


def test_telling_that_was_cut_off_goes_on_and_tells_nobody_twice(store: EventStore, table: Table) -> None:
    event = published(store, capacity=200)
    for number in range(120):
        take(store, event, f"person-{number:03d}")
    moment = event.starts_at - timedelta(hours=2)
    # Time for one page only, each time.
    for _ in range(4):
        seconds = iter([900.0, 900.0, 0.0, 0.0])
        service.tell_due(store, SIGNER, moment, lambda seconds=seconds: next(seconds))  # type: ignore[misc]
    told = [one.audience for one in notices(table) if one.kind is NoticeKind.EVENT_REMINDER]
    assert len(told) == 120
    assert len({str(one) for one in told}) == 120


def test_nobody_is_reminded_of_what_has_begun(store: EventStore) -> None:
    event = published(store, capacity=2)
    take(store, event, "ann")
    assert service.tell_due(store, SIGNER, event.starts_at, lambda: 900.0) == 0


def test_a_person_who_is_forgotten_leaves_their_seat_to_who_waits(store: EventStore) -> None:
    event = published(store, capacity=1)
    take(store, event, "ann")
    take(store, event, "bob")
    assert [one.event_id for one in service.entered_by(store, "ann")] == [event.id]
    service.forget_person(store, SIGNER, "ann", clock=lambda: NOW)
    assert service.entered_by(store, "ann") == []
    (left,) = everybody(store, event)
    assert (left.registrant, left.status) == ("bob", RegistrationStatus.REGISTERED)


def test_who_came_is_counted_once(store: EventStore) -> None:
    event = published(store, capacity=1)
    take(store, event, "ann")
    for attended, count in ((True, 1), (True, 1), (False, 0)):
        done = service.set_attended(store, event.id, "ann", attended=attended, now=event.starts_at)
        assert done.attended is attended
        assert store.get(event.id).attended == count


def test_seats_that_a_change_had_no_time_to_give_away_go_to_the_line(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = published(store, capacity=1)
    for person in ("ann", "bob", "cy"):
        take(store, event, person)
    with monkeypatch.context() as cut:
        cut.setattr(service, "promote_waiting", lambda *_: 0)
        wider = service.change(
            store,
            SIGNER,
            ROOT,
            event.id,
            event.version,
            EventChange.model_validate({"capacity": 3}),
            clock=lambda: NOW,
        )
    assert (wider.seats_taken, wider.waiting) == (1, 2)
    assert take(store, event, "dan").status is RegistrationStatus.WAITING
    after = store.get(event.id)
    assert (after.seats_taken, after.waiting) == (3, 1)
    have = {one.registrant for one in everybody(store, event) if one.status is RegistrationStatus.REGISTERED}
    assert have == {"ann", "bob", "cy"}
