"""Reading the lines of the index: what counts, and what a bad line does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.index import Reading, digest_of, read
from chalicelib.submissions.service import METRICS, PAY_METRICS, Contribution, Line, format_line, parse_line
from chalicelib.values import Position

SHOP = "0190aaaa-0000-7000-8000-000000000001"
GROUP = "0190bbbb-0000-7000-8000-000000000001"
VERIFIED = f"o1|{SHOP}|{GROUP}|MT|598-MT|collision|1"
RATES_S2 = f"s2|{SHOP}|labor_rates|20001|labor_rate_body::6500:1;labor_rate_paint::6400:1|12|1"
PAY = f"s1|{SHOP}|pay#technician_a|20000|hourly_equivalent:technician_a:2750:3;annual_pay:technician_a:5720000:3"
RATES = f"s1|{SHOP}|labor_rates|20001|labor_rate_body::6500:1"
BENEFITS = f"s1|{SHOP}|benefits|20001|benefit_health::1:1;benefit_dental::0:1;benefit_sick_leave_days::450:1"

Row = tuple[str, str, str, str, str, str, str, str, int, int, int]


def rows(reading: Reading) -> list[Row]:
    """A frame's rows in words: whose, where, what, value, weight, day."""
    frame = reading.frame
    places = frame.places
    found = []
    for at in range(len(frame)):
        area = int(frame.area[at])
        state = int(places.area_state[area])
        metric, position = frame.families[frame.family[at]]
        found.append(
            (
                frame.orgs[frame.org[at]],
                frame.groups[frame.group[at]],
                places.areas[area],
                places.states[state],
                places.divisions[places.state_division[state]],
                frame.shop_types[frame.shop_type[at]],
                metric,
                position,
                int(frame.value[at]),
                int(frame.headcount[at]),
                int(frame.effective[at]),
            )
        )
    return found


def test_a_line_becomes_a_row_for_each_of_its_figures() -> None:
    reading = read([[PAY, VERIFIED, RATES]])
    place = (SHOP, GROUP, "598-MT", "MT", "mountain", "collision")
    assert rows(reading) == [
        (*place, "hourly_equivalent", "technician_a", 2_750, 3, 20_000),
        (*place, "annual_pay", "technician_a", 5_720_000, 3, 20_000),
        (*place, "labor_rate_body", "all", 6_500, 1, 20_001),
    ]
    assert reading.frame.places.nations == ("US",)
    assert (reading.lines, reading.unverified, reading.orphaned, reading.set_aside) == (2, 0, 0, [])


def test_yes_and_no_are_percent_and_amounts_stay_as_they_are() -> None:
    found = {row[6]: row[8] for row in rows(read([[VERIFIED, BENEFITS]]))}
    assert found == {"benefit_health": 100, "benefit_dental": 0, "benefit_sick_leave_days": 450}


def test_each_row_knows_the_version_it_is_from_where_its_line_tells() -> None:
    reading = read([[VERIFIED, PAY, RATES_S2]])
    sources = [reading.sources.of(row) for row in range(len(reading.frame))]
    assert sources == [("pay#technician_a", None)] * 2 + [("labor_rates", 12)] * 2
    assert reading.sources.confirmed.tolist() == [False, False, True, True]


def test_nothing_at_all_is_an_empty_frame() -> None:
    reading = read([[], []])
    assert (len(reading.frame), reading.frame.orgs, reading.frame.places.states) == (0, (), ())


def test_only_verified_organizations_count() -> None:
    reading = read([[VERIFIED[:-1] + "0", PAY, RATES]])
    assert len(reading.frame) == 0
    assert reading.unverified == 2
    assert reading.organizations == {SHOP}


def test_a_line_without_its_organization_is_counted_and_left_out() -> None:
    reading = read([[PAY], [VERIFIED]])
    assert len(reading.frame) == 0
    assert reading.orphaned == 1


@pytest.mark.parametrize(
    "bad",
    [
        PAY + ";",
        PAY.replace("s1", "s2"),
        PAY.replace("2750", "-2750"),
        PAY.replace("2750", "2_750"),
        PAY.replace("2750", "٢٧٥٠"),
        PAY.replace("2750", "9" * 16),
        PAY.replace("2750", "2000000001"),
        PAY.replace("2750:3", "2750:0"),
        PAY.replace("2750:3", "2750:10001"),
        PAY.replace("20000", "2000000"),
        PAY.replace("hourly_equivalent", "salary"),
        PAY.replace("technician_a:2750", ":2750"),
        PAY.replace("technician_a:2750", "technician_a;2750"),
        RATES.replace("labor_rates", "rates"),
        RATES.replace("::", ":technician_a:"),
        RATES.replace(":6500:1", ":6500:1:1"),
        RATES.replace("|20001", ""),
        RATES.replace(SHOP, ""),
        BENEFITS.replace("health::1", "health::2"),
        RATES_S2.replace("|12|", "|0|"),
        RATES_S2.replace("|12|", "|-1|"),
        RATES_S2.replace("|12|", "|100000000|"),
        RATES_S2.replace("|12|1", "|12|2"),
        RATES_S2.replace("|12|1", "|12|"),
        RATES_S2.replace("|12|1", "|12"),
        RATES_S2.replace("|12|1", ""),
        RATES_S2.replace("s2", "s1"),
        RATES + "|12|1",
        "",
        "s1",
        "o1|" + SHOP,
        "x1|whatever",
    ],
)
def test_a_bad_line_is_set_aside_and_the_good_ones_beside_it_count(bad: str) -> None:
    reading = read([[VERIFIED, bad, RATES]])
    assert [row[6] for row in rows(reading)] == ["labor_rate_body"]
    assert len(reading.set_aside) == 1
    assert reading.set_aside[0] in (SHOP, "unknown")


@pytest.mark.parametrize(
    "bad",
    [
        VERIFIED.replace("|MT|", "|ZZ|"),
        VERIFIED.replace("598-MT", "598-ID"),
        VERIFIED.replace("collision", "bakery"),
        VERIFIED[:-1] + "2",
        VERIFIED.replace(GROUP, ""),
    ],
)
def test_a_bad_organization_is_set_aside_with_all_that_it_says(bad: str) -> None:
    reading = read([[bad, PAY]])
    assert (len(reading.frame), reading.orphaned, reading.set_aside) == (0, 1, [SHOP])


def families() -> st.SearchStrategy[tuple[str, str]]:
    pay = st.tuples(st.sampled_from(PAY_METRICS), st.sampled_from([one.value for one in Position]))
    others = sorted(METRICS.difference(PAY_METRICS))
    return st.one_of(pay, st.sampled_from(others).map(lambda metric: (metric, "")))


contributions = st.builds(
    lambda family, value, weight: Contribution(family[0], family[1], value, weight),
    families(),
    st.integers(0, 1),
    st.integers(1, 10_000),
)
lines = st.builds(
    lambda day, figures, version: format_line(Line(SHOP, "benefits", day, tuple(figures), *version)),
    st.integers(0, 10**6),
    st.lists(contributions, min_size=1, max_size=4),
    st.one_of(st.just((None, False)), st.tuples(st.integers(0, 10**8), st.booleans())),
)


@given(
    st.lists(
        st.one_of(lines, st.text("s12|:;0a", max_size=30), lines.map(lambda text: text[:-1])), max_size=6
    )
)
def test_what_is_read_in_bulk_is_what_each_line_says(texts: list[str]) -> None:
    expected = []
    for text in texts:
        try:
            line = parse_line(text)
        except ValueError:
            continue
        if all(one.weight >= 1 for one in line.contributions):
            expected += [
                (one.metric, one.position or "all", one.weight, line.effective_day)
                for one in line.contributions
            ]
    found = [(row[6], row[7], row[9], row[10]) for row in rows(read([[VERIFIED, *texts]])) if row[0] == SHOP]
    assert sorted(found) == sorted(expected)


def test_the_digest_knows_lines_their_order_and_what_else_decides() -> None:
    whole = digest_of([[PAY, RATES], []], "rules")
    assert whole == digest_of([[PAY, RATES], []], "rules")
    others = [
        digest_of([[PAY], [RATES]], "rules"),
        digest_of([[RATES, PAY], []], "rules"),
        digest_of([[PAY, RATES], []], "other rules"),
        digest_of([[PAY, RATES]], "rules"),
    ]
    assert whole not in others
