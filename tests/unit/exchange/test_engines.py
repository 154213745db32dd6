"""NumPy against SQL and against plain Python: two ways to one result."""

import duckdb
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.exchange.blocks import Tops, safe_segments
from chalicelib.exchange.cells import QUANTILES, build_cells, quantiles
from chalicelib.exchange.contributions import half_even, one_voice
from chalicelib.exchange.frame import LONG_AGO
from chalicelib.exchange.plan import plan
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import publish
from chalicelib.exchange.sets import dense, text_hashes
from chalicelib.exchange.state import OPEN, State
from tests.unit.exchange.oracle_sql import CONTRIBUTIONS, ORDER_STATISTICS
from tests.unit.exchange.worlds import Shop, frame, shops

POLICY = Policy()


@st.composite
def worlds(draw: st.DrawFn) -> list[Shop]:
    """Organizations of a few owner groups with a few answers each."""
    count = draw(st.integers(1, 25))
    made = []
    for at in range(count):
        area = draw(st.sampled_from(["MT-1", "MT-2", "ID-1", "OR-1"]))
        kind = draw(st.sampled_from(["independent", "tire", "fleet"]))
        group = draw(st.sampled_from(["", "", "chain", "other"]))
        answers = {
            ("pay", p): draw(st.integers(1_000, 9_000))
            for p in draw(st.sets(st.sampled_from("xyz"), min_size=1))
        }
        made.append(Shop(f"o{at:02d}", area, kind, group, answers))
    return made


@settings(max_examples=40, deadline=None)
@given(worlds(), st.integers(0, 99))
def test_one_voice_equals_the_sql(world: list[Shop], order: int) -> None:
    data = frame(world, order)
    heads = np.random.default_rng(order).integers(1, 9, len(data))
    from dataclasses import replace

    data = replace(data, headcount=heads)
    voices = one_voice(data, LONG_AGO)
    with duckdb.connect(config={"threads": 1}) as db:
        columns = {
            "family": data.family,
            "area": data.area,
            "owner_group": data.group,
            "shop_type": data.shop_type,
        }
        db.register("answers", columns | {"value": data.value, "headcount": data.headcount})
        rows = db.execute(CONTRIBUTIONS).fetchall()
    found = zip(voices.family, voices.area, voices.group, voices.shop_type, voices.value, strict=True)
    assert [tuple(map(int, row)) for row in found] == rows


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 500), min_size=5, max_size=80), min_size=1, max_size=6))
def test_quantiles_equal_the_sql_of_cumulative_counts(cells: list[list[int]]) -> None:
    ordered = np.concatenate([np.sort(np.array(cell, np.int64)) for cell in cells])
    counts = np.array([len(cell) for cell in cells])
    steps = np.full(len(cells), 50)
    figures = quantiles(ordered, np.cumsum(counts) - counts, counts, steps, POLICY)
    with duckdb.connect(config={"threads": 1}) as db:
        db.register("members", {"cell": np.repeat(np.arange(len(cells)), counts), "value": ordered})
        names = np.array([name for name, _, _ in QUANTILES], object)
        tops, bottoms = np.array([n for _, n, _ in QUANTILES]), np.array([d for _, _, d in QUANTILES])
        db.register("quantiles", {"quantile": names, "numerator": tops, "denominator": bottoms})
        rows = db.execute(ORDER_STATISTICS.format(window=POLICY.median_window)).fetchall()
    column = {name: at for at, (name, _, _) in enumerate(QUANTILES)}
    assert len(rows) == figures.size
    for cell, name, total, number in rows:
        expected = half_even(np.array([total]), np.array([number * 50]))[0] * 50
        assert figures[cell, column[name]] == expected
        if name == "median":
            assert number >= 3


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 8), st.integers(0, 40)), min_size=1, max_size=60))
def test_safe_segments_follow_their_definition(rows: list[tuple[int, int, int]]) -> None:
    segment, group, value = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    safe = safe_segments(segment, group.astype(np.int32), value, 4, POLICY)
    for at in range(4):
        weights: dict[int, int] = {}
        values: dict[int, int] = {}
        for s, g, v in rows:
            if s == at:
                weights[g], values[g] = weights.get(g, 0) + 1, values.get(g, 0) + v
        top = [*sorted(values.values(), reverse=True), 0, 0]
        total = sum(values.values())
        expected = len(weights) >= 5 and max(weights.values()) <= 0.25 * sum(weights.values())
        expected = expected and top[0] <= 0.25 * total and total - top[0] - top[1] >= 0.15 * top[0]
        assert bool(safe[at]) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=40))
def test_one_voice_segments_agree_with_the_general_rule(values: list[int]) -> None:
    value = np.array(values, np.int64)
    segment, group = np.arange(len(values)) % min(6, len(values)) % 3, np.arange(len(values), dtype=np.int32)
    count = min(6, len(values))
    leaf = np.arange(len(values), dtype=np.int32) % count
    leaves, unions = np.arange(count), np.arange(count, dtype=np.int32) % 3
    quick = Tops.of(leaf, value, count).safe(leaves, unions, 3, POLICY)
    general = safe_segments(segment, group, value, 3, POLICY)
    assert quick.tolist() == general.tolist()


@settings(max_examples=40, deadline=None)
@given(worlds(), st.integers(0, 99))
def test_cells_are_unions_of_disjoint_safe_blocks(world: list[Shop], order: int) -> None:
    outcome = publish(frame(world, order), 0, Policy(k=4), State())
    assert outcome.findings == ()
    rows, cells = outcome.state.rows, outcome.cells
    assert len(
        {
            (int(b) >> 32, g, a)
            for b, g, a in zip(rows.block, rows.group.tolist(), rows.area.tolist(), strict=True)
        }
    ) == len(rows)
    sizes = {
        int(block): int(((rows.block == block) & (rows.last == OPEN)).sum()) for block in outcome.state.blocks
    }
    for at in range(len(cells)):
        inside = outcome.state.blocks[cells.blocks[cells.block_starts[at] : cells.block_starts[at + 1]]]
        assert int(cells.voices[at]) == sum(sizes[int(block)] for block in inside)
    again = build_cells(outcome.state, Policy(k=4))
    assert np.array_equal(again.figures, cells.figures)


def test_the_plan_serves_the_area_and_the_type() -> None:
    # Four of each of two types in two areas: neither area x type is safe, but two mixed areas are.
    world = [shop for area in ("MT-1", "MT-2") for kind in ("tire", "fleet") for shop in shops(4, area, kind)]
    words, data = State().vocabulary.absorb(frame(world))
    voices = one_voice(data, LONG_AGO)
    home = plan(words, POLICY, voices.family, voices.area, voices.shop_type, voices.group, voices.value)
    assert (home >= 0).all()
    assert len(np.unique(home)) == 2


@given(st.lists(st.integers(0, 10**12), max_size=30))
def test_dense_codes_keep_order(values: list[int]) -> None:
    key = np.array(values, np.int64)
    code, count = dense(key)
    assert count == len(set(values))
    assert code.tolist() == [sorted(set(values)).index(value) for value in values]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=40, unique=True))
def test_hashes_do_not_depend_on_their_neighbours(names: list[str]) -> None:
    together = text_hashes(names)
    assert together.tolist() == [int(text_hashes([name])[0]) for name in names]
    assert len(set(together.tolist())) == len(names)
