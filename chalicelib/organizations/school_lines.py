"""Schools in one line each: what lists compare a school by, read for a whole ZIP area at once.

The store keeps the line beside a school's document, so who looks for a match reads no documents.
"""

from typing import NamedTuple

from chalicelib.organizations.models import Organization


class SchoolLine(NamedTuple):
    """What lists compare a school by. All texts, empty where nothing is known."""

    id: str
    name: str
    street: str
    city: str
    zip: str
    phone: str
    website: str
    ipeds_unit_id: str
    nces_id: str
    ope_id: str
    levels: str
    """``secondary``, ``postsecondary``, or both with a comma between: of the programs."""


def school_line_of(organization: Organization) -> SchoolLine:
    """What lists compare a school by."""
    levels = sorted({program.level.value for program in organization.programs})
    return SchoolLine(
        id=organization.id,
        name=organization.name,
        street=organization.address.street or "",
        city=organization.address.city,
        zip=organization.address.zip,
        phone=organization.phone or "",
        website=organization.website or "",
        ipeds_unit_id=organization.ipeds_unit_id or "",
        nces_id=organization.nces_id or "",
        ope_id=organization.ope_id or "",
        levels=",".join(levels),
    )


def school_line(organization: Organization) -> str:
    """The same in one text, the fields separated by tabs: as it is kept."""
    return "\t".join(school_line_of(organization))


def read_school_line(line: str) -> SchoolLine:
    """The fields of a line as it is kept."""
    return SchoolLine(*line.split("\t"))
