"""The thresholds, and how figures are printed."""

import json
from typing import Any

import pytest

from chalicelib.errors import InvalidInput
from chalicelib.exchange.metric_kinds import KINDS, Unit, kind_of
from chalicelib.exchange.policy import Policy
from chalicelib.submissions.service import METRICS


@pytest.mark.parametrize(
    "changes",
    [
        {"k": 2},
        {"k": 1_001},
        {"share_percent": 51},
        {"p_percent": 0},
        {"minimum_age_days": -1},
        {"median_window": 1},
        {"median_window": 4},
        {"median_window": 7},
        {"quartiles_from": 7},
        {"median_window": 5, "quartiles_from": 9},
        {"band_edges": ()},
        {"band_edges": (0, 5)},
        {"band_edges": (5, 5)},
    ],
    ids=str,
)
def test_a_policy_that_would_disclose_is_refused_by_name(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=f"policy: {list(changes)[-1]}|policy: {next(iter(changes))}"):
        Policy(**changes)


def test_a_release_carries_every_threshold() -> None:
    carried = json.loads(json.dumps(Policy(k=7, share_percent=30).to_json()))
    assert carried["k"] == 7
    assert carried["band_edges"] == [5, 10, 20, 50, 100]
    assert set(carried) >= {
        "k",
        "share_percent",
        "p_percent",
        "minimum_age_days",
        "quartiles_from",
        "method_version",
    }


@pytest.mark.parametrize(
    ("groups", "band"), [(5, "5-9"), (9, "5-9"), (10, "10-19"), (49, "20-49"), (100, "100+"), (3, "0-4")]
)
def test_counts_become_bands(groups: int, band: str) -> None:
    assert Policy().band(groups) == band


@pytest.mark.parametrize(
    ("metric", "value", "shown"),
    [
        ("hourly_equivalent", 2_750, "27.50"),
        ("annual_pay", 5_200_000, "52000.00"),
        ("labor_rate_body", 16_250, "162.50"),
        ("benefit_health", 0, "<5"),
        ("benefit_health", 5, "5"),
        ("benefit_health", 95, "95"),
        ("benefit_health", 100, ">95"),
        ("benefit_retirement_match_percent", 450, "4.5"),
        ("benefit_paid_vacation_days", 1_000, "10.0"),
        ("benefit_tool_allowance_usd", 52_500, "525.00"),
    ],
)
def test_figures_are_printed_in_the_unit_of_their_metric(metric: str, value: int, shown: str) -> None:
    assert kind_of(metric).printed(value) == shown


def test_every_metric_of_the_vocabulary_has_a_kind() -> None:
    assert set(KINDS) == METRICS
    assert {name for name, kind in KINDS.items() if kind.by_position} == {"hourly_equivalent", "annual_pay"}
    assert kind_of("benefit_uniforms").unit is Unit.SHARE
