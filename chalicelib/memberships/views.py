"""What the API takes and shows of memberships and invitations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from pydantic import Field

from chalicelib.memberships.invitations import Invitation, InvitationStatus
from chalicelib.memberships.models import Joined, Member, PartyKind
from chalicelib.people.models import Person
from chalicelib.values import Email, Id, Line, Model, Role, Timestamp

_USER: str = "6b1f2d0e-8f0a-4d0e-9a57-0f6f1f0f2c11"
UserId = Annotated[str, Field(min_length=1, max_length=128, examples=[_USER])]
"""The identity provider's own id of a person (``sub``)."""


class MemberView(Member):
    """A member, as members see each other."""

    email: Annotated[str | None, Field(examples=["ann@connects.example"])]
    """The verified address; null where none is known."""


class MemberPage(Model):
    """A page of members."""

    items: tuple[MemberView, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end of the list."""


class RoleChange(Model):
    """Which role a member shall have."""

    role: Annotated[Role, Field(examples=["manager"])]


class HandOver(Model):
    """Who shall own it in the caller's place."""

    user_id: UserId


class InvitationDraft(Model):
    """Whom to invite, and as what."""

    email: Email
    """The invitation is good for whoever signs in with this address, verified."""
    role: Annotated[Role, Field(examples=["contributor"])]
    """At most the caller's own."""


class InvitationView(Model):
    """An invitation, as managers see it."""

    id: Id
    email: Annotated[str, Field(examples=["desk@connects.example"])]
    role: Annotated[Role, Field(examples=["contributor"])]
    status: Annotated[InvitationStatus, Field(examples=["pending"])]
    invited_by: UserId
    created_at: Timestamp
    expires_at: Timestamp
    version: Annotated[int, Field(ge=1)]
    """Also the answer's ETag: send it back as If-Match to revoke it."""


class InvitationPage(Model):
    """A page of invitations."""

    items: tuple[InvitationView, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end of the list."""


class Acceptance(Model):
    """The invitation to accept."""

    invitation: Annotated[str, Field(min_length=1, max_length=1000, examples=["WyJvcmdhbml6YXRpb24iLC…"])]
    """The whole of what stands in the mail, or in the caller's own list of invitations."""


class JoinedView(Model):
    """What the caller is a member of now."""

    party_kind: Annotated[PartyKind, Field(examples=["organization"])]
    party_id: Id
    role: Annotated[Role, Field(examples=["contributor"])]


class MyMembership(Model):
    """One of the caller's own organizations."""

    organization_id: Id
    role: Annotated[Role, Field(examples=["owner"])]
    organization_name: Annotated[Line, Field(examples=["Cedar Auto Repair"])]
    organization_status: Annotated[str, Field(examples=["verified"])]
    """One that is not verified can draft, but neither publish nor respond; a suspended one neither."""
    actions: Annotated[tuple[str, ...], Field(examples=[["change_organization", "delete_organization"]])]
    """What the role allows: ids of operations in this document."""


class MyOwnerGroup(Model):
    """One of the caller's own owner groups."""

    owner_group_id: Id
    role: Annotated[Role, Field(examples=["owner"])]
    owner_group_name: Annotated[Line, Field(examples=["Big Sky Auto Group"])]
    actions: Annotated[tuple[str, ...], Field(examples=[["read_owner_group"]])]
    """What the role allows: ids of operations in this document."""


class MyInvitation(Model):
    """An invitation to the caller's address that waits."""

    party_kind: Annotated[PartyKind, Field(examples=["organization"])]
    party_id: Id
    party_name: Annotated[Line, Field(examples=["Cedar Auto Repair"])]
    role: Annotated[Role, Field(examples=["contributor"])]
    expires_at: Timestamp
    invitation: Annotated[str, Field(examples=["WyJvcmdhbml6YXRpb24iLC…"])]
    """What accepts it."""


class Me(Model):
    """What the platform knows of the caller, and what they may do."""

    user_id: UserId
    email: Annotated[str, Field(examples=["ann@connects.example"])]
    email_verified: bool
    admin: bool
    """Whether the caller is a platform administrator."""
    actions: Annotated[tuple[str, ...], Field(examples=[["create_organization"]])]
    """What the caller may do whatever they are a member of: ids of operations in this document."""
    memberships: tuple[MyMembership, ...]
    owner_groups: tuple[MyOwnerGroup, ...]
    invitations: tuple[MyInvitation, ...]
    """Those that wait for the caller, where the address is verified; at most 20."""


def member_view(member: Member, people: Mapping[str, Person]) -> MemberView:
    """A member with their address, where it is known."""
    person = people.get(member.user_id)
    return MemberView(**member.model_dump(), email=person.email if person else None)


def invitation_view(invitation: Invitation, now: datetime) -> InvitationView:
    """An invitation as managers see it: never the text that accepts it."""
    shown = {name: getattr(invitation, name) for name in InvitationView.model_fields if name != "status"}
    return InvitationView(**shown, status=invitation.status_at(now))


def joined_view(joined: Joined) -> JoinedView:
    """What somebody is a member of."""
    return JoinedView(party_kind=joined.party.kind, party_id=joined.party.id, role=joined.role)
