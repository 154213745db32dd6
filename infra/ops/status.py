"""How a deployment is: its releases, alarms, failures and imports, as lines."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from chalicelib.errors import NotFound
from chalicelib.exchange.store import PointerStore, ReleaseIndex
from chalicelib.table import keys
from infra.ops.deployment import Deployed
from infra.ops.failures import waiting

_NIGHTS = 5
_IMPORTS = 5


def status(deployed: Deployed) -> Iterator[str]:
    """What an operator wants to know first."""
    outputs = deployed.outputs
    yield f"{deployed.stack_name}: {outputs['EndpointURL']}"
    yield from _releases(deployed)
    yield from _alarms(deployed)
    failed = waiting(deployed)
    yield f"failed events: {failed}" + (" (see: python -m infra.ops failed)" if failed else "")
    yield from _imports(deployed)


def _releases(deployed: Deployed) -> Iterator[str]:
    try:
        latest = PointerStore(deployed.table).latest()
    except NotFound:
        yield "statistics: nothing has been published yet"
        return
    age = (datetime.now(UTC).date() - latest.checked).days
    yield f"statistics: release {latest.release_id} of {latest.night}, last looked at {_ago(age)}"
    for entry in ReleaseIndex(deployed.table).page(_NIGHTS):
        yield f"  {entry.night}  {entry.release_id}  {sum(entry.cells.values())} cells"


def _ago(days: int) -> str:
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")


def _alarms(deployed: Deployed) -> Iterator[str]:
    pages = deployed.client("cloudwatch").get_paginator("describe_alarms").paginate(StateValue="ALARM")
    names = [
        alarm
        for page in pages
        for alarm in page["MetricAlarms"]
        if alarm["AlarmName"].startswith(f"{deployed.stack_name}-")
    ]
    yield f"alarms: {len(names)}"
    for alarm in names:
        yield f"  {alarm['AlarmName']}: {alarm.get('AlarmDescription', '')}"


def _imports(deployed: Deployed) -> Iterator[str]:
    items = deployed.table.query_all(keys.IMPORTS, index=keys.DIRECTORY, descending=True)
    latest = list(islice(items, _IMPORTS))
    yield f"imports: {len(latest) or 'none yet'}{', the latest' if latest else ''}"
    for item in latest:
        state = json.loads(item["state"])
        yield f"  {state['id']}  {state['status']}  {state['filename']}"
