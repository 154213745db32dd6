"""Small worlds to publish: shops in areas, whose answers tests change night by night."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from chalicelib.exchange.frame import LONG_AGO, Frame, Places
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.printing import printed
from chalicelib.exchange.publisher import Publication, publish
from chalicelib.exchange.state import OPEN, State

PLACES = {
    "MT-1": ("MT", "Mountain"),
    "MT-2": ("MT", "Mountain"),
    "MT-3": ("MT", "Mountain"),
    "ID-1": ("ID", "Mountain"),
    "OR-1": ("OR", "Pacific"),
}
TECHNICIAN = ("pay", "technician_b")


@dataclass
class Shop:
    """One organization and its answers in cents (percent for shares)."""

    org: str
    area: str = "MT-1"
    kind: str = "independent"
    group: str = ""
    answers: dict[tuple[str, str], int] = field(default_factory=dict)
    effective: int = LONG_AGO

    @property
    def owner(self) -> str:
        return self.group or self.org


def shops(
    count: int, area: str = "MT-1", kind: str = "independent", start: int = 2500, prefix: str = "s"
) -> list[Shop]:
    """Shops that pay `start` cents and 10 more each."""
    name = f"{prefix}-{area}-{kind}"
    return [Shop(f"{name}-{i:03d}", area, kind, "", {TECHNICIAN: start + 10 * i}) for i in range(count)]


def frame(world: Iterable[Shop], order: int | None = None) -> Frame:
    """The frame of a world; `order` shuffles its rows."""
    rows = [(shop, family, value) for shop in world for family, value in shop.answers.items()]
    if order is not None:
        rows = [rows[at] for at in np.random.default_rng(order).permutation(len(rows))]
    orgs = sorted({shop.org for shop, _, _ in rows})
    groups = sorted({shop.owner for shop, _, _ in rows})
    kinds = sorted({shop.kind for shop, _, _ in rows})
    families = sorted({family for _, family, _ in rows})
    areas = sorted({shop.area for shop, _, _ in rows})
    states = sorted({PLACES[area][0] for area in areas})
    divisions = sorted({PLACES[area][1] for area in areas})
    division_of = {PLACES[area][0]: PLACES[area][1] for area in areas}
    places = Places(
        tuple(areas),
        tuple(states),
        tuple(divisions),
        ("US",) if areas else (),
        np.array([states.index(PLACES[area][0]) for area in areas], np.int32),
        np.array([divisions.index(division_of[state]) for state in states], np.int32),
        np.zeros(len(divisions), np.int32),
    )

    def codes(names: list[str], column: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array([names.index(name) for name in column], np.int32)

    return Frame(
        tuple(orgs),
        tuple(groups),
        tuple(kinds),
        tuple(families),
        places,
        codes(orgs, [s.org for s, _, _ in rows]),
        codes(groups, [s.owner for s, _, _ in rows]),
        codes(areas, [s.area for s, _, _ in rows]),
        codes(kinds, [s.kind for s, _, _ in rows]),
        np.array([families.index(f) for _, f, _ in rows], np.int32),
        np.array([value for _, _, value in rows], np.int64),
        np.ones(len(rows), np.int64),
        np.array([s.effective for s, _, _ in rows], np.int32),
    )


class Nights:
    """Publishes worlds night after night and keeps what came of them."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self.state = State()
        self.night = -1
        self.last: Publication | None = None

    def publish(self, world: Iterable[Shop], today: int = 0) -> Publication:
        """The next night; the gate must find nothing."""
        self.night += 1
        self.last = publish(frame(world), self.night, self.policy, self.state, today)
        assert self.last.findings == ()
        self.state = self.last.state
        return self.last

    def members(self, family: tuple[str, str] = TECHNICIAN) -> dict[str, tuple[int, int]]:
        """Owner group -> (value, vintage) of the open rows."""
        rows, words = self.state.rows, self.state.vocabulary
        return {
            words.groups[label]: (int(value), int(vintage))
            for label, value, vintage, last, block in zip(
                rows.label, rows.value, rows.vintage, rows.last, rows.block, strict=True
            )
            if last == OPEN and words.families[int(block) >> 32] == family
        }

    def cells(self) -> dict[tuple[str, str, str], float | str | None]:
        """(level, loc, shop type) -> printed median of ordinary cells."""
        assert self.last is not None
        return {(c.loc_level, c.loc, c.shop_type): c.median for c in printed(self.last) if not c.composite}


def write_csv(world: Iterable[Shop], path: Path) -> Path:
    """The world as a microdata file."""
    lines = ["org_id,nation,division,state,area,shop_type,position,metric,value,owner_group"]
    for shop in world:
        state, division = PLACES[shop.area]
        for (metric, position), value in shop.answers.items():
            lines.append(
                f"{shop.org},US,{division},{state},{shop.area},{shop.kind},"
                f"{position},{metric},{value / 100},{shop.owner}"
            )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
