"""Imports of school lists over HTTP: for administrators only."""

from chalicelib.auth import ADMINISTRATORS
from chalicelib.aws import s3
from chalicelib.config import config
from chalicelib.errors import IdempotencyMismatch, InvalidCursor, NotFound
from chalicelib.http import Api, Reply
from chalicelib.school_lists import service
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.store import ImportStore
from chalicelib.school_lists.views import ImportPage, ImportQuery, ImportView, StartedImport, StartImport
from chalicelib.table.cursor import CursorSigner
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="School lists")


def _files() -> Files:
    return Files(s3(), config().uploads_bucket, config().upload_max_bytes)


@api.post(
    "/v1/imports",
    permission=ADMINISTRATORS,
    summary="Ask for a place to upload a school list to",
    status=201,
    errors=(IdempotencyMismatch,),
)
def start_import(body: StartImport, idempotent: IdempotentRequest | None) -> Reply[StartedImport]:
    """Announces an import. Send the file to ``upload``; the import begins by itself once the file is there."""
    started = service.start_import(ImportStore(connect()), _files(), body, idempotent)
    return Reply(started, location=f"imports/{started.import_.id}")


@api.get(
    "/v1/imports",
    permission=ADMINISTRATORS,
    summary="List the imports, newest first",
    errors=(InvalidCursor,),
    query_example={"limit": "25"},
)
def list_imports(query: ImportQuery) -> ImportPage:
    """Also those of files that were put into the bucket without announcing them."""
    cursors = CursorSigner(config().cursor_key.get_secret_value())
    return service.list_imports(ImportStore(connect()), cursors, query)


@api.get("/v1/imports/{import_id}", permission=ADMINISTRATORS, summary="Show an import", errors=(NotFound,))
def show_import(import_id: Id) -> ImportView:
    """How far it is, what it did, the first 100 problems with rows, and where the whole report is."""
    return service.show_import(ImportStore(connect()), _files(), import_id)
