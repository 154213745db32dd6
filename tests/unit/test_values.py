"""Money, texts and roles."""

import re
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.values import ONCE, WHOLE, Line, Link, Model, Role, Text, Usd, usd_of

UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
SEEN = st.text(st.characters(exclude_categories=["Cs", "Cf"], exclude_characters=UNSEEN), max_size=5)
"""Texts of which all is seen, or refused: what else is left out leaves nothing, where nothing else is there."""


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


@pytest.mark.parametrize(
    ("wrong", "said"), [("", "at least 1 character"), ("x" * 201, "at most 200 characters")]
)
def test_the_length_of_a_line_is_told_in_characters(wrong: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Priced.model_validate({"price_usd": "1", "name": wrong})


def test_an_error_does_not_say_what_was_sent() -> None:
    for wrong in ({"price_usd": "93.17.5"}, {"price_usd": "93.17", "name": "ann@connects.example\n"}):
        with pytest.raises(ValidationError) as told:
            Priced.model_validate(wrong)
        assert "93.17" not in str(told.value)
        assert "ann@" not in str(told.value)


@pytest.mark.parametrize("hidden", ["\u200b", "\ufeff", "\u202egnp.exe", "a\u2028b", "a\x85b", "a\u2066b"])
def test_what_is_not_seen_is_no_part_of_a_line(hidden: str) -> None:
    with pytest.raises(ValidationError, match="not seen"):
        Priced.model_validate({"price_usd": "1", "name": hidden})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Mis\u00adsoula \u200eAuto\u200f", "Missoula Auto"),
        ("\u3164Cedar\u2800", "Cedar"),
        ("Cedar\U000e0041", "Cedar"),
        ("E" + "\u0301" * 60, "E" + "\u0301" * 3),
        ("Café Ünïcødé 👩‍🔧", "Café Ünïcødé 👩‍🔧"),
    ],
)
def test_what_comes_along_unseen_is_left_out(sent: str, kept: str) -> None:
    assert Priced.model_validate({"price_usd": "1", "name": sent}).name == kept
    assert Message(text=sent).text == kept


@pytest.mark.parametrize("nothing", ["\u3164", "\u2800 \u200e", "\u00ad"])
def test_a_name_is_something_to_look_at(nothing: str) -> None:
    with pytest.raises(ValidationError, match="at least 1 character"):
        Priced.model_validate({"price_usd": "1", "name": nothing})


@given(SEEN)
def test_the_schema_of_a_line_says_just_what_is_taken(text: str) -> None:
    pattern = Priced.model_json_schema()["properties"]["name"]["pattern"]
    try:
        taken = bool(Priced.model_validate({"price_usd": "1", "name": text}))
    except ValidationError:
        taken = False
    assert taken is (re.fullmatch(pattern.removeprefix("^").removesuffix("$"), text) is not None)


@pytest.mark.parametrize("text", ["3", "3.0", "0.3e1"])
def test_a_whole_number_is_one_however_json_spells_it(text: str) -> None:
    assert TypeAdapter(Annotated[int, WHOLE]).validate_json(text, strict=True) == 3


@pytest.mark.parametrize("text", ["3.5", '"3"', "true", "NaN", "Infinity", "null"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Annotated[int, WHOLE]).validate_json(text, strict=True)


def test_roles_cover_lesser_roles() -> None:
    assert Role.OWNER.covers(Role.VIEWER)
    assert Role.CONTRIBUTOR.covers(Role.CONTRIBUTOR)
    assert not Role.CONTRIBUTOR.covers(Role.MANAGER)


class Message(Model):
    text: Text


@pytest.mark.parametrize("wrong", ["", " \n ", "a\x00b", "a\x1b[2J", "\u200b", "a\u202eb", "x" * 4001])
def test_a_text_is_bounded_and_all_of_it_is_seen(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Message(text=wrong)


@pytest.mark.parametrize("right", ["a\nb", "a\tb", "<script>alert(1)</script>", "Ünïcødé 👩‍🔧", "x" * 4000])
def test_a_text_is_kept_as_it_is(right: str) -> None:
    assert Message(text=right).text == right


def test_line_breaks_of_a_text_are_of_one_kind() -> None:
    assert Message(text="a\r\nb\rc").text == "a\nb\nc"


@given(SEEN)
def test_the_schema_of_a_text_says_just_what_is_taken(text: str) -> None:
    pattern = Message.model_json_schema()["properties"]["text"]["pattern"]
    try:
        Message(text=text)
        taken = True
    except ValidationError:
        taken = False
    assert taken == bool(re.search(pattern, text))


@pytest.mark.parametrize(
    "wrong", ["javascript:alert(1)", "//evil.example", "http://", "ftp://a.example", "https://a b.example"]
)
def test_a_link_is_http_or_https(wrong: str) -> None:
    with pytest.raises(ValidationError, match="begins with https://"):
        TypeAdapter(Link).validate_python(wrong)


def test_nothing_stands_twice_in_what_names_each_once() -> None:
    chosen = TypeAdapter(Annotated[tuple[str, ...], ONCE])
    assert chosen.validate_python(("b", "a")) == ("b", "a")
    with pytest.raises(ValidationError, match="Name each once"):
        chosen.validate_python(("a", "b", "a"))
