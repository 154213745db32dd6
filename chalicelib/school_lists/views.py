"""What the API takes and gives of imports."""

from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chalicelib.school_lists.imports import ImportStatus, SchoolImport
from chalicelib.values import HIDDEN, WHOLE, Id, Model, Timestamp, one_line

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


class StartImport(Model):
    """Asks for a place to upload a list to."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"filename": "schools.csv", "size_bytes": 48213}]}
    )

    filename: FileName
    """The name of the file, without folders. People recognize the import by it; nothing is read from it."""
    size_bytes: Annotated[int | None, Field(strict=True, ge=1, examples=[48213]), WHOLE] = None
    """The size of the file; one that is too large is refused before it is uploaded."""
    layout: Literal["ipeds_hd", "va_facility", "plain"] | None = None
    """The layout of the list. Without it, the header tells."""


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


class ImportView(Model):
    """An import: its state, its counts, and what is wrong with the list."""

    id: Id
    status: ImportStatus
    filename: Annotated[str, Field(examples=["schools.csv"])]
    created_at: Timestamp
    updated_at: Timestamp
    layout: Annotated[str | None, Field(examples=["plain"])]
    """The layout the list was read in."""
    encoding: Annotated[str | None, Field(examples=["UTF-8 with byte order mark"])]
    separator: Annotated[str | None, Field(examples=["comma"])]
    header_row: Annotated[int | None, Field(examples=[1])]
    rows_read: Annotated[int, Field(examples=[61])]
    created: Annotated[int, Field(examples=[58])]
    changed: Annotated[int, Field(examples=[0])]
    unchanged: Annotated[int, Field(examples=[0])]
    left_alone: Annotated[int, Field(examples=[1])]
    """Rows that differ from a school that its own people keep, or that was deleted."""
    rejected: Annotated[int, Field(examples=[2])]
    doubtful: Annotated[int, Field(examples=[3])]
    """Values that could not be read, in rows that were imported without them."""
    reason: Annotated[str | None, Field(examples=["The file is a PDF document, not a list in text form."])]
    """Why a list was refused, or an import failed."""
    remedy: str | None
    """What would do."""
    columns: tuple[ColumnView, ...]
    """Of a refused list: the header found, and what each column was taken for."""
    missing: tuple[str, ...]
    """Of a refused list: the fields that no column was found for."""
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
        layout=one.layout,
        encoding=one.encoding,
        separator=one.separator,
        header_row=one.header_row,
        rows_read=one.counts.rows_read,
        created=one.counts.created,
        changed=one.counts.changed,
        unchanged=one.counts.unchanged,
        left_alone=one.counts.left_alone,
        rejected=one.counts.rejected,
        doubtful=one.counts.doubtful,
        reason=one.reason,
        remedy=one.remedy,
        columns=tuple(ColumnView(header=header, taken_for=field) for header, field in one.header),
        missing=one.missing,
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
