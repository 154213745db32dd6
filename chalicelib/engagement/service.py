"""The write that counts what an organization did, for the transaction that does it; and the record of a year."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.engagement.models import Counter, EngagementRecord, PlacementKind, year_of
from chalicelib.engagement.store import EngagementStore, placement_attribute
from chalicelib.table import keys
from chalicelib.table.expressions import Update
from chalicelib.values import Position

__all__ = ["EngagementStore", "count_write", "record"]


def count_write(
    organization_id: str,
    now: datetime,
    counts: Mapping[Counter, int],
    placed: Mapping[tuple[PlacementKind, Position], int] | None = None,
) -> Update:
    """The write that adds to an organization's record of the present year. It has no condition.

    A transaction can hold one of them for an organization: count everything in one call. ``placed`` says of
    the students placed which kind of work and position they have.
    """
    added = {counter.value: number for counter, number in counts.items() if number}
    added |= {placement_attribute(*where): number for where, number in (placed or {}).items() if number}
    return Update(keys.engagement(organization_id, year_of(now)), add=added)


def record(store: EngagementStore, organization_id: str, year: int) -> EngagementRecord:
    """What an organization did in a year; all zeros where nothing was counted."""
    return store.get(organization_id, year)
