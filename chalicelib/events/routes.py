"""Routes of events for those who come: everybody's, and what people with an account do with their registrations."""

from datetime import timedelta
from typing import Final

from chalicelib.auth import PUBLIC, SIGNED_IN, Caller
from chalicelib.clock import utc_now
from chalicelib.errors import Conflict, NotFound
from chalicelib.events import service
from chalicelib.events.calendar import calendar_of
from chalicelib.events.models import Registration, RegistrationStatus
from chalicelib.events.seats import registration_of
from chalicelib.events.store import EventStore
from chalicelib.events.tickets import ticket_signer
from chalicelib.events.views import (
    EventsPage,
    EventsQuery,
    OwnRegistration,
    OwnRegistrations,
    RegistrationAsked,
    RegistrationRequest,
    ShownEvent,
    SignedRegistration,
    own,
    shown,
)
from chalicelib.http import Api, RawReply, Reply, version_etag
from chalicelib.people import service as people
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.reading import may_lag
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="Events")

_CALENDAR: Final = "text/calendar; charset=utf-8"
_SHOWN_AFTER: Final = timedelta(hours=12)


# ---------------------------------------------------------------- everybody


@api.get("/v1/events", permission=PUBLIC, summary="List coming events")
def list_events(query: EventsQuery) -> Reply[EventsPage]:
    """Published events that have not begun more than half a day ago, the next one first."""
    now = utc_now()
    after = page_start("events", query.cursor) or f"{now - _SHOWN_AFTER:%Y-%m-%dT%H:%M}"
    found, last = EventStore(connect()).published(after, query.limit)
    page = EventsPage(items=tuple(shown(one, now) for one in found), next_cursor=next_cursor("events", last))
    return Reply(page, cache_control="public, max-age=60")


@api.get("/v1/events/{event_id}", permission=PUBLIC, summary="Read an event", errors=(NotFound,))
def read_event(event_id: Id) -> ShownEvent:
    """What anybody may know of it. Where it takes place is shown to those who have a seat."""
    return shown(service.get_shown(EventStore(connect()), event_id), utc_now())


@api.get(
    "/v1/events/{event_id}/calendar",
    permission=PUBLIC,
    summary="The calendar file of an event",
    errors=(NotFound,),
    media_type=_CALENDAR,
)
def read_event_calendar(event_id: Id) -> RawReply:
    """For any calendar program (RFC 5545). A later version changes the entry there; a cancelled event takes it away."""
    event = service.get_shown(EventStore(connect()), event_id)
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
    ticket = service.Ticket(event_id, body.email, body.name)
    service.send_code(EventStore(connect()), ticket_signer(), ticket)
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
    wanted = registration_of(ticket_signer().read(body.registration), now)
    registration = service.register(EventStore(connect()), ticket_signer(), wanted)
    return own(EventStore(connect()).get(registration.event_id), registration, now)


@api.post(
    "/v1/event-registrations/cancellation",
    permission=PUBLIC,
    summary="Cancel a registration with its code",
    status=204,
    errors=(NotFound,),
)
def cancel_registration_by_code(body: SignedRegistration) -> None:
    """Gives the seat back, with the code from a mail. Again changes nothing."""
    wanted = registration_of(ticket_signer().read(body.registration), utc_now())
    service.cancel(EventStore(connect()), ticket_signer(), wanted.event_id, wanted.registrant)


# ---------------------------------------------------------------- people with an account


@api.get("/v1/me/event-registrations", permission=SIGNED_IN, summary="My registrations for events")
def list_my_registrations(caller: Caller) -> OwnRegistrations:
    """Every event that the caller has a seat for or waits for."""
    store, now = EventStore(connect()), utc_now()
    found = service.entered_by(store, caller.user_id)
    with may_lag():
        return OwnRegistrations(items=tuple(own(store.get(one.event_id), one, now) for one in found))


@api.get(
    "/v1/events/{event_id}/registration",
    permission=SIGNED_IN,
    summary="My registration for an event",
    errors=(NotFound,),
)
def read_my_registration(caller: Caller, event_id: Id) -> OwnRegistration:
    """Whether the caller has a seat, and then where it takes place."""
    store = EventStore(connect())
    with may_lag():
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
    registration = service.register(
        EventStore(connect()), ticket_signer(), wanted, (people.seen_write(caller, now),)
    )
    return own(EventStore(connect()).get(event_id), registration, now)


@api.delete(
    "/v1/events/{event_id}/registration",
    permission=SIGNED_IN,
    summary="Cancel my registration",
    status=204,
    errors=(NotFound,),
)
def cancel_my_registration(caller: Caller, event_id: Id) -> None:
    """Gives the seat to who has waited longest. Again changes nothing."""
    service.cancel(EventStore(connect()), ticket_signer(), event_id, caller.user_id)
