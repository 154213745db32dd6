"""Claims over HTTP and on a table: proved, decided, and never two."""

from datetime import timedelta
from threading import Barrier, Lock, Thread

import pytest

from chalicelib.auth import Caller
from chalicelib.claims import service
from chalicelib.claims.models import Claim, ClaimDecision, ClaimStatus
from chalicelib.claims.service import MOST_A_DAY, Claims
from chalicelib.errors import AlreadyClaimed, ClaimOpen, Conflict, ConnectsError, LimitReached, StaleVersion
from chalicelib.memberships import service as memberships
from chalicelib.memberships.store import MembershipStore
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.store import changed_put
from chalicelib.table.expressions import Write
from chalicelib.table.table import Table
from tests.functional.acting import Acting, notices
from tests.functional.claims.conftest import AddSchool
from tests.unit.organizations.samples import NOW, identifier

OTHER = "https://other.example"
ROOT = Caller("root", "root@connects.example", admin=True, email_verified=True)


def at(school: Organization) -> str:
    return f"/v1/organizations/{school.id}/claim"


def owners(table: Table, school: Organization) -> list[tuple[str, str]]:
    return [(one.user_id, one.role.value) for one in memberships.members(MembershipStore(table), school.id)]


def test_an_address_at_the_schools_domain_makes_its_owner_at_once(
    acting: Acting, table: Table, stores: Claims, add_school: AddSchool
) -> None:
    school = add_school()
    answer = acting.ask("PUT", at(school), "sue", {})
    assert (answer.json["status"], answer.json["proof"]) == ("approved", "email_domain")
    after = organizations.get(stores.organizations, school.id)
    assert (after.status, after.version) == (Status.VERIFIED, 2)
    assert owners(table, school) == [("sue", "owner")]
    me = acting.done("GET", "/v1/me", "sue")["memberships"]
    assert [(one["organization_id"], one["organization_status"]) for one in me] == [(school.id, "verified")]
    assert [one["facts"]["decision"] for one in notices(table, "claim_decided")] == ["approved"]
    assert [one["audience"]["to"] for one in notices(table, "claim_proved")] == ["administrators"]
    assert acting.ask("DELETE", f"/v1/organizations/{school.id}/membership", "sue").problem == "last-owner"
    trail = acting.done("GET", f"/v1/audit?subject={school.id}", "root")["items"]
    assert [(one["actor"], one["action"]) for one in trail] == [("sue", "claim.proved")]
    assert acting.done("GET", "/v1/claims", "root")["items"] == []


def test_an_address_that_nobody_verified_proves_nothing(acting: Acting, add_school: AddSchool) -> None:
    school = add_school()
    token = acting.token("sue", email_verified=False)
    answer = acting.client.put(at(school), json={}, token=token)
    assert (answer.status, answer.json["status"], answer.json["email_verified"]) == (200, "open", False)


@pytest.mark.parametrize("website", [OTHER, None, "https://sites.google.com/view/connects"])
def test_without_proof_an_administrator_decides(
    acting: Acting, table: Table, stores: Claims, add_school: AddSchool, website: str | None
) -> None:
    school = add_school(website=website)
    answer = acting.ask("PUT", at(school), "sue", {"message": "I teach there."})
    assert (answer.json["status"], answer.headers["ETag"]) == ("open", '"1"')
    assert organizations.get(stores.organizations, school.id) == school
    assert owners(table, school) == []
    [waiting] = acting.done("GET", "/v1/claims", "root")["items"]
    assert (waiting["email"], waiting["message"]) == ("sue@connects.example", "I teach there.")
    assert [one["audience"]["to"] for one in notices(table, "claim_requested")] == ["administrators"]
    decided = acting.done(
        "PUT", f"{at(school)}/decision", "root", {"decision": "approved", "reason": "Called."}, If_Match='"1"'
    )
    assert (decided["status"], decided["decided_by"], decided["version"]) == ("approved", "root", 2)
    assert organizations.get(stores.organizations, school.id).status is Status.VERIFIED
    assert owners(table, school) == [("sue", "owner")]
    again = acting.ask("PUT", f"{at(school)}/decision", "root", {"decision": "approved"}, If_Match='"1"')
    assert (again.status, again.json) == (200, decided)
    other = acting.ask("PUT", f"{at(school)}/decision", "root", {"decision": "refused"}, If_Match='"2"')
    assert other.problem == "conflict"
    assert acting.done("GET", "/v1/claims", "root")["items"] == []
    assert acting.done("GET", at(school), "sue") == decided


def test_a_refused_claim_leaves_the_school_free(
    acting: Acting, table: Table, stores: Claims, add_school: AddSchool
) -> None:
    school = add_school(website=OTHER)
    acting.done("PUT", at(school), "eve", {})
    path = f"{at(school)}/decision"
    assert acting.ask("PUT", path, "root", {"decision": "refused"}).problem == "version-required"
    assert acting.ask("PUT", path, "root", {"decision": "refused"}, If_Match='"9"').problem == "stale-version"
    assert acting.ask("PUT", path, "root", {"decision": "open"}, If_Match='"1"').problem == "invalid-input"
    acting.done("PUT", path, "root", {"decision": "refused", "reason": "Nobody knows her."}, If_Match='"1"')
    assert acting.done("GET", at(school), "eve")["reason"] == "Nobody knows her."
    assert (organizations.get(stores.organizations, school.id), owners(table, school)) == (school, [])
    assert acting.done("PUT", at(school), "sue", {})["status"] == "open"


def test_a_second_claim_is_a_conflict(acting: Acting, table: Table, add_school: AddSchool) -> None:
    school = add_school(website=OTHER)
    first = acting.done("PUT", at(school), "sue", {})
    assert acting.ask("PUT", at(school), "eve", {}).problem == "claim-open"
    assert acting.done("PUT", at(school), "sue", {"message": "Again"}) == first
    acting.done("PUT", f"{at(school)}/decision", "root", {"decision": "approved"}, If_Match='"1"')
    assert acting.ask("PUT", at(school), "eve", {}).problem == "already-claimed"
    assert acting.ask("PUT", at(school), "sue", {}).problem == "already-claimed"
    assert owners(table, school) == [("sue", "owner")]
    shop = acting.shop("ann")
    assert acting.ask("PUT", f"/v1/organizations/{shop}/claim", "eve", {}).problem == "already-claimed"


def test_what_cannot_be_claimed(acting: Acting, add_school: AddSchool) -> None:
    closed = add_school(status=Status.CLOSED)
    assert acting.ask("PUT", at(closed), "sue", {}).problem == "conflict"
    unknown = f"/v1/organizations/{identifier(99)}/claim"
    assert acting.ask("PUT", unknown, "sue", {}).problem == "not-found"
    suspended = add_school(id=identifier(7), status=Status.SUSPENDED)
    assert acting.ask("PUT", at(suspended), "sue", {}).problem == "not-found"
    assert acting.ask(
        "PUT", f"{unknown}/decision", "root", {"decision": "approved"}, If_Match='"1"'
    ).problem == ("not-found")
    assert acting.ask("PUT", at(closed), "sue", {"message": "x" * 4001}).problem == "invalid-input"


def test_a_claim_is_shown_to_its_claimant_and_administrators(acting: Acting, add_school: AddSchool) -> None:
    school = add_school(website=OTHER)
    acting.done("PUT", at(school), "sue", {})
    assert acting.ask("GET", at(school), "eve").problem == "not-found"
    assert acting.done("GET", at(school), "root") == acting.done("GET", at(school), "sue")
    assert acting.ask("GET", "/v1/claims", "sue").problem == "not-permitted"


def test_a_claim_can_be_taken_back_while_it_is_open(acting: Acting, add_school: AddSchool) -> None:
    school = add_school(website=OTHER)
    acting.done("PUT", at(school), "sue", {})
    assert acting.ask("DELETE", at(school), "eve").problem == "not-found"
    for _ in range(2):
        assert acting.ask("DELETE", at(school), "sue").status == 204
    assert acting.done("GET", "/v1/claims", "root")["items"] == []
    late = acting.ask("PUT", f"{at(school)}/decision", "root", {"decision": "approved"}, If_Match='"2"')
    assert late.problem == "conflict"
    acting.done("PUT", at(school), "eve", {})


def test_open_claims_are_listed_oldest_first_in_pages(acting: Acting, add_school: AddSchool) -> None:
    schools = [add_school(id=identifier(number), website=OTHER) for number in range(1, 6)]
    for school in schools:
        acting.done("PUT", at(school), "sue", {})
    listed = [one["organization_id"] for one in acting.pages("/v1/claims?limit=2", "root")]
    assert listed == [school.id for school in schools]


def test_a_list_that_changes_the_school_meanwhile_does_not_stop_a_claim(
    stores: Claims, table: Table, add_school: AddSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = add_school()
    real = stores.claims.find

    def meanwhile(organization_id: str) -> Claim | None:
        monkeypatch.setattr(stores.claims, "find", real)
        table.write(changed_put(school.model_copy(update={"name": "Renamed", "version": 2}), 1))
        return real(organization_id)

    monkeypatch.setattr(stores.claims, "find", meanwhile)
    sue = Caller("sue", "sue@connects.example", admin=False, email_verified=True)
    assert service.claim(stores, sue, school.id, None).status is ClaimStatus.APPROVED
    after = organizations.get(stores.organizations, school.id)
    assert (after.name, after.status, after.version) == ("Renamed", Status.VERIFIED, 3)


@pytest.mark.parametrize("domain", ["connects.example", "elsewhere.example"])
def test_of_two_claims_at_once_one_is_made(
    stores: Claims, table: Table, add_school: AddSchool, monkeypatch: pytest.MonkeyPatch, domain: str
) -> None:
    school, lock, transact = add_school(), Lock(), table.transact

    def one_at_a_time(*writes: Write) -> None:
        with lock:
            transact(*writes)

    monkeypatch.setattr(table, "transact", one_at_a_time)
    gate, made, refused = Barrier(4), [], []

    def go(user_id: str) -> None:
        caller = Caller(user_id, f"{user_id}@{domain}", admin=False, email_verified=True)
        gate.wait()
        try:
            made.append(service.claim(stores, caller, school.id, None).user_id)
        except ConnectsError as error:
            refused.append(type(error))

    threads = [Thread(target=go, args=(f"p{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    proved = domain == "connects.example"
    assert len(made) == 1
    assert set(refused) == {AlreadyClaimed if proved else ClaimOpen}
    assert owners(table, school) == ([(made[0], "owner")] if proved else [])


def test_of_two_decisions_the_first_holds(stores: Claims, table: Table, add_school: AddSchool) -> None:
    school = add_school(website=OTHER)
    sue = Caller("sue", "sue@connects.example", admin=False, email_verified=True)
    service.claim(stores, sue, school.id, None)
    refuse = ClaimDecision(decision=ClaimStatus.REFUSED)
    service.decide(stores, ROOT, school.id, refuse, 1)
    service.claim(stores, sue, school.id, None)
    approve = ClaimDecision(decision=ClaimStatus.APPROVED)
    with pytest.raises(StaleVersion):
        service.decide(stores, ROOT, school.id, approve, 1)  # of the first claim, and this is another
    assert owners(table, school) == []
    service.decide(stores, ROOT, school.id, approve, 3)
    with pytest.raises(Conflict):
        service.decide(stores, ROOT, school.id, refuse, 4)
    assert owners(table, school) == [("sue", "owner")]


def test_a_person_claims_so_many_a_day(stores: Claims, add_school: AddSchool) -> None:
    eve = Caller("eve", "eve@gmail.com", admin=False, email_verified=True)
    for number in range(MOST_A_DAY):
        service.claim(stores, eve, add_school(id=identifier(100 + number)).id, None, clock=lambda: NOW)
    last = add_school(id=identifier(999))
    with pytest.raises(LimitReached):
        service.claim(stores, eve, last.id, None, clock=lambda: NOW)
    service.claim(stores, eve, last.id, None, clock=lambda: NOW + timedelta(days=1))


def test_forgetting_a_person_withdraws_their_claims(stores: Claims, add_school: AddSchool) -> None:
    open_, proved = add_school(id=identifier(1), website=OTHER), add_school(id=identifier(2))
    sue = Caller("sue", "sue@connects.example", admin=False, email_verified=True)
    for school in (open_, proved):
        service.claim(stores, sue, school.id, "My words")
    assert {one.organization_id for one in service.entered_by(stores.claims, "sue")} == {open_.id, proved.id}
    for _ in range(2):
        service.forget_person(stores.claims, "sue")
        assert service.entered_by(stores.claims, "sue") == []
    for school, status in ((open_, ClaimStatus.WITHDRAWN), (proved, ClaimStatus.APPROVED)):
        kept = stores.claims.find(school.id)
        assert kept is not None
        assert (kept.user_id, kept.email, kept.message, kept.status) == ("erased", "", None, status)
    assert stores.claims.open(10, None) == ([], None)
    with pytest.raises(StaleVersion):
        service.decide(
            stores,
            ROOT,
            service.claim(stores, sue, open_.id, None).organization_id,
            ClaimDecision(decision=ClaimStatus.APPROVED),
            9,
        )


def test_nobody_keeps_a_school_from_its_own_people_by_claiming_it_first(
    acting: Acting, table: Table, add_school: AddSchool
) -> None:
    school = add_school()
    stranger = acting.token("eve", email="eve@elsewhere.example")
    assert acting.client.put(at(school), json={}, token=stranger).json["status"] == "open"
    mine = acting.done("PUT", at(school), "sue", {})
    assert (mine["status"], mine["proof"], mine["version"]) == ("approved", "email_domain", 2)
    assert owners(table, school) == [("sue", "owner")]
    told = {one["audience"]["user_id"]: one["facts"]["decision"] for one in notices(table, "claim_decided")}
    assert told == {"eve": "refused", "sue": "approved"}
    assert acting.done("GET", "/v1/claims", "root")["items"] == []
    trail = acting.done("GET", f"/v1/audit?subject={school.id}", "root")["items"]
    assert {one["action"] for one in trail} == {"claim.requested", "claim.refused", "claim.proved"}
    assert acting.client.put(at(school), json={}, token=stranger).problem == "already-claimed"


def test_an_open_claim_is_approved_once_its_address_is_verified(
    acting: Acting, table: Table, add_school: AddSchool
) -> None:
    school = add_school()
    unverified = acting.token("sue", email_verified=False)
    assert acting.client.put(at(school), json={}, token=unverified).json["status"] == "open"
    assert acting.done("PUT", at(school), "sue", {})["status"] == "approved"
    assert [one["facts"]["decision"] for one in notices(table, "claim_decided")] == ["approved"]
