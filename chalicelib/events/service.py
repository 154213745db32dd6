"""Use cases of events. Seats are in ``seats``, telling people in ``telling``; this is the way in for others."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib.audit import service as audit
from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import (
    ConditionFailed,
    Conflict,
    MoveNotAllowed,
    NotFound,
    StaleVersion,
    TemporarilyUnavailable,
)
from chalicelib.events.hourly import tell_due
from chalicelib.events.models import (
    REMINDED_BEFORE,
    Event,
    EventChange,
    EventDraft,
    Registration,
    Stage,
    Status,
    check_time,
    registrants,
)
from chalicelib.events.seats import cancel, forget_person, promote_waiting, register, send_code, set_attended
from chalicelib.events.store import Due, EventStore, changed_event_update, due_entry, new_event_put
from chalicelib.events.telling import CANCELLED, CHANGED, REMINDER, SEATS, tell_about
from chalicelib.events.tickets import Ticket, TicketSigner, ticket_signer
from chalicelib.table.idempotency import IdempotentRequest, created_before, record

__all__ = [
    "EventStore",
    "Ticket",
    "TicketSigner",
    "cancel",
    "change",
    "create",
    "entered_by",
    "forget_person",
    "get_shown",
    "move",
    "register",
    "send_code",
    "set_attended",
    "tell_about",
    "tell_due",
    "ticket_signer",
]

_MERGED = ("title", "text", "starts_local", "time_zone", "minutes", "capacity", "join_url", "recording_url")
_TOLD = ("starts_local", "time_zone", "minutes", "join_url")
"""Parts whose change people with a seat are told of."""


def get_shown(store: EventStore, event_id: str) -> Event:
    """An event as anybody may know it. Raises ``NotFound`` for a draft too."""
    event = store.get(event_id)
    if event.stage is Stage.DRAFT:
        raise NotFound("There is no event with this id.")
    return event


def create(
    store: EventStore,
    caller: Caller,
    draft: EventDraft,
    idempotent: IdempotentRequest | None = None,
    *,
    clock: Clock = utc_now,
    make_id: Callable[[], str] = new_id,
) -> Event:
    """Drafts an event. Raises ``InvalidInput`` for a time that is over or that no clock shows."""
    now = clock()
    if idempotent is not None and (before := created_before(store.table, idempotent, now)) is not None:
        return store.get(before)
    check_time(draft.starts_local, draft.time_zone, now)
    event = Event(
        id=make_id(),
        **draft.model_dump(),
        stage=Stage.DRAFT,
        version=1,
        created_at=now,
        updated_at=now,
    )
    trail = audit.entry_write(caller.user_id, "event.drafted", event.id, now)
    writes = [new_event_put(event), trail]
    if idempotent is None:
        store.transact(*writes)
        return event
    try:
        store.transact(*writes, record(idempotent, event.id, now))
    except ConditionFailed:
        before = created_before(store.table, idempotent, clock())
        if before is None:
            raise
        return store.get(before)
    return event


def change(
    store: EventStore,
    signer: TicketSigner,
    caller: Caller,
    event_id: str,
    version: int,
    patch: EventChange,
    *,
    clock: Clock = utc_now,
) -> Event:
    """Changes an event. More seats go to those who wait.

    Raises ``NotFound``, ``StaleVersion``, ``InvalidInput`` for a wrong time, and ``Conflict`` for an event that was
    cancelled and where fewer seats are asked for than are taken.
    """
    now = clock()
    before, due = store.get_with_due(event_id)
    _check_version(before, version)
    if before.stage is Stage.CANCELLED:
        raise Conflict("The event was cancelled. What takes place after all is a new event.")
    sent: dict[str, Any] = {name: getattr(patch, name) for name in _MERGED if name in patch.model_fields_set}
    after = before.model_copy(update=sent)
    if after == before:
        return before
    moved = (after.starts_local, after.time_zone) != (before.starts_local, before.time_zone)
    if moved:
        check_time(after.starts_local, after.time_zone, now)
    after = after.model_copy(update={"version": before.version + 1, "updated_at": now})
    tells = after.stage is Stage.PUBLISHED and any(
        getattr(after, name) != getattr(before, name) for name in _TOLD
    )
    entry = due_entry(event_id, CHANGED, now) if tells else None
    # Whoever was to be told of an earlier change is told of this one.
    if entry is None and due is not None and due.what == CHANGED:
        entry = due_entry(event_id, CHANGED, now)
    if (
        entry is None
        and before.waiting
        and after.capacity > before.capacity
        and not _reminding(after, due, now)
    ):
        entry = due_entry(event_id, SEATS, now)
    _replace(store, after, before, entry, audit.entry_write(caller.user_id, "event.changed", event_id, now))
    if after.waiting and after.seats_taken < after.capacity:
        # The change is made. Seats that are not given away now, the hour gives away.
        with suppress(TemporarilyUnavailable):
            promote_waiting(store, signer, event_id, now)
    return store.get(event_id)


def move(
    store: EventStore,
    caller: Caller,
    event_id: str,
    version: int,
    stage: Stage,
    *,
    clock: Clock = utc_now,
) -> Event:
    """Publishes or cancels an event; where it is so already, nothing changes.

    Raises ``NotFound``, ``StaleVersion``, ``InvalidInput`` where it would begin in the past, and ``MoveNotAllowed``.
    """
    now = clock()
    before = store.get(event_id)
    if before.stage is stage:
        return before
    _check_version(before, version)
    allowed = {Stage.DRAFT: {Stage.PUBLISHED, Stage.CANCELLED}, Stage.PUBLISHED: {Stage.CANCELLED}}
    if stage not in allowed.get(before.stage, set()):
        raise MoveNotAllowed(f"The event is {before.stage.value}; it cannot become {stage.value}.")
    if before.status(now) is Status.OVER:
        raise MoveNotAllowed("The event is over; it cannot be cancelled any more.")
    if stage is Stage.PUBLISHED:
        check_time(before.starts_local, before.time_zone, now)
    after = before.model_copy(update={"stage": stage, "version": before.version + 1, "updated_at": now})
    if stage is Stage.CANCELLED:
        entry: dict[str, str] | None = due_entry(event_id, CANCELLED, now)
    else:
        reminded = after.starts_at - REMINDED_BEFORE
        entry = due_entry(event_id, REMINDER, reminded) if reminded > now else None
    _replace(
        store, after, before, entry, audit.entry_write(caller.user_id, f"event.{stage.value}", event_id, now)
    )
    return after


def entered_by(store: EventStore, user_id: str, email: str = "") -> list[Registration]:
    """Every registration of a person with an account; with their verified address also those made without it."""
    return [one for registrant in registrants(user_id, email) for one in store.of_person(registrant)]


def _reminding(event: Event, due: Due | None, now: datetime) -> bool:
    """Whether people are being reminded at this moment: the hour that does it gives away free seats as well."""
    return due is not None and due.what == REMINDER and event.starts_at - REMINDED_BEFORE <= now


def _replace(store: EventStore, after: Event, before: Event, due: dict[str, str] | None, trail: Any) -> None:
    try:
        store.transact(changed_event_update(after, before, due), trail)
    except ConditionFailed as lost:
        now = store.get(after.id)
        _check_version(now, before.version)
        if now.seats_taken > after.capacity:
            raise Conflict(
                f"{now.seats_taken} seats are taken: the capacity cannot be less. Cancel registrations first."
            ) from lost
        raise


def _check_version(event: Event, version: int) -> None:
    if event.version != version:
        raise StaleVersion("The event was changed since you read it. Read it again, then repeat the change.")
