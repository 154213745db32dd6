"""Who may change whose membership to what. Pure."""

from chalicelib.errors import NotPermitted
from chalicelib.values import Role


def manages(role: Role | None) -> bool:
    """Whether somebody with this role manages members."""
    return role is not None and role.covers(Role.MANAGER)


def check_grant(own: Role | None, granted: Role) -> None:
    """Raises ``NotPermitted`` unless somebody with the role ``own`` may give others the role ``granted``.

    Nobody gives away more than they have.
    """
    if own is None or not manages(own):
        raise NotPermitted("This needs the role manager or owner; an owner can give it to you.")
    if not own.covers(granted):
        raise NotPermitted(
            f"Your role is {own.value}: you can give roles up to that one, and {granted.value} is more. Ask an owner."
        )


def check_change(own: Role | None, present: Role, granted: Role | None) -> None:
    """Raises ``NotPermitted`` unless ``own`` may turn another's role ``present`` into ``granted``; None removes.

    Whoever has more than oneself is left alone.
    """
    check_grant(own, granted or Role.VIEWER)
    if own is not None and not own.covers(present):
        raise NotPermitted(f"Your role is {own.value} and theirs is {present.value}. Ask an owner.")


def owners_more(before: Role | None, after: Role | None) -> int:
    """How many owners more there are once a role has become another; None is no member."""
    return (after is Role.OWNER) - (before is Role.OWNER)


def granting(role: Role) -> list[Role]:
    """The roles with which one may give this one."""
    return [one for one in Role if manages(one) and one.covers(role)]
