"""Reading the Exchange: cheap to serve, and public unless the deployment keeps figures for those who contribute.

A public route asks for no token and so knows no caller. Each route of figures therefore exists twice: in public,
where it answers 403 under the participants' policy, and below ``/participants``, behind the authorizer.
"""

from typing import Final

from chalicelib.aws import s3
from chalicelib.config import config
from chalicelib.errors import Conflict, NotFound, ParticipantsOnly
from chalicelib.exchange import service
from chalicelib.exchange.asking import LookupQuery, SeriesQuery
from chalicelib.exchange.comparison import Comparison, compare
from chalicelib.exchange.methodology import Methodology, methodology
from chalicelib.exchange.permissions import PARTICIPANTS
from chalicelib.exchange.reader import Memory, ReleaseReader
from chalicelib.exchange.release_views import ReleasesQuery, ReleasesView, ReleaseView, SeriesAnswer
from chalicelib.exchange.store import PointerStore, ReleaseIndex, ReleaseObjects
from chalicelib.exchange.views import LookupAnswer, MetricsView, all_metrics
from chalicelib.geography.service import Areas, DelineationStore, areas_in_force
from chalicelib.http import Api, Reply
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.submissions.store import SubmissionStore
from chalicelib.table.cursor import CursorSigner
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Industry Data Exchange")

_PUBLIC: Final = "public, max-age=300"
_PRIVATE: Final = "private, max-age=300"
_LOOKUP: Final = "/v1/exchange/participants/lookup"
_SERIES: Final = "/v1/exchange/participants/series"
_LOOKUP_EXAMPLE: Final = {
    "metric": "hourly_equivalent",
    "position": "technician_a",
    "state": "MT",
    "shop_type": "collision",
}
_SERIES_EXAMPLE: Final = {
    "metric": "hourly_equivalent",
    "position": "technician_a",
    "place": "MT",
    "shop_type": "collision",
}
_memory: Final = Memory()


def _reader() -> ReleaseReader:
    settings = config()
    return ReleaseReader(
        PointerStore(connect()),
        ReleaseObjects(s3(), settings.releases_bucket),
        _memory,
        settings.latest_release_seconds,
    )


@api.get(
    "/v1/exchange/lookup",
    permission=None,
    summary="Look up a figure",
    errors=(NotFound, ParticipantsOnly),
    query_example=_LOOKUP_EXAMPLE,
)
def look_up_figure(query: LookupQuery) -> Reply[LookupAnswer]:
    """The most specific published figures for a metric in a place.

    These are the area's own for the shop type asked for, else those of all its shop types, else the state's, the
    Census division's and at last the nation's, in the same order. The answer says which it is, what was passed
    over, and which published figures cover more.

    Metrics of pay need a ``position``; the others take none. Send one of ``zip``, ``area``, ``metro`` and ``state``.
    Where figures are kept for those who contribute, this answers 403 and names the route to ask with a token.
    """
    service.check_public(config().exchange_access, _LOOKUP)
    return _looked_up(query, _PUBLIC)


@api.get(
    _LOOKUP,
    permission=PARTICIPANTS,
    summary="Look up a figure as a participant",
    errors=(NotFound,),
    query_example=_LOOKUP_EXAMPLE,
)
def look_up_figure_as_participant(query: LookupQuery) -> Reply[LookupAnswer]:
    """The same as the public look-up, whoever may read figures: a client with a token can always ask here."""
    return _looked_up(query, _PRIVATE)


@api.get(
    "/v1/exchange/series",
    permission=None,
    summary="Get a figure's history",
    errors=(NotFound, ParticipantsOnly),
    query_example=_SERIES_EXAMPLE,
)
def get_series(query: SeriesQuery) -> Reply[SeriesAnswer]:
    """What one published cell said on every retained night, as runs of nights on which it said the same.

    It is exactly the cell that is named; the look-up tells which cell covers a place. Where figures are kept for
    those who contribute, this answers 403 and names the route to ask with a token.
    """
    service.check_public(config().exchange_access, _SERIES)
    return _series(query, _PUBLIC)


@api.get(
    _SERIES,
    permission=PARTICIPANTS,
    summary="Get a figure's history as a participant",
    errors=(NotFound,),
    query_example=_SERIES_EXAMPLE,
)
def get_series_as_participant(query: SeriesQuery) -> Reply[SeriesAnswer]:
    """The same as the public history, whoever may read figures."""
    return _series(query, _PRIVATE)


@api.get("/v1/exchange/releases", permission=None, summary="List the releases", query_example={"limit": "30"})
def list_releases(query: ReleasesQuery) -> Reply[ReleasesView]:
    """The retained releases, newest first."""
    signer = CursorSigner(config().cursor_key.get_secret_value())
    view = service.releases(ReleaseIndex(connect()), signer, query)
    return Reply(view, etag=service.etag_of_body(view), cache_control=_PUBLIC)


@api.get(
    "/v1/exchange/releases/latest", permission=None, summary="Get the latest release", errors=(NotFound,)
)
def get_latest_release() -> Reply[ReleaseView]:
    """The manifest of the latest release: its night, its thresholds, and its files with their digests."""
    view = service.latest_release(_reader())
    return Reply(view, etag=service.etag_of(view.release_id), cache_control=_PUBLIC)


@api.get("/v1/exchange/releases/{release_id}", permission=None, summary="Get a release", errors=(NotFound,))
def get_release(release_id: str) -> Reply[ReleaseView]:
    """The manifest of a retained release."""
    view = service.release_of(_reader(), ReleaseIndex(connect()), release_id)
    return Reply(view, etag=service.etag_of(view.release_id), cache_control=_PUBLIC)


@api.get("/v1/exchange/metrics", permission=None, summary="List the metrics")
def list_metrics() -> Reply[MetricsView]:
    """Everything that can be looked up, with its unit and whether it is asked by position."""
    metrics = all_metrics()
    return Reply(metrics, etag=service.etag_of_body(metrics), cache_control=_PUBLIC)


@api.get("/v1/exchange/methodology", permission=None, summary="Read the method")
def get_methodology() -> Reply[Methodology]:
    """How figures come about, in plain words: the thresholds in force, and what they do not protect against."""
    page = methodology(service.policy_in_force(_reader()))
    return Reply(page, etag=service.etag_of_body(page), cache_control=_PUBLIC)


@api.get(
    "/v1/organizations/{organization_id}/comparison",
    permission=member_of_organization(Role.VIEWER),
    summary="Compare own figures",
    errors=(NotFound, Conflict),
)
def compare_own_figures(organization_id: Id) -> Comparison:
    """The organization's own figures in force, each against the most specific published cell that covers it."""
    table = connect()
    return compare(_reader(), SubmissionStore(table), OrganizationStore(table), _areas(), organization_id)


def _areas() -> Areas:
    return areas_in_force(DelineationStore(connect()))


def _looked_up(query: LookupQuery, cache_control: str) -> Reply[LookupAnswer]:
    areas = _areas()
    answer = service.look_up(_reader(), query, areas)
    return Reply(answer, etag=service.etag_of(answer.release_id, query, areas), cache_control=cache_control)


def _series(query: SeriesQuery, cache_control: str) -> Reply[SeriesAnswer]:
    areas = _areas()
    answer = service.series(_reader(), query, areas)
    return Reply(answer, etag=service.etag_of(answer.release_id, query, areas), cache_control=cache_control)
