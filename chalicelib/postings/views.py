"""What who may see of a posting, and the requests and pages around it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.geography.models import ZipText
from chalicelib.organizations.models import Contact, Organization
from chalicelib.postings.details import Category, Details
from chalicelib.postings.models import FARTHEST_MILES, Direction, Place, Posting, Stage, Status
from chalicelib.postings.search import Hit
from chalicelib.values import Id, Kind, Line, Link, Model, Sector, Subject, Text, Timestamp


class Poster(Model):
    """Whose a posting is."""

    id: Id
    kind: Annotated[Kind, Field(examples=["school"])]
    name: Annotated[Line, Field(examples=["Bitterroot Technical College"])]
    city: Annotated[str, Field(examples=["Missoula"])]
    state: Annotated[str, Field(examples=["MT"])]
    website: Annotated[str | None, Field(examples=["https://college.example.org"])]


class ContactedPoster(Poster):
    """Whose a posting is, and whom to ask there."""

    phone: Annotated[str | None, Field(examples=["+14065550123"])]
    contact: Contact | None


class _Shown(Model):
    id: Id
    direction: Annotated[Direction, Field(examples=["need"])]
    category: Annotated[Category, Field(examples=["equipment"])]
    """Also in ``details``."""
    status: Annotated[Status, Field(examples=["open"])]
    title: Annotated[Line, Field(examples=["Two brake lathes for a secondary program"])]
    text: Annotated[Text, Field(examples=["Ours are from 1988. We can pick them up."])]
    """Plain text: escape it where it is shown."""
    details: Details
    sectors: tuple[Sector, ...]
    subjects: tuple[Subject, ...]
    place: Place
    radius_miles: Annotated[int, Field(examples=[100])]
    starts_on: Annotated[date | None, Field(examples=["2026-07-06"])]
    ends_on: Annotated[date, Field(examples=["2026-09-30"])]
    """The last day on which it can be answered; it is open until that day is over everywhere."""
    seats: Annotated[int, Field(examples=[2])]
    seats_left: Annotated[int, Field(examples=[1])]
    link: Link | None
    opened_at: Timestamp | None
    updated_at: Timestamp


class PublicPosting(_Shown):
    """What anybody may see of a posting: no contact details."""

    organization: Poster


class ParticipantPosting(_Shown):
    """What participants may see of a posting: contact details too."""

    organization: ContactedPoster


class OwnPosting(_Shown):
    """A posting, for those who speak for it."""

    organization_id: Id
    hidden: bool
    """Whether administrators have hidden it from others."""
    version: Annotated[int, Field(ge=1)]
    """Also the answer's ETag: send it back as If-Match with a change."""
    created_at: Timestamp


class OwnPostings(Model):
    """A page of an organization's postings, newest first."""

    items: tuple[OwnPosting, ...]
    next_cursor: str | None


class PostingStatus(Model):
    """What shall become of a posting."""

    status: Annotated[Literal[Stage.OPEN, Stage.FULFILLED, Stage.CLOSED], Field(examples=["open"])]


class FoundPosting(Model):
    """A posting, and how far away it is."""

    posting: PublicPosting
    distance_miles: Annotated[float | None, Field(ge=0, examples=[3.2])]
    """Great-circle distance, to a tenth of a mile; null where no place was asked for."""


class FoundPostings(Model):
    """A page of a search."""

    items: tuple[FoundPosting, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end. A page may be short, even empty, and go on."""


class Sort(StrEnum):
    """The order of results."""

    NEAREST = "nearest"
    NEWEST = "newest"


class SearchQuery(Model):
    """Which open postings to look for."""

    direction: Annotated[Direction | None, Field(examples=["offer"])] = None
    category: Annotated[Category | None, Field(examples=["internship"])] = None
    sector: Annotated[Sector | None, Field(examples=["diesel"])] = None
    """What is about this sector, or about all."""
    subject: Annotated[Subject | None, Field(examples=["diesel"])] = None
    """What is about this subject, or about all."""
    title: Annotated[Line | None, Field(max_length=100)] = None
    """Words that all stand in the title, in whatever case and as parts of words too."""
    zip: ZipText | None = None
    """Around this ZIP code; what is not meant for so far away is left out."""
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    """Decimal degrees, together with ``longitude``."""
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None
    radius_miles: Annotated[float, Field(gt=0, le=FARTHEST_MILES)] = 50
    sort: Sort | None = None
    """Around a place the nearest come first, or the newest within 100 miles; without a place the newest."""
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class ListQuery(Model):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before."""


def own_view(posting: Posting, now: datetime) -> OwnPosting:
    """What those see who speak for it."""
    return OwnPosting(
        **_shown(posting, now),
        organization_id=posting.organization_id,
        hidden=posting.hidden,
        version=posting.version,
        created_at=posting.created_at,
    )


def public_view(posting: Posting, organization: Organization, now: datetime) -> PublicPosting:
    """What anybody may see."""
    return PublicPosting(**_shown(posting, now), organization=poster(organization))


def participant_view(posting: Posting, organization: Organization, now: datetime) -> ParticipantPosting:
    """What participants may see."""
    poster = ContactedPoster(**_poster(organization), phone=organization.phone, contact=organization.contact)
    return ParticipantPosting(**_shown(posting, now), organization=poster)


def found_views(hits: list[Hit], now: datetime) -> tuple[FoundPosting, ...]:
    """What anybody may see of what was found."""
    return tuple(
        FoundPosting(
            posting=public_view(hit.posting, hit.organization, now),
            distance_miles=None if hit.miles is None else round(hit.miles, 1),
        )
        for hit in hits
    )


_COPIED = tuple(name for name in _Shown.model_fields if name != "status")


def _shown(posting: Posting, now: datetime) -> dict[str, Any]:
    return {name: getattr(posting, name) for name in _COPIED} | {"status": posting.status(now)}


def poster(organization: Organization) -> Poster:
    """What anybody may see of whose a posting is."""
    return Poster(**_poster(organization))


def _poster(organization: Organization) -> dict[str, Any]:
    return {
        "id": organization.id,
        "kind": organization.kind,
        "name": organization.name,
        "city": organization.address.city,
        "state": organization.address.state,
        "website": organization.website,
    }
