"""Whom a school lets answer it."""

import pytest

from chalicelib.approvals.models import Decision, Policy, check_admitted
from chalicelib.errors import ApprovalNeeded, ConnectsError, EmployerBlocked


@pytest.mark.parametrize(
    ("policy", "decision", "refused"),
    [
        (Policy.AUTO, None, None),
        (Policy.AUTO, Decision.PENDING, None),
        (Policy.AUTO, Decision.APPROVED, None),
        (Policy.AUTO, Decision.BLOCKED, EmployerBlocked),
        (Policy.APPROVE, None, ApprovalNeeded),
        (Policy.APPROVE, Decision.PENDING, ApprovalNeeded),
        (Policy.APPROVE, Decision.APPROVED, None),
        (Policy.APPROVE, Decision.BLOCKED, EmployerBlocked),
    ],
)
def test_a_decision_goes_before_the_policy(
    policy: Policy, decision: Decision | None, refused: type[ConnectsError] | None
) -> None:
    if refused is None:
        check_admitted(policy, decision)
    else:
        with pytest.raises(refused):
            check_admitted(policy, decision)
