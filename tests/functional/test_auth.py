"""The authorizer, asked as API Gateway asks it."""

from typing import Any

import jwt
import pytest

from chalicelib.auth import verify_token
from tests.conftest import TokenMaker

METHOD = "arn:aws:execute-api:us-east-1:000000000000:abcdef/api/GET/v1/me"


def answer(token: str) -> dict[str, Any]:
    request = {"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": METHOD}
    given: dict[str, Any] = verify_token(request, None)
    return given


def allowed(given: dict[str, Any]) -> list[str]:
    resources: list[str] = given["policyDocument"]["Statement"][0]["Resource"]
    return resources


def test_a_good_token_opens_every_route_and_says_who_is_calling(token: TokenMaker) -> None:
    given = answer(token("ann"))
    # The gateway keeps the answer for all routes.
    assert allowed(given) == ["arn:aws:execute-api:us-east-1:000000000000:abcdef/api/*/*"]
    assert (given["principalId"], given["context"]["admin"]) == ("ann", "false")
    assert answer(token("root", admin=True))["context"]["admin"] == "true"


@pytest.mark.parametrize(
    ("claim", "verified"),
    [
        (True, "true"),
        ("true", "true"),
        (False, "false"),
        ("false", "false"),
        (None, "false"),
        (1, "false"),
        ("yes", "false"),
    ],
)
def test_an_address_is_verified_where_the_issuer_says_so(
    token: TokenMaker, claim: object, verified: str
) -> None:
    assert answer(token("ann", email_verified=claim))["context"]["email_verified"] == verified


def test_a_refused_token_opens_none(token: TokenMaker) -> None:
    assert allowed(answer(token("ann", aud="another client"))) == []


@pytest.mark.parametrize("groups", ["admin", "not-admin", {"admin": True}, None, 1])
def test_groups_that_are_no_list_make_no_administrator(token: TokenMaker, groups: object) -> None:
    assert answer(token("eve", **{"cognito:groups": groups}))["context"]["admin"] == "false"


def test_a_token_is_not_refused_because_the_issuer_is_silent(
    token: TokenMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = token("ann")

    def silent(_: object) -> None:
        raise jwt.PyJWKClientConnectionError("timed out")

    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", silent)
    with pytest.raises(jwt.PyJWKClientConnectionError):
        answer(good)
