"""Which cell answers."""

import gzip
import json
from datetime import date
from itertools import combinations

import pytest

from chalicelib.errors import NotFound
from chalicelib.exchange.lookup import Question, answer, steps
from chalicelib.exchange.models import Cell
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.release import Document, build

NIGHT = date(2026, 6, 15)
ORDER = [
    ("state", "MT", "collision"),
    ("state", "MT", "all"),
    ("division", "mountain", "collision"),
    ("division", "mountain", "all"),
    ("nation", "US", "collision"),
    ("nation", "US", "all"),
]
COLLISION = Question("labor_rate_body", "all", "MT", "mountain", "collision")
ANY = Question("labor_rate_body", "all", "MT", "mountain", "all")


def document(published: list[tuple[str, str, str]], state: str = "MT") -> Document:
    cells = [
        Cell(*place, "all", "labor_rate_body", "5-9", 6_000 + ORDER.index(place), None, None, NIGHT)
        for place in published
    ]
    release = build(cells, NIGHT, Policy(), {"MT": "mountain", "ID": "mountain"})
    body = next(file.body for file in release.files if file.name == f"places/state/{state}.json.gz")
    found: Document = json.loads(gzip.decompress(body))
    return found


def test_place_goes_before_shop_type() -> None:
    assert [(step.loc_level, step.loc, step.shop_type) for step in steps(COLLISION)] == ORDER
    assert [(step.loc_level, step.shop_type) for step in steps(ANY)] == [
        ("state", "all"),
        ("division", "all"),
        ("nation", "all"),
    ]


@pytest.mark.parametrize(
    "published",
    [subset for size in range(1, 7) for subset in combinations(ORDER, size)],
    ids=lambda one: str(len(one)),
)
def test_the_most_specific_published_cell_answers_and_the_rest_is_told(
    published: tuple[tuple[str, str, str], ...],
) -> None:
    found = answer(document(list(published)), COLLISION)
    assert (found.cell.loc_level, found.cell.loc, found.cell.shop_type) == published[0]
    assert found.cell.median == 6_000 + ORDER.index(published[0])
    assert [(one.loc_level, one.loc, one.shop_type) for one in found.passed_over] == ORDER[
        : ORDER.index(published[0])
    ]
    assert [(one.loc_level, one.loc, one.shop_type) for one in found.ancestors] == list(published[1:])


def test_a_neighbouring_states_cell_never_answers() -> None:
    assert answer(
        document(ORDER, state="ID"), Question("labor_rate_body", "all", "ID", "mountain", "collision")
    ).cell.loc == ("mountain")


@pytest.mark.parametrize(
    "question",
    [
        COLLISION,
        Question("labor_rate_paint", "all", "MT", "mountain", "all"),
        Question("hourly_equivalent", "painter", "MT", "mountain", "all"),
    ],
)
def test_where_nothing_is_published_it_says_so(question: Question) -> None:
    with pytest.raises(NotFound, match="fewer than 5 independent owner groups"):
        answer(document([] if question is COLLISION else ORDER), question)
