"""What people send of postings, and the posting that comes of it. Pure: no table, no clock."""

from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, JsonValue

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.geography.models import ZipText
from chalicelib.postings.details import Details
from chalicelib.postings.models import (
    FARTHEST_MILES,
    USUAL,
    Direction,
    Place,
    Posting,
    Stage,
    check_dates,
    check_seats,
)
from chalicelib.values import ONCE, WHOLE, Kind, Line, Link, Model, Sector, Subject, Text

Seats = Annotated[int, Field(strict=True, ge=1, le=1000, examples=[2]), WHOLE]
Radius = Annotated[int, Field(strict=True, ge=1, le=FARTHEST_MILES, examples=[50]), WHOLE]
Sectors = Annotated[
    tuple[Sector, ...],
    ONCE,
    Field(max_length=len(Sector), examples=[["automotive"]], json_schema_extra={"uniqueItems": True}),
]
Subjects = Annotated[
    tuple[Subject, ...],
    ONCE,
    Field(max_length=len(Subject), examples=[["automotive"]], json_schema_extra={"uniqueItems": True}),
]

_EXAMPLES: Final[list[JsonValue]] = [
    {
        "direction": "need",
        "title": "Two brake lathes for a secondary program",
        "text": "Ours are from 1988. We can pick them up, and give a receipt.",
        "details": {"category": "equipment", "quantity": 2, "condition": "usable", "handover": "pickup"},
        "sectors": ["automotive"],
        "subjects": ["automotive"],
        "radius_miles": 100,
        "ends_on": "2026-09-30",
    },
    {
        "direction": "offer",
        "title": "Paid summer internship in a diesel shop",
        "text": "Ten weeks beside a master technician. Boots and glasses are on us.",
        "details": {
            "category": "internship",
            "hours_per_week": 30,
            "weeks": 10,
            "positions": ["diesel_technician_1"],
            "hourly_pay": {"from_usd": "18.00", "to_usd": "21.00"},
            "minimum_age": 16,
        },
        "sectors": ["diesel"],
        "subjects": ["diesel", "medium_heavy_truck"],
        "radius_miles": 50,
        "starts_on": "2026-07-06",
        "ends_on": "2026-09-30",
        "seats": 2,
        "link": "https://cedar.example.org/internships",
    },
]


class PostingDraft(Model):
    """What makes a posting. It is a draft until it is opened."""

    model_config = ConfigDict(json_schema_extra={"examples": _EXAMPLES})

    direction: Annotated[Direction, Field(examples=["need"])]
    title: Annotated[Line, Field(examples=["Two brake lathes for a secondary program"])]
    text: Annotated[Text, Field(examples=["Ours are from 1988. We can pick them up."])]
    """Plain text: whoever shows it escapes it."""
    details: Details
    sectors: Sectors = ()
    """The sectors it is about; none means all."""
    subjects: Subjects = ()
    """The subjects it is about; none means all."""
    zip: ZipText | None = None
    """Where; the organization's own place if left out."""
    radius_miles: Radius = 50
    """How far around it is meant for."""
    starts_on: Annotated[date | None, Field(examples=["2026-07-06"])] = None
    """When it begins, where that is known."""
    ends_on: Annotated[date | None, Field(examples=["2026-09-30"])] = None
    """The last day on which it can be answered; 90 days from now if left out."""
    seats: Seats = 1
    """How many responses can be accepted."""
    link: Link | None = None


class PostingChange(Model):
    """A JSON merge patch (RFC 7396): what is left out stays, and ``null`` takes away what may be missing.

    ``details`` are replaced as a whole, and keep their category. The direction never changes.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "One brake lathe", "ends_on": "2026-10-31", "seats": 1}]}
    )

    title: Annotated[Line, Field(default_factory=str, examples=["One brake lathe"])]
    text: Annotated[Text, Field(default_factory=str, examples=["The other one came already."])]
    details: Details | None = None
    sectors: Sectors | None = None
    subjects: Subjects | None = None
    zip: ZipText | None = None
    """Another place; null for the organization's own."""
    radius_miles: Annotated[Radius, Field(default_factory=int)]
    starts_on: Annotated[date | None, Field(examples=["2026-07-06"])] = None
    ends_on: Annotated[date, Field(default_factory=lambda: date.min, examples=["2026-10-31"])]
    seats: Annotated[Seats, Field(default_factory=int)]
    link: Link | None = None


def drafted(
    draft: PostingDraft, posting_id: str, organization_id: str, kind: Kind, place: Place, now: datetime
) -> Posting:
    """The posting that a draft makes. Raises ``InvalidInput`` where its dates make no sense."""
    ends_on = draft.ends_on or (now + USUAL).date()
    check_dates(draft.starts_on, ends_on, now)
    return Posting(
        id=posting_id,
        organization_id=organization_id,
        organization_kind=kind,
        direction=draft.direction,
        title=draft.title,
        text=draft.text,
        details=draft.details,
        sectors=draft.sectors,
        subjects=draft.subjects,
        place=place,
        radius_miles=draft.radius_miles,
        starts_on=draft.starts_on,
        ends_on=ends_on,
        seats=draft.seats,
        link=draft.link,
        stage=Stage.DRAFT,
        created_at=now,
        updated_at=now,
    )


def changed(posting: Posting, change: PostingChange, place: Place | None, now: datetime) -> Posting:
    """The posting after a change; the very same where it changes nothing.

    ``place`` is where it moves to, if it does. Raises ``InvalidInput`` where the change breaks a rule.
    """
    sent = change.model_fields_set
    copied = ("title", "text", "radius_miles", "starts_on", "ends_on", "seats", "link")
    update: dict[str, Any] = {name: getattr(change, name) for name in copied if name in sent}
    for name in ("sectors", "subjects"):
        if name in sent:
            update[name] = getattr(change, name) or ()
    if "details" in sent:
        update["details"] = _details(posting, change)
    if place is not None:
        update["place"] = place
    result = posting.model_copy(update=update)
    if result == posting:
        return posting
    if {"starts_on", "ends_on"} & sent:
        check_dates(result.starts_on, result.ends_on, now)
    check_seats(result.seats, posting.seats_taken)
    return result.model_copy(update={"version": posting.version + 1, "updated_at": now})


def _details(posting: Posting, change: PostingChange) -> Any:
    if change.details is None or change.details.category is not posting.category:
        detail = (
            f"The details of this posting are those of the category {posting.category.value}, and stay so."
        )
        raise InvalidInput(f"/details: {detail}", [FieldError("/details", detail)])
    return change.details
