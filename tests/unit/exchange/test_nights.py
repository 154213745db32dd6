"""Late, changed and withdrawn answers, over several nights."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import publish
from chalicelib.exchange.state import OPEN, State
from tests.unit.exchange.worlds import TECHNICIAN, Nights, Shop, frame, shops


def raise_pay(world: list[Shop], which: Iterable[int], by: int = 100) -> None:
    for at in which:
        world[at].answers[TECHNICIAN] += by


@pytest.fixture
def world() -> list[Shop]:
    return shops(12)


def test_a_night_without_change_changes_nothing(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    before = nights.cells()
    nights.publish(world)
    assert nights.cells() == before
    assert set(nights.state.admitted.tolist()) == {0}


def test_one_change_waits_and_the_fifth_lets_all_in(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    for count in range(4):
        raise_pay(world, [count])
        nights.publish(world)
        assert {vintage for _, vintage in nights.members().values()} == {0}
    raise_pay(world, [4])
    nights.publish(world)
    members = nights.members()
    assert [members[shop.org] for shop in world[:5]] == [(2600 + 10 * i, 5) for i in range(5)]
    assert {members[shop.org][1] for shop in world[5:]} == {0}


def test_a_batch_that_one_owner_group_dominates_is_thinned(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    raise_pay(world, range(1, 6))
    raise_pay(world, [0], by=2_000)
    nights.publish(world)
    assert nights.members()[world[0].org] == (2500, 0)
    assert nights.members()[world[1].org] == (2610, 1)


def test_a_shop_that_flips_back_is_not_fresh(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    raise_pay(world, range(5))
    nights.publish(world)
    raise_pay(world, range(5), by=-100)
    nights.publish(world)
    assert nights.members()[world[0].org] == (2600, 1)


def test_withdrawals_alone_never_change_a_block(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    nights.publish(world[6:])
    assert len(nights.members()) == 12
    nights.publish([])
    assert len(nights.members()) == 12


def test_withdrawals_ride_along_with_enough_joiners(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    joiners = shops(6, prefix="new")
    nights.publish(world[2:] + joiners)
    members = nights.members()
    assert world[0].org not in members
    assert joiners[0].org in members


def test_a_shop_that_comes_back_unchanged_changes_nothing(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    nights.publish(world[1:])
    nights.publish(world)
    assert nights.members()[world[0].org] == (2500, 0)


def test_a_renamed_owner_group_changes_nothing(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    for shop in world[:6]:
        shop.group = f"renamed-{shop.org}"
    nights.publish(world)
    assert {vintage for _, vintage in nights.members().values()} == {0}
    assert set(nights.members()) == {shop.org for shop in world}


def test_halves_of_a_split_owner_group_count_once(world: list[Shop]) -> None:
    for shop in world[:2]:
        shop.group = "chain"
    nights = Nights()
    nights.publish(world)
    world[0].group, world[1].group = "north", "south"
    raise_pay(world, [0, 1, 2, 3, 4])
    nights.publish(world)
    assert {vintage for _, vintage in nights.members().values()} == {0}


def test_merged_owner_groups_are_not_fresh(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    for at in range(0, 10, 2):
        world[at + 1].group = world[at].org
    nights.publish(world)
    assert {vintage for _, vintage in nights.members().values()} == {0}


def test_a_moved_shop_is_not_fresh_where_it_arrives(world: list[Shop]) -> None:
    elsewhere = shops(8, "OR-1")
    nights = Nights()
    nights.publish(world + elsewhere)
    for shop in world[:5]:
        shop.area = "OR-1"
    nights.publish(world + elsewhere)
    assert {vintage for _, vintage in nights.members().values()} == {0}


def test_a_shop_that_changes_type_is_counted_once(world: list[Shop]) -> None:
    others = shops(8, kind="collision")
    nights = Nights()
    nights.publish(world + others)
    world[0].kind = "collision"
    raise_pay(others, range(6))
    nights.publish(world + others)
    rows = nights.state.rows
    live = rows.take(rows.last == OPEN)
    assert len(live) == 20
    assert len(set(zip(live.group.tolist(), live.area.tolist(), strict=True))) == 20


def test_a_young_answer_waits_without_pushing_out_the_old_one(world: list[Shop]) -> None:
    policy = Policy(minimum_age_days=90)
    nights = Nights(policy)
    nights.publish(world, today=1000)
    raise_pay(world, range(6))
    for shop in world[:6]:
        shop.effective = 950
    nights.publish(world, today=1001)
    assert {vintage for _, vintage in nights.members().values()} == {0}
    nights.publish(world, today=1040)
    assert nights.members()[world[0].org] == (2600, 2)


def test_joiners_of_a_new_type_make_a_block_of_their_own(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    nights.publish(world + shops(5, kind="tire"))
    assert nights.cells()["area", "MT-1", "tire"] == 25.0


def test_the_order_of_rows_does_not_matter(world: list[Shop]) -> None:
    world += shops(7, "ID-1") + shops(4, "MT-2", "fleet")
    first = publish(frame(world), 0, Policy(), State())
    second = publish(frame(world, order=7), 0, Policy(), State())
    assert first.state.dump() == second.state.dump()
    assert np.array_equal(first.cells.figures, second.cells.figures)


def test_the_state_survives_as_parquet(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    nights.state = State.load(nights.state.dump())
    raise_pay(world, range(5))
    nights.publish(world)
    assert nights.members()[world[0].org] == (2600, 1)


def test_the_gate_refuses_a_change_of_one(world: list[Shop]) -> None:
    nights = Nights()
    nights.publish(world)
    rows = nights.state.rows
    last = rows.last.copy()
    last[0] = 1
    ended = rows.take(np.array([0]))
    begun = replace(
        ended, value=ended.value + 100, vintage=np.array([1], np.int32), first=np.array([1], np.int32)
    )
    forged = replace(nights.state, nights=(0, 1), rows=replace(rows, last=last).plus(begun))
    from chalicelib.exchange.cells import build_cells
    from chalicelib.exchange.gate import check

    cells = build_cells(forged, nights.policy)
    findings = check(cells, forged, nights.state, 1, nights.policy)
    assert [finding.rule for finding in findings] == ["change is not safe", "change of a cell is dominated"]
    assert findings[0].cells == ("pay/technician_b area MT-1 independent",)
    assert "pay/technician_b nation US all" in findings[1].cells
