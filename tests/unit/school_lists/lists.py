"""What the tests of lists are made of: a small gazetteer, and a list from its bytes."""

import io
from dataclasses import dataclass, field

from chalicelib.school_lists.models import ListOptions, Place, Record, RowProblem, SchoolRecord
from chalicelib.school_lists.opening import OpenList, open_list

PLACES = (
    Place("02139", "MA", "Cambridge", 42.364, -71.104),
    Place("35762", "AL", "Normal", 34.79, -86.572),
    Place("59801", "MT", "Missoula", 46.856, -114.025),
    Place("59802", "MT", "Missoula", 46.91, -113.9),
    Place("60601", "IL", "Chicago", 41.885, -87.622),
    Place("60602", "IL", "Chicago", 41.883, -87.63),
    Place("98108", "WA", "Seattle", 47.54, -122.31),
)


class SmallGazetteer:
    """A gazetteer of seven ZIP codes."""

    def of_zip(self, zip_code: str) -> Place | None:
        return next((place for place in PLACES if place.zip == zip_code), None)

    def of_city(self, city: str, state: str) -> tuple[Place, ...]:
        return tuple(
            place for place in PLACES if (place.city.casefold(), place.state) == (city.casefold(), state)
        )


@dataclass
class Reading:
    """What reading a list gave."""

    opened: OpenList
    rows: list[tuple[int, Record | None]] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)

    @property
    def records(self) -> list[SchoolRecord]:
        return [record for _, record in self.rows if isinstance(record, SchoolRecord)]

    @property
    def rejected(self) -> list[RowProblem]:
        return [problem for problem in self.problems if problem.rejected]

    @property
    def names(self) -> list[str]:
        return [record.name for record in self.records]


def read(content: str | bytes, layout: str | None = None, options: ListOptions | None = None) -> Reading:
    """Reads a list whole."""
    raw = content.encode() if isinstance(content, str) else content
    with open_list(io.BytesIO(raw), options or ListOptions(layout=layout)) as opened:
        reading = Reading(opened)
        reading.rows = list(opened.records(SmallGazetteer(), reading.problems.append))
    return reading
