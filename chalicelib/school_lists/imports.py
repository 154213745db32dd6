"""One import of a list: where it came from, how far it is, and what it did."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.school_lists.models import RowProblem

SHOWN_PROBLEMS: Final = 100
"""Problems that the API shows; the report has them all."""


class ImportStatus(StrEnum):
    """``waiting`` for its file, ``running``, ``done``, ``refused`` as a whole, or ``failed`` by no fault of it."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Source:
    """The object that a list came as."""

    bucket: str
    key: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows so far: ``rows_read`` is the sum of the others but ``doubtful``.

    ``left_alone`` are rows that differ from a school that its own people keep, or that was deleted;
    ``doubtful`` counts values that could not be read in rows that were imported all the same.
    """

    rows_read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left_alone: int = 0
    rejected: int = 0
    doubtful: int = 0


@dataclass(frozen=True, slots=True)
class SchoolImport:
    """An import. ``rows_done`` counts the good rows that are dealt with: a run that follows goes on behind them."""

    id: str
    status: ImportStatus
    filename: str
    bucket: str
    key: str
    created_at: datetime
    updated_at: datetime
    etag: str | None = None
    asked_layout: str | None = None
    layout: str | None = None
    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None
    attempt: int = 0
    rows_done: int = 0
    counts: Counts = field(default_factory=Counts)
    reason: str | None = None
    remedy: str | None = None
    header: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    report_key: str | None = None

    def with_(self, **changes: object) -> "SchoolImport":
        """A copy with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done."""
        return self.status in (ImportStatus.DONE, ImportStatus.REFUSED)
