"""The table as the stores see it: plain items in and out, and the domain's errors instead of botocore's.

Throttling and lost connections are retried with jittered back-off, by botocore for single calls and here for what
botocore leaves to its caller (unprocessed batch items, writes that met a transaction). What still fails is
``TemporarilyUnavailable``; a condition that did not hold is ``ConditionFailed``.
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.table import reading
from chalicelib.table.expressions import Check, Condition, Delete, Item, Put, Update, Write, is_done
from chalicelib.table.failures import MetAnother, found_by_retry, translated
from chalicelib.table.keys import Index, Key
from chalicelib.table.wire import from_wire, to_wire, update_expression

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRANSACTION_LIMIT: Final = 100
"""Writes one transaction can hold (a limit of DynamoDB)."""

_ATTEMPTS: Final = 8


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a query. ``next`` is where the following page starts, or None at the end."""

    items: list[Item]
    next: Item | None


class Table:
    """A DynamoDB table. Holds no state but its client, so one serves a whole process."""

    def __init__(
        self, client: "DynamoDBClient", name: str, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._name = name
        self._pause = pause

    # -- reads

    def get(self, key: Key, *, consistent: bool = True) -> Item | None:
        """The item under a key, or None."""
        request = reading.current()
        consistent = consistent and request.consistent
        if request.knows(key, consistent=consistent):
            return request.item(key)
        with translated():
            answer = self._client.get_item(
                TableName=self._name, Key=self._wire_key(key), ConsistentRead=consistent
            )
        item = self._decode(answer["Item"]) if "Item" in answer else None
        request.keep(key, item, consistent=consistent)
        return item

    def batch_get(self, keys: Iterable[Key], attributes: Sequence[str] = ()) -> dict[Key, Item]:
        """The items that exist under the keys, in requests of 100; ``attributes`` limits what comes back."""
        request = reading.current()
        distinct = dict.fromkeys(keys)
        known = request.among(distinct)
        found: dict[Key, Item] = {key: item for key, item in known.items() if item is not None}
        wanted = tuple(dict.fromkeys(("PK", "SK", *attributes))) if attributes else ()
        asked: Any = {"ConsistentRead": request.many_consistent}
        if wanted:
            names = {f"#p{position}": name for position, name in enumerate(wanted)}
            asked |= {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        for chunk in _chunks([key for key in distinct if key not in known], 100):
            asked["Keys"] = [self._wire_key(key) for key in chunk]
            for attempt in range(_ATTEMPTS):
                with translated():
                    answer = self._client.batch_get_item(RequestItems={self._name: asked})
                for wire in answer["Responses"].get(self._name, ()):
                    item = self._decode(wire)
                    found[Key(item["PK"], item["SK"])] = item
                unprocessed = answer["UnprocessedKeys"].get(self._name)
                if not unprocessed:
                    break
                asked["Keys"] = list(unprocessed["Keys"])
                self._back_off(attempt)
            else:
                raise TemporarilyUnavailable(
                    "The directory is busy: not everything could be read. Try again."
                )
            for key in () if wanted else chunk:
                request.keep(key, found.get(key), consistent=request.many_consistent)
        return found

    def query(  # noqa: PLR0913 - a query has this many parts
        self,
        pk: str,
        *,
        begins_with: str = "",
        between: tuple[str, str] | None = None,
        index: Index | None = None,
        limit: int | None = None,
        start: Item | None = None,
        descending: bool = False,
        attributes: Sequence[str] = (),
    ) -> Page:
        """One page of a partition in the order of its sort key.

        ``begins_with`` or ``between`` (both ends included) narrow the sort key. A page holds at most ``limit`` items
        and 1 MB. Without an index the read is consistent, where the request asks for it.
        """
        pk_name, sk_name = (index.pk, index.sk) if index else ("PK", "SK")
        names = {"#pk": pk_name}
        values: dict[str, Any] = {":pk": pk}
        expression = "#pk = :pk"
        if between is not None:
            expression += " AND #sk BETWEEN :low AND :high"
            names["#sk"], values[":low"], values[":high"] = sk_name, *between
        elif begins_with:
            expression += " AND begins_with(#sk, :prefix)"
            names["#sk"], values[":prefix"] = sk_name, begins_with
        request: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": expression,
            "ExpressionAttributeValues": self._encode(values),
            "ScanIndexForward": not descending,
        }
        if index is None:
            request["ConsistentRead"] = reading.current().consistent
        else:
            request["IndexName"] = index.name
        if limit is not None:
            request["Limit"] = limit
        if start is not None:
            request["ExclusiveStartKey"] = self._encode(start)
        if attributes:
            # The key always comes along: it says which item it is that cannot be read.
            wanted = dict.fromkeys(("PK", "SK", *attributes))
            names |= {f"#p{position}": name for position, name in enumerate(wanted)}
            request["ProjectionExpression"] = ", ".join(f"#p{position}" for position in range(len(wanted)))
        with translated():
            answer = self._client.query(ExpressionAttributeNames=names, **request)
        last = answer.get("LastEvaluatedKey")
        return Page([self._decode(wire) for wire in answer["Items"]], self._decode(last) if last else None)

    def query_all(self, pk: str, **options: Any) -> Iterator[Item]:
        """Every item of a query, page after page. Takes what ``query`` takes, but ``start``."""
        start: Item | None = None
        while True:
            page = self.query(pk, start=start, **options)
            yield from page.items
            if page.next is None:
                return
            start = page.next

    def column(self, pk: str, index: Index, attribute: str) -> Iterator[list[str]]:
        """One text attribute of every item of an index partition, in key order and page by page.

        Nothing else is asked for, and nothing is deserialized: what a read costs in the process goes by the
        attribute. An item without the attribute, or with one that is no text, is ``""``.
        """
        request: dict[str, Any] = {
            "TableName": self._name,
            "IndexName": index.name,
            "KeyConditionExpression": "#pk = :pk",
            "ProjectionExpression": "#attribute",
            "ExpressionAttributeNames": {"#pk": index.pk, "#attribute": attribute},
            "ExpressionAttributeValues": {":pk": {"S": pk}},
        }
        while True:
            with translated():
                answer = self._client.query(**request)
            yield [item.get(attribute, {}).get("S", "") for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    # -- writes

    def write(self, write: Put | Update | Delete) -> None:
        """One conditional write. Raises ``ConditionFailed`` with position 0 where its condition does not hold.

        A write that took effect, but whose answer was lost, is sent again by botocore, and then fails its own
        condition: where the item is what was to be written, it was this one.
        """
        request = self._wire_write(write)
        if write.condition is not None:
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        try:
            with reading.current().changing([write]):
                match write:
                    case Put():
                        self._tried(lambda: self._client.put_item(**request))
                    case Update():
                        self._tried(lambda: self._client.update_item(**request))
                    case Delete():
                        self._tried(lambda: self._client.delete_item(**request))
        except ConditionFailed as failed:
            found = found_by_retry(failed)
            if found is None or not is_done(write, self._decode(found)):
                raise

    def transact(self, *writes: Write) -> None:
        """All of the writes or none, at most 100. Raises ``ConditionFailed`` with the positions that did not hold.

        A call that is repeated after a lost answer is recognized by its token, so it counts once.
        """
        kinds = {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}
        items: list[Any] = [{kinds[type(write)]: self._wire_write(write)} for write in writes]
        with reading.current().changing(writes):
            self._tried(lambda: self._client.transact_write_items(TransactItems=items))

    def delete_all(self, keys: Iterable[Key]) -> None:
        """Delete items without conditions, in requests of 25."""
        for chunk in _chunks(dict.fromkeys(keys), 25):
            pending: list[Any] = [{"DeleteRequest": {"Key": self._wire_key(key)}} for key in chunk]
            with reading.current().changing([Delete(key) for key in chunk]):
                self._delete(pending)

    def _delete(self, pending: list[Any]) -> None:
        for attempt in range(_ATTEMPTS):
            with translated():
                answer = self._client.batch_write_item(RequestItems={self._name: pending})
            pending = list(answer["UnprocessedItems"].get(self._name, ()))
            if not pending:
                return
            self._back_off(attempt)
        raise TemporarilyUnavailable("The directory is busy: not everything was deleted. Try again.")

    def _tried(self, call: Callable[[], object]) -> None:
        """Makes a call, and makes it again where it met a transaction."""
        for attempt in range(_ATTEMPTS - 1):
            try:
                with translated():
                    call()
            except MetAnother:
                self._back_off(attempt)
            else:
                return
        with translated():
            call()

    # -- wire format

    def _back_off(self, attempt: int) -> None:
        self._pause(random.uniform(0, min(2.0, 0.05 * 2**attempt)))  # noqa: S311 - jitter, not a secret

    def _encode(self, item: Mapping[str, Any]) -> dict[str, Any]:
        return {name: to_wire(value) for name, value in item.items()}

    def _decode(self, wire: Mapping[str, Any]) -> Item:
        return {name: from_wire(value) for name, value in wire.items()}

    def _wire_key(self, key: Key) -> Any:
        return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}

    def _wire_write(self, write: Write) -> Any:
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        request: dict[str, Any] = {"TableName": self._name}
        match write:
            case Put(item=item):
                request["Item"] = self._encode(item)
            case Update():
                request["Key"] = self._wire_key(write.key)
                request["UpdateExpression"] = update_expression(write, names, values)
            case Delete() | Check():
                request["Key"] = self._wire_key(write.key)
        condition: Condition | None = write.condition
        if condition is not None:
            request["ConditionExpression"] = condition.expression
            names |= condition.names
            values |= condition.values
        if names:
            request["ExpressionAttributeNames"] = names
        if values:
            request["ExpressionAttributeValues"] = self._encode(values)
        return request


def _chunks(keys: Iterable[Key], size: int) -> Iterator[list[Key]]:
    rest = iter(keys)
    while chunk := list(islice(rest, size)):
        yield chunk


@lru_cache(maxsize=1)
def connect() -> Table:
    """The deployment's table."""
    from chalicelib.aws import dynamodb
    from chalicelib.config import config

    return Table(dynamodb(), config().table_name)
