"""Everything a person entered, over HTTP: exported whole, erased whole."""

import json
from typing import Any

import pytest

from chalicelib.privacy.service import Source, erase, export
from chalicelib.table import keys
from chalicelib.table.expressions import Put
from chalicelib.table.table import Table
from tests import factories
from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting
from tests.rights import listening, refused

PAY = {
    "effective_date": "2025-01-01",
    "headcount": 3,
    "pay_plan": {"plan": "hourly", "hourly_pay_usd": "27.51"},
}


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People who act."""
    return Acting(client, token)


def exported(acting: Acting, who: str, limit: int = 100) -> list[dict[str, Any]]:
    return list(acting.pages(f"/v1/me/export?limit={limit}", who))


def everything(table: Table) -> str:
    """The whole table as a text. Only tests read it like this."""
    return json.dumps(table._client.scan(TableName=table._name)["Items"], default=str)


@pytest.fixture
def busy(acting: Acting) -> str:
    """Bob's life: a manager of Ann's shop who answers, writes, reports, invites and saves searches. The shop."""
    shop, school = acting.shop("ann"), acting.school("sue")
    acting.done(
        "POST",
        f"/v1/organizations/{shop}/invitations",
        "ann",
        {"email": "bob@connects.example", "role": "manager"},
    )
    [waiting] = acting.done("GET", "/v1/me", "bob")["invitations"]
    acting.done("POST", "/v1/invitations/acceptance", "bob", {"invitation": waiting["invitation"]})
    acting.done("PUT", f"/v1/organizations/{shop}/pay/technician_a", "bob", PAY)
    posting = acting.posting(
        "sue", school, direction="need", title="A speaker", details={"category": "guest_speaker"}
    )
    response = acting.respond("bob", posting, shop)
    acting.done(
        "POST", f"/v1/postings/{posting}/responses/{response}/messages", "bob", {"text": "Bob's own words"}
    )
    acting.done(
        "PUT", f"/v1/postings/{posting}/report", "bob", {"reason": "other", "text": "Bob's complaint"}
    )
    acting.done(
        "POST", "/v1/me/searches", "bob", {"name": "Bob's search", "direction": "need", "zip": "59801"}
    )
    acting.done(
        "POST",
        f"/v1/organizations/{shop}/invitations",
        "bob",
        {"email": "zoe@elsewhere.example", "role": "viewer"},
    )
    register(acting, "bob", "2028-02-11T18:00")
    return shop


def register(acting: Acting, who: str, starts: str) -> str:
    """Registers somebody for an event. Its id."""
    draft = {"title": "Getting started", "starts_local": starts, "time_zone": "America/Denver", "minutes": 60}
    draft |= {"text": "What to write.", "capacity": 2, "join_url": "https://meet.connects.example/first"}
    made = acting.done("POST", "/v1/administration/events", "root", draft)
    path = f"/v1/administration/events/{made['id']}"
    etag = f'"{made["version"]}"'
    acting.done("PUT", f"{path}/status", "root", {"status": "published"}, If_Match=etag)
    acting.done("PUT", f"/v1/events/{made['id']}/registration", who)
    return str(made["id"])


@pytest.mark.parametrize("limit", [1, 3, 100])
@pytest.mark.usefixtures("busy")
def test_a_person_gets_all_that_they_entered_however_it_is_paged(acting: Acting, limit: int) -> None:
    found = exported(acting, "bob", limit)
    kinds = {one["kind"] for one in found}
    assert kinds >= {
        "membership",
        "invitation",
        "report",
        "submission",
        "message",
        "saved_search",
        "registration",
        "profile",
    }
    assert len(found) == len({json.dumps(one, sort_keys=True) for one in found})
    text = json.dumps(found)
    for mine in (
        "Bob's own words",
        "Bob's complaint",
        "Bob's search",
        "bob@connects.example",
        "zoe@elsewhere",
    ):
        assert mine in text
    # Figures are the organization's.
    assert "27.51" not in text
    assert "sue" not in text


def test_another_person_gets_nothing_of_it(acting: Acting, busy: str) -> None:
    del busy
    assert exported(acting, "eve") == []
    cursor = acting.done("GET", "/v1/me/export?limit=1", "bob")["next_cursor"]
    assert acting.ask("GET", f"/v1/me/export?cursor={cursor}", "eve").problem == "invalid-cursor"
    assert acting.ask("GET", "/v1/me/export", None).status == 401
    assert acting.ask("DELETE", "/v1/me", None).status == 401


def test_erasing_leaves_nothing_of_a_person_but_what_they_did_for_others(
    acting: Acting, table: Table, busy: str
) -> None:
    # What was to be mailed is kept a while, for whoever gets it.
    outbox = [one for one in table._client.scan(TableName=table._name)["Items"] if "OUTBOX" in one["PK"]["S"]]
    table.delete_all(keys.Key(one["PK"]["S"], one["SK"]["S"]) for one in outbox)
    for _ in range(2):
        assert acting.done("DELETE", "/v1/me", "bob") == {"complete": True}
        assert exported(acting, "bob") == []
    left = everything(table)
    for gone in (
        "Bob's own words",
        "Bob's complaint",
        "Bob's search",
        "bob@connects.example",
        "zoe@elsewhere",
    ):
        assert gone not in left
    assert [one["user_id"] for one in acting.pages(f"/v1/organizations/{busy}/members?limit=9", "ann")] == [
        "ann"
    ]
    pay = acting.done("GET", f"/v1/organizations/{busy}/pay/technician_a", "ann")
    assert "27.51" in json.dumps(pay)
    trail = acting.done("GET", "/v1/audit?subject=bob", "root")["items"]
    assert [one["action"] for one in trail] == ["person.erased"]
    assert acting.done("GET", "/v1/me", "bob")["memberships"] == []


def test_the_last_owner_of_something_stays_until_somebody_else_owns_it(acting: Acting, table: Table) -> None:
    shop = acting.shop("ann")
    group = acting.done("POST", "/v1/owner-groups", "ann", {"name": "Ann's group"})["id"]
    other = acting.organization("bob", factories.shop(name="Bob's"))
    acting.done(
        "POST",
        f"/v1/organizations/{other}/invitations",
        "bob",
        {"email": "ann@connects.example", "role": "viewer"},
    )
    [waiting] = acting.done("GET", "/v1/me", "ann")["invitations"]
    acting.done("POST", "/v1/invitations/acceptance", "ann", {"invitation": waiting["invitation"]})
    before = everything(table)
    refused = acting.ask("DELETE", "/v1/me", "ann")
    assert refused.problem == "last-owner"
    assert "Cedar Auto Repair" in refused.json["detail"]
    assert "Ann's group" in refused.json["detail"]
    assert everything(table) == before
    etag = acting.ask("GET", f"/v1/organizations/{shop}", "ann").headers["ETag"]
    acting.done("DELETE", f"/v1/organizations/{shop}", "ann", If_Match=etag)
    acting.done(
        "POST",
        f"/v1/owner-groups/{group}/invitations",
        "ann",
        {"email": "bob@connects.example", "role": "owner"},
    )
    [waiting] = acting.done("GET", "/v1/me", "bob")["invitations"]
    acting.done("POST", "/v1/invitations/acceptance", "bob", {"invitation": waiting["invitation"]})
    assert acting.done("DELETE", "/v1/me", "ann") == {"complete": True}
    assert [one["user_id"] for one in acting.pages(f"/v1/owner-groups/{group}/members?limit=9", "bob")] == [
        "bob"
    ]
    assert acting.done("DELETE", "/v1/me", "eve") == {"complete": True}


def test_the_api_may_do_what_export_and_erasure_take(acting: Acting, busy: str) -> None:
    del busy
    with listening() as heard:
        exported(acting, "bob", 3)
        acting.done("DELETE", "/v1/me", "bob")
        acting.done("GET", "/v1/audit?subject=bob", "root")
        acting.ask("GET", "/v1/claims", "eve")
    assert len(heard.asked) > 30
    assert refused("ApiRole", heard) == []


def test_a_registration_of_an_event_that_is_over_is_erased_too(acting: Acting, table: Table) -> None:
    event_id = register(acting, "bob", "2028-02-11T18:00")
    stored = table.get(keys.event(event_id))
    assert stored is not None
    table.write(Put(stored | {"doc": stored["doc"].replace("2028-02-1", "2024-02-1")}))
    assert [one["kind"] for one in exported(acting, "bob")] == ["registration", "profile"]
    assert acting.done("DELETE", "/v1/me", "bob") == {"complete": True}
    assert exported(acting, "bob") == []


# -- pages and rounds, by themselves


def source(kind: str, count: int) -> tuple[Source, list[int]]:
    things = list(range(count))

    def read(limit: int, start: Any) -> tuple[list[dict[str, Any]], Any]:
        begin = start or 0
        page = things[begin : begin + limit]
        return [{"n": one} for one in page], begin + limit if begin + limit < len(things) else None

    def forget() -> bool:
        del things[:2]
        return bool(things)

    return Source(kind, read, forget), things


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_hold_everything_once(limit: int) -> None:
    sources = [source(kind, count)[0] for kind, count in (("a", 0), ("b", 5), ("c", 0), ("d", 3), ("e", 0))]
    found, position = [], (0, None)
    for _ in range(50):
        page, following = export(sources, limit, position)
        assert len(page) <= limit
        found += [(one.kind, one.data["n"]) for one in page]
        if following is None:
            break
        position = following
    assert found == [*(("b", number) for number in range(5)), *(("d", number) for number in range(3))]


def test_much_is_erased_in_several_requests() -> None:
    (small, few), (large, many) = source("a", 3), source("b", 100)
    calls = 1
    while not erase([small, large]):
        calls += 1
    assert (few, many) == ([], [])
    assert 2 <= calls <= 5
