"""Going back to an earlier night, and going on from there."""

import random
from itertools import combinations

import numpy as np
import pytest

from chalicelib.errors import InvalidInput
from chalicelib.exchange.erasure import forget
from chalicelib.exchange.rollback import revert
from chalicelib.exchange.sets import text_hashes
from chalicelib.exchange.state import OPEN, State
from tests.unit.exchange.test_fixed_point import stirred
from tests.unit.exchange.worlds import TECHNICIAN, Nights, Shop, shops

Version = frozenset[tuple[int, int, int, int]]


def open_rows(state: State) -> Version:
    """What counts now: (block, owner group as it was called when it spoke, area, value)."""
    live = state.rows.take(state.rows.last == OPEN)
    columns = (live.block, live.label, live.area, live.value)
    return frozenset(zip(*(column.tolist() for column in columns), strict=True))


def raised(world: list[Shop], cents: int, first: int, many: int) -> list[Shop]:
    """The world after some of its shops raised their pay."""
    return [
        Shop(one.org, one.area, one.kind, one.group, {TECHNICIAN: one.answers[TECHNICIAN] + cents})
        if first <= at < first + many
        else one
        for at, one in enumerate(world)
    ]


def test_after_a_rollback_counts_what_counted_then() -> None:
    nights = Nights()
    world = shops(12) + shops(9, area="MT-2")
    first = open_rows(nights.publish(world).state)
    world = raised(world, 300, 0, 8)
    second = open_rows(nights.publish(world).state)
    assert first != second
    back = revert(nights.state, 2, 0)
    assert open_rows(back) == first
    held = np.isin(back.blocks, back.rows.block[back.rows.last == OPEN])
    assert set(back.admitted[held].tolist()) == {0}
    assert back.nights == (0, 1, 2)
    assert open_rows(revert(back, 3, 1)) == second


def test_what_follows_a_rollback_differs_by_k_owner_groups_from_all_that_people_saw() -> None:
    nights = Nights()
    world = shops(14)
    seen = [open_rows(nights.publish(world).state)]
    world = raised(world, 300, 0, 6)
    seen.append(open_rows(nights.publish(world).state))
    nights.state, nights.night = revert(nights.state, 2, 0), 2
    # One more raise than was published and taken back: against that night it would be one shop's alone.
    world = raised(world, 300, 6, 1)
    assert open_rows(nights.publish(world).state) == seen[0]
    for many in range(7, 14):
        world = raised(world, 300, many, 1)
        now = open_rows(nights.publish(world).state)
        if now not in seen:
            assert all(len({row[1] for row in now ^ other}) >= 5 for other in seen)
            seen.append(now)
    assert len(seen) == 3


def test_a_block_that_began_after_the_night_gone_back_to_makes_no_cell_until_it_begins_anew() -> None:
    nights = Nights()
    world = shops(8)
    nights.publish(world)
    both = world + shops(8, area="OR-1")
    assert "OR" in nights.publish(both).state.vocabulary.states
    seen = open_rows(nights.state)
    nights.state, nights.night = revert(nights.state, 2, 0), 2
    quiet = nights.publish(world)
    assert len(quiet.cells) > 0
    assert {row[0] for row in open_rows(quiet.state)} < {row[0] for row in seen}
    more = nights.publish(both + shops(8, area="OR-1", prefix="n", start=2900))
    assert open_rows(more.state) > open_rows(quiet.state)
    assert all(
        len({row[1] for row in open_rows(more.state) ^ other}) >= 5
        for other in (seen, open_rows(quiet.state))
    )


@pytest.mark.parametrize(("night", "to"), [(2, 7), (1, 0), (0, 0)])
def test_only_nights_that_were_can_be_gone_back_to_and_only_from_a_later_one(night: int, to: int) -> None:
    nights = Nights()
    nights.publish(shops(6))
    nights.publish(shops(6))
    with pytest.raises(InvalidInput):
        revert(nights.state, night, to)


def test_erasure_keeps_what_counts_and_no_link_to_those_who_are_gone() -> None:
    nights = Nights()
    world = shops(9)
    nights.publish(world)
    left = frozenset(one.org for one in world[1:])
    state = forget(nights.state, left, left)
    assert open_rows(state) == open_rows(nights.state)
    assert world[0].org not in state.vocabulary.groups
    assert set(left) <= set(state.vocabulary.groups)
    assert not np.isin(text_hashes([world[0].org]), state.owner_hashes).any()
    assert len(state.owner_hashes) == 8
    again = forget(state, left, left)
    assert again.vocabulary.groups == state.vocabulary.groups
    nights.state = state
    assert open_rows(nights.publish(world[1:]).state) == open_rows(state)


@pytest.mark.parametrize("seed", range(4))
def test_no_two_nights_differ_by_few_whatever_is_rolled_back_between_them(seed: int) -> None:
    rng = random.Random(seed)
    nights = Nights()
    world = shops(14) + shops(11, "MT-2", "collision") + shops(9, "ID-1") + shops(8, "OR-1", "tire")
    seen: list[Version] = []
    rollbacks = 0
    for _ in range(14):
        world = stirred(world, rng)
        published = nights.publish(world)  # the gate finds nothing
        seen.append(frozenset((0, *row[1:]) for row in open_rows(published.state)))
        if len(nights.state.nights) > 2 and rng.random() < 0.4:
            to = rng.choice(nights.state.nights[:-1])
            nights.night += 1
            nights.state = revert(nights.state, nights.night, to)
            rollbacks += 1
    assert rollbacks > 0
    for one, other in combinations(seen, 2):
        assert one == other or len({row[1] for row in one ^ other}) >= 5
