"""What the fuzzer is told beyond the API's document: who it plays, and what that person may reach.

Loaded by schemathesis in its own environment (``infra.fuzz`` starts it), so it imports nothing of the project. The file
that ``CONNECTS_FUZZ`` names says who plays, who may use each operation, and which ids are that person's own.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis

_WORLD = json.loads(Path(os.environ["CONNECTS_FUZZ"]).read_text(encoding="utf-8"))
_PLAYED: str = _WORLD["played"]
_RULES: dict[str, str] = _WORLD["rules"]
_OWN: set[str] = set(_WORLD["own"])
"""Grows with what the person makes."""


def authorization(ctx: Any, response: Any, case: Any) -> None:  # noqa: ARG001 - the shape of a check
    """Fails where somebody was let through whom the operation's permission does not mean."""
    asked = f"{response.request.method} {case.operation.path}"
    if not 200 <= response.status_code < 300 or asked not in _RULES:
        return
    places = [str(value) for value in (case.path_parameters or {}).values()]
    if isinstance(case.body, dict):
        places.append(str(case.body.get("organization_id", "")))
    if not _may(_RULES[asked], not _OWN.isdisjoint(places)):
        raise AssertionError(f"{_PLAYED} was let through: {asked} is for {_RULES[asked]}")
    if response.request.method != "GET" or case.operation.path.startswith("/v1/me/"):
        _OWN.update(_ids(_json(response)))


def _may(rule: str, own: bool) -> bool:
    if rule == "everybody":
        return True
    if _PLAYED == "nobody":
        return False
    if rule == "who is signed in":
        return True
    if rule == "administrators":
        return _PLAYED == "admin"
    if _PLAYED == "admin" and rule != "members":
        return True
    return own or (_PLAYED == "member" and rule == "participants")


def _json(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _ids(node: Any) -> Iterator[str]:
    """Every ``id`` in a JSON document."""
    if isinstance(node, dict):
        if isinstance(node.get("id"), str):
            yield node["id"]
        node = list(node.values())
    for child in node if isinstance(node, list) else ():
        yield from _ids(child)


schemathesis.check(authorization)
