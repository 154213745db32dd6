"""What the routes of organizations and of owner groups have in common: the same answers for either party."""

from typing import Annotated

from pydantic import Field

from chalicelib.auth import Caller
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.http import Reply, version_etag
from chalicelib.memberships import changes, inviting
from chalicelib.memberships.invitation_store import InvitationStore
from chalicelib.memberships.invitations import TicketSigner
from chalicelib.memberships.inviting import Inviting
from chalicelib.memberships.models import Party
from chalicelib.memberships.store import MembershipStore
from chalicelib.memberships.views import (
    InvitationDraft,
    InvitationPage,
    InvitationView,
    MemberPage,
    MemberView,
    RoleChange,
    invitation_view,
    member_view,
)
from chalicelib.people import service as people
from chalicelib.people.service import PersonStore
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.reading import may_lag
from chalicelib.table.table import connect
from chalicelib.values import Model


class PageQuery(Model):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""


def members() -> MembershipStore:
    """The deployment's memberships."""
    return MembershipStore(connect())


def inviting_stores() -> Inviting:
    """What inviting works with."""
    key = config().cursor_key.get_secret_value()
    return Inviting(InvitationStore(connect()), members(), TicketSigner(key))


def member_page(party: Party, query: PageQuery) -> MemberPage:
    """A page of members with their addresses."""
    scope = f"members {party.kind.value} {party.id}"
    after = page_start(scope, query.cursor)
    found, following = members().members(party, query.limit, after)
    known = people.profiles(PersonStore(connect()), [one.user_id for one in found])
    return MemberPage(
        items=tuple(member_view(one, known) for one in found),
        next_cursor=next_cursor(scope, following),
    )


def changed_member(
    caller: Caller, party: Party, user_id: str, if_match: int, body: RoleChange
) -> Reply[MemberView]:
    """A member with another role."""
    member = changes.change_role(members(), caller, party, user_id, body.role, if_match)
    with may_lag():
        known = people.profiles(PersonStore(connect()), [user_id])
    return Reply(member_view(member, known), etag=version_etag(member.version))


def invitation_page(party: Party, query: PageQuery) -> InvitationPage:
    """A page of invitations."""
    scope, now = f"invitations {party.kind.value} {party.id}", utc_now()
    after = page_start(scope, query.cursor)
    found, following = InvitationStore(connect()).of_party(party, query.limit, after)
    return InvitationPage(
        items=tuple(invitation_view(one, now) for one in found),
        next_cursor=next_cursor(scope, following),
    )


def invitation(party: Party, invitation_id: str) -> Reply[InvitationView]:
    """One invitation."""
    found = inviting.get(InvitationStore(connect()), party, invitation_id)
    return Reply(invitation_view(found, utc_now()), etag=version_etag(found.version))


def invited(
    caller: Caller, party: Party, body: InvitationDraft, idempotent: IdempotentRequest | None
) -> Reply[InvitationView]:
    """A new invitation."""
    made = inviting.invite(inviting_stores(), caller, party, body.email, body.role, idempotent)
    return Reply(
        invitation_view(made, utc_now()),
        etag=version_etag(made.version),
        location=f"invitations/{made.id}",
    )
