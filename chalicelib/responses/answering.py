"""Answering a posting: one transaction, whose conditions are all that has to hold for it."""

from collections.abc import Callable
from typing import Final

from chalicelib.approvals import service as approvals
from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.engagement import service as engagement
from chalicelib.engagement.models import Counter
from chalicelib.errors import AlreadyResponded, ConditionFailed, LimitReached, NotPermitted, OwnPosting
from chalicelib.memberships import service as memberships
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import EMPLOYERS
from chalicelib.organizations.models import Status as OrganizationStatus
from chalicelib.organizations.service import Organization
from chalicelib.outbox.models import NoticeKind
from chalicelib.postings import service as postings
from chalicelib.postings.models import Posting
from chalicelib.responses.checks import busy, check_open, notice_write, unverified
from chalicelib.responses.models import Message, Response, ResponseDraft, ResponseStatus
from chalicelib.responses.store import Found, check_of, message_put, new_writes
from chalicelib.responses.stores import Stores
from chalicelib.table.daily import counted
from chalicelib.table.expressions import Put, Write
from chalicelib.table.idempotency import IdempotentRequest, created_before, record
from chalicelib.values import Kind, Role, Timestamp

MOST_A_DAY: Final = 10
"""How often a person may answer one posting on a day: each time, and each withdrawal, mails the other side."""
MOST_IN_ALL: Final = 100
"""How many answers a person may give on a day, to whichever postings: nobody writes to the whole nation."""

_ATTEMPTS: Final = 5


def respond(
    stores: Stores,
    caller: Caller,
    posting_id: str,
    draft: ResponseDraft,
    idempotent: IdempotentRequest | None = None,
    *,
    clock: Clock = utc_now,
    make_id: Callable[[], str] = new_id,
) -> Found:
    """An organization answers another's posting; the same request again answers the same response.

    Raises ``NotPermitted`` where the caller does not act for the organization, ``NotVerified``, ``OwnPosting``,
    ``PostingNotOpen``, ``SeatsGone``, ``ApprovalNeeded``, ``EmployerBlocked``, ``AlreadyResponded``, ``LimitReached``
    where they answer again and again, or far too many, ``NotFound`` where there is no such posting for strangers, and
    ``IdempotencyMismatch``.
    """
    now = clock()
    table = stores.responses.table
    if idempotent is not None and (before := created_before(table, idempotent, now)) is not None:
        return stores.responses.get(posting_id, before)
    answering = _answering(stores, caller, draft.organization_id)
    response_id = make_id()
    for _ in range(_ATTEMPTS):
        posting, owner = _answered(stores, answering, posting_id, now)
        response = Response(
            id=response_id,
            posting_id=posting.id,
            posting_organization_id=owner.id,
            organization_id=answering.id,
            direction=posting.direction,
            category=posting.category,
            posting_title=posting.title,
            status=ResponseStatus.PENDING,
            created_at=now,
            updated_at=now,
        )
        itself, marker, pointer = new_writes(response, messages=1 if draft.message else 0)
        writes: list[Write] = [
            marker,
            organizations.verified_check(answering.id),
            counted(caller.user_id, f"response#{posting.id}", MOST_A_DAY, now),
            counted(caller.user_id, "response", MOST_IN_ALL, now),
            check_of(postings.take_seat_write(posting, now)),
            itself,
            pointer,
            engagement.count_write(answering.id, now, {Counter.RESPONSES_SENT: 1}),
            notice_write(
                NoticeKind.RESPONSE_RECEIVED, owner.id, response, now, organization_name=answering.name
            ),
        ]
        if owner.kind is Kind.SCHOOL and answering.kind in EMPLOYERS:
            writes.append(approvals.admission_check(stores.approvals, owner.id, answering.id))
        if draft.message is not None:
            writes.append(_first_message(response, caller, draft.message))
        if idempotent is not None:
            writes.append(record(idempotent, response.id, now))
        try:
            stores.responses.transact(*writes)
        except ConditionFailed as error:
            if idempotent is not None and (first := created_before(table, idempotent, now)) is not None:
                return stores.responses.get(posting_id, first)
            _check_refused(error)
            # The posting, or the school's mind, was changed meanwhile: what is read anew says how.
            continue
        return Found(response, 1 if draft.message else 0)
    raise busy()


def _check_refused(error: ConditionFailed) -> None:
    """Raises what stands against answering by the first four writes; returns where something else does."""
    if 0 in error.failed:
        raise AlreadyResponded(
            "Your organization has an open response to this posting. Write to it, or withdraw it first."
        ) from error
    if 1 in error.failed:
        raise unverified() from error
    if 2 in error.failed:
        raise LimitReached(
            f"You have answered this posting {MOST_A_DAY} times today. Try again tomorrow."
        ) from error
    if 3 in error.failed:
        raise LimitReached(
            f"You have answered {MOST_IN_ALL} postings today. Answer the others tomorrow."
        ) from error


def _answering(stores: Stores, caller: Caller, organization_id: str) -> Organization:
    role = memberships.role_of(stores.members, caller.user_id, organization_id)
    if role is None or not role.covers(Role.CONTRIBUTOR):
        raise NotPermitted(
            "Only members of an organization with the role contributor or more may answer for it."
        )
    organization = organizations.get(stores.organizations, organization_id)
    if organization.status is not OrganizationStatus.VERIFIED:
        raise unverified()
    return organization


def _answered(
    stores: Stores, answering: Organization, posting_id: str, now: Timestamp
) -> tuple[Posting, Organization]:
    """The posting that can be answered, and whose it is; raises what stands against it."""
    posting, owner = postings.get_shown(stores.postings, stores.organizations, posting_id)
    if owner.id == answering.id:
        raise OwnPosting("This is your own posting: another organization has to answer it.")
    check_open(posting, now)
    return posting, owner


def _first_message(response: Response, caller: Caller, text: str) -> Put:
    return message_put(
        Message(
            id=response.id,
            response_id=response.id,
            organization_id=response.organization_id,
            author=caller.user_id,
            text=text,
            created_at=response.created_at,
        )
    )
