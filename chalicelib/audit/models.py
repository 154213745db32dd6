"""Entries of the audit trail."""

from typing import Annotated

from pydantic import Field

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
