"""Invitations: what they are, and the signed text that lets the invited in."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, NamedTuple
from uuid import UUID, uuid5

from itsdangerous import BadData, URLSafeSerializer
from pydantic import Field

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.memberships.models import Party, PartyKind
from chalicelib.values import Email, Id, Model, Role, Timestamp

GOOD_FOR: Final = timedelta(days=14)
"""How long an invitation can be accepted."""
KEPT: Final = timedelta(days=30)
"""How long one is known after that, so that whoever comes late is told so."""
MOST_A_DAY: Final = 50
"""How many invitations to what is verified a person may send on a day: each mails somebody of their choice."""
MOST_UNVERIFIED: Final = 10
"""The same for what nobody has looked at yet: its name is in the mail, and can be anything."""


class InvitationStatus(StrEnum):
    """What became of an invitation."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Invitation(Model):
    """A role in an organization or an owner group, offered to whoever reads mail at an address."""

    id: Id
    party_kind: PartyKind
    party_id: Id
    email: Email
    role: Role
    status: InvitationStatus
    invited_by: str
    accepted_by: str | None = None
    created_at: Timestamp
    expires_at: Timestamp
    version: Annotated[int, Field(ge=1)]
    """Counts the invitations of one address: a newer one takes the older one's place."""

    @property
    def party(self) -> Party:
        """What it is an invitation to."""
        return Party(self.party_kind, self.party_id)

    def status_at(self, now: datetime) -> InvitationStatus:
        """The status at a moment: one that nobody accepted in time has expired."""
        late = self.status is InvitationStatus.PENDING and now >= self.expires_at
        return InvitationStatus.EXPIRED if late else self.status


class Ticket(NamedTuple):
    """What the signed text of an invitation holds."""

    party: Party
    invitation_id: str
    version: int
    expires_at: int
    """Seconds since 1970."""


def same_address(one: str, other: str) -> bool:
    """Whether two e-mail addresses are one, without regard to case.

    Addresses that are not ASCII are none of an invitation's: letters that only look alike, or whose small letter is
    another's, must let nobody in.
    """
    return one.isascii() and other.isascii() and one.strip().lower() == other.strip().lower()


def invitation_id(party: Party, address: str) -> str:
    """The id of a party's invitation to an address: always the same, so that there is one at a time."""
    return str(uuid5(UUID(party.id), address.strip().lower()))


class TicketSigner:
    """Makes and reads the signed texts of invitations."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeSerializer(key, salt="connects.invitation")

    def sign(self, invitation: Invitation) -> str:
        """The text that accepts an invitation. The same one has the same text."""
        return str(
            self._serializer.dumps(
                [
                    invitation.party_kind.value,
                    invitation.party_id,
                    invitation.id,
                    invitation.version,
                    int(invitation.expires_at.timestamp()),
                ]
            )
        )

    def read(self, text: str) -> Ticket:
        """What a signed text holds. Raises ``InvalidInput`` for what this service did not sign."""
        try:
            kind, party_id, found, version, expires_at = self._serializer.loads(text)
        except (BadData, ValueError, TypeError) as error:
            detail = "This is no invitation of ours, or not all of it: copy the whole of it from the mail."
            raise InvalidInput(detail, [FieldError("/invitation", detail)]) from error
        return Ticket(Party(PartyKind(kind), party_id), found, version, expires_at)
