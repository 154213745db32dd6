"""Which employers may answer a school: the policy, the decisions, and what is asked."""

import pytest

from chalicelib.approvals import deciding, service
from chalicelib.approvals.models import Policy
from chalicelib.approvals.store import ApprovalStore, policy_put
from chalicelib.clock import utc_now
from chalicelib.errors import ApprovalNeeded, ConditionFailed, EmployerBlocked
from chalicelib.table.daily import recounted
from chalicelib.table.table import Table
from tests import factories
from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting, notices
from tests.functional.acting import school as a_school

UNKNOWN = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People who act."""
    return Acting(client, token)


@pytest.fixture
def school(acting: Acting) -> str:
    """Sue's school."""
    return acting.school()


@pytest.fixture
def shop(acting: Acting) -> str:
    """Ann's shop."""
    return acting.shop()


def policy_path(school: str) -> str:
    return f"/v1/organizations/{school}/approval-policy"


def asked(acting: Acting, shop: str, school: str, who: str = "ann") -> dict[str, str]:
    answer: dict[str, str] = acting.done("PUT", f"/v1/organizations/{shop}/approval-requests/{school}", who)
    return answer


def decided(acting: Acting, school: str, shop: str, status: str) -> dict[str, str]:
    path = f"/v1/organizations/{school}/approvals/{shop}"
    answer: dict[str, str] = acting.done("PUT", path, "sue", {"status": status})
    return answer


def approving(acting: Acting, school: str) -> None:
    acting.done("PUT", policy_path(school), "sue", {"policy": "approve"}, If_Match='"0"')


# -- the policy


def test_everyone_may_answer_a_school_that_says_nothing(
    acting: Acting, table: Table, school: str, shop: str
) -> None:
    answer = acting.ask("GET", policy_path(school), "ann")
    assert (answer.json, answer.headers["ETag"]) == ({"policy": "auto", "version": 0}, '"0"')
    service.check(ApprovalStore(table), school, shop)
    assert asked(acting, shop, school)["status"] == "approved"
    assert acting.done("GET", f"/v1/organizations/{school}/approvals", "sue")["items"] == []


def test_the_policy_is_changed_by_the_current_version_alone(acting: Acting, school: str) -> None:
    changed = acting.ask("PUT", policy_path(school), "sue", {"policy": "approve"}, If_Match='"0"')
    assert (changed.status, changed.json, changed.headers["ETag"]) == (
        200, {"policy": "approve", "version": 1}, '"1"',
    )  # fmt: skip
    stale = acting.ask("PUT", policy_path(school), "sue", {"policy": "auto"}, If_Match='"0"')
    assert (stale.status, stale.problem) == (412, "stale-version")
    missing = acting.ask("PUT", policy_path(school), "sue", {"policy": "auto"})
    assert (missing.status, missing.problem) == (428, "version-required")
    again = acting.done("PUT", policy_path(school), "sue", {"policy": "approve"}, If_Match='"1"')
    assert again["version"] == 1


def test_two_changes_of_one_version_do_not_both_count(table: Table, acting: Acting, school: str) -> None:
    approving(acting, school)
    table.write(policy_put(school, Policy.AUTO, 1))
    with pytest.raises(ConditionFailed):
        table.write(policy_put(school, Policy.AUTO, 1))


def test_only_schools_have_a_policy(acting: Acting, shop: str) -> None:
    answer = acting.ask("PUT", policy_path(shop), "ann", {"policy": "approve"}, If_Match='"0"')
    assert (answer.status, answer.problem) == (409, "conflict")


# -- asking and deciding


def test_an_employer_asks_and_the_school_decides(
    acting: Acting, table: Table, school: str, shop: str
) -> None:
    approving(acting, school)
    with pytest.raises(ApprovalNeeded, match="Ask it"):
        service.check(ApprovalStore(table), school, shop)
    first, again = asked(acting, shop, school), asked(acting, shop, school)
    assert first["status"] == "pending"
    assert (first["school_name"], first["employer_name"]) == (
        "Bitterroot Technical College",
        "Cedar Auto Repair",
    )
    assert again == first
    with pytest.raises(ApprovalNeeded, match="not yet decided"):
        service.check(ApprovalStore(table), school, shop)
    waiting = acting.done("GET", f"/v1/organizations/{school}/approvals?status=pending", "sue")
    assert [one["employer_id"] for one in waiting["items"]] == [shop]
    after = decided(acting, school, shop, "approved")
    assert after["status"] == "approved"
    assert after["requested_at"] == first["requested_at"]
    assert decided(acting, school, shop, "approved") == after
    service.check(ApprovalStore(table), school, shop)
    table.transact(service.admission_check(ApprovalStore(table), school, shop))
    mine = acting.done("GET", f"/v1/organizations/{shop}/approval-requests", "ann")
    assert [(one["school_id"], one["status"]) for one in mine["items"]] == [(school, "approved")]
    assert acting.done("GET", f"/v1/organizations/{school}/approvals?status=pending", "sue")["items"] == []


def test_what_was_asked_and_decided_is_told_once(
    acting: Acting, table: Table, school: str, shop: str
) -> None:
    approving(acting, school)
    for _ in range(2):
        asked(acting, shop, school)
    for _ in range(2):
        decided(acting, school, shop, "approved")
    assert len(notices(table, "approval_requested")) == 1
    (told,) = notices(table, "approval_decided")
    assert told["audience"]["organization_id"] == shop
    assert told["facts"]["decision"] == "approved"


def test_nobody_decides_to_and_fro_all_day(acting: Acting, table: Table, school: str, shop: str) -> None:
    path = f"/v1/organizations/{school}/approvals/{shop}"
    for turn in range(deciding.MOST_DECIDED_A_DAY):
        decided(acting, school, shop, ("approved", "blocked")[turn % 2])
    answer = acting.ask("PUT", path, "sue", {"status": "approved"})
    assert (answer.status, answer.problem) == (429, "limit-reached")
    # What stands is no change, and tells nobody.
    assert decided(acting, school, shop, "blocked")["status"] == "blocked"
    assert len(notices(table, "approval_decided")) == deciding.MOST_DECIDED_A_DAY


def test_a_person_asks_so_many_schools_a_day(acting: Acting, table: Table, school: str, shop: str) -> None:
    approving(acting, school)
    ann = acting.done("GET", "/v1/me", "ann")["user_id"]
    table.write(recounted(ann, "approval-request", deciding.MOST_ASKED_A_DAY, utc_now()))
    answer = acting.ask("PUT", f"/v1/organizations/{shop}/approval-requests/{school}", "ann")
    assert (answer.status, answer.problem) == (429, "limit-reached")


def test_a_blocked_employer_is_refused_whatever_the_policy(
    acting: Acting, table: Table, school: str, shop: str
) -> None:
    store = ApprovalStore(table)
    before = service.admission_check(store, school, shop)
    decided(acting, school, shop, "blocked")
    with pytest.raises(EmployerBlocked):
        service.check(store, school, shop)
    with pytest.raises(ConditionFailed):
        table.transact(before)
    answer = acting.ask("PUT", f"/v1/organizations/{shop}/approval-requests/{school}", "ann")
    assert (answer.status, answer.problem) == (403, "employer-blocked")
    for _ in range(2):
        acting.done("DELETE", f"/v1/organizations/{school}/approvals/{shop}", "sue")
    service.check(store, school, shop)


def test_taking_a_decision_back_lets_the_policy_hold_again(
    acting: Acting, table: Table, school: str, shop: str
) -> None:
    approving(acting, school)
    decided(acting, school, shop, "approved")
    check = service.admission_check(ApprovalStore(table), school, shop)
    acting.done("DELETE", f"/v1/organizations/{school}/approvals/{shop}", "sue")
    with pytest.raises(ConditionFailed):
        table.transact(check)
    with pytest.raises(ApprovalNeeded):
        service.check(ApprovalStore(table), school, shop)


def test_who_cannot_be_asked_or_decided_of_is_named(acting: Acting, school: str, shop: str) -> None:
    other = acting.shop("bob")
    assert acting.ask("PUT", f"/v1/organizations/{shop}/approval-requests/{other}", "ann").status == 409
    college = acting.school("tom")
    answer = acting.ask(
        "PUT", f"/v1/organizations/{school}/approvals/{college}", "sue", {"status": "blocked"}
    )
    assert (answer.status, answer.problem) == (409, "conflict")
    answer = acting.ask(
        "PUT", f"/v1/organizations/{school}/approvals/{UNKNOWN}", "sue", {"status": "blocked"}
    )
    assert (answer.status, answer.problem) == (404, "not-found")
    answer = acting.ask("PUT", f"/v1/organizations/{school}/approvals/{shop}", "sue", {"status": "pending"})
    assert (answer.status, answer.problem) == (422, "invalid-input")
    acting.decide(school, "suspended")
    assert acting.ask("PUT", f"/v1/organizations/{shop}/approval-requests/{school}", "ann").status == 404


def test_an_employer_that_nobody_verified_asks_nobody(acting: Acting, school: str) -> None:
    approving(acting, school)
    shop = acting.organization("bob", factories.shop(), status=None)
    answer = acting.ask("PUT", f"/v1/organizations/{shop}/approval-requests/{school}", "bob")
    assert (answer.status, answer.problem) == (403, "organization-not-verified")


def test_lists_go_on_by_cursor(acting: Acting, school: str) -> None:
    shops = {acting.shop(f"ann{number}") for number in range(3)}
    for shop in shops:
        decided(acting, school, shop, "approved")
    listed = acting.pages(f"/v1/organizations/{school}/approvals?limit=2", "sue")
    assert sorted(one["employer_id"] for one in listed) == sorted(shops)


@pytest.mark.parametrize("status", [None, "suspended"])
def test_a_school_that_nobody_verified_tells_employers_nothing(
    acting: Acting, table: Table, shop: str, status: str | None
) -> None:
    unknown = acting.organization("eve", a_school(name="Cheap parts at parts.example"), status)
    path = f"/v1/organizations/{unknown}/approvals/{shop}"
    for decision in ("blocked", "approved"):
        answer = acting.ask("PUT", path, "eve", {"status": decision})
        assert (answer.status, answer.problem) == (403, "organization-not-verified")
    assert notices(table, "approval_decided") == []
