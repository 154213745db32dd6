"""Owner groups: enterprises that own organizations; the Exchange counts contributors by them."""

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import ConditionFailed, Conflict, NotFound
from chalicelib.memberships import service as memberships
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Put, Write, at_most, exists, missing, without
from chalicelib.table.idempotency import IdempotentRequest, created_before, record
from chalicelib.table.table import Table
from chalicelib.values import Id, Line, Model, Name


class OwnerGroupDraft(Model):
    """What registers an owner group."""

    name: Annotated[Name, Field(examples=["Big Sky Auto Group"])]


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

    Raises ``IdempotencyMismatch``, and ``NotFound`` where what the key created has been deleted since.
    """
    now = clock()
    if idempotent is not None and (before := created_before(table, idempotent, now)) is not None:
        return get(table, before)
    group = OwnerGroup(id=make_id(), name=draft.name)
    pk, sk = keys.owner_group(group.id)
    item = {"PK": pk, "SK": sk, "id": group.id, "name": group.name, "created_at": now.isoformat()}
    writes: list[Write] = [
        Put(item, missing()),
        *memberships.group_ownership_writes(caller, group.id, now),
        entry_write(caller.user_id, "owner_group.created", group.id, now),
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


def delete(table: Table, caller: Caller, owner_group_id: str, *, clock: Clock = utc_now) -> None:
    """Deletes an owner group that owns nothing, with its members and invitations.

    A call that is cut off is finished by the same call again: the caller's membership goes last. Raises ``Conflict``
    while it owns organizations.
    """
    nothing_owned = exists() & (without("organizations") | at_most("organizations", 0))
    try:
        table.transact(
            Delete(keys.owner_group(owner_group_id), nothing_owned),
            entry_write(caller.user_id, "owner_group.deleted", owner_group_id, clock()),
        )
    except ConditionFailed as error:
        if table.get(keys.owner_group(owner_group_id)) is not None:
            raise Conflict(
                "Organizations belong to this owner group. Take each out of it first, or delete it."
            ) from error
    pk, last = keys.owner_group_pk(owner_group_id), keys.owner_group_member(owner_group_id, caller.user_id)
    found = (keys.Key(item["PK"], item["SK"]) for item in table.query_all(pk, attributes=("PK", "SK")))
    table.delete_all(key for key in found if key != last)
    table.delete_all([last])


def _tell(caller: Caller, owner_group_id: str) -> None:
    from chalicelib.observability import logger

    logger.info("owner group created", extra={"owner_group_id": owner_group_id, "user_id": caller.user_id})
