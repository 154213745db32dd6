"""Invitations over HTTP: good once, in time, for one address, and from whoever may still invite."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import (
    AlreadyExists,
    ConnectsError,
    InvalidInput,
    InvitationExpired,
    InvitationForeign,
    InvitationRevoked,
    LimitReached,
)
from chalicelib.memberships import inviting, joining
from chalicelib.memberships.invitation_store import InvitationStore
from chalicelib.memberships.invitations import (
    GOOD_FOR,
    MOST_A_DAY,
    MOST_UNVERIFIED,
    TicketSigner,
    invitation_id,
)
from chalicelib.memberships.inviting import Inviting
from chalicelib.table import keys
from chalicelib.table.expressions import Delete
from chalicelib.values import Role
from tests.conftest import Answer
from tests.functional.acting import notices
from tests.functional.memberships.conftest import World

VIC = "vic@connects.example"


def accept(world: World, who: str, text: str, **claims: Any) -> Answer:
    token = world.acting.token(who, **claims)
    return world.acting.client.post("/v1/invitations/acceptance", json={"invitation": text}, token=token)


def test_an_invitation_makes_a_member_once(world: World) -> None:
    text = world.invite("ann", "Vic@Connects.example", "manager")
    first = accept(world, "vic", text)
    assert (first.status, first.json["role"], first.json["party_id"]) == (200, "manager", world.party.id)
    assert (world.roles(), world.roster()) == ({"ann": "owner", "vic": "manager"}, (2, 1))
    assert accept(world, "vic", text).json == first.json
    assert accept(world, "other", text, email=VIC).problem == "invitation-used"
    assert world.acting.ask("DELETE", f"{world.path}/membership", "vic").status == 204
    assert accept(world, "vic", text).problem == "invitation-used"
    assert world.roles() == {"ann": "owner"}
    listed = world.acting.done("GET", f"{world.path}/invitations", "ann")["items"]
    assert [(one["status"], one["email"]) for one in listed] == [("accepted", "Vic@Connects.example")]


def test_the_mail_carries_what_accepts_it_and_the_answer_does_not(world: World) -> None:
    path = f"{world.path}/invitations"
    answer = world.acting.ask("POST", path, "ann", {"email": VIC, "role": "viewer"})
    [notice] = notices(world.store.table, "invitation_sent")
    assert notice["audience"] == {"to": "address", "email": VIC}
    assert notice["facts"]["organization_name"] == "Ann's"
    assert notice["facts"]["invitation"] not in answer.text
    shown = world.acting.ask("GET", f"{world.path}/{answer.headers['Location']}", "ann")
    assert (shown.json, shown.headers["ETag"]) == (answer.json, '"1"')
    assert world.acting.ask("GET", f"{path}/{world.party.id}", "ann").problem == "not-found"
    assert accept(world, "vic", notice["facts"]["invitation"]).status == 200
    [joined] = notices(world.store.table, "member_joined")
    assert joined["facts"]["role"] == "viewer"


def test_an_invitation_is_for_one_verified_address(world: World) -> None:
    text = world.invite("ann", VIC)
    assert accept(world, "eve", text).problem == "invitation-foreign"
    assert accept(world, "vic", text, email_verified=False).problem == "email-not-verified"
    assert accept(world, "vic", text, email_verified="false").problem == "email-not-verified"
    # A letter whose small form is another's: the Kelvin sign.
    assert accept(world, "vic", text, email="vic@connects.e\u212aample").problem == "invitation-foreign"
    assert world.roles() == {"ann": "owner"}
    assert accept(world, "vic", text, email="VIC@connects.EXAMPLE", email_verified="true").status == 200


def test_what_is_no_invitation_of_ours_is_refused(world: World) -> None:
    text = world.invite("ann", VIC)
    forged = TicketSigner("another key")._serializer.dumps(["organization", world.party.id, "x", 1, 9])
    for wrong in (text[:-1], text + "x", "x", forged, "."):
        answer = accept(world, "vic", wrong)
        assert (answer.problem, answer.json["errors"][0]["pointer"]) == ("invalid-input", "/invitation")


def test_a_revoked_one_lets_nobody_in(world: World) -> None:
    text = world.invite("ann", VIC)
    [listed] = world.acting.done("GET", f"{world.path}/invitations", "ann")["items"]
    path = f"{world.path}/invitations/{listed['id']}"
    assert world.acting.ask("DELETE", path, "ann").problem == "version-required"
    assert world.acting.ask("DELETE", path, "ann", If_Match='"7"').problem == "stale-version"
    for _ in range(2):
        assert world.acting.ask("DELETE", path, "ann", If_Match='"1"').status == 204
    assert accept(world, "vic", text).problem == "invitation-revoked"
    assert world.acting.ask(
        "DELETE", f"{world.path}/invitations/{world.party.id}", "ann", If_Match='"1"'
    ).problem == ("not-found")


def test_there_is_one_invitation_of_an_address_and_a_newer_one_takes_its_place(world: World) -> None:
    old = world.invite("ann", VIC)
    again = world.acting.ask(
        "POST", f"{world.path}/invitations", "ann", {"email": VIC.upper(), "role": "viewer"}
    )
    assert again.problem == "already-exists"
    [listed] = world.acting.done("GET", f"{world.path}/invitations", "ann")["items"]
    path = f"{world.path}/invitations/{listed['id']}"
    assert world.acting.ask("DELETE", path, "ann", If_Match='"1"').status == 204
    new = world.invite("ann", VIC)
    assert accept(world, "vic", old).problem == "invitation-revoked"
    assert world.acting.ask("DELETE", path, "ann", If_Match='"1"').problem == "stale-version"
    assert accept(world, "vic", new).status == 200
    assert world.acting.ask("DELETE", path, "ann", If_Match='"2"').problem == "invitation-used"


def test_managers_invite_up_to_their_own_role(world: World) -> None:
    for user_id, role in (("max", "manager"), ("con", "contributor"), ("vic", "viewer")):
        world.join(user_id, role)
    path = f"{world.path}/invitations"
    for who, role, problem in (
        ("max", "owner", "not-permitted"),
        ("con", "viewer", "not-permitted"),
        ("vic", "viewer", "not-permitted"),
        ("eve", "viewer", "not-permitted"),
        ("root", "viewer", "not-permitted"),
    ):
        answer = world.acting.ask("POST", path, who, {"email": "new@connects.example", "role": role})
        assert answer.problem == problem, who
    assert world.acting.ask("GET", path, "vic").problem == "not-permitted"
    assert accept(world, "new", world.invite("max", "new@connects.example", "manager")).status == 200


def test_one_sent_by_whoever_may_not_invite_any_more_lets_nobody_in(world: World) -> None:
    world.join("max", "manager")
    text = world.invite("max", VIC, "manager")
    assert (
        world.acting.ask(
            "PUT", f"{world.path}/members/max", "ann", {"role": "contributor"}, If_Match='"1"'
        ).status
        == 200
    )
    assert accept(world, "vic", text).problem == "invitation-revoked"
    assert world.roles() == {"ann": "owner", "max": "contributor"}


def test_a_member_joins_no_second_time(world: World) -> None:
    text = world.invite("ann", VIC, "owner")
    world.join("vic", "viewer")
    assert accept(world, "vic", text).problem == "already-exists"
    own = world.invite("ann", "ann@connects.example", "viewer")
    assert accept(world, "ann", own).problem == "already-exists"
    assert (world.roles(), world.roster()) == ({"ann": "owner", "vic": "viewer"}, (2, 1))


def test_an_invited_owner_counts_as_one(world: World) -> None:
    assert accept(world, "vic", world.invite("ann", VIC, "owner")).status == 200
    assert world.roster() == (2, 2)
    assert world.acting.ask("DELETE", f"{world.path}/membership", "ann").status == 204


def test_a_request_that_is_repeated_invites_once(world: World) -> None:
    body = {"email": VIC, "role": "viewer"}
    path = f"{world.path}/invitations"
    first = world.acting.ask("POST", path, "ann", body, Idempotency_Key="key-0001")
    assert world.acting.ask("POST", path, "ann", body, Idempotency_Key="key-0001").json == first.json
    other = world.acting.ask("POST", path, "ann", {**body, "role": "manager"}, Idempotency_Key="key-0001")
    assert other.problem == "idempotency-mismatch"
    assert len(notices(world.store.table, "invitation_sent")) == 1


@pytest.mark.parametrize("email", ["", "no address", "a@b", f"{'a' * 65}@connects.example", 7])
def test_an_address_that_is_none_is_refused(world: World, email: object) -> None:
    answer = world.acting.ask("POST", f"{world.path}/invitations", "ann", {"email": email, "role": "viewer"})
    assert (answer.problem, answer.json["errors"][0]["pointer"]) == ("invalid-input", "/email")


def test_the_caller_sees_what_waits_for_them(world: World) -> None:
    text = world.invite("ann", VIC)
    me = world.acting.done("GET", "/v1/me", "vic")
    assert [(one["invitation"], one["party_name"], one["role"]) for one in me["invitations"]] == [
        (text, "Ann's", "contributor")
    ]
    unverified = world.acting.client.get("/v1/me", token=world.acting.token("vic", email_verified=False)).json
    assert unverified["invitations"] == []
    assert accept(world, "vic", text).status == 200
    assert world.acting.done("GET", "/v1/me", "vic")["invitations"] == []


# -- time


NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
ANN = Caller("ann", "ann@connects.example", admin=False, email_verified=True)
BOB = Caller("vic", VIC, admin=False, email_verified=True)


def stores(world: World) -> Inviting:
    table = world.store.table
    return Inviting(InvitationStore(table), world.store, TicketSigner("key"))


def test_an_invitation_is_good_until_it_expires_and_then_replaced(world: World) -> None:
    with_ = stores(world)
    made = inviting.invite(with_, ANN, world.party, VIC, Role.VIEWER, clock=lambda: NOW)
    text = with_.tickets.sign(made)
    late = NOW + GOOD_FOR
    with pytest.raises(AlreadyExists):
        inviting.invite(
            with_, ANN, world.party, VIC, Role.VIEWER, clock=lambda: late - timedelta(milliseconds=1)
        )
    with pytest.raises(InvitationExpired):
        joining.accept(with_, BOB, text, clock=lambda: late)
    with pytest.raises(InvitationExpired):
        inviting.revoke(with_.invitations, ANN, world.party, made.id, 1, clock=lambda: late)
    newer = inviting.invite(with_, ANN, world.party, VIC, Role.MANAGER, clock=lambda: late)
    assert (newer.id, newer.version) == (made.id, 2)
    with pytest.raises(InvitationRevoked):
        joining.accept(with_, BOB, text, clock=lambda: late)
    joined = joining.accept(with_, BOB, with_.tickets.sign(newer), clock=lambda: late)
    assert joined.role is Role.MANAGER


def test_one_that_is_not_known_any_more_has_expired_or_was_taken_back(world: World) -> None:
    with_ = stores(world)
    made = inviting.invite(with_, ANN, world.party, VIC, Role.VIEWER, clock=lambda: NOW)
    text = with_.tickets.sign(made)
    pk = keys.party_pk(world.party.kind.value, world.party.id)
    world.store.table.write(Delete(keys.invitation(pk, made.id)))
    with pytest.raises(InvitationRevoked):
        joining.accept(with_, BOB, text, clock=lambda: NOW)
    with pytest.raises(InvitationExpired):
        joining.accept(with_, BOB, text, clock=lambda: NOW + GOOD_FOR)


def test_a_person_invites_so_many_a_day_wherever(world: World) -> None:
    with_ = stores(world)
    today = NOW
    most = MOST_A_DAY if world.party.kind == "organization" else MOST_UNVERIFIED
    for number in range(most):
        inviting.invite(
            with_, ANN, world.party, f"p{number}@connects.example", Role.VIEWER, clock=lambda: today
        )
    with pytest.raises(LimitReached):
        inviting.invite(with_, ANN, world.party, VIC, Role.VIEWER, clock=lambda: today)
    assert with_.invitations.find(world.party, invitation_id(world.party, VIC)) is None
    tomorrow = today + timedelta(days=1)
    inviting.invite(with_, ANN, world.party, "x@connects.example", Role.VIEWER, clock=lambda: tomorrow)


@pytest.mark.parametrize(
    ("order", "left"),
    [(("accept", "revoke"), ConnectsError), (("revoke", "accept"), InvitationRevoked)],
)
def test_of_accepting_and_revoking_the_first_holds(
    world: World, order: tuple[str, str], left: type[ConnectsError]
) -> None:
    with_ = stores(world)
    made = inviting.invite(with_, ANN, world.party, VIC, Role.VIEWER, clock=lambda: NOW)

    def act(name: str) -> None:
        if name == "accept":
            joining.accept(with_, BOB, with_.tickets.sign(made), clock=lambda: NOW)
        else:
            inviting.revoke(with_.invitations, ANN, world.party, made.id, 1, clock=lambda: NOW)

    act(order[0])
    with pytest.raises(left):
        act(order[1])
    assert ("vic" in world.roles()) == (order[0] == "accept")


def test_a_stranger_with_the_text_learns_nothing_of_it(world: World) -> None:
    with_ = stores(world)
    made = inviting.invite(with_, ANN, world.party, VIC, Role.VIEWER, clock=lambda: NOW)
    inviting.revoke(with_.invitations, ANN, world.party, made.id, 1, clock=lambda: NOW)
    eve = Caller("eve", "eve@connects.example", admin=False, email_verified=True)
    with pytest.raises(InvitationForeign):
        joining.accept(with_, eve, with_.tickets.sign(made), clock=lambda: NOW)
    with pytest.raises(InvalidInput):
        joining.accept(with_, eve, "nonsense", clock=lambda: NOW)
