"""People, how each wants to be told of what, and what stops mail to an address."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator

from chalicelib.outbox.models import NoticeKind
from chalicelib.values import Model, Timestamp


class Delivery(StrEnum):
    """When a notice becomes mail. In the inbox it is at once, whatever is chosen."""

    IMMEDIATELY = "immediately"
    DAILY = "daily"
    NEVER = "never"


TRANSACTIONAL: Final = frozenset(
    {
        NoticeKind.INVITATION_SENT,
        NoticeKind.EVENT_CONFIRMATION,
        NoticeKind.EVENT_REGISTERED,
        NoticeKind.EVENT_WAITING,
        NoticeKind.EVENT_PROMOTED,
        NoticeKind.EVENT_CHANGED,
        NoticeKind.EVENT_CANCELLED,
    }
)
"""What is mailed whatever somebody chose: it answers what they did, or keeps them from a way for nothing."""

CHOSEN: Final = tuple(kind for kind in NoticeKind if kind not in TRANSACTIONAL)
"""The kinds that people choose for."""

URGENT: Final = frozenset({NoticeKind.EVENT_REMINDER})
"""Kinds that the next day's digest would bring too late."""

DEFAULTS: Final[Mapping[NoticeKind, Delivery]] = {
    kind: Delivery.DAILY if kind is NoticeKind.SEARCH_MATCHED else Delivery.IMMEDIATELY for kind in CHOSEN
}
"""What holds until somebody chooses."""


class MailStatus(StrEnum):
    """Whether an address takes mail, and if not, why."""

    OK = "ok"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class NotificationChoice(Model):
    """What a person chose."""

    deliveries: Annotated[
        dict[NoticeKind, Delivery],
        Field(examples=[{"response_received": "immediately", "search_matched": "daily"}]),
    ]
    """By kind of notice. A kind that is left out has its default. Some kinds are always mailed and are not chosen."""

    @field_validator("deliveries")
    @classmethod
    def _sensible(cls, deliveries: dict[NoticeKind, Delivery]) -> dict[NoticeKind, Delivery]:
        fixed = sorted(kind.value for kind in deliveries if kind in TRANSACTIONAL)
        if fixed:
            raise ValueError(f"{', '.join(fixed)}: always mailed at once; leave it out")
        late = sorted(kind.value for kind in URGENT if deliveries.get(kind) is Delivery.DAILY)
        if late:
            raise ValueError(f"{', '.join(late)}: a digest would come too late; choose immediately or never")
        return deliveries


class NotificationSettings(Model):
    """How the caller is told of things."""

    email: Annotated[str | None, Field(examples=["ann@connects.example"])]
    """Where mail goes: the verified address of the sign-in. Null until one was seen."""
    mail_status: Annotated[MailStatus, Field(examples=["ok"])]
    """Anything but `ok` means that no mail is sent there any more."""
    deliveries: Annotated[
        dict[NoticeKind, Delivery],
        Field(examples=[{"response_received": "immediately", "search_matched": "daily"}]),
    ]
    """For every kind that can be chosen, what holds now."""


class Person(Model):
    """Somebody with an account."""

    user_id: str
    email: str | None = None
    choices: dict[NoticeKind, Delivery] = Field(default_factory=dict)
    version: int = 0
    """Counts the changes of the choices."""
    mail_status: MailStatus = MailStatus.OK

    @property
    def deliveries(self) -> dict[NoticeKind, Delivery]:
        """What holds for every kind that can be chosen."""
        return {kind: self.choices.get(kind, DEFAULTS[kind]) for kind in CHOSEN}

    def delivery(self, kind: NoticeKind) -> Delivery:
        """When a notice of a kind is mailed to this person."""
        if kind in TRANSACTIONAL:
            return Delivery.IMMEDIATELY
        return self.choices.get(kind, DEFAULTS[kind])


class Suppression(Model):
    """Why no mail goes to an address."""

    reason: Literal[MailStatus.BOUNCED, MailStatus.COMPLAINED, MailStatus.UNSUBSCRIBED]
    since: Timestamp


def address_hash(email: str) -> str:
    """What an address is known by where it need not be read: the SHA-256 of it in lower case, as hexadecimal digits."""
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()
