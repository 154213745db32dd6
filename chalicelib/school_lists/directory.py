"""The schools of the directory, as far as an import may touch them: records to organizations."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import (
    Accreditation,
    ImportedSchool,
    Level,
    Organization,
    OrganizationStore,
    Program,
    Subject,
)
from chalicelib.school_lists.models import SchoolRecord
from chalicelib.table.expressions import Write
from chalicelib.values import Sector

_SECTORS: Final = {
    Subject.AUTOMOTIVE: Sector.AUTOMOTIVE,
    Subject.ALTERNATIVE_FUEL: Sector.AUTOMOTIVE,
    Subject.HIGH_PERFORMANCE: Sector.AUTOMOTIVE,
    Subject.DIESEL: Sector.DIESEL,
    Subject.MEDIUM_HEAVY_TRUCK: Sector.DIESEL,
    Subject.COLLISION: Sector.COLLISION,
    Subject.HEAVY_EQUIPMENT: Sector.HEAVY_EQUIPMENT,
    Subject.MOTORCYCLE: Sector.POWERSPORTS,
    Subject.SMALL_ENGINE: Sector.POWERSPORTS,
}


class SchoolDirectory:
    """A ``Directory`` over the organizations."""

    def __init__(self, store: OrganizationStore) -> None:
        self._store = store

    def new(self, organization_id: str, record: SchoolRecord, now: datetime) -> Write:
        """The write of a new school, which fails where there is an organization with this id."""
        school = organizations.new_school(imported(record), organization_id, now)
        return organizations.new_school_write(school)

    def current(self, organization_ids: Iterable[str]) -> Mapping[str, Organization]:
        """The organizations that there are."""
        return organizations.get_many(self._store, organization_ids)

    def changed(self, school: Organization, record: SchoolRecord, now: datetime) -> Write | None:
        """The write that makes a school say what the list says, or None where it does.

        It fails where the school was changed or claimed in the meantime.
        """
        after = organizations.changed_school(school, imported(record), now)
        return None if after is school else organizations.changed_school_write(after, school.version)

    def kept_by_people(self, school: Organization) -> bool:
        """Whether a school is its own people's, so that no list changes it."""
        return not organizations.from_lists(school)


def imported(record: SchoolRecord) -> ImportedSchool:
    """A record in the words of the organizations. Programs of other trades than vehicles are left out."""
    programs = tuple(
        Program(
            subject=subject,
            cip_code=one.cip_code,
            level=Level(one.level),
            accreditation=None if one.accreditation is None else Accreditation(one.accreditation),
            enrolment=one.enrolment,
        )
        for one in record.programs
        if (subject := organizations.subject_of_cip(one.cip_code)) is not None
    )
    sectors = dict.fromkeys(_SECTORS[one.subject] for one in programs if one.subject in _SECTORS)
    return ImportedSchool(
        name=record.name,
        city=record.city,
        zip=record.zip,
        street=record.street,
        latitude=record.latitude,
        longitude=record.longitude,
        phone=record.phone,
        website=record.website,
        sectors=tuple(sectors),
        programs=programs,
        ipeds_unit_id=record.ipeds_unit_id,
        nces_id=record.nces_id,
        ope_id=record.ope_id,
        closed=record.closed,
    )
