"""What the roles of the deployable template allow, held against what the functions ask of the table.

The in-process AWS lets everything through. So requests are listened to, and each is judged by the statements of a role,
as far as ours go: actions, the table or an index of it, and conditions on partitions and attributes.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

import yaml

from chalicelib import aws
from tests.factories import TEMPLATE


class _Loader(yaml.SafeLoader):
    """Reads a template; of its functions, the text stays."""


def _text(_: yaml.SafeLoader, __: str, node: yaml.Node) -> str:
    return str(node.value)


_Loader.add_multi_constructor("!", _text)


@lru_cache(maxsize=1)
def _resources() -> dict[str, Any]:
    loaded = yaml.load(TEMPLATE.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a safe loader
    return dict(loaded["Resources"])


@dataclass(frozen=True)
class Asked:
    """One thing asked of the table: of which partitions, through which index (empty: the table itself)."""

    action: str
    partitions: frozenset[str]
    index: str = ""
    attributes: frozenset[str] | None = None
    """Those asked for by name; None where all are."""


@dataclass
class Requests:
    """Everything that was asked."""

    asked: list[Asked] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Requests]:
    """Notes what the process asks of the table meanwhile."""
    heard = Requests()

    def note(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        heard.asked += _asked(model.name, params)

    events = aws.dynamodb().meta.events
    events.register("provide-client-params.dynamodb", note)
    try:
        yield heard
    finally:
        events.unregister("provide-client-params.dynamodb", note)


def refused(role: str, requests: Requests) -> list[Asked]:
    """What the role does not allow of what was asked."""
    (policy,) = _resources()[role]["Properties"]["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    return [one for one in dict.fromkeys(requests.asked) if not _allowed(statements, one)]


def _allowed(statements: list[dict[str, Any]], asked: Asked) -> bool:
    fitting = [one["Effect"] for one in statements if _fits(one, asked)]
    return "Allow" in fitting and "Deny" not in fitting


def _fits(statement: Mapping[str, Any], asked: Asked) -> bool:
    resource = f"${{Table.Arn}}/index/{asked.index}" if asked.index else "Table.Arn"
    return (
        f"dynamodb:{asked.action}" in _list(statement["Action"])
        and resource in _list(statement["Resource"])
        and all(
            _holds(operator, key, _list(wanted), asked)
            for operator, conditions in statement.get("Condition", {}).items()
            for key, wanted in conditions.items()
        )
    )


def _holds(operator: str, key: str, wanted: list[str], asked: Asked) -> bool:
    values = {
        "dynamodb:LeadingKeys": asked.partitions,
        "dynamodb:Attributes": asked.attributes or frozenset(),
        "dynamodb:Select": frozenset({"SPECIFIC_ATTRIBUTES" if asked.attributes else "ALL_ATTRIBUTES"}),
    }[key]
    like = "Like" in operator
    fitting = [any(fnmatchcase(value, one) if like else value == one for one in wanted) for value in values]
    return any(fitting) if operator.startswith("ForAnyValue") else all(fitting)


def _asked(operation: str, params: Mapping[str, Any]) -> Iterator[Asked]:
    match operation:
        case "PutItem":
            yield Asked(operation, _partitions(params["Item"]))
        case "GetItem" | "UpdateItem" | "DeleteItem":
            yield Asked(operation, _partitions(params["Key"]))
        case "BatchGetItem":
            for wanted in params["RequestItems"].values():
                yield Asked(operation, _partitions(*wanted["Keys"]))
        case "BatchWriteItem":
            for writes in params["RequestItems"].values():
                items = [one["PutRequest"]["Item"] for one in writes if "PutRequest" in one]
                items += [one["DeleteRequest"]["Key"] for one in writes if "DeleteRequest" in one]
                yield Asked(operation, _partitions(*items))
        case "TransactWriteItems":
            for write in params["TransactItems"]:
                ((kind, what),) = write.items()
                action = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
                yield Asked(action, _partitions(what["Item"] if kind == "Put" else what["Key"]))
        case "Query":
            names = params["ExpressionAttributeNames"]
            projected = params.get("ProjectionExpression", "")
            partition = params["ExpressionAttributeValues"][":pk"]["S"]
            yield Asked(
                operation,
                frozenset({partition}),
                params.get("IndexName", ""),
                frozenset(names.values()) if projected else None,
            )
        case _:
            raise AssertionError(f"nobody judges {operation}")


def _partitions(*items: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(item["PK"]["S"] for item in items)


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        # A list inside a function is a list of nodes.
        return [one.value if isinstance(one, yaml.Node) else one for one in value]
    return [value]
