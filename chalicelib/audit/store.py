"""The audit trail in the table: a partition a month, and an index by what an entry is about."""

from chalicelib.audit.models import Entry
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import Item, Put
from chalicelib.table.table import Table

Position = Item
"""The key behind which a page begins."""


class AuditStore:
    """Reads entries, newest first."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_month(self, month: str, limit: int, start: Position | None) -> tuple[list[Entry], Position | None]:
        """One page of a month's entries (``2026-06``), and where the next one begins, or None."""
        page = self._table.query(
            keys.audit_pk(month), limit=limit, start=start, descending=True, attributes=("PK", "SK", "doc")
        )
        return _entries(page.items), page.next

    def of_subject(
        self, subject: str, limit: int, start: Position | None
    ) -> tuple[list[Entry], Position | None]:
        """One page of the entries about a thing, and where the next one begins, or None. A moment behind."""
        page = self._table.query(
            keys.audit_subject(subject),
            index=keys.DIRECTORY,
            limit=limit,
            start=start,
            descending=True,
            attributes=("PK", "SK", "doc"),
        )
        return _entries(page.items), page.next

    def append(self, entry: Put) -> None:
        """Appends one entry that belongs to no transaction."""
        self._table.write(entry)


def _entries(items: list[Item]) -> list[Entry]:
    return list(readable(items, lambda item: Entry.model_validate_json(item["doc"])))
