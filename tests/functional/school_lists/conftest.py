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
from chalicelib.school_lists.identity_store import IdentityStore
from chalicelib.school_lists.importer import run_import
from chalicelib.school_lists.imports import SchoolImport, Source
from chalicelib.school_lists.runs import Tools
from chalicelib.school_lists.store import ImportStore
from chalicelib.school_lists.undo import run_undo
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

    def drop(self, content: str | bytes, name: str = "schools.csv", **remarks: str) -> tuple[str, Source]:
        """Puts a list into the bucket and gives the import that its event begins. ``remarks``: its metadata."""
        raw = content.encode() if isinstance(content, str) else content
        key = f"uploads/{name}"
        said = {key.replace("_", "-"): value for key, value in remarks.items()}
        put = aws.s3().put_object(Bucket=self.files.bucket, Key=key, Body=raw, Metadata=said)
        etag = put["ETag"].strip('"')
        source = Source(self.files.bucket, key, len(raw), etag)
        sequencer = f"{next(self.drops):016x}"
        import_id = service.import_of_upload(self.imports, self.files, source, self.watch(), sequencer)
        assert import_id is not None
        return import_id, source

    def load(self, content: str | bytes, name: str = "schools.csv", **remarks: str) -> SchoolImport:
        """Drops a list and imports it."""
        return run_import(self.tools, *self.drop(content, name, **remarks))

    def undo(self, import_id: str) -> SchoolImport:
        """Undoes an import."""
        self.imports.undo(import_id, self.watch())
        return run_undo(self.tools, import_id)

    def with_tools(self, **changes: Any) -> Tools:
        """The tools with others in their place."""
        return replace(self.tools, **changes)

    def school(self, number: int) -> Organization:
        """The organization of a row."""
        return self.named(Identity("ipeds", str(100_000 + number)))

    def named(self, identity: Identity) -> Organization:
        """The organization that an identity names."""
        known = IdentityStore(self.table, "any").known([identity])[identity]
        return self.organizations.get(known.organization_id)

    def schools(self) -> list[Organization]:
        """All schools, by name."""
        documents = [item["doc"]["S"] for key, item in self.everything().items() if key[1] == "PROFILE"]
        return sorted(map(Organization.model_validate_json, documents), key=lambda school: school.name)

    def everything(self) -> dict[tuple[str, str], dict[str, Any]]:
        """All items of schools: organizations, identities and what waits for a decision."""
        items = aws.dynamodb().get_paginator("scan").paginate(TableName=self.table._name).build_full_result()
        wanted = ("ORG#", "IDENTITY#", "MATCH#")
        return {
            (item["PK"]["S"], item["SK"]["S"]): item
            for item in items["Items"]
            if item["PK"]["S"].startswith(wanted)
        }

    def wipe(self) -> None:
        """Empties the table."""
        client, name = aws.dynamodb(), self.table._name
        for item in client.scan(TableName=name)["Items"]:
            client.delete_item(TableName=name, Key={"PK": item["PK"], "SK": item["SK"]})

    def report(self, import_id: str, name: str = "report.csv") -> str:
        """A report's text."""
        body = aws.s3().get_object(Bucket=self.files.bucket, Key=f"reports/{import_id}/{name}")["Body"]
        return io.TextIOWrapper(body, "utf-8-sig", newline="").read()  # type: ignore[type-var]


@pytest.fixture
def bench(table: Table, settings: Config) -> Bench:
    """An empty table and bucket."""
    return Bench(table, Files(aws.s3(), settings.uploads_bucket, settings.upload_max_bytes))
