"""Every threshold of the Exchange, in one frozen object that each release carries."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from typing import Any

from chalicelib.errors import InvalidInput

METHOD_VERSION = "1.0"

#: Fixed national weights of the positions in the "all positions" composite: rounded shares of technician,
#: body-shop and front-of-house jobs in United States vehicle service. A position not named here weighs 1.
POSITION_WEIGHTS: Mapping[str, int] = {
    "general_service": 12,
    "apprentice": 5,
    "technician_c": 12,
    "technician_b": 16,
    "technician_a": 14,
    "master_technician": 8,
    "shop_foreman": 3,
    "diesel_technician_1": 4,
    "diesel_technician_2": 5,
    "diesel_technician_3": 4,
    "body_technician": 7,
    "painter": 4,
    "painter_prep": 3,
    "estimator": 3,
    "detailer": 5,
    "service_advisor": 10,
    "service_manager": 4,
    "parts_counter": 5,
    "parts_manager": 2,
}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds of one release. Percentages are whole numbers; ages are days, waits are nights.

    No owner group may hold more than `share_percent` of a block's contributions, `value_share_percent` of
    their total, or `change_share_percent` of what changes in it between any two nights. A figure waits for
    confirmation when it is farther than `outlier_mads` median absolute deviations, and than
    `outlier_floor_percent`, from the median of its position and division.

    Raises InvalidInput when a value would make the release unsafe or the method meaningless.
    """

    k: int = 5
    share_percent: int = 25
    value_share_percent: int = 25
    change_share_percent: int = 25
    p_percent: int = 15
    minimum_age_days: int = 90
    median_window: int = 3
    quartiles_from: int = 15
    tails_from: int = 50
    band_edges: tuple[int, ...] = (5, 10, 20, 50, 100)
    composite_minimum_weight_percent: int = 25
    merge_after_nights: int = 365
    outlier_mads: int = 6
    outlier_floor_percent: int = 25
    position_weights: Mapping[str, int] = field(default_factory=lambda: dict(POSITION_WEIGHTS))
    method_version: str = METHOD_VERSION

    def __post_init__(self) -> None:
        for name, low, high in (
            ("k", 3, 1_000),
            ("share_percent", 1, 50),
            ("value_share_percent", 1, 100),
            ("change_share_percent", 1, 100),
            ("p_percent", 1, 100),
            ("minimum_age_days", 0, 3_650),
            ("median_window", 3, 99),
            ("quartiles_from", 8, 10_000),
            ("tails_from", 20, 10_000),
            ("composite_minimum_weight_percent", 1, 100),
            ("merge_after_nights", 1, 100_000),
            ("outlier_mads", 3, 100),
            ("outlier_floor_percent", 1, 100),
        ):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise InvalidInput(f"policy: {name} is {value!r}; give a whole number from {low} to {high}")
        share = min(self.share_percent, self.value_share_percent, self.change_share_percent)
        if self.k * share < 100:
            raise InvalidInput(
                f"policy: k {self.k} with a share of {share} % can never be met; "
                f"k owner groups hold at least {-(-100 // self.k)} % each on average"
            )
        edges: Any = self.band_edges
        if not isinstance(edges, tuple) or not edges or not all(map(_is_count, edges)):
            raise InvalidInput(f"policy: band_edges are {edges!r}; give increasing whole numbers")
        if any(a >= b for a, b in pairwise(edges)):
            raise InvalidInput(f"policy: band_edges are {list(edges)}; give increasing whole numbers")
        weights: Any = self.position_weights
        if not isinstance(weights, Mapping) or not all(map(_is_count, weights.values())):
            raise InvalidInput("policy: position_weights must be whole numbers of at least 1 by position")
        version: Any = self.method_version
        if not isinstance(version, str):
            raise InvalidInput(
                f"policy: method_version is {version!r}; give a text such as {METHOD_VERSION!r}"
            )

    def band(self, groups: int) -> str:
        """The printed band of a number of owner groups.

        >>> Policy().band(7), Policy().band(100)
        ('5-9', '100+')
        """
        lower = max((edge for edge in self.band_edges if edge <= groups), default=0)
        upper = min((edge for edge in self.band_edges if edge > groups), default=None)
        return f"{lower}+" if upper is None else f"{lower}-{upper - 1}"

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready copy, as carried by releases."""
        record = asdict(self)
        record["band_edges"] = list(self.band_edges)
        record["position_weights"] = dict(self.position_weights)
        return record

    @classmethod
    def from_json(cls, text: str, source: str = "policy") -> "Policy":
        """A policy from JSON text; omitted fields keep their defaults. Raises InvalidInput."""
        try:
            record = json.loads(text)
        except json.JSONDecodeError as error:
            raise InvalidInput(f"{source}: not JSON ({error.msg} at line {error.lineno})") from error
        if not isinstance(record, dict):
            raise InvalidInput(f"{source}: expected a JSON object of thresholds")
        known = {item.name for item in fields(cls)}
        if unknown := sorted(set(record) - known):
            raise InvalidInput(
                f"{source}: unknown threshold {unknown[0]!r}; known are {', '.join(sorted(known))}"
            )
        if isinstance(record.get("band_edges"), list):
            record["band_edges"] = tuple(record["band_edges"])
        return cls(**record)
