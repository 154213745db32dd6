"""Outcomes over HTTP: the school confirms, both records say so, and recognitions follow."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.organizations.store import OrganizationStore
from chalicelib.outcomes import service
from chalicelib.outcomes.store import OutcomeStore
from chalicelib.table.table import Table
from tests.functional.acting import Acting, notices
from tests.rights import listening, refused

TWO = {"placements": [{"position": "technician_c", "students": 2}], "hours": 320}
NONE: dict[str, Any] = {
    "program_updates": 0,
    "needs_opened": 0,
    "offers_opened": 0,
    "responses_sent": 0,
    "responses_accepted": 0,
    "completions": 0,
    "students_placed": 0,
    "students_reached": 0,
    "hours": 0,
    "items": 0,
    "placements": [],
}


def engagement(acting: Acting, organization: str, year: int | None = None) -> dict[str, Any]:
    query = "" if year is None else f"?year={year}"
    found: dict[str, Any] = acting.done("GET", f"/v1/organizations/{organization}/engagement{query}", "root")
    return found


def fulfilled(acting: Acting, organization: str, who: str) -> set[str]:
    found = acting.done("GET", f"/v1/organizations/{organization}/recognitions", who)
    return {one["rule"]["id"] for one in found["items"] if one["fulfilled"]}


def test_the_school_confirms_and_both_records_say_so(
    acting: Acting, table: Table, school: str, shop: str, agreed: str
) -> None:
    outcome = acting.done("PUT", f"{agreed}/outcome", "sue", TWO)
    assert (outcome["confirmed_by"], outcome["fulfilled_by"]) == (school, shop)
    assert (outcome["students_placed"], outcome["hours"], outcome["items"]) == (2, 320, 0)
    for who in ("sue", "ann"):
        body = acting.done("GET", agreed, who)
        assert (body["status"], body["posting_party"]["contact_details"] is None) == ("completed", False)
        assert acting.done("GET", f"{agreed}/outcome", who) == outcome
    for organization in (school, shop):
        record = engagement(acting, organization)
        assert (record["completions"], record["students_placed"], record["hours"]) == (1, 2, 320)
        assert record["placements"] == [{"kind": "internship", "position": "technician_c", "students": 2}]
        assert acting.done("GET", f"/v1/organizations/{organization}/outcomes", "root")["items"] == [outcome]
    (told,) = notices(table, "completion_confirmed")
    assert told["audience"]["organization_id"] == shop
    (partner,) = service.partners(OutcomeStore(table), school)
    assert (partner.organization_id, partner.completions, partner.students_placed) == (shop, 1, 2)
    assert [one.value for one in partner.categories] == ["internship"]


def test_the_same_again_counts_once_and_other_counts_are_refused(
    acting: Acting, shop: str, agreed: str
) -> None:
    first = acting.done("PUT", f"{agreed}/outcome", "sue", TWO)
    assert acting.done("PUT", f"{agreed}/outcome", "sue", TWO) == first
    other = acting.ask("PUT", f"{agreed}/outcome", "sue", {**TWO, "hours": 321})
    assert (other.status, other.problem) == (409, "already-exists")
    assert engagement(acting, shop)["completions"] == 1


def test_only_the_school_confirms(acting: Acting, agreed: str) -> None:
    for who, status, problem in (
        ("ann", 403, "not-permitted"),
        ("root", 403, "not-permitted"),
        ("eve", 404, "not-found"),
    ):
        answer = acting.ask("PUT", f"{agreed}/outcome", who, TWO)
        assert (answer.status, answer.problem) == (status, problem)
    assert acting.ask("GET", f"{agreed}/outcome", "eve").status == 404
    unconfirmed = acting.ask("GET", f"{agreed}/outcome", "ann")
    assert (unconfirmed.status, unconfirmed.problem) == (404, "not-found")


def test_only_what_was_accepted_is_completed(acting: Acting, school: str, shop: str) -> None:
    offer = acting.posting("ann", shop)
    response = acting.respond("sue", offer, school)
    path = f"/v1/postings/{offer}/responses/{response}/outcome"
    early = acting.ask("PUT", path, "sue", TWO)
    assert (early.status, early.problem) == (409, "move-not-allowed")
    acting.moves("sue", offer, response, "withdrawn")
    late = acting.ask("PUT", path, "sue", TWO)
    assert (late.status, late.problem) == (409, "move-not-allowed")
    assert engagement(acting, school)["completions"] == 0


def test_what_was_completed_cannot_be_withdrawn_and_may_be_answered_anew(
    acting: Acting, school: str, shop: str
) -> None:
    offer = acting.posting("ann", shop, seats=2)
    response = acting.respond("sue", offer, school)
    acting.moves("ann", offer, response, "accepted")
    acting.done("PUT", f"/v1/postings/{offer}/responses/{response}/outcome", "sue", TWO)
    refused = acting.moves("sue", offer, response, "withdrawn")
    assert (refused.status, refused.problem) == (409, "move-not-allowed")
    assert acting.respond("sue", offer, school) != response


def test_where_none_is_a_school_the_postings_side_confirms(acting: Acting, shop: str) -> None:
    sponsor = acting.organization(
        "bob", {"kind": "sponsor", "name": "Parts Fund", "address": {"city": "Missoula", "zip": "59801"}}
    )
    need = acting.posting(
        "ann",
        shop,
        direction="need",
        title="Scan tools",
        details={"category": "tools", "quantity": 2, "condition": "good"},
    )
    response = acting.respond("bob", need, sponsor)
    acting.moves("ann", need, response, "accepted")
    path = f"/v1/postings/{need}/responses/{response}/outcome"
    assert acting.ask("PUT", path, "bob", {"items": 2}).status == 403
    assert acting.done("PUT", path, "ann", {"items": 2})["fulfilled_by"] == sponsor
    assert engagement(acting, sponsor)["items"] == 2


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/placements"]),
        ({**TWO, "items": 1}, ["/items"]),
        ({**TWO, "students_reached": 5}, ["/students_reached"]),
        ({"placements": [{"position": "technician_c", "students": 0}]}, ["/placements/0/students"]),
        ({"placements": [{"position": "technician_c", "students": 1}] * 2}, ["/placements"]),
        ({**TWO, "hours": 10_001}, ["/hours"]),
        ({**TWO, "note": "Maria did well"}, ["/note"]),
        (
            {"placements": [{"position": "technician_c", "students": 1, "name": "Maria"}]},
            ["/placements/0/name"],
        ),
    ],
)
def test_counts_that_make_no_sense_and_words_are_refused(
    acting: Acting, school: str, agreed: str, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = acting.ask("PUT", f"{agreed}/outcome", "sue", body)
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert [one["pointer"] for one in answer.json["errors"]] == pointers
    assert acting.done("GET", agreed, "sue")["status"] == "accepted"
    assert engagement(acting, school)["completions"] == 0


def test_a_year_without_anything_is_all_zeros(acting: Acting, school: str) -> None:
    record = engagement(acting, school, 2024)
    assert record == {"organization_id": school, "year": 2024, **NONE}
    assert acting.ask("GET", f"/v1/organizations/{school}/engagement?year=12", "sue").status == 422


def test_an_engaged_school_is_one_that_does_what_the_rule_says(acting: Acting) -> None:
    college = acting.school()
    assert fulfilled(acting, college, "sue") == set()
    etag = acting.ask("GET", f"/v1/organizations/{college}", "sue").headers["ETag"]
    programs = [{"subject": "diesel", "level": "postsecondary", "enrolment": 20}]
    acting.done("PATCH", f"/v1/organizations/{college}", "sue", {"programs": programs}, If_Match=etag)
    for _ in range(3):
        assert "engaged_school" not in fulfilled(acting, college, "sue")
        acting.posting("sue", college, direction="need")
    assert fulfilled(acting, college, "sue") == {"engaged_school"}
    record = engagement(acting, college, datetime.now(UTC).year)
    assert (record["program_updates"], record["needs_opened"], record["offers_opened"]) == (1, 3, 0)


def test_a_shop_is_recognized_for_students_placed(acting: Acting, shop: str, agreed: str) -> None:
    assert fulfilled(acting, shop, "sue") == set()
    acting.done("PUT", f"{agreed}/outcome", "sue", TWO)
    assert fulfilled(acting, shop, "sue") == {"training_partner"}
    before = acting.done("GET", f"/v1/organizations/{shop}/recognitions?year=2024", "ann")
    assert [one["fulfilled"] for one in before["items"]] == [False] * len(before["items"])


def test_the_role_of_the_api_lets_all_of_this_through(acting: Acting, school: str, shop: str) -> None:
    with listening() as heard:
        acting.done("PUT", f"/v1/organizations/{shop}/approval-requests/{school}", "ann")
        acting.done("PUT", f"/v1/organizations/{school}/approvals/{shop}", "sue", {"status": "approved"})
        need = acting.posting("sue", school, direction="need")
        response = acting.respond("ann", need, shop, message="Two, from June on.")
        path = f"/v1/postings/{need}/responses/{response}"
        acting.moves("sue", need, response, "accepted")
        acting.done("POST", f"{path}/messages", "sue", {"text": "Good."}, Idempotency_Key="message-one-1")
        acting.done("PUT", f"{path}/outcome", "sue", TWO)
        for what in (
            "responses",
            "responses?side=posting",
            "outcomes",
            "engagement",
            "recognitions",
            "approvals",
        ):
            acting.done("GET", f"/v1/organizations/{school}/{what}", "sue")
        acting.done("PUT", f"/v1/organizations/{shop}/openings/technician_b", "ann", {"openings": 1})
        acting.done("DELETE", f"/v1/organizations/{shop}/openings/technician_b", "ann")
        acting.ask("GET", "/v1/needs/demand?subject=automotive&zip=59801", None)
    assert refused("ApiRole", heard) == []


def test_the_rules_are_public(acting: Acting) -> None:
    found = {
        one["id"]: one["at_least"] for one in acting.done("GET", "/v1/recognitions/rules", None)["items"]
    }
    assert found["engaged_school"] == {"program_updates": 1, "needs_opened": 3}


def test_an_administrators_change_is_no_update_of_programs(acting: Acting) -> None:
    college = acting.school()
    etag = acting.ask("GET", f"/v1/organizations/{college}", "sue").headers["ETag"]
    acting.done("PATCH", f"/v1/organizations/{college}", "root", {"programs": []}, If_Match=etag)
    assert engagement(acting, college)["program_updates"] == 0


def test_two_shops_cannot_recognize_each_other(acting: Acting, shop: str) -> None:
    other = acting.shop("bob", name="Larch Auto Repair")
    offer = acting.posting("ann", shop)
    response = acting.respond("bob", offer, other)
    acting.moves("ann", offer, response, "accepted")
    acting.done("PUT", f"/v1/postings/{offer}/responses/{response}/outcome", "ann", TWO)
    for organization in (shop, other):
        record = engagement(acting, organization)
        assert (record["completions"], record["students_placed"], record["placements"]) == (0, 0, [])
        assert record["hours"] == 320
    assert fulfilled(acting, shop, "ann") == set()


def test_nothing_is_recorded_of_students_once_the_school_is_gone(
    acting: Acting, school: str, shop: str, agreed: str
) -> None:
    acting.done("DELETE", f"/v1/organizations/{school}", "sue", If_Match='"2"')
    acting.done("PUT", f"{agreed}/outcome", "ann", TWO)
    assert engagement(acting, shop)["students_placed"] == 0


def test_who_is_being_deleted_confirms_nothing(acting: Acting, table: Table, school: str, shop: str) -> None:
    need = acting.posting("sue", school, direction="need")
    response = acting.respond("ann", need, shop)
    acting.moves("sue", need, response, "accepted")
    OrganizationStore(table).mark_closing(school, 2)
    answer = acting.ask("PUT", f"/v1/postings/{need}/responses/{response}/outcome", "sue", TWO)
    assert (answer.status, answer.problem) == (404, "not-found")
