"""Tells whoever sent a list that its import is over."""

from datetime import datetime

from chalicelib.outbox import service as outbox
from chalicelib.outbox.models import NoticeKind, ToAdministrators, ToPerson
from chalicelib.school_lists.imports import SchoolImport
from chalicelib.table.expressions import Put


def finished_notice(ended: SchoolImport, now: datetime) -> Put:
    """The write that tells the uploader, or the administrators where the list was put into the bucket."""
    audience = ToAdministrators() if ended.started_by is None else ToPerson(user_id=ended.started_by)
    counts = ended.counts
    facts = {
        "import_id": ended.id,
        "filename": ended.filename,
        "status": ended.status.value,
        "rows_read": str(counts.rows_read),
        "created": str(counts.created),
        "changed": str(counts.changed),
        "rejected": str(counts.rejected),
        "to_review": str(counts.to_review),
    }
    return outbox.notice_write(NoticeKind.IMPORT_FINISHED, audience, facts, now)
