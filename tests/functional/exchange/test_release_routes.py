"""Releases, the history of a figure, and the method, over HTTP."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.exchange.policy import Policy
from chalicelib.exchange.store import MANIFEST
from chalicelib.table import keys
from chalicelib.table.expressions import Update
from chalicelib.table.table import Table
from tests.conftest import RELEASES, Answer, Http
from tests.functional.exchange.conftest import NIGHT, Exchange
from tests.functional.exchange.releases import BODY_RATE, CELLS, cell, publish

NEXT = NIGHT + timedelta(days=1)
MONTANA = {"metric": BODY_RATE, "place": "MT", "shop_type": "collision"}


def series(client: Http, **query: str) -> Answer:
    return client.get(f"/v1/exchange/series?{urlencode(query)}")


def three_nights(exchange: Exchange) -> list[str]:
    return [publish(exchange, NIGHT + timedelta(days=number)) for number in range(3)]


def test_releases_are_listed_newest_first_page_by_page(client: Http, exchange: Exchange) -> None:
    oldest, middle, newest = three_nights(exchange)
    page = client.get("/v1/exchange/releases?limit=2").json
    assert [one["release_id"] for one in page["items"]] == [newest, middle]
    assert page["items"][0] | {"release_id": ""} == {
        "release_id": "",
        "night": "2026-06-17",
        "created_at": "2026-06-17T07:00:00Z",
        "previous": None,
        "method_version": "1.0",
        "cells": {"area": 1, "state": 3, "division": 3, "nation": 8},
    }
    rest = client.get(f"/v1/exchange/releases?limit=2&cursor={page['next_cursor']}").json
    assert [one["release_id"] for one in rest["items"]] == [oldest]
    assert rest["next_cursor"] is None


def test_a_release_that_cannot_be_read_hides_no_other(client: Http, exchange: Exchange, table: Table) -> None:
    _, middle, newest = three_nights(exchange)
    table.write(Update(keys.release_entry(NIGHT.isoformat()), set={"previous": '{"id": 1}'}))
    listed = client.get("/v1/exchange/releases").json["items"]
    assert [one["release_id"] for one in listed] == [newest, middle]


@pytest.mark.parametrize("path", ["releases", "metrics", "methodology", "releases/latest"])
def test_what_is_unchanged_is_not_sent_again(client: Http, exchange: Exchange, path: str) -> None:
    publish(exchange)
    etag = client.get(f"/v1/exchange/{path}").headers["ETag"]
    again = client.get(f"/v1/exchange/{path}", headers={"If-None-Match": etag})
    assert (again.status, again.text) == (304, "")
    publish(exchange, NEXT)
    newer = client.get(f"/v1/exchange/{path}", headers={"If-None-Match": etag})
    assert newer.status == (304 if path == "metrics" else 200)


@pytest.mark.usefixtures("exchange")
def test_before_the_first_release_the_list_is_empty(client: Http) -> None:
    assert client.get("/v1/exchange/releases").json == {"items": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("query", "problem"),
    [("limit=0", "invalid-input"), ("limit=101", "invalid-input"), ("cursor=abc", "invalid-cursor")],
)
@pytest.mark.usefixtures("exchange")
def test_a_page_that_there_cannot_be_is_refused(client: Http, query: str, problem: str) -> None:
    assert client.get(f"/v1/exchange/releases?{query}").problem == problem


def test_listing_reads_no_files(client: Http, exchange: Exchange, requests: Callable[[], list[str]]) -> None:
    three_nights(exchange)
    requests()
    client.get("/v1/exchange/releases")
    assert set(requests()) == {"Query"}


def test_the_latest_release_shows_its_manifest(client: Http, exchange: Exchange) -> None:
    release_id = publish(exchange)
    answer = client.get("/v1/exchange/releases/latest")
    assert answer.status == 200
    assert answer.json == json.loads(exchange.objects.read(release_id, MANIFEST))
    assert answer.json["policy"] == Policy().to_json()
    again = client.get("/v1/exchange/releases/latest", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304


def test_every_retained_release_shows_its_manifest(client: Http, exchange: Exchange) -> None:
    for release_id in three_nights(exchange):
        answer = client.get(f"/v1/exchange/releases/{release_id}")
        assert (answer.status, answer.json["release_id"]) == (200, release_id)
        assert answer.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize(
    "named", ["2026-06-15-000000000000", "2026-06-14-000000000000", "latest2", "..", "9"]
)
def test_what_is_no_release_is_not_found(client: Http, exchange: Exchange, named: str) -> None:
    publish(exchange)
    answer = client.get(f"/v1/exchange/releases/{named}")
    assert (answer.status, answer.problem) == (404, "not-found")


def test_files_of_a_run_that_lost_its_race_are_no_release(client: Http, exchange: Exchange) -> None:
    release_id = publish(exchange)
    lost = release_id[:-12] + "f" * 12
    body = exchange.objects.read(release_id, MANIFEST)
    exchange.client.put_object(Bucket=RELEASES, Key=f"releases/{lost}/{MANIFEST}", Body=body)
    assert client.get(f"/v1/exchange/releases/{lost}").status == 404


@pytest.mark.usefixtures("exchange")
def test_before_the_first_release_there_is_no_latest(client: Http) -> None:
    answer = client.get("/v1/exchange/releases/latest")
    assert (answer.status, answer.problem) == (404, "not-found")


def test_a_release_that_cannot_be_read_is_told_as_passing(client: Http, exchange: Exchange) -> None:
    release_id = publish(exchange)
    exchange.client.put_object(Bucket=RELEASES, Key=f"releases/{release_id}/{MANIFEST}", Body=b"{")
    answer = client.get("/v1/exchange/releases/latest")
    assert (answer.status, answer.problem) == (503, "temporarily-unavailable")


def test_a_series_tells_what_a_cell_said_night_by_night(client: Http, exchange: Exchange) -> None:
    changed = tuple(
        one._replace(median=6_750, p75=7_000) if one[:3] == ("state", "MT", "collision") else one
        for one in CELLS
    )
    release_id = publish(exchange, NEXT, cells=changed, previous=CELLS)
    answer = series(client, **MONTANA)
    assert answer.status == 200
    found = answer.json
    figures = {"unit": "usd_per_hour", "p25_usd": "62.50", "p10_usd": None, "p90_usd": None}
    assert found == {
        "location": {"level": "state", "code": "MT", "name": "Montana"},
        "shop_type": "collision",
        "metric": "labor_rate_body",
        "position": None,
        "composite": False,
        "points": [
            {
                "first_night": "2026-06-15",
                "last_night": "2026-06-15",
                "owner_groups": "20-49",
                "as_of": "2026-06-15",
                "newest": "2026-06-15",
                "figures": {**figures, "median_usd": "65.00", "p75_usd": "67.50"},
            },
            {
                "first_night": "2026-06-16",
                "last_night": "2026-06-16",
                "owner_groups": "20-49",
                "as_of": "2026-06-15",
                "newest": "2026-06-15",
                "figures": {**figures, "median_usd": "67.50", "p75_usd": "70.00"},
            },
        ],
        "nights": 2,
        "first_night": "2026-06-15",
        "release_id": release_id,
        "night": "2026-06-16",
    }


def test_nights_without_the_cell_are_told(client: Http, exchange: Exchange) -> None:
    publish(exchange, NEXT, cells=(cell("nation", "US", "all", 7_000),), previous=CELLS)
    points = series(client, **MONTANA).json["points"]
    assert [(one["first_night"], one["owner_groups"]) for one in points] == [
        ("2026-06-15", "20-49"),
        ("2026-06-16", None),
    ]
    assert points[1]["figures"] is None


@pytest.mark.parametrize(
    ("query", "level"),
    [
        ({"place": "598-MT"}, "area"),
        ({"place": "MT", "shop_type": "collision"}, "state"),
        ({"place": "mountain", "shop_type": "fleet"}, "division"),
        ({"place": "US"}, "nation"),
    ],
)
def test_a_series_costs_one_read_of_s3_wherever_the_place_is(
    client: Http,
    exchange: Exchange,
    requests: Callable[[], list[str]],
    query: dict[str, str],
    level: str,
) -> None:
    publish(exchange)
    requests()
    assert series(client, metric=BODY_RATE, **query).json["location"]["level"] == level
    assert requests().count("GetObject") == 1
    series(client, metric=BODY_RATE, **query)
    assert requests().count("GetObject") == 0


def test_a_cell_that_was_never_published_has_no_series(client: Http, exchange: Exchange) -> None:
    publish(exchange)
    answer = series(client, metric=BODY_RATE, place="WY")
    assert (answer.status, answer.problem) == (404, "not-found")
    assert "GET /v1/exchange/lookup" in answer.json["detail"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"metric": BODY_RATE}, "place"),
        ({"metric": BODY_RATE, "place": "ZZ"}, "place"),
        ({"metric": BODY_RATE, "place": "598-ZZ"}, "place"),
        ({"metric": BODY_RATE, "place": "atlantis"}, "place"),
        ({"metric": BODY_RATE, "place": "../state/MT"}, "place"),
        ({"metric": BODY_RATE, "place": "MT", "position": "painter"}, "position"),
        ({"metric": "hourly_equivalent", "place": "MT"}, "position"),
        ({"metric": "salary", "place": "MT"}, "metric"),
        ({"metric": BODY_RATE, "place": "MT", "shop_type": "bakery"}, "shop_type"),
    ],
    ids=str,
)
@pytest.mark.usefixtures("exchange")
def test_a_series_of_what_there_cannot_be_is_refused(
    client: Http, query: dict[str, str], pointer: str
) -> None:
    answer = series(client, **query)
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert [one["pointer"] for one in answer.json["errors"]] == [pointer]


def test_a_series_is_known_again_by_its_etag(client: Http, exchange: Exchange) -> None:
    publish(exchange)
    first = series(client, **MONTANA)
    path = f"/v1/exchange/series?{urlencode(MONTANA)}"
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status == 304


def words_of(page: Any) -> str:
    return " ".join(text for one in page["sections"] for text in (one["title"], *one["paragraphs"]))


def test_the_method_is_told_with_the_thresholds_in_force(client: Http, exchange: Exchange) -> None:
    before = client.get("/v1/exchange/methodology")
    assert (before.status, before.json["release_id"]) == (200, None)
    release_id = publish(exchange)
    page = client.get("/v1/exchange/methodology")
    assert (page.json["release_id"], page.json["night"]) == (release_id, "2026-06-15")
    assert page.json["policy"] == Policy().to_json()
    assert "fewer than 5 owner groups" in words_of(page.json)
    assert "Coalitions" in words_of(page.json)
    again = client.get("/v1/exchange/methodology", headers={"If-None-Match": page.headers["ETag"]})
    assert again.status == 304
