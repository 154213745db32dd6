"""The nightly run."""

from datetime import UTC, date, datetime
from typing import Final

from chalice.app import Blueprint, CloudWatchEvent, Cron

from chalicelib.aws import s3
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.errors import InvalidInput
from chalicelib.exchange.service import PublishedNight, publish_night
from chalicelib.exchange.store import ContributionIndex, PointerStore, ReleaseObjects
from chalicelib.observability import MetricUnit, logger, metrics
from chalicelib.table.table import connect

jobs = Blueprint(__name__)

_NAMED: Final = 20


# 07:00 UTC is after midnight in every state, so the night's date is the day that people there see.
@jobs.schedule(Cron(0, 7, "*", "*", "?", "*"))
def publish_nightly(event: CloudWatchEvent) -> dict[str, str | int | bool]:
    """Publishes the statistics of the event's day, so that a repeated event repeats that day and no other.

    Answers what was published. Raises ``InvalidInput`` for an event without a time,
    ``TemporarilyUnavailable``.
    """
    night = _day_of(event)
    logger.info("nightly run begins", extra={"night": night.isoformat()})
    done = publish_night(
        ContributionIndex(connect()),
        ReleaseObjects(s3(), config().releases_bucket),
        PointerStore(connect()),
        night,
        utc_now,
    )
    _record(done)
    return {
        "release_id": done.release_id,
        "night": done.night.isoformat(),
        "cells": done.cells,
        "is_latest": done.is_latest,
    }


def _day_of(event: CloudWatchEvent) -> date:
    try:
        moment = datetime.fromisoformat(event.to_dict()["time"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            'The event has no usable "time": it must be RFC 3339, such as 2026-06-15T07:00:00Z.'
        ) from error
    return moment.astimezone(UTC).date() if moment.tzinfo else moment.date()


def _record(done: PublishedNight) -> None:
    reading = done.reading
    counts = {
        "CellsPublished": done.cells,
        "SubmissionsRead": reading.lines,
        "ContributionsCounted": len(reading.contributions),
        "LinesSetAside": len(reading.set_aside),
        "LinesUnverified": reading.unverified,
        "LinesOrphaned": reading.orphaned,
    }
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
    if reading.set_aside:
        named = sorted(set(reading.set_aside))[:_NAMED]
        logger.warning("lines set aside", extra={"lines": len(reading.set_aside), "organizations": named})
    logger.info(
        "nightly run ends",
        extra={"release_id": done.release_id, "is_latest": done.is_latest, "counts": counts},
    )
