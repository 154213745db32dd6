"""Telling people: from a notice to inboxes and mails, each recipient once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.clock import Clock
from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.memberships.service import MembershipStore
from chalicelib.notifications import inbox
from chalicelib.notifications.models import InboxEntry, Outcome, Told
from chalicelib.notifications.outgoing import MailRefused, Outgoing
from chalicelib.notifications.recipients import Recipient, may_unsubscribe, recipients_of
from chalicelib.notifications.store import NotificationStore
from chalicelib.notifications.unsubscribing import Unsubscriber
from chalicelib.notifications.writing import mail_of, told_of
from chalicelib.observability import MetricUnit, logger, metrics
from chalicelib.outbox.models import Notice
from chalicelib.people.models import Delivery
from chalicelib.people.service import PersonStore
from chalicelib.table import keys

__all__ = [
    "GIVEN_UP",
    "OVERDUE",
    "SECONDS_TO_END",
    "NotificationStore",
    "Tools",
    "check_time",
    "deliver",
    "entered_by",
    "forget_person",
    "send_unsent",
]

OVERDUE: Final = timedelta(minutes=15)
"""After this a notice that is still unsent was missed by the stream, or given up."""
GIVEN_UP: Final = timedelta(days=3)
"""After this nobody wants to be told any more."""
SECONDS_TO_END: Final = 20.0
"""What a job keeps of its time, to end by itself."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What telling takes: where things are kept, what mail goes out by, and the settings it needs."""

    notifications: NotificationStore
    people: PersonStore
    memberships: MembershipStore
    outgoing: Outgoing
    unsubscriber: Unsubscriber
    client_url: str
    administrators_mail: str
    clock: Clock


def check_time(seconds_left: Callable[[], float]) -> None:
    """Raises ``TemporarilyUnavailable`` where a function has to end before it could do anything more."""
    if seconds_left() < SECONDS_TO_END:
        raise TemporarilyUnavailable("No time is left.")


def deliver(tools: Tools, notice: Notice) -> None:
    """Tells everybody whom a notice is for. Again does no harm: who was told is not told twice.

    One recipient's failure keeps no other from being told. Raises ``TemporarilyUnavailable`` after all of them where
    somebody could not be told yet.
    """
    recipients = recipients_of(notice, tools.memberships, tools.people, tools.administrators_mail)
    told = told_of(notice)
    failed = 0
    for recipient in recipients:
        try:
            _tell(tools, notice, told, recipient)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
            failed += 1
            logger.warning("not told yet", extra={"notice_id": notice.id, "error": type(error).__name__})
    if failed:
        raise TemporarilyUnavailable(f"{failed} of {len(recipients)} could not be told yet.")
    tools.notifications.mark_sent(notice.id)


def send_unsent(tools: Tools, seconds_left: Callable[[], float]) -> int:
    """Tells what the stream missed or gave up, oldest first, while there is time. Answers how many were told.

    A notice that could not be told for days is given up, and counted in ``NoticesGivenUp``.
    """
    now = tools.clock()
    told = 0
    for unsent in tools.notifications.unsent(now - OVERDUE):
        if seconds_left() < SECONDS_TO_END:
            break
        try:
            deliver(tools, Notice.model_validate_json(unsent.document))
            told += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
            failed = {"notice_id": unsent.id, "error": type(error).__name__}
            if unsent.written_at > now - GIVEN_UP:
                logger.warning("notice not told yet", extra=failed)
                continue
            tools.notifications.mark_sent(unsent.id)
            metrics.add_metric(name="NoticesGivenUp", unit=MetricUnit.Count, value=1)
            logger.error("notice given up", extra=failed)
    return told


def entered_by(
    store: NotificationStore, user_id: str, limit: int, start: str | None, now: datetime
) -> tuple[list[InboxEntry], str | None]:
    """What a person was told, newest first, and where the next page begins."""
    return inbox.entries(store, keys.person_pk(user_id), limit, start, lambda: now)


def forget_person(store: NotificationStore, user_id: str, limit: int) -> bool:
    """Empties a person's inbox and digest by at most ``limit`` things each. True where more is left."""
    return store.delete_of_person(user_id, limit)


def _tell(tools: Tools, notice: Notice, told: Told, recipient: Recipient) -> None:
    now = tools.clock()
    if recipient.inbox:
        tools.notifications.put_in_inbox(recipient.inbox, told, now)
    if not recipient.email or not tools.outgoing.open or recipient.delivery is Delivery.NEVER:
        return
    try:
        if recipient.delivery is Delivery.DAILY:
            tools.notifications.collect(notice.id, recipient.hash, recipient.user_id, told, now)
            return
        tools.notifications.claim(notice.id, recipient.hash, now)
    except ConditionFailed as taken:
        if tools.notifications.outcome(notice.id, recipient.hash) is not None:
            return
        raise TemporarilyUnavailable("Another run is at this delivery.") from taken
    outcome = _mailed(tools, notice, told, recipient)
    tools.notifications.finish(notice.id, recipient.hash, outcome)
    metrics.add_metric(
        name="MailDelay", unit=MetricUnit.Seconds, value=(now - notice.created_at).total_seconds()
    )


def _mailed(tools: Tools, notice: Notice, told: Told, recipient: Recipient) -> Outcome:
    unsubscribe_url = ""
    if may_unsubscribe(notice, recipient):
        unsubscribe_url = (
            tools.unsubscriber.link_from_kinds(recipient.user_id, [notice.kind])
            if recipient.user_id
            else tools.unsubscriber.link_from_all(recipient.hash)
        )
    try:
        tools.outgoing.send(mail_of(told, recipient.email, tools.client_url, unsubscribe_url))
    except MailRefused as refusal:
        logger.error("mail refused", extra={"notice_id": notice.id, "reason": refusal.detail})
        metrics.add_metric(name="MailsRefused", unit=MetricUnit.Count, value=1)
        return Outcome.REFUSED
    except Exception:
        tools.notifications.release(notice.id, recipient.hash)
        raise
    return Outcome.MAILED
