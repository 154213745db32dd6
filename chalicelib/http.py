"""Typed routes on Chalice.

A route is a function whose annotations say what it takes and gives; an ``Api`` (a Chalice Blueprint) turns it into a
handler: parse by annotation, authorize, call, serialize, and translate errors inside the view, where the CORS headers
still reach the answer. ``openapi`` reads the same ``Operation`` to describe it: document and code cannot differ.

What a parameter is, is told by its name:

- a name in the path template: a path parameter of the annotated type
- ``caller``: the verified caller
- ``body``: the JSON body, as the annotated model
- ``query``: all query parameters, as the annotated model
- ``if_match: Version``: the version in ``If-Match``, which must be sent
- ``idempotent: IdempotentRequest | None``: the request's ``Idempotency-Key``, where one is sent
"""

import hashlib
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, cast

from chalice.app import Blueprint, Chalice, CORSConfig, Request, Response
from pydantic import BaseModel

from chalicelib.auth import Permission, caller_of, verify_token
from chalicelib.binding import arguments_of
from chalicelib.config import config
from chalicelib.errors import ConnectsError, NotPermitted
from chalicelib.operation import Operation, Version
from chalicelib.problems import Problem, problem_of, unexpected
from chalicelib.table.reading import Strictness, one_request

__all__ = ["Api", "RawReply", "Reply", "Version", "version_etag"]

T = TypeVar("T")
Headers = dict[str, str | list[str]]

CORS: Final = CORSConfig(
    # Pre-flight answers are fixed at deployment; which origins may read an answer is decided per request, below.
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key"],
    expose_headers=["ETag", "Location", "Retry-After", "WWW-Authenticate"],
    max_age=3600,
)

_FOR_DATA: Final = "default-src 'none'; frame-ancestors 'none'"
"""Nothing that is no page runs or shows anything, whatever stands in it."""
_FOR_PAGES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Pages take everything from here, and are framed nowhere. The documentation's viewer sets styles by itself."""


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """An answer that says more than its body: an ``ETag``, where the new thing is, how long it may be kept.

    ``location`` is relative to the request's own address (RFC 9110, 10.2.2), such as ``things/1``: what stands before
    the path, a stage or a mapped domain's base, only the client knows. ``hashed`` stands for an ``ETag`` that is made
    of the body: of what has no version.
    """

    body: T
    etag: str | None = None
    location: str | None = None
    cache_control: str | None = None
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class RawReply:
    """An answer that is no JSON model: text of a media type."""

    body: str
    media_type: str
    etag: str | None = None
    cache_control: str | None = None


def version_etag(version: int) -> str:
    """The strong ETag of a version."""
    return f'"{version}"'


class Api(Blueprint):
    """The routes of one feature."""

    def __init__(self, import_name: str, tag: str) -> None:
        super().__init__(import_name)
        self.module = import_name
        self.tag = tag
        self.operations: list[Operation] = []

    def operation(  # noqa: PLR0913 - a route has this many parts
        self,
        method: str,
        path: str,
        *,
        permission: Permission | None,
        summary: str,
        status: int = 200,
        errors: tuple[type[ConnectsError], ...] = (),
        query_example: Mapping[str, str] | None = None,
        media_type: str = "",
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Registers the decorated function and gives it back unchanged.

        ``errors`` are those the function raises beyond what its parameters imply (invalid input, a missing token and
        so on); the API's document lists them. ``media_type`` is that of a ``RawReply``. Raises ``TypeError`` where the
        declaration contradicts itself.
        """

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            declared = Operation(
                method,
                path,
                function,
                permission,
                summary,
                status,
                self.tag,
                errors,
                query_example or {},
                media_type,
            )
            if permission is None and "caller" in declared.takes:
                raise TypeError(f"{function.__name__}: a public route knows no caller")
            self.operations.append(declared)
            authorizer = {} if permission is None else {"authorizer": verify_token}
            # An empty list of content types: 415 is answered here, as a problem, and not by Chalice.
            route = self.route(
                path, methods=[method], cors=CORS, content_types=[], name=function.__name__, **authorizer
            )
            route(lambda **path_arguments: self._answer(self.current_request, declared, path_arguments))
            return function

        return register

    def get(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A GET; see ``operation``."""
        return self.operation("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A POST; see ``operation``."""
        return self.operation("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A PUT; see ``operation``."""
        return self.operation("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A PATCH; see ``operation``."""
        return self.operation("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A DELETE; see ``operation``."""
        return self.operation("DELETE", path, **options)

    def answer(self, app: Chalice, operation: Operation, path_arguments: Mapping[str, str]) -> Response:
        """What an operation answers to the request that an application is handling, registered with it or not."""
        request: Request = cast(Request, app.current_request)
        return self._answer(request, operation, path_arguments)

    def _answer(self, request: Request, operation: Operation, path_arguments: Mapping[str, str]) -> Response:
        try:
            with one_request(_strictness(operation)):
                arguments = arguments_of(operation, request, path_arguments)
                result = operation.function(**arguments)
            response = _success(operation, request, result)
        except ConnectsError as error:
            response = _problem(problem_of(error, _request_id(request)))
            if isinstance(error, NotPermitted) and operation.permission is not None:
                _note_denial(operation, request, path_arguments)
        except Exception:  # noqa: BLE001 - the last line: nobody sees a stack trace, the log does
            from chalicelib.observability import logger

            # The traceback tells where; the message of an unforeseen error may quote what was sent, so it stays out.
            logger.error("unexpected error", extra=_where(operation, request))
            response = _problem(unexpected(_request_id(request)))
        response.headers |= _standing_headers(request, str(response.headers.get("Content-Type", "")))
        _log(operation, request, response.status_code)
        return response


def _strictness(operation: Operation) -> Strictness:
    if operation.method != "GET":
        return Strictness.ALL
    return Strictness.NOTHING if operation.permission is None else Strictness.OWN


def _success(operation: Operation, request: Request, result: Any) -> Response:
    headers: Headers = {"Cache-Control": "no-store"}
    text, media_type = _text_of(result)
    if isinstance(result, (Reply, RawReply)):
        if result.cache_control is not None:
            headers["Cache-Control"] = result.cache_control
        etag = _digest_etag(text) if isinstance(result, Reply) and result.hashed else result.etag
        if etag is not None:
            headers["ETag"] = etag
            if operation.method == "GET" and _same_etag(request.headers.get("if-none-match"), etag):
                return Response(body="", status_code=304, headers=headers)
    if isinstance(result, Reply) and result.location is not None:
        headers["Location"] = result.location
    if text is None:
        return Response(body="", status_code=204, headers=headers)
    headers["Content-Type"] = media_type
    return Response(body=text, status_code=operation.status, headers=headers)


def _text_of(result: Any) -> tuple[Any, str]:
    """What an answer is on the way, and of which media type; None where there is nothing to say."""
    if isinstance(result, RawReply):
        return result.body, result.media_type
    body = result.body if isinstance(result, Reply) else result
    text = body.model_dump_json(by_alias=True) if isinstance(body, BaseModel) else body
    return text, "application/json"


def _digest_etag(text: str) -> str:
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _same_etag(header: str | None, etag: str) -> bool:
    """Weak comparison with the list of an ``If-None-Match`` header (RFC 9110, 13.1.2)."""
    if header is None:
        return False
    return header.strip() == "*" or etag in (one.strip().removeprefix("W/") for one in header.split(","))


def _problem(problem: Problem) -> Response:
    headers: Headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="connects"'
    if problem.status == 503:
        headers["Retry-After"] = "2"
    body = problem.model_dump_json(exclude_none=True, exclude_defaults=True)
    return Response(body=body, status_code=problem.status, headers=headers)


def _standing_headers(request: Request, media_type: str) -> dict[str, str]:
    """Security headers, and the origin that may read the answer: the request's, where the settings name it."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Strict-Transport-Security": "max-age=63072000",
        # Some links carry a secret of their own, as that of a mail that stops mails.
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": _FOR_PAGES if media_type.startswith("text/html") else _FOR_DATA,
    }
    allowed = config().cors_origin.split()
    if "*" in allowed:
        return headers
    origin = request.headers.get("origin", "")
    return headers | {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin if origin in allowed else allowed[0],
    }


def _request_id(request: Request) -> str | None:
    request_id = request.context.get("requestId")
    return f"urn:connects:request:{request_id}" if request_id else None


def _note_denial(operation: Operation, request: Request, path_arguments: Mapping[str, str]) -> None:
    from chalicelib.audit.denials import denials

    user_id = caller_of(request.context).user_id
    denials.note(operation.permission, user_id, f"{operation.method} {operation.path}", path_arguments)


def _log(operation: Operation, request: Request, status: int) -> None:
    """One line a request: its route, its end and its id. By hand: a logger takes 0.08 s to import."""
    line = {
        "level": "INFO",
        "message": "request",
        "route": f"{operation.method} {operation.path}",
        "status": status,
        "request_id": request.context.get("requestId", ""),
    }
    sys.stdout.write(json.dumps(line) + "\n")


def _where(operation: Operation, request: Request) -> dict[str, Any]:
    kind, _, trace = sys.exc_info()
    frames = [
        f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}"
        for one in traceback.extract_tb(trace)[-8:]
    ]
    return {
        "route": f"{operation.method} {operation.path}",
        "error": kind.__name__ if kind else "",
        "frames": frames,
        "request_id": request.context.get("requestId", ""),
    }
