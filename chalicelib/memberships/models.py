"""Who belongs to what, and as what."""

from typing import Annotated

from pydantic import Field

from chalicelib.values import Id, Line, Model, Role, Timestamp


class Membership(Model):
    """A person's part in an organization."""

    organization_id: Id
    user_id: str
    role: Role
    created_at: Timestamp


class MyMembership(Model):
    """One of the caller's own organizations."""

    organization_id: Id
    role: Annotated[Role, Field(examples=["owner"])]
    organization_name: Annotated[Line, Field(examples=["Cedar Auto Repair"])]


class Me(Model):
    """What the platform knows of the caller."""

    user_id: Annotated[str, Field(examples=["6b1f2d0e-8f0a-4d0e-9a57-0f6f1f0f2c11"])]
    """The identity provider's own id (``sub``)."""
    email: Annotated[str, Field(examples=["ann@connects.example"])]
    admin: bool
    """Whether the caller is a platform administrator."""
    memberships: tuple[MyMembership, ...]
