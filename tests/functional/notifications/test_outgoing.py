"""What goes to the mail service, and what its answers mean."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from chalicelib.errors import TemporarilyUnavailable
from chalicelib.notifications.models import Mail
from chalicelib.notifications.outgoing import MailRefused, Outgoing

MAIL = Mail(
    to="ann@connects.example",
    subject="Überholt",
    text="text",
    html="<p>text</p>",
    kind="message_received",
    unsubscribe_url="https://api.connects.example/v1/unsubscribe?token=abc",
)
REQUEST: dict[str, Any] = {
    "FromEmailAddress": "Connects <notices@connects.example>",
    "Destination": {"ToAddresses": ["ann@connects.example"]},
    "Content": {
        "Simple": {
            "Subject": {"Data": "Überholt", "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": "text", "Charset": "UTF-8"},
                "Html": {"Data": "<p>text</p>", "Charset": "UTF-8"},
            },
            "Headers": [
                {"Name": "List-Unsubscribe", "Value": f"<{MAIL.unsubscribe_url}>"},
                {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
            ],
        }
    },
    "EmailTags": [{"Name": "kind", "Value": "message_received"}],
    "ConfigurationSetName": "connects-mail",
}


@pytest.fixture
def service() -> Iterator[tuple[Outgoing, Stubber]]:
    """A mail service that expects what a test says, and checks it against the service's own description."""
    client = boto3.client("sesv2")
    with Stubber(client) as stubber:
        yield Outgoing(client, "Connects <notices@connects.example>", "connects-mail"), stubber


def test_a_mail_goes_out_with_a_way_out_of_one_click(service: tuple[Outgoing, Stubber]) -> None:
    outgoing, stubber = service
    stubber.add_response("send_email", {"MessageId": "1"}, REQUEST)
    outgoing.send(MAIL)
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("BadRequestException", MailRefused),
        ("MessageRejected", TemporarilyUnavailable),
        ("TooManyRequestsException", TemporarilyUnavailable),
        ("SendingPausedException", TemporarilyUnavailable),
        ("MailFromDomainNotVerifiedException", TemporarilyUnavailable),
        ("ThrottlingException", TemporarilyUnavailable),
    ],
)
def test_an_answer_says_whether_to_try_again(
    service: tuple[Outgoing, Stubber], code: str, meaning: type[Exception]
) -> None:
    outgoing, stubber = service
    stubber.add_client_error("send_email", code, "ann@connects.example is not verified")
    with pytest.raises(meaning) as raised:
        outgoing.send(MAIL)
    assert "@" not in str(raised.value)
