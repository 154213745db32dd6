"""The wire format of items, beside boto3's own."""

from decimal import Decimal, DecimalException
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.table.wire import from_wire, to_wire
from chalicelib.values import Position

NUMBERS = st.integers(-(10**37), 10**37) | st.decimals(-(10**9), 10**9, places=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.text() | NUMBERS | st.sampled_from(Position),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner) | st.tuples(inner),
    max_leaves=20,
)


@given(VALUES)
def test_values_are_written_and_read_as_boto3_does(value: Any) -> None:
    written = to_wire(value)
    assert written == TypeSerializer().serialize(value)
    assert from_wire(written) == TypeDeserializer().deserialize(written)


@given(VALUES)
def test_what_is_read_is_written_the_same_again(value: Any) -> None:
    written = to_wire(value)
    assert to_wire(from_wire(written)) == written


def test_texts_can_be_a_set_and_bytes_stay_bytes() -> None:
    assert to_wire({"b", "a"}) == {"SS": ["a", "b"]}
    assert from_wire({"SS": ["a", "b"]}) == {"a", "b"}
    assert from_wire(to_wire(b"\x00")) == b"\x00"


@pytest.mark.parametrize(
    "value", [1.5, Decimal("NaN"), Decimal("Infinity"), set(), {1, 2}, object(), {"a": 1.5}]
)
def test_what_an_item_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        to_wire(value)


@pytest.mark.parametrize("number", [10**38 + 1, Decimal("0." + "3" * 39)])
def test_no_number_is_rounded(number: Any) -> None:
    with pytest.raises(DecimalException):
        to_wire(number)


def test_a_type_that_is_not_stored_is_refused() -> None:
    with pytest.raises(TypeError):
        from_wire({"NS": ["1"]})
