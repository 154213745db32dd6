"""What an hour of labor costs a customer."""

from pydantic import ConfigDict

from chalicelib.submissions.fields import AtLeastOne, IfGiven
from chalicelib.submissions.metrics import LaborRate
from chalicelib.submissions.ranges import EffectiveDate, LaborRateUsd
from chalicelib.values import Model


class Rates(AtLeastOne):
    """Dollars for an hour of labor: posted rates, not contracted ones. Leave out what you do not charge."""

    customer_pay: IfGiven[LaborRateUsd]
    effective: IfGiven[LaborRateUsd]
    """Labor sales divided by labor hours."""
    warranty: IfGiven[LaborRateUsd]
    internal: IfGiven[LaborRateUsd]
    diagnostic: IfGiven[LaborRateUsd]
    body: IfGiven[LaborRateUsd]
    paint: IfGiven[LaborRateUsd]
    frame: IfGiven[LaborRateUsd]
    aluminum_body: IfGiven[LaborRateUsd]
    aluminum_structural: IfGiven[LaborRateUsd]
    mechanical: IfGiven[LaborRateUsd]
    adas_calibration: IfGiven[LaborRateUsd]
    """Calibrating driver-assistance systems."""
    in_shop: IfGiven[LaborRateUsd]
    """Heavy duty, in the shop."""
    mobile: IfGiven[LaborRateUsd]
    """Heavy duty, at the customer's."""

    def given(self) -> dict[LaborRate, int]:
        """Cents an hour of each rate that was given."""
        named = {rate: getattr(self, rate.value) for rate in LaborRate}
        return {rate: cents for rate, cents in named.items() if cents is not None}


class LaborRates(Model):
    """What an hour of labor costs a customer. ``effective_date`` is the day from which it has been so."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "effective_date": "2025-01-01",
                    "rates_usd_per_hour": {
                        "customer_pay": "165.00",
                        "warranty": "148.50",
                        "diagnostic": "180.00",
                    },
                }
            ]
        }
    )

    effective_date: EffectiveDate
    """Since when; not in the future, and not before 2015."""
    rates_usd_per_hour: Rates
