"""The report of an import, opened by somebody in a spreadsheet."""

import csv
import io
import re

from tests.functional.school_lists.conftest import Bench, rows

_FORMULA = re.compile(r"[=+@|%\t\r-]")
"""How a cell begins that a spreadsheet would run."""


def test_no_cell_of_an_imports_report_is_a_formula(bench: Bench) -> None:
    header = [
        "name",
        "street",
        "city",
        "state",
        "zip",
        "ipeds_unit_id",
        "level",
        "programs",
        "=1+1",
        "+1",
        "@x",
    ]
    hostile = ("=1+1", "+1", "-1", "@SUM(1)", "|calc", "%x", "=cmd,1", "\t=1", " =1", '="=1"', "\n=1")
    text = io.StringIO(newline="")
    good = [[*line.split(","), "", "", ""] for line in rows(0, 90).splitlines()]
    csv.writer(text).writerows([header, *good, *([value] * len(header) for value in hostile)])
    made = bench.load(text.getvalue())
    assert (made.counts.created, made.counts.rejected) == (90, len(hostile)), made.reason
    cells = [cell for row in csv.reader(io.StringIO(bench.report(made.id))) for cell in row]
    assert "'=1+1" in cells
    assert [cell for cell in cells if _FORMULA.match(cell)] == []
