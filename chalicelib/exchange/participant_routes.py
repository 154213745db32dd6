"""What participants ask of the Exchange with a token: figures, and their own beside them."""

from typing import Final

from chalicelib.errors import Conflict, NotFound
from chalicelib.exchange.asking import LookupQuery, SeriesQuery
from chalicelib.exchange.comparison import Comparison, compare
from chalicelib.exchange.permissions import PARTICIPANTS
from chalicelib.exchange.release_routes import PARTICIPANTS_SERIES, SERIES_EXAMPLE, series_of
from chalicelib.exchange.release_views import SeriesAnswer
from chalicelib.exchange.routes import LOOKUP_EXAMPLE, PARTICIPANTS_LOOKUP, areas_known, looked_up, reader
from chalicelib.exchange.views import LookupAnswer
from chalicelib.http import Api, Reply
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.submissions.service import SubmissionStore
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Industry Data Exchange")

_PRIVATE: Final = "private, max-age=300"


@api.get(
    PARTICIPANTS_LOOKUP,
    permission=PARTICIPANTS,
    summary="Look up a figure as a participant",
    errors=(NotFound,),
    query_example=LOOKUP_EXAMPLE,
)
def look_up_figure_as_participant(query: LookupQuery) -> Reply[LookupAnswer]:
    """The same as the public look-up, whoever may read figures: a client with a token can always ask here."""
    return looked_up(query, _PRIVATE)


@api.get(
    PARTICIPANTS_SERIES,
    permission=PARTICIPANTS,
    summary="Get a figure's history as a participant",
    errors=(NotFound,),
    query_example=SERIES_EXAMPLE,
)
def get_series_as_participant(query: SeriesQuery) -> Reply[SeriesAnswer]:
    """The same as the public history, whoever may read figures."""
    return series_of(query, _PRIVATE)


@api.get(
    "/v1/organizations/{organization_id}/comparison",
    permission=member_of_organization(Role.VIEWER),
    summary="Compare own figures",
    errors=(NotFound, Conflict),
)
def compare_own_figures(organization_id: Id) -> Comparison:
    """The organization's own figures in force, each against the most specific published cell that covers it."""
    table = connect()
    return compare(reader(), SubmissionStore(table), OrganizationStore(table), areas_known(), organization_id)
