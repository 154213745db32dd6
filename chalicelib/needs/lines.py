"""The line in which the index holds openings for the night, and the answers that they make.

A line is ``p1|<organization>|<position>|<openings>|<subject>|<last day>|<skill>,<skill>,…``, the day ISO 8601.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from chalicelib.geography.service import Areas, area_at
from chalicelib.needs.models import Opening, Skill
from chalicelib.organizations.models import CONTRIBUTING, Status
from chalicelib.organizations.service import Organization
from chalicelib.values import Subject

LAYOUT: Final = "p1"
OPENINGS: Final = "openings"
_SKILL: Final = "skill_"
_SHARE: Final = "_share"
_WHOLE: Final = 100

Answer = tuple[str, str, str, str, str, str, int]
"""Organization with half-year, owner group, area, state, metric, subject, and value in hundredths."""


class Line(NamedTuple):
    """What the index holds of openings."""

    organization_id: str
    openings: int
    subject: Subject
    until: date
    skills: tuple[Skill, ...]


def line_of(opening: Opening) -> str:
    """The line of openings."""
    parts = (
        LAYOUT,
        opening.organization_id,
        opening.position.value,
        str(opening.openings),
        opening.subject.value,
        opening.counts_until.isoformat(),
        ",".join(opening.skills),
    )
    return "|".join(parts)


def parse_line(text: str) -> Line:
    """What a line holds. Raises ``ValueError`` for another layout and unknown names."""
    layout, organization_id, _, openings, subject, until, skills = text.split("|")
    if layout != LAYOUT:
        raise ValueError(f"not a line of layout {LAYOUT}")
    return Line(
        organization_id,
        int(openings),
        Subject(subject),
        date.fromisoformat(until),
        tuple(map(Skill, skills.split(","))) if skills else (),
    )


def skill_metric(skill: Skill) -> str:
    """The metric of the share of shops that want a skill."""
    return f"{_SKILL}{skill.value}{_SHARE}"


def answers(
    lines: Iterable[Line], organizations: Mapping[str, Organization], areas: Areas, night: date
) -> Iterator[Answer]:
    """What shops say of each subject on a night: how many people they want, and which skills they do or do not.

    Only verified shops and dealerships count, and openings that are not past.
    """
    half = f"{night.year}-{1 if night.month <= 6 else 2}"
    by_shop: dict[tuple[str, Subject], list[Line]] = defaultdict(list)
    for line in lines:
        if line.until >= night and _counts(organizations.get(line.organization_id)):
            by_shop[line.organization_id, line.subject].append(line)
    for (organization_id, subject), mine in sorted(by_shop.items()):
        shop = organizations[organization_id]
        who = f"{organization_id}@{half}"
        at = shop.address
        where = (shop.unit_of_protection, area_at(areas, at.zip, at.state, at.county), at.state)
        wanted = {skill for line in mine for skill in line.skills}
        total = sum(line.openings for line in mine)
        yield (who, *where, OPENINGS, subject.value, _WHOLE * total)
        for skill in Skill:
            yield (who, *where, skill_metric(skill), subject.value, _WHOLE if skill in wanted else 0)


def skill_of(metric: str) -> Skill | None:
    """The skill of a metric, or None where it is about none."""
    if not metric.startswith(_SKILL):
        return None
    return Skill(metric.removeprefix(_SKILL).removesuffix(_SHARE))


def _counts(organization: Organization | None) -> bool:
    return (
        organization is not None
        and organization.status is Status.VERIFIED
        and organization.kind in CONTRIBUTING
    )
