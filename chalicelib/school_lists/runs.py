"""What every run of an import or an undo goes by: what it works with, how it takes its import, and how it gives up.

A lease keeps two runs of an import apart, a lock two imports. A run whose time is nearly over stops at a checkpoint.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.clock import Clock, new_ids
from chalicelib.errors import TemporarilyUnavailable
from chalicelib.school_lists.directory import SchoolDirectory
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.imports import ImportStatus, SchoolImport
from chalicelib.school_lists.models import Gazetteer
from chalicelib.school_lists.notices import finished_notice
from chalicelib.school_lists.store import ImportStore

CHUNK_ROWS: Final = 500
LAST_SECONDS: Final = 45.0
"""A run that has no more than this left stops at its checkpoint, so that the next one need not wait for the lease."""
_POLL_SECONDS: Final = 1.0


class OutOfTime(TemporarilyUnavailable):
    """The run stopped at a checkpoint because its time was over; the next one goes on from there."""


@dataclass(frozen=True)
class Tools:
    """What a run works with."""

    imports: ImportStore
    directory: SchoolDirectory
    files: Files
    gazetteer: Gazetteer
    clock: Clock
    new_id: Callable[[], str]
    pause: Callable[[float], None]
    seconds_left: Callable[[], float]
    new_ids: Callable[[int], Sequence[str]] = new_ids
    chunk_rows: int = CHUNK_ROWS


def fail_import(tools: Tools, import_id: str) -> SchoolImport:
    """Records that an import failed and will not be tried again by itself. It may be, by hand. Gives its state.

    Raises ``Busy`` where another import runs.
    """
    lease = tools.new_id()
    taken = take(tools, import_id, lease)
    if taken is None:
        return tools.imports.get(import_id)
    undoing = taken.status is ImportStatus.UNDOING
    failed = taken.with_(
        status=ImportStatus.FAILED,
        reason="The undo stopped because of an error. What it set back so far is set back."
        if undoing
        else "The import stopped because of an error that was not the list's. What was imported stays.",
        remedy="Ask for the undo again: it goes on where it was."
        if undoing
        else "Upload the same file again: what is there already is not written twice.",
    )
    now = tools.clock()
    return tools.imports.finish(failed, lease, now, [finished_notice(failed, now)])


def take(tools: Tools, import_id: str, lease: str) -> SchoolImport | None:
    """Takes the import, if need be after waiting for a run that fell silent. None where it is over, or being run.

    Raises ``Busy`` where another import runs.
    """
    free_from = tools.imports.free_from(import_id)
    while True:
        taken = tools.imports.take(import_id, lease, tools.clock())
        if taken is not None:
            return taken
        # Another run's lease ends by itself within seconds, unless that run is alive and renews it: then it
        # is left to it.
        if tools.imports.free_from(import_id) != free_from or tools.seconds_left() < LAST_SECONDS:
            return None
        if tools.imports.get(import_id).over:
            return None
        tools.pause(_POLL_SECONDS)
