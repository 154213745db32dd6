"""DynamoDB's wire format: what items hold, and how it is written there.

As boto3's ``TypeSerializer`` and ``TypeDeserializer`` have it (a test compares), without importing boto3: that is
a tenth of a first request's time, and nothing else of it is used. Sets are of texts; bytes come back as bytes.
"""

from collections.abc import Callable, Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any, Final

from chalicelib.table.expressions import Update

_NUMBERS: Final = Context(
    prec=38, Emin=-128, Emax=126, traps=[Clamped, Overflow, Inexact, Rounded, Underflow]
)
"""The numbers that DynamoDB can hold."""


def to_wire(value: Any) -> dict[str, Any]:  # noqa: PLR0911 - one for each type
    """A value as it is written. Raises ``TypeError`` for what an item cannot hold, a float among it, and
    ``decimal.DecimalException`` for a number that would be rounded.

    >>> to_wire({"name": "Cedar", "rows": [1, None]})
    {'M': {'name': {'S': 'Cedar'}, 'rows': {'L': [{'N': '1'}, {'NULL': True}]}}}
    """
    match value:
        case str():
            return {"S": value}
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            number = _NUMBERS.create_decimal(value)
            if not number.is_finite():
                raise TypeError(f"{number} is no number that an item can hold")
            return {"N": str(number)}
        case Mapping():
            return {"M": {name: to_wire(one) for name, one in value.items()}}
        case list() | tuple():
            return {"L": [to_wire(one) for one in value]}
        case bytes():
            return {"B": value}
        case set() | frozenset() if value and all(isinstance(one, str) for one in value):
            return {"SS": sorted(value)}
        case _:
            raise TypeError(f"an item cannot hold {type(value).__name__}")


def from_wire(value: Mapping[str, Any]) -> Any:
    """The value that was written. Raises ``TypeError`` for a type that ``to_wire`` does not write."""
    [(kind, content)] = value.items()
    read = _READ.get(kind)
    if read is None:
        raise TypeError(f"{kind} is not a type that is stored here")
    return read(content)


def update_expression(update: Update, names: dict[str, str], values: dict[str, Any]) -> str:
    """What an update does, as it is written; the placeholders that it uses are added to ``names`` and ``values``."""
    clauses = []
    for word, changes, joint in (("SET", update.set, " = "), ("ADD", update.add, " ")):
        parts = []
        for position, (name, value) in enumerate(changes.items()):
            tag = f"{word[0].lower()}{position}"
            names[f"#{tag}"], values[f":{tag}"] = name, value
            parts.append(f"#{tag}{joint}:{tag}")
        if parts:
            clauses.append(f"{word} {', '.join(parts)}")
    if update.remove:
        names |= {f"#r{position}": name for position, name in enumerate(update.remove)}
        clauses.append("REMOVE " + ", ".join(f"#r{position}" for position in range(len(update.remove))))
    return " ".join(clauses)


def _same(content: Any) -> Any:
    return content


_READ: Final[dict[str, Callable[[Any], Any]]] = {
    "S": _same,
    "N": _NUMBERS.create_decimal,
    "M": lambda content: {name: from_wire(one) for name, one in content.items()},
    "L": lambda content: [from_wire(one) for one in content],
    "BOOL": _same,
    "NULL": lambda _: None,
    "SS": set,
    "B": _same,
}
