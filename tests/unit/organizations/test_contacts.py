"""What the API's document says of contact details, and what is taken."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.organizations.contacts import Email, Phone, Website, uniform_phone

PATTERNS: dict[str, str] = {
    name: TypeAdapter(kind).json_schema()["pattern"]
    for name, kind in {"phone": Phone, "website": Website, "email": Email}.items()
}
"""The patterns of the schemas."""
KINDS: dict[str, TypeAdapter[Any]] = {
    "phone": TypeAdapter(Phone),
    "website": TypeAdapter(Website),
    "email": TypeAdapter(Email),
}


def is_taken(name: str, text: str) -> bool:
    try:
        KINDS[name].validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_what_the_schema_allows_is_taken(name: str, data: st.DataObject) -> None:
    most = KINDS[name].json_schema()["maxLength"]
    # Signs between the digits of a number may go on for ever: two at a place leave few texts that are too long.
    drawn = re.sub(r"(\[ \(\)\.\+/-\])\*", r"\1{0,2}", PATTERNS[name])
    text = data.draw(st.from_regex(drawn, fullmatch=True).filter(lambda one: len(one) <= most))
    assert is_taken(name, text)


@given(
    st.text("0123456789 ().+/-x#", max_size=20)
    | st.from_regex(r"[+(]?1?[ -]?[2-9](?:[ -]?[0-9]){9}", fullmatch=True)
)
def test_what_is_taken_for_a_telephone_number_the_schema_allows(text: str) -> None:
    if is_taken("phone", text):
        assert re.search(PATTERNS["phone"], text.strip())
        assert uniform_phone(text).startswith("+")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("website", "javascript:alert(1)"),
        ("website", "https://localhost"),
        ("website", "https://a.example/<b>"),
        ("email", "a@b"),
        ("email", "a b@c.example"),
        ("phone", "106-555-0123"),
        ("phone", "٤٠٦-555-0123"),
    ],
)
def test_what_is_refused_the_schema_refuses(name: str, wrong: str) -> None:
    assert not is_taken(name, wrong)
    assert not re.search(PATTERNS[name], wrong)
