"""The schools of the directory, as far as an import may touch them: records to organizations."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import (
    Accreditation,
    Changed,
    ImportedSchool,
    Level,
    Organization,
    OrganizationStore,
    Program,
    SchoolLine,
    Telling,
)
from chalicelib.school_lists import models
from chalicelib.school_lists.models import Record, SchoolRecord
from chalicelib.table.expressions import Write


class SchoolDirectory:
    """Schools by id and by place, and the writes that make and change them."""

    def __init__(self, store: OrganizationStore) -> None:
        self._store = store

    def new(
        self, organization_id: str, record: SchoolRecord, telling: Telling, now: datetime
    ) -> tuple[Write, SchoolLine]:
        """The write of the school that a row becomes, which fails where there is one with this id; and it in short."""
        return organizations.new_school_of_list(imported(record), organization_id, telling, now)

    def current(self, organization_ids: Iterable[str]) -> Mapping[str, Organization]:
        """The organizations that there are."""
        return organizations.get_many(self._store, organization_ids)

    def changed(
        self,
        school: Organization,
        record: Record,
        telling: Telling,
        now: datetime,
        confirmed: Mapping[str, str],
    ) -> Changed:
        """The school after a row told of it."""
        return organizations.changed_school(school, imported(record), telling, now, confirmed)

    def change_write(self, after: Organization, before: Organization) -> Write:
        """The write of a changed school, which fails where it was changed in the meantime."""
        return organizations.changed_school_write(after, before.version)

    def around(self, zip_code: str) -> list[SchoolLine]:
        """Every school of a three-digit ZIP area; eventually consistent."""
        return organizations.schools_around(self._store, zip_code)


def imported(record: Record) -> ImportedSchool:
    """A record in the words of the organizations. Programs of other trades than vehicles are left out."""
    programs = tuple(program for one in record.programs if (program := _program(one)) is not None)
    if not isinstance(record, SchoolRecord):
        return ImportedSchool(
            programs=programs,
            ipeds_unit_id=record.ipeds_unit_id,
            nces_id=record.nces_id,
            ope_id=record.ope_id,
        )
    return ImportedSchool(
        name=record.name,
        city=record.city,
        zip=record.zip,
        street=record.street,
        latitude=record.latitude,
        longitude=record.longitude,
        phone=record.phone,
        website=record.website,
        programs=programs,
        ipeds_unit_id=record.ipeds_unit_id,
        nces_id=record.nces_id,
        ope_id=record.ope_id,
        closed=record.closed,
    )


@lru_cache(maxsize=4096)
def _program(one: models.Program) -> Program | None:
    subject = organizations.subject_of_cip(one.cip_code)
    if subject is None:
        return None
    return Program(
        subject=subject,
        cip_code=one.cip_code,
        level=Level(one.level),
        accreditation=None if one.accreditation is None else Accreditation(one.accreditation),
        enrolment=one.enrolment,
    )
