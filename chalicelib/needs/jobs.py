"""The nightly run of the demand."""

from chalice.app import Blueprint, CloudWatchEvent, Cron

from chalicelib.aws import s3
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.days import day_of_event
from chalicelib.geography.store import DelineationStore
from chalicelib.needs.store import DemandStore, OpeningStore
from chalicelib.observability import MetricUnit, logger, metrics
from chalicelib.organizations.store import OrganizationStore
from chalicelib.table.table import connect

jobs = Blueprint(__name__)


# Half an hour behind the Exchange's own night, so that the two do not meet.
@jobs.schedule(Cron(30, 7, "*", "*", "?", "*"))
def publish_demand(event: CloudWatchEvent) -> dict[str, str | int]:
    """Publishes the demand of the event's day, so that a repeated event repeats that day and no other.

    Raises ``InvalidInput`` for an event without a time, ``Conflict`` where what was computed would disclose somebody
    or the state is lost, ``TemporarilyUnavailable``.
    """
    from chalicelib.needs.night import Stores, run_night

    night = day_of_event(event.to_dict())
    table = connect()
    stores = Stores(
        OpeningStore(table),
        DemandStore(table),
        OrganizationStore(table),
        DelineationStore(table),
        s3(),
        config().state_bucket,
    )
    done = run_night(stores, night, utc_now)
    metrics.add_metric(name="LinesSetAside", unit=MetricUnit.Count, value=done.set_aside)
    metrics.flush_metrics()
    told: dict[str, str | int] = {
        "outcome": done.outcome.value,
        "release": done.release,
        "answers": done.answers,
        "documents": done.documents,
        "set_aside": done.set_aside,
    }
    logger.info("night of demand ends", extra={"night": night.isoformat(), **told})
    return told
