"""The nightly function, started as its schedule does: imported by itself, called with an event."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.errors import InvalidInput
from chalicelib.exchange import night
from chalicelib.exchange.gate import Finding
from chalicelib.exchange.jobs import publish_nightly
from chalicelib.exchange.publisher import Publication, publish
from chalicelib.observability import logger, metrics
from tests.conftest import SETTINGS
from tests.functional.exchange.conftest import Entry, Exchange, organization_id


def event(**changes: Any) -> dict[str, Any]:
    """What EventBridge sends at the schedule."""
    return {
        "version": "0",
        "id": "89d1a02d-5ec7-412e-82f5-13505f849b41",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-06-15T07:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/nightly"],
        "detail": {},
        **changes,
    }


def test_it_publishes_the_day_of_the_event(exchange: Exchange) -> None:
    exchange.fill(6)
    answer = publish_nightly(event(), None)
    pointer = exchange.pointers.latest()
    assert pointer.night.isoformat() == "2026-06-15"
    assert answer["cells"] > 0
    assert answer == {
        "outcome": "published",
        "release_id": pointer.release_id,
        "night": "2026-06-15",
        "cells": answer["cells"],
    }
    assert publish_nightly(event(), None) == {**answer, "outcome": "already_done", "cells": 0}


@pytest.mark.parametrize("time", [None, "", "yesterday", 17, "2026-13-01T07:00:00Z"])
def test_an_event_without_a_time_is_refused_and_publishes_nothing(exchange: Exchange, time: Any) -> None:
    with pytest.raises(InvalidInput, match="time"):
        publish_nightly(event(time=time), None)
    assert exchange.stored() == {}


def test_a_time_in_another_zone_is_its_day_in_utc(exchange: Exchange) -> None:
    assert publish_nightly(event(time="2026-06-14T23:30:00-05:00"), None)["night"] == "2026-06-15"
    assert exchange.pointers.latest().night.isoformat() == "2026-06-15"


class Records(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append({**vars(record), "message": record.getMessage()})


@pytest.fixture
def logged() -> Iterator[list[dict[str, Any]]]:
    """What the function logs."""
    records = Records()
    logger.addHandler(records)
    yield records.kept
    logger._logger.removeHandler(records)


def test_lines_set_aside_are_logged_by_id_and_never_by_content(
    exchange: Exchange, logged: list[dict[str, Any]]
) -> None:
    exchange.fill(5)
    one = organization_id(77)
    exchange.put(Entry(one, "benefits", f"s1|{one}|benefits|20000|benefit_health::271828:1"))
    publish_nightly(event(), None)
    [warning] = [record for record in logged if record["message"] == "lines set aside"]
    assert warning["organizations"] == [one]
    assert "271828" not in str(logged)
    [end] = [record for record in logged if record["message"] == "nightly run ends"]
    assert end["counts"]["LinesSetAside"] == 1
    assert end["counts"]["CellsPublished"] > 0


def test_a_refusal_of_the_gate_raises_the_alarm_and_names_cells_without_figures(
    exchange: Exchange, logged: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[tuple[str, float]] = []
    monkeypatch.setattr(metrics, "add_metric", lambda **one: counted.append((one["name"], one["value"])))

    def refused(*arguments: Any) -> Publication:
        cells = tuple(f"labor_rate_body/all area {number}-MT all" for number in range(50))
        return replace(publish(*arguments), findings=(Finding("change is not safe", cells),))

    monkeypatch.setattr(night, "publish", refused)
    exchange.fill(6)
    with pytest.raises(night.GateRefused):
        publish_nightly(event(), None)
    assert counted == [("GateRefused", 1)]
    [error] = [record for record in logged if record["message"] == "the gate refused"]
    [finding] = error["findings"]
    assert (finding["rule"], finding["number"], len(finding["cells"])) == ("change is not safe", 50, 20)
    assert exchange.stored() == {}


def test_importing_the_routes_loads_neither_duckdb_nor_numpy() -> None:
    imports = "import sys, chalicelib.exchange.routes, chalicelib.exchange.jobs"
    script = f"{imports}; print({{'duckdb', 'numpy'}} & set(sys.modules))"
    done = subprocess.run(  # noqa: S603  the program and its text are fixed
        [sys.executable, "-c", script], env=SETTINGS, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
