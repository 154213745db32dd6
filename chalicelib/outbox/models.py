"""Notices: what happened, who is to know, and the facts that the texts are made of."""

from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from chalicelib.values import Id, Model, Role, Timestamp


class NoticeKind(StrEnum):
    """What happened."""

    INVITATION_SENT = "invitation_sent"
    CLAIM_REQUESTED = "claim_requested"
    CLAIM_PROVED = "claim_proved"
    CLAIM_DECIDED = "claim_decided"
    VERIFICATION_DECIDED = "verification_decided"
    VERIFICATION_NEEDED = "verification_needed"
    MEMBER_JOINED = "member_joined"
    MEMBER_CHANGED = "member_changed"
    RESPONSE_RECEIVED = "response_received"
    RESPONSE_DECIDED = "response_decided"
    RESPONSE_WITHDRAWN = "response_withdrawn"
    MESSAGE_RECEIVED = "message_received"
    APPROVAL_REQUESTED = "approval_requested"
    APPROVAL_DECIDED = "approval_decided"
    COMPLETION_CONFIRMED = "completion_confirmed"
    SEARCH_MATCHED = "search_matched"
    EVENT_CONFIRMATION = "event_confirmation"
    EVENT_REGISTERED = "event_registered"
    EVENT_WAITING = "event_waiting"
    EVENT_PROMOTED = "event_promoted"
    EVENT_REMINDER = "event_reminder"
    EVENT_CHANGED = "event_changed"
    EVENT_CANCELLED = "event_cancelled"
    POSTING_HIDDEN = "posting_hidden"
    POSTING_REPORTED = "posting_reported"
    IMPORT_FINISHED = "import_finished"


FACTS: Final[dict[NoticeKind, frozenset[str]]] = {
    NoticeKind.INVITATION_SENT: frozenset({"organization_name", "role", "invitation", "expires_at"}),
    NoticeKind.CLAIM_REQUESTED: frozenset({"organization_id", "organization_name"}),
    NoticeKind.CLAIM_PROVED: frozenset({"organization_id", "organization_name"}),
    NoticeKind.CLAIM_DECIDED: frozenset({"organization_id", "organization_name", "decision"}),
    NoticeKind.VERIFICATION_DECIDED: frozenset({"organization_id", "organization_name", "decision"}),
    NoticeKind.VERIFICATION_NEEDED: frozenset({"organization_id", "organization_name", "name_before"}),
    NoticeKind.MEMBER_JOINED: frozenset({"organization_id", "organization_name", "role"}),
    NoticeKind.MEMBER_CHANGED: frozenset({"organization_id", "organization_name", "role"}),
    NoticeKind.RESPONSE_RECEIVED: frozenset(
        {"posting_id", "posting_title", "response_id", "organization_name"}
    ),
    NoticeKind.RESPONSE_DECIDED: frozenset({"posting_id", "posting_title", "response_id", "decision"}),
    NoticeKind.RESPONSE_WITHDRAWN: frozenset(
        {"posting_id", "posting_title", "response_id", "organization_name"}
    ),
    NoticeKind.MESSAGE_RECEIVED: frozenset(
        {"posting_id", "posting_title", "response_id", "organization_name"}
    ),
    NoticeKind.APPROVAL_REQUESTED: frozenset({"organization_id", "organization_name"}),
    NoticeKind.APPROVAL_DECIDED: frozenset({"organization_id", "organization_name", "decision"}),
    NoticeKind.COMPLETION_CONFIRMED: frozenset({"posting_id", "posting_title", "response_id"}),
    NoticeKind.SEARCH_MATCHED: frozenset(
        {"search_id", "search_name", "count", "posting_id", "posting_title"}
    ),
    NoticeKind.EVENT_CONFIRMATION: frozenset({"event_id", "event_title", "starts_at", "registration"}),
    NoticeKind.EVENT_REGISTERED: frozenset({"event_id", "event_title", "starts_at", "registration"}),
    NoticeKind.EVENT_WAITING: frozenset({"event_id", "event_title", "starts_at", "registration"}),
    NoticeKind.EVENT_PROMOTED: frozenset({"event_id", "event_title", "starts_at", "registration"}),
    NoticeKind.EVENT_REMINDER: frozenset({"event_id", "event_title", "starts_at", "registration"}),
    NoticeKind.EVENT_CHANGED: frozenset({"event_id", "event_title", "starts_at", "registration"}),
    NoticeKind.EVENT_CANCELLED: frozenset({"event_id", "event_title", "starts_at"}),
    NoticeKind.POSTING_HIDDEN: frozenset({"posting_id", "posting_title", "reason"}),
    NoticeKind.POSTING_REPORTED: frozenset({"posting_id", "posting_title", "reason"}),
    NoticeKind.IMPORT_FINISHED: frozenset(
        {"import_id", "filename", "status", "rows_read", "created", "changed", "rejected", "to_review"}
    ),
}
"""The facts that a notice of each kind carries, all texts: names, ids, moments and counts; never figures of pay."""


class ToOrganization(Model):
    """Every member of an organization with at least a role."""

    to: Literal["organization"] = "organization"
    organization_id: Id
    role: Role = Role.CONTRIBUTOR


class ToPerson(Model):
    """One person with an account."""

    to: Literal["person"] = "person"
    user_id: str


class ToAddress(Model):
    """An e-mail address whose owner may have no account."""

    to: Literal["address"] = "address"
    email: str


class ToAdministrators(Model):
    """The administrators of the platform."""

    to: Literal["administrators"] = "administrators"


Audience = Annotated[
    ToOrganization | ToPerson | ToAddress | ToAdministrators,
    Field(discriminator="to"),
]
"""Who is to know."""


class Notice(Model):
    """One thing that happened, for one audience."""

    id: Id
    kind: NoticeKind
    audience: Audience
    facts: dict[str, str]
    created_at: Timestamp

    @model_validator(mode="after")
    def _all_facts(self) -> "Notice":
        if self.facts.keys() != FACTS[self.kind]:
            raise ValueError(f"{self.kind.value} carries {sorted(FACTS[self.kind])}")
        return self
