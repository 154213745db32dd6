"""What submissions contribute, and the line that the index holds of them."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.days import day_number
from chalicelib.submissions.benefits import Benefits
from chalicelib.submissions.contributions import (
    Contribution,
    Line,
    MalformedLine,
    contributions_of,
    format_line,
    line_of,
    parse_line,
)
from chalicelib.submissions.labor_rates import LaborRates
from chalicelib.submissions.metrics import METRICS, PAY_METRICS
from chalicelib.submissions.models import BENEFITS, LABOR_RATES, PaySubmission, Submission
from tests.unit.submissions.strategies import submissions

ORGANIZATION = "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"
PAY = PaySubmission.model_validate(
    {
        "effective_date": "2025-01-01",
        "headcount": 3,
        "pay_plan": {"plan": "flat_rate", "flat_rate_usd_per_hour": "30", "flagged_hours_per_week": 48},
    }
)


def test_pay_contributes_the_hour_and_the_year_of_so_many_people() -> None:
    assert contributions_of("pay#technician_a", PAY) == (
        Contribution("hourly_equivalent", "technician_a", 36_00, 3),
        Contribution("annual_pay", "technician_a", 74_880_00, 3),
    )


def test_labor_rates_contribute_each_rate_given() -> None:
    rates = LaborRates.model_validate(
        {
            "effective_date": "2025-01-01",
            "rates_usd_per_hour": {"customer_pay": "165", "adas_calibration": "190.50"},
        }
    )
    assert contributions_of(LABOR_RATES, rates) == (
        Contribution("labor_rate_customer_pay", "", 165_00, 1),
        Contribution("labor_rate_adas_calibration", "", 190_50, 1),
    )


def test_benefits_contribute_yes_or_no_and_their_amounts() -> None:
    benefits = Benefits.model_validate(
        {
            "effective_date": "2025-01-01",
            "benefits": {
                "health": {"offered": True},
                "retirement_match": {"offered": True, "percent": "4.5"},
                "paid_vacation": {"offered": True, "days_per_year": 12.5},
                "tool_allowance": {"offered": True, "amount_usd_per_year": "600"},
                "sign_on_bonus": {"offered": True},
                "tuition": {"offered": False},
            },
        }
    )
    assert set(contributions_of(BENEFITS, benefits)) == {
        Contribution("benefit_health", "", 1, 1),
        Contribution("benefit_retirement_match", "", 1, 1),
        Contribution("benefit_retirement_match_percent", "", 4_50, 1),
        Contribution("benefit_paid_vacation", "", 1, 1),
        Contribution("benefit_paid_vacation_days", "", 12_50, 1),
        Contribution("benefit_tool_allowance", "", 1, 1),
        Contribution("benefit_tool_allowance_usd", "", 600_00, 1),
        Contribution("benefit_sign_on_bonus", "", 1, 1),
        Contribution("benefit_tuition", "", 0, 1),
    }


def test_the_line_of_a_submission() -> None:
    assert line_of(ORGANIZATION, "pay#technician_a", PAY) == (
        f"s1|{ORGANIZATION}|pay#technician_a|20089|"
        "hourly_equivalent:technician_a:3600:3;annual_pay:technician_a:7488000:3"
    )


def test_a_line_tells_the_version_and_whether_it_is_confirmed() -> None:
    body = "20089|hourly_equivalent:technician_a:3600:3;annual_pay:technician_a:7488000:3"
    line = line_of(ORGANIZATION, "pay#technician_a", PAY, 7)
    assert line == f"s2|{ORGANIZATION}|pay#technician_a|{body}|7|0"
    assert line_of(ORGANIZATION, "pay#technician_a", PAY, 7, confirmed=True) == line[:-1] + "1"
    assert (parse_line(line).number, parse_line(line).confirmed) == (7, False)
    assert parse_line(line[:-1] + "1").confirmed
    without = parse_line(line.replace("s2|", "s1|").removesuffix("|7|0"))
    assert (without.number, without.confirmed) == (None, False)


@given(submissions(), st.none() | st.integers(1, 99_999_999))
def test_a_line_is_read_back_as_it_was(drawn: tuple[str, Submission], number: int | None) -> None:
    topic, submission = drawn
    confirmed = number is not None and number % 2 == 1
    line = parse_line(line_of(ORGANIZATION, topic, submission, number, confirmed))
    assert line == Line(
        ORGANIZATION,
        topic,
        day_number(submission.effective_date),
        contributions_of(topic, submission),
        number,
        confirmed,
    )
    assert parse_line(format_line(line)) == line


@given(submissions())
def test_every_contribution_is_of_the_vocabulary_and_there_once(drawn: tuple[str, Submission]) -> None:
    contributions = contributions_of(*drawn)
    assert contributions
    assert len({(one.metric, one.position) for one in contributions}) == len(contributions)
    for one in contributions:
        assert one.metric in METRICS
        assert (one.position != "") == (one.metric in PAY_METRICS)
        assert (one.value >= 0, one.weight >= 1) == (True, True)


@given(submissions())
def test_a_line_fits_an_index_entry(drawn: tuple[str, Submission]) -> None:
    # One kilobyte is one write unit; the index item holds little else.
    assert len(line_of(ORGANIZATION, *drawn, 99_999_999).encode()) < 1_024


GOOD = f"s1|{ORGANIZATION}|labor_rates|20089|labor_rate_internal::9000:1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s1",
        GOOD.replace("s1", "s3"),
        GOOD.replace("s1", "o1"),
        GOOD + "|",
        GOOD + "|1|0",
        GOOD.replace("s1", "s2"),
        GOOD.replace("s1", "s2") + "|0|0",
        GOOD.replace("s1", "s2") + "|100000000|0",
        GOOD.replace("s1", "s2") + "|1|2",
        GOOD.replace("s1", "s2") + "|1",
        GOOD + ";",
        GOOD.rpartition("|")[0],
        GOOD.rpartition("|")[0] + "|",
        GOOD.replace(ORGANIZATION, ""),
        GOOD.replace("labor_rates", "labor"),
        GOOD.replace("labor_rates", "pay#"),
        GOOD.replace("20089", ""),
        GOOD.replace("20089", "-1"),
        GOOD.replace("20089", "2025-01-01"),
        GOOD.replace("internal", "imaginary"),
        GOOD.replace("::", ":technician_a:"),
        GOOD.replace("labor_rate_internal::", "hourly_equivalent::"),
        GOOD.replace("labor_rate_internal::", "hourly_equivalent:king:"),
        GOOD.replace("9000", "90.00"),
        GOOD.replace("9000", " 9000"),
        GOOD.replace("9000", "9_000"),
        GOOD.replace("9000", "٩٠٠٠"),
        GOOD.replace("9000", "9" * 16),
        GOOD.replace(":1", ""),
        GOOD.replace(":1", ":"),
        GOOD + ":1",
    ],
)
def test_what_is_no_line_is_refused_without_its_figures(text: str) -> None:
    assert parse_line(GOOD).contributions == (Contribution("labor_rate_internal", "", 90_00, 1),)
    with pytest.raises(MalformedLine) as caught:
        parse_line(text)
    assert "90" not in str(caught.value)


@given(st.text() | st.text(alphabet="s1|:;#abc0", max_size=60))
def test_no_text_does_worse_than_being_refused(text: Any) -> None:
    with suppress(MalformedLine):
        parse_line(text)
