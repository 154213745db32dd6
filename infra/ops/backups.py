"""Backups, and the drill that shows they can be restored: into another table, compared item by item, and removed."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from infra import Stop
from infra.ops.deployment import Deployed

_PAUSE_SECONDS: Final = 2.0
_PATIENCE: Final = 1_800
"""Looks at a restore in progress: an hour."""


def backup(deployed: Deployed) -> str:
    """Makes a backup of the table. Its ARN."""
    name = f"{deployed.stack_name}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    client = deployed.client("dynamodb")
    made = client.create_backup(TableName=deployed.outputs["TableName"], BackupName=name)["BackupDetails"]
    _wait(lambda: _status_of_backup(client, made["BackupArn"]), "AVAILABLE", f"the backup {name}")
    return str(made["BackupArn"])


def drill(deployed: Deployed, pause: Callable[[float], None] = time.sleep) -> Iterator[str]:
    """Backs the table up, restores that into a table of its own, compares the two, and removes what it made.

    The comparison is of every item, by number and by a digest that does not depend on the order of reading. Whoever
    writes meanwhile makes a difference, so where there is one, the differing keys are counted and the drill fails:
    run it when nobody writes.
    """
    client, source = deployed.client("dynamodb"), deployed.outputs["TableName"]
    started = time.monotonic()
    arn = backup(deployed)
    yield f"backup {arn}"
    copy = f"{source[:200]}-drill-{int(time.time())}"
    try:
        client.restore_table_from_backup(TargetTableName=copy, BackupArn=arn)
    except Exception:
        client.delete_backup(BackupArn=arn)
        raise
    try:
        _wait(lambda: _status_of_table(client, copy), "ACTIVE", f"the table {copy}", pause)
        yield f"restored into {copy} after {time.monotonic() - started:.0f} s"
        here, there = _digests(client, source), _digests(client, copy)
        different = sum(here.get(key) != there.get(key) for key in here.keys() | there.keys())
        yield f"{len(here)} items in the table, {len(there)} in the copy, {different} different"
        _compare_indexes(client, source, copy)
    finally:
        client.delete_table(TableName=copy)
        client.delete_backup(BackupArn=arn)
    yield "the copy and its backup are removed"
    if different:
        raise Stop(
            "The restored table differs from the table. Did somebody write meanwhile? Repeat the drill."
        )


def _digests(client: Any, table: str) -> dict[str, bytes]:
    """A digest of every item, by its key."""
    found = {}
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        for item in page["Items"]:
            text = json.dumps(item, sort_keys=True, default=str)
            key = json.dumps([item["PK"], item["SK"]])
            found[key] = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return found


def _compare_indexes(client: Any, source: str, copy: str) -> None:
    """Raises ``Stop`` where the copy lacks an index: the application could not run on it."""

    def names(table: str) -> set[str]:
        return {
            one["IndexName"]
            for one in client.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"]
        }

    if missing := names(source) - names(copy):
        raise Stop(f"The restored table lacks the indexes {', '.join(sorted(missing))}.")


def _status_of_backup(client: Any, arn: str) -> str:
    return str(client.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]["BackupStatus"])


def _status_of_table(client: Any, name: str) -> str:
    return str(client.describe_table(TableName=name)["Table"]["TableStatus"])


def _wait(
    status: Callable[[], str], wanted: str, what: str, pause: Callable[[float], None] = time.sleep
) -> None:
    for _ in range(_PATIENCE):
        if status() == wanted:
            return
        pause(_PAUSE_SECONDS)
    raise Stop(f"{what} did not become {wanted} within an hour.")
