"""Pay plans, and what they come to: annual cash earnings and the hourly equivalent.

The hourly equivalent is annual cash earnings divided by the hours worked in the year. Hours worked are the
hours on the clock in an ordinary week times the weeks of work and paid leave, as the Bureau of Labor
Statistics counts a year-round full-time job (2,080 hours = 40 x 52). Overtime premium, allowances and
benefits in kind are no part of it.

All sums are exact fractions of cents, rounded once, at the end, half to even.
"""

from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import (
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from chalicelib.submissions.fields import dollars_shown, is_stored
from chalicelib.submissions.ranges import (
    HOURLY_PAY,
    WEEKLY_HOURS,
    WEEKS_PER_YEAR,
    AnnualBonus,
    AnnualSalary,
    HourlyPay,
    LaborShare,
    WeeklyFlaggedHours,
    WeeklyGuarantee,
    WeeklyHours,
    WeeklyLaborSales,
    WeeksPerYear,
)
from chalicelib.values import Model


class _Worked(Model):
    """What every plan has: the time worked."""

    hours_per_week: WeeklyHours = WEEKLY_HOURS.example
    """Hours on the clock in an ordinary week; 40 unless said otherwise."""
    weeks_per_year: WeeksPerYear = WEEKS_PER_YEAR
    """Weeks of work and paid leave in a year; 52 unless said otherwise."""


class Hourly(_Worked):
    """An hourly wage."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"plan": "hourly", "hourly_pay_usd": "27.50"}]})

    plan: Literal["hourly"]
    hourly_pay_usd: HourlyPay
    """Pay for an hour on the clock."""


class HourlyBonus(_Worked):
    """An hourly wage with bonuses."""

    plan: Literal["hourly_bonus"]
    hourly_pay_usd: HourlyPay
    """Pay for an hour on the clock."""
    annual_bonus_usd: AnnualBonus
    """What one person gets in bonuses in an ordinary year."""


class FlatRate(_Worked):
    """Pay by the flagged hour: the hour that the labor guide allows for a job."""

    plan: Literal["flat_rate"]
    flat_rate_usd_per_hour: HourlyPay
    """Pay for a flagged hour."""
    flagged_hours_per_week: WeeklyFlaggedHours
    """Hours one person flags in an ordinary week."""


class FlatRateGuarantee(_Worked):
    """Pay by the flagged hour, and never less than a guarantee."""

    plan: Literal["flat_rate_guarantee"]
    flat_rate_usd_per_hour: HourlyPay
    """Pay for a flagged hour."""
    flagged_hours_per_week: WeeklyFlaggedHours
    """Hours one person flags in an ordinary week."""
    guarantee_usd_per_week: WeeklyGuarantee
    """What a week pays at the least."""


class Salary(_Worked):
    """A salary."""

    plan: Literal["salary"]
    annual_salary_usd: AnnualSalary
    """Pay for a year."""


class SalaryBonus(_Worked):
    """A salary with bonuses."""

    plan: Literal["salary_bonus"]
    annual_salary_usd: AnnualSalary
    """Pay for a year."""
    annual_bonus_usd: AnnualBonus
    """What one person gets in bonuses in an ordinary year."""


class PercentOfLabor(_Worked):
    """A share of the labor that the person sells."""

    plan: Literal["percent_of_labor"]
    percent: LaborShare
    """The share of labor sales that is paid out, in percent."""
    labor_sales_usd_per_week: WeeklyLaborSales
    """Labor that one person sells in an ordinary week."""


_AnyPlan = Hourly | HourlyBonus | FlatRate | FlatRateGuarantee | Salary | SalaryBonus | PercentOfLabor
PLANS: Final = (
    "hourly",
    "hourly_bonus",
    "flat_rate",
    "flat_rate_guarantee",
    "salary",
    "salary_bonus",
    "percent_of_labor",
)


def annual_cash(plan: _AnyPlan) -> Fraction:
    """Cents of cash that one person on this plan earns in a year, exactly."""
    return _weekly_cash(plan) * plan.weeks_per_year + _yearly_cash(plan)


def _weekly_cash(plan: _AnyPlan) -> Fraction:
    """Cents of an ordinary week's work.

    A guarantee is compared with an ordinary week. Weeks differ, so what it really adds is a little more.
    """
    match plan:
        case Hourly() | HourlyBonus():
            return _hours(plan.hours_per_week) * plan.hourly_pay_usd
        case FlatRate():
            return _hours(plan.flagged_hours_per_week) * plan.flat_rate_usd_per_hour
        case FlatRateGuarantee():
            flagged = _hours(plan.flagged_hours_per_week) * plan.flat_rate_usd_per_hour
            return max(flagged, Fraction(plan.guarantee_usd_per_week))
        case PercentOfLabor():
            return Fraction(plan.percent, 100_00) * plan.labor_sales_usd_per_week
        case Salary() | SalaryBonus():
            return Fraction(0)


def _yearly_cash(plan: _AnyPlan) -> int:
    """Cents that come by the year, whatever the weeks were."""
    match plan:
        case Salary():
            return plan.annual_salary_usd
        case SalaryBonus():
            return plan.annual_salary_usd + plan.annual_bonus_usd
        case HourlyBonus():
            return plan.annual_bonus_usd
        case _:
            return 0


def hours_worked(plan: _AnyPlan) -> Fraction:
    """Hours on the clock in a year."""
    return _hours(plan.hours_per_week) * plan.weeks_per_year


def annual_pay_cents(plan: _AnyPlan) -> int:
    """Annual cash earnings of one person, in cents."""
    return round(annual_cash(plan))


def hourly_equivalent_cents(plan: _AnyPlan) -> int:
    """Annual cash earnings an hour worked, in cents."""
    return round(annual_cash(plan) / hours_worked(plan))


def _hours(hundredths: int) -> Fraction:
    return Fraction(hundredths, 100)


def _checked(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> _AnyPlan:
    try:
        plan: _AnyPlan = handler(value)
    except ValidationError as error:
        raise _at_the_field(error) from error
    hourly = hourly_equivalent_cents(plan)
    if hourly not in HOURLY_PAY and not is_stored(info):
        message = (
            f"Not plausible: these figures come to {dollars_shown(hourly)} for an hour worked; "
            f"{HOURLY_PAY.accepted} is the accepted range. Check the rate, the hours and the weeks together."
        )
        raise PydanticCustomError("implausible", message)
    return plan


def _at_the_field(error: ValidationError) -> ValidationError:
    """The same errors, each at its place in the JSON: pydantic puts the plan's name between, like a field."""
    details = []
    for part in error.errors(include_url=False, include_context=False):
        location, message = part["loc"][1:], part["msg"]
        if part["type"] in ("union_tag_invalid", "union_tag_not_found"):
            location, message = ("plan",), f"Say which pay plan this is: one of {', '.join(PLANS)}."
        kind = PydanticCustomError(part["type"], message)
        details.append(InitErrorDetails(type=kind, loc=location, input=part["input"]))
    return ValidationError.from_exception_data(error.title, details)


PayPlan = Annotated[_AnyPlan, Field(discriminator="plan"), WrapValidator(_checked)]
"""How a position is paid; ``plan`` tells which, and the hourly equivalent is plausible."""
