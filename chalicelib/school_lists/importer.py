"""Runs an import: rows in chunks, each school written once, and a checkpoint after each chunk.

What a run does can be repeated at any point without doing anything twice. Schools and their identities are
written together and on condition; the identity remembers which import did what, so a run that repeats a chunk
counts the same. A lease keeps two runs of an import apart. A run that was cut off is followed by one that
reads the file again, passes over the rows that are done, and ends with the same counts and the same report.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO, Final

from chalicelib.clock import Clock
from chalicelib.errors import TemporarilyUnavailable
from chalicelib.school_lists.chunks import ChunkWriter, Directory, Seen
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.identity import digest_of, identity_of
from chalicelib.school_lists.imports import Counts, ImportStatus, SchoolImport, Source
from chalicelib.school_lists.models import Gazetteer, RowProblem, UnusableList, shown
from chalicelib.school_lists.opening import OpenList, open_list
from chalicelib.school_lists.reading import SEPARATORS
from chalicelib.school_lists.report import Problems
from chalicelib.school_lists.store import ImportStore, LeaseLost

CHUNK_ROWS: Final = 500
_LAST_SECONDS: Final = 45.0
"""A run that has no more than this left stops at its checkpoint, so that the next one need not wait for the lease."""
_POLL_SECONDS: Final = 1.0


class OutOfTime(TemporarilyUnavailable):
    """The run stopped at a checkpoint because its time was over; the next one goes on from there."""


@dataclass(frozen=True)
class Tools:
    """What a run works with."""

    imports: ImportStore
    directory: Directory
    files: Files
    gazetteer: Gazetteer
    clock: Clock
    new_id: Callable[[], str]
    pause: Callable[[float], None]
    seconds_left: Callable[[], float]
    chunk_rows: int = CHUNK_ROWS


def run_import(tools: Tools, import_id: str, source: Source) -> SchoolImport:
    """Brings an import to its end, and gives its state; where another run has it, the state that one is in.

    Raises ``OutOfTime`` where the time does not suffice, ``TemporarilyUnavailable`` where AWS does not
    answer, ``NotFound`` where there is no such import. Each time the next call goes on from the last
    checkpoint.
    """
    lease = tools.new_id()
    taken = _take(tools, import_id, lease)
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


def fail_import(tools: Tools, import_id: str) -> SchoolImport:
    """Records that an import failed and will not be tried again by itself. It may be, by hand. Gives its state."""
    lease = tools.new_id()
    taken = _take(tools, import_id, lease)
    if taken is None:
        return tools.imports.get(import_id)
    failed = taken.with_(
        status=ImportStatus.FAILED,
        reason="The import stopped because of an error that was not the list's. What was imported stays.",
        remedy="Upload the same file again: what is there already is not written twice.",
    )
    return tools.imports.finish(failed, lease, tools.clock())


def _take(tools: Tools, import_id: str, lease: str) -> SchoolImport | None:
    """Takes the import, if need be after waiting for a run that fell silent. None where it is over, or being run."""
    free_from = tools.imports.free_from(import_id)
    while True:
        taken = tools.imports.take(import_id, lease, tools.clock())
        if taken is not None:
            return taken
        # Another run's lease ends by itself within seconds, unless that run is alive and renews it: then it
        # is left to it.
        if tools.imports.free_from(import_id) != free_from or tools.seconds_left() < _LAST_SECONDS:
            return None
        if tools.imports.get(import_id).over:
            return None
        tools.pause(_POLL_SECONDS)


class _Run:
    def __init__(self, tools: Tools, state: SchoolImport, lease: str) -> None:
        self._tools = tools
        self._state = state
        self._lease = lease
        self.problems = Problems()

    def to_its_end(self, source: Source) -> SchoolImport:
        try:
            with self._tools.files.opened(source) as stream:
                self._import(stream)
            ended = self._state.with_(status=ImportStatus.DONE)
        except UnusableList as refusal:
            ended = self._state.with_(
                status=ImportStatus.REFUSED,
                reason=refusal.reason,
                remedy=refusal.remedy,
                header=refusal.header,
                missing=refusal.missing,
            )
        ended = ended.with_(problems=self.problems.shown())
        key = self.problems.write(self._tools.files, ended)
        return self._tools.imports.finish(ended.with_(report_key=key), self._lease, self._tools.clock())

    def let_go(self) -> None:
        """Gives the lease back, so that the next run need not wait for its end; if that fails too, it will wait."""
        with suppress(LeaseLost, TemporarilyUnavailable):
            self._tools.imports.keep(self._state, self._lease, self._tools.clock(), release=True)

    def _import(self, stream: BinaryIO) -> None:
        with open_list(stream, self._state.asked_layout) as opened:
            self._state = self._state.with_(
                layout=opened.mapped.layout.name,
                encoding=opened.encoding,
                separator=SEPARATORS[opened.shape.separator],
                header_row=opened.shape.header_row,
            )
            writer = ChunkWriter(
                self._tools.imports, self._tools.directory, self._state.id, self._tools.new_id
            )
            rows = self._rows(opened)
            for _ in islice(rows, self._state.rows_done):
                pass
            while chunk := list(islice(rows, self._tools.chunk_rows)):
                outcome = writer.write(chunk, self._tools.clock())
                self._checkpoint(len(chunk), outcome)
            self._count()
            if not self._state.counts.rows_read:
                raise UnusableList(
                    "The list has a header and no row below it.", "Check that the export was complete."
                )

    def _rows(self, opened: OpenList) -> Iterator[Seen]:
        """The good rows, each school once."""
        first_row: dict[str, int] = {}
        for number, record in opened.records(self._tools.gazetteer, self.problems):
            if record is None:
                continue
            identity = identity_of(record)
            earlier = first_row.setdefault(f"{identity.scheme}{identity.value}", number)
            if earlier != number:
                self.problems(_same_school(number, record.name, earlier))
                continue
            yield Seen(number, record, identity, digest_of(record))

    def _checkpoint(self, rows: int, outcome: Counts) -> None:
        counts = self._state.counts
        self._state = self._state.with_(
            rows_done=self._state.rows_done + rows,
            counts=replace(
                counts,
                created=counts.created + outcome.created,
                changed=counts.changed + outcome.changed,
                unchanged=counts.unchanged + outcome.unchanged,
                left_alone=counts.left_alone + outcome.left_alone,
            ),
        )
        self._count()
        over = self._tools.seconds_left() < _LAST_SECONDS
        self._state = self._tools.imports.keep(self._state, self._lease, self._tools.clock(), release=over)
        if over:
            raise OutOfTime("The time of this run is over; the next one goes on from here.")

    def _count(self) -> None:
        rejected = self.problems.rejected
        self._state = self._state.with_(
            counts=replace(
                self._state.counts,
                rows_read=self._state.rows_done + rejected,
                rejected=rejected,
                doubtful=self.problems.doubtful,
            )
        )


def _same_school(row: int, name: str, earlier: int) -> RowProblem:
    return RowProblem(
        row,
        "",
        shown(name),
        f"the same school is in row {earlier}",
        "Keep one row for each school; several programs go into one cell. Different campuses need ids of their own.",
    )
