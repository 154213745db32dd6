"""Runs an import: rows in chunks, each school written once, and a checkpoint after each chunk.

What a run does can be repeated at any point without doing anything twice. Schools and their identities are
written together and on condition; the identity remembers which import did what, so a run that repeats a chunk
counts the same. A lease keeps two runs of an import apart, a lock two imports. A run that was cut off is followed by
one that reads the file again, passes over the schools that are done, and ends with the same counts and the same report.
"""

import json
from contextlib import closing, suppress
from dataclasses import replace
from itertools import islice
from typing import BinaryIO, Final

from chalicelib.errors import TemporarilyUnavailable
from chalicelib.geography import service as geography
from chalicelib.organizations.service import Telling
from chalicelib.school_lists import absences, reference, source_store
from chalicelib.school_lists.chunks import ChunkWriter
from chalicelib.school_lists.identity_store import IdentityStore
from chalicelib.school_lists.imports import DELINEATION, Counts, ImportStatus, SchoolImport, Source
from chalicelib.school_lists.journal import Entry, Journal
from chalicelib.school_lists.models import ListOptions, UnusableList
from chalicelib.school_lists.notices import finished_notice
from chalicelib.school_lists.opening import OpenList, open_list
from chalicelib.school_lists.planning import Planner
from chalicelib.school_lists.report import Problems
from chalicelib.school_lists.runs import LAST_SECONDS, OutOfTime, Tools, take
from chalicelib.school_lists.seen import Schools, Seen, with_digests
from chalicelib.school_lists.sources import source_of
from chalicelib.school_lists.store import Cancelled, LeaseLost
from chalicelib.table.expressions import Write

_TRIES: Final = 5


def run_import(tools: Tools, import_id: str, source: Source) -> SchoolImport:
    """Brings an import to its end, and gives its state; where another run has it, the state that one is in.

    Raises ``OutOfTime`` where the time does not suffice, ``TemporarilyUnavailable`` where AWS does not
    answer, ``NotFound`` where there is no such import, ``Busy`` where another import runs. Each time the next call goes
    on from the last checkpoint.
    """
    lease = tools.new_id()
    taken = take(tools, import_id, lease)
    if taken is None:
        return tools.imports.get(import_id)
    run = _Run(tools, taken, lease)
    try:
        with closing(run.problems):
            return run.to_its_end(source)
    except LeaseLost:
        return tools.imports.get(import_id)
    except BaseException:
        run.let_go()
        raise


class _Run:
    def __init__(self, tools: Tools, state: SchoolImport, lease: str) -> None:
        self._tools = tools
        self._state = state
        self._lease = lease
        self._journal = Journal(tools.files, state.id)
        self.problems = Problems()

    def to_its_end(self, source: Source) -> SchoolImport:
        also: list[Write] = []
        try:
            with self._tools.files.opened(source) as stream:
                also += self._import(stream)
            ended = self._state.with_(status=ImportStatus.DONE)
        except Cancelled:
            note = "Cancelled. What was imported until then stays; it can be undone."
            ended = self._state.with_(status=ImportStatus.CANCELLED, notes=(*self._state.notes, note))
        except UnusableList as refusal:
            ended = self._refused(refusal)
        except geography.NotADelineation as refusal:
            ended = self._refused(UnusableList(refusal.reason, refusal.remedy))
        ended = ended.with_(problems=self.problems.shown())
        now = self._tools.clock()
        key = self.problems.write(self._tools.files, ended)
        ended = ended.with_(report_key=key)
        also.append(finished_notice(ended, now))
        return self._tools.imports.finish(ended, self._lease, now, also)

    def let_go(self) -> None:
        """Gives the lease back, so that the next run need not wait for its end; if that fails too, it will wait."""
        with suppress(LeaseLost, Cancelled, TemporarilyUnavailable):
            self._tools.imports.keep(self._state, self._lease, self._tools.clock(), release=True)

    def _refused(self, refusal: UnusableList) -> SchoolImport:
        return self._state.with_(
            status=ImportStatus.REFUSED,
            reason=refusal.reason,
            remedy=refusal.remedy,
            header=refusal.header,
            missing=refusal.missing,
            skeleton=None if refusal.skeleton is None else json.dumps(refusal.skeleton, ensure_ascii=False),
        )

    def _import(self, stream: BinaryIO) -> list[Write]:
        options = self._state.options
        if options.layout in (None, DELINEATION) and options.mapping is None:
            rows = reference.delineation_in(stream)
            if rows is not None:
                self._take_delineation(rows)
                return []
        with open_list(stream, self._list_options()) as opened:
            self._understood(opened)
            telling = self._telling()
            identities = IdentityStore(self._tools.imports.table, telling.source)
            planner = Planner(
                identities,
                self._tools.directory,
                telling,
                source_store.confirmed(self._tools.imports.table),
                self._tools.new_ids,
            )
            writer = ChunkWriter(self._tools.imports, planner, self._record)
            found = Schools(telling.source, self.problems)
            schools = found.of(opened.records(self._tools.gazetteer, self.problems))
            if self._state.chunks_done:
                self.problems.found(self._journal.problems(self._state.chunks_done))
            passed = islice(schools, self._state.rows_done)
            while done := with_digests(list(islice(passed, self._tools.chunk_rows))):
                planner.recall(done)
            while chunk := with_digests(list(islice(schools, self._tools.chunk_rows))):
                counts, entry = self._written(writer, chunk)
                self._checkpoint(opened, len(chunk), counts, entry)
            self._count(opened, whole=True)
            if not self._state.counts.rows_read:
                raise UnusableList(
                    "The list has a header and no row below it.", "Check that the export was complete."
                )
            outcome = absences.settle(
                self._tools, self._state, telling, found.rows, self._journal, cut_off=self.problems.cut_off
            )
            self._state = self._state.with_(
                counts=replace(self._state.counts, absent=outcome.marked),
                notes=(*self._state.notes, *outcome.notes),
                chunks_done=outcome.chunks_done,
            )
            return list(outcome.writes)

    def _list_options(self) -> ListOptions:
        options = self._state.options
        layout = None if options.layout == DELINEATION else options.layout
        return ListOptions(layout, options.mapping, options.state, options.list_date, self._state.filename)

    def _understood(self, opened: OpenList) -> None:
        self._state = self._state.with_(
            layout=opened.layout,
            source=source_of(self._state, opened),
            list_date=opened.list_date or self._state.created_at.date(),
            encoding=opened.encoding,
            separator=opened.separator,
            header_row=opened.header_row,
            notes=(),
        )

    def _telling(self) -> Telling:
        if self._state.source is None or self._state.list_date is None:
            raise ValueError("the list was not opened")
        return Telling(self._state.source, self._state.list_date.isoformat(), self._state.id)

    def _take_delineation(self, rows: list[list[str]]) -> None:
        store = geography.DelineationStore(self._tools.imports.table)
        taken = geography.take_delineation(store, rows, self._tools.clock())
        counts = Counts(
            rows_read=taken.counties,
            created=taken.counties if taken.changed else 0,
            unchanged=0 if taken.changed else taken.counties,
        )
        self._state = self._state.with_(
            layout=DELINEATION,
            counts=counts,
            notes=(f"Metropolitan areas as delineated {taken.vintage}: {taken.metros}.",),
        )

    def _record(self, entry: Entry) -> None:
        self._journal.write(self._state.chunks_done, self._state.attempt, entry)

    def _written(self, writer: ChunkWriter, chunk: list[Seen]) -> tuple[Counts, Entry]:
        """Writes a chunk; where AWS is busy for long, again after a while that grows. A chunk can be repeated."""
        for attempt in range(_TRIES):
            try:
                return writer.write(chunk, self._tools.clock())
            except TemporarilyUnavailable:
                wait = 2.0**attempt
                if attempt == _TRIES - 1 or self._tools.seconds_left() - wait < LAST_SECONDS:
                    raise
                self._tools.pause(wait)
                # The lease may not end while this run waits.
                self._tools.imports.keep(self._state, self._lease, self._tools.clock())
        raise TemporarilyUnavailable("The directory is busy.")

    def _checkpoint(self, opened: OpenList, schools: int, chunk: Counts, entry: Entry) -> None:
        counts = self._state.counts
        self.problems.found(entry.problems.values())
        self._state = self._state.with_(
            rows_done=self._state.rows_done + schools,
            chunks_done=self._state.chunks_done + 1,
            fruitless=0,
            counts=replace(
                counts,
                created=counts.created + chunk.created,
                changed=counts.changed + chunk.changed,
                unchanged=counts.unchanged + chunk.unchanged,
                left_alone=counts.left_alone + chunk.left_alone,
                to_review=counts.to_review + chunk.to_review,
            ),
        )
        self._count(opened)
        over = self._tools.seconds_left() < LAST_SECONDS
        self._state = self._tools.imports.keep(self._state, self._lease, self._tools.clock(), release=over)
        if over:
            raise OutOfTime("The time of this run is over; the next one goes on from here.")

    def _count(self, opened: OpenList, *, whole: bool = False) -> None:
        """Counts what is read and what is wrong with it; at the end also the rows that say nothing of their own."""
        counts = replace(
            self._state.counts,
            rows_read=opened.rows_read,
            rejected=self.problems.rejected,
            doubtful=self.problems.doubtful,
        )
        if whole:
            schools = (
                counts.created + counts.changed + counts.unchanged + counts.left_alone + counts.to_review
            )
            counts = replace(counts, passed_over=counts.rows_read - schools - counts.rejected)
        self._state = self._state.with_(counts=counts)
