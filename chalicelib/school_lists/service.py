"""What administrators do with imports: ask for an upload, look at one, list them; and what an arriving file begins."""

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from chalicelib.audit import service as audit
from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import AlreadyExists, FieldError, InvalidInput
from chalicelib.school_lists import mapping, mappings
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.imports import ImportStatus, Options, SchoolImport, Source
from chalicelib.school_lists.models import ColumnMapping
from chalicelib.school_lists.store import ImportStore
from chalicelib.school_lists.views import (
    ImportPage,
    ImportQuery,
    ImportView,
    ListRemarks,
    StartedImport,
    StartImport,
    UploadForm,
    view_of,
)
from chalicelib.table.cursor import CursorSigner
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.table import Table

DROPPED: Final = "uploads/"
"""Where administrators put lists straight into the bucket."""
UPLOADED: Final = "imports/"
"""Where lists arrive that were announced through the API: ``imports/<import id>/<filename>``."""
CONTINUED: Final = "continuations/"
"""Where an import has itself go on: ``continuations/<import id>/<attempt>``, empty objects."""
_FORM_SECONDS: Final = 3600
_UPLOADED_KEY: Final = re.compile(rf"{UPLOADED}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})/[^/]+")
_CURSOR_SCOPE: Final = "imports"
_RECENT: Final = 25


def start_import(
    imports: ImportStore,
    files: Files,
    caller: Caller,
    asked: StartImport,
    request: IdempotentRequest | None = None,
    clock: Clock = utc_now,
    make_id: Callable[[], str] = new_id,
) -> StartedImport:
    """Announces an import and gives the form to upload its file with. A repeated request gets the same import again.

    Raises ``InvalidInput`` where the file would be too large or a mapping cannot serve, ``IdempotencyMismatch``.
    """
    if asked.size_bytes is not None and asked.size_bytes > files.max_bytes:
        detail = f"A list may have {files.max_bytes:,} bytes. Split it, with the header row in each part."
        raise InvalidInput(detail, [FieldError("/size_bytes", detail)])
    now = clock()
    import_id = make_id()
    # No dot in front: a name of nothing but dots is a folder to whoever fetches the object.
    name = re.sub(r"[^A-Za-z0-9._-]+|^\.+", "_", asked.filename)
    key = f"{UPLOADED}{import_id}/{name}"
    announced = imports.create(
        SchoolImport(
            id=import_id,
            status=ImportStatus.WAITING,
            filename=asked.filename,
            bucket=files.bucket,
            key=key,
            created_at=now,
            updated_at=now,
            started_by=caller.user_id,
            options=_options(imports.table, asked, _unsaved(asked)),
        ),
        request,
    )
    url, fields = files.form(announced.key, _FORM_SECONDS)
    return StartedImport(
        import_=view_of(announced, whole=True),
        upload=UploadForm(
            url=url,
            fields=fields,
            max_bytes=files.max_bytes,
            expires_at=now + timedelta(seconds=_FORM_SECONDS),
        ),
    )


def _options(table: Table, said: ListRemarks, unsaved: ColumnMapping | None = None) -> Options:
    """What is said of a list, with the mapping that it names. Raises ``InvalidInput``."""
    named = said.mapping_name and mappings.named(table, said.mapping_name)
    return Options(
        layout=said.layout,
        mapping=unsaved or named or None,
        mapping_name=said.mapping_name,
        state=said.default_state,
        mode=said.mode,
        list_date=said.list_date,
        source=said.source,
    )


def _unsaved(asked: StartImport) -> ColumnMapping | None:
    if asked.mapping is None:
        return None
    if asked.mapping_name is not None:
        detail = "Send one of mapping and mapping_name, not both."
        raise InvalidInput(detail, [FieldError("/mapping_name", detail)])
    draft = asked.mapping
    unsaved = ColumnMapping("unsaved", draft.columns, draft.constants, draft.header_row)
    try:
        mapping.check(unsaved)
    except InvalidInput as error:
        fields = [FieldError(f"/mapping{one.pointer}", one.detail) for one in error.fields]
        raise InvalidInput(error.detail, fields) from error
    return unsaved


def cancel_import(imports: ImportStore, caller: Caller, import_id: str, clock: Clock = utc_now) -> ImportView:
    """Has an import stop: at once where it waits, within seconds where it runs. Raises ``NotFound``, ``Conflict``."""
    now = clock()
    entry = audit.entry_write(caller.user_id, "import.cancelled", import_id, now)
    return view_of(imports.cancel(import_id, now, [entry]), whole=True)


def undo_import(
    imports: ImportStore, files: Files, caller: Caller, import_id: str, clock: Clock = utc_now
) -> ImportView:
    """Has all that an import did undone, as far as nobody built on it. Raises ``NotFound``, ``Conflict``."""
    now = clock()
    entry = audit.entry_write(caller.user_id, "import.undone", import_id, now)
    undoing = imports.undo(import_id, now, [entry])
    go_on(files, undoing)
    return view_of(undoing, whole=True)


def go_on(files: Files, state: SchoolImport) -> None:
    """Has a fresh invocation go on with an import: an object, whose event the platform delivers until it is taken."""
    files.put_bytes(f"{CONTINUED}{state.id}/{state.attempt:04d}", b"")


def wake(imports: ImportStore, files: Files, now: datetime) -> None:
    """Has the oldest import go on that waits for others to end, or that fell silent; none where one runs."""
    if imports.lock_free(now) and (ready := imports.ready(now)):
        go_on(files, ready[-1])


def show_import(imports: ImportStore, files: Files, import_id: str) -> ImportView:
    """An import with its first problems and a link to its report. Raises ``NotFound``."""
    found = imports.get(import_id)
    return view_of(found, whole=True, report_url=files.link(found.report_key) if found.report_key else None)


def list_imports(imports: ImportStore, cursors: CursorSigner, query: ImportQuery) -> ImportPage:
    """One page of the imports, newest first. Raises ``InvalidCursor``."""
    start = cursors.read(_CURSOR_SCOPE, query.cursor) if query.cursor else None
    found, following = imports.page(query.limit, start)
    return ImportPage(
        items=tuple(view_of(one, whole=False) for one in found),
        next_cursor=cursors.sign(_CURSOR_SCOPE, following) if following else None,
    )


def import_of_upload(
    imports: ImportStore, files: Files, source: Source, event_time: datetime, sequencer: str
) -> str | None:
    """The id of the import that an arrived object belongs to; None where it is no upload.

    The first object sent with a form of the API belongs to the import in its key. Any other gets an import of its own,
    whose id is made from the event: an event that is delivered again finds it, and the same file dropped again begins a
    new one, unless the one before never came to its end: then it goes on with that.
    """
    if source.key.startswith(CONTINUED):
        import_id = source.key.removeprefix(CONTINUED).partition("/")[0]
        return import_id if imports.exists(import_id) else None
    if source.key.endswith("/") or not source.key.startswith((DROPPED, UPLOADED)):
        return None
    announced = _UPLOADED_KEY.fullmatch(source.key)
    if announced and imports.claim(announced[1], source.etag):
        return announced[1]
    import_id = _id_of_event(source, event_time, sequencer)
    if imports.exists(import_id):
        return import_id
    if (unfinished := _unfinished(imports, source)) is not None:
        return unfinished
    new = SchoolImport(
        id=import_id,
        status=ImportStatus.WAITING,
        filename=source.key.rpartition("/")[2][:120],
        bucket=source.bucket,
        key=source.key,
        created_at=event_time,
        updated_at=event_time,
        etag=source.etag,
    )
    with suppress(AlreadyExists):
        imports.create(_with_remarks(imports.table, new, files.remarks(source)))
    return import_id


def _with_remarks(table: Table, new: SchoolImport, remarks: Mapping[str, str]) -> SchoolImport:
    """An import with what the object's metadata say of its list; refused where they say what cannot be."""
    said = {name.casefold().replace("-", "_"): text for name, text in remarks.items()}
    given = {name: said[name] for name in ListRemarks.model_fields if name in said}
    try:
        return new.with_(options=_options(table, ListRemarks.model_validate_strings(given)))
    except (ValidationError, InvalidInput) as error:
        problems = (
            [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
            if isinstance(error, ValidationError)
            else [error.detail]
        )
        return new.with_(
            status=ImportStatus.REFUSED,
            reason=f"The metadata of the object cannot be: {'; '.join(problems)}"[:500],
            remedy="Put the list into the bucket again, with other metadata or without any.",
        )


def _unfinished(imports: ImportStore, source: Source) -> str | None:
    """A recent import of the very same object that was cut off."""
    recent, _ = imports.page(_RECENT, None)
    same = (source.bucket, source.key, source.etag)
    return next(
        (one.id for one in recent if one.unfinished and (one.bucket, one.key, one.etag) == same), None
    )


def _id_of_event(source: Source, event_time: datetime, sequencer: str) -> str:
    """A UUID of version 7 whose time is the event's and whose random bits are a digest of what arrived."""
    what = "\x1f".join((source.bucket, source.key, source.etag, sequencer)).encode()
    bits = int.from_bytes(hashlib.sha256(what).digest()[:10])
    milliseconds = int(event_time.timestamp() * 1000) & (1 << 48) - 1
    value = milliseconds << 80 | bits
    value = value & ~(0xF << 76) | 7 << 76
    return str(UUID(int=value & ~(3 << 62) | 2 << 62))
