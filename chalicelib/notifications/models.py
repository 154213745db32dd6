"""Mails, the inbox, and what is known of a delivery."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from chalicelib.outbox.models import Notice, NoticeKind
from chalicelib.values import Id, Model, Timestamp

INBOX_KEPT: Final = timedelta(days=180)
"""How long an entry stays in an inbox."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address. ``unsubscribe_url`` is empty where what it says cannot be unsubscribed from."""

    to: str
    subject: str
    text: str
    html: str
    kind: str
    unsubscribe_url: str = ""


class Outcome(StrEnum):
    """What became of a notice for one recipient."""

    MAILED = "mailed"
    COLLECTED = "collected"
    REFUSED = "refused"


class Told(Model):
    """A notice in words, as it is kept for a reader: what is changed of texts later changes nothing of it."""

    id: Id
    kind: NoticeKind
    title: str
    text: str
    path: str
    """Where in the client application it leads."""
    facts: dict[str, str]
    created_at: Timestamp


class InboxEntry(Model):
    """A notice as its reader sees it."""

    id: Annotated[Id, Field(examples=["0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"])]
    kind: Annotated[NoticeKind, Field(examples=["response_received"])]
    title: Annotated[str, Field(examples=["Cedar Auto Repair responds to “Two summer internships”"])]
    text: Annotated[
        str,
        Field(
            examples=[
                "Cedar Auto Repair responded to your posting “Two summer internships”. Accept or decline it."
            ]
        ),
    ]
    facts: Annotated[dict[str, str], Field(examples=[{"posting_title": "Two summer internships"}])]
    """What the text is made of: ids to go on with, names, moments."""
    created_at: Timestamp
    read: Annotated[bool, Field(examples=[False])]


class InboxPage(Model):
    """A page of an inbox, newest first."""

    items: tuple[InboxEntry, ...]
    next_cursor: str | None
    """Asks for the next page; null at the end."""


class ReadUntil(Model):
    """Up to where the caller has read."""

    until: Annotated[Id, Field(examples=["0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"])]
    """The newest entry that the caller was shown. What came in later stays unread."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An inbox entry as it is kept, when it came in, and whether it was marked as read by itself."""

    told: Told
    delivered_at: str
    read: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """A notice that is still in the outbox, as it lies there: it may be one that nobody can read."""

    id: str
    written_at: datetime
    document: str


def entry_id(notice: Notice) -> str:
    """The id of a notice's inbox entries: a UUIDv7 of the moment it was written, so that entries sort by time.

    Most notices have such an id. Those of jobs that may run twice have one made of what they are about; for them it is
    made here, always the same.
    """
    if UUID(notice.id).version == 7:
        return notice.id
    milliseconds = int(notice.created_at.timestamp() * 1000)
    drawn = int.from_bytes(hashlib.sha256(notice.id.encode()).digest()[:10], "big")
    bits = milliseconds << 80 | 7 << 76 | (drawn >> 64 & 0xFFF) << 64 | 2 << 62 | drawn & (1 << 62) - 1
    return str(UUID(int=bits))
