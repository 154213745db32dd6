"""Imports as items of the table.

An import's item holds its state as one JSON document, and beside it what conditions look at: ``lease``, the
run that may write; ``free_from``, the millisecond from which another run may take over (0: at once; a finished
one never is free); ``object``, the etag of what was sent with its form; and ``cancel``, once somebody asked for that.

One import runs at a time: matching by name has no key that a condition could hold to, so two imports at once could
make two schools of one. The lock is an item of its own, taken, renewed and given back in the transactions that do so
with the import's lease; it ends by itself when its import falls silent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from chalicelib.errors import AlreadyExists, ConditionFailed, Conflict, NotFound
from chalicelib.readable import readable
from chalicelib.school_lists.import_items import document_of, import_of, item_of, milliseconds
from chalicelib.school_lists.imports import UNDOABLE, ImportStatus, SchoolImport, Source
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Delete,
    Item,
    Put,
    Update,
    Write,
    at_most,
    equals,
    exists,
    missing,
    without,
)
from chalicelib.table.idempotency import IdempotentRequest, created_before, record
from chalicelib.table.table import TRANSACTION_LIMIT, Table

LEASE: Final = timedelta(seconds=30)
"""How long a run may be silent before another one takes its import over."""
_NEVER: Final = 10**15
_RECENT: Final = 100
_PAGES: Final = 20


class LeaseLost(Exception):
    """The import was taken over by another run, or is over."""


class Cancelled(Exception):
    """An administrator wants the import to stop."""


class Busy(Exception):
    """Another import runs."""


class ImportStore:
    """Reads and writes imports, the lock and sources."""

    MOST_WRITES: Final = TRANSACTION_LIMIT

    def __init__(self, table: Table) -> None:
        self.table = table

    def create(self, new: SchoolImport, request: IdempotentRequest | None = None) -> SchoolImport:
        """Writes a new import and gives it back; for a repeated request, the import that the first one made.

        Raises ``AlreadyExists`` where there is an import with this id.
        """
        if request is not None and (before := created_before(self.table, request, new.created_at)):
            return self.get(before)
        put = Put({**item_of(new, free_from=0), **keys.DIRECTORY.entry(keys.IMPORTS, new.id)}, missing())
        writes = (put,) if request is None else (put, record(request, new.id, new.created_at))
        try:
            self.table.transact(*writes)
        except ConditionFailed as error:
            if request is not None and (before := created_before(self.table, request, new.created_at)):
                return self.get(before)
            raise AlreadyExists("There is an import with this id.") from error
        return new

    def get(self, import_id: str) -> SchoolImport:
        """An import. Raises ``NotFound``."""
        return import_of(self._read(import_id))

    def exists(self, import_id: str) -> bool:
        """Whether there is an import with this id."""
        return self.table.get(keys.school_import(import_id)) is not None

    def source_of(self, import_id: str) -> Source | None:
        """The object that an import's list came as, or None where none came yet. Raises ``NotFound``."""
        item = self._read(import_id)
        state = import_of(item)
        etag = item.get("object") or state.etag
        return Source(state.bucket, state.key, 0, etag) if etag else None

    def claim(self, import_id: str, etag: str) -> bool:
        """Ties an announced import to the object that came with its form; again does no harm.

        False where there is no such import, and where the form was used before, with another object.
        """
        first = without("object") | equals("object", etag)
        try:
            self.table.write(
                Update(keys.school_import(import_id), set={"object": etag}, condition=exists() & first)
            )
        except ConditionFailed:
            return False
        return True

    def page(self, limit: int, start: Item | None) -> tuple[list[SchoolImport], Item | None]:
        """Imports, newest first, without their problems; and where the next page starts."""
        page = self.table.query(
            keys.IMPORTS,
            index=keys.DIRECTORY,
            limit=limit,
            start=start,
            descending=True,
            attributes=("state",),
        )
        return list(readable(page.items, import_of)), page.next

    def ready(self, now: datetime) -> list[SchoolImport]:
        """Recent imports, newest first, whose list is there and that no run has: they waited, or were cut off.

        Whoever puts lists into the bucket may put one of every state and county there at once, so it looks far back.
        """
        waiting = (ImportStatus.WAITING, ImportStatus.RUNNING, ImportStatus.UNDOING)
        found: list[SchoolImport] = []
        start: Item | None = None
        for _ in range(_PAGES):
            page = self.table.query(
                keys.IMPORTS,
                index=keys.DIRECTORY,
                limit=_RECENT,
                start=start,
                descending=True,
                attributes=("state", "object", "free_from"),
            )
            free = readable(page.items, lambda item: (import_of(item), item, int(item["free_from"])))
            found += [
                state
                for state, item, free_from in free
                if free_from <= milliseconds(now)
                and state.status in waiting
                and (state.etag is not None or "object" in item)
            ]
            start = page.next
            if start is None:
                break
        return found

    # -- runs

    def take(self, import_id: str, lease: str, now: datetime) -> SchoolImport | None:
        """Takes an import for a run, or gives None where another run has it or it is over.

        Raises ``NotFound``, and ``Busy`` where another import runs.
        """
        item = self._read(import_id)
        if item["free_from"] > milliseconds(now):
            return None
        before = import_of(item)
        if before.over:
            return None
        taken = before.with_(
            status=ImportStatus.UNDOING if before.status is ImportStatus.UNDOING else ImportStatus.RUNNING,
            updated_at=now,
            attempt=before.attempt + 1,
            fruitless=before.fruitless + 1,
            reason=None,
            remedy=None,
        )
        until = milliseconds(now + LEASE)
        change = Update(
            keys.school_import(import_id),
            set={"state": document_of(taken), "lease": lease, "free_from": until},
            condition=equals("free_from", item["free_from"]) & equals("state", item["state"]),
        )
        pk, sk = keys.running_import()
        free = missing() | equals("import_id", import_id) | at_most("until", milliseconds(now))
        lock = Put({"PK": pk, "SK": sk, "import_id": import_id, "until": until}, free)
        try:
            self.table.transact(change, lock)
        except ConditionFailed as error:
            if 0 not in error.failed:
                raise Busy(import_id) from error
            return None
        return taken

    def free_from(self, import_id: str) -> int:
        """The millisecond since 1970 from which a run may take the import over."""
        return int(self._read(import_id)["free_from"])

    def lock_free(self, now: datetime) -> bool:
        """Whether no import runs."""
        item = self.table.get(keys.running_import())
        return item is None or item["until"] <= milliseconds(now)

    def keep(self, state: SchoolImport, lease: str, now: datetime, *, release: bool = False) -> SchoolImport:
        """Records how far a run is and renews its lease, or gives it back.

        Raises ``LeaseLost``, and ``Cancelled`` where somebody asked for that.
        """
        return self._change(state.with_(updated_at=now), lease, 0 if release else milliseconds(now + LEASE))

    def finish(
        self, state: SchoolImport, lease: str, now: datetime, also: Sequence[Write] = ()
    ) -> SchoolImport:
        """Records how an import ended, with what else is to be written then. One that failed may be taken again.

        Raises ``LeaseLost``.
        """
        return self._change(state.with_(updated_at=now), lease, _NEVER if state.over else 0, also, last=True)

    def _change(
        self,
        state: SchoolImport,
        lease: str,
        free_from: int,
        also: Sequence[Write] = (),
        *,
        last: bool = False,
    ) -> SchoolImport:
        item = item_of(state, free_from)
        change: Item = {name: item[name] for name in ("state", "problems", "free_from") if name in item}
        condition = equals("lease", lease) if last else equals("lease", lease) & without("cancel")
        update = Update(keys.school_import(state.id), set=change, condition=condition)
        running = keys.running_import()
        mine = equals("import_id", state.id)
        lock: Write = Update(running, set={"until": free_from}, condition=mine)
        if free_from in (0, _NEVER):
            lock = Delete(running, mine)
        try:
            self.table.transact(update, lock, *also)
        except ConditionFailed as error:
            found = self._read(state.id)
            if found.get("lease") == lease and "cancel" in found and not last:
                raise Cancelled(state.id) from error
            raise LeaseLost(state.id) from error
        return state

    # -- what administrators ask for

    def cancel(self, import_id: str, now: datetime, also: Sequence[Write] = ()) -> SchoolImport:
        """Has an import stop: at once where it waits, at its next checkpoint where it runs.

        Raises ``NotFound``, and ``Conflict`` where it is over.
        """
        item = self._read(import_id)
        before = import_of(item)
        if before.over or before.status in (ImportStatus.FAILED, ImportStatus.UNDOING):
            raise Conflict(f"The import is {before.status.value}: there is nothing to cancel.")
        if before.status is ImportStatus.WAITING:
            ended = before.with_(
                status=ImportStatus.CANCELLED, updated_at=now, notes=("Cancelled before it began.",)
            )
            change = Update(
                keys.school_import(import_id),
                set={"state": document_of(ended), "free_from": _NEVER, "cancel": True},
                condition=equals("state", item["state"]),
            )
        else:
            ended = before
            change = Update(
                keys.school_import(import_id), set={"cancel": True}, condition=equals("state", item["state"])
            )
        return self._asked(change, ended, also)

    def undo(self, import_id: str, now: datetime, also: Sequence[Write] = ()) -> SchoolImport:
        """Has an import undone. Raises ``NotFound``, and ``Conflict`` where it did nothing that could be undone."""
        item = self._read(import_id)
        before = import_of(item)
        if before.status is ImportStatus.UNDOING:
            return before
        if before.status not in UNDOABLE:
            raise Conflict(
                f"The import is {before.status.value}: only one that is done, cancelled or failed can be undone."
            )
        asked = before.with_(status=ImportStatus.UNDOING, updated_at=now, fruitless=0)
        change = Update(
            keys.school_import(import_id),
            set={"state": document_of(asked), "free_from": 0},
            remove=("cancel",),
            condition=equals("state", item["state"]),
        )
        return self._asked(change, asked, also)

    def _asked(self, change: Update, state: SchoolImport, also: Sequence[Write] = ()) -> SchoolImport:
        try:
            self.table.transact(change, *also)
        except ConditionFailed as error:
            raise Conflict("The import went on at this very moment. Look at it and ask again.") from error
        return state

    def _read(self, import_id: str) -> Item:
        item = self.table.get(keys.school_import(import_id))
        if item is None:
            raise NotFound(f"There is no import {import_id}.")
        return item

    def transact(self, writes: Sequence[Write]) -> None:
        """All of the writes or none, at most ``MOST_WRITES``. Raises ``ConditionFailed``, with those that lost."""
        self.table.transact(*writes)
