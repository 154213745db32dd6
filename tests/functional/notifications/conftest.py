"""A world to tell people in: an organization with members, mail that is caught, and a clock that tests move."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import TemporarilyUnavailable
from chalicelib.memberships import service as memberships
from chalicelib.memberships.store import MembershipStore
from chalicelib.notifications.digest_store import DigestStore
from chalicelib.notifications.models import Mail
from chalicelib.notifications.outgoing import MailRefused
from chalicelib.notifications.service import Tools
from chalicelib.notifications.store import NotificationStore
from chalicelib.notifications.unsubscribing import Unsubscriber
from chalicelib.outbox.models import Audience, Notice, NoticeKind
from chalicelib.outbox.service import notice_write
from chalicelib.people import service as people
from chalicelib.people.store import PersonStore
from chalicelib.table.table import Table
from tests.unit.notifications.samples import notice as sample

SCHOOL = "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"


class Caught:
    """Mail that goes nowhere. ``busy`` and ``refused`` are addresses whose mail is not taken."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.busy: set[str] = set()
        self.refused: set[str] = set()
        self.open = True

    def send(self, mail: Mail) -> None:
        """Catches a mail."""
        if mail.to in self.busy:
            raise TemporarilyUnavailable("The mail service takes no mail now.")
        if mail.to in self.refused:
            raise MailRefused("The mail service refused a mail.")
        self.mails.append(mail)

    @property
    def to(self) -> list[str]:
        """Who got mail, in order."""
        return [mail.to for mail in self.mails]


@dataclass
class World:
    """What a test tells people in."""

    table: Table
    tools: Tools
    caught: Caught
    times: list[datetime]
    digests: DigestStore = field(init=False)

    def __post_init__(self) -> None:
        self.digests = DigestStore(self.table)

    @property
    def now(self) -> datetime:
        """The time that it is."""
        return self.times[-1]

    def wait(self, time: timedelta) -> None:
        """Lets time pass."""
        self.times.append(self.now + time)

    def meet(self, user_id: str, *, verified: bool = True) -> None:
        """Notes a person's address."""
        email = f"{user_id}@connects.example"
        self.table.transact(people.seen_write(Caller(user_id, email, False, verified), self.now))

    def write(
        self, kind: NoticeKind = NoticeKind.RESPONSE_RECEIVED, audience: Audience | None = None
    ) -> Notice:
        """A notice in the outbox, for Ann if nobody is named."""
        made = sample(kind, audience)
        self.table.transact(notice_write(kind, made.audience, made.facts, self.now, made.id))
        return made.model_copy(update={"created_at": self.now})


@pytest.fixture
def world(table: Table) -> World:
    """Ann owns a school."""
    times = [datetime(2026, 6, 15, 10, 0, tzinfo=UTC)]
    caught = Caught()
    tools = Tools(
        notifications=NotificationStore(table),
        people=PersonStore(table),
        memberships=MembershipStore(table),
        outgoing=caught,  # type: ignore[arg-type]
        unsubscriber=Unsubscriber("a key", "https://api.connects.example"),
        client_url="https://app.connects.example",
        administrators_mail="",
        clock=lambda: times[-1],
    )
    ann = Caller("ann", "ann@connects.example", False, True)
    table.transact(*memberships.ownership_writes(ann, SCHOOL, times[-1]))
    return World(table, tools, caught, times)
