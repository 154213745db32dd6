"""The write that records a change, for the transaction that makes it."""

from chalicelib.audit.models import Entry
from chalicelib.audit.store import AuditStore
from chalicelib.clock import new_id
from chalicelib.table import keys
from chalicelib.table.expressions import Put, missing
from chalicelib.values import Timestamp

__all__ = ["AuditStore", "entry_write"]


def entry_write(actor: str, action: str, subject: str, now: Timestamp, detail: str = "") -> Put:
    """The write that appends an entry. No entry is ever changed: the write fails where its key is taken."""
    entry = Entry(id=new_id(), at=now, actor=actor, action=action, subject=subject, detail=detail)
    pk, sk = keys.audit_entry(now, entry.id)
    return Put(
        {
            "PK": pk,
            "SK": sk,
            **keys.audit_of(subject, entry.id),
            "doc": entry.model_dump_json(),
        },
        missing(),
    )
