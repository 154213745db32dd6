"""What who may see of an organization, and the requests and pages around it."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.geography.models import Division, ZipText
from chalicelib.geography.service import STATES, Areas, area_at
from chalicelib.organizations.models import Address, Contact, Organization, Status
from chalicelib.organizations.programs import Program
from chalicelib.values import Id, Kind, Line, Model, Sector, ShopType, Subject, Timestamp


class PublicView(Model):
    """What anybody may see of an organization: no contact details."""

    id: Id
    kind: Annotated[Kind, Field(examples=["shop"])]
    name: Annotated[Line, Field(examples=["Cedar Auto Repair"])]
    status: Annotated[Status, Field(examples=["verified"])]
    shop_type: Annotated[ShopType | None, Field(examples=["independent"])]
    sectors: tuple[Sector, ...]
    address: Address
    division: Division
    area: Annotated[str, Field(examples=["33540-MT"])]
    """The area of the statistics that it is in; GET /v1/geography/areas tells its name."""
    latitude: Annotated[float, Field(examples=[46.8563])]
    longitude: Annotated[float, Field(examples=[-114.0252])]
    website: Annotated[str | None, Field(examples=["https://cedar.example.org"])]
    programs: tuple[Program, ...]


class ParticipantView(PublicView):
    """What participants may see of an organization: contact details too."""

    phone: Annotated[str | None, Field(examples=["+14065550123"])]
    contact: Contact | None
    owner_group_id: Id | None
    """The owner group; null for everyone but the organization's own members and administrators."""
    version: Annotated[int, Field(ge=1)]
    """Also the answer's ETag: send it back as If-Match with a change."""
    created_at: Timestamp
    updated_at: Timestamp


class Verification(Model):
    """An administrator's decision."""

    status: Annotated[
        Literal[Status.VERIFIED, Status.SUSPENDED, Status.PENDING], Field(examples=["verified"])
    ]


class ListQuery(Model):
    """Which organizations to list."""

    kind: Annotated[Kind, Field(examples=["shop"])]
    state: Annotated[
        str,
        Field(pattern=r"^[A-Z]{2}$", examples=["MT"], json_schema_extra={"enum": sorted(STATES)}),
    ]
    """Postal code of the state."""
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class NearbyQuery(Model):
    """Which organizations to look for, and around what: a ZIP code, or a point."""

    zip: ZipText | None = None
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    """Decimal degrees, together with ``longitude``."""
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None
    radius_miles: Annotated[float, Field(gt=0, le=300)] = 50
    kind: Annotated[Kind | None, Field(examples=["school"])] = None
    subject: Annotated[Subject | None, Field(examples=["automotive"])] = None
    """Only schools that teach this."""
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class PageQuery(Model):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class OrganizationPage(Model):
    """A page of a list."""

    items: tuple[PublicView, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end of the list."""


class OwnedPage(Model):
    """A page of an owner group's organizations."""

    items: tuple[ParticipantView, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end of the list."""


class Found(Model):
    """An organization and how far away it is."""

    organization: PublicView
    distance_miles: Annotated[float, Field(ge=0, examples=[3.2])]
    """Great-circle distance, to a tenth of a mile."""


class NearbyPage(Model):
    """A page of what is near, the nearest first."""

    items: tuple[Found, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end. A page may be short, even empty, and go on."""


_PUBLIC = tuple(name for name in PublicView.model_fields if name != "area")
_PARTICIPANT = tuple(name for name in ParticipantView.model_fields if name not in ("area", "owner_group_id"))


def public_view(organization: Organization, areas: Areas) -> PublicView:
    """What anybody may see."""
    shown = {name: getattr(organization, name) for name in _PUBLIC}
    return PublicView(**shown, area=area_of(organization, areas))


def participant_view(organization: Organization, areas: Areas, *, own: bool) -> ParticipantView:
    """What participants may see; ``own`` for the organization's members and administrators."""
    shown = {name: getattr(organization, name) for name in _PARTICIPANT}
    owner_group_id = organization.owner_group_id if own else None
    return ParticipantView(**shown, area=area_of(organization, areas), owner_group_id=owner_group_id)


def public_views(organizations: Iterable[Organization], areas: Areas) -> tuple[PublicView, ...]:
    """What anybody may see of several."""
    return tuple(public_view(one, areas) for one in organizations)


def area_of(organization: Organization, areas: Areas) -> str:
    """The area of the statistics that an organization is in."""
    address = organization.address
    return area_at(areas, address.zip, address.state, address.county)
