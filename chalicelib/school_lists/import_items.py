"""Imports to items of the table and back: the state as one document, and its problems beside it."""

import json
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from chalicelib.school_lists.imports import SchoolImport
from chalicelib.table import keys
from chalicelib.table.expressions import Item

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def item_of(state: SchoolImport, free_from: int) -> Item:
    """The item of an import that another run may take from a moment on, in milliseconds since 1970."""
    pk, sk = keys.school_import(state.id)
    item: dict[str, Any] = {"PK": pk, "SK": sk, "state": document_of(state), "free_from": free_from}
    if state.problems:
        item["problems"] = _adapter().dump_json(state, include={"problems"}).decode()
    return item


def import_of(item: Item) -> SchoolImport:
    """The import of an item; without problems where they were not read."""
    document = json.loads(item["state"])
    if "problems" in item:
        document |= json.loads(item["problems"])
    return _adapter().validate_python(document, strict=False)


def document_of(state: SchoolImport) -> str:
    """The state of an import without its problems, as JSON."""
    return _adapter().dump_json(state, exclude={"problems"}).decode()


def milliseconds(moment: datetime) -> int:
    """A moment in milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


@lru_cache(maxsize=1)
def _adapter() -> "TypeAdapter[SchoolImport]":
    from pydantic import TypeAdapter

    return TypeAdapter(SchoolImport)
