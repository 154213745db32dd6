"""What is wrong with the rows of a chunk: gathered by the place of the row, told by its number."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from chalicelib.school_lists.cleaning import Unreadable
from chalicelib.school_lists.models import RowProblem, shown


class Trouble(NamedTuple):
    """What is wrong with a field of a row, and whether the row is left out for it."""

    field: str
    value: str
    reason: str
    remedy: str
    rejected: bool


class Troubles:
    """Takes what is wrong with the rows of one chunk, by place. ``cells`` has the columns of its fields."""

    def __init__(self, cells: Mapping[str, Sequence[str]]) -> None:
        self._cells = cells
        self._found: dict[int, list[Trouble]] = defaultdict(list)
        self.rejected: set[int] = set()
        self.passed_over: set[int] = set()
        """Rejected rows that are out of scope, which nothing is said of."""

    def add(self, place: int, trouble: Trouble) -> None:
        """Takes one more."""
        self._found[place].append(trouble)
        if trouble.rejected:
            self.rejected.add(place)

    def doubt(self, place: int, field: str, error: Unreadable, value: str | None = None) -> None:
        """Takes a cell that cannot be read, without which the row is imported."""
        cell = self._cells[field][place] if value is None else value
        self.add(place, Trouble(field, cell, error.reason, error.remedy, rejected=False))

    def reject(self, place: int, field: str, value: str, reason: str, remedy: str) -> None:
        """Takes a row that is not imported."""
        self.add(place, Trouble(field, value, reason, remedy, rejected=True))

    def problems(self, numbers: Sequence[int], column: Callable[[str], str]) -> dict[int, list[RowProblem]]:
        """What a report says, by place: of a rejected row why it was. ``column`` gives the header of a field."""
        told: dict[int, list[RowProblem]] = {}
        for place, troubles in self._found.items():
            if place in self.passed_over:
                continue
            said = troubles if place not in self.rejected else [next(one for one in troubles if one.rejected)]
            told[place] = [
                RowProblem(
                    numbers[place],
                    column(one.field) if one.field else "",
                    shown(one.value),
                    one.reason,
                    one.remedy,
                    one.rejected,
                )
                for one in said
            ]
        return told
