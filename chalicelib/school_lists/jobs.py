"""The function that imports a list when its file arrives in the uploads bucket, and that goes on with what is left."""

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
from chalicelib.school_lists.imports import ImportStatus, SchoolImport, Source
from chalicelib.school_lists.store import Busy, ImportStore
from chalicelib.table.table import connect

if TYPE_CHECKING:
    from chalicelib.school_lists.runs import Tools

jobs = Blueprint(__name__)

ATTEMPTS: Final = 3
"""Runs in a row that get no further before an import has failed. An event is handed to an asynchronous function as
often: once, and twice more when it fails."""
_PATIENCE: Final = 2.0
"""Seconds until an import that met another one looks again: the other may just have ended and not seen this one."""

_COUNTED: Final = {
    ImportStatus.DONE: "ImportDone",
    ImportStatus.REFUSED: "ImportRefused",
    ImportStatus.FAILED: "ImportFailed",
}
"""How imports end, and the metrics that count it; an alarm watches the last."""


# Which bucket, is known at deployment only, and looked at below.
@jobs.on_cw_event({"source": ["aws.s3"], "detail-type": ["Object Created"]})
def import_school_list(event: CloudWatchEvent) -> dict[str, Any]:
    """Imports the list that the event tells of, or goes on with its import; gives the import's id and status.

    What the time does not suffice for goes on in an invocation of its own. An error is raised while the platform will
    hand the event in again, and recorded in the import when it will not.
    """
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
    files = Files(s3(), settings.uploads_bucket, settings.upload_max_bytes)
    happened = datetime.fromisoformat(event.to_dict()["time"])
    import_id = service.import_of_upload(
        imports, files, source, happened, str(detail["object"].get("sequencer", ""))
    )
    if import_id is None:
        return {"import_id": None, "status": "not an upload"}
    ended = _run(_tools(imports, files, event.context), import_id)
    service.wake(imports, files, utc_now())
    return {"import_id": ended.id, "status": ended.status.value}


def _run(tools: "Tools", import_id: str) -> SchoolImport:
    # The API loads this module with all others, and never runs an import.
    from chalicelib.observability import MetricUnit, logger, metrics
    from chalicelib.school_lists.runs import OutOfTime, fail_import

    try:
        ended = _patiently(tools, import_id)
    except Busy:
        ended = tools.imports.get(import_id)
    except OutOfTime:
        ended = tools.imports.get(import_id)
        service.go_on(tools.files, ended)
    except Exception as error:
        logger.error("import stopped", extra={"import_id": import_id, "error": type(error).__name__})
        if tools.imports.get(import_id).fruitless < ATTEMPTS:
            raise
        ended = fail_import(tools, import_id)
    logger.info("import", extra=_told(ended))
    if ended.status in _COUNTED:
        metrics.add_metric(name=_COUNTED[ended.status], unit=MetricUnit.Count, value=1)
        metrics.flush_metrics()
    return ended


def _patiently(tools: "Tools", import_id: str) -> SchoolImport:
    """A run; where another import runs, tried once more a moment later. Raises ``Busy`` then."""
    try:
        return _one_run(tools, import_id)
    except Busy:
        tools.pause(_PATIENCE)
        return _one_run(tools, import_id)


def _one_run(tools: "Tools", import_id: str) -> SchoolImport:
    from chalicelib.school_lists.importer import run_import
    from chalicelib.school_lists.undo import run_undo

    state = tools.imports.get(import_id)
    if state.status is ImportStatus.UNDOING:
        return run_undo(tools, import_id)
    source = tools.imports.source_of(import_id)
    return state if source is None else run_import(tools, import_id, source)


def _tools(imports: ImportStore, files: Files, context: Any) -> "Tools":
    from chalicelib.organizations.service import OrganizationStore
    from chalicelib.school_lists.directory import SchoolDirectory
    from chalicelib.school_lists.gazetteer import ReferenceGazetteer
    from chalicelib.school_lists.runs import Tools

    return Tools(
        imports=imports,
        directory=SchoolDirectory(OrganizationStore(connect())),
        files=files,
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
