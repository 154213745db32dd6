"""Changes of a cell, taken by owner group over all its areas."""

from dataclasses import replace

import numpy as np

from chalicelib.exchange.blocks import LEVELS, level_of
from chalicelib.exchange.dominance import dominated_cells
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.state import OPEN
from tests.unit.exchange.worlds import TECHNICIAN, Nights, Shop, shops


def raised(nights: Nights, by: dict[str, int]) -> tuple[set[str], int]:
    """The levels of the cells that are dominated when all rows of night 0 change, by area, on night 1."""
    rows, words, kin = nights.state.rows, nights.state.vocabulary, nights.state.kin
    step = np.array([by[words.areas[area][0]] for area in rows.area], np.int64)
    chain = np.array([words.groups[group] == "chain" for group in rows.group])
    value = rows.value + np.where(chain, 100, step)
    night = np.ones(len(rows), np.int32)
    begun = replace(rows, value=value, first=night, vintage=night)
    both = replace(rows, last=night).plus(begun)
    found, culprits = dominated_cells(words, both, nights.state.blocks, nights.state.blocks, 1, kin, Policy())
    assert set(culprits.tolist()) <= set(nights.state.blocks.tolist())
    return {LEVELS[level] for level in level_of(found).tolist()}, int((begun.last == OPEN).sum())


def two_areas() -> tuple[list[Shop], Nights]:
    """Seven owners in each of two areas of a state, one of them in both and the others in one or both."""
    world = shops(7, "MT-1") + shops(7, "MT-2")
    for here, there in zip(world[:7], world[7:], strict=True):
        here.group = there.group = "chain" if here is world[0] else here.org
    nights = Nights()
    nights.publish(world)
    return world, nights


def test_what_others_net_out_leaves_one_who_dominates() -> None:
    _, nights = two_areas()
    levels, _ = raised(nights, {"MT-1": 100, "MT-2": -95})
    assert levels == {"state", "division", "nation"}


def test_a_change_that_nobody_dominates_is_left_alone() -> None:
    world, nights = two_areas()
    levels, counted = raised(nights, {"MT-1": 100, "MT-2": 90})
    assert levels == set()
    assert counted == len(world)


def test_the_publisher_lets_a_block_wait_that_would_net_out() -> None:
    world, nights = two_areas()
    for at, shop in enumerate(world):
        shop.answers[TECHNICIAN] += 100 if at < 7 or shop.group == "chain" else -95
    nights.publish(world)
    entered = {shop.area for shop in world} - {
        nights.state.vocabulary.areas[area][0]
        for area in nights.state.rows.area[(nights.state.rows.last == OPEN) & (nights.state.rows.first == 0)]
    }
    assert len(entered) == 1
