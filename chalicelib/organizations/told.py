"""The fields that lists tell of a school: from what a list says to values, and from values to the organization."""

from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import Any, Final, NamedTuple

from pydantic_core import PydanticCustomError

from chalicelib.errors import InvalidInput
from chalicelib.geography import service as geography
from chalicelib.organizations.contacts import uniform_phone, web_address
from chalicelib.organizations.models import Address, Organization, Status
from chalicelib.organizations.programs import SECTOR_OF, Program
from chalicelib.values import Sector

MOST_PROGRAMS: Final = 50
_PLAIN: Final = ("name", "phone", "website", "ipeds_unit_id", "nces_id", "ope_id")


class ImportedSchool(NamedTuple):
    """A school as a list has it, cleaned. None means that the list does not say.

    ``zip`` has five digits and is one that ``geography.service.find_zip`` knows. Without it only identifiers and
    programs are told, of a school that is known. Coordinates are taken where both are there; else a school that stays
    in its ZIP code keeps its own, and others get those of the ZIP code.
    """

    name: str | None = None
    city: str | None = None
    zip: str | None = None
    street: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    phone: str | None = None
    website: str | None = None
    programs: tuple[Program, ...] = ()
    ipeds_unit_id: str | None = None
    nces_id: str | None = None
    ope_id: str | None = None
    closed: bool | None = None


class ImportedSchools(NamedTuple):
    """Many schools as a list has them: the fields of ``ImportedSchool``, each a column of equal length."""

    name: Sequence[str | None]
    city: Sequence[str | None]
    zip: Sequence[str | None]
    street: Sequence[str | None]
    latitude: Sequence[float | None]
    longitude: Sequence[float | None]
    phone: Sequence[str | None]
    website: Sequence[str | None]
    programs: Sequence[tuple[Program, ...]]
    ipeds_unit_id: Sequence[str | None]
    nces_id: Sequence[str | None]
    ope_id: Sequence[str | None]
    closed: Sequence[bool | None]

    def rows(self) -> list[ImportedSchool]:
        """The schools one by one."""
        return list(map(ImportedSchool._make, zip(*self, strict=True)))

    def some(self, wanted: Sequence[bool]) -> "ImportedSchools":
        """Those of the schools whose place is wanted."""
        return ImportedSchools._make(list(compress(column, wanted)) for column in self)


def values_of(record: ImportedSchool) -> dict[str, Any]:
    """What a list says, by the fields of ``provenance.FIELDS``; what it does not say is absent."""
    values: dict[str, Any] = {
        "name": record.name,
        "street": record.street,
        "place": (record.city, record.zip) if record.city and record.zip else None,
        "point": _point(record),
        "phone": _sound(uniform_phone, record.phone),
        "website": _sound(web_address, record.website),
        "status": None if record.closed is None else Status.CLOSED if record.closed else Status.UNCLAIMED,
        "programs": record.programs or None,
        "ipeds_unit_id": record.ipeds_unit_id,
        "nces_id": record.nces_id,
        "ope_id": record.ope_id,
    }
    return {name: value for name, value in values.items() if value is not None}


def value(organization: Organization, name: str) -> Any:
    """What a field of an organization is."""
    if name in _PLAIN or name in ("status", "programs"):
        return getattr(organization, name)
    if name == "street":
        return organization.address.street
    if name == "place":
        return organization.address.city, organization.address.zip
    return organization.latitude, organization.longitude


def text(name: str, value: Any) -> str:
    """A value as text, the same in every process: what its digest is made of."""
    if value is None:
        return ""
    if name == "programs":
        return ";".join(f"{program_key(one)} {one.accreditation or ''} {one.enrolment}" for one in value)
    return "|".join(map(str, value)) if isinstance(value, tuple) else str(value)


def changes_of(values: Mapping[str, Any], before: Organization | None) -> dict[str, Any]:
    """The fields of an organization that follow from values; those of a new one where there is none before.

    Raises ``InvalidInput`` where the ZIP code is unknown.
    """
    changes: dict[str, Any] = {name: values[name] for name in (*_PLAIN, "status") if name in values}
    if "programs" in values:
        changes["programs"] = values["programs"]
        changes["sectors"] = _sectors(values["programs"])
    if "place" in values:
        city, zip_code = values["place"]
        changes |= _located(city, zip_code, values.get("street", before and before.address.street))
        if before is not None and before.address.zip == zip_code:
            del changes["latitude"], changes["longitude"]
    elif "street" in values and before is not None:
        changes["address"] = before.address.model_copy(update={"street": values["street"]})
    if values.get("point") is not None:
        changes["latitude"], changes["longitude"] = values["point"]
    elif "point" in values and before is not None:
        place = _place(values["place"][1] if "place" in values else before.address.zip)
        changes["latitude"], changes["longitude"] = place.latitude, place.longitude
    return changes


def is_of_zip(organization: Organization) -> bool:
    """Whether an organization's coordinates are those of its ZIP code, and say no more than that."""
    place = geography.find_zip(organization.address.zip)
    return place is not None and (place.latitude, place.longitude) == value(organization, "point")


def program_key(program: Program) -> str:
    """What makes two programs of a school the same."""
    return f"{program.cip_code or program.subject.value} {program.level.value}"


def program_after(before: Program, said: Program, *, newer: bool) -> Program:
    """A program after a list said more of it; an older list only says what is not known."""
    details = {
        name: getattr(said, name)
        for name in ("accreditation", "enrolment")
        if getattr(said, name) is not None and (newer or getattr(before, name) is None)
    }
    return before.model_copy(update=details) if details else before


def _sectors(programs: tuple[Program, ...]) -> tuple[Sector, ...]:
    return tuple(dict.fromkeys(SECTOR_OF[one.subject] for one in programs if one.subject in SECTOR_OF))


def _located(city: str, zip_code: str, street: str | None) -> dict[str, Any]:
    place = _place(zip_code)
    address = Address(street=street, city=city, state=place.state, zip=place.zip, county=place.county)
    return {
        "address": address,
        "division": place.division,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def _place(zip_code: str) -> geography.ZipPlace:
    place = geography.find_zip(zip_code)
    if place is None:
        raise InvalidInput(f"There is no place with the ZIP code {zip_code}.")
    return place


def _point(record: ImportedSchool) -> tuple[float, float] | None:
    if record.latitude is None or record.longitude is None:
        return None
    return record.latitude, record.longitude


def _sound(rule: Callable[[str], str], text: str | None) -> str | None:
    """The text as the rule gives it, or None where it breaks it: a slip must not lose the school."""
    try:
        return rule(text) if text else None
    except PydanticCustomError:
        return None
