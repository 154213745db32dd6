"""Hostile requests over the wire: what clients' libraries would tidy up is sent as it is."""

import gzip
import http.client
import json
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest

from infra.stack import StackInfo
from infra.token import id_token
from tests import factories
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e
Person = Callable[[str | None], Api]
SECURITY = {
    "x-content-type-options": "nosniff",
    "strict-transport-security": "max-age=63072000",
    "referrer-policy": "no-referrer",
}


def sent(
    stack: StackInfo,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """One request, spelled just so; the path is below the API's address."""
    base = urlsplit(stack.api_url)
    connection = http.client.HTTPConnection(str(base.hostname), base.port, timeout=60)
    try:
        connection.putrequest(method, base.path + path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    [
        "//v1/audit",
        "/v1//audit",
        "/v1/exchange/../audit",
        "/v1/exchange/%2e%2e/audit",
        "/v1/exchange/..%2faudit",
        "/v1%2faudit",
        "/v1/./audit",
        "/v1/audit/",
        "/v1/audit;x=1",
        "/v1/audit%00",
        "/v1/audit%20",
        "/v1\\audit",
        "/V1/Audit",
        "/v1/directory/organizations/..%2f..%2faudit",
        "/docs/..%2f..%2fchalicelib%2fconfig.py",
        "/docs/%2e%2e%2fapp.py",
        f"/v1/{'a' * 6000}",
        f"/v1/directory/organizations/{'%41' * 2000}",
    ],
    ids=lambda path: path[:30],
)
def test_no_spelling_of_a_path_opens_what_is_closed(stack: StackInfo, path: str) -> None:
    status, _, content = sent(stack, "GET", path)
    assert 400 <= status < 500, content[:300]
    assert b"import " not in content


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "DEBUG", "get", "HEAD", "OPTIONS"])
def test_no_odd_method_does_what_another_does(stack: StackInfo, method: str) -> None:
    status, _, content = sent(stack, method, "/v1/audit")
    assert status < 500, content
    assert b"items" not in content


def test_no_header_makes_one_method_or_path_another(stack: StackInfo, person: Person) -> None:
    made = person("strange")("POST", "/v1/organizations", json=factories.shop()).json()
    token = id_token(stack, "strange")
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        headers = {"Authorization": f"Bearer {token}", "If-Match": '"1"', name: "DELETE"}
        status, _, _ = sent(stack, "GET", f"/v1/organizations/{made['id']}", headers)
        assert status == 200
    for name in ("X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"):
        status, _, content = sent(stack, "GET", "/v1/exchange/metrics", {name: "/v1/audit"})
        assert (status, b'"metrics"' in content or b'"items"' in content) == (200, True)
    assert person("strange")("GET", f"/v1/organizations/{made['id']}").status_code == 200


def test_what_the_gateway_answers_has_the_security_headers_too(stack: StackInfo) -> None:
    for path, authorization, expected in (
        ("/v1/me", "", 401),
        ("/v1/me", "Bearer forged", 401),
        ("/v1/no-such-route", "", 404),
        ("/v1/exchange/metrics", "", 200),
        ("/v1/exchange/metrics?no_such=1", "", 422),
    ):
        headers = {"Authorization": authorization} if authorization else {}
        status, given, _ = sent(stack, "GET", path, headers)
        assert status == expected
        assert given.items() >= SECURITY.items(), path


def test_a_body_is_bounded_and_is_what_it_says(stack: StackInfo, person: Person) -> None:
    token = id_token(stack, "strange")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps(factories.shop()).encode()
    for content, expected in (
        (body + b" " * 300_000, 413),
        (b"[" * 200_000, 400),
        (b'{"a":' * 40_000, 400),
        (body.replace(b"Cedar", b"C\xff\xfedar"), 400),
        (body[:-1] + b', "name": "Twice"}', 400),
        (body[:-1] + b', "__proto__": {"admin": true}}', 422),
    ):
        status, _, told = sent(stack, "POST", "/v1/organizations", headers, content)
        assert status == expected, told[:300]
    status, _, told = sent(
        stack, "POST", "/v1/organizations", headers | {"Content-Encoding": "gzip"}, gzip.compress(body)
    )
    assert status in (400, 415), told[:300]
    assert person("strange")("GET", "/v1/me").status_code == 200
