"""The vocabulary of metrics: what a submission contributes to, and what the Exchange publishes.

=================================  =====================================  ===================  ========
metric                             value                                  position             weight
=================================  =====================================  ===================  ========
``hourly_equivalent``              cents an hour worked                   of the submission    headcount
``annual_pay``                     cents a year                           of the submission    headcount
``labor_rate_<rate>``              cents an hour                          none                 1
``benefit_<benefit>``              1 where it is offered, else 0          none                 1
``benefit_<benefit>_<amount>``     hundredths of a percent or a day;      none                 1
                                   cents
=================================  =====================================  ===================  ========
"""

from enum import StrEnum
from typing import Final

HOURLY_EQUIVALENT: Final = "hourly_equivalent"
ANNUAL_PAY: Final = "annual_pay"


class LaborRate(StrEnum):
    """A posted retail rate for an hour of labor; ``effective`` is labor sales divided by labor hours."""

    CUSTOMER_PAY = "customer_pay"
    EFFECTIVE = "effective"
    WARRANTY = "warranty"
    INTERNAL = "internal"
    DIAGNOSTIC = "diagnostic"
    BODY = "body"
    PAINT = "paint"
    FRAME = "frame"
    ALUMINUM_BODY = "aluminum_body"
    ALUMINUM_STRUCTURAL = "aluminum_structural"
    MECHANICAL = "mechanical"
    ADAS_CALIBRATION = "adas_calibration"
    IN_SHOP = "in_shop"
    MOBILE = "mobile"


class Benefit(StrEnum):
    """Something an employer offers beside cash pay."""

    HEALTH = "health"
    DENTAL = "dental"
    VISION = "vision"
    RETIREMENT_MATCH = "retirement_match"
    PAID_VACATION = "paid_vacation"
    PAID_HOLIDAYS = "paid_holidays"
    SICK_LEAVE = "sick_leave"
    TOOL_ALLOWANCE = "tool_allowance"
    UNIFORMS = "uniforms"
    PAID_TRAINING = "paid_training"
    CERTIFICATION_FEES = "certification_fees"
    SIGN_ON_BONUS = "sign_on_bonus"
    FOUR_DAY_WEEK = "four_day_week"
    FLEXIBLE_SCHEDULE = "flexible_schedule"
    TUITION = "tuition"


class Amount(StrEnum):
    """What the amount of a benefit is counted in."""

    PERCENT = "percent"
    """Hundredths of a percent of pay."""
    DAYS = "days"
    """Hundredths of a day a year."""
    USD = "usd"
    """Cents: a year for an allowance, once for a sign-on bonus."""


AMOUNTS: Final[dict[Benefit, Amount]] = {
    Benefit.RETIREMENT_MATCH: Amount.PERCENT,
    Benefit.PAID_VACATION: Amount.DAYS,
    Benefit.PAID_HOLIDAYS: Amount.DAYS,
    Benefit.SICK_LEAVE: Amount.DAYS,
    Benefit.TOOL_ALLOWANCE: Amount.USD,
    Benefit.SIGN_ON_BONUS: Amount.USD,
}
"""The benefits that have an amount."""


def labor_rate_metric(rate: LaborRate) -> str:
    """The metric of a labor rate."""
    return f"labor_rate_{rate.value}"


def benefit_metric(benefit: Benefit) -> str:
    """The metric of a benefit's being offered."""
    return f"benefit_{benefit.value}"


def amount_metric(benefit: Benefit) -> str:
    """The metric of a benefit's amount. Raises ``KeyError`` for a benefit that has none."""
    return f"benefit_{benefit.value}_{AMOUNTS[benefit].value}"


PAY_METRICS: Final = (HOURLY_EQUIVALENT, ANNUAL_PAY)
LABOR_RATE_METRICS: Final = tuple(map(labor_rate_metric, LaborRate))
OFFER_METRICS: Final = tuple(map(benefit_metric, Benefit))
AMOUNT_METRICS: Final = tuple(map(amount_metric, AMOUNTS))
METRICS: Final = frozenset((*PAY_METRICS, *LABOR_RATE_METRICS, *OFFER_METRICS, *AMOUNT_METRICS))
"""Every metric there is. Only those of pay have a position."""
