"""Telling people of an event: a reminder, a change, a cancellation. Resumable, and each is told once."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from chalicelib.errors import ConditionFailed
from chalicelib.events.models import REMINDED_BEFORE, Event, Registration, RegistrationStatus, Stage, Status
from chalicelib.events.store import Due, EventStore, due_entry, told_update
from chalicelib.events.tickets import Ticket, TicketSigner
from chalicelib.outbox import service as outbox
from chalicelib.outbox.models import FACTS, NoticeKind, ToAddress, ToPerson
from chalicelib.readable import readable
from chalicelib.table.expressions import Put

REMINDER: Final = "reminder"
CHANGED: Final = "changed"
CANCELLED: Final = "cancelled"
SEATS: Final = "seats"
"""There are more seats than there were. Nobody is told of that but those who get one."""

_KINDS: Final = {
    REMINDER: NoticeKind.EVENT_REMINDER,
    CHANGED: NoticeKind.EVENT_CHANGED,
    CANCELLED: NoticeKind.EVENT_CANCELLED,
}
_PAGE: Final = 50
SECONDS: Final = 10.0
"""What one page of notices may take, with room."""


def notice_of(
    event: Event,
    registration: Registration,
    kind: NoticeKind,
    signer: TicketSigner,
    now: datetime,
    notice_id: str | None = None,
) -> Put:
    """The write that tells whoever holds a registration of something about the event."""
    if registration.user_id is not None:
        audience: ToPerson | ToAddress = ToPerson(user_id=registration.user_id)
        code = ""
    else:
        email, name = registration.email or "", registration.name or ""
        audience = ToAddress(email=email)
        code = signer.sign(Ticket(event.id, email, name))
    facts = {
        "event_id": event.id,
        "event_title": event.title,
        "starts_at": _for_people(event),
        "registration": code,
    }
    kept = {name: fact for name, fact in facts.items() if name in FACTS[kind]}
    return outbox.notice_write(kind, audience, kept, now, notice_id)


def tell_about(
    store: EventStore,
    signer: TicketSigner,
    event_id: str,
    now: datetime,
    seconds_left: Callable[[], float],
    *,
    only_now: bool = False,
) -> int:
    """Tells the people of one event of what is due, page by page. How many notices were written.

    ``only_now`` leaves out the reminder, which has a moment of its own.
    """
    told = 0
    event, due = store.get_with_due(event_id)
    while due is not None and seconds_left() > SECONDS and not (only_now and due.what == REMINDER):
        page, after = store.registrations(event_id, due.after, _PAGE)
        wanted = page if _applies(event, due, now) else []
        told += sum(readable(wanted, partial(_tell, store, signer, event, due, now)))
        following = None if after is not None else _following(event, due, now)
        try:
            store.write(told_update(due, after, following))
        except ConditionFailed:
            # Something newer is due, or another run was quicker: it goes on from there.
            event, due = store.get_with_due(event_id)
            continue
        due = due._replace(after=after) if after is not None else None
    return told


def _for_people(event: Event) -> str:
    """When it begins, by the event's own clock: ``Thu, February 11, 2027, 6:00 PM MST``."""
    local = event.starts_at.astimezone(ZoneInfo(event.time_zone))
    hour = local.hour % 12 or 12
    half = "PM" if local.hour >= 12 else "AM"
    return f"{local:%a, %B} {local.day}, {local.year}, {hour}:{local:%M} {half} {local.tzname()}"


def _tell(
    store: EventStore, signer: TicketSigner, event: Event, due: Due, now: datetime, registration: Registration
) -> bool:
    """Whether this call wrote the notice; one that is there already was written by a run that was cut off."""
    if due.what == REMINDER and registration.status is not RegistrationStatus.REGISTERED:
        return False
    what = event.starts_local if due.what == REMINDER else str(event.version)
    notice_id = str(uuid5(UUID(event.id), f"{due.what}#{what}#{registration.registrant}"))
    try:
        store.write(notice_of(event, registration, _KINDS[due.what], signer, now, notice_id))
    except ConditionFailed:
        return False
    return True


def _applies(event: Event, due: Due, now: datetime) -> bool:
    """Whether there is still something to tell: nobody is reminded of what has begun."""
    if due.what == SEATS:
        return False
    if due.what == CANCELLED:
        return event.stage is Stage.CANCELLED
    return event.status(now) is Status.PUBLISHED


def _following(event: Event, due: Due, now: datetime) -> dict[str, str] | None:
    """What is due once this is told: after a change, the reminder, unless it would come at once."""
    reminded = event.starts_at - REMINDED_BEFORE
    if due.what in (CHANGED, SEATS) and event.stage is Stage.PUBLISHED and reminded > now:
        return due_entry(event.id, REMINDER, reminded)
    return None
