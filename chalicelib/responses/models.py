"""Responses and their messages, and the rules of what may become of a response."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from chalicelib.errors import MoveNotAllowed
from chalicelib.postings.models import Category, Direction
from chalicelib.values import Id, Line, Model, Text, Timestamp

ERASED: Final = "erased"
"""The author of a message whose person had it erased."""
MOST_MESSAGES: Final = 1000
"""How many messages a response can have."""


class ResponseStatus(StrEnum):
    """What has become of a response."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"


class Side(StrEnum):
    """The two sides of a response: whose posting it is, and who answers it."""

    POSTING = "posting"
    ANSWERING = "answering"


SIDE_OF_MOVE: Final = {
    ResponseStatus.ACCEPTED: Side.POSTING,
    ResponseStatus.DECLINED: Side.POSTING,
    ResponseStatus.WITHDRAWN: Side.ANSWERING,
}
"""Who makes a move. The last one, to ``completed``, is made by an outcome."""
MOVES: Final = {
    ResponseStatus.PENDING: frozenset(
        {ResponseStatus.ACCEPTED, ResponseStatus.DECLINED, ResponseStatus.WITHDRAWN}
    ),
    ResponseStatus.ACCEPTED: frozenset({ResponseStatus.WITHDRAWN, ResponseStatus.COMPLETED}),
    ResponseStatus.DECLINED: frozenset[ResponseStatus](),
    ResponseStatus.WITHDRAWN: frozenset[ResponseStatus](),
    ResponseStatus.COMPLETED: frozenset[ResponseStatus](),
}
"""What may become of what."""
OPEN: Final = frozenset({ResponseStatus.PENDING, ResponseStatus.ACCEPTED})
"""While it is one of these, the organization cannot answer the posting a second time."""
AGREED: Final = frozenset({ResponseStatus.ACCEPTED, ResponseStatus.COMPLETED})
"""From here on both sides see each other's contact details."""
WRITABLE: Final = OPEN | AGREED
"""While it is one of these, both sides can write messages."""


class Response(Model):
    """One organization's answer to another's posting."""

    id: Id
    posting_id: Id
    posting_organization_id: Id
    organization_id: Id
    direction: Direction
    category: Category
    posting_title: Line
    """The posting's title when it was answered."""
    status: ResponseStatus
    created_at: Timestamp
    updated_at: Timestamp
    decided_at: Timestamp | None = None
    version: int = 1

    def organization_of(self, side: Side) -> str:
        """The organization on a side."""
        return self.posting_organization_id if side is Side.POSTING else self.organization_id

    def other_side(self, organization_id: str) -> str:
        """The organization across from one of the two."""
        if organization_id == self.organization_id:
            return self.posting_organization_id
        return self.organization_id


class Message(Model):
    """Something that one side wrote to the other."""

    id: Id
    response_id: Id
    organization_id: Id
    author: str
    """The person's user id, or ``erased``. Never shown to the other side."""
    text: Text | None
    """Null once it was erased."""
    created_at: Timestamp


class ResponseDraft(Model):
    """What answers a posting."""

    organization_id: Id
    """Who answers: a verified organization that the caller may act for."""
    message: Annotated[Text | None, Field(examples=["We can take two students from the first of June."])] = (
        None
    )
    """The first message to the other side."""


class ResponseMove(Model):
    """What is to become of a response."""

    status: Annotated[ResponseStatus, Field(examples=["accepted"])]
    """``accepted`` or ``declined`` by the posting's side, ``withdrawn`` by the answering side."""


class MessageDraft(Model):
    """A message to the other side."""

    text: Annotated[Text, Field(examples=["Could they start a week earlier?"])]
    organization_id: Annotated[Id | None, Field(examples=[None])] = None
    """For which side; needed only by people who act for both."""


def moved(response: Response, status: ResponseStatus, now: Timestamp) -> Response:
    """The response with another status; the very same where it has it.

    Raises ``MoveNotAllowed`` where it cannot get there.
    """
    if status is response.status:
        return response
    if status not in MOVES[response.status]:
        raise MoveNotAllowed(_refusal(response.status, status))
    decided = now if status in (ResponseStatus.ACCEPTED, ResponseStatus.DECLINED) else response.decided_at
    return response.model_copy(
        update={
            "status": status,
            "updated_at": now,
            "decided_at": decided,
            "version": response.version + 1,
        }
    )


def _refusal(before: ResponseStatus, after: ResponseStatus) -> str:
    possible = sorted(MOVES[before])
    if possible:
        return f"A response that is {before.value} cannot become {after.value}; it can become {' or '.join(possible)}."
    return f"This response is {before.value}, and stays so: it cannot become {after.value}."
