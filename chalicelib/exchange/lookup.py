"""Which published cell answers a question: pure, from a place's document alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from chalicelib.errors import NotFound
from chalicelib.exchange.models import ALL, NATION, PublishedCell
from chalicelib.exchange.places import Document


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and where. ``area`` is None where a whole state is asked about, ``state`` and ``division`` where
    a metropolitan area is that lies in several.

    ``position`` is ``all`` for a metric without positions, and for the composite of all of them; ``shop_type`` is
    ``all`` where none is named. ``before`` tells of a place in a metropolitan area which area it was in until there
    were any.
    """

    metric: str
    position: str
    area: str | None
    state: str | None
    division: str | None
    shop_type: str
    before: "Before | None" = None


class Before(NamedTuple):
    """The area of a place on nights before a day."""

    area: str
    since: date


class Step(NamedTuple):
    """A cell that covers a question, whether published or not."""

    loc_level: str
    loc: str
    shop_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The most specific published cell, those passed over on the way to it, and the wider ones."""

    cell: PublishedCell
    passed_over: tuple[Step, ...]
    ancestors: tuple[PublishedCell, ...]


def steps(question: Question) -> list[Step]:
    """The cells that cover a question, the most specific first: a place's own shop type, then all types there,
    then the next wider place.

    Place goes before shop type: all shop types of a state come before the same shop type of its division.
    Those who ask hire and sell in a local market, and a figure named after their state that mixes shop types
    says so; one for their shop type from eight other states would look precise and be about somewhere else.
    It is also the order in which small groups of shops are joined until they may be published: first with
    other types nearby, then with the wider place.
    """
    areas = (question.area, question.before.area if question.before else None)
    places = [("area", area) for area in areas if area is not None]
    wider = (("state", question.state), ("division", question.division), ("nation", NATION))
    places += [(level, loc) for level, loc in wider if loc is not None]
    shop_types = (question.shop_type,) if question.shop_type == ALL else (question.shop_type, ALL)
    return [Step(level, loc, shop_type) for level, loc in places for shop_type in shop_types]


def find(document: Document, question: Question) -> Answer | None:
    """The answer in a place's document, or None where not even the nation's cell is published."""
    return choose(document.cells(question.metric, question.position), question)


def answer(document: Document, question: Question) -> Answer:
    """The answer in a place's document. Raises ``NotFound`` where not even the nation's cell is published."""
    found = find(document, question)
    if found is None:
        raise NotFound(
            "No figure of this is published, not even for the whole nation: fewer than "
            f"{document.head.k} independent owner groups have contributed values old enough, or one of them "
            "outweighs the others. Try another metric or position, or come back when more have contributed."
        )
    return found


def choose(cells: Mapping[tuple[str, str, str], PublishedCell], question: Question) -> Answer | None:
    """The answer among the published cells of the question's metric and position."""
    passed_over: list[Step] = []
    found: list[PublishedCell] = []
    for step in steps(question):
        cell = cells.get(step)
        if not _covers(question, step, cell):
            continue
        if cell is not None:
            found.append(cell)
        elif not found:
            passed_over.append(step)
    return Answer(found[0], tuple(passed_over), tuple(found[1:])) if found else None


def _covers(question: Question, step: Step, cell: PublishedCell | None) -> bool:
    """Whether a cell covers the question if it is published: the area of before does while its figures are of before.

    Once they change, they are those of shops outside metropolitan areas alone.
    """
    before = question.before
    return before is None or step.loc != before.area or (cell is not None and cell.newest < before.since)


class Standing(StrEnum):
    """Where a figure lies among those of a cell. A figure that equals a printed one belongs above it."""

    BELOW_P25 = "below_p25"
    P25_TO_MEDIAN = "p25_to_median"
    MEDIAN_TO_P75 = "median_to_p75"
    ABOVE_P75 = "above_p75"
    BELOW_MEDIAN = "below_median"
    MEDIAN_OR_ABOVE = "median_or_above"


_QUARTERS: Final = (Standing.BELOW_P25, Standing.P25_TO_MEDIAN, Standing.MEDIAN_TO_P75, Standing.ABOVE_P75)
_HALVES: Final = (Standing.BELOW_MEDIAN, Standing.MEDIAN_OR_ABOVE)


def standing_of(value: int, cell: PublishedCell) -> Standing:
    """Where a value lies among a cell's printed figures; by halves where it has no quartiles.

    Printed figures are rounded, so near one of them the standing is as coarse as its rounding.
    """
    if cell.median is None:
        raise ValueError("the cell is not published")
    if cell.p25 is None or cell.p75 is None:
        return _HALVES[value >= cell.median]
    return _QUARTERS[(value >= cell.p25) + (value >= cell.median) + (value >= cell.p75)]
