"""Deliveries, inboxes and what waits for digests, in the table."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from chalicelib.clock import new_id
from chalicelib.errors import ConditionFailed
from chalicelib.notifications.models import INBOX_KEPT, Kept, Outcome, Told, Unsent
from chalicelib.readable import readable, text_of
from chalicelib.table import keys
from chalicelib.table.expressions import Item, Put, Update, exists, less_than, missing, without
from chalicelib.table.table import Table

LEASE: Final = timedelta(minutes=3)
"""How long a claimed delivery is left to who claimed it: longer than the function that delivers may run."""
_RECORDED: Final = timedelta(days=30)
_WAITING: Final = timedelta(days=30)


class NotificationStore:
    """Reads and writes what is known of notices that were told."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # -- the outbox

    def unsent(self, before: datetime) -> Iterator[Unsent]:
        """Notices written before a moment that were not wholly told yet, oldest first."""
        items = self._table.query_all(
            keys.OUTBOX,
            index=keys.DIRECTORY,
            between=("0", before.isoformat()),
            limit=100,
            attributes=("PK", keys.DIRECTORY.sk, "doc"),
        )
        for item in items:
            moment, _, notice_id = item[keys.DIRECTORY.sk].partition("#")
            yield Unsent(notice_id, datetime.fromisoformat(moment), item.get("doc", ""))

    def mark_sent(self, notice_id: str) -> None:
        """Takes a notice from what is unsent; again does no harm, and neither does it once the notice is gone."""
        try:
            self._table.write(
                Update(
                    keys.notice(notice_id),
                    remove=(keys.DIRECTORY.pk, keys.DIRECTORY.sk),
                    condition=exists(),
                )
            )
        except ConditionFailed:
            return

    # -- deliveries

    def outcome(self, notice_id: str, recipient: str) -> Outcome | None:
        """What became of a notice for a recipient; None where that is open."""
        item = self._table.get(keys.delivery(notice_id, recipient))
        return Outcome(item["outcome"]) if item and "outcome" in item else None

    def claim(self, notice_id: str, recipient: str, now: datetime) -> None:
        """Takes a delivery on. Raises ``ConditionFailed`` where it is done, or somebody else's at this moment."""
        self._table.write(
            Update(
                keys.delivery(notice_id, recipient),
                set={
                    "claimed_until": int((now + LEASE).timestamp()),
                    "claim": new_id(),
                    "expires_at": int((now + _RECORDED).timestamp()),
                },
                condition=without("outcome")
                & (without("claimed_until") | less_than("claimed_until", int(now.timestamp()))),
            )
        )

    def release(self, notice_id: str, recipient: str) -> None:
        """Gives a claimed delivery back, so that it is tried again at once."""
        self._table.write(Update(keys.delivery(notice_id, recipient), remove=("claimed_until",)))

    def finish(self, notice_id: str, recipient: str, outcome: Outcome) -> None:
        """Notes what became of a delivery."""
        self._table.write(Update(keys.delivery(notice_id, recipient), set={"outcome": outcome.value}))

    def collect(self, notice_id: str, recipient: str, user_id: str, told: Told, now: datetime) -> None:
        """Keeps a notice for a person's next digest. Raises ``ConditionFailed`` where that was done before."""
        pk, sk = keys.delivery(notice_id, recipient)
        record = {
            "PK": pk,
            "SK": sk,
            "outcome": Outcome.COLLECTED.value,
            "expires_at": int((now + _RECORDED).timestamp()),
        }
        pk, sk = keys.digest_entry(user_id, told.id)
        waiting = {
            "PK": pk,
            "SK": sk,
            **keys.digest_queue(user_id, told.id),
            "user_id": user_id,
            "collected_at": now.isoformat(),
            "doc": told.model_dump_json(),
            "expires_at": int((now + _WAITING).timestamp()),
        }
        self._table.transact(Put(record, missing()), Put(waiting))

    # -- inboxes

    def put_in_inbox(self, pk: str, told: Told, now: datetime) -> None:
        """Puts a notice into an inbox once: it stays as it is where it is there already."""
        sk = keys.inbox_entry(pk, told.id).sk
        item: Item = {
            "PK": pk,
            "SK": sk,
            "doc": told.model_dump_json(),
            "delivered_at": now.isoformat(),
            "expires_at": int((now + INBOX_KEPT).timestamp()),
        }
        try:
            self._table.write(Put(item, missing()))
        except ConditionFailed:
            return

    def inbox(self, pk: str, limit: int, before: str | None, now: datetime) -> tuple[list[Kept], str | None]:
        """A page of an inbox, newest first, behind the entry ``before``; and what the next page begins behind."""
        start = None if before is None else {"PK": pk, "SK": keys.inbox_entry(pk, before).sk}
        page = self._table.query(
            pk,
            begins_with=keys.INBOX,
            descending=True,
            limit=limit,
            start=start,
        )
        # What has expired goes within days, but is not shown meanwhile.
        kept = (item for item in page.items if item.get("expires_at", 0) > int(now.timestamp()))
        shown = list(readable(kept, _kept))
        return shown, page.next["SK"].removeprefix(keys.INBOX) if page.next else None

    def inbox_entry(self, pk: str, entry: str) -> Kept | None:
        """One entry of an inbox."""
        item = self._table.get(keys.inbox_entry(pk, entry))
        return None if item is None else _kept(item)

    def mark_read(self, pk: str, entry: str) -> None:
        """Marks one entry. Raises ``ConditionFailed`` where there is none."""
        self._table.write(Update(keys.inbox_entry(pk, entry), set={"read": True}, condition=exists()))

    def read_until(self, pk: str) -> str:
        """The moment up to which everything that came in counts as read."""
        item = self._table.get(keys.inbox_state(pk))
        return str(item["read_until"]) if item else ""

    def mark_read_until(self, pk: str, moment: str) -> None:
        """Marks everything that came in until a moment; an earlier moment than the last changes nothing."""
        try:
            self._table.write(
                Update(
                    keys.inbox_state(pk),
                    set={"read_until": moment},
                    condition=without("read_until") | less_than("read_until", moment),
                )
            )
        except ConditionFailed:
            return

    # -- erasure

    def delete_of_person(self, user_id: str, limit: int) -> bool:
        """Deletes at most ``limit`` things of each kind. True where more is left."""
        pk = keys.person_pk(user_id)
        pages = [
            self._table.query(pk, begins_with=prefix, limit=limit, attributes=("PK", "SK"))
            # The states beside the entries begin alike.
            for prefix in (keys.inbox_state(pk).sk, keys.DIGEST.rstrip("#"))
        ]
        self._table.delete_all(keys.Key(item["PK"], item["SK"]) for page in pages for item in page.items)
        return any(page.next is not None for page in pages)


def _kept(item: Item) -> Kept:
    return Kept(
        told=Told.model_validate_json(item["doc"]),
        delivered_at=text_of(item, "delivered_at"),
        read=bool(item.get("read", False)),
    )
