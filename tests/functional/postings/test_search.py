"""Searching over HTTP: what is near, what is new, what is asked for, in pages."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock import utc_now
from chalicelib.postings import routes, search_routes, service
from chalicelib.postings.details import Category
from tests.conftest import Http
from tests.functional.postings.conftest import World
from tests.unit.postings.samples import details

MISSOULA, LOLO, HELENA, NEW_YORK, GUAM = "59801", "59847", "59601", "10001", "96910"


@pytest.fixture
def nation(world: World) -> World:
    """A school in Missoula, and postings of it here and there; the last is the newest."""
    school = world.organization("sam", kind="school", name="Bitterroot Technical College")
    shop = world.organization("ann", name="Cedar Auto Repair")
    for zip_code, title in ((GUAM, "Guam"), (NEW_YORK, "New York"), (HELENA, "Helena"), (LOLO, "Lolo")):
        world.opened("sam", school, zip=zip_code, title=f"Lathes in {title}", radius_miles=200)
    world.opened(
        "ann",
        shop,
        direction="offer",
        title="Diesel internship in Missoula",
        details=details(Category.INTERNSHIP),
        sectors=["diesel"],
        subjects=["diesel"],
    )
    return world


@pytest.mark.parametrize(
    ("zip_code", "titles"),
    [
        (MISSOULA, ["Diesel internship in Missoula", "Lathes in Lolo"]),
        (NEW_YORK, ["Lathes in New York"]),
        (GUAM, ["Lathes in Guam"]),
    ],
)
def test_what_is_near_me(nation: World, zip_code: str, titles: list[str]) -> None:
    assert nation.titles(zip=zip_code) == titles
    assert sorted(nation.titles(zip=zip_code, sort="newest")) == sorted(titles)


def test_the_nearest_come_first_and_say_how_far(nation: World) -> None:
    found = nation.search(zip=MISSOULA, radius_miles=150, direction="need")
    assert [one["posting"]["title"] for one in found] == ["Lathes in Lolo", "Lathes in Helena"]
    assert [one["distance_miles"] for one in found] == sorted(one["distance_miles"] for one in found)
    assert 5 < found[0]["distance_miles"] < 20
    by_point = nation.search(latitude=46.8563, longitude=-114.0252, radius_miles=150, direction="need")
    assert [one["posting"]["id"] for one in by_point] == [one["posting"]["id"] for one in found]


def test_what_is_not_meant_for_so_far_away_is_left_out(nation: World) -> None:
    assert "Diesel internship in Missoula" not in nation.titles(zip=HELENA, radius_miles=150)


@pytest.mark.parametrize("place", [{}, {"zip": MISSOULA}, {"zip": MISSOULA, "sort": "newest"}])
@pytest.mark.parametrize(
    ("asked", "internship", "lathes"),
    [
        ({"direction": "offer"}, True, False),
        ({"category": "internship"}, True, False),
        ({"category": "equipment", "direction": "need"}, False, True),
        ({"sector": "diesel"}, True, True),
        ({"sector": "collision"}, False, True),
        ({"subject": "collision"}, False, True),
        ({"title": "LOLO"}, False, True),
        ({"title": "missoula%20intern"}, True, False),
        ({"title": "missoula%20lathes"}, False, False),
    ],
)
def test_filters_hold_wherever_one_looks(
    nation: World, place: dict[str, Any], asked: dict[str, Any], internship: bool, lathes: bool
) -> None:
    titles = nation.titles(**place, **asked)
    assert ("Diesel internship in Missoula" in titles) is internship
    assert ("Lathes in Lolo" in titles) is lathes


def at(moment: datetime, patch: pytest.MonkeyPatch) -> None:
    for module in (routes, search_routes):
        patch.setattr(module, "utc_now", lambda: moment)
    patch.setattr(service.move, "__kwdefaults__", {"clock": lambda: moment})


@pytest.fixture
def dozen(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Twelve postings in Missoula, opened a minute after each other, half of them offers."""
    school = world.organization("sam", kind="school", name="Bitterroot Technical College")
    begin = utc_now()
    for number in range(12):
        at(begin + timedelta(minutes=number), monkeypatch)
        direction = "need" if number % 2 else "offer"
        world.opened("sam", school, title=f"Number {number}", direction=direction)
    return world


@pytest.mark.parametrize("limit", [1, 5, 12, 50])
@pytest.mark.parametrize("place", [{}, {"zip": LOLO, "sort": "newest"}, {"category": "equipment"}])
def test_the_newest_come_first_in_pages_of_any_size(dozen: World, place: dict[str, Any], limit: int) -> None:
    assert dozen.titles(**place, limit=limit) == [f"Number {number}" for number in range(11, -1, -1)]


@pytest.mark.parametrize("limit", [1, 5, 12])
def test_the_nearest_come_in_pages_of_any_size(dozen: World, limit: int) -> None:
    titles = dozen.titles(zip=LOLO, limit=limit)
    assert sorted(titles) == sorted(f"Number {number}" for number in range(12))
    assert len(dozen.titles(zip=LOLO, limit=limit, direction="need")) == 6


def test_what_has_expired_is_not_found_though_nobody_cleaned_up(
    dozen: World, client: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    posting = dozen.search(limit=1)[0]["posting"]
    at(utc_now() + timedelta(days=100), monkeypatch)
    assert dozen.titles() == dozen.titles(zip=LOLO) == dozen.titles(zip=LOLO, sort="newest") == []
    assert client.get(f"/v1/directory/postings/{posting['id']}").json["status"] == "expired"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("zip=59801&radius_miles=25000", "radius_miles"),
        ("zip=59801&radius_miles=0", "radius_miles"),
        ("zip=59801&radius_miles=101&sort=newest", "radius_miles"),
        ("zip=00000", "zip"),
        ("zip=59801&latitude=1&longitude=1", "zip"),
        ("latitude=1", "longitude"),
        ("sort=nearest", "zip"),
        ("radius_miles=10", "zip"),
        ("category=no_such", "category"),
        ("limit=51", "limit"),
        ("title=" + "x" * 101, "title"),
    ],
)
def test_searches_that_make_no_sense_are_refused(client: Http, query: str, parameter: str) -> None:
    answer = client.get(f"/v1/directory/postings?{query}")
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert answer.json["errors"][0]["pointer"] == parameter


def test_a_cursor_is_good_for_its_own_search_alone(dozen: World, client: Http) -> None:
    cursor = client.get("/v1/directory/postings?limit=2").json["next_cursor"]
    refused = client.get(f"/v1/directory/postings?limit=2&direction=need&cursor={cursor}")
    assert (refused.status, refused.problem) == (400, "invalid-cursor")
    assert dozen.titles(limit=50)


def test_what_was_not_changed_is_not_sent_again(dozen: World, client: Http) -> None:
    first = client.get("/v1/directory/postings?limit=2")
    again = client.get("/v1/directory/postings?limit=2", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.text) == (304, "")
    assert dozen.client is client
