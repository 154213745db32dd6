"""What the mail service says of mails that came back.

The shape of its events: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from collections.abc import Mapping
from typing import Any

from chalicelib.people.models import MailStatus


def returned_addresses(detail: Mapping[str, Any]) -> list[tuple[str, MailStatus]]:
    """The addresses that get no more mail after an event, and why.

    A bounce counts where it is permanent; one that is transient or of unknown kind may be over tomorrow.
    """
    match detail.get("eventType"):
        case "Bounce" if detail["bounce"].get("bounceType") == "Permanent":
            found, status = detail["bounce"]["bouncedRecipients"], MailStatus.BOUNCED
        case "Complaint":
            found, status = detail["complaint"]["complainedRecipients"], MailStatus.COMPLAINED
        case _:
            return []
    return [(one["emailAddress"], status) for one in found]
