"""Use cases of approvals: the policy of a school, and what was decided. ``deciding`` has how that comes about."""

from collections.abc import Sequence

from chalicelib.approvals.deciding import ask, decide, forget, view_of
from chalicelib.approvals.models import (
    Approval,
    ApprovalPolicy,
    ApprovalView,
    Decision,
    Policy,
    check_admitted,
)
from chalicelib.approvals.store import (
    ApprovalStore,
    admitted_check,
    policy_put,
)
from chalicelib.audit import service as audit
from chalicelib.auth import Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.errors import (
    ConditionFailed,
    Conflict,
    StaleVersion,
)
from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import Organization, OrganizationStore
from chalicelib.table.expressions import Check
from chalicelib.values import Kind

__all__ = [
    "ApprovalStore",
    "admission_check",
    "ask",
    "change_policy",
    "check",
    "decide",
    "forget",
    "list_of_employer",
    "list_of_school",
    "policy_of",
]


def check(store: ApprovalStore, school_id: str, employer_id: str) -> None:
    """Raises ``EmployerBlocked`` or ``ApprovalNeeded`` unless an employer may answer a school."""
    check_admitted(*store.standing(school_id, employer_id))


def admission_check(store: ApprovalStore, school_id: str, employer_id: str) -> Check:
    """What a transaction has to hold for an employer to answer a school; raises as ``check`` does."""
    policy, decision = store.standing(school_id, employer_id)
    check_admitted(policy, decision)
    return admitted_check(school_id, employer_id, policy)


def policy_of(store: ApprovalStore, school_id: str) -> ApprovalPolicy:
    """The policy of a school; ``auto`` with version 0 where it never said one."""
    return store.policy(school_id)


def change_policy(
    store: ApprovalStore,
    directory: OrganizationStore,
    caller: Caller,
    school_id: str,
    expected_version: int,
    policy: Policy,
    *,
    clock: Clock = utc_now,
) -> ApprovalPolicy:
    """Sets the policy; the same again writes nothing. Raises ``StaleVersion``, ``Conflict`` for other kinds."""
    _school(directory, school_id)
    before = store.policy(school_id)
    if before.version != expected_version:
        raise _stale()
    if before.policy is policy:
        return before
    try:
        store.transact(
            policy_put(school_id, policy, expected_version),
            organizations.open_check(school_id),
            audit.entry_write(
                caller.user_id,
                "approval_policy.changed",
                school_id,
                clock(),
                f"{before.policy.value} -> {policy.value}",
            ),
        )
    except ConditionFailed as error:
        raise _stale() from error
    return ApprovalPolicy(policy=policy, version=expected_version + 1)


def list_of_school(
    store: ApprovalStore,
    directory: OrganizationStore,
    school_id: str,
    limit: int,
    *,
    status: Decision | None = None,
    after: str | None = None,
) -> tuple[tuple[ApprovalView, ...], str | None]:
    """One page of a school's decisions, and behind which employer the next one begins, or None.

    ``limit`` counts what is read: those of another status, and of employers that are gone, are left out of it.
    """
    found, following = store.of_school(school_id, limit, after)
    return _named(directory, [one for one in found if status in (None, one.status)]), following


def list_of_employer(
    store: ApprovalStore,
    directory: OrganizationStore,
    employer_id: str,
    limit: int,
    *,
    status: Decision | None = None,
    after: str | None = None,
) -> tuple[tuple[ApprovalView, ...], str | None]:
    """One page of what schools decided of an employer, as ``list_of_school``; a moment behind."""
    found, following = store.of_employer(employer_id, limit, after)
    return _named(directory, [one for one in found if status in (None, one.status)]), following


def _named(directory: OrganizationStore, found: Sequence[Approval]) -> tuple[ApprovalView, ...]:
    ids = {one.school_id for one in found} | {one.employer_id for one in found}
    known = organizations.get_many(directory, ids)
    return tuple(
        view_of(one, known[one.school_id], known[one.employer_id])
        for one in found
        if one.school_id in known and one.employer_id in known
    )


def _school(directory: OrganizationStore, school_id: str) -> Organization:
    school = organizations.get(directory, school_id)
    if school.kind is not Kind.SCHOOL:
        raise Conflict(f"Only schools decide of employers, and this organization is a {school.kind.value}.")
    return school


def _stale() -> StaleVersion:
    return StaleVersion(
        "Somebody changed the policy since you read it. Read it again, and send its new ETag."
    )
