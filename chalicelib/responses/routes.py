"""Routes of responses and their messages."""

from typing import Final

from chalicelib.auth import SIGNED_IN, Caller
from chalicelib.errors import (
    AlreadyResponded,
    IdempotencyMismatch,
    InvalidCursor,
    LimitReached,
    MoveNotAllowed,
    NotFound,
    NotPermitted,
    SeatsGone,
)
from chalicelib.http import Api, Reply, version_etag
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.responses import reading, service, thread
from chalicelib.responses.models import MessageDraft, ResponseDraft, ResponseMove
from chalicelib.responses.stores import Stores
from chalicelib.responses.views import (
    MessagePage,
    MessagesQuery,
    MessageView,
    OwnResponsesQuery,
    ResponsePage,
    ResponsesQuery,
    ResponseView,
    message_view,
)
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Responses")

_ONE: Final = "/v1/postings/{posting_id}/responses/{response_id}"


@api.post(
    "/v1/postings/{posting_id}/responses",
    permission=SIGNED_IN,
    summary="Answer a posting",
    status=201,
    errors=(NotPermitted, NotFound, AlreadyResponded, LimitReached, IdempotencyMismatch),
)
def create_response(
    caller: Caller, posting_id: Id, body: ResponseDraft, idempotent: IdempotentRequest | None
) -> Reply[ResponseView]:
    """For an organization that the caller acts for, with the role `contributor` or more.

    Refused with a problem of its own each: an organization that is not verified, one's own posting, a posting that is
    not open or has no seats left, a school that has not approved of the employer or has blocked it, a second open
    response.
    """
    stores = Stores.over(connect())
    view = reading.view(stores, caller, service.respond(stores, caller, posting_id, body, idempotent))
    return Reply(view, etag=version_etag(view.version), location=f"responses/{view.id}")


@api.get(
    "/v1/postings/{posting_id}/responses",
    permission=SIGNED_IN,
    summary="Responses to a posting",
    errors=(NotPermitted, NotFound, InvalidCursor),
)
def list_responses(caller: Caller, posting_id: Id, query: ResponsesQuery) -> ResponsePage:
    """For members of the organization whose posting it is, the newest first."""
    scope = f"responses.{posting_id}.{query.status}"
    position = page_start(scope, query.cursor)
    items, following = reading.list_of_posting(
        Stores.over(connect()), caller, posting_id, query.limit, status=query.status, after=position
    )
    return ResponsePage(items=items, next_cursor=next_cursor(scope, following))


@api.get(
    "/v1/organizations/{organization_id}/responses",
    permission=member_of_organization(Role.VIEWER),
    summary="Responses of an organization",
    errors=(InvalidCursor,),
    query_example={"side": "posting"},
)
def list_own_responses(organization_id: Id, query: OwnResponsesQuery) -> ResponsePage:
    """Those that it gave, or with `side=posting` those that it got, the newest first."""
    scope = f"own_responses.{organization_id}.{query.side}.{query.status}"
    position = page_start(scope, query.cursor)
    items, following = reading.list_of_organization(
        Stores.over(connect()),
        organization_id,
        query.side,
        query.limit,
        status=query.status,
        after=(position[0], position[1]) if position is not None else None,
    )
    return ResponsePage(items=items, next_cursor=next_cursor(scope, following))


@api.get(_ONE, permission=SIGNED_IN, summary="A response", errors=(NotFound,))
def read_response(caller: Caller, posting_id: Id, response_id: Id) -> Reply[ResponseView]:
    """For the members of its two organizations. Contact details are there once it is accepted."""
    view = reading.read(Stores.over(connect()), caller, posting_id, response_id)
    return Reply(view)


@api.put(
    f"{_ONE}/status",
    permission=SIGNED_IN,
    summary="Accept, decline or withdraw a response",
    errors=(NotPermitted, NotFound, MoveNotAllowed, SeatsGone),
)
def move_response(caller: Caller, posting_id: Id, response_id: Id, body: ResponseMove) -> Reply[ResponseView]:
    """`accepted` and `declined` are the posting's side's to say of what is pending, `withdrawn` the answering side's of
    what is pending or accepted.

    Accepting takes a seat; withdrawing gives it back. The same move again changes nothing. No version is asked for:
    a move holds only from the status that it goes from.
    """
    stores = Stores.over(connect())
    view = reading.view(stores, caller, service.move(stores, caller, posting_id, response_id, body.status))
    return Reply(view)


@api.post(
    f"{_ONE}/messages",
    permission=SIGNED_IN,
    summary="Write to the other side",
    status=201,
    errors=(NotPermitted, NotFound, MoveNotAllowed, LimitReached, IdempotencyMismatch),
)
def create_message(
    caller: Caller,
    posting_id: Id,
    response_id: Id,
    body: MessageDraft,
    idempotent: IdempotentRequest | None,
) -> Reply[MessageView]:
    """While the response is pending, accepted or completed. The text is kept as it is: it is no HTML."""
    message = thread.write(Stores.over(connect()), caller, posting_id, response_id, body, idempotent)
    return Reply(message_view(message))


@api.get(
    f"{_ONE}/messages",
    permission=SIGNED_IN,
    summary="Messages of a response",
    errors=(NotFound, InvalidCursor),
    query_example={"order": "oldest"},
)
def list_messages(caller: Caller, posting_id: Id, response_id: Id, query: MessagesQuery) -> MessagePage:
    """For the members of its two organizations."""
    scope = f"messages.{response_id}.{query.order}"
    found, following = thread.read(
        Stores.over(connect()),
        caller,
        posting_id,
        response_id,
        query.limit,
        newest_first=query.order == "newest",
        after=page_start(scope, query.cursor),
    )
    return MessagePage(items=tuple(map(message_view, found)), next_cursor=next_cursor(scope, following))
