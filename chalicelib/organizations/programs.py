"""What schools teach.

CIP codes are those of the Classification of Instructional Programs (National Center for Education
Statistics), series 47.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from chalicelib.values import WHOLE, Model, Sector, Subject


class Level(StrEnum):
    """Where in the school system a program is."""

    SECONDARY = "secondary"
    POSTSECONDARY = "postsecondary"


class Accreditation(StrEnum):
    """What a program is accredited as.

    Automobile: ``MLR`` (540 hours), ``AST`` (840), ``MAST`` (1,200). Truck: ``IMMR``, ``TST``, ``MTST``.
    Collision: ``collision``.
    """

    MLR = "MLR"
    AST = "AST"
    MAST = "MAST"
    IMMR = "IMMR"
    TST = "TST"
    MTST = "MTST"
    COLLISION = "collision"


SUBJECT_OF_CIP: Final = {
    "47.0302": Subject.HEAVY_EQUIPMENT,
    "47.0603": Subject.COLLISION,
    "47.0604": Subject.AUTOMOTIVE,
    "47.0605": Subject.DIESEL,
    "47.0606": Subject.SMALL_ENGINE,
    "47.0611": Subject.MOTORCYCLE,
    "47.0613": Subject.MEDIUM_HEAVY_TRUCK,
    "47.0614": Subject.ALTERNATIVE_FUEL,
    "47.0617": Subject.HIGH_PERFORMANCE,
}

SECTOR_OF: Final[Mapping[Subject, Sector]] = {
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
"""The part of the trade that a subject is taught for; a subject that is none of these has none."""


def subject_of_cip(cip_code: str) -> Subject | None:
    """The subject of a CIP code such as ``47.0604``: ``other`` in the rest of 47.06, None outside."""
    return SUBJECT_OF_CIP.get(cip_code) or (Subject.OTHER if cip_code.startswith("47.06") else None)


class Program(Model):
    """What a school teaches."""

    subject: Annotated[Subject, Field(examples=["automotive"])]
    cip_code: Annotated[str | None, Field(pattern=r"^[0-9]{2}\.[0-9]{4}$", examples=["47.0604"])] = None
    """The code of the Classification of Instructional Programs; it has to fit the subject."""
    level: Annotated[Level, Field(examples=["postsecondary"])]
    accreditation: Annotated[Accreditation | None, Field(examples=["MAST"])] = None
    enrolment: Annotated[int | None, Field(strict=True, ge=0, le=100_000, examples=[48]), WHOLE] = None
    """Students in the program now."""
