"""Items of new schools that are made without a model are those that are made with one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import InvalidInput
from chalicelib.organizations.imports import new_school
from chalicelib.organizations.programs import Level, Program
from chalicelib.organizations.provenance import Telling
from chalicelib.organizations.school_items import profile_items
from chalicelib.organizations.store import organization_item
from chalicelib.organizations.told import ImportedSchool, ImportedSchools
from chalicelib.values import Subject

NEW_ID = "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"
TELLING = Telling("ipeds_hd", "2024-01-01", "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a11")
TEXTS = st.text(
    alphabet=st.characters(blacklist_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), min_size=1, max_size=30
).filter(lambda text: text.strip() == text)
SCHOOLS = st.builds(
    ImportedSchool,
    name=st.one_of(TEXTS, st.sampled_from(['Big "Sky"', "O'Fallon\\Tech", "Escuela de Mecánica", "ẞ" * 90])),
    city=st.one_of(TEXTS, st.just("Missoula")),
    zip=st.sampled_from(["59801", "02139", "00969", "96960"]),
    street=st.none() | TEXTS,
    latitude=st.none() | st.floats(-85, 85).map(lambda degrees: round(degrees, 6)),
    longitude=st.none() | st.floats(-179, 179).map(lambda degrees: round(degrees, 6)),
    phone=st.sampled_from([None, "+14065550123", "+14065550123x7", "nonsense"]),
    website=st.sampled_from(
        [
            None,
            "https://www.example.edu/a?b=1",
            "http://Example.EDU",
            'https://example.edu/"',
            "https://e.edu/\\x",
            "x",
        ]
    ),
    programs=st.sampled_from(
        [(), (Program(subject=Subject.AUTOMOTIVE, cip_code="47.0604", level=Level.SECONDARY),)]
    ),
    ipeds_unit_id=st.sampled_from([None, "180522"]),
    nces_id=st.sampled_from([None, "300000100001"]),
    ope_id=st.sampled_from([None, "00253300", '"']),
    closed=st.sampled_from([None, False, True]),
)


@given(
    st.lists(SCHOOLS, max_size=5), st.sampled_from([0, 40, 123000]), st.sampled_from(["ipeds_hd", "année"])
)
@settings(deadline=None, max_examples=300)
def test_the_items_are_the_same(schools: list[ImportedSchool], microsecond: int, source: str) -> None:
    now = datetime(2026, 6, 15, 1, 2, 3, microsecond, tzinfo=UTC)
    telling = TELLING._replace(source=source)
    ids = [f"{NEW_ID[:-1]}{number}" for number in range(len(schools))]
    expected = [
        organization_item(new_school(school, one, telling, now))
        for school, one in zip(schools, ids, strict=True)
    ]
    assert profile_items(as_columns(schools), ids, telling, now) == expected


def test_an_unknown_zip_code_is_refused() -> None:
    school = ImportedSchool(name="Big Sky", city="Missoula", zip="99999")
    with pytest.raises(InvalidInput):
        profile_items(as_columns([school]), [NEW_ID], TELLING, datetime(2026, 6, 15, tzinfo=UTC))


def as_columns(schools: list[ImportedSchool]) -> ImportedSchools:
    return ImportedSchools(*zip(*schools, strict=True)) if schools else ImportedSchools(*[[]] * 13)
