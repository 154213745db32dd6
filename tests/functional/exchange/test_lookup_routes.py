"""Looking figures up over HTTP."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import aws
from chalicelib.errors import TemporarilyUnavailable
from chalicelib.exchange.metric_kinds import KINDS
from chalicelib.exchange.reader import Memory, ReleaseReader
from chalicelib.geography.service import STATES
from tests.conftest import RELEASES, Answer, Http
from tests.functional.exchange.conftest import NIGHT, Exchange
from tests.functional.exchange.releases import BODY_RATE, publish

RATE = {"metric": BODY_RATE, "state": "MT", "shop_type": "collision"}


@pytest.fixture
def release_id(exchange: Exchange) -> str:
    """The latest release's id."""
    return publish(exchange)


def look_up(client: Http, *, known: str | None = None, **query: str) -> Answer:
    headers = {"If-None-Match": known} if known else None
    return client.get(f"/v1/exchange/lookup?{urlencode(query)}", headers=headers)


def test_the_exact_cell_answers(client: Http, release_id: str) -> None:
    answer = look_up(client, **RATE)
    assert answer.status == 200
    found = answer.json
    assert found["cell"] == {
        "location": {"level": "state", "code": "MT", "name": "Montana"},
        "shop_type": "collision",
        "composite": False,
        "owner_groups": "20-49",
        "as_of": "2026-06-15",
        "newest": "2026-06-15",
        "figures": {
            "unit": "usd_per_hour",
            "median_usd": "65.00",
            "p25_usd": "62.50",
            "p75_usd": "67.50",
            "p10_usd": None,
            "p90_usd": None,
        },
    }
    assert found["fell_back"] == []
    assert [(one["location"]["code"], one["shop_type"]) for one in found["ancestors"]] == [
        ("MT", "all"),
        ("mountain", "collision"),
        ("mountain", "all"),
        ("US", "collision"),
        ("US", "all"),
    ]
    assert (found["release_id"], found["night"], found["method_version"]) == (release_id, "2026-06-15", "1.0")


@pytest.mark.usefixtures("release_id")
def test_a_zip_code_stands_for_its_area(client: Http) -> None:
    by_zip = look_up(client, metric=BODY_RATE, zip="59801-1234").json
    by_area = look_up(client, metric=BODY_RATE, area="598-MT").json
    assert by_zip["cell"]["location"] == {
        "level": "area",
        "code": "598-MT",
        "name": "ZIP codes 598 in Montana",
    }
    assert by_zip.pop("zip") == "59801-1234"
    assert by_area.pop("zip") is None
    assert by_zip == by_area


@pytest.mark.usefixtures("release_id")
def test_a_state_is_not_answered_by_one_of_its_areas(client: Http) -> None:
    found = look_up(client, metric=BODY_RATE, state="MT").json
    assert (found["area"], found["cell"]["location"]["code"], found["fell_back"]) == (None, "MT", [])


@pytest.mark.usefixtures("release_id")
def test_an_area_of_mixed_types_goes_before_the_states_own_type(client: Http) -> None:
    found = look_up(client, metric=BODY_RATE, zip="59801", shop_type="collision").json
    assert (found["cell"]["location"]["code"], found["cell"]["shop_type"]) == ("598-MT", "all")
    assert [(one["location"]["code"], one["shop_type"]) for one in found["fell_back"]] == [
        ("598-MT", "collision")
    ]
    assert found["ancestors"][0]["location"]["code"] == "MT"
    assert found["ancestors"][0]["shop_type"] == "collision"


@pytest.mark.usefixtures("release_id")
def test_what_is_not_published_falls_back_and_says_why(client: Http) -> None:
    found = look_up(client, metric=BODY_RATE, zip="82001", shop_type="fleet").json
    assert (found["cell"]["location"], found["cell"]["shop_type"]) == (
        {"level": "division", "code": "mountain", "name": "Mountain"},
        "fleet",
    )
    assert [(one["location"]["code"], one["shop_type"]) for one in found["fell_back"]] == [
        ("820-WY", "fleet"),
        ("820-WY", "all"),
        ("WY", "fleet"),
        ("WY", "all"),
    ]
    reasons = {one["reason"].replace("fleet shops", "shops of all types") for one in found["fell_back"][:2]}
    assert len(reasons) == 1, "the reason must not tell which rule it was"
    assert "5 independent owner groups" in reasons.pop()
    assert found["state"] == "WY"


@pytest.mark.usefixtures("release_id")
def test_a_state_in_another_division_gets_the_nations_figures(client: Http) -> None:
    found = look_up(client, metric=BODY_RATE, state="PR").json
    assert found["cell"]["location"] == {"level": "nation", "code": "US", "name": "United States"}


@pytest.mark.usefixtures("release_id")
def test_all_positions_together_are_answered_by_a_composite(client: Http) -> None:
    found = look_up(client, metric="hourly_equivalent", position="all", state="MT").json
    assert (found["position"], found["cell"]["composite"]) == ("all", True)
    assert found["cell"]["figures"]["median_usd"] == "26.00"


@pytest.mark.parametrize(
    ("query", "figures"),
    [
        (
            {"metric": "hourly_equivalent", "position": "technician_a"},
            {
                "unit": "usd_per_hour",
                "median_usd": "27.00",
                "p25_usd": "25.50",
                "p75_usd": "29.00",
                "p10_usd": "23.00",
                "p90_usd": "33.50",
            },
        ),
        (
            {"metric": "annual_pay", "position": "technician_a"},
            {
                "unit": "usd_per_year",
                "median_usd": "57000.00",
                **dict.fromkeys(("p10_usd", "p25_usd", "p75_usd", "p90_usd")),
            },
        ),
        ({"metric": "benefit_health"}, {"unit": "share", "share_percent": "50"}),
        ({"metric": "benefit_tuition"}, {"unit": "share", "share_percent": "<5"}),
        (
            {"metric": "benefit_paid_vacation_days"},
            {
                "unit": "days",
                "median_days": "10.0",
                "p25_days": "7.0",
                "p75_days": "12.0",
                **dict.fromkeys(("p10_days", "p90_days")),
            },
        ),
        (
            {"metric": "benefit_retirement_match_percent"},
            {
                "unit": "percent",
                "median_percent": "4.5",
                **dict.fromkeys(("p10_percent", "p25_percent", "p75_percent", "p90_percent")),
            },
        ),
    ],
    ids=lambda one: one.get("metric", "figures"),
)
@pytest.mark.usefixtures("release_id")
def test_figures_are_texts_in_fields_named_by_their_unit(
    client: Http, query: dict[str, str], figures: dict[str, Any]
) -> None:
    assert look_up(client, state="MT", **query).json["cell"]["figures"] == figures


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"state": "MT"}, "metric"),
        ({"metric": "salary", "state": "MT"}, "metric"),
        ({"metric": "hourly_equivalent", "state": "MT"}, "position"),
        ({"metric": "hourly_equivalent", "state": "MT", "position": "pilot"}, "position"),
        ({"metric": "labor_rate_body", "state": "MT", "position": "painter"}, "position"),
        ({"metric": "labor_rate_body", "state": "MT", "position": "all"}, "position"),
        ({"metric": "benefit_health", "state": "MT", "position": "painter"}, "position"),
        ({"metric": "labor_rate_body"}, "state"),
        ({"metric": "labor_rate_body", "state": "MT", "zip": "59801"}, "state"),
        ({"metric": "labor_rate_body", "area": "598-MT", "zip": "59801"}, "state"),
        ({"metric": "labor_rate_body", "state": "ZZ"}, "state"),
        ({"metric": "labor_rate_body", "state": "Montana"}, "state"),
        ({"metric": "labor_rate_body", "state": ""}, "state"),
        ({"metric": "labor_rate_body", "area": "598"}, "area"),
        ({"metric": "labor_rate_body", "area": "598-ZZ"}, "area"),
        ({"metric": "labor_rate_body", "area": "../../state/MT"}, "area"),
        ({"metric": "labor_rate_body", "zip": "00000"}, "zip"),
        ({"metric": "labor_rate_body", "zip": "5980"}, "zip"),
        ({"metric": "labor_rate_body", "zip": "09001"}, "zip"),
        ({"metric": "labor_rate_body", "state": "MT", "shop_type": "bakery"}, "shop_type"),
        ({"metric": "labor_rate_body", "state": "MT", "shop_type": "all"}, "shop_type"),
        ({"metric": "labor_rate_body", "state": "MT", "county": "Missoula"}, "county"),
    ],
    ids=str,
)
def test_a_question_that_makes_no_sense_is_refused_at_its_field(
    client: Http, query: dict[str, str], pointer: str
) -> None:
    answer = look_up(client, **query)
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert [(one["pointer"], one["source"]) for one in answer.json["errors"]] == [(pointer, "query")]


def test_everything_wrong_is_told_at_once(client: Http) -> None:
    errors = look_up(client, metric="hourly_equivalent", state="ZZ").json["errors"]
    assert [one["pointer"] for one in errors] == ["position", "state"]


@pytest.mark.usefixtures("exchange")
def test_before_the_first_release_there_is_nothing(client: Http) -> None:
    answer = look_up(client, **RATE)
    assert (answer.status, answer.problem) == (404, "not-found")
    assert "first release" in answer.json["detail"]


@pytest.mark.usefixtures("release_id")
def test_what_no_cell_covers_is_not_found(client: Http) -> None:
    answer = look_up(client, metric="labor_rate_frame", state="MT")
    assert (answer.status, answer.problem) == (404, "not-found")
    assert "fewer than 5" in answer.json["detail"]


@pytest.mark.usefixtures("release_id")
def test_an_answer_may_be_kept_and_is_known_again_by_its_etag(client: Http, exchange: Exchange) -> None:
    answer = look_up(client, **RATE)
    etag = answer.headers["ETag"]
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert etag.startswith('"')
    again = look_up(client, known=etag, **RATE)
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", etag)
    assert look_up(client, **{**RATE, "shop_type": "tire"}).headers["ETag"] != etag
    publish(exchange, NIGHT + timedelta(days=1))
    newer = look_up(client, known=etag, **RATE)
    assert newer.status == 200
    assert newer.json["night"] == "2026-06-16"


def test_the_metrics_are_listed(client: Http) -> None:
    listed = client.get("/v1/exchange/metrics").json["metrics"]
    assert {one["metric"] for one in listed} == set(KINDS)
    assert {"metric": "annual_pay", "unit": "usd_per_year", "by_position": True} in listed


@pytest.mark.usefixtures("release_id")
def test_no_token_is_needed_and_a_bad_one_does_not_matter(client: Http) -> None:
    assert client.get(f"/v1/exchange/lookup?{urlencode(RATE)}", token="rubbish").status == 200


@pytest.mark.parametrize("damage", ["gone", "cut off", "another format", "no bucket"])
def test_a_store_that_fails_is_told_as_passing(
    client: Http, exchange: Exchange, release_id: str, damage: str
) -> None:
    key = f"releases/{release_id}/places/state/MT.json.gz"
    if damage == "gone":
        exchange.client.delete_object(Bucket=RELEASES, Key=key)
    elif damage == "no bucket":
        for other in exchange.stored():
            exchange.client.delete_object(Bucket=RELEASES, Key=other)
        exchange.client.delete_bucket(Bucket=RELEASES)
    else:
        body = exchange.stored()[key][:40] if damage == "cut off" else b"{}"
        exchange.client.put_object(Bucket=RELEASES, Key=key, Body=body)
    answer = look_up(client, **RATE)
    assert (answer.status, answer.problem) == (503, "temporarily-unavailable")


@pytest.fixture
def warm(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that trusts the pointer it knows for a minute."""
    monkeypatch.setenv("CONNECTS_LATEST_RELEASE_SECONDS", "60")
    from chalicelib.config import config

    config.cache_clear()
    yield
    config.cache_clear()


@pytest.mark.usefixtures("warm")
@pytest.mark.usefixtures("release_id")
def test_a_cold_look_up_costs_one_read_of_s3_and_a_warm_one_none(
    client: Http, requests: Callable[[], list[str]]
) -> None:
    look_up(client, **RATE)
    # The latest release and the metropolitan areas, each remembered for minutes.
    assert sorted(requests()) == ["GetItem", "GetItem", "GetObject"]
    look_up(client, **RATE)
    look_up(client, metric="hourly_equivalent", position="technician_a", zip="59801")
    assert requests() == []
    look_up(client, metric="labor_rate_body", state="ID")
    assert requests() == ["GetObject"]


def test_the_pointer_is_looked_up_again_when_its_time_is_over(
    exchange: Exchange, release_id: str, requests: Callable[[], list[str]]
) -> None:
    now = 0.0
    reader = ReleaseReader(exchange.pointers, exchange.objects, Memory(), 60, time=lambda: now)
    assert reader.latest().release_id == release_id
    newer = publish(exchange, NIGHT + timedelta(days=1))
    requests()
    now = 59.0
    assert reader.latest().release_id == release_id
    assert requests() == []
    now = 60.0
    assert reader.latest().release_id == newer


def test_memory_is_bounded_and_drops_what_was_used_longest_ago(exchange: Exchange) -> None:
    memory = Memory()
    reader = ReleaseReader(exchange.pointers, exchange.objects, memory, 60)
    states = ["MT", *[state for state in sorted(STATES) if state != "MT"][:34]]
    release_id = publish(exchange, places=[f"state/{state}" for state in states])
    for state in states:
        reader.document(release_id, "state", state)
        reader.document(release_id, "state", "MT")
    names = [name for _, name in memory.kept]
    assert names == [f"places/state/{state}.json.gz" for state in [*states[-31:], "MT"]]


def test_what_could_not_be_read_is_not_remembered(exchange: Exchange, release_id: str) -> None:
    reader = ReleaseReader(exchange.pointers, exchange.objects, Memory(), 60)
    key = f"releases/{release_id}/places/state/MT.json.gz"
    body = exchange.stored()[key]
    exchange.client.delete_object(Bucket=RELEASES, Key=key)
    with pytest.raises(TemporarilyUnavailable):
        reader.document(release_id, "state", "MT")
    aws.s3().put_object(Bucket=RELEASES, Key=key, Body=body)
    assert reader.document(release_id, "state", "MT").head.night == NIGHT
