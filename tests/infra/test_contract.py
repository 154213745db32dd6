"""The API's document is the one that clients were given, and a change that breaks them does not pass unseen."""

from copy import deepcopy
from typing import Any

import pytest

from infra.contract import breaking, current, written

SHOP: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 200},
        "kind": {"type": "string", "enum": ["shop", "school"]},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}


def document() -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shop"}}}}
    operation = {
        "parameters": [{"in": "query", "name": "limit", "schema": {"type": "integer", "maximum": 100}}],
        "requestBody": body,
        "responses": {"200": body, "404": {}},
    }
    return {"paths": {"/v1/shops": {"put": operation}}, "components": {"schemas": {"Shop": deepcopy(SHOP)}}}


def changed(*path: str, **values: Any) -> dict[str, Any]:
    made = document()
    node = made
    for step in path:
        node = node[step]
    node.update(values)
    return made


SCHEMA = ("components", "schemas", "Shop")
PUT = ("paths", "/v1/shops", "put")


def test_nothing_breaks_where_nothing_changed() -> None:
    assert breaking(document(), document()) == []


@pytest.mark.parametrize(
    ("after", "word"),
    [
        (changed(paths={}), "is gone"),
        (changed(*PUT, security=[{"bearer": []}]), "needs a token"),
        (changed(*PUT, parameters=[]), "limit any more"),
        (
            changed(*PUT, parameters=[{"in": "query", "name": "zip", "required": True, "schema": {}}]),
            "needs the parameter zip",
        ),
        (changed(*PUT, responses={"204": {}}), "does not answer 200"),
        (changed(*SCHEMA, required=["name", "kind"]), "kind is needed"),
        (changed(*SCHEMA, required=[]), "name may be missing"),
        (changed(*SCHEMA, properties={"name": SHOP["properties"]["name"]}), "kind is gone"),
        (changed(*SCHEMA, "properties", "name", maxLength=10), "maxLength is 10"),
        (changed(*SCHEMA, "properties", "name", type="integer"), "takes no string"),
        (changed(*SCHEMA, "properties", "kind", enum=["shop"]), "'school' is refused"),
        (changed(*SCHEMA, "properties", "tags", "items", type="integer"), "may be integer"),
    ],
)
def test_what_a_client_could_trip_over_is_found(after: dict[str, Any], word: str) -> None:
    assert any(word in finding for finding in breaking(document(), after)), breaking(document(), after)


def test_what_is_added_breaks_nobody() -> None:
    after = document()
    after["paths"]["/v1/more"] = {"get": {"responses": {}}}
    after["components"]["schemas"]["Shop"]["properties"]["more"] = {"type": "string"}
    after["paths"]["/v1/shops"]["put"]["parameters"].append(
        {"in": "query", "name": "more", "schema": {"type": "string"}}
    )
    assert breaking(document(), after) == []


def test_the_code_keeps_to_the_document_that_clients_were_given() -> None:
    assert breaking(written(), current()) == []


def test_the_document_that_clients_were_given_is_up_to_date() -> None:
    assert written() == current(), "The document has changed: write it anew with make contract."
