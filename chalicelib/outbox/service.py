"""The write that tells of a change, for the transaction that makes it.

A notice is an item; the table's stream hands it to the function that sends, which takes it from the directory of what
is unsent. So nothing is told that did not happen, and nothing that happened is forgotten when the sender is down.
"""

from datetime import timedelta
from typing import Final

from chalicelib.clock import new_id
from chalicelib.outbox.models import Audience, Notice, NoticeKind
from chalicelib.table import keys
from chalicelib.table.expressions import Put, missing
from chalicelib.values import Timestamp

KEPT: Final = timedelta(days=30)
"""How long a notice stays in the outbox; sending takes seconds, and a delivery given up can be replayed as long."""


def notice_write(
    kind: NoticeKind, audience: Audience, facts: dict[str, str], now: Timestamp, notice_id: str | None = None
) -> Put:
    """The write that tells an audience what happened.

    ``facts`` holds exactly the texts that ``FACTS`` names for the kind. With a ``notice_id`` the write fails where
    that notice was written before: for jobs that may run twice.
    """
    notice = Notice(id=notice_id or new_id(), kind=kind, audience=audience, facts=facts, created_at=now)
    pk, sk = keys.notice(notice.id)
    return Put(
        {
            "PK": pk,
            "SK": sk,
            **keys.unsent_notice(now, notice.id),
            "doc": notice.model_dump_json(),
            "expires_at": int((now + KEPT).timestamp()),
        },
        missing(),
    )
