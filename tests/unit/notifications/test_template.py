"""What the deployable template says of notices agrees with the code that writes and tells them."""

import json
from typing import Any

import pytest

from chalicelib.memberships.store import _FIELDS
from chalicelib.notifications.store import LEASE
from chalicelib.outbox.service import notice_write
from chalicelib.table import keys
from tests import factories
from tests.unit.notifications.samples import notice

RESOURCES = factories.template()["Resources"]
TRIGGER = RESOURCES["DeliverNotices"]["Properties"]["Events"]["DeliverNoticesDynamodbEventSource"][
    "Properties"
]


def fits(pattern: Any, value: Any) -> bool:
    """Whether a value fits a filter of a Lambda trigger, as far as ours go."""
    if isinstance(pattern, dict):
        return all(name in value and fits(wanted, value[name]) for name, wanted in pattern.items())
    return any(value.startswith(one["prefix"]) if isinstance(one, dict) else value == one for one in pattern)


def change(event: str, key: keys.Key) -> dict[str, Any]:
    return {"eventName": event, "dynamodb": {"Keys": {"PK": {"S": key.pk}, "SK": {"S": key.sk}}}}


def test_the_stream_hands_over_new_notices_and_nothing_else() -> None:
    pattern = json.loads(TRIGGER["FilterCriteria"]["Filters"][0]["Pattern"])
    told = notice()
    item = notice_write(told.kind, told.audience, told.facts, told.created_at, told.id).item
    written = keys.Key(item["PK"], item["SK"])
    assert fits(pattern, change("INSERT", written))
    assert not fits(pattern, change("MODIFY", written))
    assert not fits(pattern, change("REMOVE", written))
    assert not fits(pattern, change("INSERT", keys.delivery(told.id, "abc")))
    assert not fits(pattern, change("INSERT", keys.organization(told.id)))


def test_the_stream_shows_items_as_they_are_now() -> None:
    assert RESOURCES["Table"]["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}


def test_only_what_failed_is_handed_in_again() -> None:
    assert TRIGGER["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert TRIGGER["BisectBatchOnFunctionError"] is True
    assert TRIGGER["MaximumRetryAttempts"] < 10
    assert TRIGGER["DestinationConfig"]["OnFailure"]["Type"] == "SQS"


def test_a_claim_outlives_the_function_that_made_it() -> None:
    assert LEASE.total_seconds() > RESOURCES["DeliverNotices"]["Properties"]["Timeout"]


def test_who_tells_people_reads_no_figures() -> None:
    statements = RESOURCES["DeliverNoticesRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    of_organizations = [one for one in statements if "ORG#*" in json.dumps(one)]
    assert [one["Action"] for one in of_organizations] == ["dynamodb:Query"]
    allowed = of_organizations[0]["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert set(allowed) == {"PK", "SK", *_FIELDS}


@pytest.mark.parametrize("role", ["DeliverNoticesRole", "RunHourlyRole", "NoteReturnedMailRole"])
def test_every_right_on_items_names_their_partitions(role: str) -> None:
    statements = RESOURCES[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    on_items = [
        one for one in statements if any(word in json.dumps(one["Action"]) for word in ("Item", "Query"))
    ]
    assert on_items
    for one in on_items:
        assert "dynamodb:LeadingKeys" in json.dumps(one["Condition"]), one["Sid"]
