"""Who belongs to what, and as what."""

from enum import StrEnum
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from chalicelib.values import Id, Model, Role, Timestamp

MOST_MEMBERS: Final = 200
"""How many members an organization or an owner group may have."""


class PartyKind(StrEnum):
    """What people are members of."""

    ORGANIZATION = "organization"
    OWNER_GROUP = "owner_group"


class Party(NamedTuple):
    """An organization or an owner group."""

    kind: PartyKind
    id: str

    @property
    def thing(self) -> str:
        """What it is, in words."""
        return self.kind.value.replace("_", " ")


def organization_party(organization_id: str) -> Party:
    """An organization, as what people are members of."""
    return Party(PartyKind.ORGANIZATION, organization_id)


def owner_group_party(owner_group_id: str) -> Party:
    """An owner group, as what people are members of."""
    return Party(PartyKind.OWNER_GROUP, owner_group_id)


class Membership(Model):
    """A person's part in an organization."""

    organization_id: Id
    user_id: str
    role: Role
    created_at: Timestamp


class Member(Model):
    """A person's part in an organization or an owner group, as it stands there."""

    user_id: Annotated[str, Field(examples=["6b1f2d0e-8f0a-4d0e-9a57-0f6f1f0f2c11"])]
    role: Annotated[Role, Field(examples=["manager"])]
    version: Annotated[int, Field(ge=1)]
    """Also the answer's ETag: send it back as If-Match with a change."""
    created_at: Timestamp


class Joined(NamedTuple):
    """One of a person's memberships: of what, and as what."""

    party: Party
    role: Role
