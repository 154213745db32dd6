"""Undoes an import as a whole: chunk by chunk from its journal, the last first.

What is promised: the schools are those that the other imports name, and say what those and people say, as if the import
had never been; in whatever order imports came and are undone. An import that only repeats what the one before it of
its source said takes that one's place when it is undone. What the promise does not reach: schools that others said
nothing of but programs or identifiers, or that people hold to, keep what only the import said; which accreditation and
enrolment a program has; rows of an older list that came after a newer one of its source, and of one that did not come
to its end; and rows that would have been matched otherwise without the import: they stay the schools that they were
found to be, or rejected, or put to people.

Each step looks at what there is, so it can be repeated; a run that is cut off goes on at its last checkpoint.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import Organization, TakenBack, Telling
from chalicelib.school_lists import absences, matches, source_store
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.identity_store import IdentityStore, Known, Said
from chalicelib.school_lists.imports import ImportStatus, SchoolImport, Undone
from chalicelib.school_lists.journal import Entry, Journal
from chalicelib.school_lists.notices import finished_notice
from chalicelib.school_lists.past import Past
from chalicelib.school_lists.planning import Outcome
from chalicelib.school_lists.runs import LAST_SECONDS, OutOfTime, Tools, take
from chalicelib.school_lists.store import LeaseLost
from chalicelib.table.expressions import Write

_AT_ONCE: Final = 25
_ROUNDS: Final = 5


def run_undo(tools: Tools, import_id: str) -> SchoolImport:
    """Brings an undo to its end, and gives the import's state; where another run has it, the state that one is in.

    Raises ``OutOfTime``, ``TemporarilyUnavailable``, ``NotFound``, and ``Busy`` where an import runs.
    """
    lease = tools.new_id()
    taken = take(tools, import_id, lease)
    if taken is None:
        return tools.imports.get(import_id)
    undo = _Undo(tools, taken, lease)
    try:
        return undo.to_its_end()
    except LeaseLost:
        return tools.imports.get(import_id)
    except BaseException:
        undo.let_go()
        raise


@dataclass(slots=True)
class _Made:
    """What became of some schools. ``held`` are those that people hold to, so that their names stay with them."""

    removed: int = 0
    restored: int = 0
    kept: int = 0
    held: set[str] = field(default_factory=set)


class _Undo:
    def __init__(self, tools: Tools, state: SchoolImport, lease: str) -> None:
        self._tools = tools
        self._state = state.with_(undone=state.undone or Undone())
        self._lease = lease
        self._journal = Journal(tools.files, state.id)
        self._source = state.source or ""
        self._identities = IdentityStore(tools.imports.table, self._source)
        self._past = Past(tools.imports, tools.files, self._source)
        self._heirs: dict[Identity, Telling] = {}
        self._back = TakenBack(state.id, self._source)

    def to_its_end(self) -> SchoolImport:
        imports = self._tools.imports
        self._look_around()
        for chunk in reversed(self._journal.chunks()):
            if self._state.chunks_undone and chunk >= self._state.chunks_undone:
                continue
            done = self._chunk(chunk, self._journal.read(chunk))
            before = self._state.undone or Undone()
            total = Undone(
                before.removed + done.removed, before.restored + done.restored, before.kept + done.kept
            )
            self._state = self._state.with_(undone=total, chunks_undone=chunk, fruitless=0)
            over = self._tools.seconds_left() < LAST_SECONDS
            self._state = imports.keep(self._state, self._lease, self._tools.clock(), release=over)
            if over:
                raise OutOfTime("The time of this run is over; the next one goes on from here.")
        now = self._tools.clock()
        ended = self._state.with_(status=ImportStatus.UNDONE)
        source = source_store.find(imports.table, ended.source) if ended.source else None
        also = [
            *absences.back(self._tools.files, source, ended.id, self._past.undone),
            finished_notice(ended, now),
        ]
        return imports.finish(ended, self._lease, now, also)

    def _look_around(self) -> None:
        """Finds what other lists of the source said, and when sources were confirmed, as if the import had not been."""
        table = self._tools.imports.table
        known = source_store.find(table, self._source) if self._source else None
        self._heirs, own = absences.without(self._tools.files, known, self._state.id, self._past.undone)
        confirmed = source_store.confirmed(table)
        confirmed.pop(self._source, None)
        if own is not None:
            confirmed[self._source] = own.isoformat()
        self._back = self._back._replace(confirmed=confirmed)

    def let_go(self) -> None:
        """Gives the lease back, so that the next run need not wait for its end."""
        with suppress(LeaseLost, TemporarilyUnavailable):
            self._tools.imports.keep(self._state, self._lease, self._tools.clock(), release=True)

    def _chunk(self, chunk: int, entry: Entry) -> Undone:
        whole = self._identities.whole(entry.identities)
        listed = {known.organization_id for known, others in whole.values() if others}
        again = {
            identity: self._heirs[identity]
            for identity, (known, _) in whole.items()
            if identity in self._heirs and known.said is not None and known.said.import_id == self._state.id
        }
        heirs = {whole[identity][0].organization_id: heir for identity, heir in again.items()}
        waiting = {whole[identity][0].match_id: heir for identity, heir in again.items()}
        for heir in set(again.values()):
            inherited = Entry(
                {one: before for one, before in entry.schools.items() if heirs.get(one) == heir},
                {one: before for one, before in entry.identities.items() if again.get(one) == heir},
                [one for one in entry.matches if waiting.get(one) == heir],
            )
            Journal(self._tools.files, heir.import_id).inherit(self._state.id, chunk, inherited)
        self._matches([one for one in entry.matches if one not in waiting])
        done = Undone()
        kept = set(heirs)
        rest = iter(entry.schools.items())
        while group := dict(islice(rest, _AT_ONCE)):
            made = self._schools(group, listed, heirs)
            kept |= made.held
            done = replace(
                done,
                removed=done.removed + made.removed,
                restored=done.restored + made.restored,
                kept=done.kept + made.kept,
            )
        identities = iter(entry.identities.items())
        while some := dict(islice(identities, 4 * _AT_ONCE)):
            self._names(some, kept)
        return done

    def _matches(self, match_ids: Sequence[str]) -> None:
        """Asks no more about rows that wait; what somebody decided stays."""
        for match_id in match_ids:
            with suppress(ConditionFailed):
                self._tools.imports.transact([matches.withdrawn_write(match_id)])

    def _schools(
        self, group: dict[str, str | None], listed: Collection[str], heirs: Mapping[str, Telling]
    ) -> "_Made":
        """Takes back what the import said of schools, and removes those that nobody else says anything of."""
        before = {school_id: self._past.school(document) for school_id, document in group.items()}
        for _ in range(_ROUNDS):
            now = self._tools.clock()
            writes: list[Write] = []
            made = _Made()
            for school in self._tools.directory.current(group).values():
                was = before[school.id]
                heir = heirs.get(school.id)
                after: Organization | None
                if heir is not None:
                    after = organizations.said_by_another(school, self._state.id, heir, now)
                else:
                    stays = was is None and school.id in listed
                    after = organizations.without_import(school, was, self._back, now, stays=stays)
                if after is None:
                    writes.append(organizations.removed_school_write(school))
                    made.removed += 1
                    continue
                if after is not school:
                    writes.append(self._tools.directory.change_write(after, school))
                if organizations.held_by_people(after):
                    made.held.add(school.id)
                if group[school.id] is None:
                    made.kept += 1
                elif not organizations.same_school(after, school):
                    made.restored += 1
            if self._written(writes):
                return made
        raise TemporarilyUnavailable("Others are changing the same schools at this moment.")

    def _names(self, before: dict[Identity, Known | None], kept: Collection[str]) -> None:
        """Sets identities back that still say what the import said, and drops those of schools that are no more."""
        then = {identity: self._past.known(identity, known) for identity, known in before.items()}
        for _ in range(_ROUNDS):
            known = {
                identity: (one, others)
                for identity, (one, others) in self._identities.whole(before).items()
                if self._is_own(one, before[identity])
            }
            gone = self._gone(one.organization_id for one, _ in known.values())
            writes = [
                self._name(
                    identity,
                    one,
                    None
                    if one.organization_id in gone and not others and _bare(then[identity])
                    else then[identity],
                    others=others or one.organization_id in kept,
                )
                for identity, (one, others) in known.items()
            ]
            if self._written(writes):
                return
        raise TemporarilyUnavailable("Others are changing the same schools at this moment.")

    def _gone(self, organization_ids: Iterable[str]) -> set[str]:
        wanted = set(organization_ids) - {""}
        return wanted - self._tools.directory.current(wanted).keys() if wanted else set()

    def _name(self, identity: Identity, known: Known, before: Known | None, *, others: bool) -> Write:
        heir = self._heirs.get(identity)
        if heir is None or known.said is None:
            return self._identities.back(identity, known, before, others=others)
        said = Said(known.said.digest, heir.date, heir.import_id, Outcome.UNCHANGED.value)
        return self._identities.next(identity, known._replace(said=said), known)

    def _is_own(self, known: Known, before: Known | None) -> bool:
        """Whether an identity is as the import left it: its own word, or a name that it gave without a word."""
        if known == before:
            return False
        return (
            known.said is None
            if before is None and known.said is None
            else (known.said is not None and known.said.import_id == self._state.id)
        )

    def _written(self, writes: Sequence[Write]) -> bool:
        if not writes:
            return True
        try:
            self._tools.imports.transact(writes)
        except ConditionFailed:
            return False
        return True


def _bare(known: Known | None) -> bool:
    """Whether an identity is but a name of a school, that this source never said anything under."""
    return known is None or (known.said is None and not known.match_id)
