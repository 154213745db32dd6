"""Accepting an invitation: once, in time, and only by whoever reads mail at the address it was sent to."""

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.clock import Clock, utc_now
from chalicelib.errors import (
    AlreadyExists,
    ConditionFailed,
    ConnectsError,
    EmailNotVerified,
    InvitationExpired,
    InvitationForeign,
    InvitationRevoked,
    InvitationUsed,
    LimitReached,
)
from chalicelib.memberships.invitation_store import closed_put
from chalicelib.memberships.invitations import Invitation, InvitationStatus, Ticket, same_address
from chalicelib.memberships.inviting import Inviting
from chalicelib.memberships.models import MOST_MEMBERS, Joined, Party, PartyKind
from chalicelib.memberships.rules import granting, owners_more
from chalicelib.memberships.store import member_put, role_check, roster_update, standing_check
from chalicelib.outbox.models import Audience, NoticeKind, ToOrganization, ToPerson
from chalicelib.outbox.service import notice_write
from chalicelib.people import service as people
from chalicelib.table.expressions import Put
from chalicelib.values import Role, Timestamp


def accept(stores: Inviting, caller: Caller, text: str, *, clock: Clock = utc_now) -> Joined:
    """Makes the caller a member as an invitation says; again by the same person answers the same.

    Raises ``InvalidInput`` for a text that is no invitation, ``EmailNotVerified``, ``InvitationForeign``,
    ``InvitationUsed``, ``InvitationRevoked``, ``InvitationExpired``, ``AlreadyExists`` for whoever is a member, and
    ``LimitReached`` where no more members can be.
    """
    now = clock()
    ticket = stores.tickets.read(text)
    if not caller.email_verified:
        raise EmailNotVerified("Verify your e-mail address at the sign-in first, then sign in again.")
    invitation = stores.invitations.find(ticket.party, ticket.invitation_id)
    invitation = _acceptable(invitation, ticket, caller, now)
    party = invitation.party
    if invitation.status is InvitationStatus.ACCEPTED:
        member = stores.members.member(party, caller.user_id)
        if member is None or invitation.accepted_by != caller.user_id:
            raise _used()
        return Joined(party, member.role)
    if invitation.invited_by == caller.user_id:
        raise _member_already(party) if stores.members.member(party, caller.user_id) else _void()
    name = stores.members.names([party]).get(party)
    if name is None:
        raise _void()
    accepted = invitation.model_copy(
        update={"status": InvitationStatus.ACCEPTED, "accepted_by": caller.user_id}
    )
    role = invitation.role
    try:
        stores.members.transact(
            closed_put(accepted),
            member_put(party, caller.user_id, role, now),
            roster_update(party, 1, owners_more(None, role)),
            role_check(party, invitation.invited_by, granting(role)),
            standing_check(party),
            people.seen_write(caller, now),
            entry_write(
                caller.user_id,
                "membership.joined",
                party.id,
                now,
                f"{role.value}, invited by {invitation.invited_by}",
            ),
            _told(invitation, name, now),
        )
    except ConditionFailed as error:
        raise _refusal(error, party) from error
    return Joined(party, role)


def _acceptable(invitation: Invitation | None, ticket: Ticket, caller: Caller, now: Timestamp) -> Invitation:
    """The invitation, unless the caller is not whom it is for or it does not hold any more."""
    if invitation is None:
        if now.timestamp() >= ticket.expires_at:
            raise _late()
        raise _void()
    if not same_address(invitation.email, caller.email):
        raise InvitationForeign(
            "This invitation is for another e-mail address. Sign in with the address that it was sent to."
        )
    if invitation.version != ticket.version:
        raise InvitationRevoked("A newer invitation took this one's place: use the one in the latest mail.")
    status = invitation.status_at(now)
    if status is InvitationStatus.REVOKED:
        raise _void()
    if status is InvitationStatus.EXPIRED:
        raise _late()
    return invitation


def _refusal(error: ConditionFailed, party: Party) -> ConnectsError:
    if 0 in error.failed:
        return _used()
    if 1 in error.failed:
        return _member_already(party)
    if 2 in error.failed:
        return LimitReached(f"It has {MOST_MEMBERS} members, and there can be no more.")
    return _void()


def _told(invitation: Invitation, name: str, now: Timestamp) -> Put:
    audience: Audience = ToPerson(user_id=invitation.invited_by)
    if invitation.party_kind is PartyKind.ORGANIZATION:
        audience = ToOrganization(organization_id=invitation.party_id, role=Role.MANAGER)
    facts = {
        "organization_id": invitation.party_id,
        "organization_name": name,
        "role": invitation.role.value,
    }
    return notice_write(NoticeKind.MEMBER_JOINED, audience, facts, now)


def _member_already(party: Party) -> AlreadyExists:
    return AlreadyExists(
        f"You are a member of this {party.thing} already. Its managers can change your role."
    )


def _used() -> InvitationUsed:
    return InvitationUsed("This invitation has been accepted before. Each is good once: ask for another.")


def _late() -> InvitationExpired:
    return InvitationExpired("This invitation has expired. Ask whoever sent it for another.")


def _void() -> InvitationRevoked:
    return InvitationRevoked(
        "This invitation does not hold any more: it was taken back, or whoever sent it may not invite any more. "
        "Ask for another."
    )
