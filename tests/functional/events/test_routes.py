"""Events through the API: drafts, publication, seats, waiting, codes, attendance, and every refusal."""

from typing import Any

import pytest

from chalicelib.events.models import MOST_CODES_A_DAY
from chalicelib.outbox.models import Notice
from chalicelib.table.table import Table
from tests.conftest import Http, TokenMaker
from tests.functional.events.conftest import DRAFT, MakeEvent


def notices(table: Table) -> list[Notice]:
    """Every notice in the outbox, oldest first."""
    pages = table._client.get_paginator("scan").paginate(TableName=table._name)
    found = [
        Notice.model_validate_json(item["doc"]["S"])
        for page in pages
        for item in page["Items"]
        if item["PK"]["S"].startswith("OUTBOX#") and "doc" in item
    ]
    return sorted(found, key=lambda one: one.created_at)


def kinds(table: Table, event_id: str) -> list[str]:
    return [one.kind.value for one in notices(table) if one.facts.get("event_id") == event_id]


def registration(client: Http, token: TokenMaker, event_id: str, person: str) -> Any:
    return client.put(f"/v1/events/{event_id}/registration", token=token(person))


def version(client: Http, token: TokenMaker, event_id: str) -> str:
    answer = client.get(f"/v1/administration/events/{event_id}", token=token("root", admin=True))
    return str(answer.headers["ETag"])


def test_a_draft_is_seen_by_administrators_alone(client: Http, make_event: MakeEvent) -> None:
    event_id = make_event(publish=False)
    assert client.get(f"/v1/events/{event_id}").status == 404
    assert client.get(f"/v1/events/{event_id}/calendar").status == 404
    assert client.get("/v1/events").json["items"] == []


def test_a_published_event_is_listed_without_where_it_takes_place(
    client: Http, make_event: MakeEvent
) -> None:
    later, sooner = make_event(starts_local="2028-05-01T09:00"), make_event()
    items = client.get("/v1/events").json["items"]
    assert [one["id"] for one in items] == [sooner, later]
    assert items[0]["starts_at"] == "2028-02-12T01:00:00Z"
    assert "join_url" not in items[0]
    page = client.get("/v1/events?limit=1").json
    following = client.get(f"/v1/events?limit=1&cursor={page['next_cursor']}").json
    assert [page["items"][0]["id"], following["items"][0]["id"]] == [sooner, later]
    assert following["next_cursor"] is None


def test_a_seat_shows_where_it_takes_place(
    client: Http, token: TokenMaker, make_event: MakeEvent, table: Table
) -> None:
    event_id = make_event()
    answer = registration(client, token, event_id, "ann")
    assert (answer.status, answer.json["status"], answer.json["join_url"]) == (
        200,
        "registered",
        DRAFT["join_url"],
    )
    assert answer.json["event"]["seats_left"] == 1
    again = registration(client, token, event_id, "ann")
    assert again.json["event"]["seats_left"] == 1
    assert kinds(table, event_id) == ["event_registered"]
    assert notices(table)[-1].facts["starts_at"] == "Fri, February 11, 2028, 6:00 PM MST"
    mine = client.get("/v1/me/event-registrations", token=token("ann")).json["items"]
    assert [one["event"]["id"] for one in mine] == [event_id]
    assert client.get(f"/v1/events/{event_id}/registration", token=token("bob")).status == 404


def test_who_comes_late_waits_and_gets_the_seat_that_is_given_back(
    client: Http, token: TokenMaker, make_event: MakeEvent, table: Table
) -> None:
    event_id = make_event(capacity=1)
    assert registration(client, token, event_id, "ann").json["status"] == "registered"
    bob = registration(client, token, event_id, "bob").json
    assert (bob["status"], bob["join_url"]) == ("waiting", None)
    assert registration(client, token, event_id, "eve").json["status"] == "waiting"
    path = f"/v1/events/{event_id}/registration"
    assert client.delete(path, token=token("ann")).status == 204
    assert client.delete(path, token=token("ann")).status == 204
    assert client.get(path, token=token("bob")).json["status"] == "registered"
    assert client.get(path, token=token("eve")).json["status"] == "waiting"
    # Whoever comes now does not overtake.
    assert registration(client, token, event_id, "ann").json["status"] == "waiting"
    assert kinds(table, event_id).count("event_promoted") == 1


def test_who_leaves_the_line_is_passed_over(client: Http, token: TokenMaker, make_event: MakeEvent) -> None:
    event_id = make_event(capacity=1)
    for person in ("ann", "bob", "eve"):
        registration(client, token, event_id, person)
    path = f"/v1/events/{event_id}/registration"
    client.delete(path, token=token("bob"))
    client.delete(path, token=token("ann"))
    assert client.get(path, token=token("eve")).json["status"] == "registered"
    whole = client.get(f"/v1/administration/events/{event_id}", token=token("root", admin=True)).json
    assert (whole["waiting"], whole["seats_left"]) == (0, 0)


def test_more_seats_go_to_those_who_wait(client: Http, token: TokenMaker, make_event: MakeEvent) -> None:
    event_id = make_event(capacity=1)
    for person in ("ann", "bob", "eve"):
        registration(client, token, event_id, person)
    root, path = token("root", admin=True), f"/v1/administration/events/{event_id}"
    headers = {"If-Match": version(client, token, event_id)}
    answer = client.patch(path, json={"capacity": 2}, token=root, headers=headers)
    assert (answer.status, answer.json["waiting"]) == (200, 1)
    headers = {"If-Match": answer.headers["ETag"]}
    fewer = client.patch(path, json={"capacity": 1}, token=root, headers=headers)
    assert (fewer.status, fewer.problem) == (409, "conflict")
    stale = client.patch(path, json={"capacity": 9}, token=root, headers={"If-Match": '"1"'})
    assert stale.status == 412


def test_people_are_told_of_another_time_once_and_of_the_end(
    client: Http, token: TokenMaker, make_event: MakeEvent, table: Table
) -> None:
    event_id = make_event()
    registration(client, token, event_id, "ann")
    root, path = token("root", admin=True), f"/v1/administration/events/{event_id}"
    headers = {"If-Match": version(client, token, event_id)}
    moved = client.patch(path, json={"starts_local": "2028-02-12T18:00"}, token=root, headers=headers)
    assert moved.status == 200
    titled = client.patch(
        path, json={"title": "Better"}, token=root, headers={"If-Match": moved.headers["ETag"]}
    )
    assert titled.status == 200
    assert kinds(table, event_id) == ["event_registered", "event_changed"]
    headers = {"If-Match": titled.headers["ETag"]}
    ended = client.put(f"{path}/status", json={"status": "cancelled"}, token=root, headers=headers)
    assert ended.json["status"] == "cancelled"
    assert kinds(table, event_id) == ["event_registered", "event_changed", "event_cancelled"]
    late = registration(client, token, event_id, "bob")
    assert (late.status, late.problem) == (409, "conflict")
    again = client.put(
        f"{path}/status",
        json={"status": "published"},
        token=root,
        headers={"If-Match": ended.headers["ETag"]},
    )
    assert (again.status, again.problem) == (409, "move-not-allowed")
    assert "STATUS:CANCELLED" in client.get(f"/v1/events/{event_id}/calendar").text


def test_without_an_account_a_code_from_the_mail_takes_the_seat(
    client: Http, make_event: MakeEvent, table: Table
) -> None:
    event_id = make_event()
    body = {"name": "Cy", "email": "Cy@connects.example"}
    for _ in range(2):
        asked = client.post(f"/v1/events/{event_id}/registrations", json=body)
        assert asked.status == 202, asked.text
    # One mail a day, and no seat yet.
    assert kinds(table, event_id) == ["event_confirmation"]
    assert client.get(f"/v1/events/{event_id}").json["seats_left"] == 2
    code = notices(table)[-1].facts["registration"]
    for _ in range(2):
        confirmed = client.post("/v1/event-registrations/confirmation", json={"registration": code})
        assert (confirmed.status, confirmed.json["status"]) == (200, "registered")
    assert client.get(f"/v1/events/{event_id}").json["seats_left"] == 1
    for _ in range(2):
        gone = client.post("/v1/event-registrations/cancellation", json={"registration": code})
        assert gone.status == 204
    assert client.get(f"/v1/events/{event_id}").json["seats_left"] == 2


@pytest.mark.parametrize("code", ["x", "W10.abc.def", "a" * 2_000])
def test_a_code_that_is_none_of_ours_does_nothing(client: Http, code: str) -> None:
    for action in ("confirmation", "cancellation"):
        answer = client.post(f"/v1/event-registrations/{action}", json={"registration": code})
        assert (answer.status, answer.problem) == (422, "invalid-input")


def test_an_event_in_the_past_is_refused(client: Http, token: TokenMaker) -> None:
    draft = DRAFT | {"starts_local": "2020-01-01T10:00"}
    answer = client.post("/v1/administration/events", json=draft, token=token("root", admin=True))
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/starts_local")


def test_the_same_request_makes_one_event(client: Http, token: TokenMaker) -> None:
    root, headers = token("root", admin=True), {"Idempotency-Key": "event-of-monday"}
    first = client.post("/v1/administration/events", json=DRAFT, token=root, headers=headers)
    again = client.post("/v1/administration/events", json=DRAFT, token=root, headers=headers)
    assert first.json["id"] == again.json["id"]
    items = client.get("/v1/administration/events", token=root).json["items"]
    assert [one["id"] for one in items] == [first.json["id"]]


def test_texts_stay_texts(client: Http, make_event: MakeEvent) -> None:
    script = "<script>alert('x')</script>"
    event_id = make_event(title=script, text=script)
    assert client.get(f"/v1/events/{event_id}").json["title"] == script


def test_nobody_has_come_before_it_begins(client: Http, token: TokenMaker, make_event: MakeEvent) -> None:
    event_id = make_event()
    registration(client, token, event_id, "ann")
    root, path = token("root", admin=True), f"/v1/administration/events/{event_id}/registrations"
    (listed,) = client.get(path, token=root).json["items"]
    answer = client.put(f"{path}/{listed['registrant']}/attendance", json={"attended": True}, token=root)
    assert (answer.status, answer.problem) == (409, "conflict")


def test_strangers_are_mailed_little_and_one_mailbox_has_one_seat(
    client: Http, make_event: MakeEvent, table: Table
) -> None:
    events = [make_event() for _ in range(MOST_CODES_A_DAY + 1)]
    for number, event_id in enumerate(events):
        for address in ("cy@connects.example", f"cy+{number}@connects.example"):
            body = {"name": "Cy", "email": address}
            assert client.post(f"/v1/events/{event_id}/registrations", json=body).status == 202
    sent = [one for one in notices(table) if one.kind.value == "event_confirmation"]
    assert [one.facts["event_id"] for one in sent] == events[:MOST_CODES_A_DAY]
    other = {"name": "Di", "email": "di@connects.example"}
    assert client.post(f"/v1/events/{events[-1]}/registrations", json=other).status == 202
    assert kinds(table, events[-1]) == ["event_confirmation"]


def test_who_registered_without_an_account_sees_and_erases_it_with_one(
    client: Http, token: TokenMaker, make_event: MakeEvent, table: Table
) -> None:
    event_id = make_event()
    body = {"name": "Cy", "email": "Cy@connects.example"}
    client.post(f"/v1/events/{event_id}/registrations", json=body)
    code = {"registration": notices(table)[-1].facts["registration"]}
    assert client.post("/v1/event-registrations/confirmation", json=code).status == 200

    def exported(who: str) -> list[str]:
        items = client.get("/v1/me/export", token=who).json["items"]
        return [one["data"]["name"] for one in items if one["kind"] == "registration"]

    unproved = token("cy", email_verified=False)
    assert exported(unproved) == []
    assert client.delete("/v1/me", token=unproved).json == {"complete": True}
    assert exported(token("cy")) == ["Cy"]
    assert client.delete("/v1/me", token=token("cy")).json == {"complete": True}
    assert exported(token("cy")) == []
    assert client.get(f"/v1/events/{event_id}").json["seats_left"] == 2
