"""Looking up a figure: the request that most people make, so this module imports little beside what answers it.

A public route asks for no token and so knows no caller. Each route of figures therefore exists twice: in public,
where it answers 403 under the participants' policy, and below ``/participants``, behind the authorizer
(``participant_routes``). What else is read of the Exchange is in ``release_routes``.
"""

from typing import Final

from chalicelib.aws import s3
from chalicelib.config import config
from chalicelib.errors import NotFound, ParticipantsOnly
from chalicelib.exchange import service
from chalicelib.exchange.asking import LookupQuery
from chalicelib.exchange.reader import Memory, ReleaseReader
from chalicelib.exchange.store import PointerStore, ReleaseObjects
from chalicelib.exchange.views import LookupAnswer
from chalicelib.geography.service import Areas, DelineationStore, areas_in_force
from chalicelib.http import Api, Reply
from chalicelib.table.table import connect

api = Api(__name__, tag="Industry Data Exchange")

PUBLIC_CACHE: Final = "public, max-age=300"
PARTICIPANTS_LOOKUP: Final = "/v1/exchange/participants/lookup"
LOOKUP_EXAMPLE: Final = {
    "metric": "hourly_equivalent",
    "position": "technician_a",
    "state": "MT",
    "shop_type": "collision",
}
_memory: Final = Memory()


def reader() -> ReleaseReader:
    """Reads releases with what this process remembers of them."""
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
    query_example=LOOKUP_EXAMPLE,
)
def look_up_figure(query: LookupQuery) -> Reply[LookupAnswer]:
    """The most specific published figures for a metric in a place.

    These are the area's own for the shop type asked for, else those of all its shop types, else the state's, the
    Census division's and at last the nation's, in the same order. The answer says which it is, what was passed
    over, and which published figures cover more.

    Metrics of pay need a ``position``; the others take none. Send one of ``zip``, ``area``, ``metro`` and ``state``.
    Where figures are kept for those who contribute, this answers 403 and names the route to ask with a token.
    """
    service.check_public(config().exchange_access, PARTICIPANTS_LOOKUP)
    return looked_up(query, PUBLIC_CACHE)


def areas_known() -> Areas:
    """The areas in force, as this process knows them."""
    return areas_in_force(DelineationStore(connect()))


def looked_up(query: LookupQuery, cache_control: str) -> Reply[LookupAnswer]:
    """The answer to a look-up, whoever asks."""
    areas = areas_known()
    answer = service.look_up(reader(), query, areas)
    return Reply(answer, etag=service.etag_of(answer.release_id, query, areas), cache_control=cache_control)
