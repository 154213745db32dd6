"""Valid submissions of every kind, drawn over all of what is accepted."""

from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.submissions import ranges
from chalicelib.submissions.benefits import Benefits
from chalicelib.submissions.fields import Range, number_of_hundredths
from chalicelib.submissions.labor_rates import LaborRates
from chalicelib.submissions.metrics import AMOUNTS, Amount, Benefit, LaborRate
from chalicelib.submissions.models import BENEFITS, LABOR_RATES, PaySubmission, Submission, pay_topic
from chalicelib.submissions.pay_plans import PayPlan
from chalicelib.values import Position, usd_of

PLAN: TypeAdapter[Any] = TypeAdapter(PayPlan)


def dollars(allowed: Range) -> st.SearchStrategy[str]:
    """Decimal strings over the whole of a range, of money or of percents."""
    return st.integers(allowed.low, allowed.high).map(usd_of)


def numbers(allowed: Range) -> st.SearchStrategy[int | float]:
    """JSON numbers over the whole of a range."""
    return st.integers(allowed.low, allowed.high).map(number_of_hundredths)


_worked = {
    "hours_per_week": numbers(ranges.WEEKLY_HOURS),
    "weeks_per_year": st.integers(1, ranges.WEEKS_PER_YEAR),
}
_hourly = {"hourly_pay_usd": dollars(ranges.HOURLY_PAY)}
_flat = {
    "flat_rate_usd_per_hour": dollars(ranges.HOURLY_PAY),
    "flagged_hours_per_week": numbers(ranges.WEEKLY_FLAGGED_HOURS),
}
_salary = {"annual_salary_usd": dollars(ranges.ANNUAL_SALARY)}
_bonus = {"annual_bonus_usd": dollars(ranges.ANNUAL_BONUS)}
_FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "hourly": _hourly,
    "hourly_bonus": {**_hourly, **_bonus},
    "flat_rate": _flat,
    "flat_rate_guarantee": {**_flat, "guarantee_usd_per_week": dollars(ranges.WEEKLY_GUARANTEE)},
    "salary": _salary,
    "salary_bonus": {**_salary, **_bonus},
    "percent_of_labor": {
        "percent": dollars(ranges.LABOR_SHARE),
        "labor_sales_usd_per_week": dollars(ranges.WEEKLY_LABOR_SALES),
    },
}


def is_plausible(plan: dict[str, Any]) -> bool:
    """Whether a plan with plausible parts is plausible as a whole."""
    try:
        PLAN.validate_python(plan)
    except ValidationError:
        return False
    return True


def plans(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Plans as a client would send them; of these names, or of all."""
    kinds = [
        st.fixed_dictionaries({"plan": st.just(name), **_FIELDS[name], **_worked})
        for name in names or _FIELDS
    ]
    return st.one_of(kinds).filter(is_plausible)


_effective = st.dates(ranges.EARLIEST_EFFECTIVE).map(str)
_pay = st.fixed_dictionaries(
    {"effective_date": _effective, "headcount": st.integers(1, ranges.MAX_HEADCOUNT), "pay_plan": plans()}
).map(PaySubmission.model_validate)
_labor_rates = st.fixed_dictionaries(
    {
        "effective_date": _effective,
        "rates_usd_per_hour": st.dictionaries(
            st.sampled_from([rate.value for rate in LaborRate]), dollars(ranges.LABOR_RATE), min_size=1
        ),
    }
).map(LaborRates.model_validate)

_AMOUNT_FIELDS: dict[Benefit, tuple[str, st.SearchStrategy[Any]]] = {
    Benefit.RETIREMENT_MATCH: ("percent", dollars(ranges.RETIREMENT_MATCH)),
    Benefit.TOOL_ALLOWANCE: ("amount_usd_per_year", dollars(ranges.YEARLY_ALLOWANCE)),
    Benefit.SIGN_ON_BONUS: ("amount_usd", dollars(ranges.SIGN_ON_BONUS)),
    **{
        benefit: ("days_per_year", numbers(ranges.YEARLY_DAYS))
        for benefit, amount in AMOUNTS.items()
        if amount is Amount.DAYS
    },
}


@st.composite
def _offers(draw: st.DrawFn) -> dict[str, Any]:
    offers: dict[str, Any] = {}
    for benefit in draw(st.sets(st.sampled_from(list(Benefit)), min_size=1)):
        offer: dict[str, Any] = {"offered": draw(st.booleans())}
        if offer["offered"] and benefit in _AMOUNT_FIELDS and draw(st.booleans()):
            name, amounts = _AMOUNT_FIELDS[benefit]
            offer[name] = draw(amounts)
        offers[benefit.value] = offer
    return offers


_benefits = st.fixed_dictionaries({"effective_date": _effective, "benefits": _offers()}).map(
    Benefits.model_validate
)


def submissions() -> st.SearchStrategy[tuple[str, Submission]]:
    """A topic, and a submission on it."""
    return st.one_of(
        st.tuples(st.sampled_from(Position).map(pay_topic), _pay),
        st.tuples(st.just(LABOR_RATES), _labor_rates),
        st.tuples(st.just(BENEFITS), _benefits),
    )
