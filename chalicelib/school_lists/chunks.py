"""Writes a chunk of a list's schools: what is new, what changed, and nothing else."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.organizations.models import Organization
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.imports import Counts
from chalicelib.school_lists.models import SchoolRecord
from chalicelib.school_lists.store import ImportStore, KnownSchool, first_write, next_write
from chalicelib.table.expressions import Write

_ROUNDS: Final = 5


class Outcome(StrEnum):
    """What a row did: the names are those of the counts."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_ALONE = "left_alone"


@dataclass(frozen=True, slots=True)
class Seen:
    """A good row of a list."""

    row: int
    record: SchoolRecord
    identity: Identity
    digest: str


class Directory(Protocol):
    """The schools of the directory, as far as an import may touch them."""

    def new(self, organization_id: str, record: SchoolRecord, now: datetime) -> Write:
        """The write of a new school, which fails where there is an organization with this id."""

    def current(self, organization_ids: Iterable[str]) -> Mapping[str, Organization]:
        """The organizations that there are."""

    def changed(self, school: Organization, record: SchoolRecord, now: datetime) -> Write | None:
        """The write that makes a school say what the list says, or None where it does.

        It fails where the school was changed or claimed in the meantime.
        """

    def kept_by_people(self, school: Organization) -> bool:
        """Whether a school is its own people's, so that no list changes it."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What is to be written for one row: all of it or nothing."""

    seen: Seen
    outcome: Outcome
    writes: tuple[Write, ...]


class ChunkWriter:
    """Writes the chunks of one import."""

    def __init__(
        self, imports: ImportStore, directory: Directory, import_id: str, new_id: Callable[[], str]
    ) -> None:
        self._imports = imports
        self._directory = directory
        self._import_id = import_id
        self._new_id = new_id

    def write(self, chunk: Sequence[Seen], now: datetime) -> Counts:
        """Writes a chunk whose identities are all different, and counts what became of its rows.

        A row that lost a race is looked at again. Raises ``TemporarilyUnavailable`` where one loses time
        after time.
        """
        outcomes: Counter[Outcome] = Counter()
        pending = list(chunk)
        for _ in range(_ROUNDS):
            pending = self._round(pending, now, outcomes)
            if not pending:
                return Counts(**{outcome.value: count for outcome, count in outcomes.items()})
        raise TemporarilyUnavailable("Others are changing the same schools at this moment.")

    def _round(self, pending: Sequence[Seen], now: datetime, outcomes: "Counter[Outcome]") -> list[Seen]:
        known = self._imports.known(seen.identity for seen in pending)
        differing = [
            before.organization_id
            for seen in pending
            if (before := known.get(seen.identity)) is not None and before.digest != seen.digest
        ]
        current = self._directory.current(differing) if differing else {}
        steps = []
        for seen in pending:
            step = self._step(seen, known.get(seen.identity), current, now)
            if step.writes:
                steps.append(step)
            else:
                outcomes[step.outcome] += 1
        return self._transact(steps, outcomes)

    def _step(
        self, seen: Seen, before: KnownSchool | None, current: Mapping[str, Organization], now: datetime
    ) -> _Step:
        if before is None:
            known = KnownSchool(self._new_id(), seen.digest, self._import_id, Outcome.CREATED)
            new = self._directory.new(known.organization_id, seen.record, now)
            return _Step(seen, Outcome.CREATED, (first_write(seen.identity, known), new))
        if before.digest == seen.digest:
            # A run of this import may have been here before and not come to its checkpoint: then it counts as
            # what it did.
            again = before.import_id == self._import_id
            return _Step(seen, Outcome(before.outcome) if again else Outcome.UNCHANGED, ())
        school = current.get(before.organization_id)
        change: Write | None = None
        if school is None or self._directory.kept_by_people(school):
            outcome = Outcome.LEFT_ALONE
        else:
            change = self._directory.changed(school, seen.record, now)
            outcome = Outcome.UNCHANGED if change is None else Outcome.CHANGED
        known = KnownSchool(before.organization_id, seen.digest, self._import_id, outcome)
        identity = next_write(seen.identity, known, before)
        return _Step(seen, outcome, (identity,) if change is None else (identity, change))

    def _transact(self, steps: Sequence[_Step], outcomes: "Counter[Outcome]") -> list[Seen]:
        """Writes the steps, as many as fit into one transaction, and gives back the rows that lost a race."""
        lost: list[Seen] = []
        for group in _groups(steps):
            rest = group
            while rest:
                writes = [write for step in rest for write in step.writes]
                owners = [step for step in rest for _ in step.writes]
                try:
                    self._imports.transact(writes)
                except ConditionFailed as error:
                    losers = {id(owners[position]) for position in error.failed}
                    lost += [step.seen for step in rest if id(step) in losers]
                    rest = [step for step in rest if id(step) not in losers]
                    continue
                outcomes.update(step.outcome for step in rest)
                break
        return lost


def _groups(steps: Sequence[_Step]) -> list[list[_Step]]:
    groups: list[list[_Step]] = []
    size = ImportStore.MOST_WRITES + 1
    for step in steps:
        if size + len(step.writes) > ImportStore.MOST_WRITES:
            groups.append([])
            size = 0
        groups[-1].append(step)
        size += len(step.writes)
    return groups
