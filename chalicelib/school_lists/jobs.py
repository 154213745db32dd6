"""The function that imports a list when its file arrives in the uploads bucket."""

import time
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.aws import s3
from chalicelib.clock import new_id, utc_now
from chalicelib.config import config
from chalicelib.school_lists import service
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.imports import SchoolImport, Source
from chalicelib.school_lists.store import ImportStore
from chalicelib.table.table import connect

if TYPE_CHECKING:
    from chalicelib.school_lists.importer import Tools

jobs = Blueprint(__name__)

ATTEMPTS: Final = 3
"""Times an event is handed to an asynchronous function: once, and twice more when it fails."""


# Which bucket, is known at deployment only, and looked at below.
@jobs.on_cw_event({"source": ["aws.s3"], "detail-type": ["Object Created"]})
def import_school_list(event: CloudWatchEvent) -> dict[str, Any]:
    """Imports the list that the event tells of, or goes on with its import; gives the import's id and status.

    An error is raised while the platform will hand the event in again, and recorded in the import when it
    will not.
    """
    # The API loads this module with all others, and never runs an import.
    from chalicelib.observability import logger
    from chalicelib.school_lists.importer import OutOfTime, fail_import, run_import

    settings = config()
    detail = event.detail
    if detail["bucket"]["name"] != settings.uploads_bucket:
        return {"import_id": None, "status": "not the uploads bucket"}
    source = Source(
        bucket=settings.uploads_bucket,
        key=detail["object"]["key"],
        size=int(detail["object"].get("size", 0)),
        etag=str(detail["object"].get("etag", "")).strip('"'),
    )
    imports = ImportStore(connect())
    happened = datetime.fromisoformat(event.to_dict()["time"])
    import_id = service.import_of_upload(
        imports, source, happened, str(detail["object"].get("sequencer", ""))
    )
    if import_id is None:
        return {"import_id": None, "status": "not an upload"}
    tools = _tools(imports, event.context)
    try:
        ended = run_import(tools, import_id, source)
    except Exception as error:
        tell = logger.info if isinstance(error, OutOfTime) else logger.error
        tell("import stopped", extra={"import_id": import_id, "error": type(error).__name__})
        if imports.get(import_id).attempt < ATTEMPTS:
            raise
        ended = fail_import(tools, import_id)
    logger.info("import", extra=_told(ended))
    return {"import_id": ended.id, "status": ended.status.value}


def _tools(imports: ImportStore, context: Any) -> "Tools":
    from chalicelib.organizations.service import OrganizationStore
    from chalicelib.school_lists.directory import SchoolDirectory
    from chalicelib.school_lists.gazetteer import ReferenceGazetteer
    from chalicelib.school_lists.importer import Tools

    return Tools(
        imports=imports,
        directory=SchoolDirectory(OrganizationStore(connect())),
        files=Files(s3(), config().uploads_bucket, config().upload_max_bytes),
        gazetteer=ReferenceGazetteer(),
        clock=utc_now,
        new_id=new_id,
        pause=time.sleep,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )


def _told(ended: SchoolImport) -> dict[str, Any]:
    counts = {f"rows_{name}": count for name, count in asdict(ended.counts).items() if name != "rows_read"}
    return {
        "import_id": ended.id,
        "status": ended.status.value,
        "layout": ended.layout,
        "rows_read": ended.counts.rows_read,
        **counts,
    }
