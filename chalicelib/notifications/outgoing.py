"""The mail service: what goes out, and what its refusals mean."""

from typing import TYPE_CHECKING, Any

from chalicelib.errors import ConnectsError, TemporarilyUnavailable
from chalicelib.notifications.models import Mail

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client


class MailRefused(ConnectsError):
    """The service will never take this mail: trying again would not help."""


class Outgoing:
    """Sends mails from one address."""

    def __init__(self, client: "SESV2Client", mail_from: str, configuration_set: str = "") -> None:
        self._client = client
        self._from = mail_from
        self._configuration_set = configuration_set

    @property
    def open(self) -> bool:
        """Whether this deployment sends mail at all."""
        return bool(self._from)

    def send(self, mail: Mail) -> None:
        """Hands a mail over. Raises ``MailRefused``, or ``TemporarilyUnavailable`` where trying again may help."""
        try:
            self._client.send_email(**_request(mail, self._from, self._configuration_set))
        except self._client.exceptions.BadRequestException as error:
            raise MailRefused("The mail service refused a mail: no such address can be.") from error
        except self._client.exceptions.ClientError as error:
            # Too many at once, sending paused, or a domain that is not set up yet, which is "rejected" too: its owner
            # may be at it.
            code = error.response["Error"].get("Code", "")
            raise TemporarilyUnavailable(f"The mail service takes no mail now: {code}.") from error


def _request(mail: Mail, mail_from: str, configuration_set: str) -> dict[str, Any]:
    headers = []
    if mail.unsubscribe_url:
        # RFC 8058: the reader's mail program posts to the address, without asking anything more.
        headers = [
            {"Name": "List-Unsubscribe", "Value": f"<{mail.unsubscribe_url}>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
    simple = {
        "Subject": _utf8(mail.subject),
        "Body": {"Text": _utf8(mail.text), "Html": _utf8(mail.html)},
        **({"Headers": headers} if headers else {}),
    }
    return {
        "FromEmailAddress": mail_from,
        "Destination": {"ToAddresses": [mail.to]},
        "Content": {"Simple": simple},
        "EmailTags": [{"Name": "kind", "Value": mail.kind}],
        **({"ConfigurationSetName": configuration_set} if configuration_set else {}),
    }


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
