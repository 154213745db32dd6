"""Writes a chunk of a list's schools: what is new, what changed, what has to be asked, and nothing else."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.school_lists.imports import Counts
from chalicelib.school_lists.journal import Entry
from chalicelib.school_lists.planning import Outcome, Planner, Step
from chalicelib.school_lists.seen import Seen
from chalicelib.school_lists.store import ImportStore
from chalicelib.table.expressions import Put, Write
from chalicelib.table.keys import Key

_ROUNDS: Final = 5


class ChunkWriter:
    """Writes the chunks of one import. ``record`` is given what a chunk is about to do, before it does it."""

    def __init__(self, imports: ImportStore, planner: Planner, record: Callable[[Entry], None]) -> None:
        self._imports = imports
        self._planner = planner
        self._record = record

    def write(self, chunk: Sequence[Seen], now: datetime) -> tuple[Counts, Entry]:
        """Writes a chunk whose identities are all different, counts what became of its rows, and tells what it did.

        A row that lost a race is looked at again, as is one that needs an item that is written for another row. Raises
        ``TemporarilyUnavailable`` where one loses time after time.
        """
        outcomes: Counter[Outcome] = Counter()
        entry = Entry()
        pending = list(chunk)
        idle = 0
        while pending and idle < _ROUNDS:
            before = len(pending)
            pending = self._round(pending, now, entry, outcomes)
            idle = idle + 1 if len(pending) == before else 0
        if pending:
            raise TemporarilyUnavailable("Others are changing the same schools at this moment.")
        return Counts(**{outcome.value: count for outcome, count in outcomes.items()}), entry

    def _round(
        self, pending: Sequence[Seen], now: datetime, entry: Entry, outcomes: "Counter[Outcome]"
    ) -> list[Seen]:
        steps = self._planner.plan(pending, now, entry)
        outcomes.update(step.outcome for step in steps if not step.writes)
        writing, waiting = _apart(step for step in steps if step.writes)
        if writing or entry.problems:
            self._record(entry)
        written: set[int] = set()
        try:
            for group in _groups(writing):
                written |= self._written(group)
        finally:
            self._planner.forget(step for step in (*writing, *waiting) if step.seen.row not in written)
        outcomes.update(step.outcome for step in writing if step.seen.row in written)
        return [step.seen for step in steps if step.writes and step.seen.row not in written]

    def _written(self, group: Sequence[Step]) -> set[int]:
        """Writes the steps of one transaction, without those that lost a race, and gives the rows that are written."""
        rest = list(group)
        while rest:
            writes = [write for step in rest for write in step.writes]
            owners = [step.seen.row for step in rest for _ in step.writes]
            try:
                self._imports.transact(writes)
            except ConditionFailed as error:
                losers = {owners[position] for position in error.failed}
                rest = [step for step in rest if step.seen.row not in losers]
                continue
            break
        return {step.seen.row for step in rest}


def _apart(steps: Iterable[Step]) -> tuple[list[Step], list[Step]]:
    """Steps that can be written together, and those that write an item that one of the others writes."""
    touched: set[Key] = set()
    writing: list[Step] = []
    waiting: list[Step] = []
    for step in steps:
        keys = {_key_of(write) for write in step.writes}
        (waiting if keys & touched else writing).append(step)
        touched |= keys
    return writing, waiting


def _key_of(write: Write) -> Key:
    return Key(write.item["PK"], write.item["SK"]) if isinstance(write, Put) else write.key


def _groups(steps: Sequence[Step]) -> list[list[Step]]:
    groups: list[list[Step]] = []
    size = ImportStore.MOST_WRITES + 1
    for step in steps:
        if size + len(step.writes) > ImportStore.MOST_WRITES:
            groups.append([])
            size = 0
        groups[-1].append(step)
        size += len(step.writes)
    return groups
