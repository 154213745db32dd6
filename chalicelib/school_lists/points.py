"""Coordinates of a chunk's rows, checked against the places that their ZIP codes name."""

from collections.abc import Mapping, Sequence
from math import cos, hypot, radians
from typing import Final

from chalicelib.school_lists import columns
from chalicelib.school_lists.models import Place
from chalicelib.school_lists.troubles import Trouble, Troubles

_KM_PER_DEGREE: Final = 111.2
_FAR_KM: Final = 150.0
_FAR_KM_IN_ALASKA: Final = 800.0
_NEAR_DEGREES: Final = 0.7
"""Degrees in both directions that are never as far as ``_FAR_KM``."""

Degrees = Sequence[float | None]


def points_of(
    cells: Mapping[str, Sequence[str]], places: Sequence[Place | None], troubles: Troubles
) -> tuple[Degrees, Degrees]:
    """Latitudes and longitudes as they must have been meant; None for both where they are not known or wrong."""
    if "latitude" not in cells or "longitude" not in cells:
        return [None] * len(places), [None] * len(places)
    latitudes, bad = columns.degrees(cells["latitude"], 90)
    for place, error in bad:
        troubles.doubt(place, "latitude", error)
    longitudes, bad = columns.degrees(cells["longitude"], 180)
    for place, error in bad:
        troubles.doubt(place, "longitude", error)
    # Nearly every point is beside its place, which costs one look.
    odd = [
        row
        for row, (latitude, longitude, near) in enumerate(zip(latitudes, longitudes, places, strict=True))
        if latitude is None
        or longitude is None
        or near is None
        or not -_NEAR_DEGREES < latitude - near.latitude < _NEAR_DEGREES
        or not -_NEAR_DEGREES < longitude - near.longitude < _NEAR_DEGREES
    ]
    for row in odd:
        point = _odd_point(latitudes[row], longitudes[row], places[row])
        if isinstance(point, Trouble):
            troubles.add(row, point)
            point = None
        latitudes[row], longitudes[row] = point or (None, None)
    return latitudes, longitudes


def _odd_point(
    latitude: float | None, longitude: float | None, near: Place | None
) -> tuple[float, float] | Trouble | None:
    """A point as it must have been meant, or what is wrong with it; None where it is not known."""
    if latitude is None or longitude is None or near is None:
        return None
    if longitude > 0 > near.longitude:
        longitude = -longitude  # a lost sign: there is nothing of the United States to the east of there
    km = _kilometres(latitude, longitude, near)
    if km > (_FAR_KM_IN_ALASKA if near.state == "AK" else _FAR_KM):
        reason = f"the point is {km:,.0f} km from ZIP code {near.zip}"
        remedy = "Correct the point or the ZIP code."
        return Trouble("latitude", f"{latitude}, {longitude}", reason, remedy, rejected=False)
    return latitude, longitude


def _kilometres(latitude: float, longitude: float, place: Place) -> float:
    """The distance of a point from a place, on a plane: exact enough to tell a wrong point from a right one."""
    east = (longitude - place.longitude + 180) % 360 - 180
    return _KM_PER_DEGREE * hypot(latitude - place.latitude, east * cos(radians(place.latitude)))
