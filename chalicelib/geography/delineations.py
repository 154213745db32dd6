"""Putting a delineation into force, and knowing which one is."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from time import monotonic
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from chalicelib.errors import TemporarilyUnavailable
from chalicelib.geography.delineation import Areas
from chalicelib.geography.delineation_file import read_delineation
from chalicelib.geography.models import NotADelineation
from chalicelib.geography.store import DelineationStore, InForce
from chalicelib.table.table import Table

_ATTEMPTS: Final = 5
_KEPT_SECONDS: Final = 300.0
_known: WeakKeyDictionary[Table, tuple[float, Areas]] = WeakKeyDictionary()


class Taken(NamedTuple):
    """What became of a delineation that was handed in. ``changed`` is False where it was in force already.

    ``vintage`` is a month such as ``2023-07``; ``counties`` are those in metropolitan areas.
    """

    vintage: str
    metros: int
    counties: int
    changed: bool


def take_delineation(store: DelineationStore, rows: Iterable[Sequence[str]], now: datetime) -> Taken:
    """Puts the delineation in the rows of a sheet into force.

    Nothing else is written: an organization's area follows from its ZIP code and the delineation whenever it is asked
    for, so every organization is in its new area at once. The same delineation again writes nothing. Raises
    ``NotADelineation`` where the rows are none, or an older one than that in force, and ``TemporarilyUnavailable``.
    """
    delineation = read_delineation(rows)
    month = f"{delineation.vintage:%Y-%m}"
    for _ in range(_ATTEMPTS):
        before = store.find()
        same = before is not None and before.delineation.digest == delineation.digest
        if before is not None and delineation.vintage < before.delineation.vintage:
            raise NotADelineation(
                f"The list is of {month}, and the one in force of {before.delineation.vintage:%Y-%m}.",
                "Upload the newest one: an older list never takes the place of a newer one.",
            )
        after = InForce(delineation, before.since if before else now.date())
        if same or store.replace(before, after, now):
            _known.pop(store.table, None)
            return Taken(month, len(delineation.titles), delineation.counties, not same)
    raise TemporarilyUnavailable("Others are changing the metropolitan areas at this moment. Try again.")


def areas_now(store: DelineationStore) -> Areas:
    """The areas in force, read from the table. Raises ``TemporarilyUnavailable``."""
    found = store.find()
    return found.areas if found else Areas()


def areas_in_force(store: DelineationStore, time: Callable[[], float] = monotonic) -> Areas:
    """The areas that are, or up to five minutes ago were, in force: one small read in five minutes.

    Raises ``TemporarilyUnavailable`` in a process that never read them.
    """
    good_until, areas = _known.get(store.table, (0.0, Areas()))
    if time() >= good_until:
        found = store.find(consistent=False)
        areas = found.areas if found else Areas()
        _known[store.table] = time() + _KEPT_SECONDS, areas
    return areas
