"""What an operator types, against the deployed stack."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from infra import Stop
from infra.local import destination
from infra.ops import backups, calls, failures, nights, people
from infra.ops.deployment import Deployed
from infra.ops.status import status
from infra.stack import StackInfo
from tests.e2e import logs

pytestmark = pytest.mark.e2e


@pytest.fixture
def deployed(stack: StackInfo) -> Deployed:
    return Deployed(stack.stack_name, destination(stack.endpoint_url))


def test_the_status_names_the_deployment_and_its_failures(deployed: Deployed, stack: StackInfo) -> None:
    lines = list(status(deployed))
    assert lines[0] == f"{stack.stack_name}: {stack.api_url}"
    assert any(line.startswith("statistics: ") for line in lines)
    assert any(line.startswith("failed events: ") for line in lines)


def test_an_event_that_was_given_up_is_listed_and_handed_over_again(
    deployed: Deployed, stack: StackInfo, eventually: Callable[..., Any]
) -> None:
    queue = stack.client("sqs")
    function = deployed.function("ImportSchoolList")
    event = {
        "detail-type": "Object Created",
        "source": "aws.s3",
        "detail": {
            "bucket": {"name": stack.outputs["UploadsBucketName"]},
            "object": {"key": "uploads/given-up.csv", "size": 1},
        },
    }
    message = {
        "requestContext": {
            "functionArn": f"arn:aws:lambda:us-east-1:000000000000:function:{function}:$LATEST",
            "condition": "RetriesExhausted",
        },
        "requestPayload": event,
        "responsePayload": {"errorType": "TemporarilyUnavailable"},
    }
    queue.send_message(QueueUrl=stack.outputs["FailedEventsQueueUrl"], MessageBody=json.dumps(message))
    expected = f"{function}: Object Created: TemporarilyUnavailable"
    assert eventually(lambda: expected in list(failures.failed(deployed)))
    # Listing leaves it where it is.
    assert expected in list(failures.failed(deployed))
    assert f"again: {expected}" in list(failures.replay(deployed))
    assert eventually(lambda: expected not in list(failures.failed(deployed)))


def test_a_night_can_be_run_by_hand(deployed: Deployed) -> None:
    # One of the past: a night is run once, and other tests want today's.
    (line,) = nights.run(deployed, date(2026, 1, 15))
    assert re.match(r"\d{4}-\d\d-\d\d: \w+, release ", line)


def test_a_night_to_come_is_refused(deployed: Deployed) -> None:
    with pytest.raises(Stop, match="yet to come"):
        list(nights.run(deployed, date(2099, 1, 1)))


def test_whoever_changes_the_trail_is_seen(
    deployed: Deployed, stack: StackInfo, eventually: Callable[..., Any]
) -> None:
    table = {"TableName": deployed.outputs["TableName"]}
    entry = {"PK": {"S": "AUDIT#2001-01"}, "SK": {"S": "01920000-0000-7000-8000-000000000001"}}
    stack.client("dynamodb").put_item(**table, Item={**entry, "doc": {"S": "said"}})
    stack.client("dynamodb").put_item(**table, Item={**entry, "doc": {"S": "said otherwise"}})
    stack.client("dynamodb").delete_item(**table, Key=entry)

    def seen() -> bool:
        logged = [line for group, line in logs.lines(stack) if group.endswith("/watch-trail")]
        told = {json.loads(line)["change"] for line in logged if "AUDIT#2001-01" in line}
        return told == {"MODIFY", "REMOVE"}

    assert eventually(seen)


def test_a_backup_can_be_restored_and_nothing_of_the_drill_stays(
    deployed: Deployed, stack: StackInfo
) -> None:
    dynamodb = stack.client("dynamodb")
    before = set(dynamodb.list_tables()["TableNames"])
    lines = list(backups.drill(deployed))
    assert any(line.endswith("0 different") for line in lines), lines
    assert set(dynamodb.list_tables()["TableNames"]) == before
    assert dynamodb.list_backups(TableName=deployed.outputs["TableName"])["BackupSummaries"] == []


def test_a_person_is_exported_and_erased(deployed: Deployed, person: Callable[[str | None], Any]) -> None:
    leaver = person("leaver")
    me = leaver("GET", "/v1/me").json()["user_id"]
    saved = leaver("POST", "/v1/me/searches", json={"name": "Lathes", "title": "lathe"})
    assert saved.status_code == 201, saved.text
    assert any("Lathes" in line for line in people.export(deployed, "leaver@connects.example"))
    assert people.find(deployed, me) == people.find(deployed, "leaver@connects.example")
    assert list(people.erase(deployed, me)) == [f"{me} is erased, and cannot sign in any more"]
    with pytest.raises(Stop, match="Nobody signs in as"):
        list(people.export(deployed, me))
    with pytest.raises(Stop, match="Nobody signs in as"):
        list(people.erase(deployed, "leaver@connects.example"))


def test_what_the_api_refuses_an_operator_reads(deployed: Deployed) -> None:
    with pytest.raises(Stop, match="404: "):
        list(calls.undo(deployed, "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"))
