"""Texts: every kind has one, and nothing that people entered becomes markup, a header or another address."""

import re
from html.parser import HTMLParser
from string import Formatter
from uuid import UUID, uuid5

import pytest

from chalicelib.notifications.models import entry_id
from chalicelib.notifications.writing import DIGEST_NOTICES, digest_of, mail_of, page, texts, told_of
from chalicelib.outbox.models import FACTS, NoticeKind
from tests.unit.notifications.samples import HOSTILE, WRITTEN, notice

CLIENT = "https://app.connects.example/"
STOP = "https://api.connects.example/v1/unsubscribe?token=abc"


class Seen(HTMLParser):
    """What a browser would find."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_kind_has_a_text() -> None:
    assert texts().keys() == set(NoticeKind)


@pytest.mark.parametrize("kind", NoticeKind)
def test_a_text_uses_only_the_facts_of_its_kind(kind: NoticeKind) -> None:
    text = texts()[kind]
    used = {
        name
        for template in (text.subject, text.text, text.path)
        for _, name, _, _ in Formatter().parse(template)
        if name is not None
    }
    assert used <= FACTS[kind]
    assert text.label


@pytest.mark.parametrize("kind", NoticeKind)
def test_what_people_entered_stays_text(kind: NoticeKind) -> None:
    mail = mail_of(told_of(notice(kind, value=HOSTILE)), "ann@connects.example", CLIENT, STOP)
    assert mail.to == "ann@connects.example"
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    seen = Seen(mail.html)
    assert "script" not in seen.tags
    assert all(link.startswith((CLIENT, STOP)) for link in seen.links)
    assert "<script>" in mail.text
    assert len(mail.subject) <= 150


def test_a_link_leads_into_the_client_with_ids_quoted() -> None:
    told = told_of(notice(value="a/../b?c"))
    assert told.path == "postings/a%2F..%2Fb%3Fc/responses/a%2F..%2Fb%3Fc"
    assert Seen(mail_of(told, "ann@connects.example", CLIENT, "").html).links == [CLIENT + told.path]


def test_without_a_client_there_is_no_link() -> None:
    mail = mail_of(told_of(notice()), "ann@connects.example", "", "")
    assert Seen(mail.html).links == []
    assert "http" not in mail.text


def test_the_way_out_stands_in_both_bodies() -> None:
    mail = mail_of(told_of(notice()), "ann@connects.example", "", STOP)
    assert mail.unsubscribe_url == STOP
    assert STOP in mail.text
    assert Seen(mail.html).links == [STOP]


@pytest.mark.parametrize(
    ("entered", "written"),
    [
        ("2026-07-04T18:05:00+00:00", "July 4, 2026, 18:05 UTC"),
        ("2026-07-04T14:05:00-04:00", "July 4, 2026, 18:05 UTC"),
        ("July 4 at noon", "July 4 at noon"),
    ],
)
def test_moments_are_written_for_people(entered: str, written: str) -> None:
    assert written in told_of(notice(NoticeKind.EVENT_CANCELLED, value=entered)).text


def test_a_paragraph_about_nothing_is_left_out() -> None:
    told = notice(NoticeKind.EVENT_REGISTERED)
    with_account = told.model_copy(update={"facts": {**told.facts, "registration": ""}})
    assert "the registration" in told_of(told).text
    text = told_of(with_account).text
    assert text == "You are registered for “the event_title”, the starts_at."


def test_a_long_title_is_cut() -> None:
    told = told_of(notice(value="x" * 10_000))
    assert len(told.title) == 150
    assert told.title.endswith("…")


def test_braces_in_what_people_entered_are_no_places_to_fill() -> None:
    assert "{posting_id.__class__}" in told_of(notice(value="{posting_id.__class__}")).text


def test_a_digest_tells_all_in_order() -> None:
    told = [told_of(notice(value=f"number {number}")) for number in range(3)]
    mail = digest_of(told, "ann@connects.example", CLIENT, STOP)
    assert mail.subject == "3 things that happened on Connects"
    places = [mail.text.index(f"number {number}") for number in range(3)]
    assert places == sorted(places)
    assert len([link for link in Seen(mail.html).links if link.startswith(CLIENT)]) == 3


def test_a_digest_of_one_has_its_title() -> None:
    told = told_of(notice())
    assert digest_of([told], "ann@connects.example", "", STOP).subject == told.title


def test_a_digest_of_very_many_counts_the_rest() -> None:
    told = [told_of(notice())] * (DIGEST_NOTICES + 7)
    assert "And 7 more" in digest_of(told, "ann@connects.example", "", STOP).text


def test_a_page_escapes_its_title() -> None:
    assert "<b>" not in page("<b>", "<p>yes</p>").partition("<body")[0]


def test_entries_sort_by_the_moment_of_their_notice_whatever_its_id() -> None:
    named = notice(notice_id=str(uuid5(UUID(int=0), "a search of a day")))
    made = UUID(entry_id(named))
    assert made.version == 7
    assert made.variant == UUID(int=2 << 62).variant
    assert made.int >> 80 == int(WRITTEN.timestamp() * 1000)
    assert entry_id(named) == str(made)
    own = notice()
    assert entry_id(own) == own.id
    assert re.fullmatch(r"[0-9a-f-]{36}", entry_id(named))
