"""The mails of the local stack, which go nowhere: ``make mail`` prints them, ``make mail TO=ann@…`` one person's."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.request import urlopen

from infra import command, local, say
from infra.stack import StackInfo


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that the emulated mail service took."""

    at: datetime
    to: tuple[str, ...]
    subject: str
    text: str
    html: str


def mails_url(stack: StackInfo) -> str:
    """Where the emulator shows all mails, as JSON."""
    return f"{stack.endpoint_url}/_ministack/ses/messages"


def mails(stack: StackInfo, to: str = "") -> list[Received]:
    """The mails so far, oldest first; those to one address where one is named."""
    with urlopen(mails_url(stack), timeout=30) as answer:  # noqa: S310 - of this machine
        by_account = json.load(answer)["messages"]
    received = [
        Received(
            datetime.fromtimestamp(one["Timestamp"], UTC),
            tuple(one["To"]),
            one["Subject"],
            one["BodyText"],
            one["BodyHtml"] or "",
        )
        for listed in by_account.values()
        for one in listed
    ]
    wanted = [one for one in received if not to or to.lower() in (address.lower() for address in one.to)]
    return sorted(wanted, key=lambda one: one.at)


def main() -> None:
    """The command line."""
    to = os.environ.get("TO", "")
    found = mails(local.running(), to)
    for one in found:
        say(f"{one.at:%H:%M:%S}  to {', '.join(one.to)}\nSubject: {one.subject}\n\n{one.text}\n{'-' * 72}")
    if not found:
        say(f"No mail to {to} yet." if to else "No mail yet.")


if __name__ == "__main__":
    command.run(main)
