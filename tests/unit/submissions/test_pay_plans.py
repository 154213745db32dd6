"""What pay plans come to: worked examples, and what holds whatever the figures are."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.submissions import ranges
from chalicelib.submissions.pay_plans import (
    PLANS,
    annual_pay_cents,
    hourly_equivalent_cents,
    hours_worked,
)
from tests.unit.submissions.strategies import PLAN, is_plausible, plans


@pytest.mark.parametrize(
    ("plan", "hourly", "annual"),
    [
        # 27.50 x 40 x 52
        ({"plan": "hourly", "hourly_pay_usd": "27.50"}, 27_50, 57_200_00),
        # Seasonal and part of the week: the hour is worth the same.
        (
            {"plan": "hourly", "hourly_pay_usd": "27.50", "hours_per_week": 37.5, "weeks_per_year": 30},
            27_50,
            30_937_50,
        ),
        # 57,200 + 4,160 = 61,360; over 2,080 hours
        ({"plan": "hourly_bonus", "hourly_pay_usd": "27.50", "annual_bonus_usd": "4160"}, 29_50, 61_360_00),
        # 30 x 48 flagged = 1,440 a week, on 40 hours of the clock
        (
            {"plan": "flat_rate", "flat_rate_usd_per_hour": "30", "flagged_hours_per_week": 48},
            36_00,
            74_880_00,
        ),
        # A slow week on a long clock: 30 x 40 / 50
        (
            {
                "plan": "flat_rate",
                "flat_rate_usd_per_hour": "30",
                "flagged_hours_per_week": 40,
                "hours_per_week": 50,
            },
            24_00,
            62_400_00,
        ),
        # 30 x 28 = 840 is less than the guarantee of 1,000
        (
            {
                "plan": "flat_rate_guarantee",
                "flat_rate_usd_per_hour": "30",
                "flagged_hours_per_week": 28,
                "guarantee_usd_per_week": "1000",
            },
            25_00,
            52_000_00,
        ),
        # 30 x 48 = 1,440 is more
        (
            {
                "plan": "flat_rate_guarantee",
                "flat_rate_usd_per_hour": "30",
                "flagged_hours_per_week": 48,
                "guarantee_usd_per_week": "1000",
            },
            36_00,
            74_880_00,
        ),
        # 78,000 over 50 x 52 = 2,600 hours
        ({"plan": "salary", "annual_salary_usd": "78000", "hours_per_week": 50}, 30_00, 78_000_00),
        (
            {
                "plan": "salary_bonus",
                "annual_salary_usd": "78000",
                "annual_bonus_usd": "13000",
                "hours_per_week": 50,
            },
            35_00,
            91_000_00,
        ),
        # 32.5 % of 4,800 = 1,560 a week
        (
            {"plan": "percent_of_labor", "percent": "32.5", "labor_sales_usd_per_week": "4800"},
            39_00,
            81_120_00,
        ),
    ],
    ids=lambda value: value["plan"] if isinstance(value, dict) else "",
)
def test_worked_examples(plan: dict[str, Any], hourly: int, annual: int) -> None:
    read = PLAN.validate_python(plan)
    assert (hourly_equivalent_cents(read), annual_pay_cents(read)) == (hourly, annual)


@pytest.mark.parametrize(
    ("salary", "hourly"),
    # Halves of a cent over 2,080 hours: 20.005, 20.015 and 20.025 dollars.
    [("41610.40", 20_00), ("41631.20", 20_02), ("41652.00", 20_02)],
)
def test_halves_of_a_cent_go_to_the_even_one(salary: str, hourly: int) -> None:
    assert (
        hourly_equivalent_cents(PLAN.validate_python({"plan": "salary", "annual_salary_usd": salary}))
        == hourly
    )


@given(plans())
def test_the_year_is_the_hour_times_the_hours(plan: dict[str, Any]) -> None:
    read = PLAN.validate_python(plan)
    hours = hours_worked(read)
    # Each is rounded by half a cent at the most, the hour's rounding as often as there are hours.
    assert abs(annual_pay_cents(read) - hourly_equivalent_cents(read) * hours) <= (hours + 1) / 2


@given(plans("hourly"))
def test_an_hourly_wage_is_its_own_equivalent(plan: dict[str, Any]) -> None:
    read = PLAN.validate_python(plan)
    assert hourly_equivalent_cents(read) == read.hourly_pay_usd


@given(plans(), st.data())
def test_more_of_any_money_or_flagged_hours_never_makes_less(
    plan: dict[str, Any], data: st.DataObject
) -> None:
    raised = [name for name in plan if name.endswith(("_usd", "_usd_per_hour", "_usd_per_week"))]
    raised += [name for name in plan if name in ("percent", "flagged_hours_per_week")]
    name = data.draw(st.sampled_from(raised))
    more = {**plan, name: _one_more(plan[name])}
    assume(is_plausible(more))
    less, greater = PLAN.validate_python(plan), PLAN.validate_python(more)
    assert annual_pay_cents(greater) >= annual_pay_cents(less)
    assert hourly_equivalent_cents(greater) >= hourly_equivalent_cents(less)


def _one_more(figure: Any) -> Any:
    return figure + 1 if isinstance(figure, (int, float)) else f"{int(figure.split('.')[0]) + 1}"


@given(plans("flat_rate_guarantee"))
def test_nobody_gets_less_than_the_guarantee_nor_than_without_it(plan: dict[str, Any]) -> None:
    read = PLAN.validate_python(plan)
    annual = annual_pay_cents(read)
    assert annual >= read.guarantee_usd_per_week * read.weeks_per_year
    flagged = Fraction(read.flagged_hours_per_week, 100) * read.flat_rate_usd_per_hour * read.weeks_per_year
    assert annual == round(max(flagged, Fraction(read.guarantee_usd_per_week * read.weeks_per_year)))


@given(plans())
def test_what_is_read_is_written_again(plan: dict[str, Any]) -> None:
    read = PLAN.validate_python(plan)
    assert PLAN.validate_json(PLAN.dump_json(read)) == read


@given(plans())
def test_what_is_accepted_is_a_plausible_hour(plan: dict[str, Any]) -> None:
    assert 7_25 <= hourly_equivalent_cents(PLAN.validate_python(plan)) <= 250_00


def test_all_plans_of_the_vocabulary_are_there() -> None:
    assert set(PLAN.json_schema()["discriminator"]["mapping"]) == set(PLANS)


def problems(plan: Any) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        PLAN.validate_python(plan)
    return [("/".join(map(str, part["loc"])), part["msg"]) for part in caught.value.errors()]


HOURLY = {"plan": "hourly", "hourly_pay_usd": "27.50"}


@pytest.mark.parametrize(
    ("plan", "place", "says"),
    [
        ({**HOURLY, "hourly_pay_usd": "7.24"}, "hourly_pay_usd", "$7.25 to $250.00 an hour"),
        ({**HOURLY, "hourly_pay_usd": "250.01"}, "hourly_pay_usd", "$7.25 to $250.00 an hour"),
        ({**HOURLY, "hourly_pay_usd": 27.5}, "hourly_pay_usd", '"27.50"'),
        ({**HOURLY, "hourly_pay_usd": "-27.50"}, "hourly_pay_usd", '"27.50"'),
        ({**HOURLY, "hourly_pay_usd": "27,50"}, "hourly_pay_usd", '"27.50"'),
        ({**HOURLY, "hours_per_week": 0.99}, "hours_per_week", "1 to 100 hours a week"),
        ({**HOURLY, "hours_per_week": 100.01}, "hours_per_week", "1 to 100 hours a week"),
        ({**HOURLY, "hours_per_week": 100.001}, "hours_per_week", "1 to 100 hours a week"),
        ({**HOURLY, "hours_per_week": 0.999}, "hours_per_week", "1 to 100 hours a week"),
        ({**HOURLY, "hours_per_week": "40"}, "hours_per_week", "without quotes"),
        ({**HOURLY, "hours_per_week": True}, "hours_per_week", "without quotes"),
        ({**HOURLY, "hours_per_week": float("nan")}, "hours_per_week", "without quotes"),
        ({**HOURLY, "hours_per_week": 10**5000}, "hours_per_week", "1 to 100 hours a week"),
        ({**HOURLY, "hours_per_week": -1e300}, "hours_per_week", "1 to 100 hours a week"),
        ({**HOURLY, "weeks_per_year": 0}, "weeks_per_year", "greater than or equal to 1"),
        ({**HOURLY, "weeks_per_year": 53}, "weeks_per_year", "less than or equal to 52"),
        ({**HOURLY, "weeks_per_year": "52"}, "weeks_per_year", "integer"),
        ({**HOURLY, "annual_bonus_usd": "100"}, "annual_bonus_usd", "not permitted"),
        ({"plan": "hourly"}, "hourly_pay_usd", "required"),
        ({"hourly_pay_usd": "27.50"}, "plan", "one of hourly, hourly_bonus, flat_rate"),
        ({**HOURLY, "plan": "commission"}, "plan", "one of hourly, hourly_bonus, flat_rate"),
        ({**HOURLY, "plan": None}, "plan", "one of hourly, hourly_bonus, flat_rate"),
        (
            {"plan": "salary", "annual_salary_usd": "68"},
            "annual_salary_usd",
            "$5,000.00 to $520,000.00 a year",
        ),
        (
            {"plan": "percent_of_labor", "percent": "0.5", "labor_sales_usd_per_week": "5000"},
            "percent",
            "1 % to 90 % of labor sales",
        ),
        (
            {"plan": "percent_of_labor", "percent": 32.5, "labor_sales_usd_per_week": "5000"},
            "percent",
            '"4.5"',
        ),
        # Each part is plausible, but what they come to is not.
        (
            {"plan": "salary", "annual_salary_usd": "9000"},
            "",
            "come to $4.33 for an hour worked; $7.25 to $250.00",
        ),
        (
            {"plan": "flat_rate", "flat_rate_usd_per_hour": "200", "flagged_hours_per_week": 80},
            "",
            "come to $400.00 for an hour worked; $7.25 to $250.00",
        ),
        ("hourly", "", "object"),
        (None, "", "object"),
    ],
)
def test_what_is_wrong_is_said_at_its_place_with_what_would_do(plan: Any, place: str, says: str) -> None:
    found = problems(plan)
    assert [where for where, _ in found] == [place]
    assert says in found[0][1]


@pytest.mark.parametrize(
    ("sent", "kept"), [(40, 40), (37.5, 37.5), (46.333, 46.33), (44.125, 44.12), (44.135, 44.14), (1e1, 10)]
)
def test_hours_are_kept_to_the_hundredth(sent: float, kept: float) -> None:
    read = PLAN.validate_python({**HOURLY, "hours_per_week": sent})
    assert read.model_dump(mode="json")["hours_per_week"] == kept


def test_several_mistakes_are_all_told() -> None:
    found = problems({"plan": "hourly", "hourly_pay_usd": "2", "hours_per_week": 200, "tips": 1})
    assert {where for where, _ in found} == {"hourly_pay_usd", "hours_per_week", "tips"}


def test_the_defaults_are_told_as_a_client_would_send_them() -> None:
    for mode in ("validation", "serialization"):
        described = PLAN.json_schema(mode=mode)["$defs"]["Hourly"]["properties"]
        assert (described["hours_per_week"]["default"], described["weeks_per_year"]["default"]) == (40, 52)
    read = PLAN.validate_python(HOURLY)
    assert (read.hours_per_week, read.weeks_per_year) == (ranges.WEEKLY_HOURS.example, 52)
