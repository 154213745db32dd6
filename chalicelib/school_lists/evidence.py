"""Whether the values of a column can be what its header says."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from chalicelib.school_lists.cleaning import Unreadable, state_code, text_or_none, zip_code

LEAST: Final = 0.6
"""The share of a column's values that must pass."""
ENOUGH: Final = 20
"""Values from which on a column of names is looked at for schools."""
_SCHOOLS: Final = re.compile(
    r"school|academ|college|colegio|escuela|universi|institut|learning|education|elem|primary|middle|junior|\bhigh|"
    r"campus|center|centre|\btech|career|vocation|training|montessori|charter|lyceum|seminar|conservat|prep|kinder|"
    r"\b(?:el|es|ms|hs|jhs|ps|is|sch|jr|sr|isd|rop|cte|boces|jatc|ctr|el sch)\b|beauty|barber|cosmetolog|nursing|"
    r"driving|aviation|apprentic|studies|scien|program",
    re.IGNORECASE,
)
_SCHOOLS_AT_LEAST: Final = 0.1


def borne_out(field: str, position: int, below: Sequence[Sequence[str]]) -> bool:
    """Whether most of a column's values can be what its header says; a column without values is believed."""
    test = _TESTS.get(field)
    values = [text for row in below if position < len(row) and (text := text_or_none(row[position]))]
    return test is None or not values or sum(_passes(test, text) for text in values) >= len(values) * LEAST


def of_schools(position: int, below: Sequence[Sequence[str]]) -> bool:
    """Whether names are those of schools, as far as can be told: few names tell nothing."""
    values = [text for row in below if position < len(row) and (text := text_or_none(row[position]))]
    found = sum(_SCHOOLS.search(one) is not None for one in values)
    return len(values) < ENOUGH or found >= len(values) * _SCHOOLS_AT_LEAST


def _passes(test: Callable[[str], bool], text: str) -> bool:
    try:
        return test(text)
    except Unreadable:
        return False


def _is_number(low: float, high: float, text: str) -> bool:
    try:
        return low <= float(text) <= high
    except ValueError:
        return False


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


_TESTS: Final[dict[str, Callable[[str], bool]]] = {
    "name": lambda text: sum(map(str.isalpha, text)) >= 3 and "@" not in text,
    "street": lambda text: any(map(str.isalpha, text)) and "@" not in text and "://" not in text,
    "address": lambda text: any(map(str.isalpha, text)) and "@" not in text,
    "city": lambda text: any(map(str.isalpha, text)),
    "state": lambda text: state_code(text) is not None,
    "zip": lambda text: zip_code(text) is not None,
    "phone": lambda text: sum(map(str.isdigit, text)) >= 7,
    "website": lambda text: "." in text and "@" not in text,
    "latitude": lambda text: _is_number(-15, 72, text),
    "longitude": lambda text: _is_number(-180, 180, text),
    "location": lambda text: text.count(".") >= 2 and _has_digit(text),
    "ipeds_unit_id": _has_digit,
    "nces_id": lambda text: sum(map(str.isalnum, text)) >= 8 and _has_digit(text),
    "nces_district": _has_digit,
    "nces_school": _has_digit,
    "ope_id": _has_digit,
    "source_id": _has_digit,
    "accreditation": lambda text: len(text) <= 60,
    "programs": lambda text: any(map(str.isalnum, text)),
}
