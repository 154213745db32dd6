"""The report of an import: every row rejected and every value left out, as CSV and, with the outcome, as JSON."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Final, cast

from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.imports import SHOWN_PROBLEMS, SchoolImport
from chalicelib.school_lists.models import RowProblem
from chalicelib.school_lists.remarks import is_cut_off, is_in_review

_IN_MEMORY: Final = 4 * 1024 * 1024
_IN_JSON: Final = 1000
_COLUMNS: Final = ("row", "column", "value", "reason", "remedy", "rejected")
# A spreadsheet takes a cell that begins with one of these for a formula and runs it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def report_key(import_id: str, name: str = "report.csv") -> str:
    """Where an import's report is."""
    return f"reports/{import_id}/{name}"


class Problems:
    """Takes problems, counts them, and writes them down in the order of the rows.

    Memory is bounded for what is wrong with rows by themselves (in their order, by calling), which is most; what
    comparing with the directory brought up (``found``) is held.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self.doubtful = 0
        self.cut_off = False
        """Whether the list ends in the middle of a row."""
        self._found: dict[int, RowProblem] = {}
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by close()
        self._text = io.TextIOWrapper(self._file, "utf-8", newline="\n", write_through=True)

    def __call__(self, problem: RowProblem) -> None:
        """Takes one more problem."""
        if problem.rejected:
            self.rejected += 1
        else:
            self.doubtful += 1
        self.cut_off = self.cut_off or is_cut_off(problem)
        self._text.write(json.dumps(astuple(problem)) + "\n")

    def found(self, problems: Iterable[RowProblem]) -> None:
        """Takes what comparing with the directory brought up: rejected rows, and rows that wait for a decision."""
        for problem in problems:
            if problem.row not in self._found:
                self.rejected += problem.rejected
                self.doubtful += not problem.rejected and not is_in_review(problem)
            self._found[problem.row] = problem

    def shown(self) -> tuple[RowProblem, ...]:
        """Those that the API shows."""
        return tuple(islice(self._all(), SHOWN_PROBLEMS))

    def write(self, files: Files, state: SchoolImport) -> str:
        """Writes both reports beside the upload and says where the CSV is."""
        first = [asdict(problem) for problem in islice(self._all(), _IN_JSON)]
        outcome = {
            "import": state.id,
            "filename": state.filename,
            "status": state.status.value,
            "layout": state.layout,
            "source": state.source,
            "list_date": None if state.list_date is None else state.list_date.isoformat(),
            "mode": state.options.mode.value,
            "encoding": state.encoding,
            "separator": state.separator,
            "header_row": state.header_row,
            "counts": asdict(state.counts),
            "notes": list(state.notes),
            "reason": state.reason,
            "remedy": state.remedy,
            "header": [{"header": header, "taken_for": field} for header, field in state.header],
            "missing": list(state.missing),
            "mapping": None if state.skeleton is None else json.loads(state.skeleton),
            "problems": first,
            "problems_in_all": sum(1 for _ in self._all()),
        }
        document = json.dumps(outcome, ensure_ascii=False, indent=1).encode()
        files.put(report_key(state.id, "report.json"), io.BytesIO(document), "application/json")
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as spool:
            text = io.TextIOWrapper(spool, "utf-8-sig", newline="", write_through=True)
            rows = csv.writer(text)
            rows.writerow(_COLUMNS)
            rows.writerows(_cells(problem) for problem in self._all())
            text.flush()
            spool.seek(0)
            files.put(report_key(state.id), cast(io.BytesIO, spool), "text/csv; charset=utf-8")
            text.detach()
        return report_key(state.id)

    def close(self) -> None:
        """Gives back what the problems were written to."""
        self._text.close()

    def _all(self) -> Iterator[RowProblem]:
        self._text.flush()
        self._file.seek(0)
        by_themselves = (RowProblem(*json.loads(line)) for line in self._file)
        found = sorted(self._found.values(), key=attrgetter("row"))
        return merge(by_themselves, found, key=attrgetter("row"))


def _cells(problem: RowProblem) -> tuple[str, ...]:
    cells = (
        str(problem.row),
        problem.column,
        problem.value,
        problem.reason,
        problem.remedy,
        "yes" if problem.rejected else "no",
    )
    return tuple(f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells)
