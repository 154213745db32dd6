"""Names of columns: how they are compared, and which of a list's columns holds which field, and how surely."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from typing import Final

from chalicelib.school_lists.choosing import Claim, addressed, identifies, named
from chalicelib.school_lists.evidence import Column, simplified

LIKENESS: Final = 90.0
"""From 0 to 100: how like two names of columns are for one to be taken for a slip of the other."""
# Identifiers and what closes or excludes a school are not for guessing: a county is no country.
_LIKEABLE: Final = frozenset(("name", "street", "city", "state", "zip", "phone", "website"))
_OF_SHAPEFILES: Final = 10
"""Characters to which shapefiles cut the names of their columns."""
_TOLD: Final = 8
_CUT: Final = 0.8
_BRACKETS: Final = re.compile(r"[\[({][^\])}]*[\])}]")
_LATEST: Final = re.compile(r"latest available year", re.IGNORECASE)
_YEARS: Final = re.compile(r"(?:\s*\b(?:19|20)\d\d\s*[-/\u2013]\s*(?:19|20)?\d\d|\s*\b(?:19|20)\d\d)\s*$")
_STUCK_YEAR: Final = re.compile(r"(?<=[A-Za-z])(?:\d{4}|\d{2})$")
_PEOPLE: Final = re.compile(
    r"principal(?!office)|superintendent|contact|admin(?!istrativeunit)|president|official(?!name|schoolname)|owner|"
    r"director(?!y)|firstname|lastname|middlename|chief|counselor|email|fax|head(?!quarter)|leader|chancellor|"
    r"deanname|attn|attention|instructor|teacher|coordinator|liaison|secretary|registrar|treasurer|homephone|cellphone|"
    r"mobilephone|^title$|salutation"
)


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
    blank: Set[str] = frozenset(),
) -> dict[str, Claim]:
    """The column of each field. A column serves one field at most, and a field takes the surest.

    With ``by_values``, most of a column's values have to be what its header says (``blank`` ones say nothing), and of
    several addresses that of the place is taken, with another one, if there is, as ``mail_street`` and so on.
    """
    claims = [
        Claim(field, position, sureness, order)
        for position, cell in enumerate(header)
        if not (by_values and about_people(cell))
        for field, sureness, order in _claims(names, cell, prefixes, by_likeness=by_likeness)
    ]
    columns: dict[int, Column] = {}
    if by_values:
        columns = {one.position: Column(header[one.position], one.position, below, blank) for one in claims}
        claims = [one for one in claims if columns[one.position].bears_out(one.field)]
        claims = addressed(named(claims, columns), header)
    taken = _surest(claims)
    while by_values and by_likeness and (own := taken.get("source_id")) and (name := taken.get("name")):
        if identifies(columns[own.position], columns[name.position]):
            break
        claims = [one for one in claims if (one.field, one.position) != ("source_id", own.position)]
        taken = _surest(claims)
    return taken


def _surest(claims: Iterable[Claim]) -> dict[str, Claim]:
    taken: dict[str, Claim] = {}
    positions: set[int] = set()
    for claim in sorted(claims, key=lambda one: (one.rank, -round(one.sureness, 3), one.order, one.position)):
        if claim.field not in taken and claim.position not in positions:
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
        name = simplified(cell)
        cut = len(cell) == _OF_SHAPEFILES and len(name) >= _TOLD
        for field in _LIKEABLE & names.keys() if cut else ():
            if any(one.startswith(name) for one in names[field]):
                yield field, _CUT, len(names[field])
        yield from _like(names, name)


def _like(names: Mapping[str, Sequence[str]], name: str) -> Iterator[tuple[str, float, int]]:
    from rapidfuzz import fuzz

    if len(name) < 5:
        return
    for field in _LIKEABLE & names.keys():
        known = names[field]
        best = max((fuzz.ratio(name, one) for one in known if len(one) >= 5), default=0.0)
        if best >= LIKENESS:
            yield field, 0.8 * best / 100, len(known)
