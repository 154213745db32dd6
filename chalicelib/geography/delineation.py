"""Metropolitan areas: what a delineation of the Census Bureau says, and which area of the statistics follows from it.

A delineation leads from counties to metropolitan areas. Counties are known by state and name, which is what postal
data have, so no numbering of counties is needed between the two. Only *metropolitan* areas become areas of the
statistics, not micropolitan ones: those are a county or two around a small town, where five owner groups are seldom
met, and every one taken out of its three-digit ZIP area would leave that too small as well.
"""

import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from chalicelib.geography.connecticut import REGION_OF_TOWN
from chalicelib.geography.models import ZipPlace
from chalicelib.geography.states import STATES

_OF: Final = re.compile(r"(municipality|city and borough) of (.+)")
_DROPPED: Final = " municipio"


class Metro(NamedTuple):
    """A metropolitan area: its code of five digits, and its title such as ``Missoula, MT``."""

    code: str
    title: str


@dataclass(frozen=True)
class Delineation:
    """Counties by metropolitan area, as of a month.

    ``vintage`` is the first day of the month it is of. ``titles`` are those of metropolitan areas by code;
    ``metro_of`` leads from a state and a county's name (``county_key``) to the code.
    """

    vintage: date
    titles: Mapping[str, str]
    metro_of: Mapping[str, Mapping[str, str]] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """Tells two delineations apart."""
        return hashlib.sha256(self._text()).hexdigest()[:16]

    @property
    def counties(self) -> int:
        """How many counties are in metropolitan areas."""
        return sum(map(len, self.metro_of.values()))

    def states_of(self, code: str) -> tuple[str, ...]:
        """The states that a metropolitan area has parts in."""
        return self._states.get(code, ())

    @cached_property
    def _states(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for state in sorted(self.metro_of):
            for code in set(self.metro_of[state].values()):
                found.setdefault(code, []).append(state)
        return {code: tuple(states) for code, states in found.items()}

    def pack(self) -> bytes:
        """Some 15 KB; ``unpack`` reads them."""
        return zlib.compress(self._text(), 9)

    @classmethod
    def unpack(cls, body: bytes) -> "Delineation":
        """What ``pack`` packed."""
        content = json.loads(zlib.decompress(body))
        return cls(date.fromisoformat(content["vintage"]), content["titles"], content["metro_of"])

    def _text(self) -> bytes:
        content = {"vintage": self.vintage.isoformat(), "titles": self.titles, "metro_of": self.metro_of}
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Areas:
    """Which area of the statistics a place is in: the part of its metropolitan area that is in its state, and where it
    is in none, or none are known, the part of its three-digit ZIP area that is in its state.

    ``since`` is the day from which there were metropolitan areas: statistics of nights before it know ZIP areas alone.
    """

    delineation: Delineation | None = None
    since: date | None = None

    @property
    def digest(self) -> str:
        """Tells apart what leads to different areas; empty without metropolitan areas."""
        return self.delineation.digest if self.delineation else ""

    def of(self, place: ZipPlace) -> str:
        """The code of a place's area, such as ``33540-MT`` or ``598-MT``."""
        return self.at(place.zip, place.state, county_names(place))

    def at(self, zip_code: str, state: str, counties: Iterable[str]) -> str:
        """The code of the area of a ZIP code of a state, in a county of the first of these names that is known."""
        code = self._code(state, counties)
        return zip_area(zip_code, state) if code is None else f"{code}-{state}"

    def metro_of(self, place: ZipPlace) -> Metro | None:
        """The metropolitan area that a place is in."""
        code = self._code(place.state, county_names(place))
        return None if code is None else self.metro(code)

    def _code(self, state: str, counties: Iterable[str]) -> str | None:
        if self.delineation is None:
            return None
        known = self.delineation.metro_of.get(state, {})
        found = (known[key] for key in map(county_key, counties) if key in known)
        return next(found, None)

    def metro(self, code: str) -> Metro | None:
        """The metropolitan area of a code."""
        title = self.delineation.titles.get(code) if self.delineation else None
        return None if title is None else Metro(code, title)

    def parts(self, code: str) -> tuple[str, ...]:
        """The areas that make up a metropolitan area, one for each state it is in; empty for an unknown code."""
        states = self.delineation.states_of(code) if self.delineation else ()
        return tuple(f"{code}-{state}" for state in states)

    def name_of(self, area: str) -> str:
        """An area's name: ``Missoula, MT``, or ``New York-Newark-Jersey City, NY-NJ, the part in New Jersey``."""
        code, _, state = area.rpartition("-")
        name = STATES[state].name
        if len(code) == 3:
            rest = " outside metropolitan areas" if self.delineation else ""
            return f"ZIP codes {code} in {name}{rest}"
        metro = self.metro(code)
        if metro is None:
            return f"Metro area {code} in {name}"
        return metro.title if self.parts(code) == (area,) else f"{metro.title}, the part in {name}"


def zip_area(zip_code: str, state: str) -> str:
    """The part of a three-digit ZIP area that is in a state.

    A few ZIP areas cross a state line; with the state in its name an area never does, so areas nest in states.
    """
    return f"{zip_code[:3]}-{state}"


@lru_cache(maxsize=8192)
def county_key(name: str) -> str:
    """A county's name as it is compared: letters alone, so that ``La Porte`` is ``LaPorte`` and ``Doña`` ``Dona``.

    >>> county_key("LaPorte County"), county_key("Municipality of Anchorage"), county_key("San Juan Municipio")
    ('laportecounty', 'anchoragemunicipality', 'sanjuan')
    """
    text = " ".join(name.casefold().split()).removesuffix(_DROPPED)
    if turned := _OF.fullmatch(text):
        text = f"{turned[2]} {turned[1]}"
    plain = unicodedata.normalize("NFKD", text)
    return "".join(character for character in plain if "a" <= character <= "z")


def county_names(place: ZipPlace) -> list[str]:
    """The names under which a delineation may know a place's county, the newest first."""
    names = [place.county] if place.county else []
    if place.state == "CT" and place.city in REGION_OF_TOWN:
        # A delineation from before 2022 knows the old counties, and no name is both.
        names.insert(0, REGION_OF_TOWN[place.city])
    return names
