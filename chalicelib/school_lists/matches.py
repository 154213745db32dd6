"""Rows that may be a school we have, put to an administrator: what is asked, and what was decided.

A decision is remembered by the identity of the row, so the same row is never asked about again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.errors import NotFound
from chalicelib.readable import readable
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.models import SchoolRecord
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Item, Put, equals, missing
from chalicelib.table.table import Table

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class MatchStatus(StrEnum):
    """``open``, put off until ``later``, or decided: the ``same`` school, or a ``different`` one."""

    OPEN = "open"
    LATER = "later"
    SAME = "same"
    DIFFERENT = "different"


class Candidate(NamedTuple):
    """A school that a row may be, as it was when the row came."""

    organization_id: str
    name: str
    address: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class SchoolMatch:
    """A row of a list and the schools that it may be, the likeliest first."""

    id: str
    status: MatchStatus
    import_id: str
    source: str
    list_date: str
    row: int
    identity: Identity
    digest: str
    record: SchoolRecord
    candidates: tuple[Candidate, ...]
    created_at: datetime
    organization_id: str | None = None
    decided_at: datetime | None = None

    def with_(self, **changes: object) -> "SchoolMatch":
        """A copy with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def decided(self) -> bool:
        """Whether nobody is to be asked any more."""
        return self.status in (MatchStatus.SAME, MatchStatus.DIFFERENT)


class MatchStore:
    """Reads what is asked."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, match_id: str) -> SchoolMatch:
        """A match. Raises ``NotFound``."""
        item = self.table.get(keys.school_match(match_id))
        if item is None:
            raise NotFound(f"There is no match {match_id}.")
        return _match(item)

    def page(self, limit: int, start: Item | None) -> tuple[list[SchoolMatch], Item | None]:
        """Matches that wait for a decision, the oldest first; and where the next page starts."""
        page = self.table.query(
            keys.MATCHES, index=keys.DIRECTORY, limit=limit, start=start, attributes=("doc",)
        )
        return list(readable(page.items, _match)), page.next


def new_write(match: SchoolMatch) -> Put:
    """The write of a new match; fails where there is one with its id."""
    return Put(_item(match), missing())


def changed_write(match: SchoolMatch, before: MatchStatus) -> Put:
    """The write of a match that was put off or decided; fails where it is no more in the status before."""
    return Put(_item(match), equals("status", before.value))


def withdrawn_write(match_id: str) -> Delete:
    """The write that asks no more; fails where somebody decided."""
    return Delete(
        keys.school_match(match_id),
        equals("waits", True),
    )


def _item(match: SchoolMatch) -> Item:
    pk, sk = keys.school_match(match.id)
    item: Item = {
        "PK": pk,
        "SK": sk,
        "status": match.status.value,
        "waits": not match.decided,
        "doc": _adapter().dump_json(match).decode(),
    }
    if not match.decided:
        item |= keys.DIRECTORY.entry(keys.MATCHES, match.id)
    return item


def _match(item: Item) -> SchoolMatch:
    return _adapter().validate_json(item["doc"])


@lru_cache(maxsize=1)
def _adapter() -> "TypeAdapter[SchoolMatch]":
    from pydantic import TypeAdapter

    return TypeAdapter(SchoolMatch)
