"""What may be submitted, and what is said of what may not."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from chalicelib.errors import InvalidInput
from chalicelib.submissions.benefits import Benefits, Offers
from chalicelib.submissions.labor_rates import LaborRates, Rates
from chalicelib.submissions.metrics import AMOUNTS, METRICS, Benefit, LaborRate
from chalicelib.submissions.models import (
    BENEFITS,
    LABOR_RATES,
    TOPICS,
    PaySubmission,
    Submission,
    check_effective_date,
    model_of,
    pay_topic,
    position_of,
)
from chalicelib.values import Position
from tests.unit.submissions.strategies import submissions

PAY: dict[str, Any] = {
    "effective_date": "2025-01-01",
    "headcount": 3,
    "pay_plan": {"plan": "hourly", "hourly_pay_usd": "27.50"},
}
RATES: dict[str, Any] = {"effective_date": "2025-01-01", "rates_usd_per_hour": {"customer_pay": "165.00"}}
OFFERS: dict[str, Any] = {"effective_date": "2025-01-01", "benefits": {"health": {"offered": True}}}


def problems(model: type[Submission], value: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(value)
    return [("/".join(map(str, part["loc"])), part["msg"]) for part in caught.value.errors()]


@pytest.mark.parametrize(
    ("model", "value", "place", "says"),
    [
        (PaySubmission, {**PAY, "headcount": 0}, "headcount", "1"),
        (PaySubmission, {**PAY, "headcount": 1000}, "headcount", "999"),
        (PaySubmission, {**PAY, "headcount": "3"}, "headcount", "integer"),
        (PaySubmission, {**PAY, "headcount": True}, "headcount", "integer"),
        (PaySubmission, {**PAY, "effective_date": 20_089}, "effective_date", "2024-03-31"),
        (PaySubmission, {**PAY, "effective_date": "20089"}, "effective_date", "2024-03-31"),
        (PaySubmission, {**PAY, "effective_date": "2025-1-1"}, "effective_date", "2024-03-31"),
        (PaySubmission, {**PAY, "effective_date": "2025-01-01T00:00:00Z"}, "effective_date", "2024-03-31"),
        (PaySubmission, {**PAY, "effective_date": "2025-02-30"}, "effective_date", "calendar"),
        (PaySubmission, {**PAY, "position": "painter"}, "position", "not permitted"),
        (PaySubmission, {**PAY, "pay_plan": {"plan": "hourly"}}, "pay_plan/hourly_pay_usd", "required"),
        (
            LaborRates,
            {**RATES, "rates_usd_per_hour": {}},
            "rates_usd_per_hour",
            "at least one of customer_pay",
        ),
        (
            LaborRates,
            {**RATES, "rates_usd_per_hour": {"customer_pay": None}},
            "rates_usd_per_hour/customer_pay",
            '"27.50"',
        ),
        (
            LaborRates,
            {**RATES, "rates_usd_per_hour": {"customer_pay": 165}},
            "rates_usd_per_hour/customer_pay",
            '"27.50"',
        ),
        (
            LaborRates,
            {**RATES, "rates_usd_per_hour": {"customer_pay": "16.50"}},
            "rates_usd_per_hour/customer_pay",
            "$20.00 to $600.00 an hour",
        ),
        (
            LaborRates,
            {**RATES, "rates_usd_per_hour": {"retail": "165"}},
            "rates_usd_per_hour/retail",
            "not permitted",
        ),
        (Benefits, {**OFFERS, "benefits": {}}, "benefits", "at least one of health"),
        (Benefits, {**OFFERS, "benefits": {"health": {}}}, "benefits/health/offered", "required"),
        (
            Benefits,
            {**OFFERS, "benefits": {"health": {"offered": "yes"}}},
            "benefits/health/offered",
            "boolean",
        ),
        (Benefits, {**OFFERS, "benefits": {"health": {"offered": 1}}}, "benefits/health/offered", "boolean"),
        (
            Benefits,
            {**OFFERS, "benefits": {"health": {"offered": True, "percent": "4"}}},
            "benefits/health/percent",
            "not permitted",
        ),
        (
            Benefits,
            {**OFFERS, "benefits": {"retirement_match": {"offered": True, "percent": "40"}}},
            "benefits/retirement_match/percent",
            "0.01 % to 25 % of pay",
        ),
        (
            Benefits,
            {**OFFERS, "benefits": {"retirement_match": {"offered": False, "percent": "4"}}},
            "benefits/retirement_match/percent",
            "not offered",
        ),
        (
            Benefits,
            {**OFFERS, "benefits": {"paid_vacation": {"offered": True, "days_per_year": 366}}},
            "benefits/paid_vacation/days_per_year",
            "0.5 to 90 days a year",
        ),
        (
            Benefits,
            {**OFFERS, "benefits": {"tool_allowance": {"offered": True, "amount_usd_per_year": "50000"}}},
            "benefits/tool_allowance/amount_usd_per_year",
            "$1.00 to $20,000.00 a year",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place_with_what_would_do(
    model: type[Submission], value: Any, place: str, says: str
) -> None:
    found = problems(model, value)
    assert [where for where, _ in found] == [place]
    assert says in found[0][1]


@pytest.mark.parametrize("model", [PaySubmission, LaborRates, Benefits])
def test_the_examples_of_the_document_are_valid(model: type[Submission]) -> None:
    for example in model.model_json_schema()["examples"]:
        read = model.model_validate(example)
        assert read == model.model_validate_json(read.model_dump_json())


@given(submissions())
def test_what_is_stored_is_read_back_equal(drawn: tuple[str, Submission]) -> None:
    topic, submission = drawn
    assert model_of(topic).model_validate_json(submission.model_dump_json()) == submission


def test_what_was_left_out_stays_out() -> None:
    assert LaborRates.model_validate(RATES).model_dump(mode="json") == RATES
    assert Benefits.model_validate(OFFERS).model_dump(mode="json") == OFFERS


def test_how_a_figure_was_written_makes_no_difference() -> None:
    offered = {"offered": True}
    one = {
        **OFFERS,
        "benefits": {
            "retirement_match": {**offered, "percent": "4"},
            "sick_leave": {**offered, "days_per_year": 5},
        },
    }
    two = {
        **OFFERS,
        "benefits": {
            "sick_leave": {**offered, "days_per_year": 5.0},
            "retirement_match": {**offered, "percent": "4.00"},
        },
    }
    assert Benefits.model_validate(one) == Benefits.model_validate(two)


def test_fields_and_vocabulary_are_the_same_names() -> None:
    assert list(Rates.model_fields) == [rate.value for rate in LaborRate]
    assert list(Offers.model_fields) == [benefit.value for benefit in Benefit]
    assert len(METRICS) == 2 + len(LaborRate) + len(Benefit) + len(AMOUNTS)


def test_topics() -> None:
    assert position_of(pay_topic(Position.TECHNICIAN_A)) is Position.TECHNICIAN_A
    assert (position_of(LABOR_RATES), position_of(BENEFITS)) == (None, None)
    assert len(TOPICS) == len(Position) + 2
    assert [model_of(topic) for topic in (LABOR_RATES, BENEFITS, "pay#painter")] == [
        LaborRates,
        Benefits,
        PaySubmission,
    ]


def test_the_first_and_the_last_day_are_accepted() -> None:
    today = date(2026, 6, 15)
    for day in (date(2015, 1, 1), today):
        check_effective_date(day, today)


@pytest.mark.parametrize("day", [date(2014, 12, 31), date(2026, 6, 16), date(9999, 12, 31), date(1, 1, 1)])
def test_another_day_is_refused_with_the_range(day: date) -> None:
    with pytest.raises(InvalidInput, match="2015-01-01 to 2026-06-15") as caught:
        check_effective_date(day, date(2026, 6, 15))
    assert [field.pointer for field in caught.value.fields] == ["/effective_date"]
