"""Memberships on a table and over HTTP: roles, the caller's own list, who gets in."""

from collections.abc import Callable
from datetime import datetime

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import ConditionFailed, NotPermitted
from chalicelib.memberships import service
from chalicelib.memberships.models import Membership
from chalicelib.memberships.permissions import member_of_organization, member_of_owner_group
from chalicelib.memberships.store import MembershipStore, membership_put, owner_group_membership_put
from chalicelib.table import keys
from chalicelib.table.expressions import Update
from chalicelib.table.table import Table
from chalicelib.values import Role
from tests import factories
from tests.conftest import Http, TokenMaker

ID = "01920000-0000-7000-8000-000000000001"
GROUP = "01920000-0000-7000-8000-00000000000a"
ANN = Caller("ann", "ann@connects.example", admin=False)
ROOT = Caller("root", "root@connects.example", admin=True)


@pytest.fixture
def store(table: Table) -> MembershipStore:
    """The store of memberships."""
    return MembershipStore(table)


@pytest.fixture
def join(table: Table, clock: Callable[[], datetime]) -> Callable[[Role], None]:
    """Makes Ann a member of the organization and of the owner group."""

    def act(role: Role) -> None:
        membership = Membership(organization_id=ID, user_id="ann", role=role, created_at=clock())
        table.write(membership_put(membership))
        table.write(owner_group_membership_put(GROUP, "ann", role, clock()))

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
    assert me.json == {
        "user_id": "ann",
        "email": "ann@connects.example",
        "admin": False,
        "memberships": [
            {"organization_id": ids["First"], "role": "owner", "organization_name": "First"},
            {"organization_id": ids["Second"], "role": "owner", "organization_name": "Second"},
        ],
    }
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
