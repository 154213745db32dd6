"""Which school a row is that nothing is remembered of: by its other identifiers, then among the schools around it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chalicelib.organizations.service import SchoolLine, school_line_of
from chalicelib.school_lists.blocks import Blocks
from chalicelib.school_lists.directory import SchoolDirectory
from chalicelib.school_lists.identity import Identity, other_identities
from chalicelib.school_lists.identity_store import IdentityStore, Known
from chalicelib.school_lists.matches import Candidate
from chalicelib.school_lists.matching import SAME_ROW, Likeness, Verdict, best_match
from chalicelib.school_lists.models import SchoolRecord
from chalicelib.school_lists.seen import Seen

_CONFLICT: Final = "an identifier of the row is this school's, another one another school's"


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a row is: a school we have, one of several perhaps, the school of another row, or (nothing) a new one.

    ``unknown``: a row of programs whose school nobody knows.
    """

    organization_id: str = ""
    candidates: tuple[Candidate, ...] = ()
    same_as_row: int = 0
    unknown: bool = False


class Resolver:
    """Finds the schools of one list's rows. ``taken`` has, by school, the row of the list that it is."""

    def __init__(self, identities: IdentityStore, directory: SchoolDirectory, blocks: Blocks) -> None:
        self._identities = identities
        self._directory = directory
        self._blocks = blocks
        self.taken: dict[str, int] = {}

    def others(self, rows: Sequence[Seen]) -> Mapping[Identity, Known]:
        """What is known under the identifiers that rows have beside their surest."""
        wanted = [one for seen in rows for one in other_identities(seen.record, seen.identity)]
        return self._identities.known(wanted) if wanted else {}

    def resolve(self, seen: Seen, others: Mapping[Identity, Known]) -> Resolved:
        """What a row is."""
        record = seen.record
        found = dict.fromkeys(
            others[one].organization_id
            for one in other_identities(record, seen.identity)
            if one in others and others[one].organization_id
        )
        if len(found) == 1:
            return Resolved(next(iter(found)))
        if not isinstance(record, SchoolRecord):
            return Resolved(unknown=True)
        if found:
            likely = [Likeness(one, 0.5, _CONFLICT) for one in found]
            lines = {school.id: school_line_of(school) for school in self._directory.current(found).values()}
            return Resolved(candidates=_candidates(likely, lines))
        return self._around(seen, record)

    def _around(self, seen: Seen, record: SchoolRecord) -> Resolved:
        lines: Sequence[SchoolLine] = self._blocks.around(record.zip)
        match = best_match(record, lines)
        if match.verdict is Verdict.DIFFERENT and record.ope_id is not None:
            schools = self._directory.current(self._identities.with_ope(record.ope_id))
            lines = [school_line_of(school) for school in schools.values()]
            match = best_match(record, lines)
        if match.verdict is Verdict.SURE:
            organization_id = match.candidates[0].organization_id
            other_row = self.taken.get(organization_id, seen.row)
            if other_row == seen.row:
                return Resolved(organization_id)
            if match.candidates[0].confidence >= SAME_ROW:
                return Resolved(organization_id, same_as_row=other_row)
        # What a list names in two rows, and not the same for sure, is two schools to those who made the list.
        likely = [one for one in match.candidates if one.organization_id not in self.taken]
        return Resolved(candidates=_candidates(likely, {line.id: line for line in lines}))


def _candidates(likely: Sequence[Likeness], lines: Mapping[str, SchoolLine]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            one.organization_id,
            line.name,
            ", ".join(filter(None, (line.street, line.city, line.zip))),
            round(one.confidence, 2),
            one.reason,
        )
        for one in likely
        if (line := lines.get(one.organization_id)) is not None
    )
