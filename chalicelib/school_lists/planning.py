"""What is to be written for the rows of a chunk, each row all or nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chalicelib.organizations.service import Organization, SchoolLine, Telling
from chalicelib.school_lists import matches
from chalicelib.school_lists.blocks import Blocks
from chalicelib.school_lists.directory import SchoolDirectory, line_of, new_schools
from chalicelib.school_lists.identity import Identity, other_identities
from chalicelib.school_lists.identity_store import IdentityStore, Known, Said
from chalicelib.school_lists.journal import Entry
from chalicelib.school_lists.matches import MatchStatus, SchoolMatch
from chalicelib.school_lists.models import Record, SchoolRecord
from chalicelib.school_lists.remarks import id_of_another, put_to_review, same_school, unknown_school
from chalicelib.school_lists.resolving import Resolved, Resolver
from chalicelib.school_lists.seen import Seen
from chalicelib.table.expressions import Put, Write


class Outcome(StrEnum):
    """What a row did: the names are those of the counts."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_ALONE = "left_alone"
    TO_REVIEW = "to_review"
    REJECTED = "rejected"


@dataclass(slots=True)
class Step:
    """What is to be written for one row, and the school that it makes, where it makes one."""

    seen: Seen
    outcome: Outcome
    writes: list[Write] = field(default_factory=list)
    new: SchoolLine | None = None


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known while a chunk is planned: identities, what the rows are, and the schools that they make.

    ``drafts`` has, by row, the write of the school that a row becomes if it is none that there is.
    """

    known: Mapping[Identity, Known]
    others: Mapping[Identity, Known]
    drafts: Mapping[int, Put]
    now: datetime
    entry: Entry
    targets: dict[int, Resolved] = field(default_factory=dict)
    new: dict[str, SchoolLine] = field(default_factory=dict)


class Planner:
    """Plans for the rows of one import. ``taken`` has, by school, the row of the list that it is."""

    def __init__(
        self,
        identities: IdentityStore,
        directory: SchoolDirectory,
        telling: Telling,
        confirmed: Mapping[str, str],
        new_ids: Callable[[int], Sequence[str]],
    ) -> None:
        self._identities = identities
        self._directory = directory
        self._telling = telling
        self._confirmed = confirmed
        self._new_ids = new_ids
        self._blocks = Blocks(directory)
        self._resolver = Resolver(identities, directory, self._blocks)

    def recall(self, done: Sequence[Seen]) -> None:
        """Learns of rows that an earlier run dealt with which schools they are."""
        rows = {seen.identity: seen.row for seen in done}
        for identity, known in self._identities.known(rows).items():
            if known.organization_id:
                self._resolver.taken.setdefault(known.organization_id, rows[identity])

    def plan(self, pending: Sequence[Seen], now: datetime, entry: Entry) -> list[Step]:
        """A step for each row, in their order. ``entry`` takes what was before, and what there is to say of rows."""
        known = self._identities.known(seen.identity for seen in pending)
        for seen in pending:
            before = known.get(seen.identity)
            if before is not None and before.organization_id:
                self._resolver.taken.setdefault(before.organization_id, seen.row)
        moot = [seen for seen in pending if not _is_settled(seen, known.get(seen.identity))]
        others = self._resolver.others(moot)
        around = _Around(known, others, self._drafts(moot, known, now), now, entry)
        for seen in moot:
            around.targets[seen.row] = self._target(seen, around)
        ids = {
            one.organization_id
            for one in around.targets.values()
            if one.organization_id and not one.same_as_row
        }
        current = self._directory.current(ids - around.new.keys()) if ids else {}
        return [self._step(seen, around, current) for seen in pending]

    def _drafts(self, moot: Sequence[Seen], known: Mapping[Identity, Known], now: datetime) -> dict[int, Put]:
        """The schools that rows become if they are none that there is: made all at once, in a fraction of the time."""
        rows: list[int] = []
        records: list[SchoolRecord] = []
        for seen in moot:
            before = known.get(seen.identity)
            if isinstance(seen.record, SchoolRecord) and not (before and before.organization_id):
                rows.append(seen.row)
                records.append(seen.record)
        writes = new_schools(self._new_ids(len(rows)), records, self._telling, now)
        return dict(zip(rows, writes, strict=True))

    def _target(self, seen: Seen, around: _Around) -> Resolved:
        """What a row is. A new school is made, so that the rows behind it are compared with it."""
        before = around.known.get(seen.identity)
        if before is not None and before.organization_id:
            return Resolved(before.organization_id)
        resolved = self._resolver.resolve(seen, around.others)
        if resolved == Resolved() and isinstance(seen.record, SchoolRecord):
            line = line_of(around.drafts[seen.row])
            around.new[line.id] = line
            self._blocks.add(line)
            resolved = Resolved(line.id)
        if resolved.organization_id and not resolved.same_as_row:
            self._resolver.taken.setdefault(resolved.organization_id, seen.row)
        return resolved

    def _step(self, seen: Seen, around: _Around, current: Mapping[str, Organization]) -> Step:
        before = around.known.get(seen.identity)
        target = around.targets.get(seen.row)
        if target is None:
            return self._settled(seen, before, around.entry)
        if target.unknown:
            around.entry.remark(unknown_school(seen.row, seen.identity))
            return Step(seen, Outcome.REJECTED)
        if target.same_as_row:
            around.entry.remark(same_school(seen.row, _name(seen), target.same_as_row))
            return Step(seen, Outcome.REJECTED)
        if target.candidates:
            return self._asking(seen, before, target, around)
        if target.organization_id in around.new:
            return self._creating(seen, before, around.new[target.organization_id], around)
        return self._telling_of(
            seen, before, target.organization_id, current.get(target.organization_id), around
        )

    def forget(self, steps: Iterable[Step]) -> None:
        """Takes back what steps that were not written after all have said of new schools."""
        for step in steps:
            if step.new is not None:
                self._blocks.drop(step.new.id, step.new.zip)
                self._resolver.taken.pop(step.new.id, None)

    def _settled(self, seen: Seen, before: Known | None, entry: Entry) -> Step:
        """A row that says what it said before, or whose school waits for a decision on another list's row."""
        if before is None or not before.organization_id:
            entry.remark(put_to_review(seen.row, _name(seen), (), before.match_id if before else ""))
            return Step(seen, Outcome.TO_REVIEW)
        said = before.said
        # A run of this import may have been here before and not come to its checkpoint: then it counts as what it did.
        again = said is not None and said.import_id == self._telling.import_id
        return Step(seen, Outcome(said.outcome) if said is not None and again else Outcome.UNCHANGED)

    def _creating(self, seen: Seen, before: Known | None, line: SchoolLine, around: _Around) -> Step:
        around.entry.schools[line.id] = None
        step = Step(seen, Outcome.CREATED, [around.drafts[seen.row]], line)
        step.writes += self._identity_writes(seen, before, line.id, Outcome.CREATED, around)
        return step

    def _telling_of(
        self,
        seen: Seen,
        before: Known | None,
        organization_id: str,
        school: Organization | None,
        around: _Around,
    ) -> Step:
        step = Step(seen, Outcome.LEFT_ALONE)
        if before is not None and before.said is not None and self._telling.date < before.said.date:
            return step
        if school is not None:
            record = _without_ids_of_others(seen, organization_id, around)
            told = self._directory.changed(school, record, self._telling, around.now, self._confirmed)
            if told.told:
                step.outcome = Outcome.CHANGED
            elif not told.withheld:
                step.outcome = Outcome.UNCHANGED
            if told.organization is not school:
                around.entry.schools.setdefault(school.id, school.model_dump_json(exclude_none=True))
                step.writes.append(self._directory.change_write(told.organization, school))
        step.writes += self._identity_writes(seen, before, organization_id, step.outcome, around)
        return step

    def _asking(self, seen: Seen, before: Known | None, target: Resolved, around: _Around) -> Step:
        if not isinstance(seen.record, SchoolRecord):
            raise TypeError("rows of programs are never put to people")
        match = SchoolMatch(
            id=self._new_ids(1)[0],
            status=MatchStatus.OPEN,
            import_id=self._telling.import_id,
            source=self._telling.source,
            list_date=self._telling.date,
            row=seen.row,
            identity=seen.identity,
            digest=seen.digest,
            record=seen.record,
            candidates=target.candidates,
            created_at=around.now,
        )
        around.entry.matches.append(match.id)
        around.entry.remark(put_to_review(seen.row, _name(seen), target.candidates, match.id))
        step = Step(seen, Outcome.TO_REVIEW, [matches.new_write(match)])
        step.writes += self._identity_writes(seen, before, "", Outcome.TO_REVIEW, around, match.id)
        return step

    def _identity_writes(
        self,
        seen: Seen,
        before: Known | None,
        organization_id: str,
        outcome: Outcome,
        around: _Around,
        match_id: str = "",
    ) -> list[Write]:
        entry = around.entry
        said = Said(seen.digest, self._telling.date, self._telling.import_id, outcome.value)
        known = Known(organization_id, said, match_id)
        entry.identities.setdefault(seen.identity, before)
        writes: list[Write] = []
        if before is None:
            writes.append(self._identities.first(seen.identity, known, seen.record.ope_id))
        else:
            writes.append(self._identities.next(seen.identity, known, before))
            if before.match_id:
                writes.append(matches.withdrawn_write(before.match_id))
        if organization_id:
            for one in other_identities(seen.record, seen.identity):
                if one not in around.others:
                    entry.identities.setdefault(one, None)
                    writes.append(self._identities.first(one, Known(organization_id)))
        return writes


def _is_settled(seen: Seen, before: Known | None) -> bool:
    """Whether a row says what it said before, or its school waits for a decision on another list's row."""
    if before is None:
        return False
    if before.said is None:
        return not before.organization_id
    return before.said.digest == seen.digest


def _without_ids_of_others(seen: Seen, organization_id: str, around: _Around) -> Record:
    """What a row says, without identifiers that name another school than the one that its surest names."""
    record = seen.record
    for one in other_identities(record, seen.identity):
        known = around.others.get(one)
        if known is not None and known.organization_id not in ("", organization_id):
            around.entry.remark(id_of_another(seen.row, one))
            record = (
                record._replace(nces_id=None) if one.scheme == "nces" else record._replace(ipeds_unit_id=None)
            )
    return record


def _name(seen: Seen) -> str:
    return seen.record.name if isinstance(seen.record, SchoolRecord) else seen.identity.value
