"""Thresholds and kinds."""

import json

import pytest

from chalicelib.errors import InvalidInput
from chalicelib.exchange.metric_kinds import kind_of
from chalicelib.exchange.policy import Policy


def test_a_policy_survives_json() -> None:
    policy = Policy(k=7, band_edges=(7, 20))
    assert Policy.from_json(json.dumps(policy.to_json())) == policy


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"k": 2}', "k is 2"),
        ('{"k": true}', "k is True"),
        ('{"k": 3}', "can never be met"),
        ('{"share": 3}', "unknown threshold 'share'"),
        ('{"band_edges": [5, 5]}', "band_edges"),
        ('{"band_edges": "5"}', "band_edges"),
        ('{"band_edges": ["a"]}', "band_edges"),
        ('{"position_weights": [1]}', "position_weights"),
        ('{"method_version": 2}', "method_version"),
        ('{"position_weights": {"painter": 0}}', "position_weights"),
        ('{"outlier_mads": 2}', "outlier_mads is 2"),
        ('{"outlier_floor_percent": 0}', "outlier_floor_percent is 0"),
        ("[]", "JSON object"),
        ("{", "not JSON"),
    ],
)
def test_a_meaningless_policy_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        Policy.from_json(text)


@pytest.mark.parametrize(
    ("metric", "unit", "step"),
    [
        ("pay", "usd_per_hour", 50),
        ("pay_annual", "usd_per_year", 100_000),
        ("labor_rate_warranty", "usd_per_hour", 250),
        ("benefit_dental_offered", "share", 5),
        ("tool_allowance", "usd", 2_500),
        ("anything else", "usd_per_hour", 50),
    ],
)
def test_every_metric_has_a_kind(metric: str, unit: str, step: int) -> None:
    kind = kind_of(metric)
    assert (kind.unit.value, kind.step) == (unit, step)


@pytest.mark.parametrize(
    ("groups", "band"), [(5, "5-9"), (9, "5-9"), (10, "10-19"), (99, "50-99"), (250, "100+")]
)
def test_counts_are_printed_as_bands(groups: int, band: str) -> None:
    assert Policy().band(groups) == band
