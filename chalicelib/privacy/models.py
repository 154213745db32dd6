"""What a person gets of what they entered, and what erasing answers."""

from typing import Annotated, Any

from pydantic import Field

from chalicelib.values import Model


class Entered(Model):
    """One thing that the caller entered, or that is kept about them."""

    kind: Annotated[str, Field(examples=["membership"])]
    """What it is, such as `membership`, `message` or `report`."""
    data: Annotated[
        dict[str, Any],
        Field(examples=[{"party_kind": "organization", "party_id": "0192f0c1", "role": "owner"}]),
    ]
    """As it is kept."""


class ExportQuery(Model):
    """Which page of the export."""

    limit: Annotated[int, Field(ge=1, le=100)] = 100
    """About how many things a page has; it may have fewer, even none, and go on."""
    cursor: Annotated[str | None, Field(max_length=2000)] = None
    """``next_cursor`` of the page before."""


class Export(Model):
    """A page of everything that the caller entered."""

    items: tuple[Entered, ...]
    next_cursor: str | None
    """Where the next page begins; null at the end."""


class Erasure(Model):
    """How far erasing is."""

    complete: bool
    """Whether nothing is left. If not, repeat the request."""
