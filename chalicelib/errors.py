"""Every error the domain raises, and nothing about HTTP: ``problems`` decides what a client sees.

::

    ConnectsError
    ├── InvalidInput            what was sent breaks a rule; carries the fields
    │   ├── MalformedBody       not JSON, or not an object
    │   └── InvalidCursor       a cursor that this service did not make, or made for another list
    ├── BodyTooLarge            more bytes than a request may have
    ├── NotAuthenticated        nobody is known to be calling
    ├── NotPermitted            the caller is known and may not do this
    │   ├── ParticipantsOnly    asked in public for what is for those alone who contribute
    │   ├── EmailNotVerified    this needs an e-mail address that the issuer has verified
    │   ├── InvitationForeign   an invitation for another e-mail address
    │   ├── NotVerified         an organization acts that no administrator has verified
    │   ├── ApprovalNeeded      a school answers to nobody before it has approved of them
    │   └── EmployerBlocked     a school has blocked the employer
    ├── NotFound                no such thing, or not for this caller
    ├── Conflict                the state of things forbids it
    │   ├── AlreadyExists       a second one of what there can be one of
    │   │   └── AlreadyResponded   a second open response of an organization to one posting
    │   ├── OwnPosting          an organization answers itself
    │   ├── PostingNotOpen      a posting that takes no responses
    │   │   └── SeatsGone       all of its seats are taken
    │   ├── MoveNotAllowed      what is asked for does not follow from the present status
    │   ├── LastOwner           what has members has an owner
    │   ├── InvitationUsed      an invitation is good once
    │   ├── InvitationRevoked   taken back, replaced, or by somebody who may not invite any more
    │   ├── InvitationExpired   accepted too late
    │   ├── AlreadyClaimed      a claim of a school that somebody speaks for
    │   └── ClaimOpen           a claim of a school while another waits for its decision
    ├── LimitReached            as many as there may be, of things or within a time
    ├── StaleVersion            the caller changed an older version than the current one
    ├── VersionRequired         a change without saying which version is changed
    ├── IdempotencyMismatch     an idempotency key used before, with another request
    ├── ConditionFailed         a conditional write lost; stores turn it into one of the above
    ├── ListRefused             a school list that cannot be understood as a whole
    └── TemporarilyUnavailable  throttled or timed out, after the retries; trying again is right

Each carries ``detail``: a sentence that says what is wrong, where, and what would mend it.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one place of a request.

    ``pointer`` is a JSON pointer into the body (RFC 6901), or the parameter's name where ``source`` is not ``body``.
    """

    pointer: str
    detail: str
    source: str = "body"


class ConnectsError(Exception):
    """Base of all errors of the domain."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidInput(ConnectsError):
    """What was sent breaks a rule."""

    def __init__(self, detail: str, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.fields = tuple(fields)


class MalformedBody(InvalidInput):
    """The body is no JSON, or no JSON object."""


class InvalidCursor(InvalidInput):
    """The cursor was not made by this service for this list."""


class BodyTooLarge(ConnectsError):
    """The request's body has more bytes than one may have."""


class NotAuthenticated(ConnectsError):
    """Nobody is known to be calling."""


class NotPermitted(ConnectsError):
    """The caller is known and may not do this."""


class ParticipantsOnly(NotPermitted):
    """Asked without a token for what is kept for those who contribute; the detail names where to ask with one."""


class NotVerified(NotPermitted):
    """An organization that no administrator has verified may not do this."""


class ApprovalNeeded(NotPermitted):
    """The school decides first which employers may answer it."""


class EmployerBlocked(NotPermitted):
    """The school does not deal with this employer."""


class NotFound(ConnectsError):
    """There is no such thing, or not for this caller."""


class Conflict(ConnectsError):
    """The present state of things forbids it."""


class AlreadyExists(Conflict):
    """There is one already."""


class EmailNotVerified(NotPermitted):
    """The caller's e-mail address is not known to be theirs."""


class InvitationForeign(NotPermitted):
    """The invitation is for another e-mail address than the caller's."""


class LastOwner(Conflict):
    """It would leave an organization or owner group without an owner."""


class InvitationUsed(Conflict):
    """The invitation has been accepted before."""


class InvitationRevoked(Conflict):
    """The invitation does not hold any more."""


class InvitationExpired(Conflict):
    """The invitation's time is over."""


class AlreadyClaimed(Conflict):
    """Somebody speaks for the organization."""


class ClaimOpen(Conflict):
    """A claim of the organization waits for its decision."""


class LimitReached(ConnectsError):
    """There are as many as there may be; the detail says how many, and what makes room."""


class AlreadyResponded(AlreadyExists):
    """The organization has an open response to this posting."""


class OwnPosting(Conflict):
    """Nobody answers a posting of their own."""


class PostingNotOpen(Conflict):
    """The posting takes no responses: it is a draft, closed, expired or fulfilled."""


class SeatsGone(PostingNotOpen):
    """All seats of the posting are taken."""


class MoveNotAllowed(Conflict):
    """What is asked for does not follow from the status that the thing has."""


class StaleVersion(ConnectsError):
    """The caller changed an older version than the current one."""


class VersionRequired(ConnectsError):
    """A change that does not say which version it changes."""


class IdempotencyMismatch(ConnectsError):
    """An idempotency key that was used before with another request."""


class ListRefused(ConnectsError):
    """A school list that cannot be understood; nothing of it was imported."""


class TemporarilyUnavailable(ConnectsError):
    """The machinery did not answer in time; the same request may be sent again."""


class ConditionFailed(ConnectsError):
    """A conditional write lost.

    ``failed`` holds the positions, in the order of the writes given, whose condition did not hold.
    """

    def __init__(self, failed: Sequence[int]) -> None:
        super().__init__(f"The condition of write {', '.join(map(str, failed))} did not hold.")
        self.failed = frozenset(failed)
