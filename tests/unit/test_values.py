"""Money, texts and roles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.values import Line, Model, Role, Usd, usd_of


class Priced(Model):
    price_usd: Usd
    name: Line = "x"


@given(st.integers(0, 99_999_999_999))
def test_cents_survive_the_way_out_and_in(cents: int) -> None:
    sent = Priced.model_validate_json(f'{{"price_usd": "{usd_of(cents)}"}}', strict=True)
    assert sent.price_usd == cents
    assert sent.model_dump(mode="json")["price_usd"] == usd_of(cents)


@pytest.mark.parametrize("text", ["27.50", "27.5", "27", "0.05"])
def test_dollars_have_at_most_two_decimals(text: str) -> None:
    assert Priced.model_validate({"price_usd": text}).price_usd == round(float(text) * 100)


@pytest.mark.parametrize(
    "wrong", ["", "-1", "+1", "1e3", "1,000", "027", "1.", ".5", "1.234", "٣", "NaN", 27.5, 27, None]
)
def test_anything_else_is_no_amount(wrong: object) -> None:
    with pytest.raises(ValidationError, match="Dollars are a string"):
        Priced.model_validate({"price_usd": wrong})


@pytest.mark.parametrize("wrong", ["", "  ", "a\nb", "a\tb", "a\x00b", "a\x1b[2J", "x" * 201])
def test_a_line_is_one_clean_line(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Priced.model_validate({"price_usd": "1", "name": wrong})


def test_roles_cover_lesser_roles() -> None:
    assert Role.OWNER.covers(Role.VIEWER)
    assert Role.CONTRIBUTOR.covers(Role.CONTRIBUTOR)
    assert not Role.CONTRIBUTOR.covers(Role.MANAGER)
