"""What a hostile stranger tries of any API, tried on every route that it could work on."""

import io
import json
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import quote

import pytest
from itsdangerous import URLSafeSerializer

from chalicelib.apis import DOCUMENTATION
from chalicelib.auth import ADMINISTRATORS, SIGNED_IN
from chalicelib.config import Config, config
from chalicelib.operation import Operation
from chalicelib.table.table import Table
from tests import factories
from tests.conftest import Answer, Http, TokenMaker
from tests.functional.acting import Acting
from tests.functional.test_every_route import (
    GUARDED,
    OF_GROUPS,
    OPERATIONS,
    UNKNOWN,
    WITH_BODY,
    name_of,
    path_of,
    request,
)

EVERY = [*OPERATIONS, *DOCUMENTATION.operations]
PAGED = [one for one in EVERY if one.query_model is not None and "cursor" in one.query_model.model_fields]
OF_ORGANIZATIONS = [one for one in GUARDED if "{organization_id}" in one.path]
_OURS = ("admin", "PK", "version", "verified", "owner_id", "user_id", "created_at", "__proto__")
HOSTILE = '\r\n{"level":"ERROR","message":"forged"}\u2028\x1b[2J\x00'
"""Ends a line, begins another of a stranger's own, and clears the screen of who reads it."""


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    return Acting(client, token)


@pytest.fixture
def parties(acting: Acting) -> tuple[str, str]:
    """A shop and an owner group of Ann's."""
    group = acting.done("POST", "/v1/owner-groups", "ann", {"name": "Ann's group"})
    return acting.organization("ann", factories.shop(), None), str(group["id"])


def sender_of(operation: Operation, acting: Acting) -> str | None:
    """The token of somebody whom an operation is for: an administrator, Ann, or nobody."""
    if operation.permission is None:
        return None
    return acting.token("root", admin=True) if operation.permission is ADMINISTRATORS else acting.token("ann")


def problem_without_instance(answer: Answer) -> dict[str, Any]:
    """An answer's problem, without what tells one request from another."""
    return {name: value for name, value in answer.json.items() if name != "instance"}


# ---------------------------------------------------------------- headers


def test_every_answer_has_the_security_headers(acting: Acting) -> None:
    for operation in EVERY:
        path, sender = path_of(operation), sender_of(operation, acting)
        for asked in (path, f"{path}?no_such_parameter=1"):
            answer = request(acting.client, operation, asked, token=sender)
            assert answer.headers["X-Content-Type-Options"] == "nosniff", asked
            assert answer.headers["Strict-Transport-Security"] == "max-age=63072000", asked
            assert answer.headers["Referrer-Policy"] == "no-referrer", asked
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], asked


def test_pages_run_no_script_but_their_own_and_data_none_at_all(client: Http) -> None:
    page = client.get("/docs").headers["Content-Security-Policy"]
    assert "script-src 'self';" in page
    assert "default-src 'none'" in client.get("/openapi.json").headers["Content-Security-Policy"]
    refused = client.get("/v1/unsubscribe?token=<script>alert(1)</script>")
    assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "name", sorted(factories.template()["Resources"]["RestAPI"]["Properties"]["GatewayResponses"])
)
def test_so_has_what_the_gateway_answers(name: str) -> None:
    responses = factories.template()["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    headers = responses[name]["ResponseParameters"]["Headers"]
    assert headers["X-Content-Type-Options"] == "'nosniff'"
    assert headers["Strict-Transport-Security"] == "'max-age=63072000'"
    assert headers["Referrer-Policy"] == "'no-referrer'"


def test_only_configured_origins_may_read_and_credentials_never_go_along(
    client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNECTS_CORS_ORIGIN", "https://app.example")
    config.cache_clear()
    for origin in ("https://evil.example", "null", "https://app.example.evil.example", "http://app.example"):
        answer = client.get("/v1/exchange/metrics", headers={"Origin": origin})
        assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"], ids=str.lower
)
def test_no_header_makes_one_method_another(acting: Acting, header: str) -> None:
    path = f"/v1/organizations/{acting.shop()}"
    answer = acting.client.get(path, token=acting.token("ann"), headers={header: "DELETE", "If-Match": '"1"'})
    assert answer.status == 200
    assert acting.ask("GET", path, "ann").status == 200


@pytest.mark.parametrize(
    "header", ["Host", "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded"]
)
def test_no_header_changes_what_is_asked_or_where_answers_point(acting: Acting, header: str) -> None:
    answer = acting.client.post(
        "/v1/organizations",
        json=factories.shop(),
        token=acting.token("ann"),
        headers={header: "evil.example/v1/audit"},
    )
    assert answer.status == 201
    assert "evil.example" not in answer.text + json.dumps(answer.headers)


# ---------------------------------------------------------------- identifiers


def test_a_stranger_cannot_tell_what_exists(acting: Acting, parties: tuple[str, str]) -> None:
    for operation in (*OF_ORGANIZATIONS, *OF_GROUPS):
        existing, missing = [
            request(acting.client, operation, path, token=acting.token("eve"))
            for path in (path_of(operation, *parties), path_of(operation))
        ]
        if operation.permission is SIGNED_IN:
            # Who has claimed nothing has no claim, whatever it is asked of.
            assert existing.status in (400, 404, 422), name_of(operation)
            continue
        assert existing.status == missing.status == 403, name_of(operation)
        assert problem_without_instance(existing) == problem_without_instance(missing)


def test_a_stranger_cannot_tell_which_responses_exist(acting: Acting) -> None:
    school, shop = acting.school(), acting.shop()
    posting = acting.posting("ann", shop)
    response = acting.respond("sue", posting, school)
    for part in ("", "/messages", "/outcome"):
        answers = [
            acting.ask("GET", f"/v1/postings/{posting}/responses/{one}{part}", "eve")
            for one in (response, UNKNOWN)
        ]
        assert [one.status for one in answers] == [404, 404], part
        assert problem_without_instance(answers[0]) == problem_without_instance(answers[1])


def test_a_draft_is_to_the_public_as_if_it_did_not_exist(acting: Acting) -> None:
    draft = acting.posting("ann", acting.shop(), status="draft")
    answers = [acting.ask("GET", f"/v1/directory/postings/{one}", None) for one in (draft, UNKNOWN)]
    assert [one.status for one in answers] == [404, 404]
    assert problem_without_instance(answers[0]) == problem_without_instance(answers[1])


# ---------------------------------------------------------------- cursors


def forgeries(key: str) -> dict[str, str]:
    """Cursors that no list made."""
    position = {"PK": "AUDIT#2026-06", "SK": "0"}
    plain = urlsafe_b64encode(json.dumps(position).encode()).decode()
    return {
        "made up": "abc",
        "unsigned": plain,
        "signed with another key": str(URLSafeSerializer("another key").dumps(position)),
        "signed with the key for nothing": str(URLSafeSerializer(key).dumps(position)),
        "of another list": str(URLSafeSerializer(key, salt="connects.cursor.another").dumps(position)),
        "the key of an item": "%7B%22PK%22%3A%22AUDIT%22%7D",
    }


@pytest.mark.parametrize("operation", PAGED, ids=name_of)
def test_a_forged_cursor_is_refused(
    acting: Acting, settings: Config, parties: tuple[str, str], operation: Operation
) -> None:
    query = "".join(f"{name}={value}&" for name, value in operation.query_example.items())
    path = f"{path_of(operation, *parties)}?{query}"
    for name, forged in forgeries(settings.cursor_key.get_secret_value()).items():
        answer = acting.client.get(f"{path}cursor={forged}", token=sender_of(operation, acting))
        # Of what does not exist, nothing is listed, with whatever cursor.
        expected = {(400, "invalid-cursor")} | ({(404, "not-found")} if UNKNOWN in path else set())
        assert (answer.status, answer.problem) in expected, (name, answer.text)


# ---------------------------------------------------------------- bodies and paths


def test_a_body_takes_no_field_that_is_the_applications_to_set(
    acting: Acting, parties: tuple[str, str]
) -> None:
    for operation in WITH_BODY:
        assert operation.body_model is not None
        known = operation.body_model.model_fields
        sent = {name: "1" for name in _OURS if name not in known}
        answer = request(
            acting.client,
            operation,
            path_of(operation, *parties),
            json=sent,
            token=sender_of(operation, acting),
        )
        assert answer.status == 422, (name_of(operation), answer.text)
        assert {f"/{name}" for name in sent} <= {one["pointer"] for one in answer.json["errors"]}, answer.text


def test_a_body_that_is_too_large_or_too_deep_is_refused(
    acting: Acting, settings: Config, parties: tuple[str, str]
) -> None:
    for operation in WITH_BODY:
        path, sender = path_of(operation, *parties), sender_of(operation, acting)
        content = b"[" * (settings.body_max_bytes + 1)
        answer = request(acting.client, operation, path, content=content, token=sender)
        assert (answer.status, answer.problem) == (413, "body-too-large"), name_of(operation)
        deep = request(acting.client, operation, path, content=content[:-1], token=sender)
        assert (deep.status, deep.problem) == (400, "malformed-body"), name_of(operation)


@pytest.mark.parametrize(
    "path",
    [
        "//v1/audit",
        "/v1//audit",
        "/v1/exchange/../audit",
        "/v1/exchange/%2e%2e/audit",
        "/v1%2Faudit",
        "/v1/audit/",
        "/v1/audit;x=1",
        "/V1/AUDIT",
        "/v1/audit%00",
        "/v1/audit%20",
        "/v1/exchange/metrics%0d%0aX-Evil:1",
        f"/v1/{'a' * 20_000}",
    ],
)
def test_no_spelling_of_a_path_opens_what_is_closed(client: Http, path: str) -> None:
    assert client.get(path).status in (401, 403, 404, 422)


@pytest.mark.parametrize(
    "place",
    [
        "..",
        "%2e%2e",
        "..%2f..%2faudit",
        "%00",
        "%0d%0aSet-Cookie:x=1",
        "x" * 10_000,
        "%ff",
        "%F0%9F%98%80",
        "*",
    ],
    ids=lambda place: place[:20],
)
def test_what_stands_in_a_path_is_taken_for_what_it_is(acting: Acting, place: str) -> None:
    for path in ("/v1/organizations/{}", "/v1/directory/organizations/{}", "/v1/imports/{}", "/docs/{}"):
        answer = acting.client.get(path.format(place), token=acting.token("root", admin=True))
        assert answer.status in (403, 404, 422), (path, answer.text)
        assert "Set-Cookie" not in answer.headers


# ---------------------------------------------------------------- logs


def test_nothing_that_is_sent_can_forge_a_line_of_the_log(
    acting: Acting,
    parties: tuple[str, str],
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hostile = quote(HOSTILE)
    agent = {"User-Agent": HOSTILE.replace("\x00", "")}
    acting.client.get("/v1/me", token=HOSTILE)
    acting.ask("POST", "/v1/organizations", "eve", factories.shop(name=HOSTILE))
    # Everything fails from here on, with what was sent in the error's text.
    for method in ("get", "query", "query_all", "batch_get", "transact"):
        monkeypatch.setattr(Table, method, _broken)
    for path in (
        f"/v1/organizations/{parties[0]}",
        f"/v1/organizations/{hostile}",
        f"/v1/me?x={hostile}",
        "/v1/me",
    ):
        acting.client.get(path, token=acting.token("eve"), headers=agent)
    acting.ask("POST", "/v1/organizations", "eve", factories.shop(name="forged"))
    lines = log.getvalue().splitlines()
    assert "unexpected error" in {json.loads(line)["message"] for line in lines}
    assert "forged" not in "".join(lines)


def _broken(*_: Any, **__: Any) -> Any:
    raise RuntimeError(HOSTILE)
