"""Routes of approvals: the school's side, and the employer's."""

from typing import Final

from chalicelib.approvals import service
from chalicelib.approvals.models import (
    ApprovalDecision,
    ApprovalPage,
    ApprovalPolicy,
    ApprovalPolicyChange,
    ApprovalsQuery,
    ApprovalView,
)
from chalicelib.approvals.store import ApprovalStore
from chalicelib.auth import Caller
from chalicelib.errors import Conflict, InvalidCursor, LimitReached, NotFound, NotVerified, StaleVersion
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.permissions import PARTICIPANT
from chalicelib.organizations.store import OrganizationStore
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Approvals")

_DECIDING: Final = member_of_organization(Role.MANAGER)
_READING: Final = member_of_organization(Role.VIEWER)
_ASKING: Final = member_of_organization(Role.CONTRIBUTOR)


@api.get(
    "/v1/organizations/{organization_id}/approval-policy",
    permission=PARTICIPANT,
    summary="Whether a school approves of employers first",
    errors=(NotFound,),
)
def read_approval_policy(organization_id: Id) -> Reply[ApprovalPolicy]:
    """`auto`: every verified employer may answer the school's postings, but those it blocked. `approve`: the
    school decides of each first."""
    policy = service.policy_of(ApprovalStore(connect()), organization_id)
    return Reply(policy, etag=version_etag(policy.version))


@api.put(
    "/v1/organizations/{organization_id}/approval-policy",
    permission=_DECIDING,
    summary="Change whether a school approves of employers first",
    errors=(NotFound, Conflict, StaleVersion),
)
def change_approval_policy(
    caller: Caller, organization_id: Id, if_match: Version, body: ApprovalPolicyChange
) -> Reply[ApprovalPolicy]:
    """For schools. Open responses stay as they are."""
    stores = ApprovalStore(connect()), OrganizationStore(connect())
    policy = service.change_policy(*stores, caller, organization_id, if_match, body.policy)
    return Reply(policy, etag=version_etag(policy.version))


@api.get(
    "/v1/organizations/{organization_id}/approvals",
    permission=_READING,
    summary="What a school decided of employers",
    errors=(InvalidCursor,),
    query_example={"status": "pending"},
)
def list_approvals(organization_id: Id, query: ApprovalsQuery) -> ApprovalPage:
    """With `status=pending`: the employers that wait for a decision."""
    scope = f"approvals.{organization_id}.{query.status}"
    items, following = service.list_of_school(
        ApprovalStore(connect()),
        OrganizationStore(connect()),
        organization_id,
        query.limit,
        status=query.status,
        after=page_start(scope, query.cursor),
    )
    return ApprovalPage(items=items, next_cursor=next_cursor(scope, following))


@api.put(
    "/v1/organizations/{organization_id}/approvals/{employer_id}",
    permission=_DECIDING,
    summary="Approve of an employer, or block it",
    errors=(NotFound, Conflict, NotVerified, LimitReached),
)
def decide_approval(
    caller: Caller, organization_id: Id, employer_id: Id, body: ApprovalDecision
) -> ApprovalView:
    """A verified school decides whether it was asked or not, and may decide anew, ten times a day; the same again
    changes nothing."""
    stores = ApprovalStore(connect()), OrganizationStore(connect())
    return service.decide(*stores, caller, organization_id, employer_id, body.status)


@api.delete(
    "/v1/organizations/{organization_id}/approvals/{employer_id}",
    permission=_DECIDING,
    summary="Take back a decision about an employer",
    status=204,
)
def forget_approval(caller: Caller, organization_id: Id, employer_id: Id) -> None:
    """The school's policy holds again for this employer."""
    service.forget(ApprovalStore(connect()), caller, organization_id, employer_id)


@api.put(
    "/v1/organizations/{organization_id}/approval-requests/{school_id}",
    permission=_ASKING,
    summary="Ask a school for its approval",
    errors=(NotFound, Conflict, LimitReached),
)
def ask_for_approval(caller: Caller, organization_id: Id, school_id: Id) -> ApprovalView:
    """For verified employers; again changes nothing. Where the school asks for no approval, the answer is
    `approved` at once. One person can ask 50 schools a day."""
    stores = ApprovalStore(connect()), OrganizationStore(connect())
    return service.ask(*stores, caller, organization_id, school_id)


@api.get(
    "/v1/organizations/{organization_id}/approval-requests",
    permission=_READING,
    summary="What schools decided of an employer",
    errors=(InvalidCursor,),
)
def list_approval_requests(organization_id: Id, query: ApprovalsQuery) -> ApprovalPage:
    """All schools that were asked, or that decided unasked. What was asked a moment ago may take a second."""
    scope = f"approval_requests.{organization_id}.{query.status}"
    items, following = service.list_of_employer(
        ApprovalStore(connect()),
        OrganizationStore(connect()),
        organization_id,
        query.limit,
        status=query.status,
        after=page_start(scope, query.cursor),
    )
    return ApprovalPage(items=items, next_cursor=next_cursor(scope, following))
