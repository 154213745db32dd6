"""Who might answer a posting, and what an organization might answer.

Matches cost two reads, at most ``MATCH_READS`` queries of the nearby index (mostly 4 to 12) and one batch read of what
at most ``CANDIDATES`` organizations did before. A page of the feed costs what a search of the newest around a place
does, and two reads. Neither grows with the table.
"""

from dataclasses import dataclass
from typing import Any, Final

from chalicelib.geography.service import Hit, Point
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.service import OrganizationStore
from chalicelib.postings.listing import Filter, Listing
from chalicelib.postings.matching import Fit, Topic, counterparts, fit_of, topic_of
from chalicelib.postings.models import Direction, Posting
from chalicelib.postings.search import Around, Finder
from chalicelib.postings.search import Hit as PostingHit
from chalicelib.postings.store import PostingStore
from chalicelib.values import Timestamp

CANDIDATES: Final = 60
MATCH_READS: Final = 40
# An unclaimed school cannot answer yet; asking it is how it comes to be claimed.
_ASKED: Final = frozenset({Status.VERIFIED, Status.UNCLAIMED})


@dataclass(frozen=True, slots=True)
class Match:
    """An organization that fits a posting."""

    organization: Organization
    miles: float
    fit: Fit


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A posting that fits an organization."""

    hit: PostingHit
    fit: Fit


def matches(store: PostingStore, directory: OrganizationStore, posting: Posting, limit: int) -> list[Match]:
    """The organizations around a posting that fit it best, out of the nearest that do; within its own radius."""
    topic = Topic(frozenset(posting.sectors), frozenset(posting.subjects))

    def wanted(organization: Organization, _miles: float) -> bool:
        return (
            organization.id != posting.organization_id
            and organization.status in _ASKED
            and topic.meets(topic_of(organization))
        )

    found: list[Hit[Organization]] = organizations.find_fitting(
        directory,
        Point(posting.place.latitude, posting.place.longitude),
        posting.radius_miles,
        sorted(counterparts(posting.organization_kind)),
        CANDIDATES,
        wanted,
        MATCH_READS,
    )
    histories = store.histories(hit.thing.id for hit in found)
    fitting = [
        Match(
            hit.thing,
            hit.miles,
            fit_of(topic, posting.category, topic_of(hit.thing), histories.get(hit.thing.id, {}), hit.miles),
        )
        for hit in found
    ]
    return sorted(fitting, key=lambda one: (-one.fit.weight, one.miles))[:limit]


def feed(
    store: PostingStore,
    directory: OrganizationStore,
    organization_id: str,
    radius_miles: float,
    limit: int,
    position: Any,
    now: Timestamp,
) -> tuple[list[Suggestion], Any]:
    """One page of what is open around an organization and meant for its kind, newest first; and the next position."""
    organization = organizations.get(directory, organization_id)
    topic = topic_of(organization)
    history = store.histories([organization_id]).get(organization_id, {})
    open_now = Filter(now)

    def wanted(listing: Listing, miles: float | None) -> bool:
        return (
            listing.organization_id != organization_id
            and organization.kind in counterparts(listing.kind)
            and open_now(listing, miles)
            and topic.meets(Topic(frozenset(listing.sectors), frozenset(listing.subjects)))
        )

    around = Around(Point(organization.latitude, organization.longitude), radius_miles)
    page = Finder(store, directory, now).newest_around(around, list(Direction), wanted, limit, position)
    suggestions = [
        Suggestion(
            hit,
            fit_of(
                Topic(frozenset(hit.posting.sectors), frozenset(hit.posting.subjects)),
                hit.posting.category,
                topic,
                history,
                hit.miles or 0.0,
            ),
        )
        for hit in page.items
    ]
    return suggestions, page.position
