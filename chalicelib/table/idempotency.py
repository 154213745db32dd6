"""Repeating a POST safely: the key's record is written in the same transaction as what the request creates.

So there is no moment at which one exists without the other, and two requests with the same key cannot both create.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chalicelib.errors import IdempotencyMismatch
from chalicelib.table import keys
from chalicelib.table.expressions import Put, less_than, missing
from chalicelib.table.table import Table

REMEMBERED: Final = timedelta(hours=24)
"""How long a key is remembered."""


@dataclass(frozen=True, slots=True)
class IdempotentRequest:
    """A request that carries a key: whose, which, and the digest of method, path and body."""

    user_id: str
    key: str
    digest: str


def record(request: IdempotentRequest, created_id: str, now: datetime) -> Put:
    """The write that remembers what the request created. Its condition fails where the key is remembered already."""
    pk, sk = keys.idempotency(request.user_id, request.key)
    return Put(
        {
            "PK": pk,
            "SK": sk,
            "digest": request.digest,
            "created_id": created_id,
            "expires_at": int((now + REMEMBERED).timestamp()),
        },
        missing() | less_than("expires_at", int(now.timestamp())),
    )


def created_before(table: Table, request: IdempotentRequest, now: datetime) -> str | None:
    """The id that an earlier request with this key created, or None.

    Raises ``IdempotencyMismatch`` where the key came with another request.
    """
    item = table.get(keys.idempotency(request.user_id, request.key))
    if item is None or item["expires_at"] < int(now.timestamp()):
        return None
    if item["digest"] != request.digest:
        raise IdempotencyMismatch(
            "This Idempotency-Key came with another request within the last 24 hours. Use a new key for a new request; "
            "repeat a request with its key unchanged."
        )
    return str(item["created_id"])
