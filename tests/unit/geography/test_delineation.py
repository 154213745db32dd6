"""Metropolitan areas: which place is in which, and which area of the statistics follows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.geography.connecticut import REGION_OF_TOWN
from chalicelib.geography.delineation import Areas, Delineation, county_key
from chalicelib.geography.service import area_at, area_of_zip, find_zip, place_of_zip, zip_areas
from tests.unit.geography.delineations import KNOWN, METRO, delineation

AREAS = Areas(delineation(), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("zip_code", "area"),
    [
        ("59801", "33540-MT"),  # Missoula
        ("59901", "599-MT"),  # Kalispell: micropolitan
        ("10001", "35620-NY"),  # one metropolitan area, two states
        ("07302", "35620-NJ"),
        ("88001", "29740-NM"),  # Doña Ana County, which postal data write without the tilde
        ("46350", "33140-IN"),  # La Porte County, and LaPorte County
        ("99501", "11260-AK"),  # Anchorage Municipality, and Municipality of Anchorage
        ("00901", "41980-PR"),  # a municipio
        ("23219", "40060-VA"),  # an independent city
        ("06902", "14860-CT"),  # Stamford: Fairfield County, Western Connecticut Planning Region
        ("06878", "14860-CT"),  # Riverside, a village of Greenwich
        ("06103", "25540-CT"),  # Hartford
        ("06098", "060-CT"),  # Winsted: Litchfield County, Northwest Hills: micropolitan
    ],
)
def test_the_area_of_a_place_is_its_metropolitan_area_in_its_state(zip_code: str, area: str) -> None:
    place = place_of_zip(zip_code)
    assert AREAS.of(place) == area
    assert area_of_zip(AREAS, zip_code, place.state) == area
    assert area_at(AREAS, zip_code, place.state, place.county) == area


def test_without_a_delineation_every_area_is_a_zip_area() -> None:
    assert Areas().of(place_of_zip("59801")) == "598-MT"
    assert area_at(Areas(), "59801", "MT", None) == "598-MT"
    assert area_of_zip(Areas(), "00000", "MT") == "000-MT"
    assert (Areas().metro_of(place_of_zip("59801")), Areas().parts("33540"), Areas().digest) == (None, (), "")


def test_a_delineation_from_before_the_planning_regions_finds_the_old_counties() -> None:
    old = [("14860", "Bridgeport-Stamford-Norwalk, CT", METRO, "Fairfield County", "Connecticut")]
    areas = Areas(delineation("MARCH 2020", old))
    assert areas.of(place_of_zip("06902")) == "14860-CT"
    assert areas.of(place_of_zip("06103")) == "061-CT"


def test_every_town_and_post_office_of_connecticut_has_a_planning_region() -> None:
    places = [place for found in zip_areas("CT").values() for place in found]
    assert len(places) > 400
    assert {place.city for place in places} <= REGION_OF_TOWN.keys()
    assert len(set(REGION_OF_TOWN.values())) == 9


@pytest.mark.parametrize(
    ("area", "name"),
    [
        ("33540-MT", "Missoula, MT"),
        ("35620-NJ", "New York-Newark-Jersey City, NY-NJ, the part in New Jersey"),
        ("598-MT", "ZIP codes 598 in Montana outside metropolitan areas"),
        ("99999-MT", "Metro area 99999 in Montana"),
    ],
)
def test_areas_have_names(area: str, name: str) -> None:
    assert AREAS.name_of(area) == name


def test_without_metropolitan_areas_a_zip_area_is_whole() -> None:
    assert Areas().name_of("598-MT") == "ZIP codes 598 in Montana"


def test_a_metropolitan_area_is_the_areas_of_its_states() -> None:
    assert AREAS.parts("35620") == ("35620-NJ", "35620-NY")
    assert AREAS.parts("33540") == ("33540-MT",)
    assert AREAS.parts("28060") == ()


def test_a_delineation_survives_being_packed() -> None:
    one = delineation()
    again = Delineation.unpack(one.pack())
    assert (again, again.digest, again.vintage) == (one, one.digest, date(2023, 7, 1))
    assert delineation(known=KNOWN[1:]).digest != one.digest


@given(st.text(max_size=40))
def test_a_county_s_key_is_letters_alone_and_its_own_key(name: str) -> None:
    key = county_key(name)
    assert all("a" <= character <= "z" for character in key)
    assert county_key(key) == key


def test_a_zip_code_of_a_town_without_a_county_gets_that_of_the_town() -> None:
    place = find_zip("97250")
    assert place is not None
    assert (place.city, place.county) == ("Portland", "Multnomah County")
