"""Roles: which covers which, and what a permission says of itself."""

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import NotPermitted
from chalicelib.memberships.permissions import member_of_organization, member_of_owner_group
from chalicelib.values import Role, could_be_id

ADMIN = Caller("root", "root@connects.example", admin=True)
ANN = Caller("ann", "ann@connects.example", admin=False)
ID = "01920000-0000-7000-8000-000000000001"


def test_a_role_covers_itself_and_those_below() -> None:
    order = [Role.VIEWER, Role.CONTRIBUTOR, Role.MANAGER, Role.OWNER]
    for height, role in enumerate(order):
        assert [role.covers(other) for other in order] == [True] * (height + 1) + [False] * (3 - height)


def test_a_permission_says_whom_it_admits() -> None:
    assert member_of_organization(Role.MANAGER).meaning == (
        "Members of the organization with the role manager or more; not even platform administrators."
    )
    assert "and platform administrators" in member_of_owner_group(Role.VIEWER, or_admin=True).meaning


def test_administrators_are_asked_nothing_where_they_are_admitted() -> None:
    member_of_organization(Role.OWNER, or_admin=True).check(ADMIN, {"organization_id": "whatever"})


@pytest.mark.parametrize("text", ["", "x", ID.upper().replace("1", "A"), f"{ID}\n", f"{ID}#", "*" * 3000])
def test_what_can_be_no_id_is_refused_without_a_look_into_the_table(text: str) -> None:
    assert not could_be_id(text)
    with pytest.raises(NotPermitted, match="owner"):
        member_of_organization(Role.OWNER).check(ANN, {"organization_id": text})


def test_an_id_could_be_one() -> None:
    assert could_be_id(ID)
