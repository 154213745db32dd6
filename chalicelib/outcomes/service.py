"""Use cases of outcomes: confirming what came of a response, and what the records then say of an organization."""

from typing import Final

from chalicelib.audit import service as audit
from chalicelib.auth import Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.engagement import service as engagement
from chalicelib.engagement.models import Counter, EngagementRecord, year_of
from chalicelib.engagement.service import EngagementStore
from chalicelib.errors import AlreadyExists, ConditionFailed, NotFound, NotPermitted, TemporarilyUnavailable
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import Status
from chalicelib.organizations.service import Organization, OrganizationStore
from chalicelib.outbox import service as outbox
from chalicelib.outbox.models import NoticeKind, ToOrganization
from chalicelib.outcomes.models import Outcome, OutcomeDraft, Partner, check_counts, confirming, ordered
from chalicelib.outcomes.recognition import Rule, rules, rules_for
from chalicelib.outcomes.store import OutcomeStore, outcome_put, partner_write
from chalicelib.postings import service as postings
from chalicelib.responses import service as responses
from chalicelib.responses.models import Response, ResponseStatus, Side
from chalicelib.responses.service import Stores
from chalicelib.table.expressions import Write
from chalicelib.values import Kind, Timestamp

__all__ = [
    "OutcomeStore",
    "Rule",
    "confirm",
    "engagement_of",
    "list_of_organization",
    "partners",
    "read",
    "recognitions",
    "rules",
    "rules_for",
]

_WITHOUT_SCHOOL: Final = frozenset({Counter.HOURS, Counter.ITEMS})
"""What the records count also where no school confirmed it."""


def confirm(
    store: OutcomeStore,
    stores: Stores,
    caller: Caller,
    posting_id: str,
    response_id: str,
    draft: OutcomeDraft,
    *,
    clock: Clock = utc_now,
) -> Outcome:
    """The school confirms what came of an accepted response, which is completed by it; the same again writes nothing.

    One transaction: the response, the outcome for both organizations, their records of the year and of each
    other, the notice and the trail. An organization that is gone meanwhile gets none of it. Raises
    ``InvalidInput`` where the counts do not fit, ``NotPermitted`` for the other side, ``MoveNotAllowed`` where
    the response is not accepted, ``AlreadyExists`` where other counts were confirmed, and ``NotFound``. Completions
    and students count in the records where a school confirmed them: two shops cannot recognize each other.
    """
    response, roles = responses.get_for(stores, caller, posting_id, response_id)
    sides = {side: response.organization_of(side) for side in Side}
    known = organizations.every(stores.organizations, sides.values())
    confirming_id = _confirming(sides, known)
    responses.check_may_act(roles, response, confirming_id)
    if confirming_id not in known:
        raise NotFound("Your organization is being deleted: it can confirm nothing.")
    if response.status is ResponseStatus.COMPLETED:
        return _confirmed_before(store, confirming_id, response_id, draft)
    check_counts(response.category, draft)
    if known[confirming_id].status is Status.SUSPENDED:
        raise NotPermitted("Your organization is suspended: it can confirm nothing.")
    now = clock()
    outcome = _outcome(response, draft, confirming_id, now)
    _, completion = responses.completion_writes(response, now)
    writes: list[Write] = [*completion, *_records(outcome, response, known, now)]
    writes.append(
        audit.entry_write(caller.user_id, "response.completed", response_id, now, f"by {confirming_id}")
    )
    try:
        store.transact(*writes)
    except ConditionFailed as error:
        after, _ = responses.get_for(stores, caller, posting_id, response_id)
        if after.status is ResponseStatus.COMPLETED:
            return _confirmed_before(store, confirming_id, response_id, draft)
        responses.completion_writes(after, now)
        raise TemporarilyUnavailable(
            "One of the organizations was changed at this moment. Try again."
        ) from error
    return outcome


def read(store: OutcomeStore, stores: Stores, caller: Caller, posting_id: str, response_id: str) -> Outcome:
    """What came of a response, for its two sides. Raises ``NotFound``, also while nobody has confirmed it."""
    response, _ = responses.get_for(stores, caller, posting_id, response_id)
    for side in Side:
        found = store.find(response.organization_of(side), response_id)
        if found is not None:
            return found
    return store.get(response.organization_id, response_id)


def list_of_organization(
    store: OutcomeStore, organization_id: str, limit: int, after: str | None = None
) -> tuple[list[Outcome], str | None]:
    """One page of an organization's outcomes, newest responses first, and behind which the next one begins."""
    return store.of_organization(organization_id, limit, after)


def partners(store: OutcomeStore, organization_id: str, limit: int = 100) -> list[Partner]:
    """With whom an organization completed something: those with the most completions first.

    Of an organization with more than ``limit`` partners some are left out, so that a page stays cheap.
    """
    found = store.partners(organization_id, limit)
    return sorted(found, key=lambda one: (-one.completions, one.organization_id))


def engagement_of(
    store: EngagementStore, organization_id: str, year: int | None = None, *, clock: Clock = utc_now
) -> EngagementRecord:
    """What an organization did in a year: the present one where none is named."""
    return engagement.record(store, organization_id, year if year is not None else year_of(clock()))


def recognitions(
    store: EngagementStore,
    directory: OrganizationStore,
    organization_id: str,
    year: int | None = None,
    *,
    clock: Clock = utc_now,
) -> tuple[int, list[tuple[Rule, bool]]]:
    """The year, and each rule that an organization of its kind can fulfill with whether it did.

    Raises ``NotFound``, also for a suspended organization.
    """
    organization = organizations.get_public(directory, organization_id)
    record = engagement_of(store, organization_id, year, clock=clock)
    return record.year, [(rule, rule.fulfilled(record)) for rule in rules_for(organization.kind)]


def _confirming(sides: dict[Side, str], known: dict[str, Organization]) -> str:
    def kind(side: Side) -> tuple[str, Kind | None]:
        found = known.get(sides[side])
        return sides[side], found.kind if found is not None else None

    return confirming(kind(Side.POSTING), kind(Side.ANSWERING))


def _outcome(response: Response, draft: OutcomeDraft, confirming_id: str, now: Timestamp) -> Outcome:
    return Outcome(
        response_id=response.id,
        posting_id=response.posting_id,
        posting_title=response.posting_title,
        direction=response.direction,
        category=response.category,
        confirmed_by=confirming_id,
        fulfilled_by=response.other_side(confirming_id),
        placements=ordered(draft.placements),
        students_placed=sum(one.students for one in draft.placements),
        students_reached=draft.students_reached,
        hours=draft.hours,
        items=draft.items,
        confirmed_at=now,
    )


def _records(
    outcome: Outcome, response: Response, known: dict[str, Organization], now: Timestamp
) -> list[Write]:
    """What an outcome writes for each of the two organizations that there is."""
    writes: list[Write] = []
    by_school = known[outcome.confirmed_by].kind is Kind.SCHOOL
    given = {what: number for what, number in outcome.counts().items() if what in _WITHOUT_SCHOOL and number}
    for one, other in (
        (outcome.confirmed_by, outcome.fulfilled_by),
        (outcome.fulfilled_by, outcome.confirmed_by),
    ):
        if one not in known:
            continue
        writes += [
            organizations.open_check(one),
            outcome_put(one, outcome),
            partner_write(one, other, outcome),
        ]
        if by_school:
            writes.append(engagement.count_write(one, now, outcome.counts(), outcome.placed()))
        elif given:
            writes.append(engagement.count_write(one, now, given))
        if one == response.organization_id:
            writes.append(postings.count_write(one, response.category))
    if outcome.fulfilled_by in known:
        told = {
            "posting_id": outcome.posting_id,
            "posting_title": outcome.posting_title,
            "response_id": outcome.response_id,
        }
        audience = ToOrganization(organization_id=outcome.fulfilled_by)
        writes.append(outbox.notice_write(NoticeKind.COMPLETION_CONFIRMED, audience, told, now))
    return writes


def _confirmed_before(
    store: OutcomeStore, confirming_id: str, response_id: str, draft: OutcomeDraft
) -> Outcome:
    outcome = store.get(confirming_id, response_id)
    if not outcome.says(draft):
        raise AlreadyExists(
            "What came of this response has been confirmed with other counts. Ask an administrator to correct them."
        )
    return outcome
