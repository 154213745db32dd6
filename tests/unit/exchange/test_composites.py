"""All-positions composites: fixed-weight indexes of printed medians, compared with the type's own nation."""

from collections.abc import Iterator

import pytest

from chalicelib.exchange.policy import POSITION_WEIGHTS
from chalicelib.exchange.printing import printed
from tests.unit.exchange.worlds import Nights, Shop

POSITIONS = {"body_technician": 2500, "painter": 2800, "painter_prep": 2000}
OTHERS = {"technician_a": 3000, "technician_b": 2600, "technician_c": 2200, "service_advisor": 2400}


def shops(area: str, kind: str, pay: dict[str, int], count: int = 9) -> Iterator[Shop]:
    for number in range(count):
        answers = {("pay", position): cents + 7 * number for position, cents in pay.items()}
        yield Shop(f"{area}-{kind}-{number}", area, kind, "", answers)


def mean(medians: dict[str, float], positions: dict[str, float]) -> float:
    """The weighted mean of the medians of some positions."""
    weight = sum(POSITION_WEIGHTS[name] for name in positions)
    return sum(POSITION_WEIGHTS[name] * medians[name] for name in positions) / weight


def test_a_composite_is_an_index_against_the_nation_of_its_own_type() -> None:
    # Body shops' positions weigh less than a quarter of those of all shops together, so against the whole nation
    # they would have no composite at all.
    nights = Nights()
    world = [
        *shops("MT-1", "collision", POSITIONS),
        *shops("ID-1", "collision", {"painter": 3300, "painter_prep": 2500}),
        *shops("MT-1", "independent", OTHERS),
        *shops("OR-1", "independent", OTHERS),
    ]
    published = list(printed(nights.publish(world)))
    medians: dict[tuple[str, str], dict[str, float]] = {}
    for cell in published:
        if not cell.composite and cell.shop_type == "collision" and isinstance(cell.median, (int, float)):
            medians.setdefault((cell.loc_level, cell.loc), {})[cell.position] = float(cell.median)
    composed = {
        (cell.loc_level, cell.loc): float(cell.median or 0)
        for cell in published
        if cell.composite and cell.shop_type == "collision"
    }
    nation = medians["nation", "US"]
    assert composed.keys() == medians.keys()
    assert {("area", "ID-1"), ("area", "MT-1")} <= composed.keys()
    for place, own in medians.items():
        wanted = mean(nation, nation) * mean(own, own) / mean(nation, own)
        assert composed[place] == pytest.approx(wanted, abs=0.25 + 1e-9), place


def test_a_place_that_shares_too_little_of_the_nation_has_none() -> None:
    nights = Nights()
    world = [*shops("MT-1", "independent", OTHERS), *shops("ID-1", "independent", {"service_advisor": 2400})]
    composed = {cell.loc for cell in printed(nights.publish(world)) if cell.composite}
    # Advisors alone are 10 of the 52 that the nation's four positions weigh.
    assert "MT-1" in composed
    assert "ID-1" not in composed
