"""Which cell answers."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import NotFound
from chalicelib.exchange.lookup import Before, Question, Standing, answer, standing_of, steps
from chalicelib.exchange.places import Document, Head, decode, documents
from tests.unit.exchange.published import DIVISIONS, NIGHT, cell

ORDER = [
    ("area", "598-MT", "collision"),
    ("area", "598-MT", "all"),
    ("state", "MT", "collision"),
    ("state", "MT", "all"),
    ("division", "mountain", "collision"),
    ("division", "mountain", "all"),
    ("nation", "US", "collision"),
    ("nation", "US", "all"),
]
COLLISION = Question("labor_rate_body", "all", "598-MT", "MT", "mountain", "collision")
STATE = Question("labor_rate_body", "all", None, "MT", "mountain", "collision")
ANY = Question("labor_rate_body", "all", "598-MT", "MT", "mountain", "all")


def median_of(place: tuple[str, str, str]) -> int:
    return 250 * (20 + ORDER.index(place))


def document(published: list[tuple[str, str, str]], state: str = "MT") -> Document:
    cells = [cell(*place, median=median_of(place), quartiles=None) for place in published]
    head = Head("2026-06-15-3f9a1c07b2de", NIGHT, "1.0", 5, 90)
    return decode(dict(documents(cells, DIVISIONS, head))[f"places/state/{state}.json.gz"])


def test_place_goes_before_shop_type() -> None:
    assert steps(COLLISION) == ORDER
    assert steps(STATE) == ORDER[2:]
    assert [(step.loc_level, step.shop_type) for step in steps(ANY)] == [
        ("area", "all"),
        ("state", "all"),
        ("division", "all"),
        ("nation", "all"),
    ]


@pytest.mark.parametrize("size", range(1, len(ORDER) + 1))
def test_the_most_specific_published_cell_answers_and_the_rest_is_told(size: int) -> None:
    for published in combinations(ORDER, size):
        found = answer(document(list(published)), COLLISION)
        assert found.cell[:3] == published[0]
        assert found.cell.median == median_of(published[0])
        assert list(found.passed_over) == ORDER[: ORDER.index(published[0])]
        assert [one[:3] for one in found.ancestors] == list(published[1:])


def test_the_area_of_before_answers_while_its_figures_are_of_before() -> None:
    moved = replace(COLLISION, area="33540-MT", before=Before("598-MT", NIGHT + timedelta(days=1)))
    assert [step.loc for step in steps(moved)][:5] == ["33540-MT", "33540-MT", "598-MT", "598-MT", "MT"]
    found = answer(document([ORDER[1], ORDER[3]]), moved)
    assert (found.cell[:3], [one[:3] for one in found.ancestors]) == (ORDER[1], [ORDER[3]])
    assert [step.loc for step in found.passed_over] == ["33540-MT", "33540-MT"]
    later = replace(moved, before=Before("598-MT", NIGHT))
    found = answer(document([ORDER[1], ORDER[3]]), later)
    assert (found.cell[:3], found.ancestors) == (ORDER[3], ())


def test_a_place_in_several_states_is_covered_by_what_holds_them_all() -> None:
    across = replace(COLLISION, area=None, state=None)
    assert steps(across) == ORDER[4:]
    assert steps(replace(across, division=None)) == ORDER[6:]


def test_a_neighbouring_states_cell_never_answers() -> None:
    asked = Question("labor_rate_body", "all", "598-ID", "ID", "mountain", "collision")
    assert answer(document(ORDER, state="ID"), asked).cell.loc == "mountain"


def test_another_area_of_the_state_never_answers() -> None:
    asked = Question("labor_rate_body", "all", "599-MT", "MT", "mountain", "collision")
    assert answer(document(ORDER), asked).cell[:3] == ("state", "MT", "collision")


@pytest.mark.parametrize(
    "question",
    [
        COLLISION,
        Question("labor_rate_paint", "all", None, "MT", "mountain", "all"),
        Question("hourly_equivalent", "painter", None, "MT", "mountain", "all"),
    ],
)
def test_where_nothing_is_published_it_says_so(question: Question) -> None:
    with pytest.raises(NotFound, match="fewer than 5 independent owner groups"):
        answer(document([] if question is COLLISION else ORDER), question)


@pytest.mark.parametrize(
    ("value", "standing"),
    [
        (6_249, Standing.BELOW_P25),
        (6_250, Standing.P25_TO_MEDIAN),
        (6_499, Standing.P25_TO_MEDIAN),
        (6_500, Standing.MEDIAN_TO_P75),
        (6_749, Standing.MEDIAN_TO_P75),
        (6_750, Standing.ABOVE_P75),
    ],
)
def test_a_figure_stands_in_one_of_four_quarters(value: int, standing: Standing) -> None:
    assert standing_of(value, cell()) is standing


def test_without_quartiles_there_are_halves() -> None:
    assert standing_of(6_499, cell(quartiles=None)) is Standing.BELOW_MEDIAN
    assert standing_of(6_500, cell(quartiles=None)) is Standing.MEDIAN_OR_ABOVE


@given(lower=st.integers(0, 10_000), more=st.integers(0, 10_000))
def test_who_pays_more_stands_no_lower(lower: int, more: int) -> None:
    order = [Standing.BELOW_P25, Standing.P25_TO_MEDIAN, Standing.MEDIAN_TO_P75, Standing.ABOVE_P75]
    assert order.index(standing_of(lower, cell())) <= order.index(standing_of(lower + more, cell()))
