"""How the metrics of the vocabulary are counted and printed: unit, rounding step, and whether by position."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chalicelib.submissions.service import (
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
    """How a metric is printed.

    ``step`` is in the units inside: cents, hundredths of a percent, hundredths of a day; for shares, percent
    points. ``by_position`` tells whether the metric is asked position by position.
    """

    unit: Unit
    step: int
    by_position: bool = False

    @property
    def is_share(self) -> bool:
        """Whether a contribution is yes or no, and the figure the share of yes."""
        return self.unit is Unit.SHARE

    def printed(self, value: int) -> str:
        """A published integer as people read it: ``27.50`` dollars, ``4.5`` days, ``35``, ``<5`` percent."""
        if self.is_share:
            return {0: "<5", 100: ">95"}.get(value, str(value))
        if self.unit in (Unit.PERCENT, Unit.DAYS):
            return f"{value // 100}.{value % 100 // 10}"
        return usd_of(value)


_HOURLY_PAY: Final = Kind(Unit.USD_PER_HOUR, 50, by_position=True)
# $0.50 an hour over a year of 2,080 hours is $1,040, so both steps hide about as much.
_ANNUAL_PAY: Final = Kind(Unit.USD_PER_YEAR, 100_000, by_position=True)
_LABOR_RATE: Final = Kind(Unit.USD_PER_HOUR, 250)
_OFFERED: Final = Kind(Unit.SHARE, 5)
_AMOUNTS: Final = {
    Amount.USD: Kind(Unit.USD, 2_500),
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
"""The kind of every metric that there is."""


def kind_of(metric: str) -> Kind:
    """The kind of a metric. Raises ``KeyError`` for a name that is none."""
    return KINDS[metric]
