"""Which of several columns that may hold a field is meant: the name of the school, the address of the place.

Lists have a name and a school's name, of which the one is a person's; and a mailing address and a place's, whose parts
must not be mixed: the street of one and the ZIP code of the other is a place where no school is.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from chalicelib.school_lists.cleaning import text_or_none
from chalicelib.school_lists.evidence import Column, simplified

PLACE: Final = ("street", "city", "state", "zip")
"""The fields of an address."""
MAIL: Final = "mail_"
"""Before the fields of an address that holds where the place's is blank."""
_PHYSICAL, _BARE, _MAILING = range(3)
_FIRST: Final = {
    # For each kind of address that a list has, the surest first: the kinds that may give its parts.
    _PHYSICAL: (_PHYSICAL, _BARE),
    _BARE: (_BARE, _PHYSICAL),
    _MAILING: (_MAILING, _BARE, _PHYSICAL),
}
_IS_MAILING: Final = re.compile(
    r"mail|(?<!codigo)postal(?!code|zip|abb|cd)|correo|pobox|^m(?:street|stree|city|state|zip)[0-9]*$"
)
_IS_PHYSICAL: Final = re.compile(
    r"physical|location|(?<!web)site(?!d)|delivery|deliv|situs|actual|fisica|^l(?:street|stree|city|state|zip)[0-9]*$|"
    r"^pl(?:add|cit|stabb|zip)$"
)
_SAME: Final = re.compile(r"\s*\(?same\b", re.IGNORECASE)
_SURE: Final = 0.9
_IS_SCHOOL: Final = re.compile(
    "school|schl|^sch|college|campus|institut|^inst|escuela|academy|universit|bldg|building"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A column that may hold a field.

    ``rank`` says which of several kinds of columns it is, the lowest is taken; ``sureness`` is from 0 to 1; ``order``
    settles what is equally sure.
    """

    field: str
    position: int
    sureness: float
    order: int
    rank: int = 0


def named(claims: Iterable[Claim], columns: Mapping[int, Column]) -> list[Claim]:
    """The claims, with those of names ranked: a school's name by its header goes before a name of anything.

    A few values over and over are kinds of schools, and no names.
    """
    return [
        replace(one, rank=_rank_of_name(one, columns[one.position])) if one.field == "name" else one
        for one in claims
    ]


def _rank_of_name(claim: Claim, column: Column) -> int:
    of_school = claim.sureness >= _SURE and _IS_SCHOOL.search(simplified(column.header)) is not None
    return 2 * column.repeats + (not of_school)


def addressed(claims: Sequence[Claim], header: Sequence[str]) -> list[Claim]:
    """The claims, with those of address fields ranked by whether they are of the place or of its mail.

    The parts of a mailing address never complete a place's. They are ``mail_street`` and so on instead.
    """
    kinds = {one.position: _kind(header[one.position]) for one in claims if one.field in PLACE}
    parts: dict[int, set[str]] = {}
    for one in claims:
        if one.field in PLACE:
            parts.setdefault(kinds[one.position], set()).add(one.field)
    whole = {kind for kind, fields in parts.items() if "zip" in fields or fields >= {"city", "state"}}
    if not whole:
        return [replace(one, rank=kinds.get(one.position, 0)) for one in claims]
    base, other = min(whole), max(whole)
    # A street of the mail belongs to the only ZIP codes and cities there are.
    street_of_mail = () if _MAILING in whole else (_MAILING,)
    chosen = []
    for one in claims:
        if one.field not in PLACE:
            chosen.append(one)
            continue
        kind = kinds[one.position]
        first, instead = _FIRST[base], (other,) if other != base else ()
        if one.field == "street":
            first = (*_FIRST[_PHYSICAL if base == _BARE else base], *street_of_mail)
            instead = (*instead, *street_of_mail) if instead else ()
        if kind in first:
            chosen.append(replace(one, rank=first.index(kind)))
        if kind in instead:
            chosen.append(replace(one, field=MAIL + one.field, rank=instead.index(kind)))
    return chosen


def identifies(column: Column, names: Column) -> bool:
    """Whether a list's own numbers name one school each, as far as its first rows tell.

    Many lists number the schools of each district anew; and a number of the row is another school's next year.
    """
    school_of: dict[str, str] = {}
    for number, name in column.pairs(names):
        if school_of.setdefault(number, name) != name:
            return False
    return not column.counts_rows


def complete_from_mail(cells: dict[str, Sequence[str]], rows: int) -> None:
    """Gives the rows whose place has neither ZIP code nor city the mailing address, whole. Takes its cells out."""
    mail = {one: cells.pop(MAIL + one) for one in PLACE if MAIL + one in cells}
    if not mail:
        return
    none = ("",) * rows
    lacking = [
        place
        for place, (zip_cell, city) in enumerate(
            zip(cells.get("zip", none), cells.get("city", none), strict=True)
        )
        if not zip_cell[:1].isdecimal() and _is_none(zip_cell) and _is_none(city)
    ]
    if not lacking:
        return
    for field in PLACE:
        if field in cells or field in mail:
            column = cells[field] = list(cells.get(field, none))
            source = mail.get(field, none)
            for place in lacking:
                column[place] = source[place]


def _is_none(cell: str) -> bool:
    return text_or_none(cell) is None or _SAME.match(cell) is not None


def _kind(header: str) -> int:
    name = simplified(header)
    if _IS_MAILING.search(name):
        return _MAILING
    return _PHYSICAL if _IS_PHYSICAL.search(name) else _BARE
