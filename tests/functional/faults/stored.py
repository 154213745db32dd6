"""What the in-process table holds: taken, put back, and compared whatever ids and times there are in it."""

import copy
import re
from collections import defaultdict
from typing import Any, Final

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table as StoredTable

from tests.conftest import TABLE

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_VARYING: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?"  # times
    r"|\b[12]\d{9}(?:\d{3})?\b"  # times in seconds and in milliseconds
    r"|\b[0-9a-f]{32,64}\b"  # digests
    r"|[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_-]{6,})+"  # signed texts
    r"|CONTRIBUTION#\d\d"  # the shard of a new id
)
State = dict[Any, dict[Any, Item]]


def stored_table() -> StoredTable:
    """The table that the in-process AWS has."""
    return dynamodb_backends["123456789012"]["us-east-1"].tables[TABLE]


def copied(items: State) -> State:
    """A copy that later writes leave alone: values are never changed in place, items are."""
    return {pk: {sk: _copy(item) for sk, item in of_pk.items()} for pk, of_pk in items.items() if of_pk}


def _copy(item: Item) -> Item:
    attributes: Any = LimitedSizeDict.__new__(LimitedSizeDict)
    dict.update(attributes, item.attrs)
    made: Item = copy.copy(item)
    made.attrs = attributes
    return made


def quick_copy(table: StoredTable, _memo: dict[int, Any]) -> StoredTable:
    """Stands for the deep copy that is made for each write of a transaction, to put it back where one fails."""
    made: StoredTable = copy.copy(table)
    made.items = defaultdict(dict, copied(table.items))
    return made


def taken() -> State:
    """All that the table holds."""
    return copied(stored_table().items)


def put_back(state: State) -> None:
    """Makes the table hold what it held."""
    stored_table().items = defaultdict(dict, copied(state))


def known_ids(state: State) -> frozenset[str]:
    """Every id that a state names."""
    return frozenset(
        found for of_pk in state.values() for item in of_pk.values() for found in _ID.findall(_text(item))
    )


def changes(before: State, known: frozenset[str]) -> list[str]:
    """What is different in the table now, as texts in an order of their own.

    Ids that are not among the ``known`` ones are all the same, and so are times.
    """
    after = stored_table().items
    found = [f"gone: {pk} {sk}" for pk in before for sk in before[pk] if sk not in after.get(pk, ())]
    for pk, of_pk in after.items():
        old = before.get(pk, {})
        found += [_text(item) for sk, item in of_pk.items() if sk not in old or old[sk].attrs != item.attrs]
    return sorted(
        _VARYING.sub("<varying>", _ID.sub(lambda one: one[0] if one[0] in known else "<new>", text))
        for text in found
    )


def _text(item: Item) -> str:
    return repr(sorted(item.to_json()["Attributes"].items()))
