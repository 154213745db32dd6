"""ZIP codes, states and divisions."""

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import us
import zipcodes
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import InvalidInput
from chalicelib.geography.delineation import Areas
from chalicelib.geography.service import (
    code_of_state,
    find_zip,
    place_of_zip,
    point_asked,
    state_asked,
    zip_area,
)
from chalicelib.geography.states import STATES, Division

if TYPE_CHECKING:
    from collections.abc import Callable


def test_a_zip_code_tells_all_that_follows_from_it() -> None:
    place = place_of_zip("59801")
    assert place.model_dump(mode="json") == {
        "zip": "59801",
        "city": "Missoula",
        "state": "MT",
        "state_name": "Montana",
        "county": "Missoula County",
        "division": "mountain",
        "latitude": 46.8563,
        "longitude": -114.0252,
    }


def test_zip_plus_four_is_taken_for_its_zip_code() -> None:
    assert place_of_zip("59801-1234") == place_of_zip("59801")


@pytest.mark.parametrize(
    ("zip_code", "state"),
    [("00601", "PR"), ("00802", "VI"), ("96799", "AS"), ("96910", "GU"), ("96950", "MP"), ("96960", "MH")],
)
def test_islands_are_a_division_of_their_own(zip_code: str, state: str) -> None:
    place = place_of_zip(zip_code)
    assert (place.state, place.division) == (state, Division.ISLAND_AREAS)


def test_an_area_never_crosses_a_state_line() -> None:
    # One three-digit area, two states: Fishers Island is New York's, but its mail comes through Connecticut.
    areas = Areas()
    assert (areas.of(place_of_zip("06390")), areas.of(place_of_zip("06320"))) == ("063-NY", "063-CT")
    assert zip_area("59801", "MT") == "598-MT"


@pytest.mark.parametrize(
    ("zip_code", "words"),
    [
        ("", "five digits"),
        ("5980", "five digits"),
        ("598011", "five digits"),
        ("59801-", "five digits"),
        (" 59801", "five digits"),
        ("\uff15\uff19\uff18\uff10\uff11", "five digits"),
        ("ABCDE", "five digits"),
        ("99999", "no ZIP code 99999"),
        ("09001", "military"),
        ("96201", "military"),
        ("34001", "military"),
        ("88888", "without a place"),
        ("56901", "without a place"),
    ],
)
def test_what_is_no_place_is_refused_with_a_reason(zip_code: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        place_of_zip(zip_code, pointer="/address/zip", source="body")
    (field,) = refused.value.fields
    assert (field.pointer, field.source, field.detail) == ("/address/zip", "body", refused.value.detail)


@given(st.text(max_size=12).filter(lambda text: not re.fullmatch(r"[0-9]{5}(-[0-9]{4})?", text)))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="five digits"):
        place_of_zip(text)
    assert find_zip(text) is None


def test_every_zip_code_with_a_place_has_coordinates_in_the_country() -> None:
    list_all: Callable[[], list[dict[str, Any]]] = zipcodes.list_all
    sample = [record["zip_code"] for record in list_all()][::97]
    found = [place for place in map(find_zip, sample) if place is not None]
    assert len(found) > 0.95 * len(sample)
    for place in found:
        assert -15 < place.latitude < 72
        assert place.longitude < -64 or place.longitude > 130, place


@pytest.mark.parametrize("zip_code", ["77352", "31144", "96939", "96917"])
def test_a_zip_code_whose_coordinates_are_unknown_is_near_its_neighbours(zip_code: str) -> None:
    place = find_zip(zip_code)
    assert place is not None
    assert abs(place.latitude) > 1


def test_there_are_nine_divisions_and_the_islands() -> None:
    sizes = Counter(state.division for state in STATES.values())
    assert [sizes[division] for division in Division] == [6, 3, 5, 7, 9, 4, 4, 8, 5, 8]


def test_names_of_states_are_the_usual_ones() -> None:
    known = {state.abbr: state.name for state in (*us.states.STATES, us.states.DC, *us.states.TERRITORIES)}
    assert {code: state.name for code, state in STATES.items() if code in known} == known
    assert set(STATES) - set(known) == {"FM", "MH", "PW"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MT", "MT"),
        (" mt ", "MT"),
        ("Montana", "MT"),
        ("NEW  HAMPSHIRE", "NH"),
        ("Wash.", "WA"),
        ("W. Va.", "WV"),
        ("N.H.", "NH"),
        ("D.C.", "DC"),
        ("Washington, DC", "DC"),
        ("Washington", "WA"),
        ("puerto rico", "PR"),
        ("U.S. Virgin Islands", "VI"),
        ("Montanna", None),
        ("XX", None),
        ("", None),
        ("59", None),
    ],
)
def test_a_state_is_told_by_code_name_or_abbreviation_and_never_guessed(text: str, code: str | None) -> None:
    assert code_of_state(text) == code


def test_a_code_names_a_state() -> None:
    montana = state_asked("MT")
    assert montana.name == "Montana"
    with pytest.raises(InvalidInput, match="no state ZZ"):
        state_asked("ZZ")


def test_a_point_is_asked_for_by_a_zip_code_or_by_itself_and_whole() -> None:
    place = place_of_zip("59801")
    assert point_asked("59801-1234", None, None) == (place.latitude, place.longitude)
    assert point_asked(None, 46.5, -114.0) == (46.5, -114.0)
    assert point_asked(None, 0.0, 0.0) == (0.0, 0.0)
    assert point_asked(None, None, None) is None
    for zip_code, latitude, longitude, wrong in (
        ("59801", 46.5, None, "zip"),
        ("99999", None, None, "zip"),
        (None, None, -114.0, "latitude"),
        (None, 46.5, None, "longitude"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            point_asked(zip_code, latitude, longitude)
        assert [(one.pointer, one.source) for one in refusal.value.fields] == [(wrong, "query")]
