"""Routes of events: everybody's, one's own registrations, and the administrators'."""

from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID, uuid5

from pydantic import Field

from chalicelib.auth import ADMINISTRATORS, PUBLIC, SIGNED_IN, Caller
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.errors import ConditionFailed, Conflict, MoveNotAllowed, NotFound
from chalicelib.events import service
from chalicelib.events.calendar import calendar_of
from chalicelib.events.models import (
    MOST_CODES_A_DAY,
    Event,
    EventChange,
    EventDraft,
    Registration,
    RegistrationStatus,
)
from chalicelib.events.seats import registration_of
from chalicelib.events.store import EventStore
from chalicelib.events.telling import notice_of
from chalicelib.events.tickets import TicketSigner
from chalicelib.events.views import (
    AdministratorsEvent,
    AdministratorsEventsPage,
    Attendance,
    EventsPage,
    EventsQuery,
    EventStatus,
    ListedRegistration,
    OwnRegistration,
    OwnRegistrations,
    RegistrationAsked,
    RegistrationRequest,
    RegistrationsPage,
    ShownEvent,
    SignedRegistration,
    for_administrators,
    listed,
    own,
    shown,
)
from chalicelib.http import Api, RawReply, Reply, Version, version_etag
from chalicelib.outbox.models import NoticeKind
from chalicelib.people import service as people
from chalicelib.table.cursor import CursorSigner
from chalicelib.table.daily import counted
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="Events")

_CALENDAR: Final = "text/calendar; charset=utf-8"
_SHOWN_AFTER: Final = timedelta(hours=12)
_TELL_SECONDS: Final = 12.0
"""What a request may spend on telling people at once; the hourly run tells the rest."""
Registrant = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,80}$")]


# ---------------------------------------------------------------- everybody


@api.get("/v1/events", permission=PUBLIC, summary="List coming events")
def list_events(query: EventsQuery) -> Reply[EventsPage]:
    """Published events that have not begun more than half a day ago, the next one first."""
    now = utc_now()
    after = _read_cursor("events", query.cursor) or f"{now - _SHOWN_AFTER:%Y-%m-%dT%H:%M}"
    found, last = _events().published(after, query.limit)
    page = EventsPage(items=tuple(shown(one, now) for one in found), next_cursor=_cursor("events", last))
    return Reply(page, cache_control="public, max-age=60")


@api.get("/v1/events/{event_id}", permission=PUBLIC, summary="Read an event", errors=(NotFound,))
def read_event(event_id: Id) -> ShownEvent:
    """What anybody may know of it. Where it takes place is shown to those who have a seat."""
    return shown(service.get_shown(_events(), event_id), utc_now())


@api.get(
    "/v1/events/{event_id}/calendar",
    permission=PUBLIC,
    summary="The calendar file of an event",
    errors=(NotFound,),
    media_type=_CALENDAR,
)
def read_event_calendar(event_id: Id) -> RawReply:
    """For any calendar program (RFC 5545). A later version changes the entry there; a cancelled event takes it away."""
    event = service.get_shown(_events(), event_id)
    return RawReply(calendar_of(event), _CALENDAR, etag=version_etag(event.version))


@api.post(
    "/v1/events/{event_id}/registrations",
    permission=PUBLIC,
    summary="Register without an account",
    status=202,
    errors=(NotFound, Conflict),
)
def ask_to_register(event_id: Id, body: RegistrationRequest) -> RegistrationAsked:
    """Sends a code to the address; only who confirms with it takes a seat, and nothing is kept before.

    The answer is the same whoever the address belongs to. One mail a day goes to an address for an event, and five for
    all events.
    """
    now = utc_now()
    event = service.get_open(_events(), event_id, now)
    asked = registration_of(service.Ticket(event_id, body.email, body.name), now)
    once_a_day = str(uuid5(UUID(event_id), f"confirmation#{asked.registrant}#{now:%Y-%m-%d}"))
    notice = notice_of(event, asked, NoticeKind.EVENT_CONFIRMATION, _signer(), now, once_a_day)
    with suppress(ConditionFailed):
        _events().transact(notice, counted(asked.registrant, "event-code", MOST_CODES_A_DAY, now))
    return RegistrationAsked(detail="Confirm with the code that is on its way to this address.")


@api.post(
    "/v1/event-registrations/confirmation",
    permission=PUBLIC,
    summary="Confirm a registration",
    errors=(NotFound, Conflict),
)
def confirm_registration(body: SignedRegistration) -> OwnRegistration:
    """Takes a seat, or a place in the line, with the code from the mail. Again changes nothing."""
    now = utc_now()
    wanted = registration_of(_signer().read(body.registration), now)
    registration = service.register(_events(), _signer(), wanted)
    return own(_events().get(registration.event_id), registration, now)


@api.post(
    "/v1/event-registrations/cancellation",
    permission=PUBLIC,
    summary="Cancel a registration with its code",
    status=204,
    errors=(NotFound,),
)
def cancel_registration_by_code(body: SignedRegistration) -> None:
    """Gives the seat back, with the code from a mail. Again changes nothing."""
    wanted = registration_of(_signer().read(body.registration), utc_now())
    service.cancel(_events(), _signer(), wanted.event_id, wanted.registrant)


# ---------------------------------------------------------------- people with an account


@api.get("/v1/me/event-registrations", permission=SIGNED_IN, summary="My registrations for events")
def list_my_registrations(caller: Caller) -> OwnRegistrations:
    """Every event that the caller has a seat for or waits for."""
    store, now = _events(), utc_now()
    found = service.entered_by(store, caller.user_id)
    return OwnRegistrations(items=tuple(own(store.get(one.event_id), one, now) for one in found))


@api.get(
    "/v1/events/{event_id}/registration",
    permission=SIGNED_IN,
    summary="My registration for an event",
    errors=(NotFound,),
)
def read_my_registration(caller: Caller, event_id: Id) -> OwnRegistration:
    """Whether the caller has a seat, and then where it takes place."""
    store = _events()
    event = service.get_shown(store, event_id)
    registration = store.registration(event_id, caller.user_id)
    if registration is None:
        raise NotFound("You are not registered for this event.")
    return own(event, registration, utc_now())


@api.put(
    "/v1/events/{event_id}/registration",
    permission=SIGNED_IN,
    summary="Register for an event",
    errors=(NotFound, Conflict),
)
def register_for_event(caller: Caller, event_id: Id) -> OwnRegistration:
    """Takes a seat, or a place in the line where all are taken. Again changes nothing."""
    now = utc_now()
    wanted = Registration(
        event_id=event_id,
        registrant=caller.user_id,
        status=RegistrationStatus.REGISTERED,
        created_at=now,
    )
    registration = service.register(_events(), _signer(), wanted, (people.seen_write(caller, now),))
    return own(_events().get(event_id), registration, now)


@api.delete(
    "/v1/events/{event_id}/registration",
    permission=SIGNED_IN,
    summary="Cancel my registration",
    status=204,
    errors=(NotFound,),
)
def cancel_my_registration(caller: Caller, event_id: Id) -> None:
    """Gives the seat to who has waited longest. Again changes nothing."""
    service.cancel(_events(), _signer(), event_id, caller.user_id)


# ---------------------------------------------------------------- administrators


@api.post("/v1/administration/events", permission=ADMINISTRATORS, summary="Draft an event", status=201)
def create_event(
    caller: Caller, body: EventDraft, idempotent: IdempotentRequest | None
) -> Reply[AdministratorsEvent]:
    """Nobody else sees it before it is published. Send an Idempotency-Key: the request can then be repeated safely."""
    event = service.create(_events(), caller, body, idempotent)
    return _reply(event, location=f"events/{event.id}")


@api.get("/v1/administration/events", permission=ADMINISTRATORS, summary="List all events")
def list_all_events(query: EventsQuery) -> AdministratorsEventsPage:
    """Drafts and past ones included, newest first."""
    found, last = _events().all(_read_cursor("all-events", query.cursor), query.limit)
    now = utc_now()
    return AdministratorsEventsPage(
        items=tuple(for_administrators(one, now) for one in found), next_cursor=_cursor("all-events", last)
    )


@api.get(
    "/v1/administration/events/{event_id}",
    permission=ADMINISTRATORS,
    summary="Read an event with all that belongs to it",
    errors=(NotFound,),
)
def read_whole_event(event_id: Id) -> Reply[AdministratorsEvent]:
    """Whatever its status."""
    return _reply(_events().get(event_id))


@api.patch(
    "/v1/administration/events/{event_id}",
    permission=ADMINISTRATORS,
    summary="Change an event",
    errors=(NotFound, Conflict),
)
def change_event(
    caller: Caller, event_id: Id, if_match: Version, body: EventChange
) -> Reply[AdministratorsEvent]:
    """People are told of another time or place. More seats go to those who wait."""
    event = service.change(_events(), _signer(), caller, event_id, if_match, body)
    return _told(event)


@api.put(
    "/v1/administration/events/{event_id}/status",
    permission=ADMINISTRATORS,
    summary="Publish or cancel an event",
    errors=(NotFound, MoveNotAllowed),
)
def move_event(
    caller: Caller, event_id: Id, if_match: Version, body: EventStatus
) -> Reply[AdministratorsEvent]:
    """A draft is published or cancelled, a published event cancelled; everybody registered is told of that."""
    return _told(service.move(_events(), caller, event_id, if_match, body.status))


@api.get(
    "/v1/administration/events/{event_id}/registrations",
    permission=ADMINISTRATORS,
    summary="List who is registered",
    errors=(NotFound,),
)
def list_registrations(event_id: Id, query: EventsQuery) -> RegistrationsPage:
    """Everybody with a seat or in the line."""
    store, scope = _events(), f"registrations#{event_id}"
    store.get(event_id)
    found, last = store.registrations(event_id, _read_cursor(scope, query.cursor) or "", query.limit)
    return RegistrationsPage(items=tuple(map(listed, found)), next_cursor=_cursor(scope, last))


@api.put(
    "/v1/administration/events/{event_id}/registrations/{registrant}/attendance",
    permission=ADMINISTRATORS,
    summary="Note whether somebody came",
    errors=(NotFound, Conflict),
)
def note_attendance(event_id: Id, registrant: Registrant, body: Attendance) -> ListedRegistration:
    """From the event's beginning on. Again changes nothing."""
    return listed(
        service.set_attended(_events(), event_id, registrant, attended=body.attended, now=utc_now())
    )


def _told(event: Event) -> Reply[AdministratorsEvent]:
    until = utc_now().timestamp() + _TELL_SECONDS
    service.tell_about(
        _events(), _signer(), event.id, utc_now(), lambda: until - utc_now().timestamp(), only_now=True
    )
    return _reply(_events().get(event.id))


def _reply(event: Event, location: str | None = None) -> Reply[AdministratorsEvent]:
    return Reply(for_administrators(event, utc_now()), etag=version_etag(event.version), location=location)


def _events() -> EventStore:
    return EventStore(connect())


def _signer() -> TicketSigner:
    return TicketSigner(config().cursor_key.get_secret_value())


def _cursor(scope: str, position: str | None) -> str | None:
    signer = CursorSigner(config().cursor_key.get_secret_value())
    return None if position is None else signer.sign(scope, position)


def _read_cursor(scope: str, cursor: str | None) -> str | None:
    signer = CursorSigner(config().cursor_key.get_secret_value())
    return None if cursor is None else str(signer.read(scope, cursor))
