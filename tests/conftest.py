"""Fixtures shared by all tests: an in-process AWS with the table and the buckets, and a client of the API in it."""

import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from chalice.test import Client
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from jwt.algorithms import RSAAlgorithm
from moto import mock_aws

from chalicelib import auth, aws
from chalicelib.config import Config, config
from chalicelib.table import table as table_module
from chalicelib.table.table import Table
from tests import factories
from tests.described import Document

# How long an example takes says how busy the machine is, not whether the code is right. The examples are the same at
# every run, so a test that fails does so for what was changed; `--hypothesis-profile=search` looks for others.
hypothesis_settings.register_profile(
    "search", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
hypothesis_settings.register_profile("same", hypothesis_settings.get_profile("search"), derandomize=True)
hypothesis_settings.load_profile("same")

ISSUER = "https://issuer.example/pool"
AUDIENCE = "client-of-the-tests"
TABLE = "connects-test"
UPLOADS = "connects-test-uploads"
RELEASES = "connects-test-releases"
STATE = "connects-test-state"
DOCUMENT = Document()

SETTINGS = {
    "CONNECTS_TABLE_NAME": TABLE,
    "CONNECTS_UPLOADS_BUCKET": UPLOADS,
    "CONNECTS_RELEASES_BUCKET": RELEASES,
    "CONNECTS_STATE_BUCKET": STATE,
    "CONNECTS_TOKEN_ISSUER": ISSUER,
    "CONNECTS_TOKEN_AUDIENCE": AUDIENCE,
    "CONNECTS_CURSOR_KEY": "a key for the tests",
    "CONNECTS_LATEST_RELEASE_SECONDS": "0",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "POWERTOOLS_METRICS_NAMESPACE": "Connects",
    "POWERTOOLS_METRICS_DISABLED": "true",
}


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """The settings of the tests; nothing of the user's own AWS configuration reaches one."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "CONNECTS_"))]:
        monkeypatch.delenv(name)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    _forget()
    yield config()
    _forget()


def _forget() -> None:
    # The clients stay: making one takes longer than most tests, and the in-process AWS intercepts what they send.
    for cached in (config, table_module.connect, auth._issuer_keys):
        cached.cache_clear()


@pytest.fixture
def cloud(settings: Config) -> Iterator[None]:
    """An in-process AWS with the table and the buckets."""
    with mock_aws():
        factories.create_table(aws.dynamodb(), settings.table_name)
        for bucket in (settings.uploads_bucket, settings.releases_bucket, settings.state_bucket):
            aws.s3().create_bucket(Bucket=bucket)
        yield


@pytest.fixture
def table(cloud: None) -> Table:  # noqa: ARG001 - a fixture
    """The table in the in-process AWS. Its pauses between retries take no time."""
    return Table(aws.dynamodb(), TABLE, pause=lambda _: None)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """A clock that stands still."""
    moment = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
    return lambda: moment


@pytest.fixture(scope="session")
def signing_key() -> rsa.RSAPrivateKey:
    """The issuer's private key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the functions log, from here on: a JSON object a line."""
    from chalicelib.observability import logger

    written = io.StringIO()
    # The logger keeps the standard output of the moment of its making, which may be that of an earlier test.
    for handler in logger.handlers:
        monkeypatch.setattr(handler, "stream", written)
    return written


TokenMaker = Callable[..., str]


@pytest.fixture
def token(signing_key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> TokenMaker:
    """Makes ID tokens as the issuer would: ``token("ann")``, ``token("root", admin=True)``; claims can be replaced."""
    public = json.loads(RSAAlgorithm.to_jwk(signing_key.public_key()))
    keys = {"keys": [{**public, "kid": "key-1", "use": "sig", "alg": "RS256"}]}
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda _: keys)

    def make(
        user: str, *, admin: bool = False, key: Any = None, algorithm: str = "RS256", **claims: Any
    ) -> str:
        now = int(datetime.now(UTC).timestamp())
        payload = {
            "sub": user,
            "email": f"{user}@connects.example",
            "email_verified": True,
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 600,
            "token_use": "id",
            **({"cognito:groups": ["admin"]} if admin else {}),
            **claims,
        }
        return jwt.encode(payload, key or signing_key, algorithm=algorithm, headers={"kid": "key-1"})

    return make


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.text)

    @property
    def problem(self) -> str:
        """The end of the problem's type."""
        assert self.headers["Content-Type"] == "application/problem+json", self.text
        return str(self.json["type"]).removeprefix("urn:connects:problem:")


class Http:
    """A client of the API in this process."""

    def __init__(self, client: Client, document: Document | None = None) -> None:
        """``document``: every answer is held against it."""
        self._client = client
        self._document = document

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request; ``json`` or ``content`` is its body, ``token`` its bearer token."""
        sent = dict(headers or {})
        body = content
        if json is not None:
            body = _json(json)
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        answer = self._client.http.request(method, path, headers=sent, body=body or b"")
        headers_sent = {
            "-".join(part.capitalize() for part in k.split("-")): v for k, v in answer.headers.items()
        }
        headers_sent = {("ETag" if name == "Etag" else name): value for name, value in headers_sent.items()}
        given = Answer(answer.status_code, headers_sent, answer.body.decode())
        if self._document is not None:
            self._document.check(method, path, given.status, given.headers, given.text)
        return given

    def get(self, path: str, **options: Any) -> Answer:
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        """POST."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Answer:
        """PUT."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Answer:
        """PATCH."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        """DELETE."""
        return self.request("DELETE", path, **options)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture
def client(cloud: None, token: TokenMaker) -> Iterator[Http]:  # noqa: ARG001 - fixtures
    """A client of the whole application."""
    from app import app

    with Client(app, stage_name="test") as chalice_client:
        yield Http(chalice_client, DOCUMENT)
