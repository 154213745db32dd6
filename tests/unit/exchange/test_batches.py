"""A night in batches of families: the same, however small they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange import batches
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import Publication, publish
from chalicelib.exchange.sets import arranged, extended, packed, runs, unrepeated
from chalicelib.exchange.state import State
from tests.unit.exchange.worlds import Shop, frame

FAMILIES = [
    ("pay", "technician_a"),
    ("pay", "technician_b"),
    ("labor_rate_warranty", "all"),
    ("dental", "all"),
]


def world(seed: int, change: int = 0) -> list[Shop]:
    """Shops that answer some of four questions; a third of them have changed their answers `change` times."""
    draw = np.random.default_rng(seed)
    made = []
    for at in range(90):
        area = ("MT-1", "MT-2", "ID-1", "OR-1")[int(draw.integers(4))]
        kind = ("tire", "fleet")[int(draw.integers(2))]
        answered = [FAMILIES[i] for i in np.flatnonzero(draw.random(len(FAMILIES)) < 0.7)]
        value = int(draw.integers(2_000, 4_000)) + (100 * change if at % 3 == 0 else 0)
        group = "chain" if at % 9 == 0 else ""
        made.append(Shop(f"o{at:02d}", area, kind, group, dict.fromkeys(answered, value)))
    return made


def nights(seed: int) -> list[Publication]:
    state, made = State(), []
    for night in range(4):
        made.append(publish(frame(world(seed, night), seed), night, Policy(merge_after_nights=1), state))
        assert made[-1].findings == ()
        state = made[-1].state
    return made


@pytest.mark.parametrize("size", [1, 150])
def test_the_size_of_batches_changes_nothing(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = nights(7)
    monkeypatch.setattr(batches, "SIZE", size)
    for night, again in zip(whole, nights(7), strict=True):
        assert again.state.dump() == night.state.dump()
        for column in ("key", "groups", "voices", "figures", "as_of", "block_starts", "blocks"):
            assert np.array_equal(getattr(again.cells, column), getattr(night.cells, column)), column
    assert (whole[-1].state.rows.first > 0).any()  # blocks did change


def test_a_batch_has_all_of_its_families_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "SIZE", 40)
    words, data = State().vocabulary.absorb(frame(world(1), 5))
    seen: list[int] = []
    of_batches: list[set[int]] = []
    for _, answers in batches.batches(State(vocabulary=words), data):
        assert (np.diff(data.family[answers]) >= 0).all()
        of_batches.append(set(data.family[answers].tolist()))
        seen += answers.tolist()
    assert sorted(seen) == list(range(len(data)))
    assert sum(map(len, of_batches)) == len(set().union(*of_batches)) == len(FAMILIES)


@given(st.lists(st.one_of(st.integers(0, 50), st.integers(2**61, 2**62)), max_size=60))
def test_arranging_is_a_stable_sort(values: list[int]) -> None:
    key = np.array(values, np.int64)
    ordered, order = arranged(key)
    assert order.tolist() == np.argsort(key, kind="stable").tolist()
    assert ordered.tolist() == sorted(values)


@given(st.lists(st.integers(0, 30), max_size=40), st.lists(st.integers(0, 30), max_size=40))
def test_sets_grow_by_what_is_new(known: list[int], more: list[int]) -> None:
    left, right = np.array(sorted(set(known)), np.uint64), np.array(sorted(more), np.uint64)
    assert extended(left, right).tolist() == sorted({*known, *more})
    assert unrepeated(right).tolist() == sorted(set(more))
    begin, length, number = runs(right)
    assert [right[at] for at in begin] == sorted(set(more))
    assert int(length.sum()) == len(more) == len(number)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 900), st.integers(0, 70_000)), min_size=1, max_size=40
    )
)
def test_packed_keys_sort_as_their_columns(rows: list[tuple[int, int, int]]) -> None:
    columns = [np.array(column, np.int32) for column in zip(*rows, strict=True)]
    assert [rows[at] for at in arranged(packed(*columns))[1]] == sorted(rows)
