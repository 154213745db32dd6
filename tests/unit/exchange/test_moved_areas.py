"""A new delineation: on one night, areas are other areas than before."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from chalicelib.exchange.audit import audit
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import publish
from chalicelib.exchange.simulate import write
from chalicelib.exchange.state import State
from tests.unit.exchange.worlds import PLACES, TECHNICIAN, Nights, Shop, frame, shops

METROS = {"10001-MT": ("MT", "Mountain"), "10002-MT": ("MT", "Mountain"), "10003-ID": ("ID", "Mountain")}


@pytest.fixture(autouse=True)
def _metros(monkeypatch: pytest.MonkeyPatch) -> None:
    for area, where in METROS.items():
        monkeypatch.setitem(PLACES, area, where)


def move(world: list[Shop], metro: str) -> None:
    for shop in world:
        shop.area = metro


def areas_printed(nights: Nights) -> set[str]:
    return {loc for level, loc, _ in nights.cells() if level == "area"}


@pytest.fixture
def world() -> list[Shop]:
    # The second area and type make blocks that reach over the state, which the first one's shops could join.
    return [*shops(12), *shops(4, "MT-2"), *shops(4, "MT-2", "tire")]


def test_moved_shops_are_counted_as_before_until_five_of_their_new_area_are_fresh(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    before = nights.cells()
    move(world[:12], "10001-MT")
    for count in range(5):
        nights.publish(world)
        assert nights.cells() == before
        world[count].answers[TECHNICIAN] += 100
    nights.publish(world)
    assert areas_printed(nights) == {"MT-1", "10001-MT", "MT-2"}
    # All twelve came along, not only those who brought something new.
    assert ("area", "10001-MT", "independent") in nights.cells()
    assert nights.members()[world[11].org] == (2610, 6)


def test_shops_that_moved_where_too_few_are_climb_at_once(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    move(world[:3], "10002-MT")
    nights.publish(world)
    assert areas_printed(nights) == {"MT-1", "MT-2"}


def test_a_delineation_taken_back_is_as_if_it_had_never_been(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    before = nights.cells()
    move(world[:12], "10001-MT")
    nights.publish(world)
    move(world[:12], "MT-1")
    nights.publish(world)
    assert nights.cells() == before


Change = Callable[[list[Shop], int], None]


def to_metros(world: list[Shop], night: int) -> None:
    """Two old areas become one new one with a remainder, a third another."""
    if night == 3:
        move([shop for shop in world if shop.area == "MT-1"][:35], "10001-MT")
        move([shop for shop in world if shop.area == "MT-2"][::2], "10001-MT")
        move([shop for shop in world if shop.area == "ID-1"], "10003-ID")


def to_metros_and_others(world: list[Shop], night: int) -> None:
    """And a newer delineation draws other lines."""
    to_metros(world, night)
    if night == 8:
        move([shop for shop in world if shop.area == "10001-MT"][::2], "10002-MT")


def there_and_back(world: list[Shop], night: int) -> None:
    """All areas turn and turn back."""
    if night >= 3:
        for shop in world:
            number = int(shop.org.rsplit("-", 1)[1])
            state = PLACES[shop.area][0]
            if state == "MT":
                shop.area = f"1000{1 + number % 2}-MT" if night % 3 == 0 else f"MT-{1 + number % 2}"


@pytest.mark.parametrize("change", [to_metros, to_metros_and_others, there_and_back])
@pytest.mark.parametrize("merge_after", [365, 5])
def test_nobody_is_disclosed_by_areas_that_change(change: Change, merge_after: int, tmp_path: Path) -> None:
    draw = np.random.default_rng(5)
    world = [
        shop
        for area in ("MT-1", "MT-2", "ID-1", "OR-1")
        for kind in ("independent", "tire")
        for shop in shops(25, area, kind, 2_000 + int(draw.integers(2_000)))
    ]
    policy = Policy(merge_after_nights=merge_after)
    state = State()
    for night in range(14):
        if night:
            for at in draw.permutation(len(world))[: len(world) // 6].tolist():
                world[at].answers[TECHNICIAN] += int(draw.integers(1, 200))
        change(world, night)
        publication = publish(frame(world), night, policy, state)
        assert publication.findings == ()
        state = publication.state
        write(publication, night, tmp_path)
    said: list[str] = []
    assert audit(tmp_path, said.append) == [], said
    at_last = (tmp_path / "members_13.jsonl").read_text()
    assert any(metro in at_last for metro in METROS)
