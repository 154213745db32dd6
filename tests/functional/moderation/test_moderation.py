"""Reports of postings, and hiding them: over HTTP."""

from collections.abc import Callable
from datetime import datetime

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import LimitReached
from chalicelib.moderation import service
from chalicelib.moderation.models import Decision, Reason, ReportDraft, Ruling
from chalicelib.moderation.service import MOST_A_DAY, Moderation
from chalicelib.moderation.store import ReportStore
from chalicelib.organizations.store import OrganizationStore
from chalicelib.postings.store import PostingStore
from chalicelib.table import keys
from chalicelib.table.daily import counted
from chalicelib.table.expressions import Update
from chalicelib.table.table import Table
from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting, notices

WRONG = {"reason": "misleading", "text": "Filled a year ago.\n<script>alert(1)</script>"}
HIDE = {"decision": "hide", "reason": "Advertises something else"}
KEEP = {"decision": "keep", "reason": "It is what it says"}
UNKNOWN = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People who act."""
    return Acting(client, token)


@pytest.fixture
def posting(acting: Acting) -> str:
    """An open posting of Ann's shop."""
    return acting.posting("ann", acting.shop("ann"))


@pytest.fixture
def stores(table: Table) -> Moderation:
    """What moderation works with."""
    return Moderation(ReportStore(table), PostingStore(table), OrganizationStore(table))


def at(posting_id: str, what: str) -> str:
    return f"/v1/postings/{posting_id}/{what}"


def queue(acting: Acting) -> list[tuple[str, int]]:
    listed = acting.done("GET", "/v1/reports", "root")["items"]
    return [(one["posting_id"], one["reports"]) for one in listed]


def test_a_person_reports_a_posting_once(acting: Acting, table: Table, posting: str) -> None:
    first = acting.done("PUT", at(posting, "report"), "sue", WRONG)
    assert (first["user_id"], first["reason"], first["text"]) == ("sue", "misleading", WRONG["text"])
    assert acting.done("PUT", at(posting, "report"), "sue", {"reason": "spam"}) == first
    acting.done("PUT", at(posting, "report"), "tom", {"reason": "spam"})
    assert queue(acting) == [(posting, 2)]
    reports = list(acting.pages(f"{at(posting, 'reports')}?limit=1", "root"))
    assert [(one["user_id"], one["reason"]) for one in reports] == [("sue", "misleading"), ("tom", "spam")]
    assert [one["audience"]["to"] for one in notices(table, "posting_reported")] == ["administrators"] * 2


def test_what_is_not_there_to_see_is_not_reported(acting: Acting) -> None:
    shop = acting.shop("ann")
    draft = acting.posting("ann", shop, status="draft")
    for posting_id in (draft, UNKNOWN):
        assert acting.ask("PUT", at(posting_id, "report"), "sue", WRONG).problem == "not-found"
    assert queue(acting) == []
    wrong = {"reason": "dislike"}
    assert acting.ask("PUT", at(draft, "report"), "sue", wrong).problem == "invalid-input"
    assert (
        acting.ask("PUT", at(draft, "report"), "sue", {**WRONG, "text": "x" * 4001}).problem
        == "invalid-input"
    )


def test_a_hidden_posting_is_seen_by_its_own_people_alone(acting: Acting, table: Table, posting: str) -> None:
    organization_id = acting.done("GET", "/v1/me", "ann")["memberships"][0]["organization_id"]
    public = f"/v1/directory/postings/{posting}"
    before = acting.ask("GET", public, None).status
    acting.done("PUT", at(posting, "report"), "sue", WRONG)
    hidden = acting.done("PUT", at(posting, "moderation"), "root", HIDE)
    assert hidden == {"posting_id": posting, "hidden": True, "reports": 1}
    assert acting.done("PUT", at(posting, "moderation"), "root", HIDE) == hidden
    assert queue(acting) == []
    assert (before, acting.ask("GET", public, None).status) == (200, 404)
    own = acting.done("GET", f"/v1/organizations/{organization_id}/postings/{posting}", "ann")
    assert own["id"] == posting
    assert acting.ask("PUT", at(posting, "report"), "tom", WRONG).problem == "not-found"
    assert [one["facts"]["reason"] for one in notices(table, "posting_hidden")] == [HIDE["reason"]]
    shown = acting.done("PUT", at(posting, "moderation"), "root", KEEP)
    assert shown["hidden"] is False
    assert acting.ask("GET", public, None).status == 200
    trail = acting.done("GET", f"/v1/audit?subject={posting}", "root")["items"]
    actions = [one["action"] for one in trail if one["actor"] == "root"]
    assert actions == ["posting.kept", "posting.hidden"]


def test_letting_it_stand_settles_reports_until_there_is_another(acting: Acting, posting: str) -> None:
    acting.done("PUT", at(posting, "report"), "sue", WRONG)
    assert acting.done("PUT", at(posting, "moderation"), "root", KEEP)["hidden"] is False
    assert queue(acting) == []
    acting.done("PUT", at(posting, "report"), "tom", WRONG)
    assert queue(acting) == [(posting, 2)]


def test_moderation_is_for_administrators(acting: Acting, posting: str) -> None:
    for answer in (
        acting.ask("PUT", at(posting, "moderation"), "ann", HIDE),
        acting.ask("GET", at(posting, "reports"), "ann"),
        acting.ask("GET", "/v1/reports", "ann"),
    ):
        assert answer.problem == "not-permitted"
    assert acting.ask("PUT", at(UNKNOWN, "moderation"), "root", HIDE).problem == "not-found"
    assert (
        acting.ask("PUT", at(posting, "moderation"), "root", {"decision": "hide"}).problem == "invalid-input"
    )


def test_reports_of_a_posting_that_is_gone_can_be_settled(acting: Acting, posting: str) -> None:
    acting.done("PUT", at(posting, "report"), "sue", WRONG)
    organization_id = acting.done("GET", "/v1/me", "ann")["memberships"][0]["organization_id"]
    path = f"/v1/organizations/{organization_id}"
    etag = acting.ask("GET", path, "ann").headers["ETag"]
    acting.done("DELETE", path, "ann", If_Match=etag)
    assert queue(acting) == [(posting, 1)]
    assert acting.done("PUT", at(posting, "moderation"), "root", KEEP)["reports"] == 1
    assert queue(acting) == []


def test_a_report_that_comes_during_a_decision_is_not_settled_unseen(
    stores: Moderation, acting: Acting, posting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting.done("PUT", at(posting, "report"), "sue", WRONG)
    root = Caller("root", "root@connects.example", admin=True)
    tom = Caller("tom", "tom@connects.example", admin=False)
    real, seen = stores.reports.summary, []

    def meanwhile(posting_id: str) -> object:
        found = real(posting_id)
        seen.append(found)
        if len(seen) == 1:
            service.report(stores, tom, posting_id, ReportDraft(reason=Reason.SPAM))
        return found

    monkeypatch.setattr(stores.reports, "summary", meanwhile)
    ruling = Ruling(decision=Decision.HIDE, reason="Spam")
    assert service.rule(stores, root, posting, ruling).reports == 2
    assert len(seen) == 2


def test_a_person_reports_so_many_a_day(
    stores: Moderation, table: Table, acting: Acting, posting: str, clock: Callable[[], datetime]
) -> None:
    eve = Caller("eve", "eve@connects.example", admin=False)
    for _ in range(MOST_A_DAY):
        table.write(counted("eve", "report", MOST_A_DAY, clock()))
    with pytest.raises(LimitReached):
        service.report(stores, eve, posting, ReportDraft(reason=Reason.SPAM), clock=clock)
    assert queue(acting) == []
    table.write(Update(keys.daily("eve", "report", clock().date()), {"times": MOST_A_DAY - 1}))
    service.report(stores, eve, posting, ReportDraft(reason=Reason.SPAM), clock=clock)
    assert queue(acting) == [(posting, 1)]


def test_a_suspended_organizations_postings_are_gone_and_its_people_do_nothing(
    acting: Acting, posting: str
) -> None:
    organization_id = acting.done("GET", "/v1/me", "ann")["memberships"][0]["organization_id"]
    acting.decide(organization_id, "suspended")
    assert acting.ask("PUT", at(posting, "report"), "sue", WRONG).problem == "not-found"
    other = acting.posting("tom", acting.shop("tom"))
    answer = acting.ask(
        "POST", f"/v1/postings/{other}/responses", "ann", {"organization_id": organization_id}
    )
    assert answer.status in (403, 409)
    path = f"/v1/organizations/{organization_id}/invitations"
    refused = acting.ask("POST", path, "ann", {"email": "x@connects.example", "role": "viewer"})
    assert refused.problem == "conflict"
