"""Items that cannot be read, of every kind that a list or a job reads: which there are, and what they may change.

What reads many items at once is found by listening to it, so that no kind is forgotten. Of each kind one item is
poisoned, an attribute at a time: where it stands, and once more as a copy beside it, which nobody misses.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import cycle
from typing import Any, Final, NamedTuple

import boto3
from moto.dynamodb.models.dynamo_type import DynamoType

from chalicelib import aws
from chalicelib.table import keys
from tests.conftest import TABLE
from tests.functional.faults.stored import stored_table

#: What stands where something else should; None is nothing.
POISONS: Final[dict[str, Any]] = {
    "another type": {"M": {"a": {"N": "7"}}},
    "nothing": None,
    "no JSON": {"S": "{"},
    "JSON of something else": {"S": '{"id": 1}'},
    "a list": {"L": [{"N": "1"}]},
    "bytes": {"B": "/w=="},
}
_KEYS: Final = {
    "PK",
    "SK",
    *(name for index in (keys.DIRECTORY, keys.NEARBY, keys.CONTRIBUTIONS) for name in (index.pk, index.sk)),
}
_INDEXES: Final = {index.name: index for index in (keys.DIRECTORY, keys.NEARBY, keys.CONTRIBUTIONS)}
#: Sort keys that hold no id: what tells one item from another is in the partition key.
_FIXED: Final = re.compile(r"[A-Z_]+")


class Row(NamedTuple):
    """A row of the table of access patterns that reads many items at once."""

    asked: str
    through: str
    pk: re.Pattern[str]
    sk: re.Pattern[str]


class Read(NamedTuple):
    """An item that a read of many gave: its key, and the key by which it was found."""

    key: keys.Key
    through: str
    found: keys.Key


def rows() -> list[Row]:
    """The access patterns that read many items at once, as the catalogue of keys has them."""
    assert keys.__doc__ is not None
    found = re.findall(
        r"^(\S.*?)  +(Query.*?|BatchGet|as of .*?)  +(\S+) / (.*?)\s*$", keys.__doc__, re.MULTILINE
    )
    assert len(found) > 40
    made = []
    for asked, how, pk, sk in found:
        index = next((name for name in _INDEXES if name in how), "")
        made.append(Row(asked, index, _pattern(pk), _pattern(sk)))
    return made


def _pattern(key: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"<\\?[\w-]+>|\\\*", ".+", re.escape(key).replace(r"\-", "-")))


@dataclass
class Reading:
    """Listens to the table's client, and notes what reads of many gave."""

    reads: dict[keys.Key, Read] = field(default_factory=dict)

    @contextmanager
    def listening(self) -> Iterator["Reading"]:
        """While inside, reads are noted."""
        events, beside = aws.dynamodb().meta.events, _beside()

        def begin(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            context["asked"] = dict(params)

        def end(parsed: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
            if model.name == "Query":
                self._note_query(beside, context["asked"])
            elif model.name == "BatchGetItem":
                for item in parsed["Responses"].get(TABLE, ()):
                    key = keys.Key(item["PK"]["S"], item["SK"]["S"])
                    self.reads.setdefault(key, Read(key, "", key))

        events.register("before-parameter-build.dynamodb", begin, unique_id="reading-begin")
        events.register("after-call.dynamodb", end, unique_id="reading-end")
        try:
            yield self
        finally:
            events.unregister("before-parameter-build.dynamodb", unique_id="reading-begin")
            events.unregister("after-call.dynamodb", unique_id="reading-end")

    def _note_query(self, beside: Any, asked: dict[str, Any]) -> None:
        whole = {name: value for name, value in asked.items() if name != "ProjectionExpression"}
        used = set(re.findall(r"#\w+", whole["KeyConditionExpression"]))
        whole["ExpressionAttributeNames"] = {
            name: value for name, value in whole["ExpressionAttributeNames"].items() if name in used
        }
        index = asked.get("IndexName", "")
        pk, sk = (_INDEXES[index].pk, _INDEXES[index].sk) if index else ("PK", "SK")
        for item in beside.query(**whole)["Items"]:
            key = keys.Key(item["PK"]["S"], item["SK"]["S"])
            self.reads.setdefault(key, Read(key, index, keys.Key(item[pk]["S"], item[sk]["S"])))

    def kinds(self) -> dict[tuple[str, str, str], Read]:
        """One read of each kind: the last there is."""
        return {(one.through, _kind(one.key.pk), _kind(one.key.sk)): one for one in self.reads.values()}


@lru_cache(maxsize=1)
def _beside() -> Any:
    """A client that nobody listens to."""
    return boto3.client("dynamodb")


def _kind(key: str) -> str:
    """What is left of a key without ids, names and moments."""
    return re.sub(r"[#][^#]*[0-9a-z][^#]*", "#", f"#{key}" if key.islower() else key)


def attributes_of(key: keys.Key) -> list[str]:
    """The attributes of an item that can be poisoned: a key cannot, nor what makes an item go by itself."""
    item = _stored(key)
    return [name for name in item.attrs if name not in _KEYS and name != "expires_at"]


def poison(key: keys.Key, attribute: str, value: Any) -> None:
    """Breaks an attribute of an item where it stands."""
    item = _stored(key)
    item.attrs.pop(attribute)
    if value is not None:
        item.attrs[attribute] = DynamoType(value)


def plant(key: keys.Key, attribute: str, value: Any) -> keys.Key:
    """Puts a broken copy of an item right beside it, in every index that it is in. Gives the copy's key."""
    wire = _stored(key).to_json()["Attributes"]
    items = stored_table().items
    beside = {
        name: {"S": _beside_of(one["S"], [one["S"]])}
        for name, one in wire.items()
        if name in _KEYS - {"SK"} and name.endswith("SK")
    }
    if _FIXED.fullmatch(key.sk):
        beside["PK"] = {"S": _beside_of(key.pk, [pk.value for pk in items])}
    else:
        there = [sk.value for sk in items[DynamoType({"S": key.pk})]]
        beside["SK"] = {"S": _beside_of(key.sk, there)}
    made = wire | beside
    planted = keys.Key(made["PK"]["S"], made["SK"]["S"])
    stored_table().put_item(made)
    poison(planted, attribute, value)
    return planted


def _stored(key: keys.Key) -> Any:
    pk, sk = (DynamoType({"S": part}) for part in key)
    return stored_table().items[pk][sk]


def _beside_of(text: str, taken: Iterable[str]) -> str:
    """A text of the same length and kind, right behind or before: its last character is another."""
    others = "0123456789abcdef" if text[-1] in "0123456789abcdef" else "xyzghijk"
    return next(one for one in (text[:-1] + last for last in others) if one not in taken)


def ids_in(key: keys.Key) -> list[str]:
    """What an answer may call an item by: the parts of its key."""
    return [part for part in re.split(r"[#/]", f"{key.pk}#{key.sk}") if re.search(r"[0-9a-z]", part)]


def lists_in(answer: Any) -> dict[str, list[Any]]:
    """The lists of things in an answer, by name."""
    if not isinstance(answer, dict):
        return {}
    return {
        name: value
        for name, value in answer.items()
        if isinstance(value, list) and any(isinstance(one, dict) for one in value)
    }


def missing(good: Any, pages: list[Any], ids: list[str]) -> list[str]:
    """What pages lack of an answer that nothing was wrong with, leaving out what names one of the ids."""
    lacking = []
    for name, entries in lists_in(good).items():
        left = [repr(one) for page in pages for one in (page or {}).get(name) or ()]
        lacking += [
            text for text in map(repr, entries) if text not in left and not any(one in text for one in ids)
        ]
    return lacking


def unread(known: list[Row], reads: list[Read]) -> set[str]:
    """Those access patterns by which nothing was read."""
    return {row.asked for row in known if not any(_is_by(row, read) for read in reads)}


def _is_by(row: Row, read: Read) -> bool:
    return (
        row.through == read.through
        and row.pk.fullmatch(read.found.pk) is not None
        and row.sk.fullmatch(read.found.sk) is not None
    )


def every_way() -> list[tuple[str, Any, bool]]:
    """Every poison, in place and beside."""
    return [(what, value, in_place) for what, value in POISONS.items() for in_place in (True, False)]


def one_a_time() -> Callable[[], list[tuple[str, Any, bool]]]:
    """Gives one way to poison, each time the next."""
    ways = cycle(every_way())
    return lambda: [next(ways)]
