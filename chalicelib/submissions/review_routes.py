"""Routes of figures that wait for confirmation: members see and confirm their own, administrators see no figures."""

from typing import Final

from chalicelib.auth import ADMINISTRATORS, Caller
from chalicelib.errors import InvalidCursor, NotFound, StaleVersion
from chalicelib.http import Api
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.submissions import reviews
from chalicelib.submissions.models import topic_named
from chalicelib.submissions.review_store import ReviewStore
from chalicelib.submissions.review_views import (
    Confirmation,
    Confirmed,
    OwnReviews,
    Reviews,
    ReviewsQuery,
    TopicName,
    any_view,
    confirmed_view,
    own_view,
)
from chalicelib.submissions.store import SubmissionStore
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Submissions")

_SCOPE: Final = "reviews"


@api.put(
    "/v1/organizations/{organization_id}/submissions/{topic}/confirmation",
    permission=member_of_organization(Role.CONTRIBUTOR, or_admin=True),
    summary="Confirm figures that are far from all others",
    errors=(NotFound, StaleVersion),
)
def confirm_submission(
    caller: Caller, organization_id: Id, topic: TopicName, body: Confirmation
) -> Confirmed:
    """Vouches for the version in force, so that it counts. Confirming it again changes nothing."""
    table = connect()
    record = reviews.confirm(
        SubmissionStore(table),
        OrganizationStore(table),
        organization_id,
        topic_named(topic),
        body.version,
        user_id=caller.user_id,
    )
    return confirmed_view(record)


@api.get(
    "/v1/organizations/{organization_id}/reviews",
    permission=member_of_organization(Role.VIEWER),
    summary="List own figures that wait for confirmation",
    errors=(NotFound,),
)
def list_own_reviews(organization_id: Id) -> OwnReviews:
    """What the last night left out because it is far from all others, and what to do about it."""
    table = connect()
    stores = ReviewStore(table), SubmissionStore(table), OrganizationStore(table)
    return OwnReviews(items=tuple(map(own_view, reviews.waiting_of(*stores, organization_id))))


@api.get(
    "/v1/exchange/reviews",
    permission=ADMINISTRATORS,
    summary="List all figures that wait for confirmation",
    errors=(InvalidCursor,),
    query_example={"limit": "50"},
)
def list_reviews(query: ReviewsQuery) -> Reviews:
    """Newest first: whose, which version and which metrics; no figures."""
    start = page_start(_SCOPE, query.cursor)
    table = connect()
    found, following = reviews.waiting_page(ReviewStore(table), SubmissionStore(table), query.limit, start)
    return Reviews(
        items=tuple(map(any_view, found)),
        next_cursor=next_cursor(_SCOPE, following),
    )
