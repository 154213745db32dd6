"""How metrics are counted and printed: unit, rounding step, and whether by position.

The names of the vocabulary come first, each with its own kind. A name that is none of them, as files of a data
steward may hold, gets a kind by its pattern, so that no file is refused for what it calls its columns.
"""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from chalicelib.submissions.metrics import (
    AMOUNTS,
    ANNUAL_PAY,
    HOURLY_EQUIVALENT,
    LABOR_RATE_METRICS,
    OFFER_METRICS,
    Amount,
    amount_metric,
)
from chalicelib.values import usd_of


class Unit(StrEnum):
    """What the printed figures of a metric are."""

    USD_PER_HOUR = "usd_per_hour"
    USD_PER_YEAR = "usd_per_year"
    USD = "usd"
    SHARE = "share"
    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a metric is counted and printed.

    ``step`` is the grid of its printed figures in the units inside: cents, hundredths of a percent, hundredths
    of a day; for shares, percent points. ``by_position`` tells whether the metric is asked position by
    position.
    """

    unit: Unit
    step: int
    by_position: bool = False

    @property
    def is_share(self) -> bool:
        """Whether an organization says yes or no (100 or 0 percent inside), and the figure is the share."""
        return self.unit is Unit.SHARE

    @property
    def composable(self) -> bool:
        """Whether its positions can be weighed into one figure for all of them."""
        return not self.is_share

    def printed(self, value: int) -> str:
        """A published integer as people read it: ``27.50`` dollars, ``4.5`` days, ``35``, ``<5`` percent."""
        if self.is_share:
            return {0: f"<{self.step}", 100: f">{100 - self.step}"}.get(value, str(value))
        if self.unit in (Unit.PERCENT, Unit.DAYS):
            return f"{value // 100}.{value % 100 // 10}"
        return usd_of(value)


_HOURLY_PAY: Final = Kind(Unit.USD_PER_HOUR, 50, by_position=True)
# $0.50 an hour over a year of 2,080 hours is $1,040, so both steps hide about as much.
_ANNUAL_PAY: Final = Kind(Unit.USD_PER_YEAR, 100_000, by_position=True)
_LABOR_RATE: Final = Kind(Unit.USD_PER_HOUR, 250)
_OFFERED: Final = Kind(Unit.SHARE, 5)
_AMOUNT: Final = Kind(Unit.USD, 2_500)
_AMOUNTS: Final = {
    Amount.USD: _AMOUNT,
    Amount.PERCENT: Kind(Unit.PERCENT, 50),
    Amount.DAYS: Kind(Unit.DAYS, 100),
}

KINDS: Final[dict[str, Kind]] = {
    HOURLY_EQUIVALENT: _HOURLY_PAY,
    ANNUAL_PAY: _ANNUAL_PAY,
    **dict.fromkeys(LABOR_RATE_METRICS, _LABOR_RATE),
    **dict.fromkeys(OFFER_METRICS, _OFFERED),
    **{amount_metric(benefit): _AMOUNTS[amount] for benefit, amount in AMOUNTS.items()},
}
"""The kind of every metric of the vocabulary."""

PATTERNS: Final[tuple[tuple[str, Kind], ...]] = (
    ("*_offered", _OFFERED),
    ("*_share", _OFFERED),
    ("*annual*", _ANNUAL_PAY),
    ("*rate*", _LABOR_RATE),
    ("customer_pay", _LABOR_RATE),
    ("warranty", _LABOR_RATE),
    ("internal", _LABOR_RATE),
    ("diagnostic", _LABOR_RATE),
    ("effective", _LABOR_RATE),
    ("*_amount", _AMOUNT),
    ("*allowance*", _AMOUNT),
    ("*bonus*", _AMOUNT),
    ("*_usd", _AMOUNT),
)
"""Kinds of names outside the vocabulary; the first match wins, and what matches nothing is hourly pay."""


@lru_cache(maxsize=4_096)
def kind_of(metric: str) -> Kind:
    """The kind of a metric by its name; any name is accepted.

    >>> kind_of("benefit_health").unit.value, kind_of("benefit_paid_vacation_days").step, kind_of("pay").step
    ('share', 100, 50)
    """
    known = KINDS.get(metric)
    if known is not None:
        return known
    name = metric.lower()
    return next((kind for pattern, kind in PATTERNS if fnmatchcase(name, pattern)), _HOURLY_PAY)
