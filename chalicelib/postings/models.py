"""Postings: what is needed or offered, where and how far, until when, and what may become of it."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from chalicelib.errors import Conflict, FieldError, InvalidInput, MoveNotAllowed
from chalicelib.postings.details import Category, Details
from chalicelib.values import Id, Kind, Line, Link, Model, Sector, Subject, Text, Timestamp

__all__ = [
    "FARTHEST_MILES",
    "LONGEST",
    "MOVES",
    "USUAL",
    "Category",
    "Details",
    "Direction",
    "Place",
    "Posting",
    "Stage",
    "Status",
    "check_dates",
    "check_seats",
    "end_of",
    "moved",
]

LONGEST: Final = timedelta(days=366)
"""How far ahead a posting may end."""
USUAL: Final = timedelta(days=90)
"""How long a posting stands where nobody says."""
FARTHEST_MILES: Final = 300
_LAST_MIDNIGHT: Final = timedelta(hours=12)
"""How long after midnight in Greenwich a day is over everywhere."""


class Direction(StrEnum):
    """Whether something is asked for or given."""

    NEED = "need"
    OFFER = "offer"


class Stage(StrEnum):
    """What those who speak for a posting have said of it."""

    DRAFT = "draft"
    OPEN = "open"
    FULFILLED = "fulfilled"
    CLOSED = "closed"


class Status(StrEnum):
    """What a posting is at a moment.

    ``draft``: seen by its organization alone. ``open``: it can be answered. ``fulfilled``: all seats are taken, or
    its organization says that it has what it wanted. ``closed``: taken back. ``expired``: its last day is over.
    """

    DRAFT = "draft"
    OPEN = "open"
    FULFILLED = "fulfilled"
    CLOSED = "closed"
    EXPIRED = "expired"


class Place(Model):
    """Where something is needed or offered."""

    zip: Annotated[str, Field(examples=["59801"])]
    city: Annotated[str, Field(examples=["Missoula"])]
    state: Annotated[str, Field(examples=["MT"])]
    latitude: Annotated[float, Field(examples=[46.8563])]
    longitude: Annotated[float, Field(examples=[-114.0252])]


class Posting(Model):
    """A need or an offer of one organization."""

    id: Id
    organization_id: Id
    organization_kind: Kind
    direction: Direction
    title: Line
    text: Text
    details: Details
    sectors: tuple[Sector, ...]
    subjects: tuple[Subject, ...]
    place: Place
    radius_miles: int
    starts_on: date | None = None
    ends_on: date
    seats: int
    link: Link | None = None
    stage: Stage
    created_at: Timestamp
    updated_at: Timestamp
    opened_at: Timestamp | None = None
    version: int = 1
    seats_taken: int = 0
    hidden: bool = False

    @property
    def category(self) -> Category:
        """What is needed or offered."""
        return self.details.category

    @property
    def seats_left(self) -> int:
        """How many responses can still be accepted."""
        return max(0, self.seats - self.seats_taken)

    @property
    def open_until(self) -> datetime:
        """The moment from which on it is expired."""
        return end_of(self.ends_on)

    def status(self, now: datetime) -> Status:
        """What it is at a moment; it does not depend on anybody having cleaned up."""
        if self.stage is not Stage.OPEN:
            return Status(self.stage.value)
        if now >= self.open_until:
            return Status.EXPIRED
        return Status.OPEN if self.seats_left else Status.FULFILLED


def end_of(day: date) -> datetime:
    """The moment at which a day is over everywhere: a posting does not end earlier in Hawaii than in Maine."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) + _LAST_MIDNIGHT


MOVES: Final[dict[Stage, frozenset[Stage]]] = {
    Stage.DRAFT: frozenset({Stage.OPEN}),
    Stage.OPEN: frozenset({Stage.FULFILLED, Stage.CLOSED}),
    Stage.FULFILLED: frozenset({Stage.OPEN, Stage.CLOSED}),
    Stage.CLOSED: frozenset({Stage.OPEN}),
}
"""What may become of what."""


def moved(posting: Posting, stage: Stage, now: datetime) -> Posting:
    """The posting in another stage; the very same where it is in it.

    Raises ``MoveNotAllowed`` where it cannot get there, and ``Conflict`` where it would be open after its last day.
    """
    if stage is posting.stage:
        return posting
    if stage not in MOVES[posting.stage]:
        raise MoveNotAllowed(f"A posting that is {posting.stage.value} cannot become {stage.value}.")
    if stage is Stage.OPEN and now >= posting.open_until:
        raise Conflict(
            f"This posting ended on {posting.ends_on.isoformat()}. Change ends_on first, then open it."
        )
    opened = posting.opened_at or now if stage is Stage.OPEN else posting.opened_at
    return posting.model_copy(
        update={"stage": stage, "opened_at": opened, "version": posting.version + 1, "updated_at": now}
    )


def check_dates(starts_on: date | None, ends_on: date, now: datetime) -> None:
    """Raises ``InvalidInput`` where a posting would end before it begins, in the past, or too far ahead."""
    if now >= end_of(ends_on):
        raise _invalid(
            "/ends_on", f"{ends_on.isoformat()} is past; the last day of a posting is yet to come."
        )
    if ends_on > (now + LONGEST).date():
        raise _invalid(
            "/ends_on", f"A posting stands for {LONGEST.days} days at most; it can be made longer later."
        )
    if starts_on is not None and starts_on > ends_on:
        raise _invalid("/ends_on", "A posting cannot end before it begins: correct starts_on or ends_on.")


def check_seats(seats: int, taken: int) -> None:
    """Raises ``InvalidInput`` where fewer seats would be left than are taken."""
    if seats < taken:
        raise _invalid("/seats", f"{taken} seats are taken already; there cannot be fewer.")


def _invalid(pointer: str, detail: str) -> InvalidInput:
    return InvalidInput(f"{pointer}: {detail}", [FieldError(pointer, detail)])
