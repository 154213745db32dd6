"""The messages of a response: both sides write, both read, nobody else."""

from collections.abc import Callable
from typing import Final

from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import (
    ConditionFailed,
    LimitReached,
    MoveNotAllowed,
    NotPermitted,
    TemporarilyUnavailable,
)
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import Status
from chalicelib.outbox.models import NoticeKind
from chalicelib.readable import readable
from chalicelib.responses.access import acting_side, roles_of
from chalicelib.responses.checks import notice_write
from chalicelib.responses.models import MOST_MESSAGES, WRITABLE, Message, MessageDraft
from chalicelib.responses.store import (
    Found,
    ResponseStore,
    counted_write,
    erased_write,
    message_of,
    message_put,
)
from chalicelib.responses.stores import Stores
from chalicelib.table.daily import counted
from chalicelib.table.expressions import Item, Write
from chalicelib.table.idempotency import IdempotentRequest, created_before, record

MOST_A_DAY: Final = 100
"""How many messages a person may write to one response on a day: each mails everybody on the other side."""
_COUNTED: Final = 3
"""Which write of a message counts it."""


def write(  # noqa: PLR0913 - a request in full, and what tests replace
    stores: Stores,
    caller: Caller,
    posting_id: str,
    response_id: str,
    draft: MessageDraft,
    idempotent: IdempotentRequest | None = None,
    *,
    clock: Clock = utc_now,
    make_id: Callable[[], str] = new_id,
) -> Message:
    """One side writes to the other; the same request again answers the same message.

    Raises ``NotPermitted``, ``NotFound`` for strangers, ``MoveNotAllowed`` where the response is declined or
    withdrawn, ``LimitReached`` also for too many on a day, ``InvalidInput`` and ``IdempotencyMismatch``.
    """
    now = clock()
    found = stores.responses.get(posting_id, response_id)
    response = found.response
    side = acting_side(roles_of(stores.members, caller, response), response, draft.organization_id)
    if (
        idempotent is not None
        and (before := created_before(stores.responses.table, idempotent, now)) is not None
    ):
        return stores.responses.message(response_id, before)
    _check_writable(found)
    organization = organizations.get(stores.organizations, response.organization_of(side))
    if organization.status is Status.SUSPENDED:
        raise NotPermitted("Your organization is suspended: it can write to nobody.")
    message = Message(
        id=make_id(),
        response_id=response_id,
        organization_id=organization.id,
        author=caller.user_id,
        text=draft.text,
        created_at=now,
    )
    writes: list[Write] = [
        counted_write(response),
        message_put(message),
        notice_write(
            NoticeKind.MESSAGE_RECEIVED,
            response.other_side(organization.id),
            response,
            now,
            organization_name=organization.name,
        ),
        counted(caller.user_id, f"message#{response_id}", MOST_A_DAY, now),
    ]
    if idempotent is not None:
        writes.append(record(idempotent, message.id, now))
    try:
        stores.responses.transact(*writes)
    except ConditionFailed as error:
        if idempotent is not None:
            first = created_before(stores.responses.table, idempotent, now)
            if first is not None:
                return stores.responses.message(response_id, first)
        _check_writable(stores.responses.get(posting_id, response_id))
        if _COUNTED in error.failed:
            raise LimitReached(
                f"You have written {MOST_A_DAY} messages here today. Write the others tomorrow."
            ) from error
        raise TemporarilyUnavailable("Others are writing at this moment. Try again.") from error
    return message


def read(
    stores: Stores,
    caller: Caller,
    posting_id: str,
    response_id: str,
    limit: int,
    *,
    newest_first: bool = True,
    after: str | None = None,
) -> tuple[list[Message], str | None]:
    """One page of the messages for both sides, and administrators, and behind which id the next one begins.

    Raises ``NotFound``, also for strangers.
    """
    response = stores.responses.get(posting_id, response_id).response
    roles_of(stores.members, caller, response)
    return stores.responses.messages(response_id, limit, after, descending=newest_first)


def entered_by(
    store: ResponseStore, user_id: str, limit: int, start: Item | None = None
) -> tuple[list[Message], Item | None]:
    """One page of the messages that a person wrote, and where the next one begins, or None."""
    page = store.messages_by(user_id, limit, start)
    return list(readable(page.items, message_of)), page.next


def forget_person(store: ResponseStore, user_id: str, limit: int = 100) -> bool:
    """Takes author and text from at most ``limit`` of a person's messages; whether there may be more.

    The message stays in its place, so that the other side sees that something was said. Calling again until it
    answers False erases all.
    """
    page = store.messages_by(user_id, limit, None)
    for item in page.items:
        store.write(erased_write(item))
    return page.next is not None


def _check_writable(found: Found) -> None:
    if found.response.status not in WRITABLE:
        raise MoveNotAllowed(
            f"This response is {found.response.status.value}: nothing more can be written to it."
        )
    if found.messages >= MOST_MESSAGES:
        raise LimitReached(f"A response has at most {MOST_MESSAGES} messages. Go on by telephone or mail.")
