"""Running a night by hand, and going back to an earlier release."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, Final

from chalicelib.exchange.night_store import StateObjects
from chalicelib.exchange.operate import roll_back
from chalicelib.exchange.store import PointerStore, ReleaseIndex
from infra import Stop
from infra.ops.deployment import Deployed

_LONGEST_SECONDS: Final = 960
"""The function's own limit (infra/template.yaml), and a minute."""
_WORDS: Final = {"already_done": "that night or one after it is out already; nothing was done"}


def run(deployed: Deployed, night: date | None) -> Iterator[str]:
    """Starts the nightly function for a day (today where none is named) and waits. What came of it, as a line.

    Raises ``Stop`` for a day to come: nights are published in their order, so none would be until then.
    """
    now = datetime.now(UTC)
    if night and night > now.date():
        raise Stop(f"{night} is yet to come. No night before it could be published any more.")
    moment = datetime.combine(night, time(7), UTC) if night else now
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
    # It may take as long as the function may, and asking again would start it again.
    client = deployed.client("lambda", read_timeout=_LONGEST_SECONDS, retries={"total_max_attempts": 1})
    answer: dict[str, Any] = client.invoke(
        FunctionName=deployed.outputs["NightlyFunctionName"], Payload=json.dumps(event).encode()
    )
    result = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise Stop(f"The night failed: {result.get('errorType')}: {result.get('errorMessage')}")
    outcome = _WORDS.get(result["outcome"], result["outcome"])
    yield f"{result['night']}: {outcome}, release {result['release_id']}, {result['cells']} cells"


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
