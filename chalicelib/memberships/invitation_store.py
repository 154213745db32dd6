"""Invitations in the table: with the party they are to, and in an index under a hash of the address.

A pointer says which ones a person sent. DynamoDB deletes both some time after the invitation has expired.
"""

from collections.abc import Iterable

from chalicelib.memberships.invitations import KEPT, Invitation, InvitationStatus
from chalicelib.memberships.models import Party
from chalicelib.memberships.store import pk_of
from chalicelib.people.models import address_hash
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Condition,
    Delete,
    Item,
    Put,
    equals,
    missing,
)
from chalicelib.table.table import Table


class InvitationStore:
    """Items to invitations and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def find(self, party: Party, invitation_id: str) -> Invitation | None:
        """An invitation, or None."""
        item = self.table.get(keys.invitation(pk_of(party), invitation_id))
        return _invitation(item) if item is not None else None

    def of_party(self, party: Party, limit: int, after: str | None) -> tuple[list[Invitation], str | None]:
        """One page of a party's invitations, by id; and the id ``after`` which the next one begins, or None."""
        start: Item | None = None
        if after is not None:
            start = keys.invitation(pk_of(party), after).attributes
        page = self.table.query(pk_of(party), begins_with=keys.INVITATION, limit=limit, start=start)
        following = None if page.next is None else page.next["SK"].removeprefix(keys.INVITATION)
        return list(readable(page.items, _invitation)), following

    def to_address(self, address: str, limit: int) -> list[Invitation]:
        """At most ``limit`` invitations to an address, whatever became of them. Read from an index: a moment behind."""
        page = self.table.query(
            keys.invitations_to(address_hash(address)), index=keys.DIRECTORY, limit=limit, attributes=("doc",)
        )
        return list(readable(page.items, _invitation))

    def sent_by(self, user_id: str, limit: int) -> list[tuple[keys.Key, Invitation | None]]:
        """At most ``limit`` invitations that a person sent, each under the key of its pointer."""
        page = self.table.query(keys.person_pk(user_id), begins_with=keys.INVITATION, limit=limit)
        pointers = [keys.Key(item["PK"], item["SK"]) for item in page.items]
        wanted = dict(readable(page.items, _pointed))
        items = self.table.batch_get(wanted.values())
        read = readable(items.values(), _invitation)
        found = {keys.invitation(pk_of(one.party), one.id): one for one in read}
        return [(pointer, found.get(wanted[pointer]) if pointer in wanted else None) for pointer in pointers]

    def delete(self, found: Iterable[Invitation]) -> None:
        """Deletes invitations."""
        self.table.delete_all(keys.invitation(pk_of(one.party), one.id) for one in found)

    def delete_pointers(self, pointers: Iterable[keys.Key]) -> None:
        """Deletes what says that a person sent invitations."""
        self.table.delete_all(pointers)


def new_put(invitation: Invitation, before: Invitation | None) -> Put:
    """The write of an invitation in the place of an earlier one to the address, or of none.

    Its condition fails where the earlier one is not as it was read.
    """
    condition = missing() if before is None else _as_read(before)
    return Put(_item(invitation), condition)


def closed_put(invitation: Invitation) -> Put:
    """The write of an invitation that was accepted or revoked. Its condition fails where it is not pending."""
    pending = equals("status", InvitationStatus.PENDING.value) & equals("version", invitation.version)
    return Put(_item(invitation), pending)


def pointer_put(invitation: Invitation) -> Put:
    """The write that says who sent an invitation."""
    party = pk_of(invitation.party)
    pk, sk = keys.invitation_sent(invitation.invited_by, party, invitation.id)
    return Put(
        {
            "PK": pk,
            "SK": sk,
            "party": party,
            "invitation": keys.invitation(party, invitation.id).sk,
            "expires_at": _gone(invitation),
        }
    )


def pointer_delete(user_id: str, invitation: Invitation) -> Delete:
    """The write that forgets who sent an invitation."""
    return Delete(keys.invitation_sent(user_id, pk_of(invitation.party), invitation.id))


def _item(invitation: Invitation) -> Item:
    party = pk_of(invitation.party)
    pk, sk = keys.invitation(party, invitation.id)
    return {
        "PK": pk,
        "SK": sk,
        **keys.DIRECTORY.entry(
            keys.invitations_to(address_hash(invitation.email)),
            f"{invitation.party_kind.value}#{invitation.id}",
        ),
        "status": invitation.status.value,
        "version": invitation.version,
        "doc": invitation.model_dump_json(),
        "expires_at": _gone(invitation),
    }


def _pointed(item: Item) -> tuple[keys.Key, keys.Key]:
    """The key of a pointer, and that of the invitation it is to. Raises ``ValueError`` where it is to none."""
    if not item["invitation"].startswith(keys.INVITATION) or "#" not in item["party"]:
        raise ValueError("no invitation")
    return keys.Key(item["PK"], item["SK"]), keys.Key(item["party"], item["invitation"])


def _as_read(invitation: Invitation) -> Condition:
    return equals("status", invitation.status.value) & equals("version", invitation.version)


def _gone(invitation: Invitation) -> int:
    return int((invitation.expires_at + KEPT).timestamp())


def _invitation(item: Item) -> Invitation:
    return Invitation.model_validate_json(item["doc"])
