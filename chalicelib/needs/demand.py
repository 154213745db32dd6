"""The published demand: cells by place and subject, and how a question is answered from them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import Field

from chalicelib.days import day_of_number
from chalicelib.geography.service import STATES
from chalicelib.needs.lines import OPENINGS, skill_of
from chalicelib.needs.models import Skill
from chalicelib.values import Model, Subject


class Level(StrEnum):
    """How far a cell reaches, the nearest first."""

    AREA = "area"
    STATE = "state"
    DIVISION = "division"
    NATION = "nation"


class SkillShare(Model):
    """How many of the employers want a skill."""

    skill: Annotated[Skill, Field(examples=["electrical"])]
    share_percent: Annotated[str, Field(examples=["65", "<5", ">95"])]
    """In steps of 5; `<5` and `>95` at the ends."""
    as_of: date


class DemandCell(Model):
    """What at least five owner groups want."""

    level: Annotated[Level, Field(examples=["area"])]
    place: Annotated[str, Field(examples=["598-MT"])]
    """An area, a state's postal code, a division, or `US`."""
    employers: Annotated[str, Field(examples=["5-9"])]
    """How many owner groups have openings, as a band. Those counted further up because too few are near them are
    not in it."""
    median_openings: Annotated[str, Field(examples=["2.0"])]
    """How many people half of the shops want at least, in steps of a half."""
    as_of: date
    """The last night on which the cell changed."""
    skills: tuple[SkillShare, ...]
    """The skills of which it can be said, the most wanted first."""


class DemandDocument(Model):
    """All that is published of a subject in a state: its areas, the state, its division and the nation."""

    state: str
    subject: Subject
    cells: tuple[DemandCell, ...]

    def covering(self, area: str | None) -> tuple[DemandCell, ...]:
        """The cells that a place is in, the nearest first."""
        wanted = [one for one in self.cells if one.level is not Level.AREA or one.place == area]
        return tuple(sorted(wanted, key=lambda one: list(Level).index(one.level)))

    @property
    def areas(self) -> tuple[DemandCell, ...]:
        """The cells of the state's areas."""
        return tuple(one for one in self.cells if one.level is Level.AREA)


class Pointer(Model):
    """What is published: since when, and what the next night goes on from."""

    release: str
    night: date
    """The night that computed it."""
    checked: date
    """The last night that found nothing to change."""
    state_key: str
    digest: str
    settled: bool


class Printed(Protocol):
    """A published cell, as the Exchange's publisher prints it."""

    @property
    def loc_level(self) -> str: ...
    @property
    def loc(self) -> str: ...
    @property
    def position(self) -> str: ...
    @property
    def metric(self) -> str: ...
    @property
    def n_orgs(self) -> str: ...
    @property
    def median(self) -> float | str | None: ...
    @property
    def as_of(self) -> int: ...


def cells_of(printed: Iterable[Printed]) -> dict[Subject, list[DemandCell]]:
    """Cells by subject: openings with the skills that are published for the same place."""
    openings: dict[tuple[str, str, str], Printed] = {}
    shares: dict[tuple[str, str, str], list[SkillShare]] = defaultdict(list)
    for one in printed:
        where = (one.position, one.loc_level, one.loc)
        skill = skill_of(one.metric)
        if one.metric == OPENINGS and one.median is not None:
            openings[where] = one
        elif skill is not None and one.median is not None:
            shares[where].append(
                SkillShare(skill=skill, share_percent=_share(one.median), as_of=day_of_number(one.as_of))
            )
    found: dict[Subject, list[DemandCell]] = defaultdict(list)
    for where, one in sorted(openings.items()):
        found[Subject(one.position)].append(
            DemandCell(
                level=Level(one.loc_level),
                place=one.loc,
                employers=one.n_orgs,
                median_openings=f"{one.median:.1f}",
                as_of=day_of_number(one.as_of),
                skills=tuple(sorted(shares[where], key=_most_wanted)),
            )
        )
    return dict(found)


def documents(cells: dict[Subject, list[DemandCell]]) -> Iterator[DemandDocument]:
    """A document for each state and subject of which anything is published that covers the state."""
    for subject, mine in cells.items():
        for state in STATES.values():
            places = {state.code, state.division.value, "US"}
            covering = tuple(
                one
                for one in mine
                if one.place in places or (one.level is Level.AREA and one.place.endswith(f"-{state.code}"))
            )
            if covering:
                yield DemandDocument(state=state.code, subject=subject, cells=covering)


def _share(median: float | str) -> str:
    return median if isinstance(median, str) else f"{median:.0f}"


def _most_wanted(share: SkillShare) -> tuple[int, str]:
    order = {"<5": 0, ">95": 100}
    percent = order.get(share.share_percent)
    return -(int(share.share_percent) if percent is None else percent), share.skill.value
