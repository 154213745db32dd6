"""What an hour does for events: gives away seats that a change left free, and tells people of what is due."""

from collections.abc import Callable
from datetime import datetime

from chalicelib.events.models import Stage
from chalicelib.events.seats import promote_waiting
from chalicelib.events.store import EventStore
from chalicelib.events.telling import SECONDS, tell_about
from chalicelib.events.tickets import TicketSigner
from chalicelib.readable import UNREADABLE, set_aside
from chalicelib.table import keys


def tell_due(
    store: EventStore, signer: TicketSigner, now: datetime, seconds_left: Callable[[], float]
) -> int:
    """Tells people of everything that is due, as far as the time suffices. How many notices were written."""
    told = 0
    for event_id in store.due_until(now):
        if seconds_left() < SECONDS:
            break
        try:
            told += _give_away(store, signer, event_id, now)
            told += tell_about(store, signer, event_id, now, seconds_left)
        except UNREADABLE as error:
            # It stays due, and keeps no other event waiting.
            set_aside(keys.event_pk(event_id), error)
    return told


def _give_away(store: EventStore, signer: TicketSigner, event_id: str, now: datetime) -> int:
    """Gives free seats to those who wait, where a change to more seats was cut off before it did."""
    event = store.get(event_id)
    if event.stage is not Stage.PUBLISHED or not event.waiting or event.seats_taken >= event.capacity:
        return 0
    return promote_waiting(store, signer, event_id, now)
