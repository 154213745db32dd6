"""An hour in which two of everything is due, for the tests of what the hourly run does."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.clock import utc_now
from chalicelib.events.service import EventStore, TicketSigner
from chalicelib.events.service import tell_due as tell_of_events
from chalicelib.notifications.digests import run_digests
from chalicelib.notifications.service import send_unsent
from chalicelib.notifications.writing import told_of
from chalicelib.organizations.store import OrganizationStore
from chalicelib.postings.saved import tell_due
from chalicelib.postings.saved_store import SavedSearchStore
from chalicelib.postings.store import PostingStore
from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting
from tests.functional.notifications.conftest import World
from tests.unit.notifications.samples import notice

NOW = (utc_now() + timedelta(days=2)).replace(hour=13, minute=30, second=0, microsecond=0)


def plenty() -> float:
    """Seconds that are left."""
    return 900.0


@pytest.fixture
def acting(client: Http, token: TokenMaker, world: World) -> Acting:
    """Two of everything that an hour has to do with: notices, saved searches, events, digests."""
    acting = Acting(client, token)
    shop = acting.shop("ann")
    acting.shop("bob")
    for who in ("ann", "bob"):
        acting.done("POST", "/v1/me/searches", who, {"name": "Near us", "zip": "59801"})
        world.meet(who)
        for _ in range(2):
            told = told_of(notice())
            world.tools.notifications.collect(told.id, who, who, told, NOW - timedelta(days=1))
    for _ in range(2):
        acting.posting("ann", shop)
        _event(acting)
    world.times.append(NOW)
    return acting


def _event(acting: Acting) -> None:
    starts = (NOW + timedelta(hours=12)).astimezone(ZoneInfo("America/Denver"))
    body = {
        "title": "Getting started",
        "text": "What to write.",
        "starts_local": f"{starts:%Y-%m-%dT%H:%M}",
        "time_zone": "America/Denver",
        "minutes": 60,
        "capacity": 2,
        "join_url": "https://meet.connects.example/first",
    }
    path = "/v1/administration/events"
    made = acting.done("POST", path, "root", body)
    acting.done("PUT", f"{path}/{made['id']}/status", "root", {"status": "published"}, If_Match='"1"')
    for who in ("ann", "bob", "cem"):
        acting.done("PUT", f"/v1/events/{made['id']}/registration", who)


def steps(world: World) -> dict[str, Callable[[], object]]:
    """What the hourly run does."""
    table, signer = world.table, TicketSigner("a key")
    stores = SavedSearchStore(table), PostingStore(table), OrganizationStore(table)
    return {
        "unsent": lambda: send_unsent(world.tools, plenty),
        "searches": lambda: tell_due(*stores, world.now, plenty),
        "events": lambda: tell_of_events(EventStore(table), signer, world.now, plenty),
        "digests": lambda: run_digests(world.tools, world.digests, plenty),
    }
