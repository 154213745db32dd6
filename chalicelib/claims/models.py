"""Claims, and what people send and see of them."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.values import Id, Line, Model, Text, Timestamp


class ClaimStatus(StrEnum):
    """What became of a claim."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Proof(StrEnum):
    """What a claim was decided by."""

    EMAIL_DOMAIN = "email_domain"
    ADMINISTRATOR = "administrator"


class Claim(Model):
    """Somebody says that they speak for a school."""

    id: Id
    organization_id: Id
    user_id: Annotated[str, Field(examples=["6b1f2d0e-8f0a-4d0e-9a57-0f6f1f0f2c11"])]
    email: Annotated[str, Field(examples=["instructor@fvtc.example"])]
    email_verified: bool
    message: Annotated[Text | None, Field(examples=["I teach automotive technology there."])] = None
    status: Annotated[ClaimStatus, Field(examples=["open"])]
    proof: Annotated[Proof | None, Field(examples=[None])] = None
    """What decided it; null while it is open, and where it was withdrawn."""
    decided_by: Annotated[str | None, Field(examples=[None])] = None
    reason: Annotated[Line | None, Field(examples=["The school confirmed it by telephone."])] = None
    created_at: Timestamp
    decided_at: Timestamp | None = None
    version: Annotated[int, Field(ge=1)]
    """Also the answer's ETag: send it back as If-Match with the decision."""


class ClaimDraft(Model):
    """What claims a school."""

    message: Annotated[Text | None, Field(examples=["I teach automotive technology there."])] = None
    """For the administrator who decides, where the e-mail address alone does not prove it."""


class ClaimDecision(Model):
    """An administrator's decision."""

    decision: Annotated[Literal[ClaimStatus.APPROVED, ClaimStatus.REFUSED], Field(examples=["approved"])]
    reason: Annotated[Line | None, Field(examples=["The school confirmed it by telephone."])] = None
    """The claimant reads it."""


class ClaimsQuery(Model):
    """Which page of the open claims."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class ClaimPage(Model):
    """A page of open claims, the oldest first."""

    items: tuple[Claim, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end."""
