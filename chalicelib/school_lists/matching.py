"""Whether a row of a list is a school we have: sure, unsure, or not; with a confidence and the reason.

An NCES id or an IPEDS unit id names one school, whatever else differs, and two schools with different ones are two. An
OPE id names an institution, perhaps with branches: by itself it is not sure. All else goes by name and address among
the schools of the same three-digit ZIP area. Sure has to be right: what it says is merged without anybody looking. So
numbers, stages (elementary, middle, high) and sides of town in names have to agree, and of two schools that would both
do neither is sure.
"""

from collections.abc import Callable, Collection
from enum import IntEnum
from typing import Final, NamedTuple

from chalicelib.organizations.service import SchoolLine
from chalicelib.school_lists.features import Features, host_of, name_of, street_of, ten_digits, town_of
from chalicelib.school_lists.likeness import name_likeness, street_likeness
from chalicelib.school_lists.models import SchoolRecord

SURE: Final = 0.9
"""Confidence from which a match is merged."""
SAME_ROW: Final = 0.93
"""Confidence from which two rows of one list are one school: who makes a list has campuses in it as he has them."""
UNSURE: Final = 0.6
"""Confidence from which a person is asked."""
SHOWN_CANDIDATES: Final = 3
_MARGIN: Final = 0.04


class Verdict(IntEnum):
    """Whether two are one school."""

    DIFFERENT = 0
    UNSURE = 1
    SURE = 2


class Likeness(NamedTuple):
    """How alike a row and a school are: the school's id, a confidence of 0 to 1, and why."""

    organization_id: str
    confidence: float
    reason: str


class Match(NamedTuple):
    """What a row is, with the likeliest schools, the best first. A sure match has one."""

    verdict: Verdict
    candidates: tuple[Likeness, ...]


NONE: Final = Match(Verdict.DIFFERENT, ())


def features_of(record: SchoolRecord) -> Features:
    """What of a row is compared."""
    return Features(
        name_of(record.name, record.city),
        street_of(record.street or ""),
        town_of(record.city),
        record.zip,
        ten_digits(record.phone or ""),
        host_of(record.website or ""),
        record.ipeds_unit_id or "",
        record.nces_id or "",
        record.ope_id or "",
        frozenset(program.level for program in record.programs),
    )


def features_of_line(line: SchoolLine) -> Features:
    """What of a school in the directory is compared."""
    return Features(
        name_of(line.name, line.city),
        street_of(line.street),
        town_of(line.city),
        line.zip,
        ten_digits(line.phone),
        host_of(line.website),
        line.ipeds_unit_id,
        line.nces_id,
        line.ope_id,
        frozenset(filter(None, line.levels.split(","))),
    )


def best_match(record: SchoolRecord, schools: Collection[SchoolLine]) -> Match:
    """What a row is, among schools around it."""
    row = features_of(record)
    alike = [
        Likeness(line.id, *found)
        for line in schools
        # Most schools of a list with identifiers are ruled out by them, without a look at names.
        if not _is_another(row.nces_id, line.nces_id)
        and not _is_another(row.ipeds_unit_id, line.ipeds_unit_id)
        and (found := likeness(row, features_of_line(line)))[0] >= UNSURE
    ]
    if not alike:
        return NONE
    alike.sort(key=lambda one: (-one.confidence, one.organization_id))
    best = alike[0]
    near = [one for one in alike if one.confidence >= SURE and best.confidence - one.confidence < _MARGIN]
    if len(near) > 1:
        # Parts of a college share its house and its number: the one that is called the same is meant.
        named = {line.id for line in schools if name_of(line.name, line.city).whole == row.name.whole}
        near = [one for one in near if one.organization_id in named]
    if len(near) == 1:
        return Match(Verdict.SURE, (near[0],))
    return Match(Verdict.UNSURE, tuple(alike[:SHOWN_CANDIDATES]))


def _is_another(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def likeness(row: Features, school: Features) -> tuple[float, str]:
    """Confidence that the two are one school, and the reason; 0 where that cannot be."""
    for one, other in ((row.nces_id, school.nces_id), (row.ipeds_unit_id, school.ipeds_unit_id)):
        if one and other:
            return (1.0, "the same identifier") if one == other else (0.0, "")
    if row.ope_id and school.ope_id and row.ope_id[:6] != school.ope_id[:6]:
        return 0.0, ""
    same_ope = bool(row.ope_id) and row.ope_id == school.ope_id
    # Most schools around are ruled out by this alone.
    if not same_ope and not _may_be_alike(row, school):
        return 0.0, ""
    confidence, reason = _weighed(row, school, same_ope=same_ope)
    # A career center for adults often shares name and house with one for pupils.
    apart = bool(row.nces_id and school.ipeds_unit_id) or bool(row.ipeds_unit_id and school.nces_id)
    levels = bool(row.levels and school.levels) and not row.levels & school.levels
    if (apart or levels) and confidence >= SURE:
        return SURE - 0.05, f"{reason}, but one teaches pupils and the other adults"
    return confidence, reason


def _may_be_alike(row: Features, school: Features) -> bool:
    return (
        not row.name.telling
        or not school.name.telling
        or any(
            word[:3] == other[:3] or word[-3:] == other[-3:]
            for word in row.name.telling
            for other in school.name.telling
        )
        or (bool(row.phone) and row.phone == school.phone)
        or (bool(row.street.number) and row.street == school.street)
    )


class _Evidence(NamedTuple):
    """How a row and a school agree. ``named`` and ``placed`` are likenesses of 0 to 1."""

    named: float
    one_house: bool
    """The same address in the same town."""
    elsewhere: bool
    """Two street addresses that differ."""
    agreed: bool
    """Two street addresses that are much alike."""
    same_zip: bool
    same_town: bool
    same_phone: bool
    same_host: bool
    same_ope: bool


_RULES: Final[tuple[tuple[Callable[[_Evidence], bool], Callable[[float], float], str], ...]] = (
    (
        lambda one: (
            one.same_ope and (one.one_house or (one.named >= 0.75 and one.same_zip and not one.elsewhere))
        ),
        lambda _: 0.98,
        "the same OPE id, and name or address agree",
    ),
    (
        lambda one: one.one_house and one.named >= 0.85,
        lambda named: 0.9 + 0.09 * named,
        "the same address and nearly the same name",
    ),
    (
        lambda one: one.named >= 0.97 and one.same_zip and not one.elsewhere,
        lambda _: 0.95,
        "the same name in the same ZIP code",
    ),
    (
        lambda one: (
            one.named >= 0.9 and one.same_zip and (one.same_phone or one.same_host) and not one.elsewhere
        ),
        lambda _: 0.94,
        "nearly the same name and the same phone or web site in the same ZIP code",
    ),
    (
        lambda one: one.named >= 0.97 and one.same_town and (one.same_phone or one.agreed),
        lambda _: 0.93,
        "the same name in the same town, and phone or address agree",
    ),
    (
        # An OPE id of eight digits is a location's: at another address of the town it has moved.
        lambda one: one.same_ope and one.named >= 0.97 and one.same_zip,
        lambda _: 0.92,
        "the same OPE id and name in the same ZIP code, but another address",
    ),
    (
        lambda one: one.same_ope,
        lambda named: 0.8 if named >= 0.6 else 0.7,
        "the same OPE id, but another name or address",
    ),
    (
        lambda one: one.named >= 0.97 and one.same_town,
        lambda _: 0.8,
        "the same name in the same town, but another address",
    ),
    (
        lambda one: one.one_house and one.named >= 0.45,
        lambda named: 0.6 + 0.25 * named,
        "the same address, but another name",
    ),
    (
        lambda one: one.named >= 0.85 and one.same_town,
        lambda _: 0.7,
        "a similar name in the same town",
    ),
    (
        lambda one: one.named >= 0.97 and (one.same_phone or one.same_host),
        lambda _: 0.75,
        "the same name and the same phone or web site, in another town",
    ),
    (
        lambda one: one.same_phone and one.named >= 0.6,
        lambda _: 0.7,
        "the same phone and a similar name",
    ),
)
"""When, how sure, and why; the first that holds."""


def _weighed(row: Features, school: Features, *, same_ope: bool) -> tuple[float, str]:
    named = name_likeness(row.name, school.name)
    placed = street_likeness(row.street, school.street)
    same_zip = row.zip == school.zip
    same_town = same_zip or row.city == school.city
    evidence = _Evidence(
        named=named,
        one_house=placed is not None and placed >= 0.95 and same_town,
        elsewhere=placed is not None and placed < 0.5,
        agreed=placed is not None and placed >= 0.8,
        same_zip=same_zip,
        same_town=same_town,
        same_phone=bool(row.phone) and row.phone == school.phone,
        same_host=bool(row.host) and row.host == school.host,
        same_ope=same_ope,
    )
    for holds, confidence, reason in _RULES:
        if holds(evidence):
            return confidence(named), reason
    return 0.0, ""
