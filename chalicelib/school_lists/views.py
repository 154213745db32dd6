"""What the API takes and gives of imports."""

import json
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chalicelib.geography.service import STATES
from chalicelib.school_lists.imports import DELINEATION, ImportStatus, Mode, SchoolImport
from chalicelib.school_lists.layouts import LAYOUTS
from chalicelib.school_lists.mapping_views import MappingDraft, MappingName
from chalicelib.texts import HIDDEN, one_line
from chalicelib.values import WHOLE, Id, Model, Timestamp

LAYOUT_NAMES: Final = (*LAYOUTS, DELINEATION)
_NAME: Final = rf"[^/\\{HIDDEN}]"


def _no_folders(text: Any) -> Any:
    if isinstance(text, str) and ("/" in text or "\\" in text):
        raise PydanticCustomError("file_name", "The name of the file alone, without folders.")
    return one_line(text)


FileName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=120,
        examples=["schools.csv"],
        json_schema_extra={"pattern": rf"^{_NAME}*[^\s/\\{HIDDEN}]{_NAME}*$"},
    ),
    BeforeValidator(_no_folders),
]


def _known_layout(name: str) -> str:
    if name not in LAYOUT_NAMES:
        raise PydanticCustomError("layout", f"One of {', '.join(LAYOUT_NAMES)}.")
    return name


def _past(day: date) -> date:
    if not date(1950, 1, 1) <= day <= date(2100, 1, 1):
        raise PydanticCustomError("list_date", "The date that the list is of, such as 2024-10-01.")
    return day


LayoutName = Annotated[
    str,
    AfterValidator(_known_layout),
    Field(json_schema_extra={"enum": list(LAYOUT_NAMES)}, examples=["ipeds_hd"]),
]
ListDate = Annotated[date, AfterValidator(_past), Field(examples=["2024-10-01"])]
SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["montana_high_schools"])]
StateCode = Annotated[
    str, Field(pattern=r"^[A-Z]{2}$", json_schema_extra={"enum": sorted(STATES)}, examples=["MT"])
]


class ListRemarks(Model):
    """What is said of a list beside the list; also as metadata of an object put into the bucket (`list-date`, …)."""

    layout: LayoutName | None = None
    """The layout of the list. Without it, the header tells."""
    mapping_name: MappingName | None = None
    """A saved mapping to read the list with."""
    default_state: StateCode | None = None
    """The state of rows that name none, and no ZIP code either."""
    mode: Annotated[Mode, Field(examples=["delta"])] = Mode.DELTA
    """`full`: the list has every school of its source, so that one it lacks is marked as not in its latest list."""
    list_date: ListDate | None = None
    """The date that the list is of: an older list never overwrites what a newer one said. Without it, the list's year
    where it tells one, else today."""
    source: SourceName | None = None
    """What the list is a list of. Without it: the mapping's name, the national layout's, else the file's name without
    dates. What a list says is remembered by source."""


class StartImport(ListRemarks):
    """Asks for a place to upload a list to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"filename": "schools.csv", "size_bytes": 48213},
                {"filename": "hd2024.csv", "layout": "ipeds_hd", "mode": "full", "list_date": "2024-10-01"},
            ]
        }
    )

    filename: FileName
    """The name of the file, without folders. People recognize the import by it; a year in it may date the list."""
    size_bytes: Annotated[int | None, Field(strict=True, ge=1, examples=[48213]), WHOLE] = None
    """The size of the file; one that is too large is refused before it is uploaded."""
    mapping: MappingDraft | None = None
    """A mapping to read this list with, unsaved. Send one of `mapping` and `mapping_name`."""


class ProblemView(Model):
    """A row that was rejected, or a value in it that was left out."""

    row: Annotated[int, Field(examples=[17])]
    """As a spreadsheet counts: the first row of the file is 1."""
    column: Annotated[str, Field(examples=["Zip Code"])]
    """The column's header, or empty where it is the row as a whole."""
    value: Annotated[str, Field(examples=["9999"])]
    """What stands there: at most 80 characters, without e-mail addresses, harmless to a spreadsheet."""
    reason: Annotated[str, Field(examples=["there is no place with ZIP code 09999"])]
    remedy: Annotated[str, Field(examples=["Write the ZIP code of the place itself."])]
    rejected: bool
    """Whether the row was left out; otherwise only the value was."""


class ColumnView(Model):
    """A column of the header that was found."""

    header: Annotated[str, Field(examples=["School Name"])]
    taken_for: Annotated[str, Field(examples=["name"])]
    """The field of the plain layout that it was taken for; empty for none."""


class UndoneView(Model):
    """What undoing an import did."""

    removed: Annotated[int, Field(examples=[58])]
    """Schools that only this import knew of, and that are no more."""
    restored: Annotated[int, Field(examples=[12])]
    """Schools that say what they said before."""
    kept: Annotated[int, Field(examples=[1])]
    """Schools that the import brought, and of which people or other lists said more since: they stay."""


class ImportView(Model):
    """An import: its state, its counts, and what is wrong with the list."""

    id: Id
    status: ImportStatus
    filename: Annotated[str, Field(examples=["schools.csv"])]
    created_at: Timestamp
    updated_at: Timestamp
    mode: Annotated[Mode, Field(examples=["delta"])]
    layout: Annotated[str | None, Field(examples=["plain"])]
    """The layout the list was read in."""
    source: Annotated[str | None, Field(examples=["file_schools"])]
    """What it is a list of: imports of one source follow one another."""
    list_date: Annotated[date | None, Field(examples=["2024-10-01"])]
    encoding: Annotated[str | None, Field(examples=["UTF-8 with byte order mark"])]
    separator: Annotated[str | None, Field(examples=["comma"])]
    header_row: Annotated[int | None, Field(examples=[1])]
    rows_read: Annotated[int, Field(examples=[61])]
    created: Annotated[int, Field(examples=[58])]
    changed: Annotated[int, Field(examples=[0])]
    unchanged: Annotated[int, Field(examples=[0])]
    left_alone: Annotated[int, Field(examples=[1])]
    """Rows that differ from what people or a later list said of the school, or whose school was deleted."""
    to_review: Annotated[int, Field(examples=[2])]
    """Rows that may be a school we have and wait for a decision: `/v1/school-matches`."""
    passed_over: Annotated[int, Field(examples=[0])]
    """Rows that say nothing of their own: further programs of a school, other trades, totals."""
    absent: Annotated[int, Field(examples=[0])]
    """Schools of the source that this `full` list lacks, marked so."""
    rejected: Annotated[int, Field(examples=[2])]
    doubtful: Annotated[int, Field(examples=[3])]
    """Values that could not be read, in rows that were imported without them."""
    undone: UndoneView | None
    """What undoing it did."""
    notes: tuple[str, ...]
    """What there is to say of the list as a whole."""
    reason: Annotated[str | None, Field(examples=["The file is a PDF document, not a list in text form."])]
    """Why a list was refused, or an import failed."""
    remedy: str | None
    """What would do."""
    columns: tuple[ColumnView, ...]
    """Of a refused list: the header found, and what each column was taken for."""
    missing: tuple[str, ...]
    """Of a refused list: the fields that no column was found for."""
    mapping_skeleton: Annotated[dict[str, Any] | None, Field(examples=[{"columns": {"name": ""}}])]
    """Of a refused list: a mapping to fill in and send with the list."""
    problems: tuple[ProblemView, ...]
    """The first 100 problems with rows. All of them are in the report. Empty in lists of imports."""
    report_url: str | None
    """Where the whole report can be fetched as CSV, for an hour. Absent until there is one, and in lists of imports."""


class UploadForm(Model):
    """Where to send the file: POST ``fields`` and then ``file`` as multipart/form-data to ``url``."""

    url: Annotated[str, Field(examples=["https://uploads.s3.amazonaws.com/"])]
    fields: dict[str, str]
    max_bytes: Annotated[int, Field(examples=[104857600])]
    expires_at: Timestamp


class StartedImport(Model):
    """A new import, waiting for its file."""

    import_: Annotated[ImportView, Field(alias="import")]
    upload: UploadForm

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)


class ImportPage(Model):
    """One page of the imports, newest first."""

    items: tuple[ImportView, ...]
    next_cursor: str | None


class ImportQuery(Model):
    """Which page."""

    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Annotated[str | None, Field(min_length=1, max_length=2000)] = None


def view_of(one: SchoolImport, *, whole: bool, report_url: str | None = None) -> ImportView:
    """The view of an import; ``whole`` with its problems."""
    return ImportView(
        id=one.id,
        status=one.status,
        filename=one.filename,
        created_at=one.created_at,
        updated_at=one.updated_at,
        mode=one.options.mode,
        layout=one.layout,
        source=one.source,
        list_date=one.list_date,
        encoding=one.encoding,
        separator=one.separator,
        header_row=one.header_row,
        rows_read=one.counts.rows_read,
        created=one.counts.created,
        changed=one.counts.changed,
        unchanged=one.counts.unchanged,
        left_alone=one.counts.left_alone,
        to_review=one.counts.to_review,
        passed_over=one.counts.passed_over,
        absent=one.counts.absent,
        rejected=one.counts.rejected,
        doubtful=one.counts.doubtful,
        undone=None if one.undone is None else UndoneView(**asdict(one.undone)),
        notes=one.notes,
        reason=one.reason,
        remedy=one.remedy,
        columns=tuple(ColumnView(header=header, taken_for=field) for header, field in one.header),
        missing=one.missing,
        mapping_skeleton=json.loads(one.skeleton) if whole and one.skeleton else None,
        problems=tuple(
            ProblemView(
                row=problem.row,
                column=problem.column,
                value=problem.value,
                reason=problem.reason,
                remedy=problem.remedy,
                rejected=problem.rejected,
            )
            for problem in (one.problems if whole else ())
        ),
        report_url=report_url,
    )
