"""One import of a list: where it came from, how far it is, and what it did."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from chalicelib.school_lists.models import ColumnMapping, RowProblem

DELINEATION: Final = "census_delineation"
"""The layout of a reference file: it brings metropolitan areas, and no schools."""
SHOWN_PROBLEMS: Final = 100
"""Problems that the API shows; the report has them all."""


class ImportStatus(StrEnum):
    """How far an import is.

    ``waiting`` for its file or for another import, ``running``, ``done``, ``refused`` as a whole, ``failed`` by no
    fault of the list, ``cancelled`` by an administrator, ``undoing`` and ``undone``.
    """

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNDOING = "undoing"
    UNDONE = "undone"


class Mode(StrEnum):
    """``full``: the list has every school of its source, so that one it lacks has vanished. ``delta``: it may not."""

    FULL = "full"
    DELTA = "delta"


UNDOABLE: Final = (ImportStatus.DONE, ImportStatus.CANCELLED, ImportStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Source:
    """The object that a list came as."""

    bucket: str
    key: str
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class Options:
    """What an administrator says of a list. None leaves it to the list."""

    layout: str | None = None
    mapping: ColumnMapping | None = None
    mapping_name: str | None = None
    state: str | None = None
    mode: Mode = Mode.DELTA
    list_date: date | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows so far. ``rows_read`` is the sum of the others but ``doubtful`` and ``absent``.

    ``left_alone`` are rows that differ from what people or a later list said of the school, or whose school was
    deleted; ``passed_over`` those that say nothing of their own: further programs of a school, other trades, totals
    (counted at the end); ``doubtful`` counts values that could not be read in rows that were imported all the same;
    ``absent`` schools that the list lacks and its source had before.
    """

    rows_read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    left_alone: int = 0
    to_review: int = 0
    passed_over: int = 0
    rejected: int = 0
    doubtful: int = 0
    absent: int = 0


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: schools removed, schools set back, and schools on which others have built and that stay."""

    removed: int = 0
    restored: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class SchoolImport:
    """An import.

    ``rows_done`` counts the schools of the list that are dealt with, ``chunks_done`` the chunks they came in: a run
    that follows goes on behind them. ``fruitless`` counts the runs in a row that got no further.
    """

    id: str
    status: ImportStatus
    filename: str
    bucket: str
    key: str
    created_at: datetime
    updated_at: datetime
    etag: str | None = None
    started_by: str | None = None
    options: Options = field(default_factory=Options)
    layout: str | None = None
    source: str | None = None
    list_date: date | None = None
    encoding: str | None = None
    separator: str | None = None
    header_row: int | None = None
    attempt: int = 0
    fruitless: int = 0
    rows_done: int = 0
    chunks_done: int = 0
    counts: Counts = field(default_factory=Counts)
    undone: Undone | None = None
    chunks_undone: int = 0
    notes: tuple[str, ...] = ()
    reason: str | None = None
    remedy: str | None = None
    header: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()
    skeleton: str | None = None
    problems: tuple[RowProblem, ...] = ()
    report_key: str | None = None

    def with_(self, **changes: object) -> "SchoolImport":
        """A copy with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done, unless somebody asks for it."""
        return self.status in (
            ImportStatus.DONE,
            ImportStatus.REFUSED,
            ImportStatus.CANCELLED,
            ImportStatus.UNDONE,
        )

    @property
    def unfinished(self) -> bool:
        """Whether its list is still to be imported, or to be imported again."""
        return not self.over and self.status is not ImportStatus.UNDOING
