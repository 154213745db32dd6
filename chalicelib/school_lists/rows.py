"""From the cells of a row to a record, or to what is wrong with it."""

from collections.abc import Callable
from math import cos, hypot, radians
from typing import Final, TypeVar

from chalicelib.school_lists import cleaning, identity
from chalicelib.school_lists.cleaning import Unreadable, text_or_none
from chalicelib.school_lists.layouts import Mapped
from chalicelib.school_lists.models import Gazetteer, Place, Program, RowProblem, SchoolRecord, shown
from chalicelib.school_lists.naming import readable

MOST_TEXT: Final = 200
"""Characters of a name, street or city. What is longer is a remark in the wrong column."""
_KM_PER_DEGREE: Final = 111.2
_FAR_KM: Final = 150.0
_FAR_KM_IN_ALASKA: Final = 800.0
_ACCREDITATIONS: Final = {
    one.casefold(): one for one in ("MLR", "AST", "MAST", "IMMR", "TST", "MTST", "collision")
}
_LEVELS: Final = {
    "secondary": "secondary",
    "high school": "secondary",
    "postsecondary": "postsecondary",
    "post-secondary": "postsecondary",
    "college": "postsecondary",
}
_ZIP_REMEDY: Final = "Write the ZIP code of the place itself."

T = TypeVar("T")


class _Rejected(Exception):
    def __init__(self, field: str, value: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason, self.remedy = field, value, reason, remedy


class RowCleaner:
    """Reads the rows of one list, by the positions of its columns. ``report`` takes what is wrong with rows."""

    def __init__(self, mapped: Mapped, gazetteer: Gazetteer, report: Callable[[RowProblem], None]) -> None:
        self._mapped = mapped
        self._layout = mapped.layout
        self._gazetteer = gazetteer
        self._report = report
        self._width = len(mapped.header)
        self._at = mapped.positions
        self._excluded = [
            (mapped.positions[one.field], one) for one in self._layout.excluded if one.field in self._at
        ]

    def __call__(self, number: int, cells: list[str]) -> SchoolRecord | None:
        """The record of a row, or None where the row is rejected, which is then reported."""
        if len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        if blank := self._layout.blank:
            cells = ["" if cell in blank else cell for cell in cells]
        try:
            return self._record(number, cells)
        except _Rejected as bad:
            column = self._mapped.column(bad.field)
            self._report(RowProblem(number, column, shown(bad.value), bad.reason, bad.remedy))
            return None

    def _record(self, number: int, cells: list[str]) -> SchoolRecord:
        self._exclude(cells)
        name = self._named(cells)
        place = self._place(number, cells)
        city = self._text(number, cells, "city")
        latitude, longitude = self._point(number, cells, place)
        unit_id = self._identifier(number, cells, "ipeds_unit_id", identity.ipeds_unit_id)
        nces_id = self._identifier(number, cells, "nces_id", identity.nces_id)
        at_closed = self._at.get("closed")
        return SchoolRecord(
            name,
            self._text(number, cells, "street"),
            city or place.city,
            place.state,
            place.zip,
            self._optional(number, cells, "phone", cleaning.phone_number),
            self._optional(number, cells, "website", cleaning.web_address),
            latitude,
            longitude,
            unit_id,
            nces_id,
            self._identifier(number, cells, "ope_id", identity.ope_id),
            at_closed is not None and cells[at_closed].strip().casefold() in self._layout.closed_values,
            self._programs(number, cells, unit_id, nces_id) if "programs" in self._at else (),
        )

    def _exclude(self, cells: list[str]) -> None:
        for position, rule in self._excluded:
            value = cells[position].strip().casefold()
            if value and (value in rule.values) != rule.unless:
                raise _Rejected(
                    rule.field, cells[position], rule.reason, "Nothing to mend: such rows are left out."
                )

    def _named(self, cells: list[str]) -> str:
        cell = cells[self._at["name"]]
        name = text_or_none(cell)
        if name is None:
            raise _Rejected("name", cell, "the school has no name", "Write its name.")
        if not any(map(str.isalpha, name)) or "@" in name:
            raise _Rejected("name", cell, "this is no name of a school", "Write its name.")
        if len(name) > MOST_TEXT:
            raise _Rejected(
                "name", cell, f"the name has more than {MOST_TEXT} characters", "Write the name alone."
            )
        if "\ufffd" in name:
            raise _Rejected("name", cell, "letters of the name were lost", "Export the list as CSV UTF-8.")
        return readable(name)

    def _place(self, number: int, cells: list[str]) -> Place:
        at_zip, at_state = self._at.get("zip"), self._at.get("state")
        zip_cell = "" if at_zip is None else cells[at_zip]
        state_cell = "" if at_state is None else cells[at_state]
        state = cleaning.state_code(state_cell)
        if state is None and text_or_none(state_cell) is not None:
            raise _Rejected(
                "state", state_cell, "this is no state", "Write two letters, such as IL, or the name."
            )
        try:
            zip_code = cleaning.zip_code(zip_cell)
        except Unreadable as bad:
            raise _Rejected("zip", zip_cell, bad.reason, bad.remedy) from None
        if zip_code is None:
            return self._place_of_city(number, cells, state)
        place = self._gazetteer.of_zip(zip_code)
        if place is None:
            return self._place_of_city(number, cells, state, zip_code)
        if state is not None and place.state != state:
            reason = f"ZIP code {zip_code} lies in {place.state}, not in {state}"
            raise _Rejected("zip", zip_cell, reason, "Correct the ZIP code or the state.")
        return place

    def _place_of_city(
        self, number: int, cells: list[str], state: str | None, wrong_zip: str | None = None
    ) -> Place:
        at_city = self._at.get("city")
        city = None if at_city is None else text_or_none(cells[at_city])
        lacks = f"there is no place with ZIP code {wrong_zip}" if wrong_zip else "the row has no ZIP code"
        places = self._gazetteer.of_city(city, state) if city and state else ()
        if not places and city and state:
            raise _Rejected("city", city, f"{lacks}, and {shown(city)} is not known in {state}", _ZIP_REMEDY)
        if not places:
            raise _Rejected("zip", wrong_zip or "", f"{lacks}, and not both a city and a state", _ZIP_REMEDY)
        if len(places) > 1 or wrong_zip:
            reason = f"{lacks}; {places[0].zip}, one of {len(places)} of {places[0].city}, was taken"
            self._doubt(number, "zip", wrong_zip or "", reason, _ZIP_REMEDY)
        return places[0]

    def _point(self, number: int, cells: list[str], place: Place) -> tuple[float | None, float | None]:
        if "latitude" not in self._at or "longitude" not in self._at:
            return None, None
        latitude = self._optional(number, cells, "latitude", lambda cell: cleaning.degrees(cell, 90))
        longitude = self._optional(number, cells, "longitude", lambda cell: cleaning.degrees(cell, 180))
        if latitude is None or longitude is None:
            return None, None
        if longitude > 0 > place.longitude:
            longitude = -longitude  # a lost sign: there is nothing of the United States to the east of there
        far = _FAR_KM_IN_ALASKA if place.state == "AK" else _FAR_KM
        km = _kilometres(latitude, longitude, place)
        if km > far:
            value = f"{latitude}, {longitude}"
            reason = f"the point is {km:,.0f} km from ZIP code {place.zip}"
            self._doubt(number, "latitude", value, reason, "Correct the point or the ZIP code.")
            return None, None
        return latitude, longitude

    def _programs(
        self, number: int, cells: list[str], unit_id: str | None, nces_id: str | None
    ) -> tuple[Program, ...]:
        codes = self._optional(number, cells, "programs", cleaning.cip_codes)
        if not codes:
            return ()
        level = self._level(cells, unit_id, nces_id)
        if level is None:
            reason = "it is not said whether the programs are secondary or postsecondary"
            self._doubt(
                number, "programs", ";".join(codes), reason, "Add a column level with one of the two words."
            )
            return ()
        accreditation = self._optional(number, cells, "accreditation", _accreditation)
        enrolment = self._optional(number, cells, "enrolment", cleaning.whole_number)
        return tuple(Program(code, level, accreditation, enrolment) for code in codes)

    def _level(self, cells: list[str], unit_id: str | None, nces_id: str | None) -> str | None:
        at_level = self._at.get("level")
        said = "" if at_level is None else " ".join(cells[at_level].split()).casefold()
        return (
            _LEVELS.get(said)
            or self._layout.level
            or ("secondary" if nces_id else None)
            or ("postsecondary" if unit_id else None)
        )

    def _text(self, number: int, cells: list[str], field: str) -> str | None:
        text = self._optional(number, cells, field, text_or_none)
        if text is None or len(text) <= MOST_TEXT:
            return text and readable(text)
        self._doubt(number, field, text, f"it has more than {MOST_TEXT} characters", "Write this alone.")
        return None

    def _identifier(
        self, number: int, cells: list[str], field: str, read: Callable[[str], str]
    ) -> str | None:
        def of_cell(cell: str) -> str | None:
            text = cleaning.identifier(cell)
            return None if text is None or not text.strip("0") else read(text)

        return self._optional(number, cells, field, of_cell)

    def _optional(self, number: int, cells: list[str], field: str, read: Callable[[str], T]) -> T | None:
        position = self._at.get(field)
        if position is None:
            return None
        cell = cells[position]
        if not cell:
            return None
        try:
            return read(cell)
        except Unreadable as bad:
            self._doubt(number, field, cell, bad.reason, bad.remedy)
            return None

    def _doubt(self, number: int, field: str, value: str, reason: str, remedy: str) -> None:
        column = self._mapped.column(field)
        self._report(RowProblem(number, column, shown(value), reason, remedy, rejected=False))


def _kilometres(latitude: float, longitude: float, place: Place) -> float:
    """The distance of a point from a place, on a plane: exact enough to tell a wrong point from a right one."""
    east = (longitude - place.longitude + 180) % 360 - 180
    return _KM_PER_DEGREE * hypot(latitude - place.latitude, east * cos(radians(place.latitude)))


def _accreditation(cell: str) -> str | None:
    text = text_or_none(cell)
    if text is None:
        return None
    if text.casefold() in _ACCREDITATIONS:
        return _ACCREDITATIONS[text.casefold()]
    raise Unreadable(
        "it is no level of accreditation", f"Write one of {', '.join(_ACCREDITATIONS.values())}."
    )
