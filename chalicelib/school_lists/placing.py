"""Where a school is: ZIP code, state and city of a row against the reference geography and against each other."""

from functools import lru_cache
from math import cos, hypot, radians
from typing import Final, NamedTuple

from chalicelib.school_lists import cleaning
from chalicelib.school_lists.cleaning import Unreadable, text_or_none
from chalicelib.school_lists.models import Gazetteer, Place, shown
from chalicelib.school_lists.naming import readable

MOST_TEXT: Final = 200
"""Characters of a name, street or city. What is longer is a remark in the wrong column."""
FORMULA: Final = ("=", "@", "+")
"""How texts begin that are none."""
_KM_PER_DEGREE: Final = 111.2
_FAR_KM: Final = 150.0
_FAR_KM_IN_ALASKA: Final = 800.0
NEAR_DEGREES: Final = 0.7
"""Degrees in both directions that are never as far as ``_FAR_KM``."""
_ZIP_REMEDY: Final = "Write the ZIP code of the place itself."
_MOST_PLACES: Final = 100_000


class Trouble(NamedTuple):
    """What is wrong with a field of a row, and whether the row is left out for it."""

    field: str
    value: str
    reason: str
    remedy: str
    rejected: bool


class Placed(NamedTuple):
    """What became of ZIP code, state and city. Without ``place`` the row is rejected; ``troubles`` say why."""

    place: Place | None
    city: str
    state: str
    zip: str
    troubles: tuple[Trouble, ...]


class Placings(NamedTuple):
    """What ``Placed`` holds, for many rows."""

    places: tuple[Place | None, ...]
    cities: tuple[str, ...]
    states: tuple[str, ...]
    zips: tuple[str, ...]
    troubles: tuple[tuple[Trouble, ...], ...]


class Placing(dict[tuple[str, str, str], Placed]):
    """Places rows by the cells of ZIP code, state and city. What repeats is worked out once.

    ``default_state`` holds for cities without a state; it never contradicts a ZIP code.
    """

    def __init__(self, gazetteer: Gazetteer, default_state: str | None) -> None:
        super().__init__()
        self._gazetteer = gazetteer
        self._default = cleaning.state_code(default_state) if default_state else None

    def __missing__(self, cells: tuple[str, str, str]) -> Placed:
        if len(self) > _MOST_PLACES:
            self.clear()
        placed = self[cells] = self._place(*cells)
        return placed

    def _place(self, zip_cell: str, state_cell: str, city_cell: str) -> Placed:
        state = cleaning.state_code(state_cell)
        if state is None and text_or_none(state_cell) is not None:
            return _rejected(
                "state", state_cell, "this is no state", "Write two letters, such as IL, or the name."
            )
        try:
            zip_code = cleaning.zip_code(zip_cell)
        except Unreadable as bad:
            return _rejected("zip", zip_cell, bad.reason, bad.remedy)
        city, troubles = _city(city_cell)
        if zip_code is None:
            return self._of_city(city, state or self._default, None, troubles)
        place = self._gazetteer.of_zip(zip_code)
        if place is None:
            return self._of_city(city, state or self._default, zip_code, troubles)
        if state is not None and place.state != state:
            return self._torn(place, state, city, zip_cell, troubles)
        return Placed(place, city or place.city, place.state, place.zip, troubles)

    def _torn(
        self, place: Place, state: str, city: str | None, zip_cell: str, troubles: tuple[Trouble, ...]
    ) -> Placed:
        """Places a row whose ZIP code lies in another state than it says: the city tells which is the slip."""
        lies = f"ZIP code {place.zip} lies in {place.state}, not in {state}"
        remedy = "Correct the ZIP code or the state."
        here = city is not None and place in self._gazetteer.of_city(city, place.state)
        others = self._gazetteer.of_city(city, state) if city is not None else ()
        if city is None or here == bool(others):
            # Neither of the two mends it, or either does.
            return _rejected("zip", zip_cell, lies, remedy)
        if here:
            reason = f"{lies}, and so does {shown(city)}: {place.state} was taken"
            trouble = Trouble("state", state, reason, remedy, rejected=False)
            return Placed(place, city, place.state, place.zip, (*troubles, trouble))
        reason = f"{lies}; {others[0].zip}, one of {len(others)} of {others[0].city}, {state}, was taken"
        trouble = Trouble("zip", zip_cell, reason, remedy, rejected=False)
        return Placed(others[0], city, state, others[0].zip, (*troubles, trouble))

    def _of_city(
        self, city: str | None, state: str | None, wrong_zip: str | None, troubles: tuple[Trouble, ...]
    ) -> Placed:
        lacks = f"there is no place with ZIP code {wrong_zip}" if wrong_zip else "the row has no ZIP code"
        places = self._gazetteer.of_city(city, state) if city and state else ()
        if not places and city and state:
            return _rejected("city", city, f"{lacks}, and {shown(city)} is not known in {state}", _ZIP_REMEDY)
        if not places:
            return _rejected("zip", wrong_zip or "", f"{lacks}, and not both a city and a state", _ZIP_REMEDY)
        place = places[0]
        if len(places) > 1 or wrong_zip:
            reason = f"{lacks}; {place.zip}, one of {len(places)} of {place.city}, was taken"
            troubles = (*troubles, Trouble("zip", wrong_zip or "", reason, _ZIP_REMEDY, rejected=False))
        return Placed(place, city or place.city, place.state, place.zip, troubles)


def too_long(field: str, text: str) -> Trouble:
    """What is said of a text that is a remark in the wrong column."""
    reason = f"it has more than {MOST_TEXT} characters"
    return Trouble(field, text, reason, "Write this alone.", rejected=False)


def formula(field: str, text: str) -> Trouble:
    """What is said of a cell that a spreadsheet would run."""
    return Trouble(field, text, "this is a formula, no text", "Write the text itself.", rejected=False)


@lru_cache(maxsize=65536)
def _city(cell: str) -> tuple[str | None, tuple[Trouble, ...]]:
    text = text_or_none(cell)
    if text is not None and len(text) > MOST_TEXT:
        return None, (too_long("city", text),)
    if text is not None and text.startswith(FORMULA):
        return None, (formula("city", text),)
    return text and readable(text), ()


def _rejected(field: str, value: str, reason: str, remedy: str) -> Placed:
    return Placed(None, "", "", "", (Trouble(field, value, reason, remedy, rejected=True),))


def point_at(latitude: float, longitude: float, place: Place) -> tuple[float, float] | Trouble:
    """A point as it must have been meant, or what is wrong with it."""
    if longitude > 0 > place.longitude:
        longitude = -longitude  # a lost sign: there is nothing of the United States to the east of there
    km = _kilometres(latitude, longitude, place)
    if km > (_FAR_KM_IN_ALASKA if place.state == "AK" else _FAR_KM):
        reason = f"the point is {km:,.0f} km from ZIP code {place.zip}"
        remedy = "Correct the point or the ZIP code."
        return Trouble("latitude", f"{latitude}, {longitude}", reason, remedy, rejected=False)
    return latitude, longitude


def _kilometres(latitude: float, longitude: float, place: Place) -> float:
    """The distance of a point from a place, on a plane: exact enough to tell a wrong point from a right one."""
    east = (longitude - place.longitude + 180) % 360 - 180
    return _KM_PER_DEGREE * hypot(latitude - place.latitude, east * cos(radians(place.latitude)))
