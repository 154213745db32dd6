"""What a report says of rows that are understood, but cannot be imported by themselves."""

from collections.abc import Sequence
from typing import Final

from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.matches import Candidate
from chalicelib.school_lists.models import RowProblem, shown

IN_REVIEW: Final = "this may be a school we have"


def same_school(row: int, name: str, earlier: int) -> RowProblem:
    """A row that is, for sure, the school of an earlier row."""
    return RowProblem(
        row,
        "",
        shown(name),
        f"the same school is in row {earlier}",
        "Keep one row for each school. Different campuses need ids or addresses of their own.",
    )


def unknown_school(row: int, identity: Identity) -> RowProblem:
    """A row of programs of a school that nobody knows."""
    return RowProblem(
        row,
        "",
        shown(identity.value),
        f"no school with this {identity.scheme} id is known",
        "Import the directory of the schools first (such as IPEDS HD of the same year), then this list again.",
    )


def id_of_another(row: int, identity: Identity) -> RowProblem:
    """A row of which one identifier names its school, and another one another school."""
    return RowProblem(
        row,
        identity.scheme,
        shown(identity.value),
        "another school has this id",
        "Correct the row's ids: they name two schools. The row was taken for the school of the surer id.",
        rejected=False,
    )


def nameless_programs(row: int) -> RowProblem:
    """A row of programs that does not say of which school."""
    return RowProblem(
        row, "", "", "it is not said of which school the programs are", "Write the school's id."
    )


def sheet_not_read(row: int, name: str) -> RowProblem:
    """A sheet of a workbook that is a list as well, beside the one that is imported."""
    return RowProblem(
        row,
        "",
        shown(name),
        "another sheet of the workbook is a list as well, and it was not read",
        "Upload it by itself: as a workbook of one sheet, or as CSV.",
        rejected=False,
    )


def put_to_review(row: int, name: str, candidates: Sequence[Candidate], match_id: str) -> RowProblem:
    """A row that waits for somebody's decision."""
    reason = IN_REVIEW
    if candidates:
        best = candidates[0]
        like = shown(f"{best.name}, {best.address}")
        reason = f"{IN_REVIEW}, {like}: {best.reason} (confidence {best.confidence:.0%})"
    remedy = f"Decide on it: PUT /v1/school-matches/{match_id}/decision."
    return RowProblem(row, "", shown(name), reason, remedy, rejected=False)


def is_cut_off(problem: RowProblem) -> bool:
    """Whether a problem is that the list ends in the middle of a row."""
    return problem.reason.startswith("the file ends in the middle")


def is_in_review(problem: RowProblem) -> bool:
    """Whether a row waits for a decision."""
    return problem.reason.startswith(IN_REVIEW)
