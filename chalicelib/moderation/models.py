"""Reports of postings, and what administrators make of them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from chalicelib.values import Id, Line, Model, Text, Timestamp


class Reason(StrEnum):
    """What is wrong with a posting."""

    SPAM = "spam"
    MISLEADING = "misleading"
    OFFENSIVE = "offensive"
    UNSAFE = "unsafe"
    ILLEGAL = "illegal"
    OTHER = "other"


class Decision(StrEnum):
    """What an administrator decides of a posting: nobody else sees it, or it stands."""

    HIDE = "hide"
    KEEP = "keep"


class ReportDraft(Model):
    """What reports a posting."""

    reason: Annotated[Reason, Field(examples=["misleading"])]
    text: Annotated[Text | None, Field(examples=["The job was filled a year ago."])] = None


class Report(Model):
    """A person's report of a posting."""

    posting_id: Id
    user_id: Annotated[str, Field(examples=["6b1f2d0e-8f0a-4d0e-9a57-0f6f1f0f2c11"])]
    reason: Annotated[Reason, Field(examples=["misleading"])]
    text: Annotated[Text | None, Field(examples=["The job was filled a year ago."])] = None
    created_at: Timestamp


class ReportedPosting(Model):
    """A posting that was reported and waits for a decision."""

    posting_id: Id
    organization_id: Id
    title: Annotated[Line, Field(examples=["Two entry-level technicians"])]
    reports: Annotated[int, Field(ge=0)]
    """How many people have reported it so far."""
    latest_at: Timestamp


class Ruling(Model):
    """An administrator's decision of a posting."""

    decision: Annotated[Decision, Field(examples=["hide"])]
    reason: Annotated[Line, Field(examples=["Advertises something else than it says"])]
    """Where it is hidden, its organization reads this."""


class Moderated(Model):
    """What became of a posting."""

    posting_id: Id
    hidden: bool
    reports: Annotated[int, Field(ge=0)]
    """How many people have reported it so far."""


class PageQuery(Model):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class ReportPage(Model):
    """A page of the reports of a posting."""

    items: tuple[Report, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end."""


class ReportedPage(Model):
    """A page of the postings that wait for a decision, the latest reported first."""

    items: tuple[ReportedPosting, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end."""
