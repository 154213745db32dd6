"""Which published cell answers a question: pure, from a place's document alone."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from chalicelib.errors import NotFound
from chalicelib.exchange.models import ALL, NATION
from chalicelib.exchange.release import Document, cell_key


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. ``position`` and ``shop_type`` are ``all`` where none is named."""

    metric: str
    position: str
    state: str
    division: str
    shop_type: str


@dataclass(frozen=True, slots=True)
class Found:
    """A published cell: where it is, the range of its owner groups, and its figures in the unit inside."""

    loc_level: str
    loc: str
    shop_type: str
    band: str
    median: int
    p25: int | None
    p75: int | None
    as_of: date


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A more specific cell that is not published."""

    loc_level: str
    loc: str
    shop_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The most specific published cell, those passed over on the way to it, and the wider ones."""

    cell: Found
    passed_over: tuple[PassedOver, ...]
    ancestors: tuple[Found, ...]


def steps(question: Question) -> list[PassedOver]:
    """The cells that cover a question, the most specific first.

    Place goes before shop type: all shop types of a state come before the same shop type of its division.
    Those who ask hire and sell in a local market, and a figure named after their state that mixes shop types
    says so; one for their shop type from eight other states would look precise and be about somewhere else.
    It is also the order in which small groups of shops are joined until they may be published: first with
    other types nearby, then with the wider place.
    """
    places: Final = (("state", question.state), ("division", question.division), ("nation", NATION))
    shop_types = (question.shop_type,) if question.shop_type == ALL else (question.shop_type, ALL)
    return [PassedOver(level, loc, shop_type) for level, loc in places for shop_type in shop_types]


def answer(document: Document, question: Question) -> Answer:
    """The answer in a place's document. Raises ``NotFound`` where not even the nation's cell is published."""
    cells = document["cells"].get(question.metric, {}).get(question.position, {})
    passed_over: list[PassedOver] = []
    found: list[Found] = []
    for step in steps(question):
        row = cells.get(cell_key(step.loc_level, step.loc, step.shop_type))
        if row is not None:
            band, median, p25, p75, as_of = row
            place = (step.loc_level, step.loc, step.shop_type)
            found.append(Found(*place, band, median, p25, p75, date.fromisoformat(as_of)))
        elif not found:
            passed_over.append(step)
    if not found:
        raise NotFound(
            "No figure of this is published, not even for the whole nation: fewer than "
            f"{document['policy']['k']} independent owner groups have contributed values old enough, or one "
            "of them outweighs the others. Try another metric or position, or come back when more have "
            "contributed."
        )
    return Answer(found[0], tuple(passed_over), tuple(found[1:]))
