"""Tokens that somebody made or bent: none opens anything, and none costs the issuer a request each."""

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from chalicelib.issuer import IssuerKeys
from tests.conftest import AUDIENCE, ISSUER, TokenMaker
from tests.functional.test_auth import allowed, answer


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def claims(**changes: Any) -> dict[str, Any]:
    now = int(datetime.now(UTC).timestamp())
    return {
        "sub": "eve",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 600,
        "token_use": "id",
        "cognito:groups": ["admin"],
        **changes,
    }


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_a_token_without_a_signature_is_refused(token: TokenMaker, name: str) -> None:
    token("ann")
    for ending in ("", "AAAA"):
        forged = f"{part({'alg': name, 'typ': 'JWT', 'kid': 'key-1'})}.{part(claims())}.{ending}"
        assert allowed(answer(forged)) == []


def test_the_public_key_is_no_shared_secret(token: TokenMaker, signing_key: rsa.RSAPrivateKey) -> None:
    token("ann")
    for form in (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1):
        secret = signing_key.public_key().public_bytes(Encoding.PEM, form)
        head = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'key-1'})}.{part(claims())}"
        mac = hmac.digest(secret, head.encode(), "sha256")
        forged = f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        assert allowed(answer(forged)) == []


def test_a_key_that_the_token_brings_along_is_not_used(token: TokenMaker) -> None:
    token("ann")
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    brought = json.loads(RSAAlgorithm.to_jwk(own.public_key()))
    for headers in (
        {"kid": "key-1", "jwk": brought},
        {"kid": "key-1", "jku": "https://attacker.example/keys"},
        {"kid": "../../key-1"},
        {"kid": "' OR 1=1"},
        {},
    ):
        assert allowed(answer(jwt.encode(claims(), own, algorithm="RS256", headers=headers))) == []


@pytest.mark.parametrize(
    "bent",
    [
        {"aud": "another client"},
        {"aud": []},
        {"iss": ISSUER + ".attacker.example"},
        {"iss": ISSUER + "/"},
        {"token_use": "access"},
        {"sub": None},
        {"exp": None},
        {"iat": int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())},
        {"nbf": int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())},
    ],
    ids=str,
)
def test_claims_that_are_not_as_they_must_be_are_refused(
    token: TokenMaker, signing_key: rsa.RSAPrivateKey, bent: dict[str, Any]
) -> None:
    token("ann")
    content = {name: value for name, value in claims(**bent).items() if value is not None}
    forged = jwt.encode(content, signing_key, algorithm="RS256", headers={"kid": "key-1"})
    assert allowed(answer(forged)) == []


@pytest.mark.parametrize(("age", "good"), [(0, True), (20, True), (60, False)])
def test_clocks_may_differ_by_half_a_minute(token: TokenMaker, age: int, good: bool) -> None:
    now = int(datetime.now(UTC).timestamp())
    assert bool(allowed(answer(token("ann", exp=now - age)))) is good or age == 0


@pytest.mark.parametrize(
    "text", ["", "a", "a.b.c", "..", "eyJ.eyJ.", "é" * 10, "a" * 10_000, "null", "[]", "\x00"]
)
def test_what_is_no_token_is_refused(token: TokenMaker, text: str) -> None:
    token("ann")
    assert allowed(answer(text)) == []


class Issuer:
    """An issuer whose keys change, and which counts how often it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.private: dict[str, rsa.RSAPrivateKey] = {}
        self.asked = 0
        monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda client: self._fetch(client))  # noqa: PLW0108 - it is told which client asks

    def add(self, kid: str) -> None:
        self.private[kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, kid: str) -> str:
        return jwt.encode(claims(), self.private[kid], algorithm="RS256", headers={"kid": kid})

    def _fetch(self, client: jwt.PyJWKClient) -> dict[str, Any]:
        self.asked += 1
        keys = {
            "keys": [
                {
                    **json.loads(RSAAlgorithm.to_jwk(key.public_key())),
                    "kid": kid,
                    "use": "sig",
                    "alg": "RS256",
                }
                for kid, key in self.private.items()
            ]
        }
        if client.jwk_set_cache is not None:
            client.jwk_set_cache.put(jwt.PyJWKSet.from_dict(keys))
        return keys


def test_a_new_key_of_the_issuer_is_found_and_made_up_ones_cost_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    issuer, now = Issuer(monkeypatch), [0.0]
    issuer.add("old")
    keys = IssuerKeys("https://issuer.example/keys", lambda: now[0])
    assert keys.of_token(issuer.sign("old")).key_id == "old"
    before = issuer.asked
    issuer.add("new")
    assert keys.of_token(issuer.sign("new")).key_id == "new"
    assert issuer.asked == before + 1
    for number in range(20):
        headers = {"kid": f"made-up-{number}"}
        forged = jwt.encode(claims(), issuer.private["old"], algorithm="RS256", headers=headers)
        with pytest.raises(jwt.InvalidKeyError):
            keys.of_token(forged)
    assert issuer.asked <= before + 2
    now[0] += 60
    issuer.add("newer")
    assert keys.of_token(issuer.sign("newer")).key_id == "newer"
