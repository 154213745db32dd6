"""All the stores that use cases of responses read and write."""

from dataclasses import dataclass

from chalicelib.approvals.service import ApprovalStore
from chalicelib.memberships.service import MembershipStore
from chalicelib.organizations.service import OrganizationStore
from chalicelib.postings.service import PostingStore
from chalicelib.responses.store import ResponseStore
from chalicelib.table.table import Table


@dataclass(frozen=True, slots=True)
class Stores:
    """One of each, over the same table."""

    responses: ResponseStore
    postings: PostingStore
    organizations: OrganizationStore
    members: MembershipStore
    approvals: ApprovalStore

    @classmethod
    def over(cls, table: Table) -> "Stores":
        """All of them over a table."""
        return cls(
            ResponseStore(table),
            PostingStore(table),
            OrganizationStore(table),
            MembershipStore(table),
            ApprovalStore(table),
        )
