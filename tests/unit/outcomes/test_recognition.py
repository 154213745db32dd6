"""Rules of recognition: data that is checked when it is read, and applied to records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engagement.models import Counter, EngagementRecord
from chalicelib.outcomes.recognition import Rule, parsed, rules, rules_for
from chalicelib.values import Kind

RULE = """
[[rule]]
id = "busy"
title = "Busy"
description = "Much was done."
kinds = ["school"]
at_least = { completions = 2, hours = 10 }
"""


def record(**counts: int) -> EngagementRecord:
    whose = {"organization_id": "00000000-0000-7000-8000-000000000000", "year": 2026}
    return EngagementRecord.model_validate({**whose, **counts})


def test_the_rules_in_force_can_be_read_and_every_kind_has_some() -> None:
    assert {rule.id for rule in rules()} >= {"engaged_school", "training_partner"}
    assert all(rules_for(kind) for kind in Kind)


@pytest.mark.parametrize(
    ("completions", "hours", "fulfilled"), [(2, 10, True), (2, 9, False), (1, 10, False), (3, 11, True)]
)
def test_all_counts_have_to_be_reached(completions: int, hours: int, fulfilled: bool) -> None:
    (rule,) = parsed(RULE)
    assert rule.fulfilled(record(completions=completions, hours=hours)) is fulfilled


@pytest.mark.parametrize(
    "wrong",
    [
        RULE.replace("completions", "friendliness"),
        RULE.replace("school", "garage"),
        RULE.replace("completions = 2, hours = 10", ""),
        RULE.replace("= 10", "= 0"),
        RULE + RULE,
        RULE.replace("[[rule]]", "[[rule]]\nprize = 1"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parsed(wrong)


@given(st.sampled_from(Counter), st.integers(0, 100), st.integers(1, 50))
def test_doing_more_never_loses_a_recognition(counter: Counter, done: int, needed: int) -> None:
    rule = Rule(id="a", title="A", description="A.", kinds=(Kind.SHOP,), at_least={counter: needed})
    before, after = record(**{counter.value: done}), record(**{counter.value: done + 1})
    assert rule.fulfilled(before) <= rule.fulfilled(after)
    assert rule.fulfilled(before) is (done >= needed)
