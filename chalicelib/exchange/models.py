"""What goes into a night and what comes out of it, in plain columns and rows."""

from array import array
from dataclasses import dataclass, field
from datetime import date
from typing import Final

ALL: Final = "all"
"""The shop type of a cell of all shop types, and the position of what is not asked by position."""
NATION: Final = "US"
LEVELS: Final = ("state", "division", "nation")
"""Where cells are, the most specific first."""


def _integers() -> "array[int]":
    return array("q")


@dataclass(frozen=True, slots=True)
class Contributions:
    """What counts, as parallel columns; row ``i`` is one figure of one verified organization.

    ``value`` is integer cents, hundredths of a percent or of a day, or 0/1, as the metric's kind has it;
    ``weight`` is a number of people, or 1; ``effective_day`` counts days since 1970-01-01. Areas nest in
    states, states in divisions. ``position`` is ``all`` where the metric has none. Nothing depends on the
    order of rows.
    """

    owner_group: list[str] = field(default_factory=list)
    division: list[str] = field(default_factory=list)
    state: list[str] = field(default_factory=list)
    area: list[str] = field(default_factory=list)
    shop_type: list[str] = field(default_factory=list)
    metric: list[str] = field(default_factory=list)
    position: list[str] = field(default_factory=list)
    value: "array[int]" = field(default_factory=_integers)
    weight: "array[int]" = field(default_factory=_integers)
    effective_day: "array[int]" = field(default_factory=_integers)

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One published figure set. ``loc`` is a state code, a division, or ``US``.

    ``band`` is a range of owner groups. Figures are rounded integers in the unit inside (cents and so on); of
    a share, ``median`` holds the percentage, where 0 stands for "<5" and 100 for ">95", and there are no
    quartiles.
    """

    loc_level: str
    loc: str
    shop_type: str
    position: str
    metric: str
    band: str
    median: int
    p25: int | None
    p75: int | None
    as_of: date
