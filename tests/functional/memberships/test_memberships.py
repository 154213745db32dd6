"""Memberships on a table and over HTTP: roles, the caller's own list, who gets in."""

from collections.abc import Callable
from datetime import datetime

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import ConditionFailed, NotPermitted
from chalicelib.memberships import service
from chalicelib.memberships.models import organization_party, owner_group_party
from chalicelib.memberships.permissions import member_of_organization, member_of_owner_group
from chalicelib.memberships.store import MembershipStore, member_put
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Update
from chalicelib.table.table import Table
from chalicelib.values import Role
from tests import factories
from tests.conftest import Http, TokenMaker

ID = "01920000-0000-7000-8000-000000000001"
GROUP = "01920000-0000-7000-8000-00000000000a"
ANN = Caller("ann", "ann@connects.example", admin=False)
ROOT = Caller("root", "root@connects.example", admin=True)


@pytest.fixture
def join(table: Table, clock: Callable[[], datetime]) -> Callable[[Role], None]:
    """Makes Ann a member of the organization and of the owner group."""

    def act(role: Role) -> None:
        table.write(member_put(organization_party(ID), "ann", role, clock()))
        table.write(member_put(owner_group_party(GROUP), "ann", role, clock()))

    return act


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("needed", list(Role))
def test_a_member_gets_in_where_the_role_suffices(
    store: MembershipStore, join: Callable[[Role], None], role: Role, needed: Role
) -> None:
    join(role)
    assert service.role_of(store, "ann", ID) is role
    for permission, path in (
        (member_of_organization(needed), {"organization_id": ID}),
        (member_of_owner_group(needed), {"owner_group_id": GROUP}),
    ):
        if role.covers(needed):
            permission.check(ANN, path)
        else:
            with pytest.raises(NotPermitted, match=f"needs the role {needed.value}.*yours is {role.value}"):
                permission.check(ANN, path)


def test_a_membership_that_names_another_owner_group_is_set_aside_and_told(
    store: MembershipStore, table: Table, join: Callable[[Role], None], caplog: pytest.LogCaptureFixture
) -> None:
    join(Role.OWNER)
    [before] = store.groups_of_user("ann")
    assert before.party == owner_group_party(GROUP)
    table.write(Update(keys.owner_group_member(GROUP, "ann"), set={"owner_group_id": "{"}))
    caplog.clear()
    assert store.groups_of_user("ann") == []
    assert [one.message for one in caplog.records] == ["item set aside"]


def test_a_stranger_does_not_get_in_and_neither_does_an_administrator_unasked(
    table: Table, join: Callable[[Role], None]
) -> None:
    del table
    join(Role.OWNER)
    eve = Caller("eve", "eve@connects.example", admin=False)
    for stranger in (eve, ROOT):
        with pytest.raises(NotPermitted, match="Only members"):
            member_of_organization(Role.VIEWER).check(stranger, {"organization_id": ID})
    with pytest.raises(NotPermitted):
        member_of_organization(Role.VIEWER, or_admin=True).check(eve, {"organization_id": ID})
    member_of_organization(Role.OWNER, or_admin=True).check(ROOT, {"organization_id": ID})


def test_a_role_in_one_organization_is_none_in_another(table: Table, join: Callable[[Role], None]) -> None:
    del table
    join(Role.OWNER)
    with pytest.raises(NotPermitted):
        member_of_organization(Role.VIEWER).check(ANN, {"organization_id": GROUP})
    with pytest.raises(NotPermitted):
        member_of_owner_group(Role.VIEWER).check(ANN, {"owner_group_id": ID})


def test_nobody_becomes_a_member_twice(join: Callable[[Role], None]) -> None:
    join(Role.VIEWER)
    with pytest.raises(ConditionFailed):
        join(Role.OWNER)


@pytest.mark.parametrize("role", list(Role))
def test_a_transaction_is_held_to_the_role_in_the_owner_group(
    table: Table, join: Callable[[Role], None], role: Role
) -> None:
    join(role)
    check = service.group_role_check("ann", GROUP, Role.MANAGER)
    write = Update(keys.Key("X", "X"), {"done": True})
    if role.covers(Role.MANAGER):
        table.transact(write, check)
    else:
        with pytest.raises(ConditionFailed) as refused:
            table.transact(write, check)
        assert refused.value.failed == {1}


def test_the_caller_sees_their_own_memberships_by_name(client: Http, token: TokenMaker) -> None:
    ids = {}
    for name in ("First", "Second"):
        answer = client.post("/v1/organizations", json=factories.shop(name=name), token=token("ann"))
        ids[name] = answer.json["id"]
    assert client.post("/v1/organizations", json=factories.shop(), token=token("eve")).status == 201
    me = client.get("/v1/me", token=token("ann"))
    shown = [
        (one["organization_id"], one["role"], one["organization_name"]) for one in me.json["memberships"]
    ]
    assert shown == [(ids["First"], "owner", "First"), (ids["Second"], "owner", "Second")]
    assert [one["organization_status"] for one in me.json["memberships"]] == ["pending", "pending"]
    assert (me.json["user_id"], me.json["email"]) == ("ann", "ann@connects.example")
    assert (me.json["email_verified"], me.json["admin"], me.json["owner_groups"]) == (True, False, [])
    assert me.headers["Cache-Control"] == "no-store"
    renamed = client.patch(
        f"/v1/organizations/{ids['First']}",
        json={"name": "Renamed"},
        token=token("ann"),
        headers={"If-Match": '"1"'},
    )
    assert renamed.status == 200
    assert client.get("/v1/me", token=token("ann")).json["memberships"][0]["organization_name"] == "Renamed"


def test_somebody_new_has_no_memberships(client: Http, token: TokenMaker) -> None:
    me = client.get("/v1/me", token=token("root", admin=True)).json
    assert (me["admin"], me["memberships"]) == (True, [])


def test_nobody_is_nobody(client: Http) -> None:
    assert client.get("/v1/me").status == 401


def test_what_the_caller_may_do_is_what_the_routes_say(
    client: Http, token: TokenMaker, store: MembershipStore, clock: Callable[[], datetime]
) -> None:
    shop = client.post("/v1/organizations", json=factories.shop(), token=token("ann")).json["id"]
    group = client.post("/v1/owner-groups", json={"name": "Group"}, token=token("ann")).json["id"]
    store.table.write(member_put(organization_party(shop), "vic", Role.VIEWER, clock()))
    owner = client.get("/v1/me", token=token("ann")).json
    viewer = client.get("/v1/me", token=token("vic")).json
    root = client.get("/v1/me", token=token("root", admin=True)).json
    may_own, may_view = owner["memberships"][0]["actions"], viewer["memberships"][0]["actions"]
    assert {"change_organization", "delete_organization", "invite_member", "leave_organization"} <= set(
        may_own
    )
    assert set(may_view) < set(may_own)
    assert "leave_organization" in may_view
    assert "change_organization" not in may_view
    assert [one["owner_group_id"] for one in owner["owner_groups"]] == [group]
    assert "list_owned_organizations" in owner["owner_groups"][0]["actions"]
    assert "create_organization" in owner["actions"]
    assert "decide_verification" not in owner["actions"]
    assert {"decide_verification", "change_organization"} <= set(root["actions"])
    assert "invite_member" not in root["actions"]
    described = client.get("/openapi.json").json["paths"].values()
    known = {operation["operationId"] for methods in described for operation in methods.values()}
    assert {*may_own, *root["actions"]} <= known


def test_an_owner_group_shows_its_organizations(client: Http, token: TokenMaker) -> None:
    group = client.post("/v1/owner-groups", json={"name": "Group"}, token=token("ann")).json["id"]
    path = f"/v1/owner-groups/{group}/organizations"
    ids = [
        client.post(
            "/v1/organizations", json=factories.shop(name=name, owner_group_id=group), token=token("ann")
        ).json["id"]
        for name in ("A", "B", "C")
    ]
    assert [one["id"] for one in client.get(path, token=token("ann")).json["items"]] == ids
    first = client.get(f"{path}?limit=2", token=token("ann")).json
    second = client.get(f"{path}?limit=2&cursor={first['next_cursor']}", token=token("ann")).json
    assert [one["id"] for one in (*first["items"], *second["items"])] == ids
    assert client.get(path, token=token("eve")).problem == "not-permitted"
    left = client.patch(
        f"/v1/organizations/{ids[0]}",
        json={"owner_group_id": None},
        token=token("ann"),
        headers={"If-Match": '"1"'},
    )
    assert left.status == 200
    gone = client.delete(f"/v1/organizations/{ids[1]}", token=token("ann"), headers={"If-Match": '"1"'})
    assert gone.status == 204
    assert [one["id"] for one in client.get(path, token=token("ann")).json["items"]] == ids[2:]


def test_an_owner_group_is_deleted_once_it_owns_nothing(
    client: Http, token: TokenMaker, table: Table
) -> None:
    group = client.post("/v1/owner-groups", json={"name": "Group"}, token=token("ann")).json["id"]
    path = f"/v1/owner-groups/{group}"
    shops = [
        client.post("/v1/organizations", json=factories.shop(owner_group_id=group), token=token("ann")).json[
            "id"
        ]
        for _ in range(2)
    ]
    body = {"email": "vic@connects.example", "role": "owner"}
    assert client.post(f"{path}/invitations", json=body, token=token("ann")).status == 201
    assert client.delete(path, token=token("ann")).problem == "conflict"
    left = client.patch(
        f"/v1/organizations/{shops[0]}",
        json={"owner_group_id": None},
        token=token("ann"),
        headers={"If-Match": '"1"'},
    )
    assert left.status == 200
    assert client.delete(path, token=token("ann")).problem == "conflict"
    gone = client.delete(f"/v1/organizations/{shops[1]}", token=token("ann"), headers={"If-Match": '"1"'})
    assert gone.status == 204
    assert client.delete(path, token=token("root", admin=True)).problem == "not-permitted"
    assert client.delete(path, token=token("ann")).status == 204
    assert list(table.query_all(keys.owner_group_pk(group))) == []
    assert client.get("/v1/me", token=token("ann")).json["owner_groups"] == []
    refused = client.post("/v1/organizations", json=factories.shop(owner_group_id=group), token=token("ann"))
    assert refused.problem == "not-permitted"
    trail = client.get(f"/v1/audit?subject={group}", token=token("root", admin=True)).json["items"]
    assert [one["action"] for one in trail][:1] == ["owner_group.deleted"]


def test_a_deletion_of_an_owner_group_that_was_cut_off_is_finished_by_the_same_call(
    client: Http, token: TokenMaker, table: Table
) -> None:
    group = client.post("/v1/owner-groups", json={"name": "Group"}, token=token("ann")).json["id"]
    table.write(Delete(keys.owner_group(group)))
    assert client.delete(f"/v1/owner-groups/{group}", token=token("ann")).status == 204
    assert list(table.query_all(keys.owner_group_pk(group))) == []
