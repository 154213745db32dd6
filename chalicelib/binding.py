"""From a request to the arguments of an operation's function; the order is: who, may they, what.

So a stranger learns nothing about the shape of what only others may send.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, get_args
from urllib.parse import unquote

from chalice.app import Request
from pydantic import BaseModel, ValidationError

from chalicelib.auth import Caller, caller_of
from chalicelib.config import config
from chalicelib.errors import BodyTooLarge, FieldError, InvalidInput, MalformedBody, VersionRequired
from chalicelib.operation import Operation, Version
from chalicelib.problems import UnsupportedMediaType
from chalicelib.table.idempotency import IdempotentRequest

_IDEMPOTENCY_KEY: Final = re.compile(r"[\x21-\x7e]{8,128}", re.ASCII)
# A weak one never matches (RFC 9110, 13.1.1).
_ETAG: Final = re.compile(r'"(\d{1,12})"', re.ASCII)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_REPLACEMENT: Final = "\ufffd".encode()


def arguments_of(operation: Operation, request: Request, path_arguments: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of an operation's function, from a request whose caller may use it.

    Raises ``NotAuthenticated``, ``NotPermitted``, ``InvalidInput`` and its kin, ``UnsupportedMediaType``,
    ``BodyTooLarge`` and ``VersionRequired``.
    """
    raw_path = {name: unquote(value) for name, value in path_arguments.items()}
    arguments: dict[str, Any] = {}
    if operation.permission is not None:
        caller = caller_of(request.context)
        operation.permission.check(caller, raw_path)
        if "caller" in operation.takes:
            arguments["caller"] = caller
        if "idempotent" in operation.takes:
            arguments["idempotent"] = _idempotent(request, caller)
    for name, adapter in operation.path_parameters.items():
        with _invalid_as("path", name):
            arguments[name] = adapter.validate_python(raw_path[name])
    arguments |= _query(operation, request)
    if "if_match" in operation.takes:
        arguments["if_match"] = _if_match(request)
    if operation.body_model is not None:
        arguments["body"] = _body(operation.body_model, request)
    return arguments


@contextmanager
def _invalid_as(source: str, name: str = "") -> Iterator[None]:
    """Turns pydantic's errors inside into ``InvalidInput`` about one source of the request."""
    try:
        yield
    except ValidationError as error:
        fields = [
            FieldError(name or _pointer(source, part["loc"]), part["msg"], source)
            for part in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        summary = "; ".join(
            f"{one.pointer}: {one.detail}" if one.pointer else one.detail for one in fields[:5]
        )
        raise InvalidInput(summary, fields) from error


def _pointer(source: str, location: tuple[int | str, ...]) -> str:
    if source != "body":
        return ".".join(map(str, location))
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


def _query(operation: Operation, request: Request) -> dict[str, Any]:
    sent = request.query_params
    given: dict[str, str] = {}
    for name, values in ((name, sent.getlist(name)) for name in sent) if sent else ():
        if len(values) > 1:
            raise InvalidInput(
                f"{name}: sent {len(values)} times; send it once.",
                [FieldError(name, "Send it once.", "query")],
            )
        given[name] = values[0]
    if operation.query_model is None:
        if given:
            raise InvalidInput(
                "This takes no query parameters.",
                [FieldError(name, "Unknown parameter.", "query") for name in given],
            )
        return {}
    _check_spelling(operation.query_model, given)
    with _invalid_as("query"):
        return {"query": operation.query_model.model_validate_strings(given)}


def _check_spelling(model: type[BaseModel], given: Mapping[str, str]) -> None:
    """Refuses what parsing would overlook: space around a value, and numbers as JSON does not spell them."""
    fields = []
    for name, text in given.items():
        annotation = model.model_fields[name].annotation if name in model.model_fields else None
        if text != text.strip():
            fields.append(FieldError(name, "Leave out the space around the value.", "query"))
        elif {int, float} & {annotation, *get_args(annotation)} and not _NUMBER.fullmatch(text):
            fields.append(FieldError(name, "This is a number, such as 20 or 37.5.", "query"))
    if fields:
        raise InvalidInput("; ".join(f"{one.pointer}: {one.detail}" for one in fields[:5]), fields)


def _body(model: type[BaseModel], request: Request) -> BaseModel:
    content_type = request.headers.get("content-type", "application/json")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in ("application/json", "application/merge-patch+json"):
        raise UnsupportedMediaType("Send the body as JSON with Content-Type: application/json.")
    raw = _raw_body(request)
    if len(raw) > config().body_max_bytes:
        raise BodyTooLarge(f"The body has {len(raw)} bytes; at most {config().body_max_bytes} are taken.")
    if _REPLACEMENT in raw:
        # The gateway hands bytes over as text, with this character for what is not UTF-8.
        raise MalformedBody(
            "The body is not UTF-8, or holds the sign for letters that were lost. Send UTF-8."
        )
    with _invalid_as("body"):
        try:
            body = model.model_validate_json(raw, strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            if first["type"] == "json_invalid":
                raise MalformedBody(
                    f"The body is not valid JSON: {first['msg'].partition(': ')[2]}."
                ) from error
            raise
    # Of a name that stands twice in an object one would be lost, and which one differs between readers.
    json.loads(raw, object_pairs_hook=_each_once)
    return body


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for position, name in enumerate(names) if name in names[:position])
        raise MalformedBody(f'The name "{twice}" stands twice in one object of the body; send it once.')


def _raw_body(request: Request) -> bytes:
    raw = request.raw_body
    return raw if isinstance(raw, bytes) else raw.encode()


def _if_match(request: Request) -> Version:
    header = request.headers.get("if-match")
    if header is None:
        raise VersionRequired(
            "Send If-Match with the ETag of the version you read, so that nobody's change is lost."
        )
    match = _ETAG.fullmatch(header.strip())
    if match is None:
        raise InvalidInput(
            'If-Match must be one ETag as this API gave it, such as "3".',
            [FieldError("If-Match", 'One ETag, such as "3".', "header")],
        )
    return Version(int(match[1]))


def _idempotent(request: Request, caller: Caller) -> IdempotentRequest | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidInput(
            "Idempotency-Key must be 8 to 128 visible ASCII characters; a UUID is right.",
            [FieldError("Idempotency-Key", "8 to 128 visible ASCII characters.", "header")],
        )
    # Chalice's path is the template of the route: what stands in its places is named beside it.
    places = sorted((request.uri_params or {}).items())
    what = f"{request.method} {request.path} {places}\n".encode() + _raw_body(request)
    return IdempotentRequest(caller.user_id, key, hashlib.sha256(what).hexdigest())
