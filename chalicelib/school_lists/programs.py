"""Lists of programs: rows that only extend known schools, and rows of one school made one record."""

from collections import Counter
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import Final

from chalicelib.school_lists import cleaning, identity
from chalicelib.school_lists.cleaning import Unreadable
from chalicelib.school_lists.fitting import Chunk
from chalicelib.school_lists.layouts import Mapped
from chalicelib.school_lists.models import (
    Program,
    ProgramsRecord,
    Record,
    RowProblem,
    UnusableList,
    shown,
)
from chalicelib.school_lists.row_chunks import Cleaned

MOST_SCHOOLS: Final = 200_000
"""Schools of a list of programs that are held at once, so that each becomes one record."""
_OTHER_TRADE: Final = "a program of another trade than vehicles"


class ProgramsCleaner:
    """Reads rows of a unit id and a CIP code. Has what a ``Cleaner`` has."""

    def __init__(self, mapped: Mapped) -> None:
        self._mapped = mapped
        self._layout = mapped.layout
        self._get = itemgetter(mapped.positions["ipeds_unit_id"], mapped.positions["programs"])
        self._codes: dict[str, str] = {}
        self._totals = next((one for one in self._layout.excluded if one.field == "programs"), None)
        self.passed_over: Counter[str] = Counter()

    def clean(self, chunk: Chunk) -> Cleaned:
        """The records of a chunk's rows. Rows of other trades are passed over."""
        cleaned = Cleaned([None] * len(chunk.rows))
        for place, (unit_cell, code_cell) in enumerate(map(self._get, chunk.rows)):
            code = self._codes.get(code_cell)
            if code is None:
                code = self._codes[code_cell] = self._code(code_cell)
            if code.startswith(self._layout.cip_prefixes):
                try:
                    text = cleaning.identifier(unit_cell)
                    unit_id = identity.ipeds_unit_id(text or "")
                except Unreadable as error:
                    cleaned.troubles[place] = [self._problem(chunk.numbers[place], unit_cell, error)]
                else:
                    program = Program(code, self._layout.level or "postsecondary")
                    cleaned.records[place] = ProgramsRecord(unit_id, None, None, (program,))
            else:
                self.passed_over[code] += 1
                cleaned.passed_over.add(place)
        return cleaned

    def _code(self, cell: str) -> str:
        """A CIP code, or why rows that have this cell are passed over."""
        text = cell.strip().strip("'\"")
        if self._totals is not None and text in self._totals.values:
            return self._totals.reason
        whole, _, rest = text.partition(".")
        if whole.isdecimal() and len(whole) <= 2 and (rest.isdecimal() or not rest):
            # A number loses the zero at its end: 47.06 is written for 47.0600.
            code = f"{whole.zfill(2)}.{rest.ljust(4, '0')}"
            return code if code.startswith(self._layout.cip_prefixes) else _OTHER_TRADE
        return _OTHER_TRADE

    def _problem(self, number: int, cell: str, error: Unreadable) -> RowProblem:
        return RowProblem(
            number, self._mapped.column("ipeds_unit_id"), shown(cell), error.reason, error.remedy
        )


def folded(rows: Iterable[tuple[int, Record | None]]) -> Iterator[tuple[int, Record | None]]:
    """The rows with those of one school made one, at the place of its first; rejected rows where they are.

    Raises ``UnusableList`` where there are too many schools to be held at once.
    """
    first: dict[object, tuple[int, Record]] = {}
    others: list[tuple[int, Record | None]] = []
    for number, record in rows:
        key = None if record is None else _school_of(record)
        known = first.get(key)
        if record is None or (known is not None and not record.programs):
            others.append((number, record))
        else:
            first[key] = (number, record) if known is None else (known[0], _united(known[1], record))
        if len(first) > MOST_SCHOOLS:
            raise UnusableList(
                f"The list of programs has more than {MOST_SCHOOLS:,} schools.",
                "Split the list by state, and upload the parts one by one.",
            )
    yield from sorted((*first.values(), *others), key=itemgetter(0))


def _school_of(record: Record) -> object:
    if isinstance(record, ProgramsRecord):
        return record[:3]
    # Rows that share an identifier and nothing else are a mistake that is not to be hidden.
    address = record.name.casefold(), record.zip, (record.street or "").casefold()
    return (record.nces_id, record.ipeds_unit_id, *address)


def _united(first: Record, other: Record) -> Record:
    """A record with the programs of both; where both have one, what the later row adds to it."""
    programs: dict[tuple[str, str], Program] = {}
    for one in (*first.programs, *other.programs):
        known = programs.setdefault((one.cip_code, one.level), one)
        programs[one.cip_code, one.level] = known._replace(
            accreditation=known.accreditation or one.accreditation, enrolment=known.enrolment or one.enrolment
        )
    return first._replace(programs=tuple(programs.values()))
