"""What an import of many schools costs: ``python -m infra.bench.lists_import [--rows N | --edge FILE]``.

A list is imported three times: new, the same again, and with one row in a hundred changed. It prints rows a second,
items written for a new school, and DynamoDB requests for 1,000 unchanged rows, and fails where a row is lost or an
unchanged one is written. It runs against the emulated AWS, or in this process with ``--in-process``: for a thousand
rows or so, since what emulates there copies the table with each transaction.

``--edge`` takes the NCES EDGE file of public schools (csv or csv.gz), which has no names: they are made up.
"""

import argparse
import contextlib
import csv
import gzip
import hashlib
import io
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.clock import new_id, utc_now
from chalicelib.geography.service import find_zip
from chalicelib.organizations.service import OrganizationStore
from chalicelib.school_lists.directory import SchoolDirectory
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.gazetteer import ReferenceGazetteer
from chalicelib.school_lists.importer import run_import
from chalicelib.school_lists.imports import ImportStatus, SchoolImport, Source
from chalicelib.school_lists.runs import Tools
from chalicelib.school_lists.store import ImportStore
from chalicelib.table.table import Table
from tests import factories

HEADER = ("name", "street", "city", "state", "zip", "latitude", "longitude", "nces_id")
WORDS = (
    "Cedar", "Maple", "Willow", "Aspen", "Juniper", "Prairie", "Canyon", "Mesa", "Summit", "Ridge", "Harbor",
    "Lakeside", "Riverside", "Valley", "Lincoln", "Adams", "Jefferson", "Madison", "Monroe", "Jackson",
    "Grant", "Hayes", "Wilson", "Carver", "Douglass", "Tubman", "Edison", "Fulton", "Bell", "Wright", "Eagle",
    "Falcon",
)  # fmt: skip
KINDS = ("High School", "Middle School", "Elementary School", "Academy", "Career Center")
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
NAME = "connects-bench"
MOST_BYTES = 200 * 1024 * 1024


def made_up(identifier: str) -> str:
    """A name, the same for the same id."""
    number = int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:6])
    kind = KINDS[number % len(KINDS)]
    number //= len(KINDS)
    return f"{WORDS[number % len(WORDS)]} {WORDS[number // len(WORDS) % len(WORDS)]} {kind}"


def of_edge(path: Path) -> Iterator[tuple[str, ...]]:
    """The schools of the EDGE file, with made-up names."""
    with (
        gzip.open(path, "rt", encoding="latin-1")
        if path.suffix == ".gz"
        else path.open(encoding="latin-1") as file
    ):
        for row in csv.DictReader(file):
            place = row["LSTREE"], row["LCITY"], row["LSTATE"], row["LZIP"], row["LATCODE"], row["LONGCODE"]
            yield (made_up(row["NCESSCH"]), *place, row["NCESSCH"])


def synthetic(rows: int) -> Iterator[tuple[str, ...]]:
    """Schools all over the country, in the order of their ZIP codes."""
    zips = [place for number in range(600, 99950) if (place := find_zip(f"{number:05d}")) is not None]
    for number in range(rows):
        place = zips[number * len(zips) // rows]
        identifier = f"{number:012d}"
        point = f"{place.latitude:.6f}", f"{place.longitude:.6f}"
        street = f"{number % 9000 + 1} {WORDS[number % len(WORDS)]} St"
        yield (made_up(identifier), street, place.city, place.state, place.zip, *point, identifier)


def listed(rows: list[tuple[str, ...]], *, changed_every: int = 0) -> bytes:
    """A list in the plain layout; every so many rows in another street."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number, row in enumerate(rows):
        moved = changed_every and number % changed_every == 0
        writer.writerow((row[0], f"{row[1]} (new)", *row[2:]) if moved else row)
    return text.getvalue().encode()


class Meter:
    """Counts the requests that go to DynamoDB, and the items that they write."""

    def __init__(self, client: Any) -> None:
        self.requests: Counter[str] = Counter()
        self.items = 0
        client.meta.events.register("provide-client-params.dynamodb", self._count)

    def _count(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.requests[model.name] += 1
        if model.name == "TransactWriteItems":
            keys = (next(iter(one.values())) for one in params["TransactItems"])
            self.items += sum(_is_of_school(one) for one in keys)

    def take(self) -> tuple["Counter[str]", int]:
        """What was counted since it was asked last."""
        requests, items = self.requests.copy(), self.items
        self.requests.clear()
        self.items = 0
        return requests, items


def _is_of_school(write: dict[str, Any]) -> bool:
    key = write.get("Item") or write["Key"]
    return str(key["PK"]["S"]).startswith(("ORG#", "IDENTITY#", "MATCH#"))


@contextlib.contextmanager
def emulated() -> Iterator[tuple[Any, Any]]:
    """DynamoDB and S3 clients of an emulated AWS of its own."""
    from infra import stack
    from infra.isolation import REGION

    folder = Path(tempfile.mkdtemp(prefix="connects-bench-"))
    try:
        emulator = stack.start(folder, stack.free_port(), keep=False)
        place = stack.StackInfo(emulator.endpoint_url, REGION, "")
        yield place.client("dynamodb"), place.client("s3")
    finally:
        stack.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def in_process() -> Iterator[tuple[Any, Any]]:
    """The same in this process."""
    import boto3
    from moto import mock_aws

    with mock_aws():
        yield boto3.client("dynamodb", region_name="us-east-1"), boto3.client("s3", region_name="us-east-1")


def imported(dynamodb: Any, s3: Any, content: bytes) -> tuple[SchoolImport, float]:
    """Imports a list in this process; the import, and how long it took."""
    imports = ImportStore(Table(dynamodb, NAME))
    now = utc_now()
    put = s3.put_object(Bucket=NAME, Key="bench/schools.csv", Body=content)
    source = Source(NAME, "bench/schools.csv", len(content), put["ETag"].strip('"'))
    new = SchoolImport(new_id(), ImportStatus.WAITING, "schools.csv", NAME, source.key, now, now, source.etag)
    imports.create(new)
    tools = Tools(
        imports=imports,
        directory=SchoolDirectory(OrganizationStore(imports.table)),
        files=Files(s3, NAME, MOST_BYTES),
        gazetteer=ReferenceGazetteer(),
        clock=utc_now,
        new_id=new_id,
        pause=time.sleep,
        seconds_left=lambda: 10_000.0,
    )
    began = time.monotonic()
    return run_import(tools, new.id, source), time.monotonic() - began


def main(arguments: list[str]) -> int:
    """Prints the figures; 1 where a row was lost or written in vain."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--edge", type=Path)
    parser.add_argument("--in-process", action="store_true")
    asked = parser.parse_args(arguments)
    rows = list(of_edge(asked.edge) if asked.edge else synthetic(asked.rows))
    wanted = len(rows)
    lists = (
        ("new", listed(rows)),
        ("the same again", listed(rows)),
        ("one row in 100 changed", listed(rows, changed_every=100)),
    )
    del rows
    lost = False
    with in_process() if asked.in_process else emulated() as (dynamodb, s3):
        factories.create_table(dynamodb, NAME)
        s3.create_bucket(Bucket=NAME)
        meter = Meter(dynamodb)
        say(f"largest memory before the first import: {megabytes():,.0f} MB")
        for title, content in lists:
            done, seconds = imported(dynamodb, s3, content)
            requests, items = meter.take()
            tell(title, done, seconds, requests, items)
            counts = done.counts
            schools = counts.created + counts.changed + counts.unchanged + counts.left_alone
            lost = lost or schools + counts.to_review + counts.rejected != wanted
            lost = lost or (title == "the same again" and items > 0)
    say(f"largest memory at the end: {megabytes():,.0f} MB")
    return int(lost)


def tell(title: str, done: SchoolImport, seconds: float, requests: "Counter[str]", items: int) -> None:
    """Prints what one import did and cost."""
    counts = done.counts
    pace = f"{seconds:.1f} s, {counts.rows_read / seconds:,.0f} rows/s"
    say(f"{title}: {done.status.value}, {counts.rows_read:,} rows in {pace}")
    say(f"  {counts}")
    each = f", for a new school {items / counts.created:.2f}" if counts.created else ""
    say(f"  items of schools written: {items:,}{each}")
    told = ", ".join(f"{name} {count:,}" for name, count in requests.most_common())
    say(f"  requests for 1,000 rows: {1000 * sum(requests.values()) / counts.rows_read:.1f} ({told})")
    for problem in done.problems[:5]:
        say(f"  row {problem.row}: {problem.reason}")


def megabytes() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(line: str) -> None:
    """One line to standard output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
