"""Owner groups: enterprises that own organizations; the Exchange counts contributors by them."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import ConditionFailed, NotFound
from chalicelib.memberships import service as memberships
from chalicelib.table import keys
from chalicelib.table.expressions import Put, Write, missing
from chalicelib.table.idempotency import IdempotentRequest, created_before, record
from chalicelib.table.table import Table
from chalicelib.values import Id, Line, Model


class OwnerGroupDraft(Model):
    """What registers an owner group."""

    name: Annotated[Line, Field(examples=["Big Sky Auto Group"])]


class OwnerGroup(Model):
    """An enterprise that owns organizations."""

    id: Id
    name: Annotated[Line, Field(examples=["Big Sky Auto Group"])]


def get(table: Table, owner_group_id: str) -> OwnerGroup:
    """An owner group. Raises ``NotFound`` where there is none."""
    item = table.get(keys.owner_group(owner_group_id))
    if item is None:
        raise NotFound("There is no owner group with this id.")
    return OwnerGroup(id=item["id"], name=item["name"])


def create(
    table: Table,
    caller: Caller,
    draft: OwnerGroupDraft,
    idempotent: IdempotentRequest | None = None,
    *,
    clock: Clock = utc_now,
    make_id: Callable[[], str] = new_id,
) -> OwnerGroup:
    """Registers an owner group with the caller as its owner; the same request again answers the same one.

    Raises ``IdempotencyMismatch``.
    """
    now = clock()
    if idempotent is not None and (before := created_before(table, idempotent, now)) is not None:
        return get(table, before)
    group = OwnerGroup(id=make_id(), name=draft.name)
    pk, sk = keys.owner_group(group.id)
    item = {"PK": pk, "SK": sk, "id": group.id, "name": group.name, "created_at": now.isoformat()}
    writes: list[Write] = [
        Put(item, missing()),
        memberships.group_ownership_write(caller.user_id, group.id, now),
    ]
    if idempotent is not None:
        writes.append(record(idempotent, group.id, now))
    try:
        table.transact(*writes)
    except ConditionFailed:
        if idempotent is None or (first := created_before(table, idempotent, now)) is None:
            raise
        return get(table, first)
    _tell(caller, group.id)
    return group


def _tell(caller: Caller, owner_group_id: str) -> None:
    from chalicelib.observability import logger

    logger.info("owner group created", extra={"owner_group_id": owner_group_id, "user_id": caller.user_id})
