"""Reading lists of schools against what can hardly be beaten: a bare ``csv.reader`` over the same file, and openpyxl.

``python -m infra.bench.lists [--rows N] [FILE ...]`` prints rows a second and the ratios of one run, best of five, for
made-up lists in the shape of the national ones, or for the files that are named. What is timed of ours is the way that
an import takes, from bytes to the writes of new schools, by its own functions: finding encoding, separator, header and
layout, every check and correction, each school once with its identity and digest, identifiers and items of a chunk.
Comparing with the schools that there are, and requests, are timed by ``infra.bench.lists_import``.
"""

import argparse
import csv
import gzip
import io
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from chalicelib.clock import new_id, new_ids
from chalicelib.organizations.service import Telling
from chalicelib.school_lists import workbooks
from chalicelib.school_lists.directory import new_schools
from chalicelib.school_lists.gazetteer import ReferenceGazetteer
from chalicelib.school_lists.models import ListOptions, SchoolRecord, UnusableList
from chalicelib.school_lists.opening import open_list
from chalicelib.school_lists.report import Problems
from chalicelib.school_lists.runs import CHUNK_ROWS
from chalicelib.school_lists.seen import Schools, with_digests
from infra.bench.made_lists import as_workbook, narrow_list, wide_list

_ROUNDS: Final = 5


def bare(content: bytes) -> int:
    """Rows that a bare ``csv.reader`` gives."""
    return sum(1 for _ in csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""))) - 1


def to_records(content: bytes, name: str) -> int:
    """Rows read, cleaned and checked by us."""
    with open_list(io.BytesIO(content), ListOptions(filename=name)) as opened:
        for _ in opened.records(_GAZETTEER, _unheard):
            pass
        return opened.rows_read


def to_items(content: bytes, name: str) -> int:
    """The same rows with identity and digest, and the item of a new school for each."""
    now = datetime.now(UTC)
    with open_list(io.BytesIO(content), ListOptions(filename=name)) as opened:
        telling = Telling(opened.source, "2024-01-01", new_id())
        problems = Problems()
        schools = Schools(opened.source, problems).of(opened.records(_GAZETTEER, problems))
        while chunk := with_digests(list(islice(schools, CHUNK_ROWS))):
            records = [seen.record for seen in chunk if isinstance(seen.record, SchoolRecord)]
            new_schools(new_ids(len(records)), records, telling, now)
        problems.close()
        return opened.rows_read


def to_texts(content: bytes) -> int:
    """Rows of a workbook as we read them, before anything is understood."""
    with workbooks.opened(io.BytesIO(content)) as book:
        return sum(1 for sheet in book.sheets() for _ in sheet.rows()) - 1


def by_openpyxl(content: bytes) -> int:
    """Rows that openpyxl gives, in its fastest mode."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    sheet = book.worksheets[0]
    return sum(1 for _ in sheet.iter_rows(values_only=True)) - 1


_GAZETTEER: Final = ReferenceGazetteer()


def _unheard(_: object) -> None:
    """Takes problems: a report is another matter."""


def fastest(*works: Callable[[], int]) -> list[tuple[int, float]]:
    """Rows and rows a CPU second of each work, the best of rounds in which they take turns."""
    best = [(0, 0.0)] * len(works)
    for _ in range(_ROUNDS):
        for place, work in enumerate(works):
            start = time.process_time()
            rows = work()
            best[place] = max(best[place], (rows, rows / (time.process_time() - start)))
    return best


def say(text: str) -> None:
    """Writes a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def compare_text(name: str, content: bytes) -> None:
    """Prints what a list in text form costs against a bare reader."""
    (rows, reader), (_, records), (_, items) = fastest(
        lambda: bare(content), lambda: to_records(content, name), lambda: to_items(content, name)
    )
    say(
        f"{name}: {rows:,} rows, {len(content) / 1e6:.1f} MB\n"
        f"  bare csv.reader         {reader:>11,.0f} rows/s\n"
        f"  read, cleaned, checked  {records:>11,.0f} rows/s   {records / reader:.2f} x\n"
        f"  to items for DynamoDB   {items:>11,.0f} rows/s   {items / reader:.2f} x   (wanted: 0.25 x)"
    )


def compare_workbook(name: str, content: bytes) -> None:
    """Prints what a workbook costs against openpyxl reading alone."""
    (rows, theirs), (_, texts), (_, records), (_, items) = fastest(
        lambda: by_openpyxl(content),
        lambda: to_texts(content),
        lambda: to_records(content, name),
        lambda: to_items(content, name),
    )
    say(
        f"{name}: {rows:,} rows, {len(content) / 1e6:.1f} MB\n"
        f"  openpyxl, reading alone {theirs:>11,.0f} rows/s\n"
        f"  ours, reading alone     {texts:>11,.0f} rows/s   {texts / theirs:.1f} x   (wanted: 10 x)\n"
        f"  read, cleaned, checked  {records:>11,.0f} rows/s   {records / theirs:.1f} x\n"
        f"  to items for DynamoDB   {items:>11,.0f} rows/s   {items / theirs:.1f} x"
    )


def main() -> int:
    """Runs the comparisons."""
    parser = argparse.ArgumentParser(prog="python -m infra.bench.lists", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--rows", type=int, default=30_000, help="rows of the made-up lists (30000)")
    asked = parser.parse_args()
    for path in asked.files:
        content = path.read_bytes()
        try:
            if path.suffix.lower() in (".xlsx", ".xls"):
                compare_workbook(path.name, content)
            else:
                compare_text(path.name, gzip.decompress(content) if path.suffix == ".gz" else content)
        except UnusableList as refusal:
            say(f"{path.name}: refused: {refusal.reason}")
    if not asked.files:
        wide = wide_list(asked.rows)
        compare_text("wide list (IPEDS HD, 72 columns)", wide.encode())
        compare_text("narrow list (NCES EDGE, 11 columns)", narrow_list(asked.rows).encode())
        some = "\n".join(wide.splitlines()[: asked.rows // 6])
        compare_workbook("wide workbook (IPEDS HD, 72 columns)", as_workbook(some))
    say(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
