"""The report of an import: every row rejected and every value left out, as CSV and, with the outcome, as JSON."""

import csv
import io
import json
import tempfile
from dataclasses import asdict
from typing import Final, cast

from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.imports import SHOWN_PROBLEMS, SchoolImport
from chalicelib.school_lists.models import RowProblem

_IN_MEMORY: Final = 4 * 1024 * 1024
_IN_JSON: Final = 1000
_COLUMNS: Final = ("row", "column", "value", "reason", "remedy", "rejected")


def report_key(import_id: str, name: str = "report.csv") -> str:
    """Where an import's report is."""
    return f"reports/{import_id}/{name}"


class Problems:
    """Takes problems in the order of the rows, counts them, and writes them down. Memory stays bounded."""

    def __init__(self) -> None:
        self.rejected = 0
        self.doubtful = 0
        self.first: list[RowProblem] = []
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by close()
        self._text = io.TextIOWrapper(self._file, "utf-8-sig", newline="", write_through=True)
        self._csv = csv.writer(self._text)
        self._csv.writerow(_COLUMNS)

    def __call__(self, problem: RowProblem) -> None:
        """Takes one more problem."""
        if problem.rejected:
            self.rejected += 1
        else:
            self.doubtful += 1
        if len(self.first) < _IN_JSON:
            self.first.append(problem)
        self._csv.writerow(
            (
                problem.row,
                problem.column,
                problem.value,
                problem.reason,
                problem.remedy,
                "yes" if problem.rejected else "no",
            )
        )

    def shown(self) -> tuple[RowProblem, ...]:
        """Those that the API shows."""
        return tuple(self.first[:SHOWN_PROBLEMS])

    def write(self, files: Files, state: SchoolImport) -> str:
        """Writes both reports beside the upload and says where the CSV is."""
        outcome = {
            "import": state.id,
            "filename": state.filename,
            "status": state.status.value,
            "layout": state.layout,
            "encoding": state.encoding,
            "separator": state.separator,
            "header_row": state.header_row,
            "counts": asdict(state.counts),
            "reason": state.reason,
            "remedy": state.remedy,
            "header": [{"header": header, "taken_for": field} for header, field in state.header],
            "missing": list(state.missing),
            "problems": [asdict(problem) for problem in self.first],
            "problems_in_all": self.rejected + self.doubtful,
        }
        document = json.dumps(outcome, ensure_ascii=False, indent=1).encode()
        files.put(report_key(state.id, "report.json"), io.BytesIO(document), "application/json")
        self._text.flush()
        self._file.seek(0)
        files.put(report_key(state.id), cast(io.BytesIO, self._file), "text/csv; charset=utf-8")
        return report_key(state.id)

    def close(self) -> None:
        """Gives back what the problems were written to."""
        self._text.close()
