"""Engagement records in the table: one item a year with a number attribute for every counter.

Placements are counted under ``placed.<kind>.<position>``: at most 57 of them, so an item stays small.
"""

from collections.abc import Iterable
from typing import Final

from chalicelib.engagement.models import Counter, EngagementRecord, PlacementKind, Placements
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import Item
from chalicelib.table.table import Table
from chalicelib.values import Position

_PLACED: Final = "placed."


def placement_attribute(kind: PlacementKind, position: Position) -> str:
    """The attribute that counts the students placed in a kind of work and a position."""
    return f"{_PLACED}{kind.value}.{position.value}"


class EngagementStore:
    """Reads engagement records."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, organization_id: str, year: int) -> EngagementRecord:
        """The record of a year; all zeros where nothing was counted."""
        return _record(organization_id, year, self._table.get(keys.engagement(organization_id, year)) or {})

    def get_many(self, organization_ids: Iterable[str], year: int) -> dict[str, EngagementRecord]:
        """The records of those organizations of which something was counted in a year, by id."""
        wanted = {keys.engagement(one, year): one for one in organization_ids}
        found = self._table.batch_get(wanted)
        records = readable(found.items(), lambda one: _record(wanted[one[0]], year, one[1]))
        return {record.organization_id: record for record in records}


def _record(organization_id: str, year: int, item: Item) -> EngagementRecord:
    placed = (name.removeprefix(_PLACED).split(".") for name in sorted(item) if name.startswith(_PLACED))
    return EngagementRecord(
        organization_id=organization_id,
        year=year,
        **{counter.value: int(item.get(counter.value, 0)) for counter in Counter},
        placements=tuple(
            Placements(
                kind=PlacementKind(kind),
                position=Position(position),
                students=int(item[f"{_PLACED}{kind}.{position}"]),
            )
            for kind, position in placed
        ),
    )
