"""Routes of the inboxes, and of links that stop mails."""

from typing import Annotated

from pydantic import Field

from chalicelib.auth import ADMINISTRATORS, PUBLIC, SIGNED_IN, Caller
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.errors import NotFound
from chalicelib.http import Api, RawReply
from chalicelib.notifications import inbox, stopping
from chalicelib.notifications.models import InboxPage, ReadUntil
from chalicelib.notifications.store import NotificationStore
from chalicelib.notifications.unsubscribing import Unsubscriber
from chalicelib.people.store import PersonStore
from chalicelib.table import keys
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id, Model

api = Api(__name__, tag="Notifications")
_HTML = "text/html; charset=utf-8"


class PageOfInbox(Model):
    """Which part of an inbox."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """The `next_cursor` of the page before."""


class UnsubscribeLink(Model):
    """What a link in a mail carries."""

    token: Annotated[str, Field(min_length=1, max_length=4000)]


@api.get("/v1/me/inbox", permission=SIGNED_IN, summary="What I was told")
def read_inbox(caller: Caller, query: PageOfInbox) -> InboxPage:
    """Newest first, for 180 days."""
    return _page(keys.person_pk(caller.user_id), query)


@api.put("/v1/me/inbox/read", permission=SIGNED_IN, summary="Mark as read up to an entry", errors=(NotFound,))
def mark_inbox_read(caller: Caller, body: ReadUntil) -> None:
    """All that had come in when this entry did. Send the first entry of the first page to mark everything shown."""
    inbox.mark_read_until(NotificationStore(connect()), keys.person_pk(caller.user_id), body.until)


@api.put("/v1/me/inbox/{entry_id}/read", permission=SIGNED_IN, summary="Mark one as read", errors=(NotFound,))
def mark_inbox_entry_read(caller: Caller, entry_id: Id) -> None:
    """Again does no harm."""
    inbox.mark_read(NotificationStore(connect()), keys.person_pk(caller.user_id), entry_id)


@api.get("/v1/administration/inbox", permission=ADMINISTRATORS, summary="What administrators were told")
def read_administration_inbox(query: PageOfInbox) -> InboxPage:
    """One inbox that all administrators share, newest first: claims to decide, reports, imports."""
    return _page(keys.ADMINISTRATORS, query)


@api.put(
    "/v1/administration/inbox/{entry_id}/read",
    permission=ADMINISTRATORS,
    summary="Mark one as read for all administrators",
    errors=(NotFound,),
)
def mark_administration_entry_read(entry_id: Id) -> None:
    """Again does no harm."""
    inbox.mark_read(NotificationStore(connect()), keys.ADMINISTRATORS, entry_id)


@api.get(
    "/v1/unsubscribe",
    permission=PUBLIC,
    summary="The page behind a mail's unsubscribe link",
    media_type=_HTML,
)
def ask_to_unsubscribe(query: UnsubscribeLink) -> RawReply:
    """Asks for one click and changes nothing: programs that look at a mail's links unsubscribe nobody."""
    return RawReply(stopping.question(_unsubscriber().read(query.token)), _HTML)


@api.post("/v1/unsubscribe", permission=PUBLIC, summary="Stop mails", media_type=_HTML)
def unsubscribe(query: UnsubscribeLink) -> RawReply:
    """One click (RFC 8058), by the page's button or by the reader's mail program. Again does no harm."""
    wish = _unsubscriber().read(query.token)
    stopping.stop(PersonStore(connect()), wish, utc_now())
    return RawReply(stopping.confirmation(wish), _HTML)


def _unsubscriber() -> Unsubscriber:
    return Unsubscriber(config().cursor_key.get_secret_value(), config().public_base_url)


def _page(pk: str, query: PageOfInbox) -> InboxPage:
    scope = f"inbox:{pk}"
    before = page_start(scope, query.cursor)
    items, following = inbox.entries(NotificationStore(connect()), pk, query.limit, before, utc_now)
    return InboxPage(items=tuple(items), next_cursor=next_cursor(scope, following))
