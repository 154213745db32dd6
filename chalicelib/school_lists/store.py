"""Imports and identities as items of the table.

An import's item holds its state as one JSON document, and beside it what conditions look at: ``lease``, the
run that may write; ``free_from``, the millisecond from which another run may take over (0: at once; a finished
one never is free); and ``object``, the etag of what was sent with its form. An identity's item says which
organization a school is, and what its list said of it last.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from chalicelib.errors import AlreadyExists, ConditionFailed, NotFound
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.imports import ImportStatus, SchoolImport
from chalicelib.table import keys
from chalicelib.table.expressions import Item, Put, Update, Write, equals, exists, missing, without
from chalicelib.table.idempotency import IdempotentRequest, created_before, record
from chalicelib.table.table import TRANSACTION_LIMIT, Table

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LEASE: Final = timedelta(seconds=30)
"""How long a run may be silent before another one takes its import over."""
_NEVER: Final = 10**15


class LeaseLost(Exception):
    """The import was taken over by another run, or is over."""


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """What is known under an identity. ``outcome`` is what the import ``import_id`` did with it."""

    organization_id: str
    digest: str
    import_id: str
    outcome: str


class ImportStore:
    """Reads and writes imports and identities."""

    MOST_WRITES: Final = TRANSACTION_LIMIT

    def __init__(self, table: Table) -> None:
        self._table = table

    def create(self, new: SchoolImport, request: IdempotentRequest | None = None) -> SchoolImport:
        """Writes a new import and gives it back; for a repeated request, the import that the first one made.

        Raises ``AlreadyExists`` where there is an import with this id.
        """
        if request is not None and (before := created_before(self._table, request, new.created_at)):
            return self.get(before)
        put = Put({**self._item(new, free_from=0), **keys.DIRECTORY.entry(keys.IMPORTS, new.id)}, missing())
        writes = (put,) if request is None else (put, record(request, new.id, new.created_at))
        try:
            self._table.transact(*writes)
        except ConditionFailed as error:
            if request is not None and (before := created_before(self._table, request, new.created_at)):
                return self.get(before)
            raise AlreadyExists("There is an import with this id.") from error
        return new

    def get(self, import_id: str) -> SchoolImport:
        """An import. Raises ``NotFound``."""
        return _import_of(self._read(import_id))

    def exists(self, import_id: str) -> bool:
        """Whether there is an import with this id."""
        return self._table.get(keys.school_import(import_id)) is not None

    def claim(self, import_id: str, etag: str) -> bool:
        """Ties an announced import to the object that came with its form; again does no harm.

        False where there is no such import, and where the form was used before, with another object.
        """
        first = without("object") | equals("object", etag)
        try:
            self._table.write(
                Update(keys.school_import(import_id), set={"object": etag}, condition=exists() & first)
            )
        except ConditionFailed:
            return False
        return True

    def page(self, limit: int, start: Item | None) -> tuple[list[SchoolImport], Item | None]:
        """Imports, newest first, without their problems; and where the next page starts."""
        page = self._table.query(
            keys.IMPORTS,
            index=keys.DIRECTORY,
            limit=limit,
            start=start,
            descending=True,
            attributes=("state",),
        )
        return [_import_of(item) for item in page.items], page.next

    def take(self, import_id: str, lease: str, now: datetime) -> SchoolImport | None:
        """Takes an import for a run, or gives None where another run has it or it is over. Raises ``NotFound``."""
        item = self._read(import_id)
        if item["free_from"] > _milliseconds(now):
            return None
        before = _import_of(item)
        taken = before.with_(
            status=ImportStatus.RUNNING, updated_at=now, attempt=before.attempt + 1, reason=None, remedy=None
        )
        change = Update(
            keys.school_import(import_id),
            set={"state": _document(taken), "lease": lease, "free_from": _milliseconds(now + LEASE)},
            condition=equals("free_from", item["free_from"]),
        )
        try:
            self._table.write(change)
        except ConditionFailed:
            return None
        return taken

    def free_from(self, import_id: str) -> int:
        """The millisecond since 1970 from which a run may take the import over."""
        return int(self._read(import_id)["free_from"])

    def keep(self, state: SchoolImport, lease: str, now: datetime, *, release: bool = False) -> SchoolImport:
        """Records how far a run is and renews its lease, or gives it back. Raises ``LeaseLost``."""
        return self._change(state.with_(updated_at=now), lease, 0 if release else _milliseconds(now + LEASE))

    def finish(self, state: SchoolImport, lease: str, now: datetime) -> SchoolImport:
        """Records how an import ended. One that failed may be taken again. Raises ``LeaseLost``."""
        return self._change(state.with_(updated_at=now), lease, _NEVER if state.over else 0)

    def _change(self, state: SchoolImport, lease: str, free_from: int) -> SchoolImport:
        item = self._item(state, free_from)
        change: Item = {name: item[name] for name in ("state", "problems", "free_from") if name in item}
        try:
            self._table.write(
                Update(keys.school_import(state.id), set=change, condition=equals("lease", lease))
            )
        except ConditionFailed as error:
            raise LeaseLost(state.id) from error
        return state

    def _read(self, import_id: str) -> Item:
        item = self._table.get(keys.school_import(import_id))
        if item is None:
            raise NotFound(f"There is no import {import_id}.")
        return item

    def _item(self, state: SchoolImport, free_from: int) -> Item:
        pk, sk = keys.school_import(state.id)
        item: dict[str, Any] = {"PK": pk, "SK": sk, "state": _document(state), "free_from": free_from}
        if state.problems:
            item["problems"] = _adapter().dump_json(state, include={"problems"}).decode()
        return item

    def known(self, identities: Iterable[Identity]) -> dict[Identity, KnownSchool]:
        """What is known under identities; those that nothing is known of are absent."""
        by_key = {keys.identity(*one): one for one in identities}
        return {by_key[key]: _known_of(item) for key, item in self._table.batch_get(by_key).items()}

    def transact(self, writes: Sequence[Write]) -> None:
        """All of the writes or none, at most ``MOST_WRITES``. Raises ``ConditionFailed``, with those that lost."""
        self._table.transact(*writes)


def first_write(identity: Identity, known: KnownSchool) -> Put:
    """Writes an identity that nothing is known of; fails where something is."""
    return Put(_identity_item(identity, known), missing())


def next_write(identity: Identity, known: KnownSchool, before: KnownSchool) -> Put:
    """Writes what is known now; fails where it is no more what it was before."""
    return Put(
        _identity_item(identity, known),
        equals("digest", before.digest) & equals("import_id", before.import_id),
    )


def _identity_item(identity: Identity, known: KnownSchool) -> Item:
    pk, sk = keys.identity(*identity)
    return {
        "PK": pk,
        "SK": sk,
        "organization_id": known.organization_id,
        "digest": known.digest,
        "import_id": known.import_id,
        "outcome": known.outcome,
    }


def _known_of(item: Item) -> KnownSchool:
    return KnownSchool(item["organization_id"], item["digest"], item["import_id"], item["outcome"])


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@lru_cache(maxsize=1)
def _adapter() -> "TypeAdapter[SchoolImport]":
    from pydantic import TypeAdapter

    return TypeAdapter(SchoolImport)


def _document(state: SchoolImport) -> str:
    return _adapter().dump_json(state, exclude={"problems"}).decode()


def _import_of(item: Item) -> SchoolImport:
    document = json.loads(item["state"])
    if "problems" in item:
        document |= json.loads(item["problems"])
    return _adapter().validate_python(document, strict=False)
