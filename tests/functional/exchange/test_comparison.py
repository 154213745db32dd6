"""An organization's own figures against the published ones."""

from typing import Any

import pytest

from tests import factories
from tests.conftest import Http, TokenMaker
from tests.functional.exchange.conftest import Exchange
from tests.functional.exchange.releases import publish

SINCE = "2025-01-01"


def shop_of(client: Http, sent: str, **changes: Any) -> str:
    body = factories.shop(**{"shop_type": "collision", **changes})
    return f"/v1/organizations/{client.post('/v1/organizations', json=body, token=sent).json['id']}"


def submit(client: Http, path: str, sent: str, below: str, **body: Any) -> None:
    answer = client.put(f"{path}/{below}", json={"effective_date": SINCE, **body}, token=sent)
    assert answer.status == 200, answer.text


def compared(client: Http, path: str, sent: str) -> dict[str, Any]:
    answer = client.get(f"{path}/comparison", token=sent)
    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return {one["metric"]: one for one in answer.json["figures"]}


@pytest.fixture
def ann(token: TokenMaker) -> str:
    """Ann's token."""
    return token("ann")


def test_own_figures_stand_beside_the_cells_that_cover_them(
    client: Http, exchange: Exchange, ann: str
) -> None:
    release_id = publish(exchange)
    path = shop_of(client, ann)
    submit(client, path, ann, "labor-rates", rates_usd_per_hour={"body": "66.00", "frame": "80.00"})
    plan = {"plan": "hourly", "hourly_pay_usd": "30.00", "hours_per_week": 40}
    submit(client, path, ann, "pay/technician_a", headcount=2, pay_plan=plan)
    submit(
        client, path, ann, "benefits", benefits={"health": {"offered": True}, "tuition": {"offered": False}}
    )
    figures = compared(client, path, ann)

    rate = figures["labor_rate_body"]
    # The area's cell of all types is the most specific one, and has no quartiles.
    assert rate["cell"]["location"]["code"] == "598-MT"
    assert (rate["own"], rate["unit"], rate["standing"]) == ("66.00", "usd_per_hour", "median_or_above")
    assert rate["effective_date"] == SINCE

    pay = figures["hourly_equivalent"]
    assert (pay["position"], pay["own"], pay["standing"]) == ("technician_a", "30.00", "above_p75")
    assert pay["cell"]["figures"]["p75_usd"] == "29.00"

    assert (figures["labor_rate_frame"]["cell"], figures["labor_rate_frame"]["standing"]) == (None, None)
    health, tuition = figures["benefit_health"], figures["benefit_tuition"]
    assert (health["own"], health["standing"]) == ("offered", None)
    assert health["cell"]["figures"] == {"unit": "share", "share_percent": "50"}
    assert (tuition["own"], tuition["cell"]["figures"]["share_percent"]) == ("not_offered", "<5")
    whole = client.get(f"{path}/comparison", token=ann).json
    assert (whole["release_id"], whole["area"], whole["shop_type"]) == (release_id, "598-MT", "collision")


def test_amounts_are_told_in_their_unit(client: Http, exchange: Exchange, ann: str) -> None:
    publish(exchange)
    path = shop_of(client, ann)
    benefits = {
        "paid_vacation": {"offered": True, "days_per_year": 6.5},
        "retirement_match": {"offered": True, "percent": "4.25"},
    }
    answer = client.put(f"{path}/benefits", json={"effective_date": SINCE, "benefits": benefits}, token=ann)
    assert answer.status == 200, answer.text
    figures = compared(client, path, ann)
    vacation = figures["benefit_paid_vacation_days"]
    assert (vacation["own"], vacation["standing"]) == ("6.50", "below_p25")
    match = figures["benefit_retirement_match_percent"]
    assert (match["own"], match["standing"]) == ("4.25", "below_median")


def test_without_submissions_there_is_nothing_to_compare(client: Http, exchange: Exchange, ann: str) -> None:
    publish(exchange)
    assert compared(client, shop_of(client, ann), ann) == {}


def test_what_was_withdrawn_is_not_compared(client: Http, exchange: Exchange, ann: str) -> None:
    publish(exchange)
    path = shop_of(client, ann)
    submit(client, path, ann, "labor-rates", rates_usd_per_hour={"body": "66.00"})
    assert client.delete(f"{path}/labor-rates", token=ann).status == 204
    assert compared(client, path, ann) == {}


def test_before_the_first_release_there_is_nothing(client: Http, ann: str) -> None:
    answer = client.get(f"{shop_of(client, ann)}/comparison", token=ann)
    assert (answer.status, answer.problem) == (404, "not-found")


def test_a_school_has_no_figures(client: Http, exchange: Exchange, ann: str) -> None:
    publish(exchange)
    path = shop_of(client, ann, kind="sponsor", shop_type=None)
    answer = client.get(f"{path}/comparison", token=ann)
    assert (answer.status, answer.problem) == (409, "conflict")


def test_members_alone_compare_and_not_even_administrators(
    client: Http, exchange: Exchange, token: TokenMaker, ann: str
) -> None:
    publish(exchange)
    path = shop_of(client, ann)
    for sent in (token("eve"), token("root", admin=True)):
        answer = client.get(f"{path}/comparison", token=sent)
        assert (answer.status, answer.problem) == (403, "not-permitted")
