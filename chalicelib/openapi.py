"""The API's document, OpenAPI 3.1, from the declared operations themselves.

The schemas are pydantic's own; what a route can answer with is what it declares and what its parameters imply, so the
document says nothing that the code does not do.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final, get_args

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib import errors
from chalicelib.auth import SIGNED_IN
from chalicelib.http import RawReply, Reply
from chalicelib.operation import Operation
from chalicelib.problems import UNEXPECTED, Problem, ProblemKind, UnsupportedMediaType, kind_of

_REF: Final = "#/components/schemas/{model}"
_BEARER: Final = "bearer"
_GATEWAY_REFUSAL: Final = ProblemKind(
    HTTPStatus.UNAUTHORIZED, "token-refused", "The bearer token was refused"
)
_GATEWAY_ANSWERS: Final = (
    ProblemKind(HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests", "Too many requests"),
    ProblemKind(HTTPStatus.GATEWAY_TIMEOUT, "timeout", "Timeout"),
)
"""What the gateway may answer by itself, whatever is asked."""

DESCRIPTION: Final = """\
Connects brings shops, dealerships and schools together against the technician shortage, and runs the Industry Data
Exchange: anonymous statistics of pay, labor rates and benefits.

* **Tokens**: send the ID token of your sign-in as `Authorization: Bearer …`. Operations without a lock need none.
* **Errors** are problem details (RFC 9457). Decide by `type`, show `detail`; `errors` points at the fields.
* **Changes** carry `If-Match` with the `ETag` that was read; a lost race answers 412.
* **Repeats**: a POST with an `Idempotency-Key` may be repeated for 24 hours and creates once.
* **Lists** take `limit` and the `cursor` of the page before.
* **Money** is a decimal string in US dollars; times are RFC 3339 in UTC.
"""


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    """The OpenAPI document as a JSON-able dictionary. ``version`` is the API's own."""
    listed = list(operations)
    schemas, references = _schemas(listed)
    paths: dict[str, dict[str, Any]] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Connects", "version": version, "description": DESCRIPTION},
        "servers": [{"url": ".", "description": "Where this document was read"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in listed)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                _BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The ID token of the sign-in.",
                }
            },
        },
    }


_References = dict[tuple[type[BaseModel], JsonSchemaMode], dict[str, Any]]


def _schemas(operations: list[Operation]) -> tuple[dict[str, Any], _References]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for operation in operations:
        if operation.body_model is not None:
            wanted[(operation.body_model, "validation")] = None
        answer = _answer_model(operation)
        if answer is not None:
            wanted[(answer, "serialization")] = None
    references, definitions = models_json_schema(list(wanted), ref_template=_REF)
    return definitions.get("$defs", {}), references  # type: ignore[return-value]


def _answer_model(operation: Operation) -> type[BaseModel] | None:
    returned = operation.hints.get("return")
    if getattr(returned, "__origin__", None) is Reply:
        returned = get_args(returned)[0]
    return returned if isinstance(returned, type) and issubclass(returned, BaseModel) else None


def _described(operation: Operation, references: _References) -> dict[str, Any]:
    text = (operation.function.__doc__ or "").strip()
    described: dict[str, Any] = {
        "operationId": operation.function.__name__,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": "\n".join(line.strip() for line in text.splitlines()),
        "parameters": [*_path_parameters(operation), *_query_parameters(operation), *_headers(operation)],
        "responses": _responses(operation, references),
    }
    if operation.permission is not None:
        described["security"] = [{_BEARER: []}]
        described["description"] += f"\n\nWho may: {operation.permission.meaning}"
    if operation.body_model is not None:
        schema = references[(operation.body_model, "validation")]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _inline(adapter.json_schema(ref_template=_REF)),
        }
        for name, adapter in operation.path_parameters.items()
    ]


def _inline(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema without definitions of its own: an enumeration stands where it is used."""
    definitions = schema.pop("$defs", {})
    reference = schema.get("$ref", "").rpartition("/")[2]
    return definitions[reference] if reference else schema


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query_model is None:
        return []
    # The properties of the query model are what the parameters are; pydantic has already described them.
    schema = operation.query_model.model_json_schema(ref_template=_REF)
    definitions = schema.get("$defs", {})
    parameters = []
    for name, described in schema["properties"].items():
        plain = _nullable_gone(described, definitions)
        parameter: dict[str, Any] = {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
        }
        if "description" in plain:
            parameter["description"] = plain.pop("description")
        parameter["schema"] = plain
        if name in operation.query_example:
            parameter["example"] = operation.query_example[name]
        parameters.append(parameter)
    return parameters


def _nullable_gone(described: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A query parameter is sent or left out, never null; and its enumeration stands where it is used."""
    plain = {key: value for key, value in described.items() if key not in ("anyOf", "default", "title")}
    choices = [choice for choice in described.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) == 1:
        plain |= choices[0]
    elif choices:
        plain["anyOf"] = choices
    reference = plain.pop("$ref", "").rpartition("/")[2]
    if reference:
        plain = {**definitions[reference], **plain}
    if described.get("default") is not None:
        plain["default"] = described["default"]
    return plain


def _headers(operation: Operation) -> list[dict[str, Any]]:
    headers = []
    if "if_match" in operation.takes:
        headers.append(
            _header("If-Match", r'^"[0-9]{1,12}"$', '"3"', "The ETag of the version you mean to change.")
        )
    if "idempotent" in operation.takes:
        headers.append(
            _header(
                "Idempotency-Key",
                r"^[!-~]{8,128}$",
                "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10",
                "Repeat the request with the same key and it creates once.",
                required=False,
            )
        )
    return headers


def _header(name: str, pattern: str, example: str, text: str, *, required: bool = True) -> dict[str, Any]:
    schema = {"type": "string", "pattern": pattern}
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": text,
        "schema": schema,
        "example": example,
    }


def _responses(operation: Operation, references: _References) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    answer = _answer_model(operation)
    returned = operation.hints.get("return")
    if answer is not None:
        content = {"application/json": {"schema": references[(answer, "serialization")]}}
        responses[str(operation.status)] = {"description": "As asked.", "content": content}
    elif returned is RawReply:
        text = {"schema": {"type": "string"}} if operation.media_type else {"schema": {}}
        responses[str(operation.status)] = {
            "description": "As asked.",
            "content": {operation.media_type or "*/*": text},
        }
    else:
        responses["204"] = {"description": "Done; there is nothing to say."}
    if operation.method == "GET" and getattr(returned, "__origin__", returned) in (Reply, RawReply):
        responses["304"] = {"description": "What If-None-Match names is still current."}
    by_status: dict[str, list[ProblemKind]] = {}
    for kind in _problem_kinds(operation):
        by_status.setdefault(str(kind.status.value), []).append(kind)
    problem = references[(Problem, "serialization")]
    for status, kinds in sorted(by_status.items()):
        examples = {
            kind.slug: {
                "value": {"type": kind.type, "title": kind.title, "status": kind.status.value, "detail": "…"}
            }
            for kind in kinds
        }
        responses[status] = {
            "description": "; ".join(kind.title for kind in kinds) + ".",
            "content": {"application/problem+json": {"schema": problem, "examples": examples}},
        }
    return responses


def _problem_kinds(operation: Operation) -> list[ProblemKind]:
    kinds: list[type[errors.ConnectsError]] = [
        errors.InvalidInput,
        errors.TemporarilyUnavailable,
        *operation.errors,
    ]
    if operation.body_model is not None:
        kinds += [errors.MalformedBody, UnsupportedMediaType, errors.BodyTooLarge]
    if operation.permission is not None:
        kinds.append(errors.NotAuthenticated)
        if operation.permission is not SIGNED_IN:
            kinds.append(errors.NotPermitted)
    if "if_match" in operation.takes:
        kinds += [errors.VersionRequired, errors.StaleVersion]
    if "idempotent" in operation.takes:
        kinds.append(errors.IdempotencyMismatch)
    if operation.query_model is not None and "cursor" in operation.query_model.model_fields:
        kinds.append(errors.InvalidCursor)
    named = [kind_of(error) for error in dict.fromkeys(kinds)]
    if operation.permission is not None:
        named.append(_GATEWAY_REFUSAL)
    return [*dict.fromkeys(named), UNEXPECTED, *_GATEWAY_ANSWERS]
