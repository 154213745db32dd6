"""The reference geography as lists need it: places by ZIP code, and ZIP codes by city."""

import re
from collections import defaultdict
from functools import lru_cache
from typing import Final

from chalicelib.geography.service import find_zip
from chalicelib.school_lists.models import Place

_PUNCTUATION: Final = re.compile(r"[^\w]+")
_SHORT: Final = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}


class ReferenceGazetteer:
    """A ``Gazetteer`` over the ZIP codes of the package that the geography of organizations comes from."""

    def of_zip(self, zip_code: str) -> Place | None:
        """Where a ZIP code of five digits is, or None where it is no place in a state."""
        return _place(zip_code)

    def of_city(self, city: str, state: str) -> tuple[Place, ...]:
        """The ZIP codes of a city of a state, the most central first; empty where there is no such city."""
        return _central_first(_folded(city), state)


def _folded(city: str) -> str:
    """A city's name without case and punctuation, with the words shortened that some lists write out."""
    words = _PUNCTUATION.sub(" ", city.casefold().replace("'", "")).split()
    return " ".join(_SHORT.get(word, word) for word in words)


@lru_cache(maxsize=65536)
def _place(zip_code: str) -> Place | None:
    known = find_zip(zip_code)
    if known is None:
        return None
    return Place(known.zip, known.state, known.city, known.latitude, known.longitude)


@lru_cache(maxsize=4096)
def _central_first(city: str, state: str) -> tuple[Place, ...]:
    found = [place for zip_code in _zips_by_city().get((city, state), ()) if (place := _place(zip_code))]
    if not found:
        return ()
    latitude = sum(one.latitude for one in found) / len(found)
    longitude = sum(one.longitude for one in found) / len(found)
    found.sort(key=lambda one: ((one.latitude - latitude) ** 2 + (one.longitude - longitude) ** 2, one.zip))
    return tuple(found)


@lru_cache(maxsize=1)
def _zips_by_city() -> dict[tuple[str, str], list[str]]:
    import zipcodes

    cities: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in zipcodes.list_all():
        # A post office's boxes are in the city as well, but where people go is better.
        if one["active"] and one["zip_code_type"] == "STANDARD":
            for name in (one["city"], *one["acceptable_cities"]):
                cities[_folded(name), one["state"]].append(one["zip_code"])
    for one in zipcodes.list_all():
        if one["active"] and (key := (_folded(one["city"]), one["state"])) not in cities:
            cities[key].append(one["zip_code"])
    return dict(cities)
