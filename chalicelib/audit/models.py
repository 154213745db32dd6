"""Entries of the audit trail."""

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.values import Id, Model, Timestamp


class Entry(Model):
    """Who did what to what, and when. Never a figure, a token or an e-mail address."""

    id: Id
    at: Timestamp
    actor: Annotated[str, Field(examples=["6b1f2d0e-8f0a-4d0e-9a57-0f6f1f0f2c11"])]
    """The user id of who did it, or the name of the function that did."""
    action: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", examples=["organization.verified"])]
    """The kind of thing, and what was done, such as ``membership.removed``."""
    subject: Annotated[str, Field(examples=["0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"])]
    """The id of what it was done to."""
    detail: Annotated[str, Field(max_length=500, examples=["pending -> verified"])] = ""
    """What cannot be seen from the rest: statuses, roles, other ids."""


class AuditQuery(Model):
    """Which entries to list: those of a month, or those about a thing."""

    month: Annotated[str | None, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-06"])] = None
    """A month of UTC."""
    subject: Annotated[
        str | None, Field(min_length=1, max_length=128, examples=["0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"])
    ] = None
    """The id of what it was done to: an organization, an owner group, a posting."""
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    cursor: Annotated[str | None, Field(max_length=1000)] = None
    """``next_cursor`` of the page before, with all else unchanged."""

    @model_validator(mode="after")
    def _one_of_both(self) -> "AuditQuery":
        if (self.month is None) == (self.subject is None):
            raise PydanticCustomError("one_of_both", "Send either month or subject.")
        return self


class AuditPage(Model):
    """A page of the audit trail, newest first."""

    items: tuple[Entry, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end."""
