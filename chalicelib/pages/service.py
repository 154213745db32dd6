"""Use cases of pages: telling of oneself, and what everybody may read of an organization in one answer.

A page costs six requests to the table, whatever an organization has done: its profile, what it tells, its latest
postings (at most ``LATEST``), its partners (at most 100) and their profiles (at most ``PARTNERS``), and its record.
"""

from dataclasses import dataclass
from typing import Final

from chalicelib.clock import Clock, utc_now
from chalicelib.engagement.models import EngagementRecord
from chalicelib.engagement.service import EngagementStore
from chalicelib.errors import ConditionFailed, NotFound, StaleVersion
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import LISTED, Organization, Status
from chalicelib.organizations.service import OrganizationStore
from chalicelib.outcomes import service as outcomes
from chalicelib.outcomes.models import Partner
from chalicelib.outcomes.service import OutcomeStore, Rule
from chalicelib.pages.presentation import Presentation, PresentationDraft, check_presentation
from chalicelib.pages.store import PresentationStore, presentation_put
from chalicelib.postings import service as postings
from chalicelib.postings.models import Posting
from chalicelib.postings.models import Status as PostingStatus
from chalicelib.postings.service import PostingStore
from chalicelib.table.table import Table
from chalicelib.values import Timestamp

__all__ = ["Page", "PresentationStore", "Stores", "page_of", "present", "presentation_of"]

LATEST: Final = 50
"""How many of an organization's newest postings are looked through for open ones."""
PARTNERS: Final = 20


@dataclass(frozen=True, slots=True)
class Stores:
    """All that a page is read from."""

    organizations: OrganizationStore
    presentations: PresentationStore
    postings: PostingStore
    outcomes: OutcomeStore
    engagement: EngagementStore

    @classmethod
    def over(cls, table: Table) -> "Stores":
        """The stores over a table."""
        return cls(
            OrganizationStore(table),
            PresentationStore(table),
            PostingStore(table),
            OutcomeStore(table),
            EngagementStore(table),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """What everybody may read of an organization."""

    organization: Organization
    presentation: Presentation
    postings: list[Posting]
    partners: list[tuple[Organization, Partner]]
    record: EngagementRecord
    recognitions: list[Rule]


def presentation_of(store: PresentationStore, organization_id: str) -> Presentation:
    """What an organization tells of itself."""
    return store.get(organization_id)


def present(
    store: PresentationStore,
    directory: OrganizationStore,
    organization_id: str,
    expected_version: int,
    draft: PresentationDraft,
    *,
    clock: Clock = utc_now,
) -> Presentation:
    """Replaces what an organization tells of itself; the same again writes nothing.

    Raises ``InvalidInput``, ``StaleVersion`` where another change came first, and ``NotFound``.
    """
    check_presentation(organizations.get(directory, organization_id).kind, draft)
    before = store.get(organization_id)
    if before.version != expected_version:
        raise _stale()
    said = {name: getattr(draft, name) for name in PresentationDraft.model_fields}
    after = before.model_copy(update=said)
    if after == before:
        return before
    after = after.model_copy(update={"version": before.version + 1, "updated_at": clock()})
    try:
        store.transact(presentation_put(organization_id, after), organizations.open_check(organization_id))
    except ConditionFailed as error:
        if 0 in error.failed:
            raise _stale() from error
        raise NotFound("There is no organization with this id.") from error
    return after


def page_of(stores: Stores, organization_id: str, *, now: Timestamp) -> Page:
    """The page of an organization. Raises ``NotFound``, for a suspended one too.

    Open postings are those of a verified organization that nobody has hidden; partners those that the directory lists.
    What an organization tells of itself is read by others once somebody has looked at the organization.
    """
    organization = organizations.get_public(stores.organizations, organization_id)
    latest, _ = postings.all_of(stores.postings, organization_id, LATEST)
    partners = outcomes.partners(stores.outcomes, organization_id)[:PARTNERS]
    known = organizations.get_many(stores.organizations, [one.organization_id for one in partners])
    record = outcomes.engagement_of(stores.engagement, organization_id, clock=lambda: now)
    trusted = organization.status is Status.VERIFIED
    return Page(
        organization=organization,
        presentation=stores.presentations.get(organization_id) if trusted else Presentation(),
        postings=[one for one in latest if _open(one, organization, now)],
        partners=[
            (known[one.organization_id], one)
            for one in partners
            if one.organization_id in known and known[one.organization_id].status in LISTED
        ],
        record=record,
        recognitions=[rule for rule in outcomes.rules_for(organization.kind) if rule.fulfilled(record)],
    )


def _open(posting: Posting, organization: Organization, now: Timestamp) -> bool:
    return (
        organization.status is Status.VERIFIED
        and not posting.hidden
        and posting.status(now) is PostingStatus.OPEN
    )


def _stale() -> StaleVersion:
    return StaleVersion("Somebody changed this since you read it. Read it again, and send its new ETag.")
