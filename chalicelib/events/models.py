"""Events, registrations for them, and their rules. Times are a place's clock and its zone; moments follow from both."""

import hashlib
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.values import WHOLE, Email, Id, Line, Link, Model, Text, Timestamp

REMINDED_BEFORE: Final = timedelta(hours=24)
"""How long before its beginning people are reminded of an event."""
CLOCK: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$"
FARTHEST: Final = timedelta(days=3 * 366)
MOST_CODES_A_DAY: Final = 5
"""How many codes go to a mailbox on a day: anybody can ask for one to any address."""


class Stage(StrEnum):
    """What has been decided about an event."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Status(StrEnum):
    """What an event is at a moment."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"


class RegistrationStatus(StrEnum):
    """Whether somebody has a seat."""

    REGISTERED = "registered"
    WAITING = "waiting"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError(
            "time_zone", "A time zone by its name in the IANA database, such as America/Denver."
        ) from error
    return name


TimeZone = Annotated[
    str, Field(min_length=1, max_length=64, examples=["America/Denver"]), AfterValidator(_zone)
]
"""A time zone's name."""
LocalTime = Annotated[str, Field(pattern=CLOCK, examples=["2027-02-11T18:00"])]
"""What the clock of the time zone shows, to the minute."""
Minutes = Annotated[int, Field(strict=True, ge=15, le=720, examples=[60]), WHOLE]
MOST_SEATS: Final = 10_000
Capacity = Annotated[int, Field(strict=True, ge=1, le=MOST_SEATS, examples=[100]), WHOLE]


class EventDraft(Model):
    """What makes an event."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Getting started: your first posting",
                    "text": "What to write, what schools look for, and what happens next.",
                    "starts_local": "2027-02-11T18:00",
                    "time_zone": "America/Denver",
                    "minutes": 60,
                    "capacity": 100,
                    "join_url": "https://meet.connects.example/first-posting",
                }
            ]
        }
    )

    title: Annotated[Line, Field(examples=["Getting started: your first posting"])]
    text: Annotated[Text, Field(examples=["What to write, what schools look for, and what happens next."])]
    starts_local: LocalTime
    """When it begins, by the clock of ``time_zone``."""
    time_zone: TimeZone
    minutes: Minutes
    capacity: Capacity
    """How many seats there are; who comes later waits for one."""
    join_url: Link | None = None
    """Where it takes place. Shown to those who have a seat."""


class EventChange(Model):
    """A JSON merge patch: what is left out stays. Who has a seat is told of another time or place."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"starts_local": "2027-02-12T18:00"}]})

    title: Annotated[Line, Field(default_factory=str, examples=["Getting started: your first posting"])]
    text: Annotated[Text, Field(default_factory=str, examples=["What to write, and what happens next."])]
    starts_local: Annotated[LocalTime, Field(default_factory=str)]
    time_zone: Annotated[TimeZone, Field(default_factory=str)]
    minutes: Annotated[Minutes, Field(default_factory=int)]
    capacity: Annotated[Capacity, Field(default_factory=int)]
    """Never fewer than are taken."""
    join_url: Link | None = None
    recording_url: Link | None = None
    """Where it can be watched afterwards; shown to everybody."""


class Event(Model):
    """A webinar or another event."""

    id: Id
    title: Line
    text: Text
    starts_local: str
    time_zone: str
    minutes: int
    capacity: int
    join_url: str | None = None
    recording_url: str | None = None
    stage: Stage
    version: int
    created_at: Timestamp
    updated_at: Timestamp
    seats_taken: int = 0
    waiting: int = 0
    attended: int = 0

    @property
    def starts_at(self) -> datetime:
        """When it begins."""
        return moment_of(self.starts_local, self.time_zone)

    @property
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def status(self, now: datetime) -> Status:
        """What it is at a moment."""
        if self.stage is not Stage.PUBLISHED:
            return Status(self.stage.value)
        if now >= self.ends_at:
            return Status.OVER
        return Status.RUNNING if now >= self.starts_at else Status.PUBLISHED


class Registration(Model):
    """Somebody's seat at an event, or their place in the line for one."""

    event_id: Id
    registrant: str
    """A user id, or ``mail-`` and the digest of an address."""
    name: Line | None = None
    email: Email | None = None
    """Of those without an account; who has one is written to as their profile says."""
    status: RegistrationStatus
    place: str = ""
    """What sorts those who wait."""
    attended: bool = False
    created_at: Timestamp

    @property
    def user_id(self) -> str | None:
        """Whose it is, where it is somebody's with an account."""
        return None if self.registrant.startswith(MAIL) else self.registrant


MAIL: Final = "mail-"


def registrant_of(email: str) -> str:
    """What an address without an account is known by: the same however it is written.

    What stands behind a ``+`` is left out: with most providers all such addresses are one mailbox, and one person could
    take every seat.
    """
    name, _, domain = email.strip().lower().rpartition("@")
    mailbox = name.partition("+")[0] or name
    return MAIL + hashlib.sha256(f"{mailbox}@{domain}".encode()).hexdigest()[:32]


def registrants(user_id: str, email: str = "") -> tuple[str, ...]:
    """What a person's registrations are known by: those with their account, and those by their verified address."""
    return (user_id, registrant_of(email)) if email else (user_id,)


def moment_of(local: str, zone: str) -> datetime:
    """The moment at which the clock of a zone shows a time; the earlier one where it shows it twice."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def check_time(local: str, zone: str, now: datetime) -> None:
    """Raises ``InvalidInput`` for a time that no clock shows, that is over, or that is years away."""
    try:
        naive = datetime.fromisoformat(local)
    except ValueError:
        raise _wrong_time("There is no such day.") from None
    moment = moment_of(local, zone)
    # In the hour that a clock skips in spring, the way to the moment and back gives another time.
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != naive:
        raise _wrong_time(f"The clock in {zone} skips this time on that day: choose another.")
    if moment <= now:
        raise _wrong_time("This is over already: an event begins later than now.")
    if moment > now + FARTHEST:
        raise _wrong_time("This is more than three years away.")


def _wrong_time(detail: str) -> InvalidInput:
    return InvalidInput(f"/starts_local: {detail}", [FieldError("/starts_local", detail)])
