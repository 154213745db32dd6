"""What a submission contributes to the statistics, and the line in which the contributions index holds it.

A line is ``s2|<organization>|<topic>|<effective day>|<contribution>;<contribution>;…|<version>|<0 or 1,
confirmed>``, where a contribution is ``metric:position:value:weight`` and the effective day counts days since
1970-01-01. Reading an index costs by the attribute, so everything is in one. ``s2`` names this layout: another one
gets another name. ``s1``, which is still read, ends before the version: it is not known, and not confirmed.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from chalicelib.days import day_number
from chalicelib.submissions.benefits import Benefits, Offers
from chalicelib.submissions.labor_rates import LaborRates
from chalicelib.submissions.metrics import (
    ANNUAL_PAY,
    HOURLY_EQUIVALENT,
    METRICS,
    PAY_METRICS,
    amount_metric,
    benefit_metric,
    labor_rate_metric,
)
from chalicelib.submissions.models import TOPICS, PaySubmission, Submission, position_of
from chalicelib.submissions.pay_plans import annual_pay_cents, hourly_equivalent_cents
from chalicelib.values import Position

LAYOUT: Final = "s2"
LAYOUT_WITHOUT_VERSION: Final = "s1"
LARGEST_NUMBER: Final = 99_999_999
"""What eight digits hold, as the keys of versions have them."""
_POSITIONS: Final = frozenset(position.value for position in Position)
_DIGITS: Final = 15
"""No number here comes near this many digits, and a column of 64-bit integers holds them."""


class MalformedLine(ValueError):
    """A text that is no line. The message holds no figures."""


class Contribution(NamedTuple):
    """One value: integer cents, hundredths of a percent or of a day, or 0 and 1; its weight is people, or 1.

    ``position`` is empty for what is not about pay.
    """

    metric: str
    position: str
    value: int
    weight: int


class Line(NamedTuple):
    """What the index holds of one submission. ``effective_day`` counts days since 1970-01-01.

    ``number`` is the version's, None in a line of the older layout; ``confirmed`` says that somebody vouched for it.
    """

    organization_id: str
    topic: str
    effective_day: int
    contributions: tuple[Contribution, ...]
    number: int | None = None
    confirmed: bool = False


def contributions_of(topic: str, submission: Submission) -> tuple[Contribution, ...]:
    """What a submission contributes: never nothing, and no metric and position twice."""
    match submission:
        case PaySubmission(pay_plan=plan, headcount=headcount):
            position = position_of(topic)
            if position is None:
                raise ValueError(f"{topic} is not about pay")
            return (
                Contribution(HOURLY_EQUIVALENT, position.value, hourly_equivalent_cents(plan), headcount),
                Contribution(ANNUAL_PAY, position.value, annual_pay_cents(plan), headcount),
            )
        case LaborRates(rates_usd_per_hour=rates):
            return tuple(
                Contribution(labor_rate_metric(rate), "", cents, 1) for rate, cents in rates.given().items()
            )
        case Benefits(benefits=benefits):
            return tuple(_of_benefits(benefits))


def _of_benefits(offers: Offers) -> Iterator[Contribution]:
    for benefit, offer in offers.given().items():
        yield Contribution(benefit_metric(benefit), "", int(offer.offered), 1)
        if offer.amount is not None:
            yield Contribution(amount_metric(benefit), "", offer.amount, 1)


def line_of(
    organization_id: str,
    topic: str,
    submission: Submission,
    number: int | None = None,
    confirmed: bool = False,
) -> str:
    """The line of a submission in force; ``number`` is its version."""
    contributions = contributions_of(topic, submission)
    day = day_number(submission.effective_date)
    return format_line(Line(organization_id, topic, day, contributions, number, confirmed))


def format_line(line: Line) -> str:
    """The text of a line; ``parse_line`` reads it back. Ids and names hold none of ``|;:``."""
    contributions = ";".join(f"{c.metric}:{c.position}:{c.value}:{c.weight}" for c in line.contributions)
    said = f"{line.organization_id}|{line.topic}|{line.effective_day}|{contributions}"
    if line.number is None:
        return f"{LAYOUT_WITHOUT_VERSION}|{said}"
    return f"{LAYOUT}|{said}|{line.number}|{int(line.confirmed)}"


def parse_line(text: str) -> Line:
    """The line that a text holds.

    Raises ``MalformedLine`` for another layout, unknown names, and where a part is missing or no number.
    """
    layout, *parts = text.split("|")
    if (layout, len(parts)) not in ((LAYOUT, 6), (LAYOUT_WITHOUT_VERSION, 4)):
        raise MalformedLine(f"not a line of layout {LAYOUT} or {LAYOUT_WITHOUT_VERSION}")
    organization_id, topic, day, contributions = parts[:4]
    if not organization_id or topic not in TOPICS:
        raise MalformedLine("no organization, or an unknown topic")
    return Line(
        organization_id,
        topic,
        _integer(day),
        tuple(map(_contribution, contributions.split(";"))),
        *(_version(*parts[4:]) if layout == LAYOUT else (None, False)),
    )


def _version(number: str, confirmed: str) -> tuple[int, bool]:
    if confirmed not in ("0", "1") or not 1 <= _integer(number) <= LARGEST_NUMBER:
        raise MalformedLine("no version, or neither confirmed nor not")
    return _integer(number), confirmed == "1"


def _contribution(text: str) -> Contribution:
    parts = text.split(":")
    if len(parts) != 4:
        raise MalformedLine("a contribution has four parts")
    metric, position, value, weight = parts
    known = position in _POSITIONS if metric in PAY_METRICS else metric in METRICS and not position
    if not known:
        raise MalformedLine("an unknown metric, or one with the wrong position")
    return Contribution(metric, position, _integer(value), _integer(weight))


def _integer(digits: str) -> int:
    # int() alone would also take signs, spaces, underscores and the digits of other scripts.
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _DIGITS:
        raise MalformedLine("a number is not written in digits")
    return int(digits)
