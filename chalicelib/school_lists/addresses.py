"""Addresses that stand in one cell: ``130 W Maxwell Blvd, Montgomery, AL 36112-6613``."""

import re
from typing import Final, NamedTuple

from chalicelib.geography.service import STATES
from chalicelib.school_lists.cleaning import Unreadable, state_code, text_or_none, zip_code
from chalicelib.school_lists.models import Gazetteer

_REMEDY: Final = "Write street, city, state and ZIP code, such as 100 Main St, Missoula, MT 59801."
_COUNTRY: Final = re.compile(r"[,\s]+(?:USA|U\.S\.A\.|US|United States(?: of America)?)\.?$", re.IGNORECASE)
_ZIP_AT_END: Final = re.compile(r"[,\s]+(\d{5}(?:-?\d{4})?|\d{4}|\d{5}-)$", re.ASCII)
_USUAL: Final = re.compile(r"(\d[^\n\r]*), ([A-Z][A-Za-z. -]*), ([A-Z]{2}) (\d{5}(?:-\d{4})?)", re.ASCII)
"""What nearly all addresses in one cell look like."""
_POINT: Final = re.compile(r"\(?\s*(-?\d{1,3}\.\d+)[\s,;]+(-?\d{1,3}\.\d+)\s*\)?\s*$", re.ASCII)
_WKT: Final = re.compile(r"POINT\s*Z?\s*\(\s*(-?\d{1,3}\.\d+)\s+(-?\d{1,3}\.\d+)", re.IGNORECASE | re.ASCII)
_MOST_STATE_WORDS: Final = 3
_MOST_CITY_WORDS: Final = 4


class Parts(NamedTuple):
    """What one cell says: as much of an address as it has."""

    street: str | None
    city: str | None
    state: str | None
    zip: str | None


def split(cell: str, gazetteer: Gazetteer) -> Parts:
    """The parts of an address. The city of one without commas is found by its ZIP code or state.

    Raises ``Unreadable`` where there is neither a ZIP code nor a state at its end.
    """
    usual = _USUAL.fullmatch(cell)
    if usual and usual[3] in STATES:
        return Parts(usual[1], usual[2], usual[3], usual[4])
    text = text_or_none(cell.replace("\r", "\n").replace("\n", ", "))
    if text is None:
        return Parts(None, None, None, None)
    text = _COUNTRY.sub("", _POINT.sub("", text).rstrip(" ,("))
    found = _ZIP_AT_END.search(text)
    zip_text = None
    rest = text
    if found:
        zip_text, rest = zip_code(found[1]), text[: found.start()].rstrip(" ,")
    state, before = _state_at_end(rest)
    if state is None:
        if zip_text is None or (found and len(found[1]) == 4):
            raise Unreadable("it is no address with a state and a ZIP code at its end", _REMEDY)
        before = rest
    street, city = _street_and_city(before, state, zip_text, gazetteer)
    return Parts(street or None, city or None, state, zip_text)


def point_in(cell: str) -> tuple[str, str] | None:
    """Latitude and longitude, as they are written, at the end of a cell or as a point of well-known text."""
    if found := _WKT.search(cell):
        return found[2], found[1]
    found = _POINT.search(cell)
    return (found[1], found[2]) if found else None


def _state_at_end(text: str) -> tuple[str | None, str]:
    words = text.replace(",", " , ").split()
    for count in range(min(_MOST_STATE_WORDS, len(words)), 0, -1):
        tail = words[-count:]
        if "," not in tail and (state := state_code(" ".join(tail))):
            return state, " ".join(words[:-count]).replace(" ,", ",").rstrip(" ,")
    return None, text


def _street_and_city(
    text: str, state: str | None, zip_text: str | None, gazetteer: Gazetteer
) -> tuple[str, str]:
    street, comma, city = text.rpartition(",")
    if comma:
        return street.strip(" ,"), city.strip()
    place = gazetteer.of_zip(zip_text) if zip_text else None
    words = text.split()
    for count in range(min(_MOST_CITY_WORDS, len(words)), 0, -1):
        tail = " ".join(words[-count:])
        if (place and tail.casefold() == place.city.casefold()) or (state and gazetteer.of_city(tail, state)):
            return " ".join(words[:-count]), tail
    if any(map(str.isdigit, text)):
        return text, place.city if place else ""
    return "", text
