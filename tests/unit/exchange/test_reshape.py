"""Guarded splits and merges: only what would have been valid blocks all along may come apart."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from chalicelib.exchange.blocks import MIXED, family_of, key_of, kind_of_key, place_of
from chalicelib.exchange.frame import Ints
from chalicelib.exchange.gate import check
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import publish
from chalicelib.exchange.reshape import merge, split
from chalicelib.exchange.state import OPEN, Rows, State
from tests.unit.exchange.worlds import Nights, Shop, frame, shops

POLICY = Policy()


def mixed_up(nights: Nights) -> tuple[Rows, Ints]:
    """The state's rows and blocks with all types of each area in one block."""
    rows = nights.state.rows
    block = key_of(family_of(rows.block).astype(np.int32), 0, place_of(rows.block).astype(np.int32), MIXED)
    return replace(rows, block=block), np.unique(block)


def change(rows: Rows, which: Sequence[int], night: int = 1) -> Rows:
    """The rows after the answers at `which` changed by ten dollars on a night."""
    last = rows.last.copy()
    last[which] = night
    old = rows.take(np.array(which))
    night_of = np.full(len(old), night, np.int32)
    return replace(rows, last=last).plus(
        replace(old, value=old.value + 1000, first=night_of, vintage=night_of)
    )


@pytest.fixture
def nights() -> Nights:
    made = Nights()
    made.publish(shops(6) + shops(6, kind="tire"))
    return made


def split_rows(nights: Nights, rows: Rows, blocks: Ints) -> tuple[Ints, Ints]:
    key, touched = split(nights.state.vocabulary, rows, blocks, blocks, nights.state.kin, POLICY)
    return key, touched


def test_a_piece_that_was_valid_all_along_splits_off(nights: Nights) -> None:
    rows, blocks = mixed_up(nights)
    key, touched = split_rows(nights, rows, blocks)
    assert len(np.unique(key)) == 2
    assert set(touched.tolist()) == set(np.unique(key).tolist())
    assert sorted(np.bincount(kind_of_key(key)).tolist())[-2:] == [6, 6]
    assert (
        split(nights.state.vocabulary, rows, blocks, blocks, nights.state.kin, POLICY)[0].tolist()
        == key.tolist()
    )


def test_a_change_made_together_keeps_a_block_together(nights: Nights) -> None:
    rows, blocks = mixed_up(nights)
    types = rows.shop_type
    together = [*np.flatnonzero(types == 0)[:3].tolist(), *np.flatnonzero(types == 1)[:3].tolist()]
    key, touched = split_rows(nights, change(rows, together), blocks)
    assert len(touched) == 0
    assert np.unique(key).tolist() == blocks.tolist()


def test_changes_of_both_pieces_alone_may_come_apart(nights: Nights) -> None:
    rows, blocks = mixed_up(nights)
    key, _ = split_rows(nights, change(rows, list(range(12))), blocks)
    assert len(np.unique(key)) == 2


def test_a_piece_of_too_few_owner_groups_stays(nights: Nights) -> None:
    rows, blocks = mixed_up(nights)
    kin = nights.state.kin.copy()
    kin[rows.group[rows.shop_type == 0][:3]] = rows.group[rows.shop_type == 0][0]
    key, touched = split(nights.state.vocabulary, rows, blocks, blocks, kin, POLICY)
    assert len(touched) == 0
    assert np.unique(key).tolist() == blocks.tolist()


def test_a_rest_of_too_few_owner_groups_keeps_a_block_whole() -> None:
    made = Nights()
    made.publish(shops(6) + shops(6, kind="tire"))
    rows, blocks = mixed_up(made)
    rest = np.flatnonzero(rows.shop_type == 1)[2:]
    fewer = rows.take(np.setdiff1d(np.arange(len(rows)), rest))
    key, touched = split_rows(made, fewer, blocks)
    assert len(touched) == 0
    assert np.unique(key).tolist() == blocks.tolist()


def scattered(kind: str, *, other: str = "") -> list[Shop]:
    """Six shops of a type in one area, and six in two others, which only a block of the state can hold."""
    far = other or kind
    return shops(6, kind=kind) + shops(3, "MT-2", kind) + shops(3, "MT-3", far)


def test_a_stale_block_joins_the_block_of_its_type_on_the_next_level() -> None:
    made = Nights(Policy(merge_after_nights=2))
    world = scattered("fleet")
    made.publish(world)
    assert {("area", "MT-1", "fleet"), ("state", "MT", "fleet")} <= made.cells().keys()
    before = made.members()
    for _ in range(3):
        made.publish(world)
    assert ("area", "MT-1", "fleet") not in made.cells()
    assert ("state", "MT", "fleet") in made.cells()
    assert made.members() == before
    assert len(np.unique(made.state.rows.block[made.state.rows.last == OPEN])) == 1


def test_a_block_of_a_type_never_joins_a_mixed_one() -> None:
    made = Nights(Policy(merge_after_nights=2))
    # The other areas' shops are of two types, so the state's block is mixed, and the type's cells keep their own.
    world = scattered("fleet", other="tire")
    for _ in range(5):
        made.publish(world)
    assert {
        ("area", "MT-1", "fleet"),
        ("state", "MT", "fleet"),
        ("state", "MT", "all"),
    } <= made.cells().keys()


def test_a_stale_block_without_a_coarser_one_stays(nights: Nights) -> None:
    rows, blocks = nights.state.rows, nights.state.blocks
    key, touched = merge(nights.state.vocabulary, rows, blocks, blocks)
    assert len(touched) == 0
    assert key.tolist() == rows.block.tolist()


def test_a_merged_block_changes_only_as_a_whole() -> None:
    made = Nights(Policy(merge_after_nights=1))
    world = scattered("fleet")
    made.publish(world)
    for _ in range(2):
        made.publish(world)
    for shop in world[:3] + world[6:8]:
        shop.answers = {family: value + 100 for family, value in shop.answers.items()}
    made.publish(world)
    changed = {org for org, (_, vintage) in made.members().items() if vintage == 3}
    assert changed == {shop.org for shop in world[:3] + world[6:8]}


@pytest.mark.parametrize("joined", [False, True])
def test_a_block_that_took_others_in_is_never_split(nights: Nights, joined: bool) -> None:
    world = shops(6) + shops(6, kind="tire")
    rows, blocks = mixed_up(nights)
    taken_in = blocks if joined else blocks[:0]
    late = np.ones(len(blocks), np.int32)
    state = replace(nights.state, rows=rows, blocks=blocks, admitted=late, nights=(0, 1), joined=taken_in)
    after = publish(frame(world), 2, POLICY, state)
    assert after.findings == ()
    assert (len(after.state.blocks) == 1) == joined
    apart = publish(frame(world), 2, POLICY, replace(state, joined=blocks[:0])).state
    rules = [finding.rule for finding in check(after.cells, apart, state, 2, POLICY)]
    assert ("a joined block was split" in rules) == joined


def test_joining_is_remembered_through_nights_and_files() -> None:
    made = Nights(Policy(merge_after_nights=1))
    world = scattered("fleet")
    for _ in range(4):
        made.publish(world)
    assert made.state.joined.tolist() == made.state.blocks.tolist()
    files = made.state.dump()
    assert State.load(files).joined.tolist() == made.state.joined.tolist()
    del files["joined.parquet"]  # as written before blocks were joined
    assert len(State.load(files).joined) == 0
