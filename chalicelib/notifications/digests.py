"""One mail a day to those who chose that: what was collected for them since the last one.

A day's digests hold what was collected before the day's cut. A person's digest is claimed before the mail goes out, and
noted as mailed up to the cut afterwards. So a run that died goes on where it was, a second run of the day mails nobody
twice, and what was mailed but not forgotten yet is forgotten, not mailed again.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import Final

from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.notifications.digest_store import Collected, DigestStore
from chalicelib.notifications.outgoing import MailRefused
from chalicelib.notifications.service import SECONDS_TO_END, Tools
from chalicelib.notifications.writing import digest_of
from chalicelib.observability import logger
from chalicelib.people import service as people
from chalicelib.people.models import CHOSEN, Delivery, MailStatus

CUT: Final = time(12, 50, tzinfo=UTC)
"""Digests hold what was collected until then: morning in all states."""
_SETTLED: Final = timedelta(minutes=5)
"""After this, what was collected before the cut is seen by a run."""


def run_digests(tools: Tools, digests: DigestStore, seconds_left: Callable[[], float]) -> int:
    """Mails the day's digests, or the rest of them, while there is time. Answers how many were mailed.

    Nothing before the day's cut, and nothing again once all are out.
    """
    now = tools.clock()
    day = now.astimezone(UTC).date()
    cut = datetime.combine(day, CUT)
    if now < cut + _SETTLED or digests.done(day):
        return 0
    mailed, complete = 0, True
    for user_id, waiting in groupby(digests.collected(), key=lambda one: one.user_id):
        if seconds_left() < SECONDS_TO_END:
            return mailed
        due = [one for one in waiting if one.collected_at < cut.isoformat()]
        try:
            mailed += _digest(tools, digests, user_id, due, cut.isoformat()) if due else 0
        except Exception as error:  # noqa: BLE001 - whatever it is, the others get theirs; the next run tries again
            complete = False
            logger.warning("digest not sent yet", extra={"user_id": user_id, "error": type(error).__name__})
    if complete:
        digests.mark_done(day)
    return mailed


def _digest(tools: Tools, digests: DigestStore, user_id: str, due: list[Collected], cut: str) -> int:
    """Mails one person's digest. Answers 1 where a mail went out."""
    mailed_until = digests.mailed_until(user_id)
    fresh = [one for one in due if one.collected_at >= mailed_until]
    sent = 0
    if fresh:
        try:
            digests.claim(user_id, cut, tools.clock())
        except ConditionFailed as taken:
            raise TemporarilyUnavailable("Another run is at this digest.") from taken
        try:
            sent = _mailed(tools, user_id, fresh)
        except Exception:
            digests.release(user_id)
            raise
        digests.finish(user_id, cut)
    digests.forget(user_id, [one.told.id for one in due])
    return sent


def _mailed(tools: Tools, user_id: str, fresh: list[Collected]) -> int:
    person = people.profile(tools.people, user_id)
    if person is None or not person.email or person.mail_status is not MailStatus.OK:
        return 0
    wanted = [one.told for one in fresh if person.delivery(one.told.kind) is not Delivery.NEVER]
    if not wanted or not tools.outgoing.open:
        return 0
    daily = [kind for kind in CHOSEN if person.delivery(kind) is Delivery.DAILY]
    unsubscribe_url = tools.unsubscriber.link_from_kinds(user_id, daily or [one.kind for one in wanted])
    try:
        tools.outgoing.send(digest_of(wanted, person.email, tools.client_url, unsubscribe_url))
    except MailRefused as refusal:
        logger.error("digest refused", extra={"user_id": user_id, "reason": refusal.detail})
        return 0
    return 1
