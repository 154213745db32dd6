"""Which answers wait for confirmation."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.outliers import far_out, held_back
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import publish
from chalicelib.exchange.state import OPEN, State
from tests.unit.exchange.worlds import TECHNICIAN, Nights, Shop, frame, shops

POLICY = Policy()
SHARE = ("benefit_health", "")
DAY = 20_000


def state_of(*world: Shop) -> State:
    """The state after a first night of this world."""
    return Nights().publish(world).state


def flagged(state: State, *world: Shop, policy: Policy = POLICY) -> set[str]:
    """The organizations of a world with an answer that is far out."""
    rows = frame(world)
    return {rows.orgs[code] for code in rows.org[far_out(rows, state, policy)]}


def one(value: int, org: str = "new", area: str = "MT-1", family: tuple[str, str] = TECHNICIAN) -> Shop:
    return Shop(org, area, answers={family: value})


def test_what_is_far_from_the_median_of_its_division_is_flagged() -> None:
    # Twenty shops at 25.00 to 26.90: the median is 26.00, the deviation 0.50, so 25 % of the median is more.
    state = state_of(*shops(20))
    assert flagged(state, one(2_600), one(3_250, "b"), one(1_950, "c")) == set()
    assert flagged(state, one(3_251), one(1_949, "b"), one(200_000, "c")) == {"new", "b", "c"}


def test_a_wide_spread_reaches_further() -> None:
    wide = [one(2_000 + 100 * at, f"s{at:02d}") for at in range(21)]
    state = state_of(*wide)
    # 30.00, and deviations of 5.00, 5.00 and 6.00 in the middle: 5.50 on the grid, 6 x 1.4826 x 5.50 = 48.9258.
    assert flagged(state, one(3_000 + 4_892)) == set()
    assert flagged(state, one(3_000 + 4_893)) == {"new"}
    assert flagged(state, one(3_000 + 3_262), policy=replace(POLICY, outlier_mads=4)) == {"new"}


def test_where_all_say_the_same_the_floor_decides() -> None:
    state = state_of(*(one(2_000, f"s{at}") for at in range(8)))
    assert flagged(state, one(2_500)) == set()
    assert flagged(state, one(2_501)) == {"new"}
    assert flagged(state, one(2_501), policy=replace(POLICY, outlier_floor_percent=30)) == set()


def test_a_division_with_fewer_than_k_owner_groups_is_held_against_the_nation() -> None:
    mountain = shops(20)
    few = shops(4, "OR-1", start=9_000)
    state = state_of(*mountain, *few)
    assert flagged(state, one(9_000, area="OR-1")) == {"new"}
    enough = state_of(*mountain, *shops(8, "OR-1", start=9_000))
    assert flagged(enough, one(9_000, area="OR-1")) == set()
    assert flagged(enough, one(9_000)) == {"new"}


def test_owner_groups_that_came_from_one_another_count_once() -> None:
    state = state_of(*shops(5))
    assert flagged(state, one(9_000)) == {"new"}
    kin = replace(state, kin=np.minimum(state.kin, 3))
    assert flagged(kin, one(9_000)) == set()


def test_where_nothing_is_known_nothing_is_flagged() -> None:
    assert flagged(State(), one(1), one(9_999_999, "b")) == set()
    other = ("annual_pay", "technician_b")
    assert flagged(state_of(*shops(20)), one(9_999_999, family=other)) == set()


def test_nothing_at_all() -> None:
    assert flagged(State()) == set()


def test_yes_and_no_are_never_far_out() -> None:
    yes = [one(100, f"s{at:02d}", family=SHARE) for at in range(20)]
    assert flagged(state_of(*yes), one(0, family=SHARE)) == set()


def test_what_counted_before_is_not_asked_about_again() -> None:
    old = one(6_000, "old")
    state = state_of(*shops(20), old)
    assert flagged(state, old, one(6_000)) == {"new"}
    assert flagged(state, replace(old, answers={TECHNICIAN: 6_001})) == {"old"}


def test_what_no_longer_counts_moves_no_fence() -> None:
    state = state_of(*shops(20))
    closed = replace(state, rows=replace(state.rows, last=np.full(len(state.rows), 1, np.int32)))
    assert flagged(closed, one(9_000)) == set()


def test_what_is_held_back_neither_enters_nor_ends_what_counts() -> None:
    before = shops(12)
    first = state_of(*before)
    # Twelve fresh answers would let the block change; the thirteenth shop, already in it, says something absurd.
    later = [
        replace(shop, effective=0, answers={TECHNICIAN: shop.answers[TECHNICIAN] + 1}) for shop in before
    ]
    later[0].answers[TECHNICIAN] = 900_000
    rows = frame(later)
    far = far_out(rows, first, POLICY)
    assert [rows.orgs[code] for code in rows.org[far]] == [before[0].org]
    held = held_back(rows, far)
    assert held.effective[far].tolist() == [OPEN]
    assert held.effective[~far].tolist() == [0] * 11
    after = publish(held, 1, POLICY, first, DAY).state
    live = after.rows.take(after.rows.last == OPEN)
    assert sorted(live.value.tolist()) == [2_500, *range(2_511, 2_620, 10)]


def middle(figures: list[int]) -> int:
    """The mean of the three values in the middle, of four where the middle lies between two; to $0.50."""
    ordered, half = sorted(figures), len(figures) // 2
    chosen = ordered[half - 1 : half + 2] if len(figures) % 2 else ordered[half - 2 : half + 2]
    return 50 * round(Fraction(sum(chosen), 50 * len(chosen)))


values = st.integers(1_000, 50_000)


@given(st.lists(values, min_size=8, max_size=30), values, st.integers(3, 9), st.integers(1, 60))
def test_the_rule_is_what_its_source_says(counted: list[int], value: int, mads: int, floor: int) -> None:
    state = state_of(*(one(figure, f"s{at:02d}") for at, figure in enumerate(counted)))
    live = state.rows.value[state.rows.last == OPEN].tolist()
    policy = replace(POLICY, outlier_mads=mads, outlier_floor_percent=floor)
    expected = False
    if len(live) >= POLICY.k:
        centre = middle(live)
        deviation = middle([abs(figure - centre) for figure in live])
        distance = abs(value - centre)
        reach = Fraction("1.4826") * mads * deviation, Fraction(floor * centre, 100), Fraction(50)
        expected = all(distance > least for least in reach)
    assert bool(flagged(state, one(value), policy=policy)) == expected


@given(st.permutations(range(12)))
def test_the_order_of_rows_decides_nothing(order: list[int]) -> None:
    state = state_of(*shops(20))
    world = [one(2_000 + 200 * at, f"n{at:02d}") for at in range(12)]
    assert flagged(state, *(world[at] for at in order)) == flagged(state, *world)
