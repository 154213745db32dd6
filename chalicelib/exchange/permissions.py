"""Who may read figures: everyone, or, where the deployment says so, those who give to get."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chalicelib.auth import Caller, Permission
from chalicelib.config import config
from chalicelib.errors import NotFound, NotPermitted
from chalicelib.exchange.service import PARTICIPANTS_ONLY
from chalicelib.memberships import service as memberships
from chalicelib.memberships.service import MembershipStore
from chalicelib.organizations.service import OrganizationStore
from chalicelib.submissions import service as submissions
from chalicelib.submissions.store import SubmissionStore
from chalicelib.table.table import connect


@dataclass(frozen=True, slots=True)
class _Participants:
    meaning: str = (
        "Members of a verified organization that has a submission in force, and platform administrators; where "
        "the figures are public, anyone who is signed in."
    )

    def check(self, caller: Caller, path: Mapping[str, str]) -> None:  # noqa: ARG002 - the protocol's
        """An unverified organization does not open the door: anyone could make one up and say anything."""
        if caller.admin or config().exchange_access != PARTICIPANTS_ONLY:
            return
        table = connect()
        stores = SubmissionStore(table), OrganizationStore(table)
        for membership in memberships.of_user(MembershipStore(table), caller.user_id):
            try:
                records, standing = submissions.in_force(*stores, membership.organization_id)
            except NotFound:
                continue
            if records and standing.counts:
                return
        raise NotPermitted(
            "The figures are for those who contribute: members of a verified shop or dealership that has pay, labor "
            "rates or benefits in force. Submit yours, and ask again once the organization is verified."
        )


PARTICIPANTS: Final[Permission] = _Participants()
