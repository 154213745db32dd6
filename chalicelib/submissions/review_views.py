"""What the API takes and answers about figures that wait for confirmation. None of it holds a figure."""

from datetime import date
from typing import Annotated, Any, Final

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from chalicelib.submissions.models import TOPIC_NAMES, Record, Review, topic_name
from chalicelib.submissions.views import VersionNumber
from chalicelib.values import WHOLE, Id, Model

_EXAMPLE: Final[dict[str, Any]] = {
    "topic": "pay-technician_a",
    "version": 3,
    "metrics": ["annual_pay", "hourly_equivalent"],
    "since": "2026-06-15",
}
_ORGANIZATION: Final = "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"


def _known(name: str) -> str:
    if name not in TOPIC_NAMES:
        raise PydanticCustomError(
            "topic", "A topic is pay- and a position, such as pay-technician_a, or labor-rates, or benefits."
        )
    return name


TopicName = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(TOPIC_NAMES)})
]
"""What a submission is about: ``pay-`` and a position, ``labor-rates`` or ``benefits``."""


class Confirmation(Model):
    """Vouches for a version."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"version": 3}]})

    version: Annotated[int, Field(strict=True, ge=1, examples=[3]), WHOLE]
    """The version that was looked at; it must be the one in force."""


class Confirmed(Model):
    """A version that somebody vouched for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"organization_id": _ORGANIZATION, "topic": "pay-technician_a", "version": 3}]
        }
    )

    organization_id: Id
    topic: TopicName
    version: VersionNumber
    """It counts from the next night that takes new answers in. A later version needs a confirmation of its own."""


class Waiting(Model):
    """A version that does not count yet, because some of its figures are far from all others."""

    topic: TopicName
    version: VersionNumber
    metrics: tuple[str, ...]
    """The metrics of the figures that wait; what else the version says counts."""
    since: date
    """The first night on which it waited."""


class OwnWaiting(Waiting):
    """A version of the organization that does not count yet, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "why": "…"}]})

    why: str
    """Why it waits and what to do, in words."""


class OwnReviews(Model):
    """What waits of an organization."""

    items: tuple[OwnWaiting, ...]
    """By topic."""


class AnyWaiting(Waiting):
    """A version that does not count yet, for administrators: whose it is, and no figures."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_EXAMPLE, "organization_id": _ORGANIZATION}]}
    )

    organization_id: Id


class Reviews(Model):
    """A page of what waits, newest first; it can hold less than was asked for."""

    items: tuple[AnyWaiting, ...]
    next_cursor: str | None
    """Send it as ``cursor`` for the next page; null at the end."""


class ReviewsQuery(Model):
    """Which page is wanted."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    """How many at most."""
    cursor: Annotated[str | None, Field(min_length=1, max_length=2000)] = None
    """Where to go on: ``next_cursor`` of the page before."""


def confirmed_view(record: Record) -> Confirmed:
    """A confirmed version as the API shows it."""
    return Confirmed(
        organization_id=record.organization_id, topic=topic_name(record.topic), version=record.number
    )


def own_view(review: Review) -> OwnWaiting:
    """A review as members of its organization see it."""
    return OwnWaiting(
        **_waiting(review),
        why=(
            "These figures are far from what others in the same part of the country report: "
            f"{', '.join(review.metrics)}. They do not count until somebody of the organization, or an "
            f"administrator, confirms version {review.number}. If they are wrong, submit the right ones."
        ),
    )


def any_view(review: Review) -> AnyWaiting:
    """A review as administrators see it."""
    return AnyWaiting(organization_id=review.organization_id, **_waiting(review))


def _waiting(review: Review) -> dict[str, Any]:
    return {
        "topic": topic_name(review.topic),
        "version": review.number,
        "metrics": review.metrics,
        "since": review.since,
    }
