"""Every threshold of the Exchange, in one frozen object that each release carries."""

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Final

from chalicelib.errors import InvalidInput

METHOD_VERSION: Final = "0.1"
"""Changes whenever the same contributions would give other figures."""

_RANGES: Final = (
    ("k", 3, 1_000),
    ("share_percent", 1, 50),
    ("p_percent", 1, 100),
    ("minimum_age_days", 0, 3_650),
    ("median_window", 3, 99),
    ("quartiles_from", 8, 10_000),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds of one release. Percentages are whole numbers, ages are days.

    ``k`` owner groups are the least a cell may rest on, none of which may hold more than ``share_percent`` of
    it; what is left beyond the two largest must be at least ``p_percent`` of the largest. Medians and
    quartiles are averages over at least ``median_window`` order statistics; quartiles are printed from
    ``quartiles_from`` owner groups up. Raises ``InvalidInput`` for a value that would make a release unsafe
    or the method meaningless.
    """

    k: int = 5
    share_percent: int = 25
    p_percent: int = 15
    minimum_age_days: int = 90
    median_window: int = 3
    quartiles_from: int = 15
    band_edges: tuple[int, ...] = (5, 10, 20, 50, 100)
    method_version: str = METHOD_VERSION

    def __post_init__(self) -> None:
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not low <= value <= high:
                raise InvalidInput(f"policy: {name} is {value}; it must be from {low} to {high}.")
        if self.median_window % 2 == 0 or self.median_window > self.k:
            raise InvalidInput(
                f"policy: median_window is {self.median_window}; it must be odd, and at most k ({self.k})."
            )
        if self.quartiles_from < 2 * self.median_window:
            raise InvalidInput(
                f"policy: quartiles_from is {self.quartiles_from}; with a median_window of "
                f"{self.median_window} it must be at least {2 * self.median_window}."
            )
        if not self.band_edges or any(low >= high for low, high in pairwise((0, *self.band_edges))):
            raise InvalidInput(
                f"policy: band_edges are {list(self.band_edges)}; they must be positive and increase."
            )

    def band(self, groups: int) -> str:
        """The printed band of a number of owner groups: ``5-9``, or ``100+`` for the last."""
        below = [edge for edge in self.band_edges if edge <= groups]
        lower = below[-1] if below else 0
        if len(below) == len(self.band_edges):
            return f"{lower}+"
        return f"{lower}-{self.band_edges[len(below)] - 1}"

    def to_json(self) -> dict[str, Any]:
        """What a release carries of it."""
        return {**asdict(self), "band_edges": list(self.band_edges)}
