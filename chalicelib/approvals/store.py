"""Policies and decisions in the table: a school's own partition holds both."""

from chalicelib.approvals.models import Approval, ApprovalPolicy, Decision, Policy
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Check,
    Delete,
    Item,
    Put,
    Update,
    Write,
    equals,
    exists,
    missing,
    one_of,
    without,
)
from chalicelib.table.table import Table
from chalicelib.values import Timestamp

_FIELDS = tuple(Approval.model_fields)


class ApprovalStore:
    """Items to policies and decisions and back."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def policy(self, school_id: str) -> ApprovalPolicy:
        """A school's policy; the default where it never said one."""
        return _policy(self._table.get(keys.approval_policy(school_id)))

    def find(self, school_id: str, employer_id: str) -> Approval | None:
        """What a school decided of an employer, or None."""
        return _approval(self._table.get(keys.approval(school_id, employer_id)))

    def standing(self, school_id: str, employer_id: str) -> tuple[Policy, Decision | None]:
        """A school's policy, and what it decided of an employer: one read."""
        policy, approval = keys.approval_policy(school_id), keys.approval(school_id, employer_id)
        found = self._table.batch_get((policy, approval))
        decided = _approval(found.get(approval))
        return _policy(found.get(policy)).policy, decided.status if decided else None

    def of_school(self, school_id: str, limit: int, after: str | None) -> tuple[list[Approval], str | None]:
        """One page of a school's decisions, and behind which employer the next one begins, or None."""
        start = keys.approval(school_id, after).attributes if after is not None else None
        page = self._table.query(
            keys.organization_pk(school_id), begins_with=keys.EMPLOYER, limit=limit, start=start
        )
        following = None if page.next is None else page.next["SK"].removeprefix(keys.EMPLOYER)
        return list(readable(page.items, _listed)), following

    def of_employer(
        self, employer_id: str, limit: int, after: str | None
    ) -> tuple[list[Approval], str | None]:
        """One page of what schools decided of an employer, from an index, and where the next one begins."""
        start = None
        if after is not None:
            start = {**keys.approval(after, employer_id).attributes, **_entry(after, employer_id)}
        page = self._table.query(
            keys.approvals_of_employer(employer_id), index=keys.DIRECTORY, limit=limit, start=start
        )
        following = None if page.next is None else page.next["PK"].removeprefix(keys.organization_pk(""))
        return list(readable(page.items, _listed)), following

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self._table.transact(*writes)


def policy_put(school_id: str, policy: Policy, expected_version: int) -> Put:
    """The write of a policy over the expected version, 0 where there was none."""
    pk, sk = keys.approval_policy(school_id)
    return Put(
        {"PK": pk, "SK": sk, "policy": policy.value, "version": expected_version + 1},
        equals("version", expected_version) if expected_version else missing(),
    )


def request_put(school_id: str, employer_id: str, now: Timestamp) -> Put:
    """The write of a request. Its condition fails where the school was asked, or has decided, before."""
    pk, sk = keys.approval(school_id, employer_id)
    approval = Approval(
        school_id=school_id, employer_id=employer_id, status=Decision.PENDING, requested_at=now
    )
    document = approval.model_dump(mode="json", exclude_none=True)
    return Put({"PK": pk, "SK": sk, **_entry(school_id, employer_id), **document}, missing())


def decision_write(school_id: str, employer_id: str, decision: Decision, now: Timestamp) -> Update:
    """The write of a decision, whatever stood before. Its condition fails where it stands already."""
    others = [one.value for one in Decision if one is not decision]
    return Update(
        keys.approval(school_id, employer_id),
        set={
            "school_id": school_id,
            "employer_id": employer_id,
            "status": decision.value,
            "decided_at": now.isoformat(),
            **_entry(school_id, employer_id),
        },
        condition=without("status") | one_of("status", others),
    )


def decision_delete(school_id: str, employer_id: str) -> Delete:
    """The write that forgets a decision. Its condition fails where there is none."""
    return Delete(keys.approval(school_id, employer_id), exists())


def admitted_check(school_id: str, employer_id: str, policy: Policy) -> Check:
    """Fails a transaction unless a school with this policy lets an employer answer it."""
    approved = equals("status", Decision.APPROVED.value)
    if policy is Policy.APPROVE:
        return Check(keys.approval(school_id, employer_id), approved)
    return Check(
        keys.approval(school_id, employer_id),
        missing() | one_of("status", [Decision.APPROVED.value, Decision.PENDING.value]),
    )


def _entry(school_id: str, employer_id: str) -> dict[str, str]:
    return keys.DIRECTORY.entry(keys.approvals_of_employer(employer_id), school_id)


def _policy(item: Item | None) -> ApprovalPolicy:
    return (
        ApprovalPolicy(policy=Policy(item["policy"]), version=int(item["version"]))
        if item is not None
        else ApprovalPolicy()
    )


def _approval(item: Item | None) -> Approval | None:
    return _listed(item) if item is not None else None


def _listed(item: Item) -> Approval:
    return Approval.model_validate(_fields(item))


def _fields(item: Item) -> Item:
    return {name: item[name] for name in _FIELDS if name in item}
