"""Responses and messages in the table.

A response is one item in its posting's partition, with the entity as JSON and beside it ``status`` and ``messages``,
which conditions need. Beside it lie a marker for the answering organization, as long as the response is open, and a
pointer in the partition of the posting's organization. Messages have a partition of their own.
"""

from typing import Final, NamedTuple
from uuid import UUID

from chalicelib.errors import NotFound
from chalicelib.readable import readable
from chalicelib.responses.models import (
    ERASED,
    MOST_MESSAGES,
    WRITABLE,
    Message,
    Response,
    ResponseStatus,
)
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Check,
    Condition,
    Delete,
    Item,
    Put,
    Update,
    Write,
    equals,
    less_than,
    missing,
    one_of,
)
from chalicelib.table.table import Page, Table

_MESSAGE: Final = tuple(Message.model_fields)


class Found(NamedTuple):
    """A response, and how many messages it has."""

    response: Response
    messages: int


class ResponseStore:
    """Items to responses and messages and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, posting_id: str, response_id: str) -> Found:
        """A response. Raises ``NotFound``."""
        item = self.table.get(keys.response(posting_id, response_id))
        if item is None:
            raise NotFound("There is no such response, or it is not yours to see.")
        return _found(item)

    def of_posting(self, posting_id: str, limit: int, after: str | None) -> tuple[list[Found], str | None]:
        """One page of the responses to a posting, newest first, and behind which id the next one begins."""
        start = keys.response(posting_id, after).attributes if after is not None else None
        page = self.table.query(
            keys.posting_pk(posting_id), begins_with=keys.RESPONSE, limit=limit, start=start, descending=True
        )
        following = None if page.next is None else page.next["SK"].removeprefix(keys.RESPONSE)
        return list(readable(page.items, _found)), following

    def given_by(
        self, organization_id: str, limit: int, after: tuple[str, str] | None
    ) -> tuple[list[Found], tuple[str, str] | None]:
        """One page of the responses that an organization gave, newest first, from an index.

        ``after`` is posting and response behind which it begins, as the page before gave them.
        """
        start = None
        if after is not None:
            start = {**keys.response(*after).attributes, **_entry(organization_id, after[1])}
        page = self.table.query(
            keys.responses_of(organization_id),
            index=keys.DIRECTORY,
            limit=limit,
            start=start,
            descending=True,
        )
        return list(readable(page.items, _found)), _following(page)

    def received_by(
        self, organization_id: str, limit: int, after: tuple[str, str] | None
    ) -> tuple[list[Found], tuple[str, str] | None]:
        """One page of the responses to an organization's postings, newest first.

        Of ``after`` the response alone counts.
        """
        start = keys.received(organization_id, after[1]).attributes if after is not None else None
        page = self.table.query(
            keys.organization_pk(organization_id),
            begins_with=keys.RECEIVED,
            limit=limit,
            start=start,
            descending=True,
        )
        wanted = list(readable(page.items, _pointed))
        there = self.table.batch_get(wanted)
        found = (there[key] for key in wanted if key in there)
        following = None if page.next is None else ("", page.next["SK"].removeprefix(keys.RECEIVED))
        return list(readable(found, _found)), following

    def messages(
        self, response_id: str, limit: int, after: str | None, *, descending: bool
    ) -> tuple[list[Message], str | None]:
        """One page of a response's messages, and behind which id the next one begins."""
        start = keys.message(response_id, after).attributes if after is not None else None
        page = self.table.query(
            keys.messages_pk(response_id),
            begins_with=keys.MESSAGE,
            limit=limit,
            start=start,
            descending=descending,
        )
        following = None if page.next is None else page.next["SK"].removeprefix(keys.MESSAGE)
        return list(readable(page.items, _message)), following

    def message(self, response_id: str, message_id: str) -> Message:
        """A message. Raises ``NotFound``."""
        item = self.table.get(keys.message(response_id, message_id))
        if item is None:
            raise NotFound("There is no such message.")
        return _message(item)

    def messages_by(self, user_id: str, limit: int, start: Item | None) -> Page:
        """One page of the items of a person's messages, from an index."""
        return self.table.query(
            keys.person_pk(user_id), index=keys.DIRECTORY, begins_with=keys.MESSAGE, limit=limit, start=start
        )

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self.table.transact(*writes)

    def write(self, write: Put | Update | Delete) -> None:
        """One write. Raises ``ConditionFailed`` where its condition does not hold."""
        self.table.write(write)


def message_of(item: Item) -> Message:
    """The message of an item of ``messages_by``."""
    return _message(item)


def new_writes(response: Response, messages: int) -> tuple[Put, Put, Put]:
    """The writes of a new response: itself, the marker that there is an open one, the pointer.

    The marker's condition fails where the organization has an open response to the posting.
    """
    pk, sk = keys.response(response.posting_id, response.id)
    marker = keys.answerer(response.posting_id, response.organization_id)
    pointer = keys.received(response.posting_organization_id, response.id)
    item: Item = {
        "PK": pk,
        "SK": sk,
        **_entry(response.organization_id, response.id),
        "status": response.status.value,
        "messages": messages,
        "doc": _document(response),
    }
    return (
        Put(item, missing()),
        Put({**marker.attributes, "response_id": response.id}, missing()),
        Put({**pointer.attributes, "posting_id": response.posting_id}, missing()),
    )


def moved_write(after: Response, before: ResponseStatus) -> Update:
    """The write of a response with another status. Its condition fails where it has not the one it had."""
    return Update(
        keys.response(after.posting_id, after.id),
        set={"status": after.status.value, "doc": _document(after)},
        condition=equals("status", before.value),
    )


def marker_delete(response: Response) -> Delete:
    """The write after which the organization can answer the posting again."""
    return Delete(keys.answerer(response.posting_id, response.organization_id))


def check_of(write: Update) -> Check:
    """What has to hold for an update to succeed, for a transaction that does not make it."""
    if write.condition is None:
        raise ValueError("an update without a condition always succeeds")
    return Check(write.key, write.condition)


def counted_write(response: Response) -> Update:
    """The write that counts one more message. Fails where there are too many, or none can be written."""
    writable: Condition = one_of("status", sorted(one.value for one in WRITABLE))
    return Update(
        keys.response(response.posting_id, response.id),
        add={"messages": 1},
        condition=writable & less_than("messages", MOST_MESSAGES),
    )


def message_put(message: Message) -> Put:
    """The write of a new message."""
    pk, sk = keys.message(message.response_id, message.id)
    entry = keys.message_of(message.author, message.id)
    return Put({"PK": pk, "SK": sk, **entry, **message.model_dump(mode="json", exclude_none=True)}, missing())


def erased_write(item: Item) -> Update:
    """The write that takes text and author from an item of ``messages_by``, which stays in its place.

    What else it holds is not looked at: what nobody can read is erased as well.
    """
    return Update(
        keys.Key(item["PK"], item["SK"]),
        set={"author": ERASED},
        remove=("text", keys.DIRECTORY.pk, keys.DIRECTORY.sk),
    )


def _document(response: Response) -> str:
    return response.model_dump_json(exclude_none=True)


def _entry(organization_id: str, response_id: str) -> dict[str, str]:
    return keys.DIRECTORY.entry(keys.responses_of(organization_id), response_id)


def _found(item: Item) -> Found:
    return Found(Response.model_validate_json(item["doc"]), int(item["messages"]))


def _pointed(item: Item) -> keys.Key:
    """The key of the response that an organization got. Raises ``ValueError`` or the like where it is to none."""
    UUID(item["posting_id"])
    return keys.response(item["posting_id"], item["SK"].removeprefix(keys.RECEIVED))


def _following(page: Page) -> tuple[str, str] | None:
    if page.next is None:
        return None
    return page.next["PK"].removeprefix(keys.posting_pk("")), page.next["SK"].removeprefix(keys.RESPONSE)


def _message(item: Item) -> Message:
    return Message.model_validate({name: item.get(name) for name in _MESSAGE})
