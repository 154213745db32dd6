"""What is counted of an organization, and its record of a year."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from chalicelib.values import Id, Model, Position

Count = Annotated[int, Field(ge=0, examples=[3])]


class Counter(StrEnum):
    """Something that an organization does, or that is done with it."""

    PROGRAM_UPDATES = "program_updates"
    """Its programs were brought up to date."""
    NEEDS_OPENED = "needs_opened"
    """It published a need."""
    OFFERS_OPENED = "offers_opened"
    """It published an offer."""
    RESPONSES_SENT = "responses_sent"
    """It answered another's posting."""
    RESPONSES_ACCEPTED = "responses_accepted"
    """It accepted another's response, or its own was accepted."""
    COMPLETIONS = "completions"
    """Something agreed upon happened, as a school confirmed."""
    STUDENTS_PLACED = "students_placed"
    """Students who got a job, an internship or an apprenticeship of it."""
    STUDENTS_REACHED = "students_reached"
    """Students who saw a tour, heard a speaker or the like."""
    HOURS = "hours"
    """Hours that people gave."""
    ITEMS = "items"
    """Tools, parts, vehicles and the like that changed hands."""


class PlacementKind(StrEnum):
    """What students are placed in; each is a category of postings."""

    JOB = "job"
    INTERNSHIP = "internship"
    APPRENTICESHIP = "apprenticeship"


FIRST_YEAR: Final = 2020
Year = Annotated[int, Field(ge=FIRST_YEAR, le=2100, examples=[2026])]


class Placements(Model):
    """Students placed in a kind of work and a position."""

    kind: Annotated[PlacementKind, Field(examples=["internship"])]
    position: Annotated[Position, Field(examples=["technician_c"])]
    students: Annotated[int, Field(ge=1, examples=[2])]


class EngagementRecord(Model):
    """What an organization did in a calendar year (UTC). A year without anything is all zeros."""

    organization_id: Id
    year: Year
    program_updates: Count = 0
    needs_opened: Count = 0
    offers_opened: Count = 0
    responses_sent: Count = 0
    responses_accepted: Count = 0
    completions: Count = 0
    students_placed: Count = 0
    students_reached: Count = 0
    hours: Count = 0
    items: Count = 0
    placements: tuple[Placements, ...] = ()
    """The students placed, by kind and position."""

    def count(self, counter: Counter) -> int:
        """One of the counts."""
        number: int = getattr(self, counter.value)
        return number


def year_of(moment: datetime) -> int:
    """The year that a moment counts for: the calendar year in UTC, the same everywhere."""
    return moment.year
