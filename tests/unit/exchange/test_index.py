"""Reading the lines of the index: what counts, and what a bad line does."""

import pytest

from chalicelib.exchange.index import read

SHOP = "0190aaaa-0000-7000-8000-000000000001"
GROUP = "0190bbbb-0000-7000-8000-000000000001"
VERIFIED = f"o1|{SHOP}|{GROUP}|MT|598-MT|collision|1"
PAY = f"s1|{SHOP}|pay#technician_a|20000|hourly_equivalent:technician_a:2750:3;annual_pay:technician_a:5720000:3"
RATES = f"s1|{SHOP}|labor_rates|20001|labor_rate_body:    :6500:1".replace("    ", "")


def test_a_line_becomes_a_row_for_each_of_its_figures() -> None:
    reading = read([[PAY, VERIFIED, RATES]])
    columns = reading.contributions
    assert list(columns.metric) == ["hourly_equivalent", "annual_pay", "labor_rate_body"]
    assert list(columns.position) == ["technician_a", "technician_a", "all"]
    assert list(columns.value) == [2_750, 5_720_000, 6_500]
    assert list(columns.weight) == [3, 3, 1]
    assert list(columns.effective_day) == [20_000, 20_000, 20_001]
    assert set(
        zip(
            columns.owner_group, columns.division, columns.state, columns.area, columns.shop_type, strict=True
        )
    ) == {(GROUP, "mountain", "MT", "598-MT", "collision")}
    assert (reading.lines, reading.unverified, reading.orphaned, reading.set_aside) == (2, 0, 0, [])


def test_only_verified_organizations_count() -> None:
    reading = read([[VERIFIED[:-1] + "0", PAY, RATES]])
    assert len(reading.contributions) == 0
    assert reading.unverified == 2


def test_a_line_without_its_organization_is_counted_and_left_out() -> None:
    reading = read([[PAY], [VERIFIED]])
    assert len(reading.contributions) == 0
    assert reading.orphaned == 1


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "x",
        "||||",
        f"s2|{SHOP}|labor_rates|20001|labor_rate_body::6500:1",
        f"s1|{SHOP}|labor_rates|20001",
        f"s1|{SHOP}|labor_rates|someday|labor_rate_body::6500:1",
        f"s1|{SHOP}|labor_rates|20001|labor_rate_body::6500",
        f"s1|{SHOP}|labor_rates|20001|labor_rate_unheard_of::6500:1",
        f"s1|{SHOP}|labor_rates|20001|labor_rate_body:painter:6500:1",
        f"s1|{SHOP}|labor_rates|20001|labor_rate_body::-6500:1",
        f"s1|{SHOP}|labor_rates|20001|labor_rate_body::6500:0",
        f"s1|{SHOP}|labor_rates|20001|labor_rate_body::6500:10001",
        f"s1|{SHOP}|labor_rates|20001|labor_rate_body::10000000001:1",
        f"s1|{SHOP}|benefits|20001|benefit_health::2:1",
        f"s1|{SHOP}|labor_rates|20001|labor_rate_body::6500:1;",
        f"o1|{SHOP}|{GROUP}|ZZ|598-ZZ|collision|1",
        f"o1|{SHOP}|{GROUP}|MT|598-ID|collision|1",
        f"o1|{SHOP}||MT|598-MT|collision|1",
        f"o1|{SHOP}|{GROUP}|MT|598-MT||1",
        f"o1|{SHOP}|{GROUP}|MT|598-MT|collision|yes",
        f"o1|{SHOP}|{GROUP}|MT|598-MT|collision",
    ],
)
def test_a_bad_line_is_set_aside_and_stops_nothing(bad: str) -> None:
    reading = read([[VERIFIED, bad, PAY]])
    assert len(reading.contributions) == 2
    assert reading.set_aside == [SHOP if SHOP in bad else "unknown"]


def test_what_is_no_id_is_never_told() -> None:
    assert read([["s1|ann@connects.example|27.50|x"]]).set_aside == ["unknown"]
