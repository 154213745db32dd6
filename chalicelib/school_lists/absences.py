"""Schools that a source had and its new whole list lacks: marked, never deleted.

Each source has a roster, an object with the identities of its schools. A ``full`` list is compared with it and replaces
it; a ``delta`` list adds to it. So the table holds nothing more for a school, and an unchanged list writes none. A list
that lacks too much was cut off, or is another list: then nothing is marked, and the report says so. The roster also has
what its list itself named: once a list before it is undone, that is what speaks for these schools.
"""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chalicelib.errors import ConditionFailed, TemporarilyUnavailable
from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import Organization, Telling
from chalicelib.school_lists import source_store
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.identity_store import IdentityStore
from chalicelib.school_lists.imports import Mode, SchoolImport
from chalicelib.school_lists.journal import Entry, Journal
from chalicelib.school_lists.source_store import (
    ListSource,
    source_document,
    source_of_document,
    source_removal,
    source_write,
)
from chalicelib.table.expressions import Write

if TYPE_CHECKING:
    from chalicelib.school_lists.runs import Tools

MOST_SHARE: Final = 0.25
"""The share of a roster that may vanish with one list."""
ALWAYS: Final = 10
"""As many may vanish whatever the share: small sources."""
_AT_ONCE: Final = 100
_ROUNDS: Final = 5


class Roster(NamedTuple):
    """The schools that a source lists, and those that it listed once."""

    listed: set[Identity]
    absent: set[Identity]


@dataclass(frozen=True, slots=True)
class Settled:
    """What the end of a list changes: schools marked, what to say of it, what to write with the import's end."""

    marked: int = 0
    notes: tuple[str, ...] = ()
    writes: tuple[Write, ...] = ()
    chunks_done: int = 0


def settle(
    tools: "Tools",
    state: SchoolImport,
    telling: Telling,
    seen: Mapping[Identity, int],
    journal: Journal,
    *,
    cut_off: bool,
) -> Settled:
    """Marks what vanished, where the list is whole, and gives the write of what is known of the source now.

    ``seen`` has the identities of the list. Can be repeated: what is marked already is counted and not written.
    """
    source = source_store.find(tools.imports.table, telling.source)
    list_date = date.fromisoformat(telling.date)
    if source is not None and list_date < source.list_date:
        newer = f"A list of {source.list_date} is known of this source: what that one said stays."
        return Settled(notes=(newer,), chunks_done=state.chunks_done)
    before = _roster(tools.files, source)
    now = set(seen)
    full = state.options.mode is Mode.FULL
    vanished = before.listed - now if full else set()
    note = _why_not(vanished, before.listed, cut_off=cut_off)
    if note is not None:
        vanished = set()
    marking = _Marking(tools, telling, journal, state)
    marked = marking.mark(
        sorted(vanished), lambda school, at: organizations.absent_school(school, telling, at)
    )
    marking.mark(
        sorted(before.absent & now),
        lambda school, at: organizations.present_school(school, telling.source, at),
    )
    whole = full and note is None
    roster = Roster(now if whole else before.listed | now, (before.absent | vanished) - now)
    notes = (note,) if note else ()
    known = ListSource(
        telling.source,
        telling.import_id,
        list_date,
        _write_roster(tools.files, telling, roster, now, source),
        list_date if whole else None if source is None else source.confirmed,
    )
    return Settled(marked, notes, (source_write(known),), marking.chunk)


def back(
    files: Files, source: ListSource | None, import_id: str, undone: Callable[[str], bool]
) -> list[Write]:
    """The write of what was known of a source before an import, where nothing came after it."""
    if source is None or source.import_id != import_id:
        return []
    before = _before(files, source)
    while before is not None and undone(before.import_id):
        before = _before(files, before)
    return [source_removal(source.source) if before is None else source_write(before)]


def without(
    files: Files, source: ListSource | None, import_id: str, undone: Callable[[str], bool]
) -> tuple[dict[Identity, Telling], date | None]:
    """What lists of a source said without an import: who named schools after it, and when it was confirmed last.

    Of those who named a school later the first counts: it is the next to speak for the school.
    """
    heirs: dict[Identity, Telling] = {}
    confirmed: date | None = None
    known = source
    while known is not None and known.import_id != import_id:
        if not undone(known.import_id):
            telling = Telling(known.source, known.list_date.isoformat(), known.import_id)
            document = _document(files, known)
            heirs |= {Identity(*row): telling for row in document.get("named", ())}
            confirmed = confirmed or known.confirmed
        known = _before(files, known)
    if known is None:
        # It never came to its end, or an older list came after a newer one: nothing is known of what came after it.
        return {}, source.confirmed if source is not None else None
    before = _before(files, known)
    return heirs, confirmed or (before.confirmed if before is not None else None)


def _why_not(vanished: set[Identity], before: set[Identity], *, cut_off: bool) -> str | None:
    if cut_off and vanished:
        return f"The list was cut off and lacks {len(vanished)} schools of its source: none was marked as absent."
    if len(vanished) > max(ALWAYS, MOST_SHARE * len(before)):
        return (
            f"{len(vanished)} of the {len(before)} schools of this source are not in the list: more than a quarter, so "
            "none was marked as absent. Check that the list is whole, and that it is the source's."
        )
    return None


class _Marking:
    """Marks schools, a hundred identities at a time, and counts those that this import has marked."""

    def __init__(self, tools: "Tools", telling: Telling, journal: Journal, state: SchoolImport) -> None:
        self._tools = tools
        self._telling = telling
        self._journal = journal
        self._attempt = state.attempt
        self._identities = IdentityStore(tools.imports.table, telling.source)
        self.chunk = state.chunks_done

    def mark(
        self, identities: Sequence[Identity], after: Callable[[Organization, datetime], Organization]
    ) -> int:
        """Makes of each school what ``after`` makes of it; gives how many are marked by this import now."""
        marked = 0
        rest = iter(identities)
        while group := list(islice(rest, _AT_ONCE)):
            known = self._identities.known(group)
            ids = dict.fromkeys(one.organization_id for one in known.values() if one.organization_id)
            marked += self._group(list(ids), after)
            self.chunk += 1
        return marked

    def _group(self, ids: Sequence[str], after: Callable[[Organization, datetime], Organization]) -> int:
        for _ in range(_ROUNDS):
            schools = self._tools.directory.current(ids)
            made = {one.id: after(one, self._tools.clock()) for one in schools.values()}
            changed = [one for one in schools.values() if made[one.id] is not one]
            if changed:
                entry = Entry({one.id: one.model_dump_json(exclude_none=True) for one in changed})
                self._journal.write(self.chunk, self._attempt, entry)
                try:
                    self._tools.imports.transact(
                        [self._tools.directory.change_write(made[one.id], one) for one in changed]
                    )
                except ConditionFailed:
                    continue
            return sum(_is_marked(one, self._telling) for one in made.values())
        raise TemporarilyUnavailable("Others are changing the same schools at this moment.")


def _is_marked(school: Organization, telling: Telling) -> bool:
    return organizations.read_provenance(school.provenance).absent.get(telling.source) == telling


def _roster(files: Files, source: ListSource | None) -> Roster:
    if source is None:
        return Roster(set(), set())
    document = _document(files, source)
    return Roster(
        {Identity(*row) for row in document["listed"]}, {Identity(*row) for row in document["absent"]}
    )


def _before(files: Files, source: ListSource) -> ListSource | None:
    previous = _document(files, source)["previous"]
    return None if previous is None else source_of_document(previous)


def _document(files: Files, source: ListSource) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gzip.decompress(files.get_bytes(source.roster_key)))
    return document


def _write_roster(
    files: Files, telling: Telling, roster: Roster, named: set[Identity], previous: ListSource | None
) -> str:
    key = f"rosters/{telling.source}/{telling.import_id}.json.gz"
    document = {
        "listed": sorted(roster.listed),
        "absent": sorted(roster.absent),
        "named": sorted(named),
        "previous": None if previous is None else source_document(previous),
    }
    body = gzip.compress(json.dumps(document, ensure_ascii=False).encode(), compresslevel=5, mtime=0)
    files.put_bytes(key, body, "application/gzip")
    return key
