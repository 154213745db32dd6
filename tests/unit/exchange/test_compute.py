"""The computation: against the oracle on made-up data, and rule by rule."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.exchange.compute import publish
from chalicelib.exchange.models import Cell, Contributions
from chalicelib.exchange.policy import Policy
from tests.unit.exchange import oracle
from tests.unit.exchange.oracle import Row

NIGHT = date(2026, 6, 15)
OLD = NIGHT - timedelta(days=90)
POLICY = Policy()
LAX = Policy(k=3, share_percent=40, quartiles_from=8)
PLACES = (
    ("mountain", "MT", "598-MT"),
    ("mountain", "MT", "597-MT"),
    ("mountain", "ID", "837-ID"),
    ("pacific", "WA", "981-WA"),
)


def shop(group: str, value: int, **other: object) -> Row:
    """A contribution of one owner group: technician A's pay in Montana, old enough."""
    row = Row(
        group, "mountain", "MT", "598-MT", "collision", "hourly_equivalent", "technician_a", value, 1, OLD
    )
    return row._replace(**other)  # type: ignore[arg-type]


def cells(rows: list[Row], policy: Policy = POLICY) -> dict[tuple[str, str, str], Cell]:
    """What is published, by level, location and shop type."""
    found = publish(oracle.contributions_of(rows), NIGHT, policy)
    return {(cell.loc_level, cell.loc, cell.shop_type): cell for cell in found}


def only(rows: list[Row], policy: Policy = POLICY) -> Cell | None:
    """The cell of collision shops in Montana."""
    return cells(rows, policy).get(("state", "MT", "collision"))


METRICS = (("hourly_equivalent", "technician_a"), ("labor_rate_body", "all"), ("benefit_health", "all"))


@st.composite
def rows_of_a_night(draw: st.DrawFn) -> Row:
    """A contribution near every threshold there is."""
    division, state, area = draw(st.sampled_from(PLACES))
    metric, position = draw(st.sampled_from(METRICS))
    value = draw(st.integers(1_990, 2_110) | st.integers(0, 100_000))
    return Row(
        owner_group=f"group {draw(st.integers(1, 30))}",
        division=division,
        state=state,
        area=area,
        shop_type=draw(st.sampled_from(("collision", "dealership"))),
        metric=metric,
        position=position,
        value=value % 2 if metric == "benefit_health" else value,
        weight=draw(st.sampled_from((1, 1, 1, 2, 7))),
        effective=OLD + timedelta(days=draw(st.sampled_from((-400, -1, 0, 0, 1)))),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(rows_of_a_night(), max_size=150), st.sampled_from((POLICY, LAX)))
def test_it_agrees_with_the_oracle(rows: list[Row], policy: Policy) -> None:
    assert publish(oracle.contributions_of(rows), NIGHT, policy) == oracle.publish(rows, NIGHT, policy)


@pytest.mark.parametrize(
    "policy", [POLICY, LAX, Policy(k=9, share_percent=30, median_window=5)], ids=("as is", "lax", "other")
)
def test_it_agrees_with_the_oracle_on_many_shops(policy: Policy) -> None:
    dice = random.Random(7)
    rows = [
        Row(
            f"group {dice.randrange(120)}",
            *dice.choice(PLACES),
            dice.choice(("collision", "dealership", "tire")),
            *metric,
            dice.randrange(2) if metric[0] == "benefit_health" else int(dice.lognormvariate(7.9, 0.3)),
            dice.randrange(1, 4),
            OLD - timedelta(days=dice.randrange(-20, 400)),
        )
        for metric in dice.choices(METRICS, k=4_000)
    ]
    found = publish(oracle.contributions_of(rows), NIGHT, policy)
    assert found == oracle.publish(rows, NIGHT, policy)
    assert len(found) > 30
    assert any(cell.p25 is not None for cell in found)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [shop(f"group {number}", 2_000 + 37 * number, weight=1 + number % 2) for number in range(40)]
    shuffled = random.Random(3).sample(rows, len(rows))
    assert publish(oracle.contributions_of(rows), NIGHT, POLICY) == publish(
        oracle.contributions_of(shuffled), NIGHT, POLICY
    )


def test_nothing_gives_no_cells() -> None:
    assert publish(Contributions(), NIGHT, POLICY) == []


def test_a_cell_needs_five_owner_groups_however_many_locations_they_have() -> None:
    rows = [
        shop(f"group {number}", 2_500, area=area)
        for number in range(4)
        for area in ("598-MT", "597-MT", "590-MT")
    ]
    assert cells(rows) == {}
    assert (
        cells([*rows, *(shop("group 4", 2_500, area=area) for area in ("598-MT", "597-MT", "590-MT"))]) != {}
    )


def test_five_shops_are_published_at_every_level_and_for_their_type_and_all() -> None:
    rows = [
        shop(f"group {number}", value) for number, value in enumerate((2_000, 2_400, 2_500, 2_600, 9_000))
    ]
    found = cells(rows, replace(POLICY, share_percent=50))
    assert set(found) == {
        (level, loc, shop_type)
        for level, loc in (("state", "MT"), ("division", "mountain"), ("nation", "US"))
        for shop_type in ("collision", "all")
    }
    # The three in the middle are averaged: neither the median itself nor an extreme shows.
    assert found["state", "MT", "collision"] == Cell(
        "state", "MT", "collision", "technician_a", "hourly_equivalent", "5-9", 2_500, None, None, NIGHT
    )


def test_an_owner_group_over_a_quarter_of_the_people_hides_the_cell() -> None:
    alike = [shop(f"group {number}", 2_500, weight=4) for number in range(8)]
    assert only(alike) is not None
    heavy = [*alike[:-1], shop("group 7", 2_500, weight=10)]
    assert only(heavy) is None


def test_many_people_hide_a_cell_even_where_they_are_paid_little() -> None:
    rows = [shop(f"group {number}", 4_000, weight=4) for number in range(7)]
    assert only([*rows, shop("group 7", 1_000, weight=9)]) is not None
    assert only([*rows, shop("group 7", 1_000, weight=10)]) is None


def test_an_owner_group_over_a_quarter_of_the_value_hides_the_cell() -> None:
    alike = [shop(f"group {number}", 2_500) for number in range(7)]
    assert only([*alike, shop("group 7", 5_800)]) is not None
    assert only([*alike, shop("group 7", 5_900)]) is None


def test_an_owner_group_with_over_a_quarter_of_the_locations_hides_the_cell() -> None:
    alike = [shop(f"group {number}", 2_500, weight=5) for number in range(6)]
    chain = [shop("chain", 2_500, area=f"59{number}-MT") for number in range(2)]
    assert only([*alike, *chain]) is not None
    chain = [shop("chain", 2_500, area=f"59{number}-MT") for number in range(3)]
    assert only([*alike, *chain]) is None


def test_the_p_percent_rule_counts_where_shares_are_lax() -> None:
    lax = replace(POLICY, k=3, share_percent=50, p_percent=100)
    rows = [shop("a", 5_000), shop("b", 2_000), shop("c", 2_000), shop("d", 2_000), shop("e", 1_000)]
    assert (
        only(rows, lax) is not None
    )  # 12,000 in all; beyond the two largest are 5,000, just as much as the largest
    assert only([*rows[:4], shop("e", 999)], lax) is None


def test_an_owner_group_speaks_once_in_an_area_with_the_weighted_mean_of_its_rows() -> None:
    own = [shop("own", 2_000, weight=3), shop("own", 4_001, weight=1)]
    # Alone in the middle, the mean of 2,500.25 is what shows: 2,500 of cents.
    low, high = (
        [shop(f"low {n}", 1_000, weight=4) for n in range(3)],
        [shop(f"high {n}", 4_000, weight=4) for n in range(3)],
    )
    exact = only([*low, *own, *high], Policy(quartiles_from=8, share_percent=40))
    assert exact is not None
    assert exact.median == 2_500


def test_the_mean_of_an_owner_group_is_rounded_half_up_to_cents() -> None:
    rows = [shop(f"group {number}", value) for number in range(5) for value in (2_524, 2_525)]
    cell = only(rows)
    assert cell is not None
    assert cell.median == 2_550  # 2,524.5 is 2,525, and that is $25.50 to the nearest half


@pytest.mark.parametrize(("days", "counts"), [(89, False), (90, True), (91, True), (-5, False)])
def test_only_values_old_enough_count(days: int, counts: bool) -> None:
    rows = [shop(f"group {number}", 2_500) for number in range(4)]
    rows.append(shop("group 4", 2_500, effective=NIGHT - timedelta(days=days)))
    assert (only(rows) is not None) is counts


@pytest.mark.parametrize(
    ("groups", "band", "quartiles"),
    [
        (5, "5-9", False),
        (9, "5-9", False),
        (10, "10-19", False),
        (14, "10-19", False),
        (15, "10-19", True),
        (19, "10-19", True),
        (20, "20-49", True),
        (50, "50-99", True),
        (99, "50-99", True),
        (100, "100+", True),
    ],
)
def test_counts_are_bands_and_quartiles_need_fifteen(groups: int, band: str, quartiles: bool) -> None:
    cell = only([shop(f"group {number}", 2_500) for number in range(groups)])
    assert cell is not None
    assert cell.band == band
    assert (cell.p25 is not None, cell.p75 is not None) == (quartiles, quartiles)


def test_quartiles_need_owner_groups_and_not_locations() -> None:
    rows = [shop(f"group {number}", 2_500) for number in range(14)]
    cell = only([*rows, shop("group 0", 2_500, area="597-MT"), shop("group 1", 2_500, area="597-MT")])
    assert cell is not None
    assert (cell.p25, cell.p75) == (None, None)


def test_quartiles_are_averages_of_three_too() -> None:
    cell = only([shop(f"group {number:02}", 2_000 + 100 * number) for number in range(16)])
    assert cell is not None
    # Ranks 3 to 5, 7 to 10 and 12 to 14 of 2,000, 2,100 and so on.
    assert (cell.p25, cell.median, cell.p75) == (2_300, 2_750, 3_200)


@pytest.mark.parametrize(
    ("metric", "position", "value", "printed"),
    [
        ("hourly_equivalent", "technician_a", 2_524, 2_500),
        ("hourly_equivalent", "technician_a", 2_525, 2_550),
        ("annual_pay", "technician_a", 5_249_999, 5_200_000),
        ("annual_pay", "technician_a", 5_250_000, 5_300_000),
        ("labor_rate_body", "all", 6_124, 6_000),
        ("labor_rate_body", "all", 6_125, 6_250),
        ("benefit_sign_on_bonus_usd", "all", 101_250, 102_500),
        ("benefit_paid_vacation_days", "all", 1_049, 1_000),
        ("benefit_retirement_match_percent", "all", 325, 350),
    ],
)
def test_figures_are_rounded_to_the_step_of_their_metric(
    metric: str, position: str, value: int, printed: int
) -> None:
    cell = only([shop(f"group {number}", value, metric=metric, position=position) for number in range(5)])
    assert cell is not None
    assert cell.median == printed


@pytest.mark.parametrize(
    ("offering", "of", "share"),
    [
        (0, 5, 0),
        (1, 25, 0),
        (1, 20, 5),
        (1, 10, 10),
        (2, 16, 15),
        (3, 8, 40),
        (19, 20, 95),
        (24, 25, 100),
        (5, 5, 100),
    ],
)
def test_shares_are_in_steps_of_five_and_coded_at_the_ends(offering: int, of: int, share: int) -> None:
    rows = [
        shop(f"group {number}", int(number < offering), metric="benefit_health", position="all")
        for number in range(of)
    ]
    cell = only(rows)
    assert cell is not None
    assert (cell.median, cell.p25, cell.p75) == (share, None, None)


def test_a_whole_night_of_the_largest_values_overflows_nothing() -> None:
    rows = [shop(f"group {number}", 10**10, metric="annual_pay", weight=10**4) for number in range(200)]
    cell = only(rows)
    assert cell is not None
    assert cell.median == 10**10
