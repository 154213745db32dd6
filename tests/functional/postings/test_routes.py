"""Postings over HTTP: drafting, opening, changing, who sees what, and what is refused."""

from typing import Any

import pytest

from chalicelib.clock import utc_now
from chalicelib.postings import service
from chalicelib.postings.store import PostingStore
from chalicelib.table import keys
from chalicelib.table.expressions import Update, exists
from chalicelib.table.table import Table
from tests.conftest import Answer, Http, TokenMaker
from tests.functional.postings.conftest import LATHES, World


def own(posting: dict[str, Any]) -> str:
    return f"/v1/organizations/{posting['organization_id']}/postings/{posting['id']}"


def patch(
    client: Http, posting: dict[str, Any], token: str, version: int | None = None, **sent: Any
) -> Answer:
    headers = {"If-Match": f'"{version or posting["version"]}"'}
    return client.patch(own(posting), json=sent, headers=headers, token=token)


@pytest.mark.usefixtures("shop")
def test_a_draft_is_seen_by_its_organization_alone(world: World, client: Http, school: str) -> None:
    answer = world.draft("sam", school)
    assert (answer.status, answer.json["status"], answer.json["seats_left"]) == (201, "draft", 2)
    assert answer.headers["Location"] == f"postings/{answer.json['id']}"
    assert answer.json["place"]["zip"] == "59801"
    assert client.get(own(answer.json), token=world.token("sam")).json == answer.json
    assert client.get(own(answer.json), token=world.token("ann")).status == 403
    posting_id = answer.json["id"]
    assert client.get(f"/v1/directory/postings/{posting_id}").status == 404
    assert client.get(f"/v1/postings/{posting_id}", token=world.token("ann")).status == 404
    assert world.titles() == []


@pytest.mark.usefixtures("shop")
def test_an_open_posting_is_seen_by_all_and_its_contacts_by_participants(
    world: World, client: Http, school: str
) -> None:
    posting = world.opened("sam", school)
    public = client.get(f"/v1/directory/postings/{posting['id']}")
    assert public.status == 200
    assert public.json["organization"]["name"] == "Bitterroot Technical College"
    assert "desk@connects.example" not in public.text
    shown = client.get(f"/v1/postings/{posting['id']}", token=world.token("ann"))
    assert shown.json["organization"]["contact"]["email"] == "desk@connects.example"
    stranger = client.get(f"/v1/postings/{posting['id']}", token=world.token("eve"))
    assert (stranger.status, stranger.problem) == (403, "not-permitted")
    assert world.titles() == [LATHES["title"]]


def test_an_unverified_organization_drafts_but_does_not_open(world: World, client: Http) -> None:
    organization = world.organization("ann", verified=False)
    drafted = world.draft("ann", organization)
    refused = world.move("ann", drafted.json, "open")
    assert (refused.status, refused.problem) == (403, "organization-not-verified")
    assert client.get(own(drafted.json), token=world.token("ann")).json == drafted.json
    world.verify(organization, "verified")
    assert world.move("ann", drafted.json, "open").status == 200


def test_what_a_suspended_organization_posted_vanishes_and_comes_back(
    world: World, client: Http, school: str
) -> None:
    posting = world.opened("sam", school)
    world.verify(school, "suspended")
    assert client.get(f"/v1/directory/postings/{posting['id']}").status == 404
    assert world.titles() == world.titles(zip="59801") == []
    world.verify(school, "verified")
    assert client.get(f"/v1/directory/postings/{posting['id']}").status == 200
    assert world.titles() == world.titles(zip="59801") == [LATHES["title"]]


def test_the_way_of_a_posting(world: World, client: Http, school: str) -> None:
    posting = world.opened("sam", school)
    assert world.move("sam", posting, "open", version=99).json == posting
    closed = world.move("sam", posting, "closed")
    assert (closed.json["status"], closed.headers["ETag"]) == ("closed", '"3"')
    assert world.titles() == world.titles(zip="59801") == []
    assert client.get(f"/v1/directory/postings/{posting['id']}").json["status"] == "closed"
    refused = world.move("sam", closed.json, "fulfilled")
    assert (refused.status, refused.problem) == (409, "move-not-allowed")
    again = world.move("sam", closed.json, "open")
    assert again.json["opened_at"] == posting["opened_at"]
    assert world.titles(zip="59801") == [LATHES["title"]]
    stale = world.move("sam", posting, "closed")
    assert (stale.status, stale.problem) == (412, "stale-version")


def test_a_change_is_found_at_once(world: World, client: Http, school: str) -> None:
    posting = world.opened("sam", school)
    changed = patch(client, posting, world.token("sam"), title="One lathe", zip="96910", radius_miles=10)
    assert (changed.status, changed.json["version"]) == (200, 3)
    assert world.titles(zip="59801") == []
    assert world.titles(zip="96910") == world.titles() == ["One lathe"]
    stale = patch(client, posting, world.token("sam"), title="Another")
    assert (stale.status, stale.problem) == (412, "stale-version")
    home = patch(client, changed.json, world.token("sam"), zip=None)
    assert home.json["place"]["zip"] == "59801"


def test_a_viewer_reads_and_does_not_write(
    world: World, client: Http, table: Table, school: str, token: TokenMaker
) -> None:
    posting = world.opened("sam", school)
    table.write(Update(keys.member(school, "sam"), set={"role": "viewer"}, condition=exists()))
    sam = token("sam")
    assert client.get(own(posting), token=sam).status == 200
    answers = [
        world.draft("sam", school),
        patch(client, posting, sam, title="Other"),
        world.move("sam", posting, "closed"),
        client.delete(own(posting), headers={"If-Match": '"2"'}, token=sam),
    ]
    assert [(one.status, one.problem) for one in answers] == [(403, "not-permitted")] * 4


def test_only_drafts_are_deleted(world: World, client: Http, school: str) -> None:
    drafted = world.draft("sam", school).json
    sam = world.token("sam")
    assert client.delete(own(drafted), headers={"If-Match": '"7"'}, token=sam).problem == "stale-version"
    assert client.delete(own(drafted), headers={"If-Match": '"1"'}, token=sam).status == 204
    assert client.get(own(drafted), token=sam).status == 404
    posting = world.opened("sam", school)
    refused = client.delete(own(posting), headers={"If-Match": '"2"'}, token=sam)
    assert (refused.status, refused.problem) == (409, "conflict")


def test_a_repeated_request_drafts_once(world: World, client: Http, school: str) -> None:
    path, headers = f"/v1/organizations/{school}/postings", {"Idempotency-Key": "a-key-of-mine"}
    sam = world.token("sam")
    first, second = (client.post(path, json=LATHES, headers=headers, token=sam) for _ in range(2))
    assert first.json == second.json
    other = client.post(path, json={**LATHES, "seats": 3}, headers=headers, token=sam)
    assert (other.status, other.problem) == (422, "idempotency-mismatch")
    assert len(client.get(path, token=sam).json["items"]) == 1


def test_own_postings_come_in_pages_newest_first(world: World, client: Http, school: str) -> None:
    for number in range(5):
        world.draft("sam", school, title=f"Number {number}")
    path, titles = f"/v1/organizations/{school}/postings?limit=2", []
    cursor: str | None = ""
    while cursor is not None:
        answer = client.get(path + (f"&cursor={cursor}" if cursor else ""), token=world.token("sam"))
        titles += [one["title"] for one in answer.json["items"]]
        cursor = answer.json["next_cursor"]
    assert titles == [f"Number {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"title": "x" * 10_000}, "/title"),
        ({"title": "a\u202eb"}, "/title"),
        ({"text": "x" * 4001}, "/text"),
        ({"zip": "00000"}, "/zip"),
        ({"radius_miles": 25_000}, "/radius_miles"),
        ({"starts_on": "2027-01-01", "ends_on": "2026-12-31"}, "/ends_on"),
        ({"ends_on": "2020-01-01"}, "/ends_on"),
        ({"link": "javascript:alert(1)"}, "/link"),
        ({"details": {"category": "job", "positions": []}}, "/details/job/positions"),
    ],
)
def test_bad_drafts_are_refused_with_the_place(
    world: World, school: str, wrong: dict[str, Any], pointer: str
) -> None:
    answer = world.draft("sam", school, **wrong)
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert [one["pointer"] for one in answer.json["errors"]] == [pointer]


def test_markup_comes_back_as_it_went_in(world: World, school: str) -> None:
    text = "<script>alert('x')</script>\n<b>bold</b>"
    assert world.draft("sam", school, text=text, title="<i>Lathes</i>").json["text"] == text


def test_what_is_hidden_is_seen_by_its_organization_alone(
    world: World, client: Http, table: Table, school: str
) -> None:
    posting = world.opened("sam", school)
    store = PostingStore(table)
    table.write(service.hide_write(store.get(posting["id"])))
    assert client.get(f"/v1/directory/postings/{posting['id']}").status == 404
    assert world.titles() == world.titles(zip="59801") == []
    assert client.get(own(posting), token=world.token("sam")).json["hidden"] is True
    changed = patch(client, posting, world.token("sam"), version=3, title="Other")
    assert changed.json["hidden"] is True
    table.write(service.unhide_write(store.get(posting["id"])))
    assert world.titles() == ["Other"]


def test_taking_the_last_seat_fulfills_and_giving_it_back_opens(
    world: World, client: Http, table: Table, school: str
) -> None:
    posting = world.opened("sam", school)
    store = PostingStore(table)
    for _ in range(2):
        table.write(service.take_seat_write(store.get(posting["id"]), utc_now()))
    shown = client.get(f"/v1/directory/postings/{posting['id']}").json
    assert (shown["status"], shown["seats_left"]) == ("fulfilled", 0)
    assert world.titles(zip="59801") == []
    table.write(service.give_back_seat_write(store.get(posting["id"])))
    assert world.titles(zip="59801") == [LATHES["title"]]


def test_a_deleted_organization_leaves_no_posting(world: World, client: Http, school: str) -> None:
    posting = world.opened("sam", school)
    answer = client.delete(
        f"/v1/organizations/{school}", headers={"If-Match": '"2"'}, token=world.token("sam")
    )
    assert answer.status == 204, answer.text
    assert client.get(f"/v1/directory/postings/{posting['id']}").status == 404
    assert world.titles() == world.titles(zip="59801") == []
