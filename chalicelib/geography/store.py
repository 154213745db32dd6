"""The delineation in force: one item of some 15 KB, changed on condition."""

from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.errors import ConditionFailed
from chalicelib.geography.delineation import Areas, Delineation
from chalicelib.table import keys
from chalicelib.table.expressions import Item, Put, equals, missing
from chalicelib.table.table import Table


@dataclass(frozen=True, slots=True)
class InForce:
    """A delineation, and since which day there has been one at all."""

    delineation: Delineation
    since: date

    @property
    def areas(self) -> Areas:
        """The areas that follow from it."""
        return Areas(self.delineation, self.since)


class DelineationStore:
    """The delineation as an item of the table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def find(self, *, consistent: bool = True) -> InForce | None:
        """The delineation in force; None before the first one."""
        item = self.table.get(keys.DELINEATION, consistent=consistent)
        if item is None:
            return None
        return InForce(Delineation.unpack(bytes(item["doc"])), date.fromisoformat(item["since"]))

    def replace(self, before: InForce | None, after: InForce, now: datetime) -> bool:
        """Puts a delineation into force; False, and no change, where another was quicker."""
        item: Item = {
            "PK": keys.DELINEATION.pk,
            "SK": keys.DELINEATION.sk,
            "digest": after.delineation.digest,
            "vintage": after.delineation.vintage.isoformat(),
            "since": after.since.isoformat(),
            "taken_at": now.isoformat(),
            "doc": after.delineation.pack(),
        }
        condition = missing() if before is None else equals("digest", before.delineation.digest)
        try:
            self.table.write(Put(item, condition))
        except ConditionFailed:
            return False
        return True
