"""Who the caller is, what they belong to, and what they may do there."""

from collections.abc import Callable, Iterable
from typing import Final

from chalicelib.auth import ADMINISTRATORS, SIGNED_IN, Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.memberships.invitations import InvitationStatus, same_address
from chalicelib.memberships.inviting import Inviting
from chalicelib.memberships.permissions import MemberOf
from chalicelib.memberships.views import Me, MyInvitation, MyMembership, MyOwnerGroup
from chalicelib.operation import Operation
from chalicelib.values import Role

_MOST_INVITATIONS: Final = 20

Actions = Callable[[str, Role], tuple[str, ...]]
"""The names of the operations that a role allows on what a parameter of the path names, such as ``organization_id``."""


def actions_of(operations: Iterable[Operation]) -> Actions:
    """What roles allow, read off the routes themselves: so it is what the routes will say."""
    found = tuple(operations)

    def allowed(parameter: str, role: Role) -> tuple[str, ...]:
        return tuple(
            one.function.__name__
            for one in found
            if isinstance(one.permission, MemberOf)
            and one.permission.parameter == parameter
            and role.covers(one.permission.needed)
        )

    return allowed


def own_actions(operations: Iterable[Operation], caller: Caller) -> tuple[str, ...]:
    """The names of the operations that the caller may use whatever they are a member of."""
    return tuple(
        one.function.__name__
        for one in operations
        if one.permission is SIGNED_IN
        or (
            caller.admin
            and (
                one.permission is ADMINISTRATORS
                or (isinstance(one.permission, MemberOf) and one.permission.or_admin)
            )
        )
    )


def describe(
    stores: Inviting, caller: Caller, operations: tuple[Operation, ...], *, clock: Clock = utc_now
) -> Me:
    """Everything about the caller, in about five requests to the table."""
    allowed = actions_of(operations)
    memberships = stores.members.of_user(caller.user_id)
    standings = stores.members.standings(one.organization_id for one in memberships)
    groups = stores.members.groups_of_user(caller.user_id)
    names = stores.members.names(one.party for one in groups) if groups else {}
    return Me(
        user_id=caller.user_id,
        email=caller.email,
        email_verified=caller.email_verified,
        admin=caller.admin,
        actions=own_actions(operations, caller),
        memberships=tuple(
            MyMembership(
                organization_id=one.organization_id,
                role=one.role,
                organization_name=standings[one.organization_id][0],
                organization_status=standings[one.organization_id][1],
                actions=allowed("organization_id", one.role),
            )
            for one in memberships
            if one.organization_id in standings
        ),
        owner_groups=tuple(
            MyOwnerGroup(
                owner_group_id=one.party.id,
                role=one.role,
                owner_group_name=names[one.party],
                actions=allowed("owner_group_id", one.role),
            )
            for one in groups
            if one.party in names
        ),
        invitations=waiting(stores, caller, clock=clock) if caller.email_verified else (),
    )


def waiting(stores: Inviting, caller: Caller, *, clock: Clock = utc_now) -> tuple[MyInvitation, ...]:
    """The invitations to the caller's address that can be accepted."""
    now = clock()
    found = [
        one
        for one in stores.invitations.to_address(caller.email, _MOST_INVITATIONS)
        if one.status_at(now) is InvitationStatus.PENDING and same_address(one.email, caller.email)
    ]
    names = stores.members.names(one.party for one in found) if found else {}
    return tuple(
        MyInvitation(
            party_kind=one.party_kind,
            party_id=one.party_id,
            party_name=names[one.party],
            role=one.role,
            expires_at=one.expires_at,
            invitation=stores.tickets.sign(one),
        )
        for one in found
        if one.party in names
    )
