"""Inviting people, listing who is invited, and taking it back."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.errors import (
    AlreadyExists,
    ConditionFailed,
    Conflict,
    InvitationExpired,
    InvitationUsed,
    LimitReached,
    NotFound,
    NotPermitted,
    StaleVersion,
)
from chalicelib.memberships.invitation_store import (
    InvitationStore,
    closed_put,
    new_put,
    pointer_put,
)
from chalicelib.memberships.invitations import (
    GOOD_FOR,
    MOST_A_DAY,
    MOST_UNVERIFIED,
    Invitation,
    InvitationStatus,
    TicketSigner,
    invitation_id,
)
from chalicelib.memberships.models import Party
from chalicelib.memberships.rules import check_grant, granting
from chalicelib.memberships.store import MembershipStore, role_check, standing_check
from chalicelib.outbox.models import NoticeKind, ToAddress
from chalicelib.outbox.service import notice_write
from chalicelib.table.daily import counted
from chalicelib.table.expressions import Put, Write
from chalicelib.table.idempotency import IdempotentRequest, created_before, record
from chalicelib.values import Role


@dataclass(frozen=True, slots=True)
class Inviting:
    """What inviting works with."""

    invitations: InvitationStore
    members: MembershipStore
    tickets: TicketSigner


def invite(
    stores: Inviting,
    caller: Caller,
    party: Party,
    email: str,
    role: Role,
    idempotent: IdempotentRequest | None = None,
    *,
    clock: Clock = utc_now,
) -> Invitation:
    """Invites whoever reads mail at an address; the same request again answers the same invitation.

    One that was revoked, has expired or was used is replaced: its text does not let anybody in any more. Raises
    ``AlreadyExists`` where one is pending, ``NotPermitted`` where the role is more than the caller's own,
    ``LimitReached``, ``Conflict`` where the organization is suspended, ``NotFound``, ``IdempotencyMismatch``.
    """
    now = clock()
    found_id = invitation_id(party, email)
    table = stores.invitations.table
    if idempotent is not None and created_before(table, idempotent, now) is not None:
        return get(stores.invitations, party, found_id)
    own = stores.members.member(party, caller.user_id)
    check_grant(own.role if own else None, role)
    before = stores.invitations.find(party, found_id)
    if before is not None and before.status_at(now) is InvitationStatus.PENDING:
        raise _pending()
    standing = stores.members.standing(party)
    if standing is None:
        raise NotFound(f"There is no {party.thing} with this id.")
    name, status = standing
    most = MOST_A_DAY if status == "verified" else MOST_UNVERIFIED
    invitation = Invitation(
        id=found_id,
        party_kind=party.kind,
        party_id=party.id,
        email=email,
        role=role,
        status=InvitationStatus.PENDING,
        invited_by=caller.user_id,
        created_at=now,
        expires_at=now + GOOD_FOR,
        version=before.version + 1 if before else 1,
    )
    writes: list[Write] = [
        new_put(invitation, before),
        counted(caller.user_id, "invitation", most, now),
        role_check(party, caller.user_id, granting(role)),
        standing_check(party),
        pointer_put(invitation),
        entry_write(
            caller.user_id, "invitation.sent", party.id, now, f"{found_id}#{invitation.version}: {role.value}"
        ),
        _mail(invitation, name, stores.tickets, now),
    ]
    if idempotent is not None:
        writes.append(record(idempotent, found_id, now))
    try:
        table.transact(*writes)
    except ConditionFailed as error:
        if idempotent is not None and created_before(table, idempotent, now) is not None:
            return get(stores.invitations, party, found_id)
        raise _refusal(error, most) from error
    return invitation


def get(store: InvitationStore, party: Party, wanted: str) -> Invitation:
    """An invitation to a party. Raises ``NotFound``."""
    found = store.find(party, wanted)
    if found is None:
        raise NotFound(f"This {party.thing} has no such invitation.")
    return found


def revoke(
    store: InvitationStore,
    caller: Caller,
    party: Party,
    wanted: str,
    expected_version: int,
    *,
    clock: Clock = utc_now,
) -> None:
    """Takes an invitation back; again does no harm.

    Raises ``InvitationUsed`` and ``InvitationExpired`` where there is nothing to take back, ``StaleVersion``,
    ``NotFound``.
    """
    now = clock()
    found = get(store, party, wanted)
    if found.version != expected_version:
        raise _stale()
    status = found.status_at(now)
    if status is InvitationStatus.REVOKED:
        return
    if status is InvitationStatus.ACCEPTED:
        raise InvitationUsed("It has been accepted: end the membership instead.")
    if status is InvitationStatus.EXPIRED:
        raise InvitationExpired("It has expired: nobody can accept it any more.")
    revoked = found.model_copy(update={"status": InvitationStatus.REVOKED})
    entry = entry_write(caller.user_id, "invitation.revoked", party.id, now, f"{wanted}#{found.version}")
    try:
        store.table.transact(closed_put(revoked), entry)
    except ConditionFailed as error:
        raise _stale() from error


def _mail(invitation: Invitation, name: str, tickets: TicketSigner, now: datetime) -> Put:
    facts = {
        "organization_name": name,
        "role": invitation.role.value,
        "invitation": tickets.sign(invitation),
        "expires_at": invitation.expires_at.isoformat(timespec="seconds"),
    }
    return notice_write(NoticeKind.INVITATION_SENT, ToAddress(email=invitation.email), facts, now)


def _refusal(error: ConditionFailed, most: int) -> Conflict | LimitReached | NotPermitted:
    if 0 in error.failed:
        return _pending()
    if 1 in error.failed:
        return LimitReached(f"You have sent {most} invitations today. Send the others tomorrow.")
    if 2 in error.failed:
        return NotPermitted("Your own role has been changed meanwhile.")
    return Conflict("It is suspended or being deleted: nobody can be invited to it.")


def _pending() -> AlreadyExists:
    return AlreadyExists("This address has an invitation that waits. Revoke it before you send another.")


def _stale() -> StaleVersion:
    return StaleVersion(
        "Somebody changed the invitation since you read it. Read it again, and send its new ETag."
    )
