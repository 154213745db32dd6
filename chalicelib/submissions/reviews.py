"""Figures far from all others wait until somebody vouches for them: what waits, and confirming it.

Which ones do is for the night of the Exchange to tell; it keeps a review of each. A review is of one version. It
is shown while that version is in force and not confirmed, so nothing stale is ever shown, and the next night drops it.
Confirming is possible at any time, also before a night has looked: the answer would be the same.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from chalicelib.clock import Clock, utc_now
from chalicelib.errors import NotFound, StaleVersion
from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import OrganizationStore
from chalicelib.submissions.models import Record, Review
from chalicelib.submissions.review_store import ReviewStore
from chalicelib.submissions.store import SubmissionStore
from chalicelib.table.expressions import Item


def keep_reviews(reviews: ReviewStore, waiting: Iterable[Review], night: date) -> None:
    """Make what a night found to wait all that waits. The same again writes nothing; ``since`` stays.

    Raises ``TemporarilyUnavailable``; then some of it is kept, and the same call again keeps the rest.
    """
    before = {(one.organization_id, one.topic): one for one in reviews.all()}
    for review in waiting:
        known = before.pop((review.organization_id, review.topic), None)
        if known is not None and known.number == review.number:
            if known.metrics != review.metrics:
                reviews.put(replace(review, since=known.since), night)
        else:
            reviews.put(review, night)
    for stale in before.values():
        reviews.remove(stale, night)


def confirm(
    store: SubmissionStore,
    organization_store: OrganizationStore,
    organization_id: str,
    topic: str,
    version: int,
    *,
    user_id: str,
    clock: Clock = utc_now,
) -> Record:
    """Vouch for the version in force, so that it counts however far it is from the others; once is enough.

    Raises ``NotFound`` where nothing is in force, and ``StaleVersion`` where it is another version.
    """
    organizations.get(organization_store, organization_id)
    current = store.current(organization_id, topic)
    if current is None or current.submission is None:
        raise NotFound("Nothing is in force here: it was never submitted, or it was withdrawn.")
    if current.number != version:
        raise StaleVersion(
            f"Version {current.number} is in force, not {version}. Look at it, and confirm that one if it is right."
        )
    if current.confirmed:
        return current
    confirmed = replace(current, confirmed=True)
    store.confirm(confirmed, user_id, clock())
    return confirmed


def waiting_of(
    reviews: ReviewStore, store: SubmissionStore, organization_store: OrganizationStore, organization_id: str
) -> list[Review]:
    """What waits of an organization, by topic, with its version. Raises ``NotFound`` where there is none."""
    organizations.get(organization_store, organization_id)
    return _current(store, list(reviews.of_organization(organization_id)))


def waiting_page(
    reviews: ReviewStore, store: SubmissionStore, limit: int, start: Item | None
) -> tuple[list[Review], Item | None]:
    """What waits anywhere, newest first, and where to go on; a page can hold less than ``limit``, even nothing."""
    found, following = reviews.page(limit, start)
    return _current(store, found), following


def _current(store: SubmissionStore, reviews: list[Review]) -> list[Review]:
    versions = store.unconfirmed((one.organization_id, one.topic) for one in reviews)
    return [
        replace(one, number=version)
        for one in reviews
        if (version := versions.get((one.organization_id, one.topic))) is not None
        and one.number in (None, version)
    ]
