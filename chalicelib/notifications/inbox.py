"""What people read in the application of what they were told."""

from chalicelib.clock import Clock
from chalicelib.errors import ConditionFailed, NotFound
from chalicelib.notifications.models import InboxEntry, Kept
from chalicelib.notifications.store import NotificationStore


def entries(
    store: NotificationStore, pk: str, limit: int, before: str | None, clock: Clock
) -> tuple[list[InboxEntry], str | None]:
    """A page of an inbox, newest first, behind the entry ``before``; and what the next page begins behind."""
    read_until = store.read_until(pk)
    kept, following = store.inbox(pk, limit, before, clock())
    return [_shown(one, read_until) for one in kept], following


def mark_read(store: NotificationStore, pk: str, entry: str) -> None:
    """Marks one entry as read; again does no harm. Raises ``NotFound`` where there is none."""
    try:
        store.mark_read(pk, entry)
    except ConditionFailed as missing:
        raise _no_entry() from missing


def mark_read_until(store: NotificationStore, pk: str, entry: str) -> None:
    """Marks as read what had come in by the time an entry did. Raises ``NotFound`` where there is no such entry."""
    kept = store.inbox_entry(pk, entry)
    if kept is None:
        raise _no_entry()
    store.mark_read_until(pk, kept.delivered_at)


def _shown(kept: Kept, read_until: str) -> InboxEntry:
    read = kept.read or kept.delivered_at <= read_until
    return InboxEntry(**kept.told.model_dump(exclude={"path"}), read=read)


def _no_entry() -> NotFound:
    return NotFound("There is no such entry in this inbox; entries are kept for 180 days.")
