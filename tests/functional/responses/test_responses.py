"""Responses over HTTP: who may answer and move what, what is refused how, and what each side sees."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.auth import Caller
from chalicelib.engagement.service import EngagementStore, record
from chalicelib.errors import PostingNotOpen
from chalicelib.responses import service
from chalicelib.responses.answering import MOST_A_DAY, MOST_IN_ALL
from chalicelib.responses.models import ResponseDraft, ResponseStatus
from chalicelib.responses.stores import Stores
from chalicelib.table.daily import recounted
from chalicelib.table.table import Table
from tests import factories
from tests.conftest import Answer
from tests.functional.acting import Acting, notices

UNKNOWN = "00000000-0000-7000-8000-000000000000"


def answers(acting: Acting, who: str, posting: str, organization: str, **headers: str) -> Answer:
    body = {"organization_id": organization}
    return acting.ask("POST", f"/v1/postings/{posting}/responses", who, body, **headers)


def seen(acting: Acting, who: str, posting: str, response: str) -> Any:
    return acting.done("GET", f"/v1/postings/{posting}/responses/{response}", who)


def seats_taken(acting: Acting, shop: str, posting: str) -> tuple[int, str]:
    own = acting.done("GET", f"/v1/organizations/{shop}/postings/{posting}", "ann")
    return own["seats"] - own["seats_left"], own["status"]


# -- answering


def test_a_response_is_pending_and_shows_no_contact_details(
    acting: Acting, table: Table, school: str, shop: str, offer: str
) -> None:
    answer = answers(acting, "sue", offer, school)
    assert answer.status == 201
    body = answer.json
    assert answer.headers["Location"] == f"responses/{body['id']}"
    assert (body["status"], body["sides"], body["messages"]) == ("pending", ["answering"], 0)
    assert (body["direction"], body["category"]) == ("offer", "internship")
    assert body["posting_party"]["organization_id"] == shop
    assert body["posting_party"]["contact_details"] is None
    assert body["answering_party"] == {
        "organization_id": school,
        "name": "Bitterroot Technical College",
        "kind": "school",
        "city": "Missoula",
        "state": "MT",
        "contact_details": None,
    }
    assert seen(acting, "ann", offer, body["id"])["sides"] == ["posting"]
    (told,) = notices(table, "response_received")
    assert told["audience"]["organization_id"] == shop
    assert told["facts"]["organization_name"] == "Bitterroot Technical College"


def test_a_repeated_request_answers_the_same_response(acting: Acting, school: str, offer: str) -> None:
    first, second = (answers(acting, "sue", offer, school, Idempotency_Key="one-answer-1") for _ in range(2))
    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    body = {"organization_id": school, "message": "Another"}
    other = acting.ask("POST", f"/v1/postings/{offer}/responses", "sue", body, Idempotency_Key="one-answer-1")
    assert (other.status, other.problem) == (422, "idempotency-mismatch")


def test_an_organization_has_one_open_response(acting: Acting, school: str, offer: str) -> None:
    response = acting.respond("sue", offer, school)
    again = answers(acting, "sue", offer, school)
    assert (again.status, again.problem) == (409, "already-responded")
    assert acting.moves("sue", offer, response, "withdrawn").status == 200
    assert answers(acting, "sue", offer, school).status == 201


def test_nobody_answers_their_own_posting(acting: Acting, shop: str, offer: str) -> None:
    answer = answers(acting, "ann", offer, shop)
    assert (answer.status, answer.problem) == (409, "own-posting")


@pytest.mark.parametrize("status", ["closed", "fulfilled"])
def test_a_posting_that_is_over_takes_no_responses(
    acting: Acting, school: str, shop: str, status: str
) -> None:
    posting = acting.posting("ann", shop, status=status)
    answer = answers(acting, "sue", posting, school)
    assert (answer.status, answer.problem) == (409, "posting-not-open")
    assert status in answer.json["detail"]


def test_an_expired_posting_takes_no_responses_and_accepts_none(
    acting: Acting, table: Table, school: str, shop: str, offer: str
) -> None:
    other = acting.school("tom")
    response = acting.respond("sue", offer, school)
    late = datetime.now(UTC) + timedelta(days=100)
    stores = Stores.over(table)
    tom, ann = (Caller(name, f"{name}@connects.example", admin=False) for name in ("tom", "ann"))
    before = everything(table)
    with pytest.raises(PostingNotOpen, match="expired"):
        service.respond(stores, tom, offer, ResponseDraft(organization_id=other), clock=lambda: late)
    with pytest.raises(PostingNotOpen, match="expired"):
        service.move(stores, ann, offer, response, ResponseStatus.ACCEPTED, clock=lambda: late)
    assert everything(table) == before
    assert seats_taken(acting, shop, offer) == (0, "open")


def test_a_posting_that_an_administrator_hid_is_not_answered_and_accepts_nothing(
    acting: Acting, school: str, offer: str
) -> None:
    response = acting.respond("sue", offer, school)
    decision = {"decision": "hide", "reason": "Nobody there ever heard of it"}
    acting.done("PUT", f"/v1/postings/{offer}/report", "sue", {"reason": "misleading"})
    acting.done("PUT", f"/v1/postings/{offer}/moderation", "root", decision)
    assert answers(acting, "tom", offer, acting.school("tom")).status == 404
    refused = acting.moves("ann", offer, response, "accepted")
    assert (refused.status, refused.problem) == (409, "posting-not-open")
    assert acting.moves("sue", offer, response, "withdrawn").status == 200


def test_a_draft_and_a_hidden_organizations_posting_are_not_there(
    acting: Acting, school: str, shop: str, offer: str
) -> None:
    draft = acting.posting("ann", shop, status="draft")
    for posting in (draft, UNKNOWN):
        answer = answers(acting, "sue", posting, school)
        assert (answer.status, answer.problem) == (404, "not-found")
    acting.decide(shop, "suspended")
    assert answers(acting, "sue", offer, school).status == 404


@pytest.mark.parametrize("status", [None, "suspended"])
def test_an_organization_that_is_not_verified_answers_nobody(
    acting: Acting, offer: str, status: str | None
) -> None:
    other = acting.organization("bob", factories.shop(), status)
    answer = answers(acting, "bob", offer, other)
    assert (answer.status, answer.problem) == (403, "organization-not-verified")


def test_one_answers_for_ones_own_organization_alone(acting: Acting, school: str, offer: str) -> None:
    for who in ("eve", "ann", "root"):
        answer = answers(acting, who, offer, school)
        assert (answer.status, answer.problem) == (403, "not-permitted")
    assert answers(acting, "eve", offer, UNKNOWN).status == 403


def test_a_school_that_blocked_or_has_not_approved_is_not_answered(
    acting: Acting, school: str, shop: str
) -> None:
    need = acting.posting("sue", school, direction="need")
    path = f"/v1/organizations/{school}"
    acting.done("PUT", f"{path}/approvals/{shop}", "sue", {"status": "blocked"})
    blocked = answers(acting, "ann", need, shop)
    assert (blocked.status, blocked.problem) == (403, "employer-blocked")
    acting.done("DELETE", f"{path}/approvals/{shop}", "sue")
    acting.done("PUT", f"{path}/approval-policy", "sue", {"policy": "approve"}, If_Match='"0"')
    needed = answers(acting, "ann", need, shop)
    assert (needed.status, needed.problem) == (403, "approval-needed")
    acting.done("PUT", f"{path}/approvals/{shop}", "sue", {"status": "approved"})
    assert answers(acting, "ann", need, shop).status == 201


def test_a_refused_answer_leaves_everything_as_it_was(
    acting: Acting, table: Table, school: str, shop: str
) -> None:
    posting = acting.posting("ann", shop, status="closed")
    before = everything(table)
    assert answers(acting, "sue", posting, school).status == 409
    assert answers(acting, "ann", posting, shop).status == 409
    assert everything(table) == before


# -- moving


def test_an_accepted_response_takes_a_seat_and_shows_contacts_to_both(
    acting: Acting, table: Table, school: str, shop: str, offer: str
) -> None:
    response = acting.respond("sue", offer, school)
    accepted = acting.moves("ann", offer, response, "accepted")
    assert (accepted.status, accepted.json["status"]) == (200, "accepted")
    for who in ("ann", "sue"):
        body = seen(acting, who, offer, response)
        contact = body["answering_party"]["contact_details"]["contact"]
        assert contact["email"] == "careers@connects.example"
        assert body["posting_party"]["contact_details"]["contact"]["email"] == "desk@connects.example"
    assert seats_taken(acting, shop, offer) == (1, "fulfilled")
    assert acting.moves("ann", offer, response, "accepted").json == accepted.json
    assert seats_taken(acting, shop, offer) == (1, "fulfilled")
    (told,) = notices(table, "response_decided")
    assert (told["audience"]["organization_id"], told["facts"]["decision"]) == (school, "accepted")


def test_no_seat_is_given_twice(acting: Acting, school: str, shop: str, offer: str) -> None:
    other = acting.school("tom")
    first, second = acting.respond("sue", offer, school), acting.respond("tom", offer, other)
    assert acting.moves("ann", offer, first, "accepted").status == 200
    refused = acting.moves("ann", offer, second, "accepted")
    assert (refused.status, refused.problem) == (409, "seats-gone")
    late = answers(acting, "bob", offer, acting.school("bob"))
    assert (late.status, late.problem) == (409, "seats-gone")
    withdrawn = acting.moves("sue", offer, first, "withdrawn")
    assert withdrawn.json["status"] == "withdrawn"
    assert withdrawn.json["posting_party"]["contact_details"] is None
    assert seats_taken(acting, shop, offer) == (0, "open")
    assert acting.moves("ann", offer, second, "accepted").status == 200
    assert acting.moves("sue", offer, first, "withdrawn").status == 200
    assert seats_taken(acting, shop, offer) == (1, "fulfilled")


def test_a_closed_posting_accepts_nothing(acting: Acting, school: str, shop: str, offer: str) -> None:
    response = acting.respond("sue", offer, school)
    acting.move_posting("ann", shop, offer, "closed")
    refused = acting.moves("ann", offer, response, "accepted")
    assert (refused.status, refused.problem) == (409, "posting-not-open")
    assert acting.moves("ann", offer, response, "declined").status == 200


def test_a_suspended_side_agrees_upon_nothing(acting: Acting, school: str, offer: str) -> None:
    response = acting.respond("sue", offer, school)
    acting.decide(school, "suspended")
    refused = acting.moves("ann", offer, response, "accepted")
    assert (refused.status, refused.problem) == (403, "organization-not-verified")


def test_each_move_is_for_one_side(acting: Acting, school: str, offer: str) -> None:
    response = acting.respond("sue", offer, school)
    for who, status in (("sue", "accepted"), ("sue", "declined"), ("ann", "withdrawn"), ("root", "accepted")):
        answer = acting.moves(who, offer, response, status)
        assert (answer.status, answer.problem) == (403, "not-permitted")
    stranger = acting.moves("eve", offer, response, "accepted")
    assert (stranger.status, stranger.problem) == (404, "not-found")
    assert seen(acting, "sue", offer, response)["status"] == "pending"


@pytest.mark.parametrize("end", ["declined", "withdrawn"])
def test_what_has_ended_stays_ended(acting: Acting, table: Table, school: str, offer: str, end: str) -> None:
    response = acting.respond("sue", offer, school)
    ends, other = ("ann", "sue") if end == "declined" else ("sue", "ann")
    first = acting.moves(ends, offer, response, end)
    assert acting.moves(ends, offer, response, end).json == first.json
    before = everything(table)
    refused = acting.moves(other, offer, response, "withdrawn" if other == "sue" else "accepted")
    assert (refused.status, refused.problem) == (409, "move-not-allowed")
    assert end in refused.json["detail"]
    assert everything(table) == before


def test_nobody_completes_or_reopens_by_a_move(acting: Acting, school: str, offer: str) -> None:
    response = acting.respond("sue", offer, school)
    completed = acting.moves("sue", offer, response, "completed")
    assert (completed.status, completed.problem) == (409, "move-not-allowed")
    pending = acting.moves("ann", offer, response, "pending")
    assert (pending.status, pending.problem) == (422, "invalid-input")


def test_what_was_answered_and_agreed_is_counted(
    acting: Acting, table: Table, school: str, shop: str, offer: str
) -> None:
    response = acting.respond("sue", offer, school)
    acting.moves("ann", offer, response, "accepted")
    year = int(seen(acting, "ann", offer, response)["created_at"][:4])
    of_school, of_shop = (record(EngagementStore(table), one, year) for one in (school, shop))
    assert (of_school.responses_sent, of_school.responses_accepted) == (1, 1)
    assert (of_shop.responses_sent, of_shop.responses_accepted) == (0, 1)


# -- reading


def test_only_the_two_sides_and_administrators_see_a_response(
    acting: Acting, school: str, offer: str
) -> None:
    response = acting.respond("sue", offer, school)
    for path in (f"/v1/postings/{offer}/responses/{response}", f"/v1/postings/{offer}/responses/{UNKNOWN}"):
        answer = acting.ask("GET", path, "eve")
        assert (answer.status, answer.problem) == (404, "not-found")
    assert seen(acting, "root", offer, response)["sides"] == []
    stranger = acting.ask("GET", f"/v1/postings/{offer}/responses", "sue")
    assert (stranger.status, stranger.problem) == (403, "not-permitted")
    assert acting.ask("GET", f"/v1/postings/{UNKNOWN}/responses", "sue").status == 404


def test_lists_are_newest_first_and_go_on_by_cursor(acting: Acting, school: str, shop: str) -> None:
    offers = [acting.posting("ann", shop, seats=3) for _ in range(3)]
    given = [acting.respond("sue", offer, school) for offer in offers]
    other = acting.school("tom")
    second = acting.respond("tom", offers[0], other)
    acting.moves("ann", offers[1], given[1], "accepted")
    own = f"/v1/organizations/{school}/responses"
    assert [one["id"] for one in acting.pages(f"{own}?limit=2", "sue")] == given[::-1]
    got = f"/v1/organizations/{shop}/responses?side=posting&limit=2"
    assert [one["id"] for one in acting.pages(got, "ann")] == [second, *given[::-1]]
    accepted = list(acting.pages(f"{got}&status=accepted", "ann"))
    assert [(one["id"], one["sides"]) for one in accepted] == [(given[1], ["posting"])]
    assert accepted[0]["answering_party"]["contact_details"] is not None
    to_one = acting.pages(f"/v1/postings/{offers[0]}/responses?limit=1", "ann")
    assert [one["id"] for one in to_one] == [second, given[0]]
    cursor = acting.done("GET", f"{own}?limit=1", "sue")["next_cursor"]
    foreign = acting.ask("GET", f"{got}&cursor={cursor}", "ann")
    assert (foreign.status, foreign.problem) == (400, "invalid-cursor")


def test_a_response_outlives_an_organization(acting: Acting, school: str, shop: str, offer: str) -> None:
    response = acting.respond("sue", offer, school)
    acting.moves("ann", offer, response, "accepted")
    etag = acting.ask("GET", f"/v1/organizations/{shop}", "ann").headers["ETag"]
    acting.done("DELETE", f"/v1/organizations/{shop}", "ann", If_Match=etag)
    body = seen(acting, "sue", offer, response)
    assert body["posting_party"]["name"] is None
    assert body["posting_party"]["contact_details"] is None
    assert acting.moves("sue", offer, response, "withdrawn").json["status"] == "withdrawn"


def everything(table: Table) -> list[str]:
    """All that the table holds, but what only remembers requests and denials. Only tests read it like this."""
    items = table._client.scan(TableName=table._name)["Items"]
    kept = (one for one in items if not one["PK"]["S"].startswith(("IDEMPOTENCY#", "AUDIT#")))
    return sorted(str(sorted(one.items())) for one in kept)


def test_nobody_is_mailed_again_and_again_by_answering_and_withdrawing(
    acting: Acting, table: Table, school: str, shop: str
) -> None:
    offer = acting.posting("ann", shop)
    for _ in range(MOST_A_DAY):
        assert acting.moves("sue", offer, acting.respond("sue", offer, school), "withdrawn").status == 200
    answer = acting.ask("POST", f"/v1/postings/{offer}/responses", "sue", {"organization_id": school})
    assert (answer.status, answer.problem) == (429, "limit-reached")
    assert len(notices(table, "response_received")) == MOST_A_DAY
    acting.respond("sue", acting.posting("ann", shop), school)


def test_nobody_answers_everything_on_one_day(acting: Acting, table: Table, school: str, shop: str) -> None:
    offer = acting.posting("ann", shop)
    sue = acting.done("GET", "/v1/me", "sue")["user_id"]
    table.write(recounted(sue, "response", MOST_IN_ALL, datetime.now(UTC)))
    answer = acting.ask("POST", f"/v1/postings/{offer}/responses", "sue", {"organization_id": school})
    assert (answer.status, answer.problem) == (429, "limit-reached")
    assert notices(table, "response_received") == []
