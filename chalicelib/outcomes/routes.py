"""Routes of outcomes, engagement records and recognitions."""

from typing import Final

from chalicelib.auth import PUBLIC, SIGNED_IN, Caller
from chalicelib.engagement.models import EngagementRecord
from chalicelib.engagement.store import EngagementStore
from chalicelib.errors import AlreadyExists, InvalidCursor, MoveNotAllowed, NotFound, NotPermitted
from chalicelib.http import Api, Reply
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.permissions import PARTICIPANT
from chalicelib.organizations.store import OrganizationStore
from chalicelib.outcomes import service
from chalicelib.outcomes.models import Outcome, OutcomeDraft
from chalicelib.outcomes.store import OutcomeStore
from chalicelib.outcomes.views import (
    OutcomePage,
    OutcomesQuery,
    Recognition,
    Recognitions,
    RuleList,
    YearQuery,
)
from chalicelib.responses.service import Stores
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Outcomes")

_OUTCOME: Final = "/v1/postings/{posting_id}/responses/{response_id}/outcome"
_MEMBERS: Final = member_of_organization(Role.VIEWER, or_admin=True)


@api.put(
    _OUTCOME,
    permission=SIGNED_IN,
    summary="Confirm what came of a response",
    errors=(NotPermitted, NotFound, MoveNotAllowed, AlreadyExists),
)
def confirm_outcome(caller: Caller, posting_id: Id, response_id: Id, body: OutcomeDraft) -> Outcome:
    """For the school of the two, or whose posting it is where both or none is one; the response has to be accepted.

    It is completed by this. Counts only: no student is named anywhere. The same again changes nothing.
    """
    table = connect()
    return service.confirm(OutcomeStore(table), Stores.over(table), caller, posting_id, response_id, body)


@api.get(_OUTCOME, permission=SIGNED_IN, summary="What came of a response", errors=(NotFound,))
def read_outcome(caller: Caller, posting_id: Id, response_id: Id) -> Outcome:
    """For the members of its two organizations."""
    table = connect()
    return service.read(OutcomeStore(table), Stores.over(table), caller, posting_id, response_id)


@api.get(
    "/v1/organizations/{organization_id}/outcomes",
    permission=_MEMBERS,
    summary="Outcomes of an organization",
    errors=(InvalidCursor,),
)
def list_outcomes(organization_id: Id, query: OutcomesQuery) -> OutcomePage:
    """On either side, those of the newest responses first."""
    scope = f"outcomes.{organization_id}"
    after = page_start(scope, query.cursor)
    items, following = service.list_of_organization(
        OutcomeStore(connect()), organization_id, query.limit, after
    )
    return OutcomePage(items=tuple(items), next_cursor=next_cursor(scope, following))


@api.get(
    "/v1/organizations/{organization_id}/engagement",
    permission=_MEMBERS,
    summary="What an organization did in a year",
    query_example={"year": "2026"},
)
def read_engagement(organization_id: Id, query: YearQuery) -> EngagementRecord:
    """Counted as it happens, for its members and administrators: recognitions follow from it."""
    return service.engagement_of(EngagementStore(connect()), organization_id, query.year)


@api.get(
    "/v1/organizations/{organization_id}/recognitions",
    permission=PARTICIPANT,
    summary="What an organization is recognized for",
    errors=(NotFound,),
    query_example={"year": "2026"},
)
def read_recognitions(organization_id: Id, query: YearQuery) -> Recognitions:
    """The rules for its kind, and which of them it fulfilled in the year: computed from its record."""
    year, found = service.recognitions(
        EngagementStore(connect()), OrganizationStore(connect()), organization_id, query.year
    )
    items = tuple(Recognition(rule=rule, fulfilled=fulfilled) for rule, fulfilled in found)
    return Recognitions(organization_id=organization_id, year=year, items=items)


@api.get("/v1/recognitions/rules", permission=PUBLIC, summary="What organizations are recognized for")
def list_recognition_rules() -> Reply[RuleList]:
    """The rules in force. They are data: an award is computed, not decided."""
    return Reply(RuleList(items=service.rules()), cache_control="public, max-age=3600")
