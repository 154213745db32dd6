"""The nightly run."""

from datetime import date
from typing import TYPE_CHECKING, Final

from chalice.app import Blueprint, CloudWatchEvent, Cron

from chalicelib.aws import s3
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.days import day_of_event
from chalicelib.exchange.store import PointerStore, ReleaseObjects
from chalicelib.geography.service import DelineationStore
from chalicelib.observability import MetricUnit, logger, metrics
from chalicelib.submissions.service import ReviewStore
from chalicelib.table.table import connect

if TYPE_CHECKING:
    from chalicelib.exchange.night import GateRefused, Night

jobs = Blueprint(__name__)

_NAMED: Final = 20


# 07:00 UTC is after midnight in every state, so the night's date is the day that people there see.
@jobs.schedule(Cron(0, 7, "*", "*", "?", "*"))
def publish_nightly(event: CloudWatchEvent) -> dict[str, str | int]:
    """Publishes the statistics of the event's day, so that a repeated event repeats that day and no other.

    Answers what became of it. Raises ``InvalidInput`` for an event without a time, ``GateRefused`` where what
    was computed would disclose somebody, ``Conflict`` where the state is lost, ``TemporarilyUnavailable``.
    """
    # NumPy and DuckDB take their time to import, and only this function needs them.
    from chalicelib.exchange.night import GateRefused, Stores, run_night
    from chalicelib.exchange.night_store import ContributionIndex, StateObjects

    night = day_of_event(event.to_dict())
    logger.info("nightly run begins", extra={"night": night.isoformat()})
    stores = Stores(
        ContributionIndex(connect()),
        StateObjects(s3(), config().state_bucket),
        ReleaseObjects(s3(), config().releases_bucket),
        PointerStore(connect()),
        ReviewStore(connect()),
        DelineationStore(connect()),
    )
    try:
        done = run_night(stores, night, utc_now)
    except GateRefused as refusal:
        _record_refusal(refusal, night)
        raise
    _record(done)
    return {
        "outcome": done.outcome.value,
        "release_id": done.release_id,
        "night": done.night.isoformat(),
        "cells": done.cells,
    }


def _record_refusal(refusal: "GateRefused", night: date) -> None:
    """Raises the alarm, and names the cells: their places and metrics, no figures."""
    metrics.add_metric(name="GateRefused", unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()
    findings = [
        {"rule": finding.rule, "number": len(finding.cells), "cells": list(finding.cells[:_NAMED])}
        for finding in refusal.findings
    ]
    logger.error("the gate refused", extra={"night": night.isoformat(), "findings": findings})


def _record(done: "Night") -> None:
    counts = {"NightsDone": 1, "GateRefused": 0}
    reading = done.reading
    if reading is not None:
        counts |= {
            "CellsPublished": done.cells,
            "SubmissionsRead": reading.lines,
            "ContributionsCounted": len(reading.frame),
            "LinesSetAside": len(reading.set_aside),
            "LinesUnverified": reading.unverified,
            "LinesOrphaned": reading.orphaned,
            "SubmissionsWaiting": done.waiting,
        }
    for name, count in counts.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=count)
    metrics.flush_metrics()
    if reading is not None and reading.set_aside:
        named = sorted(set(reading.set_aside))[:_NAMED]
        logger.warning("lines set aside", extra={"lines": len(reading.set_aside), "organizations": named})
    logger.info(
        "nightly run ends",
        extra={"release_id": done.release_id, "outcome": done.outcome.value, "counts": counts},
    )
