"""Reading the Exchange beside the look-up: histories, releases, metrics and the method."""

from typing import Final

from chalicelib.config import config
from chalicelib.errors import NotFound, ParticipantsOnly
from chalicelib.exchange import releases, service
from chalicelib.exchange.asking import SeriesQuery
from chalicelib.exchange.methodology import Methodology, methodology
from chalicelib.exchange.release_views import ReleasesQuery, ReleasesView, ReleaseView, SeriesAnswer
from chalicelib.exchange.routes import PUBLIC_CACHE, areas_known, reader
from chalicelib.exchange.store import ReleaseIndex
from chalicelib.exchange.views import MetricsView, all_metrics
from chalicelib.http import Api, Reply
from chalicelib.table.cursor import deployed_signer
from chalicelib.table.table import connect

api = Api(__name__, tag="Industry Data Exchange")

PARTICIPANTS_SERIES: Final = "/v1/exchange/participants/series"
SERIES_EXAMPLE: Final = {
    "metric": "hourly_equivalent",
    "position": "technician_a",
    "place": "MT",
    "shop_type": "collision",
}


@api.get(
    "/v1/exchange/series",
    permission=None,
    summary="Get a figure's history",
    errors=(NotFound, ParticipantsOnly),
    query_example=SERIES_EXAMPLE,
)
def get_series(query: SeriesQuery) -> Reply[SeriesAnswer]:
    """What one published cell said on every retained night, as runs of nights on which it said the same.

    It is exactly the cell that is named; the look-up tells which cell covers a place. Where figures are kept for
    those who contribute, this answers 403 and names the route to ask with a token.
    """
    service.check_public(config().exchange_access, PARTICIPANTS_SERIES)
    return series_of(query, PUBLIC_CACHE)


@api.get("/v1/exchange/releases", permission=None, summary="List the releases", query_example={"limit": "30"})
def list_releases(query: ReleasesQuery) -> Reply[ReleasesView]:
    """The retained releases, newest first."""
    view = releases.releases(ReleaseIndex(connect()), deployed_signer(), query)
    return Reply(view, hashed=True, cache_control=PUBLIC_CACHE)


@api.get(
    "/v1/exchange/releases/latest", permission=None, summary="Get the latest release", errors=(NotFound,)
)
def get_latest_release() -> Reply[ReleaseView]:
    """The manifest of the latest release: its night, its thresholds, and its files with their digests."""
    view = releases.latest_release(reader())
    return Reply(view, etag=service.etag_of(view.release_id), cache_control=PUBLIC_CACHE)


@api.get("/v1/exchange/releases/{release_id}", permission=None, summary="Get a release", errors=(NotFound,))
def get_release(release_id: str) -> Reply[ReleaseView]:
    """The manifest of a retained release."""
    view = releases.release_of(reader(), ReleaseIndex(connect()), release_id)
    return Reply(view, etag=service.etag_of(view.release_id), cache_control=PUBLIC_CACHE)


@api.get("/v1/exchange/metrics", permission=None, summary="List the metrics")
def list_metrics() -> Reply[MetricsView]:
    """Everything that can be looked up, with its unit and whether it is asked by position."""
    metrics = all_metrics()
    return Reply(metrics, hashed=True, cache_control=PUBLIC_CACHE)


@api.get("/v1/exchange/methodology", permission=None, summary="Read the method")
def get_methodology() -> Reply[Methodology]:
    """How figures come about, in plain words: the thresholds in force, and what they do not protect against."""
    page = methodology(releases.policy_in_force(reader()))
    return Reply(page, hashed=True, cache_control=PUBLIC_CACHE)


def series_of(query: SeriesQuery, cache_control: str) -> Reply[SeriesAnswer]:
    """A cell's history, whoever asks."""
    areas = areas_known()
    answer = releases.series(reader(), query, areas)
    return Reply(answer, etag=service.etag_of(answer.release_id, query, areas), cache_control=cache_control)
