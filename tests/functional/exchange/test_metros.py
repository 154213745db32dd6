"""Metropolitan areas in the Exchange: look-ups by them, and nights before and after a delineation."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.exchange.jobs import publish_nightly
from chalicelib.exchange.night import Outcome
from chalicelib.exchange.placing import placed
from chalicelib.geography.service import Areas, DelineationStore, take_delineation
from chalicelib.table.table import connect
from tests import factories
from tests.conftest import Answer, Http, TokenMaker
from tests.functional.exchange.conftest import NIGHT, Exchange
from tests.functional.exchange.releases import BODY_RATE, CELLS, cell, publish
from tests.functional.exchange.test_whole_way import EVENT, ok
from tests.unit.geography.delineations import delineation, table

DAY = timedelta(days=1)
METRO_CELLS = (
    *CELLS,
    cell("area", "33540-MT", "collision", 6_750),
    cell("area", "35620-NJ", "collision", 9_000),
    cell("area", "35620-NY", "all", 9_250),
)
PLACES = ("state/MT", "state/NJ", "state/NY", "division/mountain", "nation/US")


@pytest.fixture
def store(cloud: None) -> DelineationStore:  # noqa: ARG001 - a fixture
    """Of the table that the API reads."""
    return DelineationStore(connect())


def put_into_force(store: DelineationStore, day: date) -> None:
    take_delineation(store, table(), datetime(day.year, day.month, day.day, tzinfo=UTC))


def look_up(client: Http, **query: str) -> Answer:
    return client.get(f"/v1/exchange/lookup?{urlencode({'metric': BODY_RATE, **query})}")


def found(answer: Answer) -> tuple[str, str]:
    cell: dict[str, Any] = ok(answer).json["cell"]
    return cell["location"]["code"], cell["location"]["name"]


def test_a_metropolitan_area_of_one_state_is_asked_for_by_its_code(
    client: Http, exchange: Exchange, store: DelineationStore
) -> None:
    publish(exchange, cells=METRO_CELLS)
    put_into_force(store, NIGHT)
    for where in ({"metro": "33540"}, {"area": "33540-MT"}, {"zip": "59801"}):
        answer = look_up(client, shop_type="collision", **where)
        assert found(answer) == ("33540-MT", "Missoula, MT")
        assert (answer.json["area"], answer.json["parts"]) == ("33540-MT", [])


def test_one_of_several_states_is_answered_by_what_covers_all_of_it_and_by_its_parts(
    client: Http, exchange: Exchange, store: DelineationStore
) -> None:
    publish(exchange, cells=METRO_CELLS, places=PLACES)
    put_into_force(store, NIGHT)
    answer = look_up(client, metro="35620", shop_type="collision")
    assert found(answer) == ("US", "United States")
    assert [one["location"]["code"] for one in answer.json["fell_back"]] == ["middle_atlantic"] * 2
    assert [(one["location"]["name"], one["shop_type"]) for one in answer.json["parts"]] == [
        ("New York-Newark-Jersey City, NY-NJ, the part in New Jersey", "collision"),
        ("New York-Newark-Jersey City, NY-NJ, the part in New York", "all"),
    ]
    assert (answer.json["metro"], answer.json["area"], answer.json["state"]) == ("35620", None, None)


def test_an_unknown_metropolitan_area_is_refused(
    client: Http, exchange: Exchange, store: DelineationStore
) -> None:
    publish(exchange)
    answer = look_up(client, metro="33540")
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "metro")
    put_into_force(store, NIGHT)
    assert look_up(client, metro="10101").status == 422
    assert look_up(client, metro="33540", state="MT").status == 422


def test_figures_of_the_area_of_before_answer_until_they_change(
    client: Http, exchange: Exchange, store: DelineationStore
) -> None:
    publish(exchange)
    etag = look_up(client, zip="59801").headers["ETag"]
    put_into_force(store, NIGHT + DAY)
    answer = look_up(client, zip="59801")
    assert answer.headers["ETag"] != etag
    assert found(answer) == ("598-MT", "ZIP codes 598 in Montana outside metropolitan areas")
    assert [one["location"]["code"] for one in answer.json["fell_back"]] == ["33540-MT"]
    # Later figures are of those alone who are outside metropolitan areas.
    later = tuple(one._replace(newest=NIGHT + DAY) if one.loc == "598-MT" else one for one in CELLS)
    publish(exchange, NIGHT + DAY, cells=later)
    answer = look_up(client, zip="59801")
    assert found(answer)[0] == "MT"
    assert [one["location"]["code"] for one in answer.json["fell_back"]] == ["33540-MT"]
    assert found(look_up(client, area="598-MT"))[0] == "598-MT"


def test_lines_tell_zip_codes_and_statistics_are_made_of_areas() -> None:
    lines = [
        "o2|a|g|MT|59801|tire|1",
        "o2|b|b|NJ|07302|tire|0",
        "o1|c|c|MT|598-MT|tire|1",
        "s2|…",
        "o2|broken",
        "",
    ]
    assert placed(lines, Areas(delineation())) == [
        "o1|a|g|MT|33540-MT|tire|1",
        "o1|b|b|NJ|35620-NJ|tire|0",
        *lines[2:],
    ]
    assert placed(lines[:1], Areas()) == ["o1|a|g|MT|598-MT|tire|1"]
    # A ZIP code that nobody knows any more, or in another state than it was.
    assert placed(["o2|a|a|MT|00000|tire|1", "o2|a|a|ID|59801|tire|1"], Areas(delineation())) == [
        "o1|a|a|MT|000-MT|tire|1",
        "o1|a|a|ID|598-ID|tire|1",
    ]


def test_a_new_delineation_ends_an_unchanged_night(exchange: Exchange, store: DelineationStore) -> None:
    exchange.fill(8)
    exchange.run()
    exchange.run(NIGHT + DAY)
    assert exchange.run(NIGHT + 2 * DAY).outcome is Outcome.UNCHANGED
    put_into_force(store, NIGHT)
    assert exchange.run(NIGHT + 3 * DAY).outcome is Outcome.PUBLISHED


def register(client: Http, token: TokenMaker, number: int, rate: int) -> str:
    owner = token(f"owner-{number}")
    body = factories.shop(shop_type="collision", sectors=["collision"], name=f"Shop {number}")
    one = str(ok(client.post("/v1/organizations", json=body, token=owner)).json["id"])
    submit(client, token, one, number, rate)
    path = f"/v1/organizations/{one}/verification"
    ok(client.put(path, json={"status": "verified"}, token=token("root", admin=True)))
    return one


def submit(client: Http, token: TokenMaker, one: str, number: int, rate: int) -> None:
    rates = {"effective_date": "2025-06-01", "rates_usd_per_hour": {"body": f"{rate}.00"}}
    ok(client.put(f"/v1/organizations/{one}/labor-rates", json=rates, token=token(f"owner-{number}")))


def test_shops_are_found_in_their_metropolitan_area_once_five_of_them_say_something_new(
    client: Http, token: TokenMaker, store: DelineationStore
) -> None:
    shops = [register(client, token, number, 60 + 5 * number) for number in range(7)]
    nights = (f"2026-06-{day}T07:00:00Z" for day in range(15, 30))

    def night() -> tuple[str, str]:
        publish_nightly({**EVENT, "time": next(nights)}, None)
        return found(look_up(client, zip="59801", shop_type="collision"))

    assert night() == ("598-MT", "ZIP codes 598 in Montana")
    put_into_force(store, date(2026, 6, 16))
    assert night()[0] == "598-MT"  # frozen, and all of it from before
    for number in range(5):
        submit(client, token, shops[number], number, 61 + 5 * number)
        if number < 4:
            assert night()[0] == "598-MT"
    assert night() == ("33540-MT", "Missoula, MT")
    comparison = ok(client.get(f"/v1/organizations/{shops[0]}/comparison", token=token("owner-0"))).json
    assert comparison["area"] == comparison["figures"][0]["cell"]["location"]["code"] == "33540-MT"
