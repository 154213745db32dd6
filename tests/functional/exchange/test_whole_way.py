"""From a shop's own words to a published figure, over the API and through the nightly function."""

import pytest

from chalicelib.exchange.jobs import publish_nightly
from tests import factories
from tests.conftest import Answer, Http, TokenMaker

EVENT = {
    "version": "0",
    "id": "1",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-06-15T07:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}
LOOKUP = "/v1/exchange/lookup?metric=labor_rate_body&zip=59801&shop_type=collision"


def ok(answer: Answer) -> Answer:
    assert answer.status < 300, answer.text
    return answer


@pytest.fixture
def shops(client: Http, token: TokenMaker) -> list[str]:
    """Six verified collision shops in Missoula, each with a body labor rate that has been in force for long."""
    return [_shop(client, token, number) for number in range(6)]


def _shop(client: Http, token: TokenMaker, number: int) -> str:
    owner = token(f"owner-{number}")
    body = factories.shop(shop_type="collision", sectors=["collision"], name=f"Shop {number}")
    one = str(ok(client.post("/v1/organizations", json=body, token=owner)).json["id"])
    rates = {"effective_date": "2025-06-01", "rates_usd_per_hour": {"body": f"{60 + 5 * number}.00"}}
    ok(client.put(f"/v1/organizations/{one}/labor-rates", json=rates, token=owner))
    path = f"/v1/organizations/{one}/verification"
    ok(client.put(path, json={"status": "verified"}, token=token("root", admin=True)))
    return one


def test_what_shops_submit_becomes_a_figure_of_none_of_them(client: Http, shops: list[str]) -> None:
    answer = publish_nightly(EVENT, None)
    assert answer["cells"] == 8
    found = ok(client.get(LOOKUP))
    assert found.json["cell"]["figures"] == {
        "unit": "usd_per_hour",
        "median_usd": "72.50",
        "p25_usd": None,
        "p75_usd": None,
        "p10_usd": None,
        "p90_usd": None,
    }
    assert found.json["cell"]["owner_groups"] == "5-9"
    assert not any(one in found.text for one in shops)


def test_withdrawn_and_deleted_figures_leave_with_the_next_change_and_not_alone(
    client: Http, token: TokenMaker, shops: list[str]
) -> None:
    publish_nightly(EVENT, None)
    before = ok(client.get(LOOKUP)).json["cell"]
    ok(client.delete(f"/v1/organizations/{shops[0]}/labor-rates", token=token("owner-0")))
    owner = token("owner-1")
    etag = ok(client.get(f"/v1/organizations/{shops[1]}", token=owner)).headers["ETag"]
    ok(client.delete(f"/v1/organizations/{shops[1]}", token=owner, headers={"If-Match": etag}))
    publish_nightly({**EVENT, "time": "2026-06-16T07:00:00Z"}, None)
    # The difference of two nights would be the two of them, so the frozen figures stay.
    assert ok(client.get(LOOKUP)).json["cell"] == before
    for number in range(6, 12):
        _shop(client, token, number)
    publish_nightly({**EVENT, "time": "2026-06-17T07:00:00Z"}, None)
    after = ok(client.get(LOOKUP)).json["cell"]
    assert after["figures"]["median_usd"] != before["figures"]["median_usd"]
    assert (after["owner_groups"], after["as_of"]) == ("10-19", "2026-06-17")


def test_a_shop_that_is_not_verified_does_not_count(
    client: Http, token: TokenMaker, shops: list[str]
) -> None:
    admin = token("root", admin=True)
    for one in shops[:2]:
        ok(client.put(f"/v1/organizations/{one}/verification", json={"status": "suspended"}, token=admin))
    assert publish_nightly(EVENT, None)["cells"] == 0


def test_shops_of_one_owner_group_are_one_contributor(client: Http, token: TokenMaker) -> None:
    owner, admin = token("ann"), token("root", admin=True)
    group = ok(client.post("/v1/owner-groups", json={"name": "Ann's shops"}, token=owner)).json["id"]
    for number in range(8):
        body = factories.shop(shop_type="collision", name=f"Shop {number}", owner_group_id=group)
        one = ok(client.post("/v1/organizations", json=body, token=owner)).json["id"]
        rates = {"effective_date": "2025-06-01", "rates_usd_per_hour": {"body": "65.00"}}
        ok(client.put(f"/v1/organizations/{one}/labor-rates", json=rates, token=owner))
        ok(client.put(f"/v1/organizations/{one}/verification", json={"status": "verified"}, token=admin))
    assert publish_nightly(EVENT, None)["cells"] == 0
