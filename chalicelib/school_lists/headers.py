"""Names of columns: how they are compared, and which of a list's columns holds which field, and how surely."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chalicelib.school_lists.evidence import borne_out

LIKENESS: Final = 90.0
"""From 0 to 100: how like two names of columns are for one to be taken for a slip of the other."""
# Identifiers and what closes or excludes a school are not for guessing: a county is no country.
_LIKEABLE: Final = frozenset(("name", "street", "city", "state", "zip", "phone", "website"))
_BRACKETS: Final = re.compile(r"[\[({][^\])}]*[\])}]")
_LATEST: Final = re.compile(r"latest available year", re.IGNORECASE)
_YEARS: Final = re.compile(r"(?:\s*\b(?:19|20)\d\d\s*[-/\u2013]\s*(?:19|20)?\d\d|\s*\b(?:19|20)\d\d)\s*$")
_STUCK_YEAR: Final = re.compile(r"(?<=[A-Za-z])(?:\d{4}|\d{2})$")
_PEOPLE: Final = re.compile(
    r"principal|superintendent|contact|admin(?!istrativeunit)|president|official(?!name|schoolname)|owner|director(?!y)|"
    r"firstname|lastname|chief|counselor|email|e-?mail|fax|head(?!quarter)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A column that may hold a field. ``sureness`` from 0 to 1; ``order`` settles what is equally sure."""

    field: str
    position: int
    sureness: float
    order: int


def simplified(header: str) -> str:
    """A header without case, spaces, punctuation and byte order mark."""
    return re.sub(r"[^a-z0-9]+", "", header.casefold())


@lru_cache(maxsize=4096)
def spellings(header: str) -> tuple[tuple[str, float], ...]:
    """What a header may be called, and how surely: as it is, and without remarks in brackets and years."""
    whole = simplified(header)
    found = {whole: 1.0}
    bare = _YEARS.sub("", _LATEST.sub("", _BRACKETS.sub(" ", header)).strip())
    found.setdefault(simplified(bare), 0.97)
    found.setdefault(simplified(_STUCK_YEAR.sub("", bare.strip())), 0.93)
    return tuple((name, sureness) for name, sureness in found.items() if name)


def about_people(header: str) -> bool:
    """Whether a column is about a person or a fax, whose name, telephone and address are not the school's."""
    return _PEOPLE.search(simplified(header)) is not None


def columns_of(
    names: Mapping[str, Sequence[str]],
    header: Sequence[str],
    below: Sequence[Sequence[str]],
    *,
    prefixes: Sequence[str] = (),
    by_values: bool = False,
    by_likeness: bool = False,
) -> dict[str, Claim]:
    """The column of each field. A column serves one field at most, and a field takes the surest.

    With ``by_values``, most of a column's values have to be what its header says.
    """
    claims = [
        Claim(field, position, sureness, order)
        for position, cell in enumerate(header)
        if not (by_values and about_people(cell))
        for field, sureness, order in _claims(names, cell, prefixes, by_likeness=by_likeness)
    ]
    claims.sort(key=lambda one: (-round(one.sureness, 3), one.order, one.position))
    taken: dict[str, Claim] = {}
    positions: set[int] = set()
    for claim in claims:
        if claim.field in taken or claim.position in positions:
            continue
        if not by_values or borne_out(claim.field, claim.position, below):
            taken[claim.field] = claim
            positions.add(claim.position)
    return taken


def _claims(
    names: Mapping[str, Sequence[str]], cell: str, prefixes: Sequence[str], *, by_likeness: bool
) -> Iterator[tuple[str, float, int]]:
    sure = False
    for spelling, surely in spellings(cell.lstrip("\ufeff")):
        name, sureness = spelling, surely
        while name:
            for field, known in names.items():
                if name in known:
                    sure = True
                    yield field, sureness, known.index(name)
            prefix = next((one for one in prefixes if name.startswith(one) and name != one), None)
            if prefix is None:
                break
            name, sureness = name.removeprefix(prefix), sureness * 0.95
    if by_likeness and not sure:
        yield from _like(names, simplified(cell))


def _like(names: Mapping[str, Sequence[str]], name: str) -> Iterator[tuple[str, float, int]]:
    from rapidfuzz import fuzz

    if len(name) < 5:
        return
    for field in _LIKEABLE & names.keys():
        known = names[field]
        best = max((fuzz.ratio(name, one) for one in known if len(one) >= 5), default=0.0)
        if best >= LIKENESS:
            yield field, 0.8 * best / 100, len(known)
