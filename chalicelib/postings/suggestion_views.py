"""What is shown of who fits a posting, and of what fits an organization."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chalicelib.organizations.models import Status
from chalicelib.postings.matching import Reason
from chalicelib.postings.search import NEWEST_FARTHEST_MILES
from chalicelib.postings.suggestions import Match, Suggestion
from chalicelib.postings.views import Poster, PublicPosting, poster, public_view
from chalicelib.values import Model

Distance = Annotated[float, Field(ge=0, examples=[3.2])]
Reasons = Annotated[tuple[Reason, ...], Field(examples=[["subject", "near"]])]


class MatchesQuery(Model):
    """How many matches to show."""

    limit: Annotated[int, Field(ge=1, le=50)] = 20


class MatchingOrganization(Model):
    """An organization that fits a posting, and why."""

    organization: Poster
    organization_status: Annotated[Status, Field(examples=["verified"])]
    """An ``unclaimed`` one cannot answer yet."""
    distance_miles: Distance
    """Great-circle distance, to a tenth of a mile."""
    reasons: Reasons


class Matches(Model):
    """Who fits a posting, the best first."""

    items: tuple[MatchingOrganization, ...]


class FeedQuery(Model):
    """How far around, and which page."""

    radius_miles: Annotated[float, Field(gt=0, le=NEWEST_FARTHEST_MILES)] = 50
    limit: Annotated[int, Field(ge=1, le=50)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class FeedItem(Model):
    """A posting that fits the organization, and why."""

    posting: PublicPosting
    distance_miles: Distance
    """Great-circle distance, to a tenth of a mile."""
    reasons: Reasons


class Feed(Model):
    """A page of what is new around an organization."""

    items: tuple[FeedItem, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end. A page may be short, even empty, and go on."""


def matches_view(matches: list[Match]) -> Matches:
    """Who fits."""
    return Matches(
        items=tuple(
            MatchingOrganization(
                organization=poster(one.organization),
                organization_status=one.organization.status,
                distance_miles=round(one.miles, 1),
                reasons=one.fit.reasons,
            )
            for one in matches
        )
    )


def feed_view(suggestions: list[Suggestion], next_cursor: str | None, now: datetime) -> Feed:
    """What is new."""
    return Feed(
        items=tuple(
            FeedItem(
                posting=public_view(one.hit.posting, one.hit.organization, now),
                distance_miles=round(one.hit.miles or 0.0, 1),
                reasons=one.fit.reasons,
            )
            for one in suggestions
        ),
        next_cursor=next_cursor,
    )
