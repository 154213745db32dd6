"""What a request remembers of the table, and how strictly it reads."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.errors import ConditionFailed
from chalicelib.table.expressions import Delete, Put, Update, equals, missing
from chalicelib.table.keys import Key
from chalicelib.table.reading import Strictness, may_lag, one_request
from chalicelib.table.table import Table

ONE, TWO = Key("A", "1"), Key("A", "2")
ITEM: dict[str, Any] = {"PK": "A", "SK": "1", "name": "first", "count": 3, "tags": ["x"]}


@pytest.fixture
def reads(table: Table) -> Iterator[list[tuple[str, bool]]]:
    """Each read that is sent while a test runs, and whether it was consistent."""
    table.write(Put(ITEM))
    sent: list[tuple[str, bool]] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name in ("GetItem", "Query"):
            sent.append((model.name, params["ConsistentRead"]))
        elif model.name == "BatchGetItem":
            (many,) = params["RequestItems"].values()
            sent.extend((model.name, many["ConsistentRead"]) for _ in many["Keys"])

    events = aws.dynamodb().meta.events
    events.register("provide-client-params.dynamodb", note, unique_id="reads")
    yield sent
    events.unregister("provide-client-params.dynamodb", unique_id="reads")


def test_a_request_reads_an_item_once(table: Table, reads: list[tuple[str, bool]]) -> None:
    with one_request(Strictness.ALL):
        assert table.get(ONE) == table.get(ONE) == ITEM
        assert table.get(TWO) is table.get(TWO) is None
        assert table.batch_get([ONE, TWO]) == {ONE: ITEM}
    assert reads == [("GetItem", True)] * 2
    assert table.get(ONE) == table.get(ONE) == ITEM
    assert len(reads) == 4


@pytest.mark.usefixtures("reads")
def test_what_is_changed_in_what_was_read_changes_nothing(table: Table) -> None:
    with one_request(Strictness.ALL):
        read = table.get(ONE) or {}
        read["name"] = "other"
        assert table.get(ONE) == ITEM


@pytest.mark.parametrize(
    ("strictness", "expected"),
    [
        (Strictness.ALL, [True, True, True]),
        (Strictness.OWN, [True, True, False]),
        (Strictness.NOTHING, [False, False, False]),
    ],
)
def test_reads_are_as_strict_as_the_request(
    table: Table, reads: list[tuple[str, bool]], strictness: Strictness, expected: list[bool]
) -> None:
    with one_request(strictness):
        table.get(ONE)
        table.query("A")
        table.batch_get([TWO])
    assert [consistent for _, consistent in reads] == expected


def test_what_may_lag_is_read_again_where_it_may_not(table: Table, reads: list[tuple[str, bool]]) -> None:
    with one_request(Strictness.ALL):
        with may_lag():
            table.get(ONE)
        table.get(ONE)
        with may_lag():
            table.get(ONE)
    assert reads == [("GetItem", False), ("GetItem", True)]
    with may_lag():
        table.get(ONE)
    assert reads[-1] == ("GetItem", True)


def test_a_request_knows_what_it_wrote(table: Table, reads: list[tuple[str, bool]]) -> None:
    with one_request(Strictness.ALL):
        table.get(ONE)
        table.transact(
            Update(ONE, {"name": "new"}, ("tags",), {"count": 2}), Put({"PK": "A", "SK": "2", "list": (1, 2)})
        )
        known = table.get(ONE), table.get(TWO)
        table.write(Delete(TWO))
        assert table.get(TWO) is None
    assert len(reads) == 1
    assert known == (
        {"PK": "A", "SK": "1", "name": "new", "count": 5},
        {"PK": "A", "SK": "2", "list": [1, 2]},
    )
    assert known[0] == table.get(ONE)


@pytest.mark.usefixtures("reads")
def test_what_was_not_read_is_read_after_an_update(table: Table) -> None:
    with one_request(Strictness.ALL):
        table.write(Update(ONE, {"name": "new"}))
        assert table.get(ONE) == {**ITEM, "name": "new"}


@pytest.mark.usefixtures("reads")
def test_a_condition_that_does_not_hold_makes_a_request_read_anew(table: Table) -> None:
    with one_request(Strictness.ALL):
        table.get(ONE)
        aws.dynamodb().delete_item(TableName=table._name, Key=table._wire_key(ONE))
        with pytest.raises(ConditionFailed):
            table.write(Update(ONE, {"name": "new"}, condition=equals("name", "first")))
        assert table.get(ONE) is None
        table.write(Put(ITEM, missing()))
        assert table.get(ONE) == ITEM
