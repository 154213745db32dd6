"""Whether the values of a column can be what its header says."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence, Set
from functools import cached_property, lru_cache
from typing import Final

from chalicelib.school_lists import trades
from chalicelib.school_lists.cleaning import Unreadable, state_code, text_or_none, zip_code

LEAST: Final = 0.6
"""The share of a column's values that must pass."""
ENOUGH: Final = 20
"""Values from which on a column of names is looked at for schools."""
_SCHOOLS: Final = re.compile(
    r"school|academ|college|colegio|escuela|universi|institut|learning|education|elem|primary|middle|junior|\bhigh|"
    r"campus|center|centre|\btech|career|vocation|training|montessori|charter|lyceum|seminar|conservat|prep|kinder|"
    r"\b(?:el|es|ms|hs|jhs|ps|is|sch|jr|sr|isd|rop|cte|boces|jatc|ctr|el sch)\b|beauty|barber|cosmetolog|nursing|"
    r"driving|aviation|apprentic|studies|scien|program|\bpre-?k\b|\bk-\d|\b\d-\d{1,2}$",
    re.IGNORECASE,
)
_SCHOOLS_AT_LEAST: Final = 0.1


_FEW: Final = 5
_LONGEST_LEVEL: Final = 60
_ZIP_AT_END: Final = re.compile(r"(.*?)[\s,]+(?:\d{5}(?:[- ]?\d{4})?|\d{4})", re.ASCII | re.DOTALL)
_COUNTRY: Final = re.compile(r"[\s,]+(?:U\.?S\.?A?\.?|United States(?: of America)?)$", re.IGNORECASE)
_POINT_AT_END: Final = re.compile(r"\s*\([-\d., ]+\)$", re.ASCII)
_MARK_READ_AS_TEXT: Final = "\u00ef\u00bb\u00bf"
"""A byte order mark that a program took for Windows-1252 and wrote as text."""
_WHOLE: Final = re.compile("full|complete|citystate")
_PLUS_FOUR: Final = re.compile(r"(?:4|plus)$")


@lru_cache(maxsize=8192)
def simplified(header: str) -> str:
    """A header without case, spaces, punctuation, accents and byte order mark; as it is where that leaves nothing."""
    folded = header.removeprefix(_MARK_READ_AS_TEXT).casefold()
    if not folded.isascii():
        # Decomposed, an accented letter is the letter and a mark.
        folded = unicodedata.normalize("NFKD", folded)
    return re.sub(r"[^a-z0-9]+", "", folded) or header.lstrip("\ufeff").strip().casefold()


class Column:
    """The values of one column in the first rows of a list, ``blank`` ones left out."""

    def __init__(
        self, header: str, position: int, below: Sequence[Sequence[str]], blank: Set[str] = frozenset()
    ) -> None:
        self.header = header
        self._position = position
        self._below = below
        self._blank = blank
        self._borne_out: dict[str, bool] = {}

    @cached_property
    def values(self) -> list[str]:
        """What stands in the column."""
        cells = (row[self._position] for row in self._below if self._position < len(row))
        return [text for cell in cells if (text := text_or_none(cell)) and text not in self._blank]

    @property
    def repeats(self) -> bool:
        """Whether the column has a few values over and over."""
        return len(self.values) >= ENOUGH and len(set(self.values)) <= _FEW

    @property
    def counts_rows(self) -> bool:
        """Whether the column has one number after the other."""
        values = self.values
        if len(values) < _FEW or not all(one.isascii() and one.isdecimal() for one in values):
            return False
        first = int(values[0])
        return [int(one) for one in values] == list(range(first, first + len(values)))

    def pairs(self, other: "Column") -> Iterator[tuple[str, str]]:
        """The values of this column with those of another one in the same rows, where both have one."""
        for row in self._below:
            if max(self._position, other._position) < len(row):
                here, there = text_or_none(row[self._position]), text_or_none(row[other._position])
                if here and there:
                    yield here, there

    def bears_out(self, field: str) -> bool:
        """Whether most values can be what the header says; a column without values is believed."""
        if field not in self._borne_out:
            test = _TESTS.get(field)
            if field == "zip" and _PLUS_FOUR.search(simplified(self.header)):
                test = _has_whole_zip
            values = self.values
            passed = sum(_passes(test, text) for text in values) if test is not None else len(values)
            # What is called "Address 2" holds whole addresses in some lists; a blank column says nothing of it.
            unbelieved = field == "address" and not values and not _WHOLE.search(simplified(self.header))
            self._borne_out[field] = passed >= len(values) * LEAST and not unbelieved
        return self._borne_out[field]

    @property
    def of_schools(self) -> bool | None:
        """Whether names are those of schools by what they are, None where there are too few names to tell."""
        found = sum(_SCHOOLS.search(one) is not None for one in self.values)
        if found >= max(len(self.values) * _SCHOOLS_AT_LEAST, 1):
            return True
        return None if len(self.values) < ENOUGH else False


def _passes(test: Callable[[str], bool], text: str) -> bool:
    try:
        return test(text)
    except Unreadable:
        return False


def _is_number(low: float, high: float, text: str) -> bool:
    try:
        return low <= float(text.replace(",", ".")) <= high
    except ValueError:
        return False


def _has_whole_zip(text: str) -> bool:
    # The four digits behind the hyphen alone pass for a ZIP code that lost its zero.
    return sum(map(str.isdigit, text)) >= 5 and zip_code(text) is not None


def is_address(text: str) -> bool:
    """Whether a cell ends like an address of one cell: with a state and a ZIP code, or after a comma with a state."""
    text = _COUNTRY.sub("", _POINT_AT_END.sub("", text))
    if match := _ZIP_AT_END.fullmatch(text):
        words = match[1].replace(",", " ").split()
        return any(state_code(" ".join(words[-count:])) for count in (1, 2, 3) if count <= len(words))
    _, comma, state = text.rpartition(",")
    return bool(comma) and state_code(state) is not None


def _is_accreditation(text: str) -> bool:
    # It raises for what is neither a level of accreditation nor a word for none.
    trades.accreditation(text)
    return len(text) <= _LONGEST_LEVEL


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


_TESTS: Final[dict[str, Callable[[str], bool]]] = {
    "name": lambda text: sum(map(str.isalpha, text)) >= 3 and "@" not in text,
    "street": lambda text: (
        any(map(str.isalpha, text)) and "@" not in text and "://" not in text and not is_address(text)
    ),
    "address": lambda text: "@" not in text and is_address(text),
    "city": lambda text: any(map(str.isalpha, text)) and not is_address(text),
    "closed_on": _has_digit,
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
    "accreditation": _is_accreditation,
    "subject": lambda text: bool(trades.program_codes(text)),
    "level": lambda text: trades.level_of(text) is not None,
    "programs": lambda text: any(map(str.isalnum, text)),
}
