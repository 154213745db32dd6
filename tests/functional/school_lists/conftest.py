"""An import with everything it works with, in an in-process AWS."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.clock import new_id
from chalicelib.config import Config
from chalicelib.organizations.service import Organization, OrganizationStore
from chalicelib.school_lists import service
from chalicelib.school_lists.directory import SchoolDirectory
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.gazetteer import ReferenceGazetteer
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.importer import Tools, run_import
from chalicelib.school_lists.imports import SchoolImport, Source
from chalicelib.school_lists.store import ImportStore
from chalicelib.table.table import Table

HEADER = "name,street,city,state,zip,ipeds_unit_id,level,programs\n"


def rows(first: int, last: int, street: str = "Main St") -> str:
    """Rows of the plain layout, whose schools have the unit ids ``100000 + number``."""
    return "".join(
        f"School {number},{number} {street},Missoula,MT,59801,{100_000 + number},postsecondary,47.0604\n"
        for number in range(first, last)
    )


@dataclass
class Watch:
    """A clock that runs only while something waits."""

    moment: datetime = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def wait(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Bench:
    """Uploads lists and runs their imports, in chunks of ten rows."""

    table: Table
    files: Files
    watch: Watch = field(default_factory=Watch)
    drops: "count[int]" = field(default_factory=lambda: count(1))
    seconds_left: Callable[[], float] = lambda: 600.0

    @property
    def imports(self) -> ImportStore:
        return ImportStore(self.table)

    @property
    def organizations(self) -> OrganizationStore:
        return OrganizationStore(self.table)

    @property
    def tools(self) -> Tools:
        return Tools(
            imports=self.imports,
            directory=SchoolDirectory(self.organizations),
            files=self.files,
            gazetteer=ReferenceGazetteer(),
            clock=self.watch,
            new_id=new_id,
            pause=self.watch.wait,
            seconds_left=self.seconds_left,
            chunk_rows=10,
        )

    def drop(self, content: str | bytes, name: str = "schools.csv") -> tuple[str, Source]:
        """Puts a list into the bucket and gives the import that its event begins."""
        raw = content.encode() if isinstance(content, str) else content
        key = f"uploads/{name}"
        etag = aws.s3().put_object(Bucket=self.files.bucket, Key=key, Body=raw)["ETag"].strip('"')
        source = Source(self.files.bucket, key, len(raw), etag)
        import_id = service.import_of_upload(self.imports, source, self.watch(), f"{next(self.drops):016x}")
        assert import_id is not None
        return import_id, source

    def load(self, content: str | bytes) -> SchoolImport:
        """Drops a list and imports it."""
        return run_import(self.tools, *self.drop(content))

    def with_tools(self, **changes: Any) -> Tools:
        """The tools with others in their place."""
        return replace(self.tools, **changes)

    def school(self, number: int) -> Organization:
        """The organization of a row."""
        identity = Identity("ipeds", str(100_000 + number))
        known = self.imports.known([identity])[identity]
        return self.organizations.get(known.organization_id)

    def everything(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All items but those of imports, without ids and times: to compare the outcomes of two ways."""
        items = aws.dynamodb().scan(TableName=self.table._name)["Items"]
        return {(item["PK"]["S"], item["SK"]["S"]): item for item in items if item["SK"]["S"] != "IMPORT"}

    def report(self, import_id: str, name: str = "report.csv") -> str:
        """A report's text."""
        body = aws.s3().get_object(Bucket=self.files.bucket, Key=f"reports/{import_id}/{name}")["Body"]
        return io.TextIOWrapper(body, "utf-8-sig", newline="").read()  # type: ignore[type-var]


@pytest.fixture
def bench(table: Table, settings: Config) -> Bench:
    """An empty table and bucket."""
    return Bench(table, Files(aws.s3(), settings.uploads_bucket, settings.upload_max_bytes))
