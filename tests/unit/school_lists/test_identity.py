"""Which school a row is about."""

from typing import Any

import pytest

from chalicelib.school_lists import identity
from chalicelib.school_lists.cleaning import Unreadable
from chalicelib.school_lists.models import Program, ProgramsRecord, SchoolRecord

SCHOOL = SchoolRecord(
    name="Big Sky Tech",
    street="1 Main St",
    city="Missoula",
    state="MT",
    zip="59801",
    phone=None,
    website=None,
    latitude=46.85,
    longitude=-114.02,
    ipeds_unit_id="180522",
    nces_id="300000100001",
    ope_id="00253300",
    closed=False,
    programs=(Program("47.0604", "postsecondary"),),
)


def test_the_surest_identifier_names_the_school() -> None:
    assert identity.identity_of(SCHOOL, "montana") == ("nces", "300000100001")
    without_nces = SCHOOL._replace(nces_id=None)
    assert identity.identity_of(without_nces, "montana") == ("ipeds", "180522")
    without_unit = without_nces._replace(ipeds_unit_id=None)
    assert identity.identity_of(without_unit, "montana") == ("ope", "00253300-59801")
    assert identity.identity_of(without_unit._replace(ope_id=None), "montana") == (
        "name",
        "59801-big sky tech",
    )


def test_a_lists_own_number_names_a_school_of_that_list() -> None:
    record = SCHOOL._replace(nces_id=None, ipeds_unit_id=None, source_id="17")
    assert identity.identity_of(record, "montana") == ("list.montana", "17")


def test_a_row_of_programs_goes_by_its_ids() -> None:
    assert identity.identity_of(ProgramsRecord("180522", None, None, ()), "any") == ("ipeds", "180522")
    assert identity.identity_of(ProgramsRecord(None, None, None, ()), "any") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lincoln High School", "LINCOLN HS"),
        ("The University of Art & Design", "university of art and design"),
        ("St. Mary's", "Saint Marys"),
        ("Escuela Mecánica", "Escuela Mecanica"),
    ],
)
def test_names_that_lists_write_differently_are_the_same(one: str, other: str) -> None:
    assert identity.name_key(one) == identity.name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Lincoln High School", "Lincoln Middle School"), ("School No 1", "School No 2"), ("学校", "大学")],
)
def test_names_of_different_schools_are_not(one: str, other: str) -> None:
    assert identity.name_key(one) != identity.name_key(other)
    assert identity.name_key(one)


def test_a_digest_tells_every_difference() -> None:
    changes: dict[str, Any] = {
        "name": "Big Sky",
        "street": "2 Main St",
        "city": "Lolo",
        "state": "ID",
        "zip": "59802",
        "phone": "+14065550123",
        "website": "https://example.edu",
        "latitude": 46.86,
        "longitude": -114.03,
        "ipeds_unit_id": None,
        "nces_id": None,
        "ope_id": None,
        "closed": True,
        "programs": (Program("47.0604", "postsecondary", "MAST"),),
        "source_id": "17",
        "parent_id": "3",
    }
    assert set(changes) == set(SchoolRecord._fields)
    others = [SCHOOL._replace(**{name: value}) for name, value in changes.items()]
    assert len(set(identity.digests_of([SCHOOL, *others]))) == len(changes) + 1


def test_a_digest_is_of_its_row_alone() -> None:
    moved = SCHOOL._replace(street=None, latitude=None, phone="+14065550123")
    digests = identity.digests_of([SCHOOL, moved, SCHOOL])
    assert digests == [*identity.digests_of([SCHOOL]), *identity.digests_of([moved, SCHOOL])]
    assert identity.digests_of([]) == []


def test_rows_of_programs_have_digests_too() -> None:
    rows = [ProgramsRecord("180522", None, None, ()), ProgramsRecord(None, "180522", None, ())]
    assert len(set(identity.digests_of(rows))) == 2


def test_a_digest_is_the_same_in_every_process() -> None:
    assert identity.digests_of([SCHOOL]) == ["76f38093ae0f3c806bca4c24"]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("00100200", "00100200"),
        ("100200", "00100200"),
        ("001002", "00100200"),
        ("1002", "00100200"),
        ("2100502", "02100502"),
    ],
)
def test_ope_ids_that_lost_zeros_are_mended(text: str, id_: str) -> None:
    assert identity.ope_id(text) == id_


def test_ids() -> None:
    assert identity.nces_id("10000200277") == "010000200277"
    assert identity.nces_id("A0100001") == "A0100001"
    assert identity.ipeds_unit_id("100654") == "100654"
    for function, text in (
        (identity.nces_id, "0100002"),
        (identity.ipeds_unit_id, "10065"),
        (identity.ope_id, "12"),
        (identity.ope_id, "001002000"),
        (identity.ope_id, "\uff11\uff12\uff13\uff14"),
    ):
        with pytest.raises(Unreadable):
            function(text)
