"""Identifiers are UUIDs of version 7 in the order in which they were made."""

import time
from uuid import RFC_4122, UUID

import pytest

from chalicelib.clock import new_id, new_ids


def test_identifiers_are_uuids_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    made = [UUID(one) for one in (new_id(), *new_ids(3))]
    after = time.time_ns() // 1_000_000
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}
    assert all(before <= one.int >> 80 <= after + 1 for one in made)


def test_later_ones_sort_behind_earlier_ones() -> None:
    made = [*new_ids(5000), new_id(), *new_ids(10), new_id()]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_clock_that_is_set_back_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    earlier = new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    assert new_id() > earlier


def test_none_are_none() -> None:
    assert new_ids(0) == []
