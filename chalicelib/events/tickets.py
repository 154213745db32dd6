"""The signed texts with which people without an account confirm and cancel a registration."""

from typing import Final, NamedTuple

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from chalicelib.errors import FieldError, InvalidInput

GOOD_FOR_SECONDS: Final = 400 * 24 * 3600
"""Longer than anybody waits between registering and the event's end in nearly every case; one can be asked for anew."""


class Ticket(NamedTuple):
    """What a signed text holds."""

    event_id: str
    email: str
    name: str


class TicketSigner:
    """Makes and reads them. Who holds one has read mail at the address: nothing is kept before it comes back."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeTimedSerializer(key, salt="connects.event-registration")

    def sign(self, ticket: Ticket) -> str:
        """The text to send by mail."""
        return str(self._serializer.dumps(list(ticket)))

    def read(self, text: str) -> Ticket:
        """What a text holds. Raises ``InvalidInput`` for what this service did not sign, or long ago."""
        try:
            event_id, email, name = self._serializer.loads(text, max_age=GOOD_FOR_SECONDS)
        except SignatureExpired as error:
            detail = "This is too old: register again."
            raise InvalidInput(detail, [FieldError("/registration", detail)]) from error
        except (BadData, ValueError, TypeError) as error:
            detail = "This is no registration of ours, or not all of it: copy the whole of it from the mail."
            raise InvalidInput(detail, [FieldError("/registration", detail)]) from error
        return Ticket(event_id, email, name)


def ticket_signer() -> TicketSigner:
    """The deployment's signer."""
    from chalicelib.config import config

    return TicketSigner(config().cursor_key.get_secret_value())
