"""Schools from lists: nobody speaks for them until somebody claims them, and until then the lists do.

The writes go into the importer's own transactions, together with what it remembers of the school's identity.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic_core import PydanticCustomError

from chalicelib.errors import InvalidInput
from chalicelib.geography import service as geography
from chalicelib.organizations.contacts import uniform_phone
from chalicelib.organizations.models import Address, Organization, Status
from chalicelib.organizations.programs import Program
from chalicelib.organizations.store import changed_put, new_put
from chalicelib.table.expressions import Put
from chalicelib.values import Kind, Sector, web_address

FROM_LISTS: Final = (Status.UNCLAIMED, Status.CLOSED)
"""The statuses in which a list may change a school."""


class ImportedSchool(NamedTuple):
    """A school as a list has it, cleaned. None means that the list does not say.

    ``zip`` has five digits and is one that ``geography.service.find_zip`` knows. Coordinates are taken where
    both are there; else a school that stays in its ZIP code keeps its own, and others get those of the ZIP code.
    """

    name: str
    city: str
    zip: str
    street: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    website: str | None = None
    sectors: tuple[Sector, ...] = ()
    programs: tuple[Program, ...] = ()
    ipeds_unit_id: str | None = None
    nces_id: str | None = None
    ope_id: str | None = None
    closed: bool = False


def new_school(record: ImportedSchool, organization_id: str, now: datetime) -> Organization:
    """The organization that a school of a list becomes: unclaimed, or closed.

    Raises ``InvalidInput`` where the ZIP code is unknown.
    """
    return Organization(
        id=organization_id, kind=Kind.SCHOOL, version=1, created_at=now, updated_at=now, **_told(record, None)
    )


def changed_school(organization: Organization, record: ImportedSchool, now: datetime) -> Organization:
    """A school after a list told of it again; the very same where nothing is new or somebody speaks for it.

    What the list does not say stays. Raises ``InvalidInput`` where the ZIP code is unknown.
    """
    if not from_lists(organization):
        return organization
    after = organization.model_copy(update=_told(record, organization))
    if after == organization:
        return organization
    return after.model_copy(update={"version": organization.version + 1, "updated_at": now})


def from_lists(organization: Organization) -> bool:
    """Whether lists may change it: nobody speaks for it."""
    return organization.status in FROM_LISTS


def new_school_write(organization: Organization) -> Put:
    """The write of a new school. Its condition fails where there is an organization of that id."""
    return new_put(organization)


def changed_school_write(organization: Organization, expected_version: int) -> Put:
    """The write of a changed school. Its condition fails where it changed meanwhile or was claimed."""
    return changed_put(organization, expected_version, FROM_LISTS)


def _told(record: ImportedSchool, before: Organization | None) -> dict[str, Any]:
    place = geography.find_zip(record.zip)
    if place is None:
        raise InvalidInput(f"There is no place with the ZIP code {record.zip}.")
    stays = before if before is not None and before.address.zip == place.zip else None
    point = geography.Point(place.latitude, place.longitude)
    if record.latitude is not None and record.longitude is not None:
        point = geography.Point(record.latitude, record.longitude)
    elif stays is not None:
        point = geography.Point(stays.latitude, stays.longitude)
    told: dict[str, Any] = {
        "name": record.name,
        "status": Status.CLOSED if record.closed else Status.UNCLAIMED,
        "address": Address(
            street=record.street or (stays.address.street if stays else None),
            city=record.city,
            state=place.state,
            zip=place.zip,
            county=place.county,
        ),
        "division": place.division,
        "area": place.area,
        "latitude": point.latitude,
        "longitude": point.longitude,
    }
    said: dict[str, Any] = {
        "phone": _sound(uniform_phone, record.phone),
        "website": _sound(web_address, record.website),
        "programs": record.programs,
        "sectors": record.sectors,
        "ipeds_unit_id": record.ipeds_unit_id,
        "nces_id": record.nces_id,
        "ope_id": record.ope_id,
    }
    if before is None:
        return told | said
    return told | {name: value for name, value in said.items() if value}


def _sound(rule: Callable[[str], str], text: str | None) -> str | None:
    """The text as the rule gives it, or None where it breaks it: a slip must not lose the school."""
    try:
        return rule(text) if text else None
    except PydanticCustomError:
        return None
