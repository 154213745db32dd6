"""A published demand, as a night makes it."""

from datetime import date

from chalicelib.needs.demand import DemandCell, DemandDocument, Level, Pointer, SkillShare
from chalicelib.needs.models import Skill
from chalicelib.values import Subject

NIGHT = date(2026, 6, 15)


def cell(level: Level, place: str, employers: str = "5-9") -> DemandCell:
    """What enough owner groups of a place want."""
    return DemandCell(
        level=level,
        place=place,
        employers=employers,
        median_openings="2.0",
        as_of=NIGHT,
        skills=(SkillShare(skill=Skill.BRAKES, share_percent="65", as_of=NIGHT),),
    )


def document() -> DemandDocument:
    """All that is published of a subject in Montana."""
    cells = (
        cell(Level.NATION, "US", "100+"),
        cell(Level.AREA, "591-MT"),
        cell(Level.AREA, "598-MT"),
        cell(Level.DIVISION, "mountain", "20-49"),
        cell(Level.STATE, "MT", "10-19"),
    )
    return DemandDocument(state="MT", subject=Subject.AUTOMOTIVE, cells=cells)


def demand() -> Pointer:
    """The pointer to it."""
    return Pointer(
        release="2026-06-15-3f0c8a4e",
        night=NIGHT,
        checked=NIGHT,
        state_key="state/demand-2026-06-15/0123456789abcdef.zip",
        digest="0",
        settled=False,
    )
