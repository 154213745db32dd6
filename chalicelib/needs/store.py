"""Openings and the published demand in the table."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Final

from chalicelib.errors import ConditionFailed, NotFound
from chalicelib.needs.demand import DemandDocument, Pointer
from chalicelib.needs.lines import line_of
from chalicelib.needs.models import Opening
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import Item, Put, Write, equals, missing
from chalicelib.table.table import Table
from chalicelib.values import Position, Subject

_LINE: Final = "x"
_KEPT: Final = timedelta(days=60)
"""How long the documents of a release are kept; the demand is published anew within a week."""


class OpeningStore:
    """Items to openings and back."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, organization_id: str, position: Position) -> Opening:
        """A shop's openings in a position. Raises ``NotFound``."""
        item = self._table.get(keys.opening(organization_id, position.value))
        if item is None:
            raise NotFound("There are no openings stated for this position.")
        return _opening(item)

    def of_organization(self, organization_id: str) -> list[Opening]:
        """All of a shop's openings: at most one for each position."""
        items = self._table.query_all(keys.organization_pk(organization_id), begins_with=keys.OPENING)
        return list(readable(items, _opening))

    def lines(self) -> list[str]:
        """The lines of all openings, one query a shard."""
        return [
            line
            for number in range(keys.CONTRIBUTION_SHARDS)
            for page in self._table.column(keys.openings(number), keys.CONTRIBUTIONS, _LINE)
            for line in page
        ]

    def gone(self, owners: Collection[str]) -> set[str]:
        """Those of the ids that are neither an organization's nor an owner group's any more; 50 a request."""
        shops = {keys.organization(one): one for one in owners}
        groups = {keys.owner_group(one): one for one in owners}
        found = self._table.batch_get([*shops, *groups], attributes=("closing",))
        there = {shops.get(key) or groups[key] for key, item in found.items() if "closing" not in item}
        return set(owners) - there

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self._table.transact(*writes)

    def delete(self, organization_id: str, position: Position) -> None:
        """Takes openings away; again does no harm."""
        self._table.delete_all([keys.opening(organization_id, position.value)])


class DemandStore:
    """The published demand: a pointer, and a document for each state and subject."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def latest(self) -> Pointer | None:
        """What is published, or None before the first night."""
        item = self._table.get(keys.latest_demand())
        return Pointer.model_validate_json(item["doc"]) if item is not None else None

    def find(self, release: str, state: str, subject: Subject) -> DemandDocument | None:
        """The demand in a state, or None where nothing is published that covers it."""
        item = self._table.get(keys.demand(release, state, subject.value), consistent=False)
        return DemandDocument.model_validate_json(item["doc"]) if item is not None else None

    def put_all(self, release: str, documents: Iterable[DemandDocument], now: datetime) -> None:
        """Writes the documents of a release; nobody reads them before the pointer names it."""
        for document in documents:
            key = keys.demand(release, document.state, document.subject.value)
            self._table.write(
                Put(
                    {
                        **key.attributes,
                        "doc": document.model_dump_json(),
                        "expires_at": int((now + _KEPT).timestamp()),
                    }
                )
            )

    def point(self, before: Pointer | None, after: Pointer) -> bool:
        """Makes a release the latest; False where another run was faster."""
        item = {
            **keys.latest_demand().attributes,
            "release": after.release,
            "night": after.checked.isoformat(),
            "doc": after.model_dump_json(),
        }
        unchanged = (
            missing()
            if before is None
            else equals("release", before.release) & equals("night", before.checked.isoformat())
        )
        try:
            self._table.write(Put(item, unchanged))
        except ConditionFailed:
            return False
        return True


def opening_put(opening: Opening) -> Put:
    """The write of openings, over what was stated before. It goes by itself some days after it stops to count."""
    gone = datetime.combine(opening.counts_until, time(), UTC) + timedelta(days=30)
    return Put(
        {
            **keys.opening(opening.organization_id, opening.position.value).attributes,
            **keys.opening_entry(opening.organization_id, opening.position.value),
            _LINE: line_of(opening),
            "doc": opening.model_dump_json(),
            "expires_at": int(gone.timestamp()),
        }
    )


def _opening(item: Item) -> Opening:
    return Opening.model_validate_json(item["doc"])
