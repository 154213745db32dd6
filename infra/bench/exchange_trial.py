"""Figures of the Exchange on a synthetic nation: what it prints, how exactly, how fresh, and what an audit finds.

    python -m infra.bench.exchange_trial [--organizations 5000] [--areas 45] [--nights 30] [--seed 1]

About eight answers an organization, in ten states and areas of very different sizes; each night 1.2 % of the
organizations answer anew, 0.2 % join and 0.1 % withdraw. Hourly pay is drawn between the percentiles of the samples, by
state and occupation; everything else is made up. It runs what a data steward runs, ``simulate`` and ``audit``, on files
in a temporary folder.
"""

import argparse
import csv
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from chalicelib.exchange.__main__ import main as exchange
from infra.synthetic import STATES, hourly_pay

UPDATED, JOINED, WITHDRAWN = 0.012, 0.002, 0.001
DIVISIONS: Final = {
    "CA": "Pacific", "WA": "Pacific", "FL": "South Atlantic", "GA": "South Atlantic", "NC": "South Atlantic",
    "IL": "East North Central", "OH": "East North Central", "NY": "Middle Atlantic", "PA": "Middle Atlantic",
    "TX": "West South Central",
}  # fmt: skip
#: Shop type: share of the shops, and the positions it fills (occupation, factor on its percentiles).
TYPES: Final[dict[str, tuple[float, dict[str, tuple[str, float]]]]] = {
    "independent": (
        0.40,
        {
            "technician_a": ("automotive", 1.15),
            "technician_b": ("automotive", 1.0),
            "technician_c": ("automotive", 0.8),
            "general_service": ("automotive", 0.7),
            "service_advisor": ("automotive", 1.05),
        },
    ),
    "dealership": (
        0.25,
        {
            "master_technician": ("automotive", 1.3),
            "technician_a": ("automotive", 1.2),
            "technician_b": ("automotive", 1.0),
            "service_manager": ("supervisor", 1.05),
            "service_advisor": ("automotive", 1.1),
        },
    ),
    "chain": (
        0.13,
        {
            "technician_a": ("automotive", 1.0),
            "technician_b": ("automotive", 0.9),
            "general_service": ("automotive", 0.7),
            "service_manager": ("supervisor", 0.9),
        },
    ),
    "collision": (
        0.14,
        {
            "body_technician": ("body", 1.0),
            "painter": ("body", 1.1),
            "painter_prep": ("body", 0.8),
            "estimator": ("body", 1.1),
        },
    ),
    "heavy_duty": (
        0.08,
        {
            "diesel_technician_1": ("diesel", 0.85),
            "diesel_technician_2": ("diesel", 1.0),
            "diesel_technician_3": ("diesel", 1.15),
            "shop_foreman": ("supervisor", 1.0),
        },
    ),
}
HEADER: Final = (
    "org_id",
    "nation",
    "division",
    "state",
    "area",
    "shop_type",
    "position",
    "metric",
    "value",
    "owner_group",
)

Answers = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class Shop:
    """One organization: where, what sort, whose, and how well it pays (a share from 0 to 1)."""

    name: str
    state: str
    area: str
    shop_type: str
    owner: str
    level: float


class Nation:
    """The shops of a night and what they answer, changed by ``pass_night``."""

    def __init__(self, organizations: int, areas: int, seed: int) -> None:
        self._draw = np.random.default_rng(seed)
        self._born = 0
        # Areas of a state: their sizes fall off as 1/rank.
        self._sizes = 1 / np.arange(1, areas + 1)
        self._sizes /= self._sizes.sum()
        self.shops: dict[Shop, Answers] = {}
        for _ in range(organizations):
            self._open()

    def pass_night(self) -> None:
        """Some answer anew, some withdraw, some join."""
        for shop in list(self.shops):
            fate = self._draw.random()
            if fate < WITHDRAWN:
                del self.shops[shop]
            elif fate < WITHDRAWN + UPDATED:
                self.shops[shop] = self._answers(shop)
        for _ in range(int(self._draw.poisson(JOINED * len(self.shops)))):
            self._open()

    def write(self, path: Path) -> None:
        """The night as ``simulate`` reads it."""
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(HEADER)
            for shop, answers in self.shops.items():
                place = ("US", DIVISIONS[shop.state], shop.state, shop.area, shop.shop_type)
                rows.writerows(
                    (shop.name, *place, position, metric, f"{value:.2f}", shop.owner)
                    for (metric, position), value in answers.items()
                )

    def _open(self) -> None:
        self._born += 1
        state = STATES[min(int(self._draw.exponential(3)), len(STATES) - 1)]
        area = int(self._draw.choice(len(self._sizes), p=self._sizes))
        names = list(TYPES)
        kind = names[int(self._draw.choice(len(names), p=[TYPES[name][0] for name in names]))]
        name = f"shop-{self._born:06d}"
        # A tenth belongs to owners of several shops.
        owner = f"group-{int(self._draw.integers(60)):03d}" if self._draw.random() < 0.1 else name
        level = float(np.clip(self._draw.normal(0.5, 0.15), 0, 1))
        shop = Shop(name, state, f"{state}-{area}", kind, owner, level)
        self.shops[shop] = self._answers(shop)

    def _answers(self, shop: Shop) -> Answers:
        draw = self._draw
        answers: Answers = {}
        for position, (occupation, factor) in TYPES[shop.shop_type][1].items():
            if draw.random() < 0.75:
                share = shop.level + float(draw.normal(0, 0.25))
                answers["hourly_equivalent", position] = hourly_pay(shop.state, occupation, share) * factor
        posted = 110 + 80 * shop.level + float(draw.normal(0, 12))
        for rate, factor, how_many in (
            ("customer_pay", 1.0, 0.9),
            ("effective", 0.82, 0.6),
            ("warranty", 0.88, 0.5),
        ):
            if draw.random() < how_many:
                answers[f"labor_rate_{rate}", ""] = posted * factor
        for benefit, offered in (("health", 0.7), ("dental", 0.5), ("four_day_week", 0.2)):
            if draw.random() < 0.6:
                answers[f"benefit_{benefit}", ""] = float(draw.random() < offered)
        if draw.random() < 0.5:
            answers["benefit_paid_vacation_days", ""] = float(draw.integers(5, 21))
        return answers


def main() -> int:
    """Run the nights and the audit; the exit status is the audit's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organizations", type=int, default=5_000)
    parser.add_argument("--areas", type=int, default=45, help="areas in each state")
    parser.add_argument("--nights", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="connects-trial-") as folder:
        nation, files = Nation(given.organizations, given.areas, given.seed), []
        for night in range(given.nights):
            if night:
                nation.pass_night()
            files.append(str(Path(folder) / f"night{night}.csv"))
            nation.write(Path(files[-1]))
        out = str(Path(folder) / "out")
        refused = exchange(["simulate", "--microdata", *files, "--out", out])
        found = exchange(["audit", out])
    return refused or found


if __name__ == "__main__":
    sys.exit(main())
