"""Imports of school lists over HTTP: for administrators only."""

from typing import Any, Final

from chalicelib.auth import ADMINISTRATORS, Caller
from chalicelib.aws import s3
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.errors import Conflict, IdempotencyMismatch, InvalidCursor, NotFound
from chalicelib.http import Api, Reply
from chalicelib.organizations import service as organizations
from chalicelib.organizations.store import OrganizationStore
from chalicelib.school_lists import decisions, mappings, service
from chalicelib.school_lists.directory import SchoolDirectory
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.mapping_views import (
    MappingDraft,
    MappingName,
    MappingPage,
    MappingView,
    mapping_view,
)
from chalicelib.school_lists.match_views import (
    Decision,
    MatchPage,
    MatchQuery,
    MatchView,
    ProvenanceView,
    match_view,
    provenance_view,
)
from chalicelib.school_lists.matches import MatchStore
from chalicelib.school_lists.models import ColumnMapping
from chalicelib.school_lists.store import ImportStore
from chalicelib.school_lists.views import (
    ImportPage,
    ImportQuery,
    ImportView,
    StartedImport,
    StartImport,
)
from chalicelib.table.cursor import CursorSigner
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="School lists")

_MATCHES: Final = "school-matches"
_MAPPINGS: Final = "import-mappings"


def _files() -> Files:
    return Files(s3(), config().uploads_bucket, config().upload_max_bytes)


def _cursors() -> CursorSigner:
    return CursorSigner(config().cursor_key.get_secret_value())


def _read(scope: str, cursor: str | None) -> Any:
    return _cursors().read(scope, cursor) if cursor else None


def _sign(scope: str, position: Any) -> str | None:
    return _cursors().sign(scope, position) if position else None


@api.post(
    "/v1/imports",
    permission=ADMINISTRATORS,
    summary="Ask for a place to upload a school list to",
    status=201,
    errors=(IdempotencyMismatch,),
)
def start_import(
    caller: Caller, body: StartImport, idempotent: IdempotentRequest | None
) -> Reply[StartedImport]:
    """Announces an import. Send the file to `upload`; the import begins by itself once the file is there."""
    started = service.start_import(ImportStore(connect()), _files(), caller, body, idempotent)
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
    return service.list_imports(ImportStore(connect()), _cursors(), query)


@api.get("/v1/imports/{import_id}", permission=ADMINISTRATORS, summary="Show an import", errors=(NotFound,))
def show_import(import_id: Id) -> ImportView:
    """How far it is, what it did, the first 100 problems with rows, and where the whole report is."""
    return service.show_import(ImportStore(connect()), _files(), import_id)


@api.post(
    "/v1/imports/{import_id}/cancellation",
    permission=ADMINISTRATORS,
    summary="Cancel an import",
    errors=(NotFound, Conflict),
)
def cancel_import(caller: Caller, import_id: Id) -> ImportView:
    """One that runs stops within seconds; what it imported until then stays, and can be undone."""
    return service.cancel_import(ImportStore(connect()), caller, import_id)


@api.post(
    "/v1/imports/{import_id}/undoing",
    permission=ADMINISTRATORS,
    summary="Undo an import",
    errors=(NotFound, Conflict),
)
def undo_import(caller: Caller, import_id: Id) -> ImportView:
    """All that it did is set back, as far as neither people nor other lists have built on it; the import says how far.

    It goes on in the background: `undoing`, then `undone`.
    """
    return service.undo_import(ImportStore(connect()), _files(), caller, import_id)


@api.get(
    "/v1/import-mappings",
    permission=ADMINISTRATORS,
    summary="Saved column mappings, by name",
    errors=(InvalidCursor,),
    query_example={"limit": "25"},
)
def list_mappings(query: ImportQuery) -> MappingPage:
    """To be named in uploads."""
    found, following = mappings.page(connect(), query.limit, _read(_MAPPINGS, query.cursor))
    return MappingPage(items=tuple(map(mapping_view, found)), next_cursor=_sign(_MAPPINGS, following))


@api.get(
    "/v1/import-mappings/{name}",
    permission=ADMINISTRATORS,
    summary="A saved column mapping",
    errors=(NotFound,),
)
def read_mapping(name: MappingName) -> MappingView:
    """Which column of a list holds what."""
    found = mappings.find(connect(), name)
    if found is None:
        raise NotFound(f"There is no mapping {name}.")
    return mapping_view(found)


@api.put("/v1/import-mappings/{name}", permission=ADMINISTRATORS, summary="Save a column mapping")
def save_mapping(name: MappingName, body: MappingDraft) -> MappingView:
    """In place of what was saved under the name. Imports that were announced before keep what they were given."""
    new = ColumnMapping(name, body.columns, body.constants, body.header_row)
    return mapping_view(mappings.save(connect(), new, utc_now()))


@api.get(
    "/v1/school-matches",
    permission=ADMINISTRATORS,
    summary="Rows of lists that may be a school we have",
    errors=(InvalidCursor,),
    query_example={"limit": "25"},
)
def list_school_matches(query: MatchQuery) -> MatchPage:
    """Those that wait for a decision, the oldest first. Such a row is not imported until it is decided."""
    found, following = MatchStore(connect()).page(query.limit, _read(_MATCHES, query.cursor))
    return MatchPage(items=tuple(map(match_view, found)), next_cursor=_sign(_MATCHES, following))


@api.get(
    "/v1/school-matches/{match_id}",
    permission=ADMINISTRATORS,
    summary="A row that may be a school we have",
    errors=(NotFound,),
)
def read_school_match(match_id: Id) -> MatchView:
    """What the row says, and the schools that it may be."""
    return match_view(MatchStore(connect()).get(match_id))


@api.put(
    "/v1/school-matches/{match_id}/decision",
    permission=ADMINISTRATORS,
    summary="Decide which school a row is",
    errors=(NotFound, Conflict),
)
def decide_school_match(caller: Caller, match_id: Id, body: Decision) -> MatchView:
    """Remembered: the row is never asked about again. The same decision again changes nothing."""
    directory = SchoolDirectory(OrganizationStore(connect()))
    decided = decisions.decide(
        MatchStore(connect()), directory, caller, match_id, body.decision, body.organization_id
    )
    return match_view(decided)


@api.get(
    "/v1/organizations/{organization_id}/provenance",
    permission=ADMINISTRATORS,
    summary="Which lists said what of a school",
    errors=(NotFound,),
)
def read_provenance(organization_id: Id) -> ProvenanceView:
    """Field by field: the list and its date; and the sources whose latest whole list lacks the school."""
    return provenance_view(organizations.get(OrganizationStore(connect()), organization_id))
