"""What the API answers about submissions: what was sent, and what follows from it."""

from collections.abc import Iterable
from typing import Annotated, Any, Final, TypeVar

from pydantic import ConfigDict, Field

from chalicelib.submissions.benefits import Benefits
from chalicelib.submissions.fields import STORED
from chalicelib.submissions.labor_rates import LaborRates
from chalicelib.submissions.models import Action, PaySubmission, Record, Submission, position_of
from chalicelib.submissions.pay_plans import annual_pay_cents, hourly_equivalent_cents
from chalicelib.submissions.service import Filed, Standing
from chalicelib.values import Id, Model, Position, Timestamp, usd_of

_USD_PATTERN: Final = r"^(0|[1-9][0-9]*)\.[0-9]{2}$"
_FILED: Final[dict[str, Any]] = {
    "organization_id": "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10",
    "version": 1,
    "submitted_at": "2025-04-02T15:04:05Z",
    "counts": True,
    "counts_note": "The organization is verified: its figures count once they are old enough.",
}

VersionNumber = Annotated[int, Field(ge=1, examples=[1])]
F = TypeVar("F", bound="_Filed")
V = TypeVar("V", bound="_Version")

HourlyEquivalent = Annotated[str, Field(pattern=_USD_PATTERN, examples=["27.50"])]
AnnualPay = Annotated[str, Field(pattern=_USD_PATTERN, examples=["57200.00"])]


class _Filed(Model):
    """What every submission in force carries."""

    organization_id: Id
    version: VersionNumber
    """Counts all versions of this submission, withdrawals included."""
    submitted_at: Timestamp
    counts: bool
    """Whether the organization's figures take part in the statistics."""
    counts_note: str
    """Why they do, or what is missing."""


class PayInForce(PaySubmission, _Filed):
    """A position's pay as it was submitted, and what it comes to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_FILED,
                    "position": "technician_a",
                    "effective_date": "2025-01-01",
                    "headcount": 3,
                    "pay_plan": {
                        "plan": "hourly",
                        "hourly_pay_usd": "27.50",
                        "hours_per_week": 40,
                        "weeks_per_year": 52,
                    },
                    "hourly_equivalent_usd": "27.50",
                    "annual_pay_usd": "57200.00",
                }
            ]
        }
    )

    position: Position
    hourly_equivalent_usd: HourlyEquivalent
    """Annual cash earnings divided by the hours worked in the year."""
    annual_pay_usd: AnnualPay
    """Annual cash earnings of one person."""


class LaborRatesInForce(LaborRates, _Filed):
    """Labor rates as they were submitted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {**_FILED, "effective_date": "2025-01-01", "rates_usd_per_hour": {"customer_pay": "165.00"}}
            ]
        }
    )


class BenefitsInForce(Benefits, _Filed):
    """Benefits as they were submitted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_FILED,
                    "effective_date": "2025-01-01",
                    "benefits": {"health": {"offered": True}, "four_day_week": {"offered": False}},
                }
            ]
        }
    )


class SubmissionsInForce(Model):
    """All that an organization has in force."""

    pay: tuple[PayInForce, ...]
    """By position."""
    labor_rates: LaborRatesInForce | None
    benefits: BenefitsInForce | None
    counts: bool
    """Whether the organization's figures take part in the statistics."""
    counts_note: str
    """Why they do, or what is missing."""


class _Version(Model):
    version: VersionNumber
    action: Action
    recorded_at: Timestamp
    recorded_by: str
    """The user id of the person."""


class PayVersion(_Version):
    """One version of a position's pay."""

    submission: PaySubmission | None
    """What was submitted; null where this version is a withdrawal."""
    hourly_equivalent_usd: HourlyEquivalent | None
    annual_pay_usd: AnnualPay | None


class LaborRatesVersion(_Version):
    """One version of the labor rates."""

    submission: LaborRates | None
    """What was submitted; null where this version is a withdrawal."""


class BenefitsVersion(_Version):
    """One version of the benefits."""

    submission: Benefits | None
    """What was submitted; null where this version is a withdrawal."""


class PayVersions(Model):
    """A page of versions, newest first."""

    items: tuple[PayVersion, ...]
    next_cursor: str | None
    """Send it as ``cursor`` for the next page; null at the end."""


class LaborRatesVersions(Model):
    """A page of versions, newest first."""

    items: tuple[LaborRatesVersion, ...]
    next_cursor: str | None
    """Send it as ``cursor`` for the next page; null at the end."""


class BenefitsVersions(Model):
    """A page of versions, newest first."""

    items: tuple[BenefitsVersion, ...]
    next_cursor: str | None
    """Send it as ``cursor`` for the next page; null at the end."""


class VersionsQuery(Model):
    """Which versions are wanted."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    """How many at most."""
    cursor: Annotated[str | None, Field(min_length=1, max_length=500)] = None
    """Where to go on: ``next_cursor`` of the page before."""


def filed_view(model: type[F], filed: Filed) -> F:
    """A submission in force as the API shows it; ``model`` is the view of its topic."""
    record = filed.record
    return model.model_validate(
        {
            **_given(record.submission),
            **_derived(record.submission),
            **({} if (position := position_of(record.topic)) is None else {"position": position}),
            "organization_id": record.organization_id,
            "version": record.number,
            "submitted_at": record.recorded_at,
            "counts": filed.standing.counts,
            "counts_note": filed.standing.note,
        },
        context=STORED,
    )


def all_in_force(records: Iterable[Record], standing: Standing) -> SubmissionsInForce:
    """Everything in force as the API shows it."""
    filed = [Filed(record, standing) for record in records]
    rates = [
        filed_view(LaborRatesInForce, one) for one in filed if isinstance(one.record.submission, LaborRates)
    ]
    benefits = [
        filed_view(BenefitsInForce, one) for one in filed if isinstance(one.record.submission, Benefits)
    ]
    return SubmissionsInForce(
        pay=tuple(
            filed_view(PayInForce, one) for one in filed if isinstance(one.record.submission, PaySubmission)
        ),
        labor_rates=rates[0] if rates else None,
        benefits=benefits[0] if benefits else None,
        counts=standing.counts,
        counts_note=standing.note,
    )


def version_view(model: type[V], record: Record) -> V:
    """A version as the API shows it; ``model`` is the view of its topic."""
    derived = _derived(record.submission)
    return model.model_validate(
        {
            **{
                name: derived.get(name)
                for name in ("hourly_equivalent_usd", "annual_pay_usd")
                if name in model.model_fields
            },
            "version": record.number,
            "action": record.action,
            "recorded_at": record.recorded_at,
            "recorded_by": record.recorded_by,
            "submission": record.submission,
        },
        context=STORED,
    )


def _given(submission: Submission | None) -> dict[str, Any]:
    """The fields of a submission, checked already."""
    return (
        {}
        if submission is None
        else {name: getattr(submission, name) for name in type(submission).model_fields}
    )


def _derived(submission: Submission | None) -> dict[str, str]:
    """What follows from a position's pay, as decimal strings of dollars."""
    if not isinstance(submission, PaySubmission):
        return {}
    return {
        "hourly_equivalent_usd": usd_of(hourly_equivalent_cents(submission.pay_plan)),
        "annual_pay_usd": usd_of(annual_pay_cents(submission.pay_plan)),
    }
