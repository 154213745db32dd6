"""Links that stop mails: signed, telling nothing, and read as they were made."""

from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.errors import InvalidInput
from chalicelib.notifications.returned import returned_addresses
from chalicelib.notifications.stopping import confirmation, question
from chalicelib.notifications.unsubscribing import FromAll, FromKinds, Unsubscriber
from chalicelib.outbox.models import NoticeKind
from chalicelib.people.models import MailStatus, address_hash

UNSUBSCRIBER = Unsubscriber("a key", "https://api.connects.example/api/")


def token_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["token"][0]


def test_a_link_reads_as_it_was_made() -> None:
    kinds = (NoticeKind.SEARCH_MATCHED, NoticeKind.MESSAGE_RECEIVED)
    link = UNSUBSCRIBER.link_from_kinds("ann", kinds)
    assert link.startswith("https://api.connects.example/api/v1/unsubscribe?token=")
    assert UNSUBSCRIBER.read(token_of(link)) == FromKinds("ann", kinds)
    hashed = address_hash("Ann@Connects.example ")
    link = UNSUBSCRIBER.link_from_all(hashed)
    assert UNSUBSCRIBER.read(token_of(link)) == FromAll(address_hash("ann@connects.example"))


def test_a_link_of_another_key_or_cut_off_is_refused() -> None:
    token = token_of(UNSUBSCRIBER.link_from_kinds("ann", [NoticeKind.MESSAGE_RECEIVED]))
    for wrong in (token[:-1], "x" + token, "", "a.b"):
        with pytest.raises(InvalidInput, match="not whole"):
            UNSUBSCRIBER.read(wrong)
    with pytest.raises(InvalidInput):
        Unsubscriber("another key", "https://api.connects.example").read(token)


def test_without_an_address_of_the_api_there_is_no_link() -> None:
    assert Unsubscriber("a key", "").link_from_all("abc") == ""


def test_the_pages_say_what_stops() -> None:
    some = FromKinds("ann", (NoticeKind.SEARCH_MATCHED, NoticeKind.MESSAGE_RECEIVED))
    assert "saved searches and messages?" in question(some)
    assert '<form method="post">' in question(some)
    assert "notification settings" in confirmation(some)
    assert "anything" in confirmation(FromAll("abc"))


@pytest.mark.parametrize(
    ("kind", "bounce_type", "status"),
    [
        ("Bounce", "Permanent", MailStatus.BOUNCED),
        ("Bounce", "Transient", None),
        ("Bounce", "Undetermined", None),
        ("Complaint", "", MailStatus.COMPLAINED),
        ("Delivery", "", None),
    ],
)
def test_what_comes_back_stops_an_address_where_it_is_for_good(
    kind: str, bounce_type: str, status: MailStatus | None
) -> None:
    address = [{"emailAddress": "gone@connects.example"}]
    detail = {
        "eventType": kind,
        "bounce": {"bounceType": bounce_type, "bouncedRecipients": address},
        "complaint": {"complainedRecipients": address},
    }
    assert returned_addresses(detail) == ([("gone@connects.example", status)] if status else [])
