"""What the two sides see of a response and its messages, and the requests and pages around it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.organizations.models import Contact
from chalicelib.organizations.service import Organization
from chalicelib.postings.models import Category, Direction
from chalicelib.responses.access import Roles
from chalicelib.responses.models import AGREED, ERASED, Message, Response, ResponseStatus, Side
from chalicelib.responses.store import Found
from chalicelib.values import Id, Kind, Line, Model, Timestamp


class ContactDetails(Model):
    """How to reach an organization."""

    phone: Annotated[str | None, Field(examples=["+14065550123"])]
    contact: Contact | None


class PartyView(Model):
    """One of the two organizations."""

    organization_id: Id
    name: Annotated[Line | None, Field(examples=["Cedar Auto Repair"])]
    """Null where the organization is gone."""
    kind: Annotated[Kind | None, Field(examples=["shop"])]
    city: Annotated[Line | None, Field(examples=["Missoula"])]
    state: Annotated[str | None, Field(examples=["MT"])]
    contact_details: ContactDetails | None
    """Null until the response is accepted."""


class ResponseView(Model):
    """A response as one of its two sides sees it."""

    id: Id
    posting_id: Id
    posting_title: Annotated[Line, Field(examples=["Two interns for the summer"])]
    """The posting's title when it was answered."""
    direction: Annotated[Direction, Field(examples=["offer"])]
    category: Annotated[Category, Field(examples=["internship"])]
    status: Annotated[ResponseStatus, Field(examples=["accepted"])]
    sides: tuple[Side, ...]
    """The caller's: ``posting`` where it is their organization's posting, ``answering`` where it answered."""
    posting_party: PartyView
    answering_party: PartyView
    messages: Annotated[int, Field(ge=0, examples=[2])]
    """How many messages there are."""
    created_at: Timestamp
    updated_at: Timestamp
    decided_at: Timestamp | None
    """When it was accepted or declined."""
    version: Annotated[int, Field(ge=1)]


class ResponsePage(Model):
    """A page of responses, the newest first."""

    items: tuple[ResponseView, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end. A page may be short, even empty, and go on."""


class ResponsesQuery(Model):
    """Which responses to list."""

    status: Annotated[ResponseStatus | None, Field(examples=["pending"])] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


class OwnResponsesQuery(ResponsesQuery):
    """Which of an organization's responses to list."""

    side: Annotated[Side, Field(examples=["posting"])] = Side.ANSWERING
    """``answering``: those that it gave. ``posting``: those that it got, to all of its postings."""


class MessageView(Model):
    """A message."""

    id: Id
    organization_id: Id
    """Who wrote it."""
    text: Annotated[str | None, Field(examples=["Could they start a week earlier?"])]
    """Null where its author had it erased."""
    created_at: Timestamp


class MessagePage(Model):
    """A page of messages."""

    items: tuple[MessageView, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end of the list."""


class MessagesQuery(Model):
    """In which order to list messages."""

    order: Annotated[Literal["newest", "oldest"], Field(examples=["oldest"])] = "newest"
    """Which come first."""
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


def response_view(found: Found, known: Mapping[str, Organization], roles: Roles) -> ResponseView:
    """What the caller sees; ``known`` are the two organizations, as far as there are."""
    response = found.response
    agreed = response.status in AGREED
    return ResponseView(
        id=response.id,
        posting_id=response.posting_id,
        posting_title=response.posting_title,
        direction=response.direction,
        category=response.category,
        status=response.status,
        sides=tuple(side for side in Side if side in roles),
        posting_party=_party(response, Side.POSTING, known, agreed=agreed),
        answering_party=_party(response, Side.ANSWERING, known, agreed=agreed),
        messages=found.messages,
        created_at=response.created_at,
        updated_at=response.updated_at,
        decided_at=response.decided_at,
        version=response.version,
    )


def message_view(message: Message) -> MessageView:
    """What both sides see of a message: for which of them it was written, not by whom."""
    return MessageView(
        id=message.id,
        organization_id=message.organization_id,
        text=None if message.author == ERASED else message.text,
        created_at=message.created_at,
    )


def _party(response: Response, side: Side, known: Mapping[str, Organization], *, agreed: bool) -> PartyView:
    organization_id = response.organization_of(side)
    organization = known.get(organization_id)
    if organization is None:
        return PartyView(
            organization_id=organization_id, name=None, kind=None, city=None, state=None, contact_details=None
        )
    details = ContactDetails(phone=organization.phone, contact=organization.contact) if agreed else None
    return PartyView(
        organization_id=organization_id,
        name=organization.name,
        kind=organization.kind,
        city=organization.address.city,
        state=organization.address.state,
        contact_details=details,
    )
