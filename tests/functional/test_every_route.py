"""What is asked of every route alike, tried on every route: they are read off the code, so none is forgotten."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.apis import APIS
from chalicelib.auth import ADMINISTRATORS, SIGNED_IN
from chalicelib.memberships.models import organization_party, owner_group_party
from chalicelib.memberships.permissions import MemberOf
from chalicelib.memberships.store import member_put
from chalicelib.operation import Operation
from chalicelib.table.table import Table
from chalicelib.values import Role
from tests import factories
from tests.conftest import Http, TokenMaker

OPERATIONS = list(chain.from_iterable(api.operations for api in APIS))
GUARDED = [one for one in OPERATIONS if one.permission is not None]
OWNED = [
    one
    for one in GUARDED
    if "{organization_id}" in one.path and one.permission not in (ADMINISTRATORS, SIGNED_IN)
]
OF_GROUPS = [one for one in GUARDED if "{owner_group_id}" in one.path]
ABOVE_VIEWER = [
    one
    for one in GUARDED
    if isinstance(one.permission, MemberOf) and one.permission.needed is not Role.VIEWER
]
FOR_ADMINISTRATORS = [one for one in GUARDED if one.permission is ADMINISTRATORS]
WITH_BODY = [one for one in GUARDED if one.body_model is not None]
UNKNOWN = "00000000-0000-7000-8000-000000000000"


def name_of(operation: Operation) -> str:
    return operation.function.__name__


def path_of(operation: Operation, organization_id: str = UNKNOWN, owner_group_id: str = UNKNOWN) -> str:
    """The operation's path with something valid in every place."""
    filled = operation.path.replace("{organization_id}", organization_id)
    filled = filled.replace("{owner_group_id}", owner_group_id)
    filled = filled.replace("{position}", "technician_a").replace("{zip}", "59801")
    filled = filled.replace("{topic}", "labor-rates")
    return re.sub(r"{\w+}", UNKNOWN, filled)


def request(client: Http, operation: Operation, path: str, **options: Any) -> Any:
    headers = dict(options.pop("headers", {}))
    if "if_match" in operation.takes:
        headers["If-Match"] = '"1"'
    return client.request(operation.method, path, headers=headers, **options)


@pytest.fixture
def organization_id(client: Http, token: TokenMaker) -> str:
    """A shop of Ann's."""
    answer = client.post("/v1/organizations", json=factories.shop(), token=token("ann"))
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


@pytest.fixture
def owner_group_id(client: Http, token: TokenMaker) -> str:
    """An owner group of Ann's."""
    answer = client.post("/v1/owner-groups", json={"name": "Ann's group"}, token=token("ann"))
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


@pytest.fixture
def parties(organization_id: str, owner_group_id: str) -> tuple[str, str]:
    """A shop and an owner group of Ann's."""
    return organization_id, owner_group_id


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_without_a_token_nothing_is_answered(client: Http, operation: Operation) -> None:
    assert request(client, operation, path_of(operation)).status == 401


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_an_expired_token_is_refused(client: Http, token: TokenMaker, operation: Operation) -> None:
    assert request(client, operation, path_of(operation), token=token("ann", exp=1_700_000_000)).status == 403


@pytest.mark.parametrize("operation", OWNED, ids=name_of)
def test_a_stranger_reaches_nothing_of_anothers(
    client: Http, token: TokenMaker, operation: Operation, organization_id: str
) -> None:
    answer = request(client, operation, path_of(operation, organization_id), token=token("eve"))
    assert (answer.status, answer.problem) == (403, "not-permitted")


@pytest.mark.parametrize("operation", OWNED, ids=name_of)
def test_the_owner_of_another_shop_is_a_stranger_too(
    client: Http, token: TokenMaker, operation: Operation, organization_id: str
) -> None:
    assert client.post("/v1/organizations", json=factories.shop(), token=token("eve")).status == 201
    answer = request(client, operation, path_of(operation, organization_id), token=token("eve"))
    assert (answer.status, answer.problem) == (403, "not-permitted")


@pytest.mark.parametrize("operation", OF_GROUPS, ids=name_of)
def test_the_owner_of_another_group_is_a_stranger(
    client: Http, token: TokenMaker, operation: Operation, owner_group_id: str
) -> None:
    assert client.post("/v1/owner-groups", json={"name": "Eve's group"}, token=token("eve")).status == 201
    path = path_of(operation, owner_group_id=owner_group_id)
    answer = request(client, operation, path, token=token("eve"))
    assert (answer.status, answer.problem) == (403, "not-permitted")


@pytest.mark.parametrize("operation", ABOVE_VIEWER, ids=name_of)
def test_a_viewer_may_not_do_what_takes_more(
    client: Http,
    token: TokenMaker,
    table: Table,
    operation: Operation,
    organization_id: str,
    owner_group_id: str,
) -> None:
    for party in (organization_party(organization_id), owner_group_party(owner_group_id)):
        table.write(member_put(party, "vic", Role.VIEWER, datetime(2026, 6, 15, tzinfo=UTC)))
    path = path_of(operation, organization_id, owner_group_id)
    answer = request(client, operation, path, token=token("vic"))
    assert (answer.status, answer.problem) == (403, "not-permitted")
    assert "yours is viewer" in answer.json["detail"]


@pytest.mark.parametrize("operation", FOR_ADMINISTRATORS, ids=name_of)
def test_what_is_for_administrators_is_for_nobody_else(
    client: Http, token: TokenMaker, operation: Operation, organization_id: str
) -> None:
    answer = request(client, operation, path_of(operation, organization_id), token=token("ann"))
    assert (answer.status, answer.problem) == (403, "not-permitted")


@pytest.mark.parametrize("operation", WITH_BODY, ids=name_of)
@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        (b'{"a":', 400, "malformed-body"),
        (b"", 400, "malformed-body"),
        (b"[]", 422, "invalid-input"),
        (b'{"no such field": 1}', 422, "invalid-input"),
    ],
    ids=["cut off", "empty", "a list", "unknown field"],
)
def test_a_malformed_body_is_named_as_such(
    client: Http,
    token: TokenMaker,
    operation: Operation,
    parties: tuple[str, str],
    content: bytes,
    status: int,
    problem: str,
) -> None:
    sender = token("root", admin=True) if operation.permission is ADMINISTRATORS else token("ann")
    answer = request(
        client,
        operation,
        path_of(operation, *parties),
        content=content,
        token=sender,
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status, answer.problem) == (status, problem), answer.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_an_unknown_query_parameter_is_refused(
    client: Http, token: TokenMaker, operation: Operation, organization_id: str
) -> None:
    sender = token("root", admin=True) if operation.permission is ADMINISTRATORS else token("ann")
    path = path_of(operation, organization_id) + "?no_such_parameter=1"
    answer = request(client, operation, path, token=sender if operation.permission else None)
    assert (answer.status, answer.problem) in ((422, "invalid-input"), (403, "not-permitted")), answer.text


def test_every_operation_has_its_own_name_and_a_description() -> None:
    names = [name_of(one) for one in OPERATIONS]
    assert len(names) == len(set(names))
    assert [name_of(one) for one in OPERATIONS if not (one.function.__doc__ or "").strip()] == []


def test_the_document_is_valid_openapi(client: Http) -> None:
    document = client.get("/openapi.json").json
    OpenAPIV31SpecValidator(document).validate()
    described = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    assert {(one.path, one.method) for one in OPERATIONS} <= described


def test_the_documentation_page_loads_nothing_from_elsewhere(client: Http) -> None:
    page = client.get("/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    assert re.findall(r'(?:src|href)="(\w+:|//)', page.text) == []
    for asset in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert client.get(f"/{asset}").status == 200, asset


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def test_every_example_and_default_fits_its_schema(client: Http) -> None:
    document = client.get("/openapi.json").json
    given = [
        (schema, value)
        for schema in nodes(document)
        if {"type", "anyOf", "$ref"} & schema.keys() and isinstance(schema.get("examples", []), list)
        for value in [*schema.get("examples", []), schema.get("default")]
        if value is not None
    ]
    assert len(given) > 50
    for schema, value in given:
        problems = Draft202012Validator({**schema, "components": document["components"]}).iter_errors(value)
        assert [problem.message for problem in problems] == [], value


def test_the_document_speaks_json_schema_alone(client: Http) -> None:
    names = {name for schema in nodes(client.get("/openapi.json").json) for name in schema}
    # What pydantic writes of a bound that it could not put into words of JSON schema.
    assert names.isdisjoint({"ge", "gt", "le", "lt", "min_length", "max_length", "multiple_of"})
