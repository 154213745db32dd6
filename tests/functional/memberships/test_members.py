"""Members of organizations and owner groups over HTTP: who may change whom, and that the last owner stays."""

import random
from threading import Barrier, Thread

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import ConnectsError, LastOwner, NotPermitted
from chalicelib.memberships import changes
from chalicelib.memberships.leaving import leave
from chalicelib.memberships.models import MOST_MEMBERS
from chalicelib.table import keys
from chalicelib.table.expressions import Update
from chalicelib.values import Role
from tests.functional.acting import notices
from tests.functional.memberships.conftest import World


def test_members_see_each_other_with_their_addresses(world: World) -> None:
    world.join("vic", "viewer")
    for who in ("ann", "vic", "root"):
        listed = world.acting.done("GET", f"{world.path}/members", who)
        assert [(one["user_id"], one["role"], one["email"]) for one in listed["items"]] == [
            ("ann", "owner", "ann@connects.example"),
            ("vic", "viewer", None),
        ]
    assert world.acting.ask("GET", f"{world.path}/members", "eve").problem == "not-permitted"


def test_the_list_goes_on_page_by_page(world: World) -> None:
    for number in range(6):
        world.join(f"m{number}", "viewer")
    found = [one["user_id"] for one in world.acting.pages(f"{world.path}/members?limit=2", "ann")]
    assert found == ["ann", *(f"m{number}" for number in range(6))]
    cursor = world.acting.done("GET", f"{world.path}/members?limit=2", "ann")["next_cursor"]
    other = f"/v1/owner-groups/{world.acting.done('POST', '/v1/owner-groups', 'ann', {'name': 'B'})['id']}"
    assert world.acting.ask("GET", f"{other}/members?cursor={cursor}", "ann").problem == "invalid-cursor"


@pytest.mark.parametrize(
    ("who", "whom", "role", "answer"),
    [
        ("ann", "vic", "owner", 200),
        ("ann", "max", "contributor", 200),
        ("max", "vic", "contributor", 200),
        ("max", "vic", "manager", 200),
        ("max", "vic", "owner", "not-permitted"),
        ("max", "ann", "viewer", "not-permitted"),
        ("vic", "max", "viewer", "not-permitted"),
        ("vic", "vic", "owner", "not-permitted"),
        ("max", "max", "owner", "not-permitted"),
        ("max", "max", "viewer", 200),
        ("root", "vic", "owner", 200),
        ("eve", "vic", "owner", "not-permitted"),
        ("ann", "nobody", "viewer", "not-found"),
    ],
)
def test_nobody_gives_more_than_they_have(
    world: World, who: str, whom: str, role: str, answer: int | str
) -> None:
    world.join("max", "manager")
    world.join("vic", "viewer")
    before = world.roles()
    given = world.acting.ask("PUT", f"{world.path}/members/{whom}", who, {"role": role}, If_Match='"1"')
    if isinstance(answer, str):
        assert given.problem == answer
        assert world.roles() == before
    else:
        assert (given.status, given.json["role"], given.headers["ETag"]) == (answer, role, '"2"')
        assert world.roles() == {**before, whom: role}
        told = notices(world.store.table, "member_changed")
        assert [(one["audience"]["user_id"], one["facts"]["role"]) for one in told] == [(whom, role)]


def test_an_administrator_never_gives_themselves_a_role(world: World) -> None:
    world.join("root", "viewer")
    for answer in (
        world.acting.ask("PUT", f"{world.path}/members/root", "root", {"role": "owner"}, If_Match='"1"'),
        world.acting.ask(
            "POST", f"{world.path}/invitations", "root", {"email": "root@connects.example", "role": "owner"}
        ),
        world.acting.ask("POST", f"{world.path}/ownership", "root", {"user_id": "root"}),
    ):
        assert answer.problem == "not-permitted"
    assert world.roles()["root"] == "viewer"


def test_a_stale_version_is_refused_and_the_same_role_again_changes_nothing(world: World) -> None:
    world.join("vic", "viewer")
    path = f"{world.path}/members/vic"
    assert world.acting.ask("PUT", path, "ann", {"role": "manager"}).problem == "version-required"
    assert world.acting.ask("PUT", path, "ann", {"role": "manager"}, If_Match='"1"').status == 200
    assert world.acting.ask("PUT", path, "ann", {"role": "viewer"}, If_Match='"1"').problem == "stale-version"
    assert world.acting.ask("DELETE", path, "ann", If_Match='"1"').problem == "stale-version"
    same = world.acting.ask("PUT", path, "ann", {"role": "manager"}, If_Match='"2"')
    assert (same.status, same.headers["ETag"]) == (200, '"2"')
    assert world.roles()["vic"] == "manager"


def test_removing_ends_a_membership(world: World) -> None:
    world.join("max", "manager")
    world.join("vic", "viewer")
    assert world.acting.ask("DELETE", f"{world.path}/members/ann", "max", If_Match='"1"').problem == (
        "not-permitted"
    )
    assert world.acting.ask("DELETE", f"{world.path}/members/max", "vic", If_Match='"1"').problem == (
        "not-permitted"
    )
    assert world.acting.ask("DELETE", f"{world.path}/members/vic", "max", If_Match='"1"').status == 204
    assert world.roles() == {"ann": "owner", "max": "manager"}
    assert world.roster() == (2, 1)
    assert world.acting.ask("GET", f"{world.path}/members", "vic").problem == "not-permitted"


def test_the_last_owner_stays(world: World) -> None:
    world.join("max", "manager")
    path = f"{world.path}/members/ann"
    assert world.acting.ask("DELETE", f"{world.path}/membership", "ann").problem == "last-owner"
    assert world.acting.ask("PUT", path, "ann", {"role": "manager"}, If_Match='"1"').problem == "last-owner"
    assert world.acting.ask("DELETE", path, "ann", If_Match='"1"').problem == "last-owner"
    assert world.acting.ask("DELETE", path, "root", If_Match='"1"').problem == "last-owner"
    assert (world.roles(), world.roster()) == ({"ann": "owner", "max": "manager"}, (2, 1))
    assert world.acting.ask("DELETE", f"{world.path}/membership", "max").status == 204
    assert world.acting.ask("DELETE", f"{world.path}/membership", "max").problem == "not-permitted"


def test_handing_over_changes_both_at_once(world: World) -> None:
    world.join("vic", "viewer")
    assert world.acting.ask("POST", f"{world.path}/ownership", "vic", {"user_id": "vic"}).problem == (
        "not-permitted"
    )
    assert (
        world.acting.ask("POST", f"{world.path}/ownership", "ann", {"user_id": "eve"}).problem == "not-found"
    )
    assert (
        world.acting.ask("POST", f"{world.path}/ownership", "ann", {"user_id": "ann"}).problem == "conflict"
    )
    given = world.acting.done("POST", f"{world.path}/ownership", "ann", {"user_id": "vic"})
    assert (given["role"], given["version"]) == ("owner", 2)
    assert (world.roles(), world.roster()) == ({"ann": "manager", "vic": "owner"}, (2, 1))
    assert world.acting.ask("DELETE", f"{world.path}/membership", "ann").status == 204
    trail = world.acting.done("GET", f"/v1/audit?subject={world.party.id}", "root")["items"]
    assert [one["action"] for one in trail][:2] == ["membership.left", "membership.handed_over"]


@pytest.mark.parametrize("round_", range(10))
def test_of_two_owners_who_leave_at_once_one_stays(world: World, round_: int, one_at_a_time: None) -> None:
    del round_, one_at_a_time
    world.join("bob", "owner")
    gate, refused = Barrier(2), []

    def go(user_id: str) -> None:
        gate.wait()
        try:
            leave(world.store, user_id, world.party)
        except LastOwner:
            refused.append(user_id)

    threads = [Thread(target=go, args=(user_id,)) for user_id in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(world.roles()) == refused
    assert world.roster() == (1, 1)


def test_whatever_is_tried_there_is_an_owner_and_the_roster_is_right(world: World) -> None:
    chance = random.Random(7)
    people = ["ann", "bob", "cat", "dan"]
    for user_id in people[1:]:
        world.join(user_id, chance.choice(list(Role)).value)
    for _ in range(150):
        who, whom = chance.choice(people), chance.choice(people)
        caller = Caller(who, f"{who}@connects.example", admin=chance.random() < 0.1)
        member = world.store.member(world.party, whom)
        version = member.version if member else 1
        try:
            match chance.randrange(4):
                case 0:
                    changes.change_role(
                        world.store, caller, world.party, whom, chance.choice(list(Role)), version
                    )
                case 1:
                    changes.remove(world.store, caller, world.party, whom, version)
                case 2:
                    changes.hand_over(world.store, caller, world.party, whom)
                case _:
                    leave(world.store, who, world.party)
        except ConnectsError:
            pass
        roles = list(world.roles().values())
        assert world.roster() == (len(roles), roles.count("owner"))
        assert "owner" in roles
        for gone in set(people) - set(world.roles()):
            world.join(gone, "contributor")


def test_a_role_that_was_lost_meanwhile_changes_nothing_any_more(world: World) -> None:
    world.join("max", "manager")
    world.join("vic", "viewer")
    max_ = Caller("max", "max@connects.example", admin=False)
    ann = Caller("ann", "ann@connects.example", admin=False)
    real = world.store.names

    def meanwhile(parties: object) -> object:
        world.store.names = real  # type: ignore[method-assign]
        changes.remove(world.store, ann, world.party, "max", 1)
        return real(parties)  # type: ignore[arg-type]

    world.store.names = meanwhile  # type: ignore[assignment, method-assign]
    with pytest.raises(NotPermitted, match="meanwhile"):
        changes.change_role(world.store, max_, world.party, "vic", Role.MANAGER, 1)
    assert world.roles() == {"ann": "owner", "vic": "viewer"}


def test_there_are_no_more_members_than_there_may_be(world: World) -> None:
    text = world.invite("ann", "vic@connects.example")
    pk = keys.party_pk(world.party.kind.value, world.party.id)
    world.store.table.write(Update(keys.roster(pk), {"members": MOST_MEMBERS}))
    answer = world.acting.ask("POST", "/v1/invitations/acceptance", "vic", {"invitation": text})
    assert answer.problem == "limit-reached"
    assert world.roles() == {"ann": "owner"}
