"""Routes of events for the administrators who hold them."""

from contextlib import suppress
from typing import Annotated, Final

from pydantic import Field

from chalicelib.auth import ADMINISTRATORS, Caller
from chalicelib.clock import utc_now
from chalicelib.errors import Conflict, MoveNotAllowed, NotFound, TemporarilyUnavailable
from chalicelib.events import service
from chalicelib.events.models import Event, EventChange, EventDraft
from chalicelib.events.store import EventStore
from chalicelib.events.tickets import ticket_signer
from chalicelib.events.views import (
    AdministratorsEvent,
    AdministratorsEventsPage,
    Attendance,
    EventsQuery,
    EventStatus,
    ListedRegistration,
    RegistrationsPage,
    for_administrators,
    listed,
)
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.reading import may_lag
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="Events")

_TELL_SECONDS: Final = 12.0
"""What a request may spend on telling people at once; the hourly run tells the rest."""
Registrant = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,80}$")]


@api.post("/v1/administration/events", permission=ADMINISTRATORS, summary="Draft an event", status=201)
def create_event(
    caller: Caller, body: EventDraft, idempotent: IdempotentRequest | None
) -> Reply[AdministratorsEvent]:
    """Nobody else sees it before it is published. Send an Idempotency-Key: the request can then be repeated safely."""
    event = service.create(EventStore(connect()), caller, body, idempotent)
    return _reply(event, location=f"events/{event.id}")


@api.get("/v1/administration/events", permission=ADMINISTRATORS, summary="List all events")
def list_all_events(query: EventsQuery) -> AdministratorsEventsPage:
    """Drafts and past ones included, newest first."""
    found, last = EventStore(connect()).all(page_start("all-events", query.cursor), query.limit)
    now = utc_now()
    return AdministratorsEventsPage(
        items=tuple(for_administrators(one, now) for one in found),
        next_cursor=next_cursor("all-events", last),
    )


@api.get(
    "/v1/administration/events/{event_id}",
    permission=ADMINISTRATORS,
    summary="Read an event with all that belongs to it",
    errors=(NotFound,),
)
def read_whole_event(event_id: Id) -> Reply[AdministratorsEvent]:
    """Whatever its status."""
    return _reply(EventStore(connect()).get(event_id))


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
    event = service.change(EventStore(connect()), ticket_signer(), caller, event_id, if_match, body)
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
    return _told(service.move(EventStore(connect()), caller, event_id, if_match, body.status))


@api.get(
    "/v1/administration/events/{event_id}/registrations",
    permission=ADMINISTRATORS,
    summary="List who is registered",
    errors=(NotFound,),
)
def list_registrations(event_id: Id, query: EventsQuery) -> RegistrationsPage:
    """Everybody with a seat or in the line."""
    store, scope = EventStore(connect()), f"registrations#{event_id}"
    with may_lag():
        store.get(event_id)
    found, last = store.registrations(event_id, page_start(scope, query.cursor) or "", query.limit)
    return RegistrationsPage(items=tuple(map(listed, found)), next_cursor=next_cursor(scope, last))


@api.put(
    "/v1/administration/events/{event_id}/registrations/{registrant}/attendance",
    permission=ADMINISTRATORS,
    summary="Note whether somebody came",
    errors=(NotFound, Conflict),
)
def note_attendance(event_id: Id, registrant: Registrant, body: Attendance) -> ListedRegistration:
    """From the event's beginning on. Again changes nothing."""
    return listed(
        service.set_attended(
            EventStore(connect()), event_id, registrant, attended=body.attended, now=utc_now()
        )
    )


def _told(event: Event) -> Reply[AdministratorsEvent]:
    until = utc_now().timestamp() + _TELL_SECONDS
    # What was asked for is done. Whom nobody can be told now, the hour tells.
    with suppress(TemporarilyUnavailable):
        service.tell_about(
            EventStore(connect()),
            ticket_signer(),
            event.id,
            utc_now(),
            lambda: until - utc_now().timestamp(),
            only_now=True,
        )
    return _reply(EventStore(connect()).get(event.id))


def _reply(event: Event, location: str | None = None) -> Reply[AdministratorsEvent]:
    return Reply(for_administrators(event, utc_now()), etag=version_etag(event.version), location=location)
