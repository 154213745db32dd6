"""Permissions that hang on the caller's role in what the path names."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.auth import Caller, Permission
from chalicelib.errors import NotPermitted
from chalicelib.memberships import service
from chalicelib.memberships.store import MembershipStore
from chalicelib.table.table import connect
from chalicelib.values import Role, could_be_id


@dataclass(frozen=True, slots=True)
class MemberOf:
    """Members of what the path names, with at least a role."""

    parameter: str
    thing: str
    needed: Role
    or_admin: bool

    @property
    def meaning(self) -> str:
        """Who may, in words."""
        administrators = (
            ", and platform administrators" if self.or_admin else "; not even platform administrators"
        )
        return f"Members of the {self.thing} with the role {self.needed.value} or more{administrators}."

    def check(self, caller: Caller, path: Mapping[str, str]) -> None:
        """A stranger is told the same of what exists and of what does not."""
        if self.or_admin and caller.admin:
            return
        role = self._role(caller.user_id, path[self.parameter])
        if role is None:
            raise NotPermitted(
                f"Only members of this {self.thing} may do this, with the role {self.needed.value} or more."
            )
        if not role.covers(self.needed):
            raise NotPermitted(
                f"This needs the role {self.needed.value} in this {self.thing}; yours is {role.value}. "
                "An owner can change that."
            )

    def _role(self, user_id: str, subject: str) -> Role | None:
        if not could_be_id(subject):
            return None
        store = MembershipStore(connect())
        if self.parameter == "organization_id":
            return service.role_of(store, user_id, subject)
        return service.role_in_owner_group(store, user_id, subject)


def member_of_organization(needed: Role, *, or_admin: bool = False) -> Permission:
    """Members of the path's ``organization_id`` with at least this role, and administrators if so said."""
    return MemberOf("organization_id", "organization", needed, or_admin)


def member_of_owner_group(needed: Role, *, or_admin: bool = False) -> Permission:
    """Members of the path's ``owner_group_id`` with at least this role, and administrators if so said."""
    return MemberOf("owner_group_id", "owner group", needed, or_admin)
