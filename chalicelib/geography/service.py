"""Where ZIP codes and states are, and which area of the statistics a place is in.

Places are answered from data in the process. The metropolitan areas are an item of the table, which a process reads
once in five minutes.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.geography.cells import (
    PARTITION_CHARACTERS,
    Point,
    Range,
    covering,
    geohash_of,
    miles_between,
    point_of,
)
from chalicelib.geography.delineation import Areas, Delineation, Metro, county_names, zip_area
from chalicelib.geography.delineation_file import HEAD_ROWS, is_delineation, read_delineation
from chalicelib.geography.delineations import Taken, areas_in_force, areas_now, take_delineation
from chalicelib.geography.geohashes import geohashes_of
from chalicelib.geography.models import NotADelineation, ZipPlace
from chalicelib.geography.nearest import (
    BEGINNING,
    Hit,
    Nearby,
    NearbyRead,
    Resume,
    nearby,
    position_of,
    read_of,
    resume_of,
)
from chalicelib.geography.states import STATES, Division, State, code_of_state
from chalicelib.geography.store import DelineationStore

__all__ = [
    "BEGINNING",
    "HEAD_ROWS",
    "PARTITION_CHARACTERS",
    "STATES",
    "Areas",
    "Delineation",
    "DelineationStore",
    "Division",
    "Hit",
    "Metro",
    "Nearby",
    "NearbyRead",
    "NotADelineation",
    "Point",
    "Range",
    "Resume",
    "State",
    "Taken",
    "ZipPlace",
    "area_at",
    "area_of_zip",
    "areas_in_force",
    "areas_now",
    "code_of_state",
    "covering",
    "find_zip",
    "geohash_of",
    "geohashes_of",
    "is_delineation",
    "miles_between",
    "nearby",
    "place_of_zip",
    "point_asked",
    "point_of",
    "position_of",
    "read_delineation",
    "read_of",
    "resume_of",
    "state_asked",
    "take_delineation",
    "zip_area",
    "zip_areas",
]

_ZIP: Final = re.compile(r"(\d{5})(?:-\d{4})?", re.ASCII)
_MILITARY_CITIES: Final = frozenset({"Apo", "Dpo", "Fpo"})
# ZIP codes of machines and of Santa Claus: no organization can be there.
_NO_PLACE_CITIES: Final = frozenset({"Parcel Return Service", "North Pole"})

_CORRECTED: Final = {
    "96917": (13.274, 144.748),
    "96939": (7.500, 134.624),
    "96940": (7.342, 134.479),
    "96941": (6.964, 158.208),
    "96942": (7.447, 151.842),
    "96943": (9.514, 138.129),
    "96944": (5.325, 163.008),
    "96960": (7.090, 171.381),
    "96970": (8.780, 167.736),
}
"""Coordinates that the package lacks or has with the wrong sign: towns of the Pacific, to a mile or so."""


_WORTH_AN_INDEX: Final = 500
"""Look-ups in one process, 0.7 ms each, beyond which the 0.2 s of making an index are less: an import of a list."""

_Lookup = Callable[[str], list[dict[str, Any]]]


def place_of_zip(zip_code: str, *, pointer: str = "zip", source: str = "query") -> ZipPlace:
    """Where a ZIP code is. ZIP+4 is taken for its first five digits.

    Raises ``InvalidInput`` that points at ``pointer`` in ``source``, where the text is no ZIP code, where
    nobody was ever given it, and where it is no place in the country: military post offices move with their
    units.
    """
    match = _ZIP.fullmatch(zip_code)
    if match is None:
        raise _invalid("A ZIP code is five digits, such as 59801, or nine as 59801-1234.", pointer, source)
    known = _record(match[1])
    if known is None:
        raise _invalid(
            f"There is no ZIP code {match[1]}. Check the digits; a code that begins with 0 needs its zero.",
            pointer,
            source,
        )
    place = find_zip(match[1])
    if place is None:
        raise _invalid(
            f"{match[1]} is a ZIP code without a place in a state, such as a military post office (APO, FPO, "
            "DPO). Use the ZIP code of the place itself.",
            pointer,
            source,
        )
    return place


def point_asked(zip_code: str | None, latitude: float | None, longitude: float | None) -> Point | None:
    """The point that a query names by its parameters ``zip``, or ``latitude`` and ``longitude``; None where by neither.

    Raises ``InvalidInput`` for both, for half a point, and for what is no ZIP code.
    """
    if zip_code is not None:
        if latitude is not None or longitude is not None:
            raise _invalid("Send a ZIP code or a point, not both.", "zip", "query")
        place = place_of_zip(zip_code, pointer="zip", source="query")
        return Point(place.latitude, place.longitude)
    if latitude is not None and longitude is not None:
        return Point(latitude, longitude)
    if latitude is None and longitude is None:
        return None
    missing = "latitude" if latitude is None else "longitude"
    raise _invalid("A point is a latitude and a longitude; one is missing.", missing, "query")


@lru_cache(maxsize=65536)
def find_zip(zip_code: str) -> ZipPlace | None:
    """Where a ZIP code of five digits is, or None where it is no place in a state. Never raises."""
    record = _record(zip_code)
    if record is None or record["state"] not in STATES:
        return None
    if record["city"] in _MILITARY_CITIES or (record["city"] in _NO_PLACE_CITIES and record["state"] == "DC"):
        return None
    point = _point(record)
    if point is None:
        return None
    state = STATES[record["state"]]
    return ZipPlace(
        zip=zip_code,
        city=record["city"],
        state=state.code,
        state_name=state.name,
        county=record["county"] or _county_around(record),
        division=state.division,
        latitude=point.latitude,
        longitude=point.longitude,
    )


def area_at(areas: Areas, zip_code: str, state: str, county: str | None) -> str:
    """The area of an address whose state and county followed from its ZIP code.

    Only Connecticut needs the ZIP code looked up, 0.7 ms the first time: see ``connecticut``.
    """
    place = find_zip(zip_code) if state == "CT" else None
    counties = county_names(place) if place else [county] if county else []
    return areas.at(zip_code, state, counties)


def area_of_zip(areas: Areas, zip_code: str, state: str) -> str:
    """The area of a ZIP code of a state; by its digits alone where nobody knows it there any more."""
    place = find_zip(zip_code)
    return areas.of(place) if place and place.state == state else zip_area(zip_code, state)


@lru_cache(maxsize=64)
def zip_areas(state: str) -> dict[str, tuple[ZipPlace, ...]]:
    """The ZIP codes with a place in a state, by three-digit ZIP area; 0.3 s once in a process, then nothing."""
    found: dict[str, list[ZipPlace]] = {}
    for zip_code, record in _index().items():
        if record["state"] == state and (place := find_zip(zip_code)) is not None:
            found.setdefault(zip_area(zip_code, state), []).append(place)
    return {area: tuple(places) for area, places in sorted(found.items())}


def state_asked(code: str) -> State:
    """The state that a query names by its parameter ``state``. Raises ``InvalidInput`` where there is none."""
    state = STATES.get(code)
    if state is None:
        raise _invalid(f"There is no state {code}. Use a postal code such as MT, DC or PR.", "state", "query")
    return state


@lru_cache(maxsize=4096)
def _record(zip_code: str) -> dict[str, Any] | None:
    import zipcodes

    # The package ends the process's thread in a panic at digits that are not ASCII, so they never get there.
    if len(zip_code) != 5 or _ZIP.fullmatch(zip_code) is None:
        return None
    if _record.cache_info().misses > _WORTH_AN_INDEX:
        return _index().get(zip_code)
    matching: _Lookup = zipcodes.matching
    found = matching(zip_code)
    return found[0] if found else None


@lru_cache(maxsize=1)
def _index() -> dict[str, dict[str, Any]]:
    import zipcodes

    everything: Callable[[], list[dict[str, Any]]] = zipcodes.list_all
    return {record["zip_code"]: record for record in everything()}


def _point(record: dict[str, Any]) -> Point | None:
    """The place's own coordinates; else the middle of the ZIP codes of its town, or of its area."""
    import zipcodes

    similar_to: _Lookup = zipcodes.similar_to
    if record["zip_code"] in _CORRECTED:
        return Point(*_CORRECTED[record["zip_code"]])
    own = _coordinates(record)
    if own is not None:
        return own
    around = [one for one in similar_to(record["zip_code"][:3]) if one["state"] == record["state"]]
    for neighbours in ([one for one in around if one["city"] == record["city"]], around):
        points = [point for point in map(_coordinates, neighbours) if point is not None]
        if points:
            return Point(
                round(sum(one.latitude for one in points) / len(points), 4),
                round(sum(one.longitude for one in points) / len(points), 4),
            )
    return None


def _county_around(record: dict[str, Any]) -> str | None:
    """The county of most ZIP codes of the same town; the package lacks that of some large receivers of mail."""
    import zipcodes

    similar_to: _Lookup = zipcodes.similar_to
    here = (one for one in similar_to(record["zip_code"][:3]) if one["state"] == record["state"])
    counties = Counter(one["county"] for one in here if one["county"] and one["city"] == record["city"])
    return counties.most_common(1)[0][0] if counties else None


def _coordinates(record: dict[str, Any]) -> Point | None:
    latitude, longitude = float(record["lat"] or 0), float(record["long"] or 0)
    # 0, 0 is the sea off Africa: the package's way to say that it does not know.
    return Point(latitude, longitude) if latitude or longitude else None


def _invalid(detail: str, pointer: str, source: str) -> InvalidInput:
    return InvalidInput(detail, [FieldError(pointer, detail, source)])
