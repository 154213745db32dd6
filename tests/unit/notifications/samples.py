"""Notices for the tests."""

from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from chalicelib.clock import new_id
from chalicelib.outbox.models import FACTS, Audience, Notice, NoticeKind, ToAddress, ToPerson
from chalicelib.outbox.service import notice_write

WRITTEN = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
HOSTILE = '<script>alert("&")</script>\r\nBcc: eve@connects.example'


def notice(
    kind: NoticeKind = NoticeKind.RESPONSE_RECEIVED,
    audience: Audience | None = None,
    value: str = "",
    notice_id: str | None = None,
) -> Notice:
    """A notice whose facts are their own names, or all the value given."""
    return Notice(
        id=notice_id or new_id(),
        kind=kind,
        audience=audience or ToPerson(user_id="ann"),
        facts={name: value or f"the {name}" for name in FACTS[kind]},
        created_at=WRITTEN,
    )


def to(email: str) -> Notice:
    """An invitation to an address."""
    return notice(NoticeKind.INVITATION_SENT, ToAddress(email=email))


def record(told: Notice, number: int) -> dict[str, Any]:
    """A record of the table's stream, as Lambda gets it."""
    item = notice_write(told.kind, told.audience, told.facts, told.created_at, told.id).item
    image = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    return {
        "eventID": str(number),
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {name: image[name] for name in ("PK", "SK")},
            "NewImage": image,
            "SequenceNumber": f"{number:021d}",
            "StreamViewType": "NEW_IMAGE",
        },
    }


def returned(kind: str, email: str) -> dict[str, Any]:
    """What the mail service says of a mail that came back, as EventBridge hands it over."""
    address = [{"emailAddress": email}]
    detail = {
        "eventType": kind,
        "mail": {"messageId": "1"},
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": address},
        "complaint": {"complainedRecipients": address},
    }
    return {**scheduled(), "source": "aws.ses", "detail-type": "Email Bounced", "detail": detail}


def scheduled() -> dict[str, Any]:
    """What a schedule hands over."""
    return {
        "version": "0",
        "id": "1",
        "account": "123456789012",
        "region": "us-east-1",
        "detail": {},
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "time": "2026-06-15T07:00:00Z",
        "resources": [],
    }
