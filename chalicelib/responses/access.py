"""Who may see and change a response: the members of its two organizations, each for their own side."""

from chalicelib.auth import Caller
from chalicelib.errors import FieldError, InvalidInput, NotFound, NotPermitted
from chalicelib.memberships import service as memberships
from chalicelib.memberships.service import MembershipStore
from chalicelib.responses.models import Response, Side
from chalicelib.values import Role

Roles = dict[Side, Role]
"""The caller's roles in the two organizations; a side without one is missing."""


def roles_of(members: MembershipStore, caller: Caller, response: Response) -> Roles:
    """The caller's roles on the two sides.

    Raises ``NotFound`` for those who are on none, as if there were no such response; administrators may look.
    """
    roles = {}
    for side in Side:
        role = memberships.role_of(members, caller.user_id, response.organization_of(side))
        if role is not None:
            roles[side] = role
    if not roles and not caller.admin:
        raise NotFound("There is no such response, or it is not yours to see.")
    return roles


def check_acts_for(roles: Roles, side: Side) -> None:
    """Raises ``NotPermitted`` unless the caller may act for a side."""
    role = roles.get(side)
    if role is None:
        owner = "whose posting it is" if side is Side.POSTING else "that answered"
        raise NotPermitted(f"This is for the organization {owner}.")
    if not role.covers(Role.CONTRIBUTOR):
        raise NotPermitted(
            f"This needs the role contributor in the organization; yours is {role.value}. An owner can change that."
        )


def acting_side(roles: Roles, response: Response, organization_id: str | None) -> Side:
    """The side for which the caller acts: the one named, or the only one that they may act for.

    Raises ``NotPermitted`` where they may act for none, ``InvalidInput`` where it has to be named or is none of
    the two.
    """
    if organization_id is not None:
        named = [side for side in Side if response.organization_of(side) == organization_id]
        if not named:
            raise _invalid("This organization is on neither side of the response.")
        check_acts_for(roles, named[0])
        return named[0]
    able = [side for side, role in roles.items() if role.covers(Role.CONTRIBUTOR)]
    if len(able) > 1:
        raise _invalid("You act for both organizations: say for which of them you write.")
    if not able:
        check_acts_for(roles, next(iter(roles), Side.ANSWERING))
    return able[0]


def _invalid(detail: str) -> InvalidInput:
    return InvalidInput(f"/organization_id: {detail}", [FieldError("/organization_id", detail)])
