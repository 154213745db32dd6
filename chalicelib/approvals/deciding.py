"""What employers ask of schools, and what schools decide of employers, asked or not."""

from typing import Final

from chalicelib.approvals.models import Approval, ApprovalView, Decision, Policy
from chalicelib.approvals.store import ApprovalStore, decision_delete, decision_write, request_put
from chalicelib.audit import service as audit
from chalicelib.auth import Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.errors import (
    ConditionFailed,
    Conflict,
    EmployerBlocked,
    LimitReached,
    NotFound,
    NotVerified,
)
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import EMPLOYERS, Status
from chalicelib.organizations.service import Organization, OrganizationStore
from chalicelib.outbox import service as outbox
from chalicelib.outbox.models import NoticeKind, ToOrganization
from chalicelib.table.daily import counted
from chalicelib.values import Kind, Role

MOST_ASKED_A_DAY: Final = 50
"""How many schools a person may ask on a day: each time its managers get a mail."""
MOST_DECIDED_A_DAY: Final = 10
"""How often a person may decide of one employer on a day, to and fro: each time the employer gets a mail."""


def ask(
    store: ApprovalStore,
    directory: OrganizationStore,
    caller: Caller,
    employer_id: str,
    school_id: str,
    *,
    clock: Clock = utc_now,
) -> ApprovalView:
    """An employer asks for a school's approval; again changes nothing.

    Where the school approves of everyone, the answer is ``approved`` and nothing is written. Raises
    ``EmployerBlocked``, ``NotVerified``, ``LimitReached``, ``NotFound``, and ``Conflict`` where one is no employer or
    the other no school.
    """
    employer, school = _pair(directory, employer_id, school_id, asking=employer_id)
    before = store.find(school_id, employer_id)
    if before is None and store.policy(school_id).policy is Policy.AUTO:
        before = Approval(school_id=school_id, employer_id=employer_id, status=Decision.APPROVED)
    if before is None:
        before = _ask(store, caller, employer, school, clock)
    if before.status is Decision.BLOCKED:
        raise EmployerBlocked("This school has decided not to deal with this organization.")
    return view_of(before, school, employer)


def _ask(
    store: ApprovalStore, caller: Caller, employer: Organization, school: Organization, clock: Clock
) -> Approval:
    now = clock()
    try:
        store.transact(
            request_put(school.id, employer.id, now),
            organizations.verified_check(employer.id),
            organizations.open_check(school.id),
            outbox.notice_write(
                NoticeKind.APPROVAL_REQUESTED,
                ToOrganization(organization_id=school.id, role=Role.MANAGER),
                {"organization_id": employer.id, "organization_name": employer.name},
                now,
            ),
            counted(caller.user_id, "approval-request", MOST_ASKED_A_DAY, now),
        )
    except ConditionFailed as error:
        if 1 in error.failed:
            raise _unverified() from error
        if error.failed == {4}:
            raise LimitReached(
                f"You have asked {MOST_ASKED_A_DAY} schools today. Ask the others tomorrow."
            ) from error
        if 2 in error.failed or (first := store.find(school.id, employer.id)) is None:
            raise NotFound("There is no school with this id.") from error
        return first
    return Approval(school_id=school.id, employer_id=employer.id, status=Decision.PENDING, requested_at=now)


def decide(
    store: ApprovalStore,
    directory: OrganizationStore,
    caller: Caller,
    school_id: str,
    employer_id: str,
    decision: Decision,
    *,
    clock: Clock = utc_now,
) -> ApprovalView:
    """A school approves of an employer or blocks it, asked or not; the same again changes nothing.

    Open responses stay as they are: the school decides of each. Raises ``NotVerified``: the employer reads the
    school's name in a mail, so somebody has looked at it. ``LimitReached`` where they decide to and fro, ``Conflict``
    where one is no employer or the other no school, ``NotFound``.
    """
    employer, school = _pair(directory, employer_id, school_id, asking=school_id)
    now = clock()
    try:
        store.transact(
            decision_write(school_id, employer_id, decision, now),
            organizations.verified_check(school_id),
            organizations.open_check(employer_id),
            outbox.notice_write(
                NoticeKind.APPROVAL_DECIDED,
                ToOrganization(organization_id=employer_id),
                {"organization_id": school.id, "organization_name": school.name, "decision": decision.value},
                now,
            ),
            audit.entry_write(
                caller.user_id, f"employer.{decision.value}", employer_id, now, f"by {school_id}"
            ),
            counted(caller.user_id, f"approval#{employer_id}", MOST_DECIDED_A_DAY, now),
        )
    except ConditionFailed as error:
        if 1 in error.failed:
            raise _unverified() from error
        if error.failed == {5}:
            raise LimitReached(
                f"You have decided of this employer {MOST_DECIDED_A_DAY} times today. Decide anew tomorrow."
            ) from error
        if error.failed - {5} != {0}:
            raise NotFound("One of the two organizations has just been deleted.") from error
    after = store.find(school_id, employer_id)
    if after is None:
        raise NotFound("The decision has just been taken back. Decide again.")
    return view_of(after, school, employer)


def forget(
    store: ApprovalStore, caller: Caller, school_id: str, employer_id: str, *, clock: Clock = utc_now
) -> None:
    """Takes a decision or a request away, so that the policy holds again; again does no harm."""
    entry = audit.entry_write(caller.user_id, "employer.forgotten", employer_id, clock(), f"by {school_id}")
    try:
        store.transact(decision_delete(school_id, employer_id), entry)
    except ConditionFailed:
        return


def view_of(approval: Approval, school: Organization, employer: Organization) -> ApprovalView:
    """A decision with the two organizations' names."""
    return ApprovalView(**approval.model_dump(), school_name=school.name, employer_name=employer.name)


def _pair(
    directory: OrganizationStore, employer_id: str, school_id: str, *, asking: str
) -> tuple[Organization, Organization]:
    """Employer and school. Raises ``NotFound``, also for another's suspended one, ``Conflict`` and ``NotVerified``."""
    known = organizations.get_many(directory, {employer_id, school_id})
    for one in (employer_id, school_id):
        other = known.get(one)
        if other is None or (one != asking and other.status is Status.SUSPENDED):
            raise NotFound("There is no organization with this id.")
    employer, school = known[employer_id], known[school_id]
    if school.kind is not Kind.SCHOOL:
        raise Conflict(f"Only schools decide of employers, and {school.name} is a {school.kind.value}.")
    if employer.kind not in EMPLOYERS:
        raise Conflict(f"Schools decide of employers alone, and {employer.name} is a {employer.kind.value}.")
    if known[asking].status is not Status.VERIFIED:
        raise _unverified()
    return employer, school


def _unverified() -> NotVerified:
    return NotVerified(
        "An administrator has to verify this organization before it may ask for approval or decide."
    )
