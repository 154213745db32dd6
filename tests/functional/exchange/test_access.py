"""Who may read figures under either access policy."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from chalicelib.config import config
from chalicelib.memberships.models import organization_party
from chalicelib.memberships.store import member_put
from chalicelib.values import Role
from tests import factories
from tests.conftest import Http, TokenMaker
from tests.functional.exchange.conftest import Exchange
from tests.functional.exchange.releases import publish

LOOKUP = "lookup?metric=labor_rate_body&state=MT"
SERIES = "series?metric=labor_rate_body&place=MT"
RATES = {"effective_date": "2025-01-01", "rates_usd_per_hour": {"body": "61.00"}}
Contributor = Callable[..., str]


@pytest.fixture
def participants(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A deployment whose figures are for those who contribute."""
    monkeypatch.setenv("CONNECTS_EXCHANGE_ACCESS", "participants")
    config.cache_clear()
    yield
    config.cache_clear()


@pytest.fixture
def contributor(client: Http, token: TokenMaker) -> Contributor:
    """Registers a shop of a person's with what it takes to be a participant; answers its id."""

    def make(user: str, *, submits: bool = True, verified: bool = True) -> str:
        made = client.post("/v1/organizations", json=factories.shop(), token=token(user))
        path = f"/v1/organizations/{made.json['id']}"
        if submits:
            answer = client.put(f"{path}/labor-rates", json=RATES, token=token(user))
            assert answer.status == 200, answer.text
        if verified:
            root = token("root", admin=True)
            answer = client.put(f"{path}/verification", json={"status": "verified"}, token=root)
            assert answer.status == 200, answer.text
        return str(made.json["id"])

    return make


@pytest.fixture(autouse=True)
def _release(exchange: Exchange) -> None:
    publish(exchange)


@pytest.mark.parametrize("asked", [LOOKUP, SERIES])
def test_public_figures_are_for_everyone(client: Http, token: TokenMaker, asked: str) -> None:
    public = client.get(f"/v1/exchange/{asked}")
    private = client.get(f"/v1/exchange/participants/{asked}", token=token("eve"))
    assert (public.status, private.status) == (200, 200)
    assert public.json == private.json
    assert public.headers["Cache-Control"] == "public, max-age=300"
    assert private.headers["Cache-Control"] == "private, max-age=300"


@pytest.mark.parametrize("asked", [LOOKUP, SERIES])
@pytest.mark.usefixtures("participants")
def test_figures_for_participants_are_not_public_and_say_where_to_ask(
    client: Http, token: TokenMaker, asked: str
) -> None:
    for sent in (None, token("root", admin=True)):
        answer = client.get(f"/v1/exchange/{asked}", token=sent)
        assert (answer.status, answer.problem) == (403, "participants-only")
        assert f"/v1/exchange/participants/{asked.partition('?')[0]}" in answer.json["detail"]
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", [LOOKUP, SERIES])
@pytest.mark.usefixtures("participants")
def test_participants_and_administrators_read_them(
    client: Http, token: TokenMaker, contributor: Contributor, asked: str
) -> None:
    contributor("ann")
    for sent in (token("ann"), token("root", admin=True)):
        assert client.get(f"/v1/exchange/participants/{asked}", token=sent).status == 200
    assert client.get(f"/v1/exchange/participants/{asked}").status == 401


Without = Callable[[Http, TokenMaker, Contributor], object]


def _withdrawn(client: Http, token: TokenMaker, contributor: Contributor) -> None:
    path = f"/v1/organizations/{contributor('eve')}"
    assert client.delete(f"{path}/labor-rates", token=token("eve")).status == 204


def _deleted(client: Http, token: TokenMaker, contributor: Contributor) -> None:
    path = f"/v1/organizations/{contributor('eve')}"
    etag = client.get(path, token=token("eve")).headers["ETag"]
    assert client.delete(path, token=token("eve"), headers={"If-Match": etag}).status == 204


WITHOUT: dict[str, Without] = {
    "an organization": lambda *_: None,
    "a submission": lambda _, __, contributor: contributor("eve", submits=False),
    "verification": lambda _, __, contributor: contributor("eve", verified=False),
    "one that is still in force": _withdrawn,
    "one that still is": _deleted,
}


@pytest.mark.parametrize("missing", WITHOUT)
@pytest.mark.usefixtures("participants")
def test_who_does_not_give_does_not_get(
    client: Http, token: TokenMaker, contributor: Contributor, missing: str
) -> None:
    contributor("ann")
    WITHOUT[missing](client, token, contributor)
    answer = client.get(f"/v1/exchange/participants/{LOOKUP}", token=token("eve"))
    assert (answer.status, answer.problem) == (403, "not-permitted")
    assert "contribute" in answer.json["detail"]


@pytest.mark.usefixtures("participants")
def test_any_of_ones_organizations_opens_the_door(
    client: Http, token: TokenMaker, contributor: Contributor, exchange: Exchange
) -> None:
    contributor("vic", submits=False)
    shop = contributor("ann")
    hired_at = datetime(2026, 1, 1, tzinfo=UTC)
    exchange.table.write(member_put(organization_party(shop), "vic", Role.VIEWER, hired_at))
    assert client.get(f"/v1/exchange/participants/{LOOKUP}", token=token("vic")).status == 200


@pytest.mark.parametrize("path", ["releases", "releases/latest", "metrics", "methodology"])
@pytest.mark.usefixtures("participants")
def test_what_holds_no_figures_stays_public(client: Http, path: str) -> None:
    assert client.get(f"/v1/exchange/{path}").status == 200
