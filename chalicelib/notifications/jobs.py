"""The functions that tell people: from the stream, every hour, and what the mail service says of what it sent."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from chalice.app import Blueprint, CloudWatchEvent, DynamoDBEvent, Rate

from chalicelib.aws import mail
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.people.store import PersonStore
from chalicelib.table.table import connect

if TYPE_CHECKING:
    from chalicelib.notifications.service import Tools

jobs = Blueprint(__name__)

_LATER: Final = "the table's stream, which is known at deployment only"


@jobs.on_dynamodb_record(_LATER)
def deliver_notices(event: DynamoDBEvent) -> dict[str, list[dict[str, str]]]:
    """Tells what a batch of the stream holds: new notices, by the filter of its trigger.

    Answers the sequence numbers of the records that failed, or for which no time was left, so that the stream hands in
    those again and not the whole batch. What comes after a failed one is handed in again too, and is found to be done.
    """
    from chalicelib.notifications.service import check_time, deliver
    from chalicelib.observability import logger, metrics
    from chalicelib.outbox.models import Notice

    tools, seconds_left = _tools(), _seconds_left(event.context)
    failures = []
    records = event.to_dict()["Records"]
    for record in records:
        change = record["dynamodb"]
        try:
            check_time(seconds_left)
            deliver(tools, Notice.model_validate_json(change["NewImage"]["doc"]["S"]))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other records are told
            failures.append({"itemIdentifier": str(change["SequenceNumber"])})
            logger.error(
                "notice not told yet",
                extra={"notice": change["Keys"]["PK"]["S"], "error": type(error).__name__},
            )
    metrics.flush_metrics()
    logger.info("notices", extra={"records": len(records), "failed": len(failures)})
    return {"batchItemFailures": failures}


@jobs.schedule(Rate(1, unit=Rate.HOURS))
def run_hourly(event: CloudWatchEvent) -> dict[str, int]:
    """Does what time makes due: notices that the stream missed, saved searches, and the day's digests.

    Every step can be repeated and goes on where it was cut off. One that fails keeps no other from running; the run
    fails in the end, so that it is handed in again. Answers how much each step did.
    """
    from chalicelib.events.service import EventStore, ticket_signer
    from chalicelib.events.service import tell_due as tell_of_events
    from chalicelib.notifications.digest_store import DigestStore
    from chalicelib.notifications.digests import run_digests
    from chalicelib.notifications.service import send_unsent
    from chalicelib.organizations.service import OrganizationStore
    from chalicelib.postings.service import PostingStore, SavedSearchStore, tell_due

    tools, table, now = _tools(), connect(), utc_now()
    searches, directory = SavedSearchStore(table), OrganizationStore(table)
    seconds_left = _seconds_left(event.context)
    return run_steps(
        {
            "unsent": lambda: send_unsent(tools, seconds_left),
            "searches": lambda: tell_due(searches, PostingStore(table), directory, now, seconds_left),
            "events": lambda: tell_of_events(EventStore(table), ticket_signer(), now, seconds_left),
            "digests": lambda: run_digests(tools, DigestStore(connect()), seconds_left),
        }
    )


def run_steps(steps: Mapping[str, Callable[[], int]]) -> dict[str, int]:
    """Runs every step. Raises ``ExceptionGroup`` after all of them where one failed."""
    from chalicelib.observability import logger, metrics

    done, failed = {}, []
    for name, step in steps.items():
        try:
            done[name] = step()
        except Exception as error:  # noqa: BLE001 - whatever it is, the other steps run
            failed.append(error)
            logger.error("step failed", extra={"step": name, "error": type(error).__name__})
    metrics.flush_metrics()
    logger.info("hourly run", extra={"steps": done, "failed": len(failed)})
    if failed:
        raise ExceptionGroup("steps of the hourly run failed", failed)
    return done


@jobs.on_cw_event({"source": ["aws.ses"], "detail": {"eventType": ["Bounce", "Complaint"]}})
def note_returned_mail(event: CloudWatchEvent) -> dict[str, int]:
    """Stops mail to addresses that do not exist, and to those whose readers called it spam.

    A full mailbox or a server that is down stops nothing. Answers how many addresses were stopped.
    """
    from chalicelib.notifications.returned import returned_addresses
    from chalicelib.observability import logger
    from chalicelib.people.service import suppress

    returned = returned_addresses(event.detail)
    for email, status in returned:
        suppress(PersonStore(connect()), email, status, utc_now())
    logger.info("returned mail", extra={"kind": event.detail.get("eventType"), "addresses": len(returned)})
    return {"addresses": len(returned)}


def _seconds_left(context: Any) -> Callable[[], float]:
    return lambda: float(context.get_remaining_time_in_millis()) / 1000


def _tools() -> "Tools":
    from chalicelib.memberships.store import MembershipStore
    from chalicelib.notifications.outgoing import Outgoing
    from chalicelib.notifications.service import Tools
    from chalicelib.notifications.store import NotificationStore
    from chalicelib.notifications.unsubscribing import Unsubscriber

    settings = config()
    table = connect()
    return Tools(
        notifications=NotificationStore(table),
        people=PersonStore(table),
        memberships=MembershipStore(table),
        outgoing=Outgoing(mail(), settings.mail_from, settings.mail_configuration_set),
        unsubscriber=Unsubscriber(settings.cursor_key.get_secret_value(), settings.public_base_url),
        client_url=settings.client_url,
        administrators_mail=settings.administrators_mail,
        clock=utc_now,
    )
