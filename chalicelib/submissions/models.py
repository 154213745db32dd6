"""Submissions: what a shop or dealership says of its pay, labor rates and benefits, and since when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from pydantic import ConfigDict

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.submissions.benefits import Benefits
from chalicelib.submissions.labor_rates import LaborRates
from chalicelib.submissions.pay_plans import PayPlan
from chalicelib.submissions.ranges import EARLIEST_EFFECTIVE, EffectiveDate, Headcount
from chalicelib.values import Model, Position

LABOR_RATES: Final = "labor_rates"
BENEFITS: Final = "benefits"
_PAY: Final = "pay#"


def pay_topic(position: Position) -> str:
    """The topic of a position's pay."""
    return f"{_PAY}{position.value}"


def position_of(topic: str) -> Position | None:
    """The position that a topic is about, or None where it is not about pay."""
    return Position(topic.removeprefix(_PAY)) if topic.startswith(_PAY) else None


TOPICS: Final = frozenset((LABOR_RATES, BENEFITS, *map(pay_topic, Position)))
"""Everything an organization can submit about, each once."""


def topic_name(topic: str) -> str:
    """A topic as paths and answers write it: ``pay-technician_a``, ``labor-rates``, ``benefits``."""
    return topic.replace("#", "-") if topic.startswith(_PAY) else topic.replace("_", "-")


_BY_NAME: Final = {topic_name(topic): topic for topic in TOPICS}


def topic_named(name: str) -> str:
    """The topic that is written like this. Raises ``KeyError`` for what is none."""
    return _BY_NAME[name]


TOPIC_NAMES: Final = tuple(sorted(_BY_NAME))


class PaySubmission(Model):
    """What people in one position earn. ``effective_date`` is the day from which it has been so."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "effective_date": "2025-01-01",
                    "headcount": 3,
                    "pay_plan": {"plan": "hourly", "hourly_pay_usd": "27.50", "hours_per_week": 40},
                },
                {
                    "effective_date": "2025-03-01",
                    "headcount": 2,
                    "pay_plan": {
                        "plan": "flat_rate_guarantee",
                        "flat_rate_usd_per_hour": "32.00",
                        "flagged_hours_per_week": 44.5,
                        "guarantee_usd_per_week": "1000.00",
                    },
                },
            ]
        }
    )

    effective_date: EffectiveDate
    """Since when; not in the future, and not before 2015."""
    headcount: Headcount
    """People in this position who are paid like this."""
    pay_plan: PayPlan


Submission = PaySubmission | LaborRates | Benefits


class Action(StrEnum):
    """What a version did."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Record:
    """One version of an organization's submission on a topic; the highest number is the present state.

    ``submission`` is None where the version is a withdrawal. Numbers start at 1 and go on after a withdrawal,
    so that "withdrawn and back" and "changed back" can be seen. ``recorded_by`` is the person's user id.
    ``confirmed`` says of the present state that somebody vouched for this very version.
    """

    organization_id: str
    topic: str
    number: int
    submission: Submission | None
    recorded_at: datetime
    recorded_by: str
    confirmed: bool = False

    @property
    def action(self) -> Action:
        """What this version did."""
        return Action.WITHDRAWN if self.submission is None else Action.SUBMITTED


@dataclass(frozen=True, slots=True)
class Review:
    """A version that waits for confirmation: figures far from all others do not count without. Holds no figures.

    ``number`` is None where the night could not tell the version: then it is the one in force. ``since`` is the
    first night on which it waited.
    """

    organization_id: str
    topic: str
    number: int | None
    metrics: tuple[str, ...]
    since: date


_MODELS: Final[dict[str, type[Submission]]] = {LABOR_RATES: LaborRates, BENEFITS: Benefits}


def model_of(topic: str) -> type[Submission]:
    """What a submission on the topic is made of."""
    return _MODELS.get(topic, PaySubmission)


def check_effective_date(effective: date, today: date) -> None:
    """Raises ``InvalidInput`` unless the date is in the range that is accepted."""
    if not EARLIEST_EFFECTIVE <= effective <= today:
        detail = (
            f"The accepted range is {EARLIEST_EFFECTIVE} to {today}, which is today in UTC. "
            "Give the day since when these figures hold."
        )
        raise InvalidInput(f"/effective_date: {detail}", [FieldError("/effective_date", detail)])
