"""The schools that a list names: each once, by its first row, with its identity and a digest of what is said."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chalicelib.school_lists import remarks
from chalicelib.school_lists.identity import Identity, digests_of, identity_of
from chalicelib.school_lists.models import Record, SchoolRecord
from chalicelib.school_lists.report import Problems


class Seen(NamedTuple):
    """A school of a list: its first row, what its rows say, which identifier it goes by, and a digest of it all."""

    row: int
    record: Record
    identity: Identity
    digest: str


class Schools:
    """Finds the schools of one list. ``rows`` has, by identity, the first row of each school so far."""

    def __init__(self, source: str, problems: Problems) -> None:
        self._source = source
        self._problems = problems
        self.rows: dict[Identity, int] = {}

    def of(self, rows: Iterable[tuple[int, Record | None]]) -> Iterator[tuple[int, Record, Identity]]:
        """The schools of rows that are not rejected: number, record and identity of the first row of each."""
        source, first = self._source, self.rows
        for number, record in rows:
            if record is None:
                continue
            identity = identity_of(record, source)
            if identity is None:
                self._problems.found([remarks.nameless_programs(number)])
                continue
            earlier = first.setdefault(identity, number)
            if earlier == number:
                yield number, record, identity
            else:
                name = record.name if isinstance(record, SchoolRecord) else identity.value
                self._problems.found([remarks.same_school(number, name, earlier)])


def with_digests(schools: Sequence[tuple[int, Record, Identity]]) -> list[Seen]:
    """Schools with a digest of what each row says."""
    if not schools:
        return []
    numbers, records, identities = zip(*schools, strict=True)
    return list(map(Seen._make, zip(numbers, records, identities, digests_of(records), strict=True)))
