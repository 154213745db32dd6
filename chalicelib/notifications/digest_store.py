"""What waits for digests in the table, and up to when each person and each day is done."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from chalicelib.clock import new_id
from chalicelib.errors import ConditionFailed
from chalicelib.notifications.models import Told
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import Put, Update, exists, less_than, without
from chalicelib.table.table import Table

LEASE: Final = timedelta(minutes=20)
"""How long a claimed digest is left to the run that claimed it: longer than that run may take."""
_REMEMBERED: Final = timedelta(days=60)
"""How long it is known that a digest went out: longer than anything waits for one."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What waits for a person's digest, and since when."""

    user_id: str
    collected_at: str
    told: Told


class DigestStore:
    """Reads and writes what waits for digests."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def collected(self) -> Iterator[Collected]:
        """All that waits, person after person, each person's oldest first."""
        items = self._table.query_all(
            keys.DIGESTS,
            index=keys.DIRECTORY,
            attributes=("PK", "SK", "user_id", "collected_at", "doc"),
        )
        return readable(
            items,
            lambda item: Collected(
                str(item["user_id"]), str(item["collected_at"]), Told.model_validate_json(item["doc"])
            ),
        )

    def mailed_until(self, user_id: str) -> str:
        """The cut of the last digest that a person was mailed; empty where there was none."""
        item = self._table.get(keys.digest_state(user_id))
        return str(item.get("cut", "")) if item else ""

    def claim(self, user_id: str, cut: str, now: datetime) -> None:
        """Takes a digest on. Raises ``ConditionFailed`` where it is done, or somebody else's at this moment."""
        self._table.write(
            Update(
                keys.digest_state(user_id),
                set={
                    "claimed_until": int((now + LEASE).timestamp()),
                    "claim": new_id(),
                    "expires_at": int((now + _REMEMBERED).timestamp()),
                },
                condition=(without("cut") | less_than("cut", cut))
                & (without("claimed_until") | less_than("claimed_until", int(now.timestamp()))),
            )
        )

    def release(self, user_id: str) -> None:
        """Gives a claimed digest back."""
        self._update(Update(keys.digest_state(user_id), remove=("claimed_until",), condition=exists()))

    def finish(self, user_id: str, cut: str) -> None:
        """Notes that a person was mailed all that was collected before the cut."""
        self._update(
            Update(
                keys.digest_state(user_id), set={"cut": cut}, remove=("claimed_until",), condition=exists()
            )
        )

    def _update(self, update: Update) -> None:
        # Whoever was erased while the mail went out leaves nothing behind.
        try:
            self._table.write(update)
        except ConditionFailed:
            return

    def forget(self, user_id: str, entries: Iterable[str]) -> None:
        """Forgets what waited."""
        self._table.delete_all(keys.digest_entry(user_id, entry) for entry in entries)

    def done(self, day: date) -> bool:
        """Whether all digests of a day are out."""
        item = self._table.get(keys.digests_done())
        return item is not None and item["day"] >= day.isoformat()

    def mark_done(self, day: date) -> None:
        """Notes that all digests of a day are out."""
        pk, sk = keys.digests_done()
        self._table.write(Put({"PK": pk, "SK": sk, "day": day.isoformat()}))
