"""Who may see what participants see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.auth import Caller, Permission
from chalicelib.errors import NotPermitted
from chalicelib.memberships import service as memberships
from chalicelib.memberships.store import MembershipStore
from chalicelib.organizations import service
from chalicelib.organizations.models import Status
from chalicelib.organizations.store import OrganizationStore
from chalicelib.table.table import connect
from chalicelib.values import could_be_id


@dataclass(frozen=True, slots=True)
class _Participants:
    meaning: str = (
        "Members of this organization, members of any verified organization, and platform administrators."
    )

    def check(self, caller: Caller, path: Mapping[str, str]) -> None:
        """Raises ``NotPermitted`` for everybody else."""
        if caller.admin:
            return
        members = MembershipStore(connect())
        wanted = path.get("organization_id", "")
        if could_be_id(wanted) and memberships.role_of(members, caller.user_id, wanted) is not None:
            return
        own = [one.organization_id for one in memberships.of_user(members, caller.user_id)]
        if Status.VERIFIED not in service.statuses(OrganizationStore(connect()), own).values():
            raise NotPermitted(
                "Only participants may see this: members of an organization that is verified. "
                "The public view is under /v1/directory/organizations."
            )


PARTICIPANT: Final[Permission] = _Participants()
