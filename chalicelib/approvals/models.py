"""What schools decide of employers."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.errors import ApprovalNeeded, EmployerBlocked
from chalicelib.values import Id, Line, Model, Timestamp


class Policy(StrEnum):
    """What a school asks of employers that it has not decided of."""

    AUTO = "auto"
    """Every verified employer may answer it, until it is blocked."""
    APPROVE = "approve"
    """The school approves of each employer first."""


class Decision(StrEnum):
    """Where an employer stands with a school, as the table has it."""

    APPROVED = "approved"
    PENDING = "pending"
    BLOCKED = "blocked"


class Approval(Model):
    """What a school decided, or is asked to decide, of an employer."""

    school_id: Id
    employer_id: Id
    status: Decision
    requested_at: Timestamp | None = None
    decided_at: Timestamp | None = None


class ApprovalPolicy(Model):
    """How a school deals with employers that it has not decided of. Version 0 is what holds before it says."""

    policy: Annotated[Policy, Field(examples=["approve"])] = Policy.AUTO
    version: Annotated[int, Field(ge=0, examples=[1])] = 0


class ApprovalPolicyChange(Model):
    """The policy from now on."""

    policy: Annotated[Policy, Field(examples=["approve"])]


class ApprovalDecision(Model):
    """A school's decision."""

    status: Annotated[Literal[Decision.APPROVED, Decision.BLOCKED], Field(examples=["approved"])]


class ApprovalView(Model):
    """A decision with the two organizations' names."""

    school_id: Id
    school_name: Annotated[Line, Field(examples=["Bitterroot Technical College"])]
    employer_id: Id
    employer_name: Annotated[Line, Field(examples=["Cedar Auto Repair"])]
    status: Annotated[Decision, Field(examples=["approved"])]
    requested_at: Timestamp | None
    """When the employer asked; null where the school decided unasked."""
    decided_at: Timestamp | None
    """When the school decided; null while it has not."""


class ApprovalPage(Model):
    """A page of decisions."""

    items: tuple[ApprovalView, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end. A page may be short, even empty, and go on."""


class ApprovalsQuery(Model):
    """Which decisions to list."""

    status: Annotated[Decision | None, Field(examples=["pending"])] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


def check_admitted(policy: Policy, decision: Decision | None) -> None:
    """Raises ``EmployerBlocked`` or ``ApprovalNeeded`` unless the employer may answer the school."""
    if decision is Decision.BLOCKED:
        raise EmployerBlocked("This school has decided not to deal with this organization.")
    if policy is Policy.AUTO or decision is Decision.APPROVED:
        return
    if decision is Decision.PENDING:
        raise ApprovalNeeded(
            "This school has been asked to approve of this organization, and has not yet decided."
        )
    raise ApprovalNeeded(
        "This school approves of employers before they may answer it. Ask it with "
        "PUT /v1/organizations/{organization_id}/approval-requests/{school_id}."
    )
