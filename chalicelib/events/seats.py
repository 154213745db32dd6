"""Who has a seat, and who waits for one: each step is one transaction, so a seat is never given twice.

The event counts the seats that are taken and those who wait. A seat is taken only while one is free and nobody waits,
and given back only while nobody waits: else it goes to who has waited longest, in the same transaction.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import ConditionFailed, Conflict, NotFound, TemporarilyUnavailable
from chalicelib.events.models import (
    MOST_CODES_A_DAY,
    MOST_SEATS,
    Event,
    Registration,
    RegistrationStatus,
    Stage,
    Status,
    registrant_of,
    registrants,
)
from chalicelib.events.seat_writes import (
    attendance_writes,
    free_seat_writes,
    hand_over_writes,
    leave_line_writes,
    promote_writes,
    seat_writes,
    waiting_writes,
)
from chalicelib.events.store import EventStore
from chalicelib.events.telling import notice_of
from chalicelib.events.tickets import Ticket, TicketSigner
from chalicelib.outbox.models import NoticeKind
from chalicelib.table.daily import counted
from chalicelib.table.expressions import Write

_ATTEMPTS: Final = 6
"""Each try that loses was met by somebody else's success; so many in a row means a rush."""
_PROMOTED_BESIDE: Final = 10
"""How many get a seat that was left free, beside somebody else's registration."""


def registration_of(ticket: Ticket, now: datetime) -> Registration:
    """What a ticket of somebody without an account registers."""
    return Registration(
        event_id=ticket.event_id,
        registrant=registrant_of(ticket.email),
        name=ticket.name,
        email=ticket.email,
        status=RegistrationStatus.REGISTERED,
        created_at=now,
    )


def send_code(store: EventStore, signer: TicketSigner, ticket: Ticket, *, clock: Clock = utc_now) -> None:
    """Mails the code that ``register`` takes: once a day for an event, ``MOST_CODES_A_DAY`` times for all of them.

    Beyond that nothing is sent, and nobody is told so: the answer says nothing of who has asked before. Raises as
    ``register`` does.
    """
    now = clock()
    event = store.get(ticket.event_id)
    check_open(event, now)
    asked = registration_of(ticket, now)
    once_a_day = str(uuid5(UUID(event.id), f"confirmation#{asked.registrant}#{now:%Y-%m-%d}"))
    notice = notice_of(event, asked, NoticeKind.EVENT_CONFIRMATION, signer, now, once_a_day)
    with suppress(ConditionFailed):
        store.transact(notice, counted(asked.registrant, "event-code", MOST_CODES_A_DAY, now))


def register(
    store: EventStore,
    signer: TicketSigner,
    wanted: Registration,
    besides: tuple[Write, ...] = (),
    *,
    clock: Clock = utc_now,
) -> Registration:
    """Gives a seat, or a place in the line where none is free; who is registered already stays as they are.

    ``besides`` are writes for the same transaction. Raises ``NotFound`` for an event that is not published, and
    ``Conflict`` for one that has begun or was cancelled.
    """
    for _ in range(_ATTEMPTS):
        now = clock()
        event = store.get(wanted.event_id)
        check_open(event, now)
        known = store.registration(wanted.event_id, wanted.registrant)
        if known is not None:
            return known
        if event.waiting and event.seats_taken < event.capacity:
            # A change to more seats was cut off before all of them were given away.
            promote_waiting(store, signer, event.id, now, _PROMOTED_BESIDE)
            event = store.get(event.id)
        if event.waiting == 0 and event.seats_taken < event.capacity:
            registration = wanted.model_copy(update={"created_at": now})
            writes, kind = seat_writes(registration), NoticeKind.EVENT_REGISTERED
        else:
            update = {"status": RegistrationStatus.WAITING, "place": new_id(), "created_at": now}
            registration = wanted.model_copy(update=update)
            writes, kind = waiting_writes(registration), NoticeKind.EVENT_WAITING
        try:
            store.transact(*writes, *besides, notice_of(event, registration, kind, signer, now))
        except ConditionFailed:
            continue
        return registration
    raise TemporarilyUnavailable("Many are registering at this moment. Try again.")


def cancel(
    store: EventStore, signer: TicketSigner, event_id: str, registrant: str, *, clock: Clock = utc_now
) -> None:
    """Gives a seat back, or leaves the line; where there is neither, nothing changes.

    Who has waited longest gets the seat. Raises ``NotFound`` for an unknown event.
    """
    for _ in range(_ATTEMPTS):
        event, now = store.get(event_id), clock()
        registration = store.registration(event_id, registrant)
        if registration is None:
            return
        try:
            store.transact(*_leaving(store, signer, event, registration, now))
        except ConditionFailed:
            continue
        return
    raise TemporarilyUnavailable("Many are registering at this moment. Try again.")


def promote_waiting(
    store: EventStore, signer: TicketSigner, event_id: str, now: datetime, most: int = MOST_SEATS
) -> int:
    """Gives at most so many free seats to those who wait, the longest first. How many got one."""
    promoted = 0
    while promoted < most and (follower := store.first_waiting(event_id)) is not None:
        event = store.get(event_id)
        if event.seats_taken >= event.capacity or event.stage is not Stage.PUBLISHED:
            break
        notice = notice_of(event, follower, NoticeKind.EVENT_PROMOTED, signer, now)
        try:
            store.transact(*promote_writes(follower), notice)
        except ConditionFailed:
            continue
        promoted += 1
    return promoted


def set_attended(
    store: EventStore, event_id: str, registrant: str, *, attended: bool, now: datetime
) -> Registration:
    """Notes whether somebody came; again changes nothing.

    Raises ``NotFound`` for who has no seat, and ``Conflict`` before the event has begun.
    """
    event = store.get(event_id)
    if event.status(now) not in (Status.RUNNING, Status.OVER):
        raise Conflict("The event has not begun: nobody can have come yet.")
    registration = store.registration(event_id, registrant)
    if registration is None or registration.status is not RegistrationStatus.REGISTERED:
        raise NotFound("Nobody has a seat under this name.")
    if registration.attended is not attended:
        try:
            store.transact(*attendance_writes(registration, attended=attended))
        except ConditionFailed:
            # Somebody else noted it, or the seat was given back, at the same moment.
            return _again(store, event_id, registrant)
    return registration.model_copy(update={"attended": attended})


def forget_person(
    store: EventStore, signer: TicketSigner, user_id: str, email: str = "", *, clock: Clock = utc_now
) -> None:
    """Takes every registration of a person back, also those by their verified address; again does no harm."""
    found = [one for registrant in registrants(user_id, email) for one in store.every_of_person(registrant)]
    for registration in found:
        cancel(store, signer, registration.event_id, registration.registrant, clock=clock)


def _leaving(
    store: EventStore, signer: TicketSigner, event: Event, registration: Registration, now: datetime
) -> Iterator[Write]:
    if registration.status is RegistrationStatus.WAITING:
        yield from leave_line_writes(registration)
        return
    follower = store.first_waiting(event.id) if event.status(now) is Status.PUBLISHED else None
    if follower is None:
        yield from free_seat_writes(
            registration, event.waiting if event.status(now) is Status.PUBLISHED else None
        )
        return
    yield from hand_over_writes(registration, follower)
    yield notice_of(event, follower, NoticeKind.EVENT_PROMOTED, signer, now)


def check_open(event: Event, now: datetime) -> None:
    """Raises ``NotFound`` for a draft, and ``Conflict`` for an event that has begun or was cancelled."""
    status = event.status(now)
    if status is Status.DRAFT:
        raise NotFound("There is no event with this id.")
    if status is Status.CANCELLED:
        raise Conflict("The event was cancelled.")
    if status is not Status.PUBLISHED:
        raise Conflict(f"The event is {status.value}: nobody can register any more.")


def _again(store: EventStore, event_id: str, registrant: str) -> Registration:
    registration = store.registration(event_id, registrant)
    if registration is None:
        raise NotFound("Nobody has a seat under this name.")
    return registration
