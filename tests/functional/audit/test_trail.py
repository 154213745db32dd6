"""The audit trail: what is in it, who reads it, and that nobody changes it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.audit import denials as denials_module
from chalicelib.audit import jobs
from chalicelib.audit.denials import Denials
from chalicelib.audit.service import entry_write
from chalicelib.audit.store import AuditStore
from chalicelib.auth import ADMINISTRATORS, SIGNED_IN
from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.observability import metrics
from chalicelib.table.table import Table
from chalicelib.values import Role
from tests import factories
from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting, notices
from tests.rights import Asked, Requests, refused

JUNE = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
ID = "01920000-0000-7000-8000-000000000001"
EVENTS = Path(__file__).parents[2] / "events"
MEMBERS = member_of_organization(Role.VIEWER)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was written of late."""
    monkeypatch.setattr(denials_module, "denials", Denials())


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People who act."""
    return Acting(client, token)


def test_an_entry_is_written_once_and_never_over(table: Table) -> None:
    entry = entry_write("ann", "thing.done", ID, JUNE)
    table.write(entry)
    with pytest.raises(ConditionFailed):
        table.write(entry)


def test_what_is_done_to_an_entry_is_counted_and_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    counted: dict[str, float] = {}
    monkeypatch.setattr(metrics, "add_metric", lambda name, value, **_: counted.update({name: value}))
    monkeypatch.setattr(metrics, "flush_metrics", lambda: None)
    recorded = json.loads((EVENTS / "WatchTrail.json").read_text(encoding="utf-8"))
    assert jobs.watch_trail(recorded, None) == {"changed": 1}
    (told,) = caplog.records
    assert (told.__dict__["partition"], told.__dict__["change"]) == ("AUDIT#2026-06", "REMOVE")
    assert counted == {"TrailChanged": 1}


def test_the_trail_of_a_month_is_newest_first_in_pages(acting: Acting, table: Table) -> None:
    for day in range(5):
        table.write(entry_write("ann", "thing.done", ID, JUNE + timedelta(days=day), str(day)))
    table.write(entry_write("ann", "thing.done", ID, JUNE + timedelta(days=40), "July"))
    found = list(acting.pages("/v1/audit?month=2026-06&limit=2", "root"))
    assert [one["detail"] for one in found] == ["4", "3", "2", "1", "0"]
    assert found[0]["at"] == "2026-06-19T12:30:00Z"


def test_the_trail_of_a_thing_is_newest_first_in_pages(acting: Acting, table: Table) -> None:
    for number in range(5):
        table.write(entry_write("ann", "thing.done", ID, JUNE + timedelta(days=20 * number), str(number)))
        table.write(entry_write("ann", "thing.done", "another", JUNE))
    found = list(acting.pages(f"/v1/audit?subject={ID}&limit=2", "root"))
    assert [one["detail"] for one in found] == ["4", "3", "2", "1", "0"]
    cursor = acting.done("GET", f"/v1/audit?subject={ID}&limit=2", "root")["next_cursor"]
    assert acting.ask("GET", f"/v1/audit?subject=another&cursor={cursor}", "root").problem == "invalid-cursor"


@pytest.mark.parametrize(
    "query", ["", "?month=2026-06&subject=x", "?month=2026-13", "?month=June", "?subject="]
)
def test_it_is_asked_for_a_month_or_a_thing(acting: Acting, query: str) -> None:
    assert acting.ask("GET", f"/v1/audit{query}", "root").problem == "invalid-input"


def test_administrators_alone_read_it(acting: Acting) -> None:
    assert acting.ask("GET", "/v1/audit?month=2026-06", "ann").problem == "not-permitted"
    assert acting.ask("GET", "/v1/audit?month=2026-06", None).status == 401


def test_the_api_writes_the_trail_and_cannot_change_it() -> None:
    june = frozenset({"AUDIT#2026-06"})
    for action in ("UpdateItem", "DeleteItem", "BatchWriteItem"):
        assert refused("ApiRole", Requests([Asked(action, june)])) != []
    assert refused("ApiRole", Requests([Asked("PutItem", june), Asked("Query", june)])) == []


def test_what_administrators_and_owners_do_is_in_it(acting: Acting, table: Table) -> None:
    group = acting.done("POST", "/v1/owner-groups", "ann", {"name": "Group"})["id"]
    shop = acting.organization("ann", factories.shop(), "verified")
    path = f"/v1/organizations/{shop}"
    acting.done("PATCH", path, "ann", {"owner_group_id": group}, If_Match='"2"')
    acting.decide(shop, "suspended")
    acting.decide(shop, "suspended")
    acting.done("DELETE", path, "ann", If_Match='"4"')
    trail = acting.done("GET", f"/v1/audit?subject={shop}", "root")["items"]
    assert [(one["actor"], one["action"], one["detail"]) for one in trail] == [
        ("ann", "organization.deleted", ""),
        ("root", "organization.suspended", "pending -> suspended"),
        ("ann", "organization.regrouped", f"none -> {group}"),
        ("root", "organization.verified", "pending -> verified"),
    ]
    trail = acting.done("GET", f"/v1/audit?subject={group}", "root")["items"]
    assert [one["action"] for one in trail] == ["owner_group.created"]
    told = sorted(notices(table, "verification_decided"), key=lambda one: str(one["id"]))
    assert [one["facts"]["decision"] for one in told] == ["verified", "suspended"]


# -- refusals


def test_a_refusal_is_written_with_the_route_and_whose_it_was(acting: Acting) -> None:
    shop = acting.shop("ann")
    for _ in range(3):
        assert (
            acting.ask("DELETE", f"/v1/organizations/{shop}", "eve", If_Match='"1"').problem
            == "not-permitted"
        )
    acting.ask("GET", "/v1/claims", "eve")
    trail = acting.done("GET", f"/v1/audit?subject={shop}", "root")["items"]
    assert [(one["actor"], one["action"], one["detail"]) for one in trail if one["actor"] == "eve"] == [
        ("eve", "access.denied", "DELETE /v1/organizations/{organization_id}")
    ]
    platform = acting.done("GET", "/v1/audit?subject=platform", "root")["items"]
    assert [(one["actor"], one["detail"]) for one in platform] == [("eve", "GET /v1/claims")]


def test_a_refusal_that_cannot_be_written_is_answered_all_the_same(
    acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise TemporarilyUnavailable("The table is away.")

    monkeypatch.setattr(AuditStore, "append", broken)
    assert acting.ask("GET", "/v1/claims", "eve").problem == "not-permitted"
    monkeypatch.setattr(denials_module, "connect", broken)
    assert acting.ask("GET", "/v1/reports", "eve").problem == "not-permitted"


@pytest.mark.usefixtures("cloud")
def test_one_person_at_one_route_is_written_once_a_minute(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(denials_module, "monotonic", lambda: now[0])
    written = Denials()
    for seconds, expected in ((0, 1), (59, 1), (1, 2), (30, 2), (30, 3)):
        now[0] += seconds
        written.note(ADMINISTRATORS, "eve", "GET /v1/x", {})
        assert len(AuditStore(table).of_subject("platform", 10, None)[0]) == expected
    written.note(ADMINISTRATORS, "eve", "GET /v1/y", {})
    written.note(ADMINISTRATORS, "mallory", "GET /v1/x", {})
    assert len(AuditStore(table).of_subject("platform", 10, None)[0]) == 5


@pytest.mark.usefixtures("cloud")
def test_only_refusals_of_some_consequence_are_written(table: Table) -> None:
    written = Denials()
    written.note(None, "eve", "GET /v1/x", {})
    written.note(SIGNED_IN, "eve", "GET /v1/x", {})
    assert AuditStore(table).of_subject("platform", 10, None) == ([], None)
    written.note(MEMBERS, "eve", "GET /v1/x", {"organization_id": "x" * 3000})
    assert len(AuditStore(table).of_subject("platform", 10, None)[0]) == 1
