"""What becomes of a response.

Every move is one transaction whose conditions decide races: the response still has the status that the move goes
from, and a seat is left. Who loses is told by what stands then; who asks for what stands already is given it.
"""

from typing import Final

from chalicelib.auth import Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.engagement import service as engagement
from chalicelib.engagement.models import Counter
from chalicelib.errors import (
    ConditionFailed,
    FieldError,
    InvalidInput,
    MoveNotAllowed,
    NotFound,
    NotVerified,
)
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import Status as OrganizationStatus
from chalicelib.outbox.models import NoticeKind
from chalicelib.postings import service as postings
from chalicelib.responses.access import check_acts_for, roles_of
from chalicelib.responses.checks import busy, check_open, notice_write
from chalicelib.responses.models import SIDE_OF_MOVE, Response, ResponseStatus, Side, moved
from chalicelib.responses.store import Found, marker_delete, moved_write
from chalicelib.responses.stores import Stores
from chalicelib.table.expressions import Put, Update, Write
from chalicelib.values import Timestamp

_ATTEMPTS: Final = 5


def move(
    stores: Stores,
    caller: Caller,
    posting_id: str,
    response_id: str,
    status: ResponseStatus,
    *,
    clock: Clock = utc_now,
) -> Found:
    """Accepts, declines or withdraws a response; the same move again changes nothing and answers the same.

    Accepting takes a seat, and withdrawing what was accepted gives it back. Raises ``MoveNotAllowed`` where the
    response cannot get there, ``NotPermitted`` where it is not the caller's side that moves it so,
    ``SeatsGone`` and ``PostingNotOpen``, ``NotVerified``, and ``NotFound``.
    """
    if status not in SIDE_OF_MOVE:
        raise _not_a_move(status)
    for _ in range(_ATTEMPTS):
        found = stores.responses.get(posting_id, response_id)
        before = found.response
        roles = roles_of(stores.members, caller, before)
        check_acts_for(roles, SIDE_OF_MOVE[status])
        now = clock()
        after = moved(before, status, now)
        if after is before:
            return found
        try:
            stores.responses.transact(
                moved_write(after, before.status), *_consequences(stores, before, after, now)
            )
        except ConditionFailed as error:
            if 0 not in error.failed and status is ResponseStatus.ACCEPTED:
                _explain(stores, before, now)
            continue
        _tell(f"response {status.value}", caller, response_id)
        return found._replace(response=after)
    raise busy()


def completion_writes(before: Response, now: Timestamp) -> tuple[Response, tuple[Write, ...]]:
    """A response completed, and the writes that make it so, for the transaction of its outcome.

    The first write fails where it is not accepted any more. Raises ``MoveNotAllowed``.
    """
    after = moved(before, ResponseStatus.COMPLETED, now)
    return after, (moved_write(after, before.status), marker_delete(after))


def _consequences(stores: Stores, before: Response, after: Response, now: Timestamp) -> list[Write]:
    """All that goes together with a move, but the move itself."""
    if after.status is ResponseStatus.ACCEPTED:
        return [
            postings.take_seat_write(postings.get(stores.postings, after.posting_id), now),
            organizations.verified_check(after.organization_id),
            organizations.verified_check(after.posting_organization_id),
            *(
                engagement.count_write(after.organization_of(side), now, {Counter.RESPONSES_ACCEPTED: 1})
                for side in Side
            ),
            _decided(after, now),
        ]
    if after.status is ResponseStatus.DECLINED:
        return [marker_delete(after), _decided(after, now)]
    answering = organizations.get_many(stores.organizations, [after.organization_id])
    name = answering[after.organization_id].name if answering else "-"
    writes: list[Write] = [
        marker_delete(after),
        notice_write(
            NoticeKind.RESPONSE_WITHDRAWN, after.posting_organization_id, after, now, organization_name=name
        ),
    ]
    if before.status is ResponseStatus.ACCEPTED:
        writes += _seat_back(stores, after.posting_id)
    return writes


def _seat_back(stores: Stores, posting_id: str) -> list[Update]:
    try:
        return [postings.give_back_seat_write(postings.get(stores.postings, posting_id))]
    except NotFound:
        # The posting was deleted, and its seats with it.
        return []


def _explain(stores: Stores, response: Response, now: Timestamp) -> None:
    """Raises what stands against an acceptance; returns where nothing does any more."""
    check_open(postings.get(stores.postings, response.posting_id), now)
    sides = (response.organization_id, response.posting_organization_id)
    statuses = organizations.statuses(stores.organizations, sides)
    if any(statuses.get(one) is not OrganizationStatus.VERIFIED for one in sides):
        raise NotVerified(
            "One of the two organizations is not verified at present, so nothing can be agreed upon."
        )


def _decided(response: Response, now: Timestamp) -> Put:
    return notice_write(
        NoticeKind.RESPONSE_DECIDED, response.organization_id, response, now, decision=response.status.value
    )


def _not_a_move(status: ResponseStatus) -> InvalidInput | MoveNotAllowed:
    if status is ResponseStatus.COMPLETED:
        return MoveNotAllowed(
            "A response is completed by the school's confirmation of what came of it: PUT …/outcome."
        )
    detail = "A response begins pending and does not become so again: accepted, declined or withdrawn."
    return InvalidInput(f"/status: {detail}", [FieldError("/status", detail)])


def _tell(event: str, caller: Caller, response_id: str) -> None:
    from chalicelib.observability import logger

    logger.info(event, extra={"response_id": response_id, "user_id": caller.user_id})
