"""What an employer offers beside cash pay."""

from pydantic import ConfigDict, JsonValue, StrictBool

from chalicelib.submissions.fields import AtLeastOne, IfGiven, IfOffered
from chalicelib.submissions.metrics import Benefit
from chalicelib.submissions.ranges import (
    DaysPerYear,
    EffectiveDate,
    MatchPercent,
    SignOnBonus,
    YearlyAllowance,
)
from chalicelib.values import Model


class Offer(Model):
    """Whether a benefit is offered."""

    offered: StrictBool

    @property
    def amount(self) -> int | None:
        """The amount in hundredths, where the benefit has one and it was given."""
        return None


def _only_offered(amount: str) -> ConfigDict:
    """Says in the schema that an amount comes with a benefit that is offered."""
    offered: dict[str, JsonValue] = {"properties": {"offered": {"const": True}}}
    return ConfigDict(json_schema_extra={"dependentSchemas": {amount: offered}})


class RetirementMatch(Offer):
    """The employer's match to a retirement plan."""

    model_config = _only_offered("percent")

    percent: IfOffered[MatchPercent]
    """The most that is matched, in percent of pay."""

    @property
    def amount(self) -> int | None:
        """Hundredths of a percent."""
        return self.percent


class DaysOff(Offer):
    """Paid days away from work."""

    model_config = _only_offered("days_per_year")

    days_per_year: IfOffered[DaysPerYear]
    """Days in a year, for a person with a year in the job."""

    @property
    def amount(self) -> int | None:
        """Hundredths of a day."""
        return self.days_per_year


class Allowance(Offer):
    """Money towards tools."""

    model_config = _only_offered("amount_usd_per_year")

    amount_usd_per_year: IfOffered[YearlyAllowance]

    @property
    def amount(self) -> int | None:
        """Cents a year."""
        return self.amount_usd_per_year


class OneTimePayment(Offer):
    """Money paid once, to a person who signs on."""

    model_config = _only_offered("amount_usd")

    amount_usd: IfOffered[SignOnBonus]

    @property
    def amount(self) -> int | None:
        """Cents."""
        return self.amount_usd


class Offers(AtLeastOne):
    """Benefits, each offered or not. Leave out what you cannot say; an amount may be left out, too."""

    health: IfGiven[Offer]
    dental: IfGiven[Offer]
    vision: IfGiven[Offer]
    retirement_match: IfGiven[RetirementMatch]
    paid_vacation: IfGiven[DaysOff]
    paid_holidays: IfGiven[DaysOff]
    sick_leave: IfGiven[DaysOff]
    tool_allowance: IfGiven[Allowance]
    uniforms: IfGiven[Offer]
    paid_training: IfGiven[Offer]
    certification_fees: IfGiven[Offer]
    sign_on_bonus: IfGiven[OneTimePayment]
    four_day_week: IfGiven[Offer]
    flexible_schedule: IfGiven[Offer]
    tuition: IfGiven[Offer]

    def given(self) -> dict[Benefit, Offer]:
        """What was said, by benefit."""
        named = {benefit: getattr(self, benefit.value) for benefit in Benefit}
        return {benefit: offer for benefit, offer in named.items() if offer is not None}


class Benefits(Model):
    """What an employer offers beside cash pay. ``effective_date`` is the day from which it has been so."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "effective_date": "2025-01-01",
                    "benefits": {
                        "health": {"offered": True},
                        "retirement_match": {"offered": True, "percent": "4.0"},
                        "paid_vacation": {"offered": True, "days_per_year": 10},
                        "tool_allowance": {"offered": True, "amount_usd_per_year": "600.00"},
                        "four_day_week": {"offered": False},
                    },
                }
            ]
        }
    )

    effective_date: EffectiveDate
    """Since when; not in the future, and not before 2015."""
    benefits: Offers
