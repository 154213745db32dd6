"""Organizations with several members, and ways to come in between."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest

from chalicelib.memberships.invitations import Invitation, TicketSigner
from chalicelib.memberships.models import Party, organization_party, owner_group_party
from chalicelib.memberships.store import MembershipStore, member_put, roster_update
from chalicelib.table import keys
from chalicelib.table.expressions import Write
from chalicelib.table.table import Table
from chalicelib.values import Role
from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People who act."""
    return Acting(client, token)


@pytest.fixture
def store(table: Table) -> MembershipStore:
    """The store of memberships."""
    return MembershipStore(table)


@pytest.fixture
def one_at_a_time(store: MembershipStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has transactions follow each other, as they do in DynamoDB; those of the in-process AWS mix between threads."""
    lock, real = Lock(), store.table.transact

    def transact(*writes: Write) -> None:
        with lock:
            real(*writes)

    monkeypatch.setattr(store.table, "transact", transact)


@dataclass
class World:
    """A party that Ann owns, and how others get into it."""

    acting: Acting
    store: MembershipStore
    party: Party
    path: str
    clock: Callable[[], Any] = field(repr=False)

    def join(self, user_id: str, role: str) -> None:
        """Makes somebody a member, past all invitations."""
        self.store.transact(
            member_put(self.party, user_id, Role(role), self.clock()),
            roster_update(self.party, 1, int(role == "owner")),
        )

    def roles(self) -> dict[str, str]:
        """Who is what."""
        return {one.user_id: one.role.value for one in self.store.members(self.party)[0]}

    def roster(self) -> tuple[int, int]:
        """How many members and owners the roster says there are."""
        pk = keys.party_pk(self.party.kind.value, self.party.id)
        item = self.store.table.get(keys.roster(pk))
        assert item is not None
        return int(item["members"]), int(item["owners"])

    def invite(self, who: str, email: str, role: str = "contributor") -> str:
        """Invites somebody. The text in the mail."""
        made = self.acting.done("POST", f"{self.path}/invitations", who, {"email": email, "role": role})
        return self.ticket(made["id"])

    def ticket(self, invitation_id: str) -> str:
        """The text that accepts an invitation, as the mail has it."""
        pk = keys.party_pk(self.party.kind.value, self.party.id)
        item = self.store.table.get(keys.invitation(pk, invitation_id))
        assert item is not None
        return TicketSigner("a key for the tests").sign(Invitation.model_validate_json(item["doc"]))


@pytest.fixture(params=["organization", "owner_group"])
def world(
    request: pytest.FixtureRequest, acting: Acting, store: MembershipStore, clock: Callable[[], Any]
) -> World:
    """An organization of Ann's, and an owner group of hers: what holds for one holds for the other."""
    if request.param == "organization":
        made = acting.organization("ann", {"kind": "sponsor", "name": "Ann's", "address": _ADDRESS})
        return World(acting, store, organization_party(made), f"/v1/organizations/{made}", clock)
    made = str(acting.done("POST", "/v1/owner-groups", "ann", {"name": "Ann's"})["id"])
    return World(acting, store, owner_group_party(made), f"/v1/owner-groups/{made}", clock)


_ADDRESS = {"city": "Missoula", "zip": "59801"}
