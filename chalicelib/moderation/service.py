"""Use cases of moderation."""

from dataclasses import dataclass
from typing import Final

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.errors import ConditionFailed, LimitReached, NotFound, TemporarilyUnavailable
from chalicelib.moderation.models import Decision, Moderated, Report, ReportDraft, ReportedPosting, Ruling
from chalicelib.moderation.store import (
    ReportStore,
    counted_update,
    report_put,
    settled_update,
)
from chalicelib.organizations.service import OrganizationStore
from chalicelib.outbox.models import NoticeKind, ToAdministrators, ToOrganization
from chalicelib.outbox.service import notice_write
from chalicelib.postings import service as postings
from chalicelib.postings.models import Posting
from chalicelib.postings.service import PostingStore
from chalicelib.table.daily import counted
from chalicelib.table.expressions import Item, Write
from chalicelib.values import Role, Timestamp

__all__ = [
    "Moderation",
    "ReportStore",
    "entered_by",
    "forget_person",
    "report",
    "reports_of",
    "rule",
    "waiting",
]

MOST_A_DAY: Final = 20
"""How many postings a person may report on a day."""

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Moderation:
    """What moderation works with."""

    reports: ReportStore
    postings: PostingStore
    organizations: OrganizationStore


def report(
    stores: Moderation, caller: Caller, posting_id: str, draft: ReportDraft, *, clock: Clock = utc_now
) -> Report:
    """Reports a posting, once a person: whoever did before gets their first report.

    Raises ``NotFound`` for what the caller cannot see, and ``LimitReached``.
    """
    now = clock()
    before = stores.reports.find(posting_id, caller.user_id)
    if before is not None:
        return before
    posting, _ = postings.get_shown(stores.postings, stores.organizations, posting_id)
    made = Report(
        posting_id=posting_id, user_id=caller.user_id, reason=draft.reason, text=draft.text, created_at=now
    )
    facts = {"posting_id": posting_id, "posting_title": posting.title, "reason": draft.reason.value}
    try:
        stores.reports.table.transact(
            report_put(made),
            counted(caller.user_id, "report", MOST_A_DAY, now),
            counted_update(posting, now),
            notice_write(NoticeKind.POSTING_REPORTED, ToAdministrators(), facts, now),
        )
    except ConditionFailed as error:
        if 0 in error.failed and (first := stores.reports.find(posting_id, caller.user_id)) is not None:
            return first
        raise LimitReached(
            f"You have reported {MOST_A_DAY} postings today. Report the others tomorrow."
        ) from error
    return made


def waiting(store: ReportStore, limit: int, start: Item | None) -> tuple[list[ReportedPosting], Item | None]:
    """One page of the postings that wait for a decision; and where the next one begins, or None."""
    return store.waiting(limit, start)


def reports_of(
    store: ReportStore, posting_id: str, limit: int, start: Item | None
) -> tuple[list[Report], Item | None]:
    """One page of the reports of a posting; and where the next one begins, or None."""
    return store.of_posting(posting_id, limit, start)


def rule(
    stores: Moderation, caller: Caller, posting_id: str, ruling: Ruling, *, clock: Clock = utc_now
) -> Moderated:
    """Hides a posting, or lets it stand, and settles its reports; the same again changes nothing.

    It holds whatever else changes meanwhile. Of a posting that is gone the reports are settled. Raises ``NotFound``
    where there is neither.
    """
    hide = ruling.decision is Decision.HIDE
    for _ in range(_ATTEMPTS):
        now = clock()
        posting = _posting(stores.postings, posting_id)
        summary = stores.reports.summary(posting_id)
        if posting is None and summary is None:
            raise NotFound("There is no posting with this id.")
        writes: list[Write] = []
        hidden = posting is not None and posting.hidden
        if posting is not None and hide is not hidden:
            writes.append(postings.hide_write(posting) if hide else postings.unhide_write(posting))
            hidden = hide
            if hide:
                writes.append(_told(posting, ruling.reason, now))
        if summary is not None and summary.waits:
            writes.append(settled_update(posting_id, summary))
        outcome = Moderated(posting_id=posting_id, hidden=hidden, reports=summary.reports if summary else 0)
        if not writes:
            return outcome
        action = "posting.hidden" if hidden else "posting.kept"
        writes.append(entry_write(caller.user_id, action, posting_id, now, ruling.reason))
        try:
            stores.reports.table.transact(*writes)
        except ConditionFailed:
            continue
        return outcome
    raise TemporarilyUnavailable("Others are changing this posting at this moment. Try again.")


def entered_by(
    store: ReportStore, user_id: str, limit: int, start: Item | None
) -> tuple[list[Report], Item | None]:
    """One page of a person's reports; and where the next one begins, or None."""
    return store.of_person(user_id, limit, start)


def forget_person(store: ReportStore, user_id: str, limit: int) -> bool:
    """Deletes at most ``limit`` of a person's reports and tells whether more may be left; how many there were stays."""
    return store.delete_of_person(user_id, limit)


def _posting(store: PostingStore, posting_id: str) -> Posting | None:
    try:
        return postings.get(store, posting_id)
    except NotFound:
        return None


def _told(posting: Posting, reason: str, now: Timestamp) -> Write:
    facts = {"posting_id": posting.id, "posting_title": posting.title, "reason": reason}
    managers = ToOrganization(organization_id=posting.organization_id, role=Role.MANAGER)
    return notice_write(NoticeKind.POSTING_HIDDEN, managers, facts, now)
