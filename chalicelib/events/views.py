"""What who may see of events and registrations, and the requests and pages around them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.events.models import Event, Registration, RegistrationStatus, Stage, Status
from chalicelib.values import Email, Id, Line, Model, Text, Timestamp


class ShownEvent(Model):
    """What anybody may know of an event."""

    id: Id
    title: Annotated[Line, Field(examples=["Getting started: your first posting"])]
    text: Annotated[Text, Field(examples=["What to write, what schools look for, and what happens next."])]
    """Plain text: escape it where it is shown."""
    status: Annotated[Status, Field(examples=["published"])]
    starts_at: Timestamp
    ends_at: Timestamp
    starts_local: Annotated[str, Field(examples=["2027-02-11T18:00"])]
    """What the clock of ``time_zone`` shows when it begins."""
    time_zone: Annotated[str, Field(examples=["America/Denver"])]
    minutes: Annotated[int, Field(examples=[60])]
    capacity: Annotated[int, Field(examples=[100])]
    seats_left: Annotated[int, Field(ge=0, examples=[12])]
    recording_url: Annotated[str | None, Field(examples=["https://watch.connects.example/1"])]


class AdministratorsEvent(ShownEvent):
    """An event, for those who run it."""

    join_url: Annotated[str | None, Field(examples=["https://meet.connects.example/first-posting"])]
    waiting: Annotated[int, Field(ge=0)]
    attended: Annotated[int, Field(ge=0)]
    version: Annotated[int, Field(ge=1)]
    """Also the answer's ETag: send it back as If-Match with a change."""
    created_at: Timestamp
    updated_at: Timestamp


class EventsQuery(Model):
    """A page of a list."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=1_000)] = None


class EventsPage(Model):
    """Events that anybody may know, by their beginning."""

    items: tuple[ShownEvent, ...]
    next_cursor: str | None


class AdministratorsEventsPage(Model):
    """All events, newest first."""

    items: tuple[AdministratorsEvent, ...]
    next_cursor: str | None


class EventStatus(Model):
    """What becomes of an event."""

    status: Annotated[Literal[Stage.PUBLISHED, Stage.CANCELLED], Field(examples=["published"])]


class OwnRegistration(Model):
    """Somebody's own registration."""

    event: ShownEvent
    status: Annotated[RegistrationStatus, Field(examples=["registered"])]
    join_url: Annotated[str | None, Field(examples=["https://meet.connects.example/first-posting"])]
    """Where it takes place; null while waiting."""


class OwnRegistrations(Model):
    """A person's registrations."""

    items: tuple[OwnRegistration, ...]


class RegistrationRequest(Model):
    """Who registers without an account."""

    name: Annotated[Line, Field(max_length=100, examples=["Ann Example"])]
    email: Email


class RegistrationAsked(Model):
    """What happens next."""

    detail: Annotated[str, Field(examples=["Confirm with the code that is on its way to this address."])]


class SignedRegistration(Model):
    """The code from a mail."""

    registration: Annotated[str, Field(min_length=1, max_length=2_000, examples=["WyIwMTkyLi4uIl0.Zx.abc"])]


class ListedRegistration(Model):
    """A registration, for those who run the event."""

    registrant: Annotated[str, Field(examples=["6b1f2d0e-8f0a-4d0e-9a57-0f6f1f0f2c11"])]
    """Names it in the paths of this event's registrations."""
    name: Annotated[str | None, Field(examples=["Ann Example"])]
    """Of those without an account, as is the address."""
    email: Annotated[str | None, Field(examples=["ann@connects.example"])]
    status: Annotated[RegistrationStatus, Field(examples=["registered"])]
    attended: bool
    created_at: Timestamp


class RegistrationsPage(Model):
    """Registrations for an event."""

    items: tuple[ListedRegistration, ...]
    next_cursor: str | None


class Attendance(Model):
    """Whether somebody came."""

    attended: bool


def shown(event: Event, now: datetime) -> ShownEvent:
    """What anybody may know."""
    return ShownEvent(**_shown(event, now))


def for_administrators(event: Event, now: datetime) -> AdministratorsEvent:
    """All of it."""
    more = ("join_url", "waiting", "attended", "version", "created_at", "updated_at")
    return AdministratorsEvent(**_shown(event, now), **{name: getattr(event, name) for name in more})


def own(event: Event, registration: Registration, now: datetime) -> OwnRegistration:
    """A registration as its own person sees it."""
    has_seat = registration.status is RegistrationStatus.REGISTERED
    return OwnRegistration(
        event=shown(event, now), status=registration.status, join_url=event.join_url if has_seat else None
    )


def listed(registration: Registration) -> ListedRegistration:
    """A registration as those see it who run the event."""
    return ListedRegistration(
        **{name: getattr(registration, name) for name in ListedRegistration.model_fields}
    )


def _shown(event: Event, now: datetime) -> dict[str, Any]:
    same = ("id", "title", "text", "starts_at", "ends_at", "starts_local", "time_zone", "minutes", "capacity")
    return {name: getattr(event, name) for name in same} | {
        "status": event.status(now),
        "seats_left": 0 if event.waiting else max(event.capacity - event.seats_taken, 0),
        "recording_url": event.recording_url,
    }
