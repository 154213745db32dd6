"""Use cases of postings: stores first, then what it is about; clock and ids are arguments, for tests."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.audit import service as audit
from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.engagement import service as engagement
from chalicelib.engagement.models import Counter
from chalicelib.errors import ConditionFailed, Conflict, NotFound, NotVerified, StaleVersion
from chalicelib.geography import service as geography
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import Organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.postings.details import Category
from chalicelib.postings.drafts import PostingChange, PostingDraft, changed, drafted
from chalicelib.postings.models import Direction, Place, Posting, Stage, Status, moved
from chalicelib.postings.saved import all_of as searches_of
from chalicelib.postings.saved import forget_person, tell_due
from chalicelib.postings.saved_store import SavedSearch, SavedSearchStore
from chalicelib.postings.showing import is_shown
from chalicelib.postings.store import (
    PostingStore,
    changed_writes,
    deleted_writes,
    hidden_write,
    history_write,
    new_puts,
    seat_back_write,
    seat_write,
)
from chalicelib.table.expressions import Update, Write
from chalicelib.table.idempotency import IdempotentRequest, created_before, record

__all__ = [
    "Category",
    "PostingStore",
    "SavedSearch",
    "SavedSearchStore",
    "all_of",
    "change",
    "count_write",
    "create",
    "delete",
    "forget_person",
    "get",
    "get_shown",
    "give_back_seat_write",
    "hide_write",
    "is_shown",
    "move",
    "of_organization",
    "open_status",
    "searches_of",
    "take_seat_write",
    "tell_due",
    "unhide_write",
]


def get(store: PostingStore, posting_id: str) -> Posting:
    """A posting, whatever its status: for the sides of a response. Raises ``NotFound`` where there is none."""
    return store.get(posting_id)


def get_shown(
    store: PostingStore, directory: OrganizationStore, posting_id: str
) -> tuple[Posting, Organization]:
    """A posting that strangers may know, and whose it is.

    Raises ``NotFound`` where there is none, for drafts, for what administrators hid, and where the organization is not
    verified (any more).
    """
    posting = store.get(posting_id)
    organization = organizations.get_many(directory, [posting.organization_id]).get(posting.organization_id)
    if posting.stage is Stage.DRAFT or organization is None or not is_shown(posting, organization):
        raise NotFound("There is no posting with this id.")
    return posting, organization


def of_organization(store: PostingStore, organization_id: str, posting_id: str) -> Posting:
    """A posting of an organization, for its members. Raises ``NotFound``."""
    return store.of_organization(organization_id, posting_id)


def all_of(
    store: PostingStore, organization_id: str, limit: int, before: str | None = None
) -> tuple[list[Posting], str | None]:
    """One page of an organization's postings, newest first, and the id before which the next begins, or None."""
    return store.all_of(organization_id, limit, before)


def open_status(posting: Posting, now: datetime) -> Status:
    """What a posting is at a moment; only one that is ``open`` can be answered."""
    return posting.status(now)


def take_seat_write(posting: Posting, now: datetime) -> Update:
    """The write that takes a seat, for the transaction that accepts a response.

    Fails unless the posting is open at that moment, not hidden, and has a seat left, so seats are never oversold.
    Once the last is taken the posting's status is ``fulfilled``.
    """
    return seat_write(posting, now)


def give_back_seat_write(posting: Posting) -> Update:
    """The write that gives a seat back, for the transaction that withdraws what was accepted."""
    return seat_back_write(posting)


def hide_write(posting: Posting) -> Update:
    """The write that hides a posting from everyone but its organization and administrators."""
    return hidden_write(posting, hidden=True)


def unhide_write(posting: Posting) -> Update:
    """The write that shows a hidden posting again."""
    return hidden_write(posting, hidden=False)


def count_write(organization_id: str, category: Category) -> Update:
    """The write that counts, for an organization, a category that it posted or answered: matching goes by it."""
    return history_write(organization_id, category)


def create(
    store: PostingStore,
    directory: OrganizationStore,
    organization_id: str,
    draft: PostingDraft,
    idempotent: IdempotentRequest | None = None,
    *,
    clock: Clock = utc_now,
    make_id: Callable[[], str] = new_id,
) -> Posting:
    """Makes a draft; the same request again answers the same one.

    Raises ``InvalidInput`` where the draft breaks a rule, ``NotFound`` where there is no such organization or what the
    key created has been deleted since, ``IdempotencyMismatch``.
    """
    now = clock()
    if idempotent is not None and (before := created_before(store.table, idempotent, now)) is not None:
        return store.of_organization(organization_id, before)
    organization = organizations.get(directory, organization_id)
    place = _place(organization, draft.zip)
    posting = drafted(draft, make_id(), organization_id, organization.kind, place, now)
    writes: list[Write] = [*new_puts(posting), organizations.open_check(organization_id)]
    if idempotent is not None:
        writes.append(record(idempotent, posting.id, now))
    try:
        store.transact(*writes)
    except ConditionFailed as error:
        if idempotent is not None and (first := created_before(store.table, idempotent, now)) is not None:
            return store.of_organization(organization_id, first)
        raise NotFound("There is no organization with this id.") from error
    return posting


def change(
    store: PostingStore,
    directory: OrganizationStore,
    organization_id: str,
    posting_id: str,
    expected_version: int,
    patch: PostingChange,
    *,
    clock: Clock = utc_now,
) -> Posting:
    """Applies a merge patch to the expected version; one that changes nothing writes nothing.

    Raises ``StaleVersion`` where another change came first, a taken seat included, ``InvalidInput`` where the patch
    breaks a rule, and ``NotFound``.
    """
    before = store.of_organization(organization_id, posting_id)
    if before.version != expected_version:
        raise _stale()
    place = None
    if "zip" in patch.model_fields_set:
        place = _place(organizations.get(directory, organization_id), patch.zip)
    after = changed(before, patch, place, clock())
    if after is before:
        return before
    _write(store, changed_writes(after, before))
    return after


def move(
    store: PostingStore,
    caller: Caller,
    organization_id: str,
    posting_id: str,
    expected_version: int,
    stage: Stage,
    *,
    clock: Clock = utc_now,
) -> Posting:
    """Opens, closes or fulfills a posting of the expected version; where it is so already, nothing is written.

    Raises ``MoveNotAllowed``, ``Conflict`` where it would be open after its end, ``NotVerified`` where the organization
    may not open one, ``StaleVersion`` and ``NotFound``.
    """
    before = store.of_organization(organization_id, posting_id)
    now = clock()
    after = moved(before, stage, now)
    if after is before:
        return before
    if before.version != expected_version:
        raise _stale()
    writes = changed_writes(after, before)
    checked = None
    writes.append(
        audit.entry_write(
            caller.user_id,
            f"posting.{stage.value}",
            posting_id,
            now,
            f"{before.stage.value} -> {stage.value}",
        )
    )
    if stage is Stage.OPEN:
        checked = len(writes)
        writes.append(organizations.verified_check(organization_id))
        if before.opened_at is None:
            opened = Counter.NEEDS_OPENED if after.direction is Direction.NEED else Counter.OFFERS_OPENED
            writes.append(history_write(organization_id, after.category))
            writes.append(engagement.count_write(organization_id, now, {opened: 1}))
    try:
        store.transact(*writes)
    except ConditionFailed as error:
        if checked in error.failed:
            raise NotVerified(
                "Only a verified organization can open a posting. It stays a draft until an administrator has verified "
                "the organization."
            ) from error
        raise _stale() from error
    return after


def delete(store: PostingStore, organization_id: str, posting_id: str, expected_version: int) -> None:
    """Deletes a draft. Raises ``Conflict`` for what was opened once, ``StaleVersion`` and ``NotFound``."""
    posting = store.of_organization(organization_id, posting_id)
    if posting.version != expected_version:
        raise _stale()
    if posting.stage is not Stage.DRAFT:
        raise Conflict("Only drafts are deleted: others may have answered this posting. Close it instead.")
    _write(store, deleted_writes(posting))


def _write(store: PostingStore, writes: list[Write]) -> None:
    try:
        store.transact(*writes)
    except ConditionFailed as error:
        raise _stale() from error


def _place(organization: Organization, zip_code: str | None) -> Place:
    if zip_code is None:
        return Place(
            zip=organization.address.zip,
            city=organization.address.city,
            state=organization.address.state,
            latitude=organization.latitude,
            longitude=organization.longitude,
        )
    found = geography.place_of_zip(zip_code, pointer="/zip", source="body")
    return Place(
        zip=found.zip,
        city=found.city,
        state=found.state,
        latitude=found.latitude,
        longitude=found.longitude,
    )


def _stale() -> StaleVersion:
    return StaleVersion(
        "Somebody changed the posting since you read it. Read it again, and send its new ETag."
    )
