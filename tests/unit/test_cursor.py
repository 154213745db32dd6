"""Cursors are opaque, signed, and good for one list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidCursor
from chalicelib.table.cursor import CursorSigner

positions = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers(), max_size=4)


@given(positions)
def test_a_cursor_gives_back_its_position(position: dict[str, object]) -> None:
    signer = CursorSigner("key")
    assert signer.read("list?a=1", signer.sign("list?a=1", position)) == position


@given(st.text(max_size=60))
def test_what_was_not_signed_is_refused(forged: str) -> None:
    with pytest.raises(InvalidCursor):
        CursorSigner("key").read("list", forged)


def test_a_cursor_is_refused_for_another_list_or_by_another_key() -> None:
    cursor = CursorSigner("key").sign("list?state=MT", {"PK": "x"})
    for scope, key in (("list?state=WY", "key"), ("list?state=MT", "other")):
        with pytest.raises(InvalidCursor):
            CursorSigner(key).read(scope, cursor)
    with pytest.raises(InvalidCursor):
        CursorSigner("key").read("list?state=MT", cursor[:-1] + ("A" if cursor[-1] != "A" else "B"))
