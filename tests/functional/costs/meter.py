"""What requests to the table cost, by the sizes of the items they touch.

The rules are DynamoDB's own (developer guide, "Read and write operations" and "Item sizes"): a consistent read costs a
unit for each 4 KB begun, one of an index half of that; a query is rounded up once over all it read, whatever part of it
is sent; a write costs a unit for each 1 KB begun of the larger of the item before and after, twice that in a
transaction, a condition check included; and what it changes in an index costs the same again, once. An in-process AWS
reports units too, but not these.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import boto3

from chalicelib.table import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READ: Final = 4096
_WRITE: Final = 1024
#: The indexes, and what one carries of an item beside keys; None is everything.
_INDEXES: Final = ((keys.DIRECTORY, None), (keys.NEARBY, None), (keys.CONTRIBUTIONS, ("x",)))

Wire = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Touch:
    """An item, or a range of an index or of the table, that a request read or wrote."""

    what: str
    """``ORG#/PROFILE``, ``directory:USER#``; a write's begins with ``+``, a condition check's with ``=``."""
    which: str
    """What tells it from others of its kind."""
    units: float
    """Those of a read are for what came back of it, where it may lag; those of a write are what it cost."""
    consistent: bool = False


@dataclass
class Cost:
    """What something cost: requests to the table, and units."""

    calls: int = 0
    reads: float = 0
    writes: int = 0
    operations: list[str] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list, compare=False)


def size_of(item: Wire) -> int:
    """The size of an item in bytes, as it is charged."""
    return sum(len(name.encode()) + _value(value) for name, value in item.items())


def _value(value: Wire) -> int:
    ((kind, held),) = value.items()
    sizes: dict[str, Callable[[], int]] = {
        "S": lambda: len(held.encode()),
        "B": lambda: len(held),
        "N": lambda: (len(str(held).lstrip("-").replace(".", "").strip("0")) + 1) // 2 + 1,
        "L": lambda: 3 + sum(1 + _value(one) for one in held),
        "M": lambda: 3 + sum(1 + len(name.encode()) + _value(one) for name, one in held.items()),
        "SS": lambda: sum(len(one.encode()) for one in held),
    }
    return sizes[kind]() if kind in sizes else 1


def _entry(item: Wire | None, index: keys.Index, carried: tuple[str, ...] | None) -> Wire | None:
    if item is None or index.pk not in item or index.sk not in item:
        return None
    if carried is None:
        return item
    return {name: value for name, value in item.items() if name in ("PK", "SK", index.pk, index.sk, *carried)}


def _units(size: int, unit: int) -> int:
    return max(1, ceil(size / unit))


def write_units(before: Wire | None, after: Wire | None, *, in_transaction: bool) -> int:
    """The units of a write that turns an item into another; None is no item."""
    size = max(size_of(before or {}), size_of(after or {}))
    units = _units(size, _WRITE) * (2 if in_transaction else 1)
    for index, carried in _INDEXES:
        old, new = _entry(before, index, carried), _entry(after, index, carried)
        if (
            old is not None
            and new is not None
            and old[index.pk] == new[index.pk]
            and old[index.sk] == new[index.sk]
        ):
            units += _units(max(size_of(old), size_of(new)), _WRITE) if old != new else 0
        else:
            units += sum(_units(size_of(one), _WRITE) for one in (old, new) if one is not None)
    return units


class Meter:
    """Listens to a client, and reads beside it what the requests touched."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._beside = boto3.client("dynamodb")
        self._table = table
        self._cost = Cost()
        self.put: list[Wire] = []
        """Every item that was put."""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While inside, requests are counted."""
        events = self._client.meta.events
        events.register("before-parameter-build.dynamodb", self._begin, unique_id="meter-begin")
        events.register("after-call.dynamodb", self._end, unique_id="meter-end")
        try:
            yield
        finally:
            events.unregister("before-parameter-build.dynamodb", unique_id="meter-begin")
            events.unregister("after-call.dynamodb", unique_id="meter-end")

    def taken(self) -> Cost:
        """What was counted since the last time."""
        cost, self._cost = self._cost, Cost()
        return cost

    def _begin(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        context["asked"] = dict(params)
        touched = _keys_written(model.name, params, self._table)
        self.put += [one["Put"]["Item"] for one in params.get("TransactItems", ()) if "Put" in one]
        self.put += [params["Item"]] if "Item" in params else []
        context["before"] = [(key, self._get(key)) for key in touched]

    def _end(self, parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        asked = context["asked"]
        assert "Error" not in parsed, f"{model.name}: {parsed['Error']}"
        self._cost.calls += 1
        self._cost.operations.append(model.name)
        match model.name:
            case "GetItem":
                self._read(asked["Key"], parsed.get("Item"), asked)
            case "BatchGetItem":
                many = asked["RequestItems"][self._table]
                for key in many["Keys"]:
                    self._read(key, self._get(key), many)
            case "Query":
                self._queries(asked, parsed["Items"])
            case "TransactWriteItems":
                kinds = [kind for one in asked["TransactItems"] for kind in one]
                for kind, (key, before) in zip(kinds, context["before"], strict=True):
                    self._wrote(key, before, kind == "ConditionCheck", in_transaction=True)
            case _:
                for key, before in context["before"]:
                    self._wrote(key, before, False, in_transaction=False)

    def _read(self, key: Any, item: Wire | None, asked: Mapping[str, Any]) -> None:
        units = _units(size_of(item or {}), _READ)
        consistent = bool(asked.get("ConsistentRead"))
        self._cost.reads += units * (1 if consistent else 0.5)
        self._cost.touches.append(Touch(shape_of(key), str(key), units / 2, consistent))

    def _queries(self, asked: dict[str, Any], sent: list[Any]) -> None:
        items = self._queried(asked)
        units = _units(sum(map(size_of, items)), _READ)
        consistent = bool(asked.get("ConsistentRead"))
        self._cost.reads += units * (1 if consistent else 0.5)
        given = items[: len(sent)]
        values = [next(iter(one.values())) for one in asked["ExpressionAttributeValues"].values()]
        name = ":".join(filter(None, (asked.get("IndexName"), *map(_bare, values[:2]))))
        needed = _units(sum(map(size_of, given)), _READ) / 2
        start = asked.get("ExclusiveStartKey", "")
        self._cost.touches.append(Touch(f"{name}*", f"{values}{start}", needed, consistent))

    def _wrote(self, key: Any, before: Wire | None, is_check: bool, *, in_transaction: bool) -> None:
        after = self._get(key)
        units = write_units(before, after, in_transaction=in_transaction)
        self._cost.writes += units
        mark = "=" if is_check else "+"
        self._cost.touches.append(Touch(mark + shape_of(key), str(key), units))

    def _get(self, key: Any) -> Wire | None:
        return self._beside.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def _queried(self, asked: dict[str, Any]) -> list[Any]:
        """All of the items that a query read: what it sends may be less."""
        whole = {name: value for name, value in asked.items() if name != "ProjectionExpression"}
        used = set(re.findall(r"#\w+", whole["KeyConditionExpression"]))
        whole["ExpressionAttributeNames"] = {
            name: value for name, value in whole["ExpressionAttributeNames"].items() if name in used
        }
        return list(self._beside.query(**whole)["Items"])


def shape_of(key: Wire) -> str:
    """What kind of item is under a key: ``ORG#/MEMBER#``."""
    return "/".join(_bare(key[part]["S"]) for part in ("PK", "SK"))


def _bare(text: str) -> str:
    return re.sub(r"#.*|[0-9].*", "#", text)


def _keys_written(operation: str, params: dict[str, Any], table: str) -> list[Any]:
    match operation:
        case "PutItem":
            return [_key_of(params["Item"])]
        case "UpdateItem" | "DeleteItem":
            return [params["Key"]]
        case "TransactWriteItems":
            parts = [part for one in params["TransactItems"] for part in one.values()]
            return [part["Key"] if "Key" in part else _key_of(part["Item"]) for part in parts]
        case "BatchWriteItem":
            return [one["DeleteRequest"]["Key"] for one in params["RequestItems"][table]]
    return []


def _key_of(item: Wire) -> Wire:
    return {"PK": item["PK"], "SK": item["SK"]}
