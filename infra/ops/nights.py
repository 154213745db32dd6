"""Running a night by hand, and going back to an earlier release."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from chalicelib.exchange.night_store import StateObjects
from chalicelib.exchange.operate import roll_back
from chalicelib.exchange.store import PointerStore, ReleaseIndex
from infra import Stop
from infra.ops.deployment import Deployed


def run(deployed: Deployed, night: date | None) -> Iterator[str]:
    """Starts the nightly function for a day (today where none is named) and waits. What came of it, as a line."""
    moment = datetime.combine(night, time(7), UTC) if night else datetime.now(UTC)
    event = {
        "id": "operator",
        "source": "connects.operator",
        "detail-type": "Scheduled Event",
        "time": moment.isoformat().replace("+00:00", "Z"),
        "account": "",
        "region": "",
        "resources": [],
        "detail": {},
        "version": "0",
    }
    answer: dict[str, Any] = deployed.client("lambda").invoke(
        FunctionName=deployed.outputs["NightlyFunctionName"], Payload=json.dumps(event).encode()
    )
    result = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise Stop(f"The night failed: {result.get('errorType')}: {result.get('errorMessage')}")
    yield f"{result['night']}: {result['outcome']}, release {result['release_id']}, {result['cells']} cells"


def back(deployed: Deployed, release_id: str) -> Iterator[str]:
    """Makes an earlier release the latest again; what people saw stays known to the method."""
    lines: list[str] = []
    roll_back(
        PointerStore(deployed.table),
        ReleaseIndex(deployed.table),
        StateObjects(deployed.client("s3"), deployed.outputs["StateBucketName"]),
        release_id,
        lines.append,
    )
    yield from lines
