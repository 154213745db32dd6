"""Outcomes: counts of what happened, never who the students were."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chalicelib.engagement.models import Counter, PlacementKind
from chalicelib.errors import FieldError, InvalidInput
from chalicelib.postings.models import Category, Direction
from chalicelib.values import WHOLE, Id, Kind, Line, Model, Position, Timestamp

PLACING: Final = {Category(kind.value): kind for kind in PlacementKind}
"""The categories whose outcome is students placed."""
GIVING: Final = frozenset(
    {
        Category.TOOLS,
        Category.PARTS,
        Category.VEHICLE,
        Category.EQUIPMENT,
        Category.CURRICULUM,
        Category.SCHOLARSHIP,
    }
)
"""The categories whose outcome is things that changed hands."""

_Students = Annotated[int, Field(strict=True, ge=0, le=10_000), WHOLE]
_Number = Annotated[int, Field(strict=True, ge=0, le=10_000), WHOLE]


class Placement(Model):
    """Students placed in a position."""

    position: Annotated[Position, Field(examples=["technician_c"])]
    students: Annotated[int, Field(strict=True, ge=1, le=500, examples=[2]), WHOLE]


def _once(placements: tuple[Placement, ...]) -> tuple[Placement, ...]:
    if len({one.position for one in placements}) != len(placements):
        raise PydanticCustomError("duplicate", "Name each position once.")
    return placements


class OutcomeDraft(Model):
    """What a school confirms: counts alone. There is no place for a name, and none is to be put anywhere else."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"placements": [{"position": "technician_c", "students": 2}], "hours": 320},
                {"students_reached": 24, "hours": 2},
                {"items": 3},
            ]
        }
    )

    placements: Annotated[
        tuple[Placement, ...], AfterValidator(_once), Field(max_length=len(Position), examples=[[]])
    ] = ()
    """Students who got the job, internship or apprenticeship, by position: needed for these, not taken for others."""
    students_reached: Annotated[_Students, Field(examples=[24])] = 0
    """Students who saw the tour, heard the speaker, took part; not taken for jobs, internships and
    apprenticeships."""
    hours: Annotated[_Number, Field(examples=[2])] = 0
    """Hours that people gave, or that students worked."""
    items: Annotated[_Number, Field(examples=[3])] = 0
    """Things that changed hands: needed for tools, parts, vehicles, equipment, curricula and scholarships, not taken
    for others."""


class Outcome(Model):
    """What came of a response."""

    response_id: Id
    posting_id: Id
    posting_title: Line
    direction: Direction
    category: Category
    confirmed_by: Id
    """The organization that confirmed it: the school."""
    fulfilled_by: Id
    """The organization across from it."""
    placements: tuple[Placement, ...]
    students_placed: int
    students_reached: int
    hours: int
    items: int
    confirmed_at: Timestamp

    def counts(self) -> dict[Counter, int]:
        """What it adds to the records of both organizations."""
        return {
            Counter.COMPLETIONS: 1,
            Counter.STUDENTS_PLACED: self.students_placed,
            Counter.STUDENTS_REACHED: self.students_reached,
            Counter.HOURS: self.hours,
            Counter.ITEMS: self.items,
        }

    def placed(self) -> dict[tuple[PlacementKind, Position], int]:
        """The students placed, by kind and position."""
        return {(PLACING[self.category], one.position): one.students for one in self.placements}

    def says(self, draft: OutcomeDraft) -> bool:
        """Whether a draft would make the same outcome."""
        return OutcomeDraft(
            placements=self.placements,
            students_reached=self.students_reached,
            hours=self.hours,
            items=self.items,
        ) == draft.model_copy(update={"placements": ordered(draft.placements)})


class Partner(Model):
    """What an organization completed together with another, over all years."""

    organization_id: Id
    completions: int
    students_placed: int
    students_reached: int
    hours: int
    items: int
    last_at: Timestamp
    categories: tuple[Category, ...]


def ordered(placements: tuple[Placement, ...]) -> tuple[Placement, ...]:
    """Placements in the order of positions, so that the same ones are equal."""
    order = list(Position)
    return tuple(sorted(placements, key=lambda one: order.index(one.position)))


def check_counts(category: Category, draft: OutcomeDraft) -> None:
    """Raises ``InvalidInput`` where the counts do not fit what was done."""
    problems = list(_misfits(category, draft))
    if problems:
        raise InvalidInput("; ".join(f"{one.pointer}: {one.detail}" for one in problems), problems)


def _misfits(category: Category, draft: OutcomeDraft) -> Iterator[FieldError]:
    what = category.value
    if category in PLACING:
        if not draft.placements:
            yield FieldError(
                "/placements", f"What came of a {what} is students placed: say how many, by position."
            )
        if draft.students_reached:
            yield FieldError(
                "/students_reached", f"For a {what} students are counted in placements; leave this out."
            )
    elif draft.placements:
        yield FieldError("/placements", f"Nobody is placed by {what}; leave this out.")
    if category in GIVING:
        if not draft.items:
            yield FieldError("/items", f"What came of {what} is things that changed hands: say how many.")
    elif draft.items:
        yield FieldError("/items", f"Nothing changes hands by {what}; leave this out.")


def confirming(posting_organization: tuple[str, Kind | None], answering: tuple[str, Kind | None]) -> str:
    """Which of the two organizations confirms: the school; where both or none is one, whose posting it is."""
    if answering[1] is Kind.SCHOOL and posting_organization[1] is not Kind.SCHOOL:
        return answering[0]
    return posting_organization[0]
