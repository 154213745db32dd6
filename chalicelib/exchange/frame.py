"""The plain input of a night: columns of integer codes with sorted dictionaries.

A frame row is one answer of one organization. Places nest (area in state in division in nation), so a row
carries its area only, and three small arrays lead from an area upwards.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]

ALL = "all"
#: An effective date that satisfies every minimum age.
LONG_AGO = np.iinfo(np.int32).min


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a frame: names by code and, from each area, state and division, its parent's code.

    Areas of one name in two states are two areas (metros cross state lines).
    """

    areas: tuple[str, ...]
    states: tuple[str, ...]
    divisions: tuple[str, ...]
    nations: tuple[str, ...]
    area_state: Codes
    state_division: Codes
    division_nation: Codes


@dataclass(frozen=True, slots=True)
class Frame:
    """Answers as columns, one entry a row. `value` is integer cents, or 0 and 100 percent; `effective` days
    since 1970.

    `families` are (metric, position) pairs; `org`, `group`, `area`, `shop_type` and `family` index the
    dictionaries of the same plural. Rows are in no particular order and nothing depends on their order.
    """

    orgs: tuple[str, ...]
    groups: tuple[str, ...]
    shop_types: tuple[str, ...]
    families: tuple[tuple[str, str], ...]
    places: Places
    org: Codes
    group: Codes
    area: Codes
    shop_type: Codes
    family: Codes
    value: Ints
    headcount: Ints
    effective: Codes
    #: Metrics named like shares that hold other numbers than 0 and 1: they are read as amounts.
    amounts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.value)
