"""From notices to words: the texts of ``texts.toml``, as one mail, as a digest, and as the lines of an inbox.

What people entered stands in the texts as it is, in plain text; in HTML it is escaped. None of it can begin a header:
subjects are one line. Links are built from the settings' addresses alone, with ids quoted.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Final
from urllib.parse import quote

from chalicelib.notifications.models import Mail, Told, entry_id
from chalicelib.outbox.models import Notice, NoticeKind

_SUBJECT_CHARACTERS: Final = 150
DIGEST_NOTICES: Final = 100
"""Notices that a digest tells in full; the rest it counts."""

_PAGE: Final = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>{title}</title></head>\n'
    '<body style="font-family:sans-serif;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em">\n'
    "{body}\n</body></html>\n"
)


@dataclass(frozen=True, slots=True)
class Text:
    """What is said of a kind of notice: a template each, but for the label."""

    label: str
    subject: str
    text: str
    path: str


@lru_cache(maxsize=1)
def texts() -> Mapping[NoticeKind, Text]:
    """The text of every kind."""
    content = files("chalicelib.notifications").joinpath("texts.toml").read_text(encoding="utf-8")
    return {NoticeKind(kind): Text(**parts) for kind, parts in tomllib.loads(content).items()}


def told_of(notice: Notice) -> Told:
    """A notice in words: a title of one line; a text with an empty line between paragraphs."""
    text = texts()[notice.kind]
    title = " ".join(_filled(text.subject, notice).split())
    if len(title) > _SUBJECT_CHARACTERS:
        title = f"{title[: _SUBJECT_CHARACTERS - 1]}…"
    return Told(
        id=entry_id(notice),
        kind=notice.kind,
        title=title,
        text=_paragraphs(text.text, notice),
        path=text.path.format_map({name: quote(value, safe="") for name, value in notice.facts.items()}),
        facts=notice.facts,
        created_at=notice.created_at,
    )


def mail_of(told: Told, to: str, client_url: str, unsubscribe_url: str) -> Mail:
    """One notice as a mail."""
    ending = f"Stop mails about {texts()[told.kind].label}"
    part = (None, told.text, _link(told, client_url))
    return _mail(to, told.title, [part], (ending, unsubscribe_url), told.kind.value)


def digest_of(told: Sequence[Told], to: str, client_url: str, unsubscribe_url: str) -> Mail:
    """Several notices as one mail, in the order given."""
    count = len(told)
    subject = told[0].title if count == 1 else f"{count} things that happened on Connects"
    parts: list[tuple[str | None, str, str]] = [
        (one.title, one.text, _link(one, client_url)) for one in told[:DIGEST_NOTICES]
    ]
    if count > DIGEST_NOTICES:
        parts.append((None, f"And {count - DIGEST_NOTICES} more: see your inbox.", ""))
    return _mail(to, subject, parts, ("Stop these daily mails", unsubscribe_url), "digest")


def page(title: str, body: str) -> str:
    """A page of HTML for people; ``body`` is HTML, ``title`` is text."""
    return _PAGE.format(title=escape(title), body=body)


def _mail(
    to: str,
    subject: str,
    parts: Sequence[tuple[str | None, str, str]],
    ending: tuple[str, str],
    kind: str,
) -> Mail:
    """``parts``: heading, text and link; ``ending``: words and address of the way out."""
    plain = [
        "\n\n".join(piece for piece in (heading and f"* {heading}", text, link) if piece)
        for heading, text, link in parts
    ]
    html = [_html_part(*part) for part in parts]
    words, unsubscribe_url = ending
    if unsubscribe_url:
        plain.append(f"-- \n{words}: {unsubscribe_url}")
        html.append(f'<p style="color:#666">{_html_link(unsubscribe_url, words)}</p>')
    return Mail(
        to=to,
        subject=subject,
        text="\n\n".join(plain) + "\n",
        html=page(subject, "\n".join(html)),
        kind=kind,
        unsubscribe_url=unsubscribe_url,
    )


def _link(told: Told, client_url: str) -> str:
    return f"{client_url.rstrip('/')}/{told.path}" if client_url else ""


def _html_part(heading: str | None, text: str, link: str) -> str:
    pieces = [f"<h3>{escape(heading)}</h3>"] if heading else []
    pieces += [f"<p>{escape(one)}</p>" for one in re.split(r"\n{2,}", text)]
    if link:
        pieces.append(f"<p>{_html_link(link, 'Open in Connects')}</p>")
    return "\n".join(pieces)


def _html_link(address: str, words: str) -> str:
    return f'<a href="{escape(address)}">{escape(words)}</a>'


def _paragraphs(template: str, notice: Notice) -> str:
    """The text, without those paragraphs that speak of a fact that is empty."""
    empty = {name for name, value in notice.facts.items() if not value}
    kept = [one for one in template.strip().split("\n\n") if not any(f"{{{name}}}" in one for name in empty)]
    return "\n\n".join(_filled(one, notice) for one in kept)


def _filled(template: str, notice: Notice) -> str:
    return template.format_map(
        {name: _moment(value) if name.endswith("_at") else value for name, value in notice.facts.items()}
    )


def _moment(text: str) -> str:
    """A moment for people; what is none, or is written for people already, stays as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    in_utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{in_utc:%B} {in_utc.day}, {in_utc:%Y, %H:%M} UTC"
