"""Undoes an import as a whole: chunk by chunk from its journal, the last first.

What others have built on stays: a field is set back only where it still says what the import said, and a school that
the import brought is removed only where nobody else said anything of it (no person, no other list, no decision). So
nothing has to be refused, and imports can be undone in any order. Each step looks at what there is, so it can be
repeated; a run that is cut off goes on at its last checkpoint.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Final

from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import Organization
from chalicelib.school_lists import absences, matches, source_store
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.identity_store import IdentityStore, Known
from chalicelib.school_lists.importer import LAST_SECONDS, OutOfTime, Tools, take
from chalicelib.school_lists.imports import ImportStatus, SchoolImport, Undone
from chalicelib.school_lists.journal import Entry, Journal
from chalicelib.school_lists.notices import finished_notice
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


class _Undo:
    def __init__(self, tools: Tools, state: SchoolImport, lease: str) -> None:
        self._tools = tools
        self._state = state.with_(undone=state.undone or Undone())
        self._lease = lease
        self._journal = Journal(tools.files, state.id)
        self._identities = IdentityStore(tools.imports.table, state.source or "")

    def to_its_end(self) -> SchoolImport:
        imports = self._tools.imports
        for chunk in reversed(self._journal.chunks()):
            if self._state.chunks_undone and chunk >= self._state.chunks_undone:
                continue
            done = self._chunk(self._journal.read(chunk))
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
        also = [*absences.back(self._tools.files, source, ended.id), finished_notice(ended, now)]
        return imports.finish(ended, self._lease, now, also)

    def let_go(self) -> None:
        """Gives the lease back, so that the next run need not wait for its end."""
        with suppress(LeaseLost, TemporarilyUnavailable):
            self._tools.imports.keep(self._state, self._lease, self._tools.clock(), release=True)

    def _chunk(self, entry: Entry) -> Undone:
        self._matches(entry.matches)
        done = Undone()
        kept: set[str] = set()
        listed = self._listed_by_others(entry.identities)
        rest = iter(entry.schools.items())
        while group := dict(islice(rest, _AT_ONCE)):
            removed, restored, staying = self._schools(group, listed)
            kept |= staying
            done = replace(
                done,
                removed=done.removed + removed,
                restored=done.restored + restored,
                kept=done.kept + len(staying),
            )
        identities = iter(entry.identities.items())
        while some := dict(islice(identities, 4 * _AT_ONCE)):
            self._names(some, kept)
        return done

    def _listed_by_others(self, identities: Iterable[Identity]) -> set[str]:
        """The schools that lists of other sources name as well, though they may have said nothing new of them."""
        whole = self._identities.whole(identities)
        return {known.organization_id for known, others in whole.values() if others}

    def _matches(self, match_ids: Sequence[str]) -> None:
        """Asks no more about rows that wait; what somebody decided stays."""
        for match_id in match_ids:
            with suppress(ConditionFailed):
                self._tools.imports.transact([matches.withdrawn_write(match_id)])

    def _schools(self, group: dict[str, str | None], listed: Collection[str]) -> tuple[int, int, set[str]]:
        """Removes new schools and sets changed ones back; gives how many, and which new ones stay."""
        for _ in range(_ROUNDS):
            now = self._tools.clock()
            writes: list[Write] = []
            removed = restored = 0
            staying: set[str] = set()
            for school in self._tools.directory.current(group).values():
                document = group[school.id]
                if document is None:
                    if school.id not in listed and organizations.only_of_import(school, self._state.id):
                        writes.append(organizations.removed_school_write(school))
                        removed += 1
                    else:
                        staying.add(school.id)
                    continue
                before = Organization.model_validate_json(document)
                after = organizations.restored_school(school, before, self._state.id, now)
                if after is not school:
                    writes.append(self._tools.directory.change_write(after, school))
                    restored += 1
            if self._written(writes):
                return removed, restored, staying
        raise TemporarilyUnavailable("Others are changing the same schools at this moment.")

    def _names(self, before: dict[Identity, Known | None], kept: set[str]) -> None:
        """Sets identities back that still say what the import said."""
        for _ in range(_ROUNDS):
            known = self._identities.whole(before)
            writes = [
                self._identities.back(
                    identity, one, before[identity], others=others or one.organization_id in kept
                )
                for identity, (one, others) in known.items()
                if self._is_own(one, before[identity])
            ]
            if self._written(writes):
                return
        raise TemporarilyUnavailable("Others are changing the same schools at this moment.")

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
