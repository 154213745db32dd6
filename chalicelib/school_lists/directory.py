"""The schools of the directory, as far as an import may touch them: records to organizations."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import (
    Accreditation,
    Changed,
    ImportedSchool,
    ImportedSchools,
    Level,
    Organization,
    OrganizationStore,
    Program,
    SchoolLine,
    Telling,
)
from chalicelib.school_lists import models
from chalicelib.school_lists.collecting import no_collection
from chalicelib.school_lists.models import Record, SchoolRecord
from chalicelib.table.expressions import Put, Write


class SchoolDirectory:
    """Schools by id and by place, and the writes that make and change them."""

    def __init__(self, store: OrganizationStore) -> None:
        self._store = store

    def current(self, organization_ids: Iterable[str]) -> Mapping[str, Organization]:
        """The organizations that there are."""
        return organizations.every(self._store, organization_ids)

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


def new_schools(
    ids: Sequence[str], records: Sequence[SchoolRecord], telling: Telling, now: datetime
) -> list[Put]:
    """The write of the school that each of many rows becomes, which fails where there is one with its id."""
    if not records:
        return []
    with no_collection():
        return organizations.new_schools_of_list(all_imported(records), ids, telling, now)


def line_of(new: Put) -> SchoolLine:
    """A new school in short."""
    return organizations.school_line_of_write(new)


def imported(record: Record) -> ImportedSchool:
    """A record in the words of the organizations. Programs of other trades than vehicles are left out."""
    programs = _programs(record.programs)
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


def all_imported(records: Sequence[SchoolRecord]) -> ImportedSchools:
    """What ``imported`` gives for each of many records, as columns. There is one at least."""
    (
        names,
        streets,
        cities,
        _,
        zips,
        phones,
        websites,
        latitudes,
        longitudes,
        unit_ids,
        nces_ids,
        ope_ids,
        closed,
        programs,
        *_,
    ) = zip(*records, strict=True)
    return ImportedSchools(
        name=names,
        city=cities,
        zip=zips,
        street=streets,
        latitude=latitudes,
        longitude=longitudes,
        phone=phones,
        website=websites,
        programs=list(map(_programs, programs)) if any(programs) else programs,
        ipeds_unit_id=unit_ids,
        nces_id=nces_ids,
        ope_id=ope_ids,
        closed=closed,
    )


def _programs(named: tuple[models.Program, ...]) -> tuple[Program, ...]:
    return tuple(program for one in named if (program := _program(one)) is not None)


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
