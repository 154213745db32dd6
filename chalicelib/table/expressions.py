"""Conditions and writes as values: built by the stores, understood by the table alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.table.keys import Key

Item = dict[str, Any]
"""An item in plain Python: strings, integers, booleans, bytes, lists and dictionaries. No floats: DynamoDB has none."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition expression; ``&`` joins two. Attribute names are given as they are, placeholders are made here."""

    expression: str
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(
            f"({self.expression}) AND ({other.expression})",
            {**self.names, **other.names},
            {**self.values, **other.values},
        )

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(
            f"({self.expression}) OR ({other.expression})",
            {**self.names, **other.names},
            {**self.values, **other.values},
        )


def _compare(attribute: str, operator: str, value: Any) -> Condition:
    tag = {"=": "eq", "<>": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[operator]
    return Condition(
        f"#c_{attribute} {operator} :c_{attribute}_{tag}",
        {f"#c_{attribute}": attribute},
        {f":c_{attribute}_{tag}": value},
    )


def equals(attribute: str, value: Any) -> Condition:
    """The attribute is there and has this value."""
    return _compare(attribute, "=", value)


def one_of(attribute: str, values: Sequence[Any]) -> Condition:
    """The attribute is there and has one of these values (at most 100)."""
    tags = {f":c_{attribute}_in{position}": value for position, value in enumerate(values)}
    return Condition(f"#c_{attribute} IN ({', '.join(tags)})", {f"#c_{attribute}": attribute}, tags)


def at_most(attribute: str, value: Any) -> Condition:
    """The attribute is there and not greater than this value."""
    return _compare(attribute, "<=", value)


def less_than(attribute: str, value: Any) -> Condition:
    """The attribute is there and less than this value."""
    return _compare(attribute, "<", value)


def at_least(attribute: str, value: Any) -> Condition:
    """The attribute is there and not less than this value."""
    return _compare(attribute, ">=", value)


def differs(attribute: str, value: Any) -> Condition:
    """The attribute has another value than this."""
    return _compare(attribute, "<>", value)


def exists() -> Condition:
    """There is such an item."""
    return Condition("attribute_exists(PK)")


def missing() -> Condition:
    """There is no such item yet."""
    return Condition("attribute_not_exists(PK)")


def without(attribute: str) -> Condition:
    """The item, if there is one, lacks the attribute."""
    return Condition(f"attribute_not_exists(#c_{attribute})", {f"#c_{attribute}": attribute})


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole item, which carries its own key."""

    item: Item
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Set, remove and add to attributes of one item; creates it where the condition allows."""

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    add: Mapping[str, int] = field(default_factory=dict)
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete one item."""

    key: Key
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but let the transaction fail where the condition does not hold."""

    key: Key
    condition: Condition


Write = Put | Update | Delete | Check


def key_of(write: Write) -> Key:
    """The key of the item that a write is about."""
    return Key(write.item["PK"], write.item["SK"]) if isinstance(write, Put) else write.key


def applied(write: Put | Update | Delete, before: Item | None) -> Item | None:
    """What a write makes of an item; None is no item."""
    match write:
        case Put(item=item):
            return dict(item)
        case Delete():
            return None
    item = {"PK": write.key.pk, "SK": write.key.sk, **(before or {}), **write.set}
    item |= {name: item.get(name, 0) + by for name, by in write.add.items()}
    return {name: value for name, value in item.items() if name not in write.remove}


def is_done(write: Put | Update | Delete, found: Item) -> bool:
    """Whether an item, ``{}`` for none, is as a write would leave it. What it adds to is not looked at."""
    match write:
        case Put(item=item):
            return found == item
        case Delete():
            return not found
    changed = all(found.get(name) == value for name, value in write.set.items())
    return (
        bool(write.set or write.remove) and changed and bool(found) and found.keys().isdisjoint(write.remove)
    )
