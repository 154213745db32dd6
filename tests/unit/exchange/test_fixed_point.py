"""A night that changed nothing is followed by nights that change nothing, as long as nothing else does."""

import random

import pytest

from chalicelib.exchange.night import is_settled
from tests.unit.exchange.worlds import TECHNICIAN, Nights, Shop, shops


def stirred(world: list[Shop], rng: random.Random) -> list[Shop]:
    """The world a day later: some change their pay, move, go, or come under another owner."""
    later = []
    for one in world:
        chance = rng.random()
        pay = one.answers[TECHNICIAN]
        area, group = one.area, one.group
        if chance < 0.05:
            continue
        if chance < 0.35:
            pay += rng.choice((-150, 100, 400))
        elif chance < 0.40:
            area = rng.choice(("MT-1", "MT-2", "ID-1", "OR-1"))
        elif chance < 0.45:
            group = rng.choice(("g1", "g2", "g3"))
        later.append(Shop(one.org, area, one.kind, group, {TECHNICIAN: pay}))
    return later + shops(rng.randrange(4), "MT-2", prefix=f"n{rng.random()}")


@pytest.mark.parametrize("seed", range(4))
def test_once_settled_stays_settled_for_the_week_that_unchanged_nights_may_last(seed: int) -> None:
    rng = random.Random(seed)
    nights = Nights()
    world = shops(14) + shops(11, "MT-2", "collision") + shops(9, "ID-1") + shops(8, "OR-1", "tire")
    settled = 0
    for _ in range(5):
        world = stirred(world, rng)
        for _ in range(4):
            before = nights.state
            nights.publish(world)
            if is_settled(before, nights.state):
                break
        else:
            continue
        settled += 1
        cells = nights.last.cells if nights.last else None
        for _ in range(7):
            before = nights.state
            again = nights.publish(world)
            assert is_settled(before, again.state)
            assert cells is not None
            assert again.cells.figures.tolist() == cells.figures.tolist()
    assert settled >= 3
