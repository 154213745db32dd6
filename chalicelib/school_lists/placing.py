"""Where a school is: ZIP code, state and city of a row against the reference geography and against each other."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from chalicelib.school_lists import cleaning, columns
from chalicelib.school_lists.cleaning import Unreadable, text_or_none
from chalicelib.school_lists.columns import Column
from chalicelib.school_lists.models import Gazetteer, Place, shown
from chalicelib.school_lists.naming import readable, readable_all
from chalicelib.school_lists.troubles import Trouble

MOST_TEXT: Final = 200
"""Characters of a name, street or city. What is longer is a remark in the wrong column."""
FORMULA: Final = ("=", "@", "+")
"""How texts begin that are none."""
_ZIP_REMEDY: Final = "Write the ZIP code of the place itself."


class Placed(NamedTuple):
    """What became of ZIP code, state and city. Without ``place`` the row is rejected; ``troubles`` say why."""

    place: Place | None
    city: str
    troubles: tuple[Trouble, ...] = ()


class Placings(NamedTuple):
    """Where the rows of a chunk are. Rows without ``places`` are rejected; ``troubles`` say why, by row."""

    places: list[Place | None]
    cities: list[str]
    troubles: Mapping[int, tuple[Trouble, ...]]


class Placing:
    """Places rows by the cells of ZIP code, state and city. What repeats in a column is looked up once.

    ``default_state`` holds for cities without a state; it never contradicts a ZIP code.
    """

    def __init__(self, gazetteer: Gazetteer, default_state: str | None) -> None:
        self._gazetteer = gazetteer
        self._default = cleaning.state_code(default_state) if default_state else None
        self._of_zips = Column(self._of_zip, self._of_new_zips)
        self._states = Column(_state)
        self._cities = Column(_city, _new_cities)

    def placed(
        self, zip_cells: Sequence[str], state_cells: Sequence[str], city_cells: Sequence[str]
    ) -> Placings:
        """Where each of many rows is."""
        zip_cells = columns.zip_cells(zip_cells)
        places, bad_zips = self._of_zips(zip_cells)
        states, bad_states = self._states(state_cells)
        cities, bad_cities = self._cities(city_cells)
        # Nearly every ZIP code is one, and lies in the state of its row.
        odd = {
            row
            for row, (place, state) in enumerate(zip(places, states, strict=True))
            if place is None or (state is not None and state != place.state)
        }
        odd.update(row for row, _ in (*bad_states, *bad_cities))
        troubles: dict[int, tuple[Trouble, ...]] = {}
        if odd:
            bad = dict(bad_cities), dict(bad_states), dict(bad_zips)
            for row in sorted(odd):
                cells = city_cells[row], state_cells[row], zip_cells[row]
                placed = self._place(
                    places[row], states[row], cities[row], cells, [one.get(row) for one in bad]
                )
                places[row], cities[row] = placed.place, placed.city
                if placed.troubles:
                    troubles[row] = placed.troubles
        return Placings(
            places,
            [city or (place.city if place else "") for city, place in zip(cities, places, strict=True)],
            troubles,
        )

    def _of_zip(self, cell: str) -> Place | None:
        zip_code = cleaning.zip_code(cell)
        return None if zip_code is None else self._gazetteer.of_zip(zip_code)

    def _of_new_zips(self, cells: Sequence[str]) -> tuple[Sequence[Place | None], columns.Bad]:
        if columns.are_zip_codes(cells):
            return list(map(self._gazetteer.of_zip, cells)), []
        return columns.one_by_one(cells, self._of_zip)

    def _place(
        self,
        place: Place | None,
        state: str | None,
        city: str | None,
        cells: tuple[str, str, str],
        bad: Sequence[Unreadable | None],
    ) -> Placed:
        """Places one row. ``cells`` and what makes them unreadable are those of city, state and ZIP code."""
        city_cell, state_cell, zip_cell = cells
        bad_city, bad_state, bad_zip = bad
        if bad_state is not None:
            return _rejected("state", state_cell, bad_state.reason, bad_state.remedy)
        if bad_zip is not None:
            return _rejected("zip", zip_cell, bad_zip.reason, bad_zip.remedy)
        troubles: tuple[Trouble, ...] = ()
        if bad_city is not None:
            troubles = (Trouble("city", city_cell, bad_city.reason, bad_city.remedy, rejected=False),)
        if place is None:
            return self._of_city(city, state or self._default, cleaning.zip_code(zip_cell), troubles)
        if state is not None and place.state != state:
            return self._torn(place, state, city, zip_cell, troubles)
        return Placed(place, city or place.city, troubles)

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
            return Placed(place, city, (*troubles, trouble))
        reason = f"{lies}; {others[0].zip}, one of {len(others)} of {others[0].city}, {state}, was taken"
        trouble = Trouble("zip", zip_cell, reason, remedy, rejected=False)
        return Placed(others[0], city, (*troubles, trouble))

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
        return Placed(place, city or place.city, troubles)


def too_long() -> Unreadable:
    """What is said of a text that is a remark in the wrong column."""
    return Unreadable(f"it has more than {MOST_TEXT} characters", "Write this alone.")


def formula() -> Unreadable:
    """What is said of a cell that a spreadsheet would run."""
    return Unreadable("this is a formula, no text", "Write the text itself.")


def _state(cell: str) -> str | None:
    state = cleaning.state_code(cell)
    if state is None and text_or_none(cell) is not None:
        raise Unreadable("this is no state", "Write two letters, such as IL, or the name.")
    return state


def _city(cell: str) -> str | None:
    text = text_or_none(cell)
    if text is not None and len(text) > MOST_TEXT:
        raise too_long()
    if text is not None and text.startswith(FORMULA):
        raise formula()
    return text and readable(text)


def _new_cities(cells: Sequence[str]) -> tuple[Sequence[str | None], columns.Bad]:
    texts = columns.texts(cells)
    if max(map(len, cells)) > MOST_TEXT or any(text.startswith(FORMULA) for text in texts if text):
        return columns.one_by_one(cells, _city)
    return readable_all(texts), []


def _rejected(field: str, value: str, reason: str, remedy: str) -> Placed:
    return Placed(None, "", (Trouble(field, value, reason, remedy, rejected=True),))
