"""What a school list is made of once it is understood: records, what is wrong with rows, and why a list is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple, Protocol

from chalicelib.errors import ListRefused

SHOWN_CHARACTERS: Final = 80
"""As much of a value as a report repeats."""

_LOOKED_AT: Final = 400
_EMAIL: Final = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")
# A spreadsheet takes a cell that begins with one of these for a formula and runs it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%")


@dataclass(frozen=True, slots=True)
class Place:
    """What the reference geography knows of a ZIP code. Degrees as decimal numbers."""

    zip: str
    state: str
    city: str
    latitude: float
    longitude: float


class Gazetteer(Protocol):
    """The reference geography, as far as lists need it."""

    def of_zip(self, zip_code: str) -> Place | None:
        """Where a ZIP code of five digits is, or None where there is no such ZIP code."""

    def of_city(self, city: str, state: str) -> tuple[Place, ...]:
        """The ZIP codes of a city of a state (two letters), the most central first."""


class Program(NamedTuple):
    """What a school teaches, by the Classification of Instructional Programs (``47.0604``)."""

    cip_code: str
    level: str
    accreditation: str | None = None
    enrolment: int | None = None


class SchoolRecord(NamedTuple):
    """One school of a list, cleaned. None means that the list does not say, never that there is none.

    ``zip`` has five digits. ``phone`` and ``website`` are uniform (see ``cleaning``). Coordinates are decimal
    degrees. The ids are of the schemes in ``identity``; ``source_id`` is the list's own number of the school,
    ``parent_id`` that of the institution it is a branch of.
    """

    name: str
    street: str | None
    city: str
    state: str
    zip: str
    phone: str | None
    website: str | None
    latitude: float | None
    longitude: float | None
    ipeds_unit_id: str | None
    nces_id: str | None
    ope_id: str | None
    closed: bool | None
    programs: tuple[Program, ...]
    source_id: str | None = None
    parent_id: str | None = None


class ProgramsRecord(NamedTuple):
    """What a list without names and addresses says of a school that is known already: its programs, by its ids."""

    ipeds_unit_id: str | None
    nces_id: str | None
    ope_id: str | None
    programs: tuple[Program, ...]


Record = SchoolRecord | ProgramsRecord


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """An administrator's word on a list: which column holds which field, and what holds for every row.

    ``columns`` names a column by its header, or by its place as ``#3``. ``constants`` are cells that every row
    is to have where its own is blank. ``header_row`` counts as a spreadsheet does; 0 is a list without header.
    """

    name: str
    columns: Mapping[str, str]
    constants: Mapping[str, str]
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class ListOptions:
    """What is said of a list beside the list. ``filename`` may tell its year; nothing else is read from it."""

    layout: str | None = None
    mapping: ColumnMapping | None = None
    default_state: str | None = None
    list_date: date | None = None
    filename: str | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one row. ``rejected`` rows are not imported; others are, without the value.

    ``row`` counts as a spreadsheet does: the file's first row is 1, blank rows count, a row of several lines
    is one.
    """

    row: int
    column: str
    value: str
    reason: str
    remedy: str
    rejected: bool = True


class UnusableList(ListRefused):
    """A file that cannot be understood as a whole, or is no list.

    ``reason`` says what is wrong, ``remedy`` what to do. ``header`` is the header row found, each cell with
    what it was taken for (``""`` for nothing); ``missing`` what no column was found for; ``skeleton`` a column
    mapping to be filled in, as JSON has it.
    """

    def __init__(
        self,
        reason: str,
        remedy: str,
        header: tuple[tuple[str, str], ...] = (),
        missing: tuple[str, ...] = (),
        skeleton: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{reason} {remedy}")
        self.reason = reason
        self.remedy = remedy
        self.header = header
        self.missing = missing
        self.skeleton = skeleton


def shown(value: str) -> str:
    """A value as a report repeats it: one line, short, harmless to a spreadsheet, and without e-mail addresses."""
    # Cut before it is searched: a cell can have a hundred thousand characters.
    text = _EMAIL.sub("(e-mail address)", " ".join(value[:_LOOKED_AT].split()))
    text = "".join(character if character.isprintable() else "\ufffd" for character in text)
    if len(text) > SHOWN_CHARACTERS:
        text = text[: SHOWN_CHARACTERS - 1] + "…"
    return f"'{text}" if text.startswith(_FORMULA) else text
