"""The table: conditions, transactions, pages, batches, and what it makes of a service that throttles or is silent."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib import aws
from chalicelib.errors import ConditionFailed, IdempotencyMismatch, TemporarilyUnavailable
from chalicelib.table import keys
from chalicelib.table.expressions import Check, Delete, Put, Update, equals, exists, missing, without
from chalicelib.table.idempotency import REMEMBERED, IdempotentRequest, created_before, record
from chalicelib.table.keys import DIRECTORY, Key
from chalicelib.table.table import Table

ITEM = {"PK": "A", "SK": "1", "name": "first", "count": 3, "tags": ["x", "y"], "nested": {"deep": True}}


def test_what_is_put_comes_back(table: Table) -> None:
    table.write(Put(ITEM))
    assert table.get(Key("A", "1")) == ITEM
    assert table.get(Key("A", "2")) is None


def test_a_condition_that_does_not_hold_writes_nothing(table: Table) -> None:
    table.write(Put(ITEM, missing()))
    with pytest.raises(ConditionFailed) as refused:
        table.write(Put({**ITEM, "name": "second"}, missing()))
    assert refused.value.failed == {0}
    with pytest.raises(ConditionFailed):
        table.write(Update(Key("A", "1"), {"name": "third"}, condition=equals("count", 4) & exists()))
    with pytest.raises(ConditionFailed):
        table.write(Delete(Key("A", "1"), without("name")))
    assert table.get(Key("A", "1")) == ITEM


def test_an_update_sets_removes_and_adds(table: Table) -> None:
    table.write(Put(ITEM))
    table.write(Update(Key("A", "1"), {"name": "new"}, ("tags",), {"count": 4}))
    assert table.get(Key("A", "1")) == {
        "PK": "A",
        "SK": "1",
        "name": "new",
        "count": 7,
        "nested": {"deep": True},
    }


def test_a_transaction_is_all_or_nothing_and_names_what_failed(table: Table) -> None:
    table.write(Put(ITEM))
    with pytest.raises(ConditionFailed) as refused:
        table.transact(
            Put({"PK": "B", "SK": "1"}),
            Check(Key("A", "1"), equals("count", 99)),
            Delete(Key("A", "1y")),
            Update(Key("A", "1x"), {"name": "x"}, condition=exists()),
        )
    assert refused.value.failed == {1, 3}
    assert table.get(Key("B", "1")) is None


def test_a_query_goes_page_by_page_in_the_order_asked_for(table: Table) -> None:
    for number in range(7):
        table.write(Put({"PK": "A", "SK": f"n#{number}", **DIRECTORY.entry("L", f"{9 - number}")}))
    first = table.query("A", begins_with="n#", limit=3)
    second = table.query("A", begins_with="n#", limit=3, start=first.next)
    assert [item["SK"] for item in first.items + second.items] == [f"n#{number}" for number in range(6)]
    assert [item["SK"] for item in table.query_all("A", limit=2, descending=True)][:2] == ["n#6", "n#5"]
    assert [item["SK"] for item in table.query("A", between=("n#2", "n#4")).items] == ["n#2", "n#3", "n#4"]
    by_index = table.query("L", index=DIRECTORY, attributes=("SK",))
    assert by_index.items[0] == {"PK": "A", "SK": "n#6"}
    assert by_index.next is None


def test_batches_read_and_delete_more_than_one_request_holds(table: Table) -> None:
    wanted = [Key("A", f"{number:03d}") for number in range(130)]
    for key in wanted:
        table.write(Put({"PK": key.pk, "SK": key.sk, "a": 1, "b": 2}))
    found = table.batch_get([*wanted, Key("A", "none"), wanted[0]], attributes=("a",))
    assert set(found) == set(wanted)
    assert found[wanted[0]] == {"PK": "A", "SK": "000", "a": 1}
    table.delete_all(wanted)
    assert table.batch_get(wanted) == {}


class Failing:
    """A client that fails a number of times before it does what it is asked."""

    def __init__(self, client: Any, failures: int, error: Exception | dict[str, Any]) -> None:
        self._client, self.failures, self._error = client, failures, error
        self.calls = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            self.calls += 1
            if self.calls <= self.failures:
                if isinstance(self._error, Exception):
                    raise self._error
                return self._error
            return method(**arguments)

        return call


def _client_error(code: str, reasons: list[str] | None = None) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": ""}}
    if reasons is not None:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, "TransactWriteItems")


def _failing(
    table: Table, failures: int, error: Exception | dict[str, Any]
) -> tuple[Table, Failing, list[float]]:
    client = Failing(aws.dynamodb(), failures, error)
    pauses: list[float] = []
    return Table(client, table._name, pause=pauses.append), client, pauses  # type: ignore[arg-type]


def test_a_transaction_that_meets_another_is_tried_again(table: Table) -> None:
    failing, client, pauses = _failing(
        table, 2, _client_error("TransactionCanceledException", ["TransactionConflict"])
    )
    failing.transact(Put(ITEM))
    assert client.calls == 3
    assert len(pauses) == 2
    assert table.get(Key("A", "1")) == ITEM


def test_a_write_that_meets_a_transaction_is_tried_again(table: Table) -> None:
    failing, client, pauses = _failing(table, 2, _client_error("TransactionConflictException"))
    failing.write(Put(ITEM))
    assert (client.calls, len(pauses)) == (3, 2)
    assert table.get(Key("A", "1")) == ITEM
    hopeless, client, _ = _failing(table, 1000, _client_error("TransactionConflictException"))
    with pytest.raises(TemporarilyUnavailable):
        hopeless.write(Delete(Key("A", "1")))
    assert client.calls == 8


def test_what_stays_busy_is_temporarily_unavailable(table: Table) -> None:
    conflict = _client_error("TransactionCanceledException", ["None", "ThrottlingError"])
    failing, client, _ = _failing(table, 1000, conflict)
    with pytest.raises(TemporarilyUnavailable):
        failing.transact(Put(ITEM))
    assert client.calls == 8


@pytest.mark.parametrize(
    "error",
    [
        _client_error("ProvisionedThroughputExceededException"),
        _client_error("InternalServerError"),
        ReadTimeoutError(endpoint_url="https://table.example"),
    ],
)
def test_a_silent_or_throttling_service_is_temporarily_unavailable(table: Table, error: Exception) -> None:
    failing, _, _ = _failing(table, 1000, error)
    for attempt in (
        lambda: failing.get(Key("A", "1")),
        lambda: failing.query("A"),
        lambda: failing.write(Put(ITEM)),
        lambda: failing.batch_get([Key("A", "1")]),
    ):
        with pytest.raises(TemporarilyUnavailable):
            attempt()


def test_a_programmers_mistake_stays_what_it_is(table: Table) -> None:
    failing, _, _ = _failing(table, 1, _client_error("ValidationException"))
    with pytest.raises(ClientError):
        failing.get(Key("A", "1"))


def test_unprocessed_keys_are_asked_for_again(table: Table) -> None:
    table.write(Put(ITEM))
    unprocessed = {
        "Responses": {},
        "UnprocessedKeys": {table._name: {"Keys": [{"PK": {"S": "A"}, "SK": {"S": "1"}}]}},
    }
    failing, client, _ = _failing(table, 3, unprocessed)
    assert failing.batch_get([Key("A", "1")]) == {Key("A", "1"): ITEM}
    assert client.calls == 4
    hopeless, _, _ = _failing(table, 1000, unprocessed)
    with pytest.raises(TemporarilyUnavailable):
        hopeless.batch_get([Key("A", "1")])


def test_undeleted_items_are_deleted_again(table: Table) -> None:
    table.write(Put(ITEM))
    request = {"DeleteRequest": {"Key": {"PK": {"S": "A"}, "SK": {"S": "1"}}}}
    failing, _, _ = _failing(table, 2, {"UnprocessedItems": {table._name: [request]}})
    failing.delete_all([Key("A", "1")])
    assert table.get(Key("A", "1")) is None


def test_an_idempotency_key_remembers_for_a_day_what_it_created(table: Table, clock: Any) -> None:
    request = IdempotentRequest("ann", "key-0001", "digest")
    assert created_before(table, request, clock()) is None
    table.transact(record(request, "created-1", clock()))
    assert created_before(table, request, clock()) == "created-1"
    assert created_before(table, IdempotentRequest("bob", "key-0001", "digest"), clock()) is None
    with pytest.raises(IdempotencyMismatch):
        created_before(table, IdempotentRequest("ann", "key-0001", "another"), clock())
    with pytest.raises(ConditionFailed):
        table.transact(record(request, "created-2", clock()))
    later = clock() + REMEMBERED * 1.01
    assert created_before(table, request, later) is None
    table.transact(record(request, "created-3", later))


def test_shards_of_contributions_are_even_and_stable() -> None:
    counts = [0] * keys.CONTRIBUTION_SHARDS
    for number in range(3200):
        counts[keys.contribution_shard(f"0192f0c1-7a39-7c38-9d1e-{number:012x}")] += 1
    assert min(counts) > 140
    assert keys.contribution_shard("0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10") == 2


def test_a_column_is_one_attribute_of_every_item_of_a_partition_page_after_page(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        line = {} if number == 3 else {"x": f"line {number}"}
        entry = keys.CONTRIBUTIONS.entry("CONTRIBUTION#00", f"{number}")
        table.write(
            Put({"PK": f"ORG#{number}", "SK": "SUBMISSION#benefits", **entry, **line, "other": number})
        )
    query = table._client.query
    monkeypatch.setattr(table._client, "query", lambda **request: query(**request, Limit=2))
    pages = list(table.column("CONTRIBUTION#00", keys.CONTRIBUTIONS, "x"))
    assert [line for page in pages for line in page] == ["line 0", "line 1", "line 2", "", "line 4"]
    assert len(pages) >= 3
    assert list(table.column("CONTRIBUTION#01", keys.CONTRIBUTIONS, "x")) == [[]]
