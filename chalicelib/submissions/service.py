"""Submitting, withdrawing and reading what an organization says of itself.

Also the door through which the Exchange gets at the vocabulary of metrics and the lines of its index, and says
what waits for confirmation (``reviews``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chalicelib.clock import Clock, utc_now
from chalicelib.errors import Conflict, NotFound
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import CONTRIBUTING, Organization, Status
from chalicelib.organizations.service import OrganizationStore
from chalicelib.submissions.contributions import (
    LARGEST_NUMBER,
    Contribution,
    Line,
    MalformedLine,
    contributions_of,
    format_line,
    parse_line,
)
from chalicelib.submissions.metrics import (
    AMOUNT_METRICS,
    AMOUNTS,
    ANNUAL_PAY,
    HOURLY_EQUIVALENT,
    LABOR_RATE_METRICS,
    METRICS,
    OFFER_METRICS,
    PAY_METRICS,
    Amount,
    Benefit,
    LaborRate,
    amount_metric,
    benefit_metric,
    labor_rate_metric,
)
from chalicelib.submissions.models import TOPICS, Record, Review, Submission, check_effective_date
from chalicelib.submissions.review_store import ReviewStore
from chalicelib.submissions.reviews import keep_reviews
from chalicelib.submissions.store import Authorship, Overtaken, SubmissionStore

__all__ = [
    "AMOUNTS",
    "AMOUNT_METRICS",
    "ANNUAL_PAY",
    "HOURLY_EQUIVALENT",
    "LABOR_RATE_METRICS",
    "LARGEST_NUMBER",
    "METRICS",
    "OFFER_METRICS",
    "PAY_METRICS",
    "TOPICS",
    "Amount",
    "Authorship",
    "Benefit",
    "Contribution",
    "Filed",
    "LaborRate",
    "Line",
    "MalformedLine",
    "Review",
    "ReviewStore",
    "Standing",
    "SubmissionStore",
    "amount_metric",
    "benefit_metric",
    "contributions_of",
    "format_line",
    "in_force",
    "keep_reviews",
    "labor_rate_metric",
    "parse_line",
    "read",
    "recorded_by",
    "submit",
    "versions",
    "withdraw",
]

_ATTEMPTS: Final = 4
"""A writer who is overtaken looks again and writes on top: two at once both succeed and are both kept."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether an organization's figures take part in the statistics, and why."""

    counts: bool
    note: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A version of a submission, and the standing of the organization whose it is."""

    record: Record
    standing: Standing


def standing_of(organization: Organization) -> Standing:
    """Whether the organization's figures count: only verified ones do, lest somebody make up contributors."""
    if organization.status is Status.VERIFIED:
        return Standing(True, "The organization is verified: its figures count once they are old enough.")
    return Standing(
        False,
        f"The organization is {organization.status.value}: its figures are kept, and count once an "
        "administrator has verified it.",
    )


def submit(
    store: SubmissionStore,
    organization_store: OrganizationStore,
    organization_id: str,
    topic: str,
    submission: Submission,
    *,
    user_id: str,
    clock: Clock = utc_now,
) -> Filed:
    """Put a submission in force on a topic, in place of the one before.

    The same figures again change nothing and answer the version in force. Raises ``InvalidInput`` for an
    effective date out of range, ``NotFound`` where there is no such organization, and ``Conflict`` where it is
    no shop or dealership, or where others keep overtaking.
    """
    now = clock()
    check_effective_date(submission.effective_date, now.date())
    organization = _contributor(organization_store, organization_id)

    def next_version(current: Record | None) -> Record:
        if current is not None and current.submission == submission:
            return current
        number = 1 if current is None else current.number + 1
        return Record(organization_id, topic, number, submission, now, user_id)

    return Filed(_recorded(store, organization_id, topic, next_version), standing_of(organization))


def withdraw(
    store: SubmissionStore,
    organization_store: OrganizationStore,
    organization_id: str,
    topic: str,
    *,
    user_id: str,
    clock: Clock = utc_now,
) -> Record:
    """Take the submission on a topic out of force; its versions stay.

    Raises ``NotFound`` where nothing is in force, and ``Conflict`` where others keep overtaking.
    """
    now = clock()
    organizations.get(organization_store, organization_id)

    def next_version(current: Record | None) -> Record:
        present = _present(current)
        return Record(organization_id, topic, present.number + 1, None, now, user_id)

    return _recorded(store, organization_id, topic, next_version)


def read(
    store: SubmissionStore, organization_store: OrganizationStore, organization_id: str, topic: str
) -> Filed:
    """The submission in force on a topic. Raises ``NotFound`` where there is none."""
    organization = organizations.get(organization_store, organization_id)
    return Filed(_present(store.current(organization_id, topic)), standing_of(organization))


def in_force(
    store: SubmissionStore, organization_store: OrganizationStore, organization_id: str
) -> tuple[list[Record], Standing]:
    """Every submission in force, by topic. Raises ``NotFound`` where there is no such organization."""
    organization = organizations.get(organization_store, organization_id)
    return list(store.in_force(organization_id)), standing_of(organization)


def versions(
    store: SubmissionStore, organization_id: str, topic: str, limit: int, before: int | None
) -> tuple[list[Record], int | None]:
    """Up to ``limit`` versions, newest first, withdrawals included; and where to go on, if there are more."""
    return store.versions(organization_id, topic, limit, before)


def recorded_by(
    store: SubmissionStore, organization_id: str, user_id: str, limit: int, after: str | None
) -> tuple[list[Authorship], str | None]:
    """What a person recorded of an organization, without figures, and what ``after`` the next page begins, or None.

    A page reads ``limit`` versions, whoever recorded them.
    """
    return store.recorded_by(organization_id, user_id, limit, after)


def _recorded(
    store: SubmissionStore,
    organization_id: str,
    topic: str,
    next_version: Callable[[Record | None], Record],
    attempts: int = _ATTEMPTS,
) -> Record:
    current = store.current(organization_id, topic)
    version = next_version(current)
    if version is not current:
        try:
            store.record(version, organizations.open_check(organization_id))
        except Overtaken:
            if attempts == 1:
                raise
            return _recorded(store, organization_id, topic, next_version, attempts - 1)
    return version


def _contributor(store: OrganizationStore, organization_id: str) -> Organization:
    organization = organizations.get(store, organization_id)
    if organization.kind not in CONTRIBUTING:
        raise Conflict(
            f"Only shops and dealerships submit pay, labor rates and benefits; this organization is a "
            f"{organization.kind.value}."
        )
    return organization


def _present(current: Record | None) -> Record:
    if current is None or current.submission is None:
        raise NotFound("Nothing is in force here: it was never submitted, or it was withdrawn.")
    return current
