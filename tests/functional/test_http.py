"""Typed routes: what they refuse, and how."""

import datetime as dt
import io
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import pytest
from chalice.app import Chalice
from chalice.test import Client
from pydantic import Field

from chalicelib.auth import ADMINISTRATORS, PUBLIC, SIGNED_IN, Caller, tokens
from chalicelib.errors import Conflict
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.values import Model, Usd
from tests.conftest import Answer, Http, TokenMaker


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Thing(Model):
    """A thing."""

    name: str
    price_usd: Usd
    colour: Colour = Colour.RED
    count: Annotated[int, Field(ge=1)] = 1


class ThingQuery(Model):
    limit: Annotated[int, Field(ge=1, le=10)] = 5
    colour: Colour | None = None
    on: dt.date | None = None


class Echo(Model):
    said: str


api = Api(__name__, tag="Things")


@api.get("/things", permission=PUBLIC, summary="All")
def list_things(query: ThingQuery) -> Echo:
    return Echo(said=f"{query.limit} {query.colour} {query.on}")


@api.post("/things", permission=SIGNED_IN, summary="New", status=201, errors=(Conflict,))
def create_thing(caller: Caller, body: Thing, idempotent: IdempotentRequest | None) -> Reply[Echo]:
    if body.name == "taken":
        raise Conflict("There is a thing of that name.")
    if body.name == "crash":
        raise RuntimeError("secret: 27.50")
    return Reply(
        Echo(said=f"{caller.user_id} {body.price_usd} {idempotent is not None}"), location="things/1"
    )


@api.post("/copies/{number}", permission=SIGNED_IN, summary="Copy", status=201)
def copy_thing(number: int, idempotent: IdempotentRequest | None) -> Echo:
    return Echo(said=f"{number} {idempotent.digest if idempotent else ''}")


@api.get("/things/{number}", permission=PUBLIC, summary="One")
def read_thing(number: int) -> Reply[Echo]:
    return Reply(Echo(said=str(number)), etag=version_etag(7))


@api.get("/descriptions/{number}", permission=PUBLIC, summary="What it is")
def describe_thing(number: int) -> Reply[Echo]:
    return Reply(Echo(said=f"number {number}"), hashed=True)


@api.put("/things/{colour}/{name}", permission=ADMINISTRATORS, summary="Change")
def change_thing(colour: Colour, name: str, if_match: Version, body: Thing) -> Echo:
    return Echo(said=f"{colour} {name} {if_match} {body.name}")


@api.delete("/things/{number}", permission=SIGNED_IN, summary="Delete")
def delete_thing(number: int) -> None:
    del number


@pytest.fixture(scope="module")
def app() -> Chalice:
    app = Chalice("things")
    app.register_blueprint(tokens)
    app.register_blueprint(api)
    return app


@pytest.fixture
def things(app: Chalice, token: TokenMaker) -> Iterator[Http]:  # noqa: ARG001 - a fixture
    with Client(app) as client:
        yield Http(client)


def test_a_query_is_parsed_by_its_annotations(things: Http) -> None:
    assert things.get("/things?limit=3&colour=blue&on=2026-01-31").json == {"said": "3 blue 2026-01-31"}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("limit=11", "limit"), ("limit=x", "limit"), ("colour=green", "colour"), ("nothing=1", "nothing")],
)
def test_a_wrong_query_names_the_parameter(things: Http, query: str, pointer: str) -> None:
    answer = things.get(f"/things?{query}")
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert [(field["pointer"], field["source"]) for field in answer.json["errors"]] == [(pointer, "query")]


@pytest.mark.parametrize(
    "query", ["limit=1_0", "limit=%2B5", "limit=5%20", "limit=", "limit=nan", "colour=red%0A", "limit=%D9%A3"]
)
def test_a_value_is_spelled_as_the_document_says(things: Http, query: str) -> None:
    answer = things.get(f"/things?{query}")
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert [field["pointer"] for field in answer.json["errors"]] == [query.partition("=")[0]]


def test_a_parameter_sent_twice_is_refused(things: Http) -> None:
    assert things.get("/things?limit=1&limit=2").problem == "invalid-input"


def test_a_body_is_parsed_and_money_is_cents(things: Http, token: TokenMaker) -> None:
    answer = things.post("/things", json={"name": "a", "price_usd": "27.5"}, token=token("ann"))
    assert (answer.status, answer.json) == (201, {"said": "ann 2750 False"})
    assert answer.headers["Location"] == "things/1"


@pytest.mark.parametrize(
    ("body", "problem", "pointer"),
    [
        ({"name": "a"}, "invalid-input", "/price_usd"),
        ({"name": "a", "price_usd": 27.5}, "invalid-input", "/price_usd"),
        ({"name": "a", "price_usd": "27.555"}, "invalid-input", "/price_usd"),
        ({"name": "a", "price_usd": "1", "x/y": 1}, "invalid-input", "/x~1y"),
        ({"name": "a", "price_usd": "1", "count": "5"}, "invalid-input", "/count"),
        ([], "invalid-input", ""),
    ],
)
def test_a_wrong_body_names_the_field(
    things: Http, token: TokenMaker, body: Any, problem: str, pointer: str
) -> None:
    answer = things.post("/things", json=body, token=token("ann"))
    assert (answer.status, answer.problem) == (422, problem)
    assert answer.json["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("content", [b"", b"{", b'{"name": "a", ', b"\xff\xfe", b"nonsense"])
def test_a_body_that_is_no_json_is_malformed(things: Http, token: TokenMaker, content: bytes) -> None:
    answer = things.post(
        "/things", content=content, token=token("ann"), headers={"Content-Type": "application/json"}
    )
    assert (answer.status, answer.problem) == (400, "malformed-body")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"name": "Andr\xe9", "price_usd": "1"}'.encode("latin-1"), "UTF-8"),
        (b'{"name": "a", "price_usd": "1", "name": "b"}', '"name" stands twice'),
        (b'{"name": "a", "price_usd": "1", "n\\u0061me": "b"}', '"name" stands twice'),
    ],
    ids=["Latin-1", "a name twice", "a name twice, once escaped"],
)
def test_a_body_that_could_be_misread_is_malformed(
    things: Http, token: TokenMaker, content: bytes, said: str
) -> None:
    # The gateway hands over text, with a sign in place of what is not UTF-8.
    sent = content.decode(errors="replace").encode()
    answer = things.post("/things", content=sent, token=token("ann"))
    assert (answer.status, answer.problem) == (400, "malformed-body")
    assert said in answer.json["detail"]


def test_a_body_of_more_than_256_kilobytes_is_refused(things: Http, token: TokenMaker) -> None:
    answer = things.post("/things", json={"name": "a" * 262_144}, token=token("ann"))
    assert (answer.status, answer.problem) == (413, "body-too-large")


def test_a_body_that_is_not_declared_as_json_is_refused(things: Http, token: TokenMaker) -> None:
    answer = things.post("/things", content=b"{}", token=token("ann"), headers={"Content-Type": "text/plain"})
    assert (answer.status, answer.problem) == (415, "unsupported-media-type")


def test_the_domains_errors_become_problems(things: Http, token: TokenMaker) -> None:
    answer = things.post("/things", json={"name": "taken", "price_usd": "1"}, token=token("ann"))
    assert (answer.status, answer.problem, answer.json["detail"]) == (
        409,
        "conflict",
        "There is a thing of that name.",
    )


def test_an_unforeseen_error_shows_and_logs_nothing_of_what_was_sent(
    things: Http, token: TokenMaker, log: io.StringIO
) -> None:
    answer = things.post("/things", json={"name": "crash", "price_usd": "27.50"}, token=token("ann"))
    assert (answer.status, answer.problem) == (500, "unexpected")
    assert "unexpected error" in log.getvalue()
    assert "27.50" not in answer.text + log.getvalue()


def test_a_change_needs_a_version(things: Http, token: TokenMaker) -> None:
    root = token("root", admin=True)
    body = {"name": "n", "price_usd": "1"}
    without = things.put("/things/red/x", json=body, token=root)
    assert (without.status, without.problem) == (428, "version-required")
    for no_version in ("*", 'W/"12"', '"12", "13"', "12", '""', '"1234567890123"', ""):
        wrong = things.put("/things/red/x", json=body, token=root, headers={"If-Match": no_version})
        assert (wrong.status, wrong.problem) == (422, "invalid-input"), no_version
    right = things.put("/things/red/a%20b", json=body, token=root, headers={"If-Match": '"12"'})
    assert right.json == {"said": "red a b 12 n"}


def test_a_wrong_path_parameter_is_named(things: Http) -> None:
    answer = things.get("/things/seven")
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "number")


def test_an_etag_that_is_known_answers_304_without_a_body(things: Http) -> None:
    first = things.get("/things/3")
    again = things.get("/things/3", headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])


def test_the_etag_of_what_has_no_version_is_made_of_the_body(things: Http) -> None:
    first, other = things.get("/descriptions/3"), things.get("/descriptions/4")
    assert first.headers["ETag"] != other.headers["ETag"]
    known = {"If-None-Match": first.headers["ETag"]}
    assert things.get("/descriptions/3", headers=known).status == 304
    assert things.get("/descriptions/4", headers=known).json == {"said": "number 4"}


def test_nothing_to_say_is_204(things: Http, token: TokenMaker) -> None:
    assert things.delete("/things/3", token=token("ann")).status == 204


def test_an_idempotency_key_must_look_like_one(things: Http, token: TokenMaker) -> None:
    headers = {"Idempotency-Key": "short"}
    answer = things.post("/things", json={"name": "a", "price_usd": "1"}, token=token("ann"), headers=headers)
    assert answer.json["errors"][0] == {
        "pointer": "Idempotency-Key",
        "detail": "8 to 128 visible ASCII characters.",
        "source": "header",
    }


def test_one_idempotency_key_on_two_things_is_two_requests(things: Http, token: TokenMaker) -> None:
    def digest(number: int) -> str:
        answer = things.post(
            f"/copies/{number}", token=token("ann"), headers={"Idempotency-Key": "key-of-ann"}
        )
        assert answer.status == 201, answer.text
        return str(answer.json["said"]).partition(" ")[2]

    assert digest(1) == digest(1)
    assert digest(1) != digest(2)


def test_permission_is_checked_before_the_body_is_read(things: Http, token: TokenMaker) -> None:
    answer = things.put("/things/red/x", content=b"{", token=token("ann"))
    assert (answer.status, answer.problem) == (403, "not-permitted")


def _refusals(token: TokenMaker) -> list[str | None]:
    import jwt

    now = int(dt.datetime.now(dt.UTC).timestamp())
    return [
        None,
        "nonsense",
        "a.b.c",
        token("ann", exp=now - 3600),
        token("ann", aud="another client"),
        token("ann", iss="https://another.example"),
        token("ann", token_use="access"),
        token("ann", nbf=now + 3600),
        jwt.encode({"sub": "ann"}, "", algorithm="none"),
        token("ann", key="x" * 32, algorithm="HS256"),
    ]


def test_only_a_verified_token_gets_through(things: Http, token: TokenMaker) -> None:
    for refused in _refusals(token):
        answer: Answer = things.delete("/things/3", token=refused)
        assert answer.status in (401, 403), refused


def test_a_token_signed_by_another_key_is_refused(things: Http, token: TokenMaker) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa

    forged = token("ann", key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    assert things.delete("/things/3", token=forged).status == 403


def test_origins_are_those_configured(things: Http, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.config import config

    assert things.get("/things").headers["Access-Control-Allow-Origin"] == "*"
    monkeypatch.setenv("CONNECTS_CORS_ORIGIN", "https://a.example https://b.example")
    config.cache_clear()
    named = things.get("/things", headers={"Origin": "https://b.example"})
    assert named.headers["Access-Control-Allow-Origin"] == "https://b.example"
    other = things.get("/things", headers={"Origin": "https://evil.example"})
    assert other.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert other.headers["Vary"] == "Origin"
