"""What a link that stops mails does, and the two pages around it."""

from datetime import datetime
from html import escape

from chalicelib.notifications.unsubscribing import FromAll, Wish
from chalicelib.notifications.writing import page, texts
from chalicelib.people import service as people
from chalicelib.people.models import MailStatus
from chalicelib.people.service import PersonStore


def question(wish: Wish) -> str:
    """A page with one button that posts to its own address."""
    button = '<form method="post"><button type="submit">Stop these mails</button></form>'
    return page("Stop mails from Connects", f"<h1>Stop mails about {escape(_what(wish))}?</h1>\n{button}")


def confirmation(wish: Wish) -> str:
    """A page that says what was done and how to undo it."""
    undo = (
        "Ask for mail again by writing to us."
        if isinstance(wish, FromAll)
        else "You can choose otherwise in your notification settings, and still find everything in your inbox."
    )
    return page("Done", f"<h1>Done</h1>\n<p>No more mails about {escape(_what(wish))}. {undo}</p>")


def stop(store: PersonStore, wish: Wish, now: datetime) -> None:
    """Does what a link says; again does no harm."""
    if isinstance(wish, FromAll):
        people.suppress_hash(store, wish.address_hash, MailStatus.UNSUBSCRIBED, now)
    else:
        people.stop_kinds(store, wish.user_id, wish.kinds)


def _what(wish: Wish) -> str:
    if isinstance(wish, FromAll):
        return "anything"
    labels = list(dict.fromkeys(texts()[kind].label for kind in wish.kinds))
    return (
        labels[0]
        if len(labels) == 1
        else f"{', '.join(labels[:-1])} and {labels[-1]}"
        if labels
        else "anything"
    )
