"""What there is of one person in memberships and invitations, and the end of it."""

from datetime import datetime

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.errors import LastOwner, NotFound
from chalicelib.memberships.invitation_store import InvitationStore
from chalicelib.memberships.invitations import Invitation, same_address
from chalicelib.memberships.leaving import leave
from chalicelib.memberships.models import Joined, Party, organization_party
from chalicelib.memberships.store import MembershipStore, member_delete
from chalicelib.values import Role


def joined(store: MembershipStore, user_id: str) -> list[Joined]:
    """All memberships of a person."""
    organizations = store.of_user(user_id)
    return [
        *(Joined(organization_party(one.organization_id), one.role) for one in organizations),
        *store.groups_of_user(user_id),
    ]


def leave_all(store: MembershipStore, user_id: str, now: datetime) -> None:
    """Ends all memberships of a person. Raises ``LastOwner``, before it ends one, where they are the last owner."""
    found = store.all_of_user(user_id)
    names = store.every_name(one.party for one in found) if found else {}
    _check_owners(store, [one.party for one in found if one.role is Role.OWNER and one.party in names], names)
    for one in found:
        if one.party in names:
            _left(store, user_id, one.party, now)
        elif (member := store.member(one.party, user_id)) is not None:
            # What is gone, or half gone, needs no owner.
            gone = entry_write(user_id, "membership.left", one.party.id, now, member.role.value)
            store.transact(member_delete(one.party, member), gone)


def invitations_of(store: InvitationStore, caller: Caller, limit: int) -> list[Invitation]:
    """At most ``limit`` each of the invitations that the caller sent, and of those to their verified address."""
    sent = [
        one for _, one in store.sent_by(caller.user_id, limit) if one and one.invited_by == caller.user_id
    ]
    return sent + [one for one in _received(store, caller, limit) if one not in sent]


def forget_invitations(store: InvitationStore, caller: Caller, limit: int) -> bool:
    """Deletes at most ``limit`` each of the invitations that the caller sent and got; whether there may be more."""
    sent, received = store.sent_by(caller.user_id, limit), _received(store, caller, limit)
    store.delete([one for _, one in sent if one is not None and one.invited_by == caller.user_id])
    store.delete_pointers(pointer for pointer, _ in sent)
    store.delete(received)
    return limit in (len(sent), len(received))


def _received(store: InvitationStore, caller: Caller, limit: int) -> list[Invitation]:
    if not caller.email_verified:
        return []
    return [one for one in store.to_address(caller.email, limit) if same_address(one.email, caller.email)]


def _check_owners(store: MembershipStore, owned: list[Party], names: dict[Party, str]) -> None:
    owners = store.owners(owned) if owned else {}
    alone = [names[party] for party in owned if owners.get(party, 1) <= 1]
    if alone:
        raise LastOwner(
            f"You are the last owner of {', '.join(alone[:5])}{' and others' if len(alone) > 5 else ''}. Hand each "
            "over to another member, or delete it, then repeat this. Nothing has been erased."
        )


def _left(store: MembershipStore, user_id: str, party: Party, now: datetime) -> None:
    try:
        leave(store, user_id, party, clock=lambda: now)
    except NotFound:
        # The index that named it is a moment behind.
        return
