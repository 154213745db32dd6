"""Reading the Exchange: public, and cheap to serve."""

from typing import Final

from chalicelib.aws import s3
from chalicelib.config import config
from chalicelib.errors import NotFound
from chalicelib.exchange import service
from chalicelib.exchange.reader import Memory, ReleaseReader
from chalicelib.exchange.store import PointerStore, ReleaseObjects
from chalicelib.exchange.views import LookupAnswer, LookupQuery, MetricsView, ReleaseView
from chalicelib.http import Api, Reply
from chalicelib.table.table import connect

api = Api(__name__, tag="Industry Data Exchange")

_KEPT: Final = "public, max-age=300"
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
    errors=(NotFound,),
    query_example={
        "metric": "hourly_equivalent",
        "position": "technician_a",
        "state": "MT",
        "shop_type": "collision",
    },
)
def look_up_figure(query: LookupQuery) -> Reply[LookupAnswer]:
    """The most specific published figures for a metric in a place.

    These are the state's own for the shop type asked for, else those of all its shop types, else the Census
    division's and at last the nation's, in the same order. The answer says which it is, what was passed over,
    and which published figures cover more.

    Metrics of pay need a ``position``; the others take none. Send either ``state`` or ``zip``.
    """
    answer = service.look_up(_reader(), query)
    return Reply(answer, etag=service.etag_of(answer.release_id, query), cache_control=_KEPT)


@api.get(
    "/v1/exchange/releases/latest", permission=None, summary="Get the latest release", errors=(NotFound,)
)
def get_latest_release() -> Reply[ReleaseView]:
    """The manifest of the latest release: its night, its thresholds, and its files with their digests."""
    view = service.latest_release(_reader())
    return Reply(view, etag=service.etag_of(view.release_id), cache_control=_KEPT)


@api.get("/v1/exchange/metrics", permission=None, summary="List the metrics")
def list_metrics() -> Reply[MetricsView]:
    """Everything that can be looked up, with its unit and whether it is asked by position."""
    return Reply(service.all_metrics(), cache_control=_KEPT)
