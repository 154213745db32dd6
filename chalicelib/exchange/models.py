"""What a release publishes, in plain words and whole numbers."""

from datetime import date
from typing import Final, NamedTuple

ALL: Final = "all"
"""The shop type of a cell of all shop types, and the position of what is not asked by position."""
NATION: Final = "US"
LEVELS: Final = ("area", "state", "division", "nation")
"""Where cells are, the most specific first."""


class PublishedCell(NamedTuple):
    """One published figure set: a place, a shop type or ``all``, a position or ``all``, a metric.

    ``loc`` is an area such as ``598-MT``, a state's postal code, a division, or ``US``; an area's code ends in
    its state. ``composite`` tells that it is composed of other published cells by fixed weights. ``band`` is a
    range of owner groups. Figures are rounded integers in the unit inside (cents, hundredths of a percent or of
    a day) and None where too few contribute; of a share, ``median`` holds the percentage, where 0 stands for
    "<5" and 100 for ">95". A ``median`` of None stands for "not published", which only histories hold.
    ``as_of`` is the night of the oldest of the values it rests on, ``newest`` that of the newest.
    """

    loc_level: str
    loc: str
    shop_type: str
    position: str
    metric: str
    composite: bool
    band: str
    median: int | None
    p25: int | None
    p75: int | None
    p10: int | None
    p90: int | None
    as_of: date
    newest: date


def state_of_area(area: str) -> str:
    """The state that an area is in: areas nest in states, and end in their state's code.

    >>> state_of_area("598-MT"), state_of_area("35620-NJ")
    ('MT', 'NJ')
    """
    return area.rpartition("-")[2]
