"""Organizations, for the other features: looking them up, and what lists and claims make of schools.

What people do with their own is in ``lifecycle``, which the routes call.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.errors import (
    NotFound,
)
from chalicelib.organizations.claiming import check_claimable, claimed_write
from chalicelib.organizations.directory import find_fitting
from chalicelib.organizations.imports import (
    Changed,
    absent_school,
    changed_school,
    changed_school_write,
    own_fields,
    present_school,
    removed_school_write,
)
from chalicelib.organizations.models import (
    Organization,
    Status,
)
from chalicelib.organizations.programs import SECTOR_OF, Accreditation, Level, Program, subject_of_cip
from chalicelib.organizations.provenance import Telling
from chalicelib.organizations.provenance import read as read_provenance
from chalicelib.organizations.school_items import profile_items
from chalicelib.organizations.school_lines import SchoolLine, read_school_line, school_line_of
from chalicelib.organizations.store import OrganizationStore, open_check, verified_check
from chalicelib.organizations.taking_back import (
    TakenBack,
    held_by_people,
    said_by_another,
    same_school,
    without_import,
)
from chalicelib.organizations.told import ImportedSchool, ImportedSchools
from chalicelib.table.expressions import Put, missing

__all__ = [
    "SECTOR_OF",
    "Accreditation",
    "Changed",
    "ImportedSchool",
    "ImportedSchools",
    "Level",
    "Organization",
    "OrganizationStore",
    "Program",
    "SchoolLine",
    "TakenBack",
    "Telling",
    "absent_school",
    "changed_school",
    "changed_school_write",
    "check_claimable",
    "claimed_write",
    "every",
    "find_fitting",
    "get",
    "get_many",
    "get_public",
    "held_by_people",
    "new_schools_of_list",
    "open_check",
    "own_fields",
    "present_school",
    "read_provenance",
    "removed_school_write",
    "said_by_another",
    "same_school",
    "school_line_of",
    "school_line_of_write",
    "schools_around",
    "statuses",
    "subject_of_cip",
    "verified_check",
    "without_import",
]


def get(store: OrganizationStore, organization_id: str) -> Organization:
    """An organization. Raises ``NotFound`` where there is none, and where it is being deleted."""
    return store.get(organization_id)


def get_public(store: OrganizationStore, organization_id: str) -> Organization:
    """An organization as the public may know it. Raises ``NotFound`` for a suspended one too."""
    organization = store.get(organization_id)
    if organization.status is Status.SUSPENDED:
        raise NotFound("There is no organization with this id.")
    return organization


def get_many(store: OrganizationStore, organization_ids: Iterable[str]) -> dict[str, Organization]:
    """Those organizations that there are, by id."""
    return store.get_many(organization_ids)


def every(store: OrganizationStore, organization_ids: Iterable[str]) -> dict[str, Organization]:
    """As ``get_many``, for whoever may take none for gone that is there: raises where one cannot be read."""
    return store.all_of(organization_ids)


def schools_around(store: OrganizationStore, zip_code: str) -> list[SchoolLine]:
    """Every school of the three-digit ZIP area of a ZIP code, in short."""
    return store.schools_around(zip_code)


def new_schools_of_list(
    schools: ImportedSchools, ids: Sequence[str], telling: Telling, now: datetime
) -> list[Put]:
    """The write of each of many schools that a list brings, which fails where there is one with its id.

    What ``new_school`` makes, only sooner. Raises ``InvalidInput`` where a ZIP code is unknown.
    """
    condition = missing()
    return [Put(item, condition) for item in profile_items(schools, ids, telling, now)]


def school_line_of_write(write: Put) -> SchoolLine:
    """A school in short, as ``schools_around`` gives it once it is written."""
    return read_school_line(write.item["x"])


def statuses(store: OrganizationStore, organization_ids: Iterable[str]) -> dict[str, Status]:
    """The status of those organizations that there are, by id."""
    return store.statuses(organization_ids)
