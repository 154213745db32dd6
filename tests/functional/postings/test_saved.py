"""Saved searches: kept per person, told of once, in time and again after a cut."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.auth import Caller
from chalicelib.clock import utc_now
from chalicelib.errors import LimitReached
from chalicelib.organizations.service import OrganizationStore
from chalicelib.postings import newest, saved, service
from chalicelib.postings.saved import SavedSearchDraft
from chalicelib.postings.saved_store import MOST, SavedSearchStore
from chalicelib.postings.store import PostingStore
from chalicelib.table import keys
from chalicelib.table.expressions import Update, exists
from chalicelib.table.table import Table
from tests.conftest import Http
from tests.functional.postings.conftest import World
from tests.rights import listening, refused

ANN = Caller("ann", "ann@connects.example", admin=False, email_verified=True)
NEAR = {"name": "Near us", "zip": "59801", "radius_miles": 50}


def tell(table: Table, now: datetime, seconds_left: float = 60) -> int:
    stores = SavedSearchStore(table), PostingStore(table), OrganizationStore(table)
    with listening() as heard:
        told = service.tell_due(*stores, now, lambda: seconds_left)
    assert refused("RunHourlyRole", heard) == []
    return told


def notices(table: Table) -> list[dict[str, str]]:
    found = table.query_all("OUTBOX", index=keys.DIRECTORY)
    read = [json.loads(item["doc"]) for item in found]
    return [one["facts"] for one in read if one["kind"] == "search_matched"]


def test_searches_are_saved_listed_and_deleted(client: Http, world: World) -> None:
    ann = world.token("ann")
    made = client.post("/v1/me/searches", json=NEAR, token=ann)
    assert (made.status, made.json["radius_miles"]) == (201, 50)
    assert client.get("/v1/me/searches", token=ann).json == {"items": [made.json]}
    assert client.get("/v1/me/searches", token=world.token("eve")).json == {"items": []}
    path = f"/v1/me/searches/{made.json['id']}"
    assert client.delete(path, token=world.token("eve")).status == 404
    assert client.delete(path, token=ann).status == 204
    assert client.delete(path, token=ann).status == 404
    assert client.get("/v1/me/searches", token=ann).json == {"items": []}


def test_a_repeated_request_saves_once(client: Http, world: World) -> None:
    headers = {"Idempotency-Key": "a-key-of-mine"}
    first, second = (
        client.post("/v1/me/searches", json=NEAR, headers=headers, token=world.token("ann")) for _ in range(2)
    )
    assert first.json == second.json
    assert len(client.get("/v1/me/searches", token=world.token("ann")).json["items"]) == 1


@pytest.mark.parametrize(
    "wrong", [{"zip": "00000"}, {"radius_miles": 101}, {"name": "a\nb"}, {"category": "no such"}]
)
def test_what_finds_nothing_is_not_saved(client: Http, world: World, wrong: dict[str, Any]) -> None:
    answer = client.post("/v1/me/searches", json={**NEAR, **wrong}, token=world.token("ann"))
    assert (answer.status, answer.problem) == (422, "invalid-input")


def test_there_are_not_more_than_twenty(table: Table) -> None:
    store = SavedSearchStore(table)
    made = [saved.save(store, ANN, SavedSearchDraft(name=f"Search {n}")) for n in range(MOST)]
    with pytest.raises(LimitReached):
        saved.save(store, ANN, SavedSearchDraft(name="One more"))
    saved.delete(store, "ann", made[0].id)
    saved.save(store, ANN, SavedSearchDraft(name="One more"))
    assert len(saved.all_of(store, "ann")) == MOST
    service.forget_person(store, "ann")
    service.forget_person(store, "ann")
    assert saved.all_of(store, "ann") == []


@pytest.fixture
def tomorrow(world: World, client: Http, school: str) -> datetime:
    """The moment at which Ann's search is due; a posting near her and one far away came meanwhile."""
    assert client.post("/v1/me/searches", json=NEAR, token=world.token("ann")).status == 201
    world.opened("sam", school, title="Near")
    world.opened("sam", school, title="Far", zip="10001")
    return utc_now() + timedelta(days=1, minutes=5)


def test_what_is_new_is_told_once(table: Table, tomorrow: datetime) -> None:
    assert tell(table, utc_now() + timedelta(hours=23)) == 0
    assert tell(table, tomorrow) == 1
    assert tell(table, tomorrow) == 0
    told = notices(table)
    assert [(one["search_name"], one["count"], one["posting_title"]) for one in told] == [
        ("Near us", "1", "Near")
    ]
    assert tell(table, tomorrow + timedelta(days=1, minutes=1)) == 1
    assert notices(table) == told


def test_a_day_that_was_missed_is_made_up_for(table: Table, tomorrow: datetime) -> None:
    assert tell(table, tomorrow + timedelta(days=3)) == 1
    assert [one["posting_title"] for one in notices(table)] == ["Near"]


def test_a_run_without_time_leaves_it_due(table: Table, tomorrow: datetime) -> None:
    assert tell(table, tomorrow, seconds_left=1) == 0
    assert notices(table) == []
    assert tell(table, tomorrow) == 1


def test_two_runs_at_a_time_tell_once(table: Table, tomorrow: datetime) -> None:
    store = SavedSearchStore(table)
    due = list(store.due(tomorrow))
    assert tell(table, tomorrow) == 1
    stores = store, PostingStore(table), OrganizationStore(table)
    assert [saved._look(*stores, one, tomorrow) for one in due] == [0]
    assert len(notices(table)) == 1


def test_a_search_that_was_deleted_is_not_told_of(
    table: Table, tomorrow: datetime, client: Http, world: World
) -> None:
    search_id = client.get("/v1/me/searches", token=world.token("ann")).json["items"][0]["id"]
    assert client.delete(f"/v1/me/searches/{search_id}", token=world.token("ann")).status == 204
    assert tell(table, tomorrow) == 0
    assert notices(table) == []


def test_a_search_that_cannot_be_made_any_more_stops_no_other(table: Table, tomorrow: datetime) -> None:
    store = SavedSearchStore(table)
    broken = saved.save(
        store, ANN, SavedSearchDraft(name="Broken"), clock=lambda: utc_now() - timedelta(days=2)
    )
    key = keys.saved_search("ann", broken.id)
    table.write(
        Update(key, set={"asked": json.dumps({"name": "Broken", "zip": "00000"})}, condition=exists())
    )
    assert tell(table, tomorrow) == 1
    assert [one["search_name"] for one in notices(table)] == ["Near us"]
    assert list(store.due(tomorrow)) == []


def test_what_is_wanted_is_found_behind_much_that_is_not(
    client: Http, world: World, school: str, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"name": "Lathes", "title": "lathe"}
    assert client.post("/v1/me/searches", json=body, token=world.token("ann")).status == 201
    for title in ("A brake lathe", *(f"Other {number}" for number in range(6))):
        world.opened("sam", school, title=title)
    monkeypatch.setattr(newest, "READS", 0)
    monkeypatch.setattr(newest, "READ_LIMIT", 1)
    assert tell(table, utc_now() + timedelta(days=1, minutes=5)) == 1
    assert [one["posting_title"] for one in notices(table)] == ["A brake lathe"]
