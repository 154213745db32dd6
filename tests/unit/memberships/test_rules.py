"""Who may change whose membership to what."""

from itertools import product

import pytest

from chalicelib.errors import NotPermitted
from chalicelib.memberships.rules import check_change, check_grant, granting, owners_more
from chalicelib.values import Role

ORDER = [None, *Role]


def allowed(own: Role | None, present: Role, granted: Role | None) -> bool:
    try:
        check_change(own, present, granted)
    except NotPermitted:
        return False
    return True


@pytest.mark.parametrize(("own", "present", "granted"), list(product(ORDER, Role, ORDER)))
def test_managers_change_up_to_their_own_height(
    own: Role | None, present: Role, granted: Role | None
) -> None:
    height = ORDER.index(own)
    expected = own in (Role.MANAGER, Role.OWNER) and max(ORDER.index(present), ORDER.index(granted)) <= height
    assert allowed(own, present, granted) is expected


@pytest.mark.parametrize("granted", list(Role))
def test_whoever_may_give_a_role_is_named(granted: Role) -> None:
    for own in Role:
        if own in granting(granted):
            check_grant(own, granted)
        else:
            with pytest.raises(NotPermitted):
                check_grant(own, granted)


def test_owners_are_counted() -> None:
    assert owners_more(None, Role.OWNER) == 1
    assert owners_more(Role.OWNER, None) == -1
    assert owners_more(Role.OWNER, Role.MANAGER) == -1
    assert owners_more(Role.OWNER, Role.OWNER) == 0
    assert owners_more(Role.VIEWER, Role.MANAGER) == 0
