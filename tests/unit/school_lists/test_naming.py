"""Upper-case names made readable."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.school_lists.naming import readable


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("UNIVERSITY OF O'FALLON AND THE ARTS", "University of O'Fallon and the Arts"),
        ("MCKINLEY HIGH SCHOOL", "McKinley High School"),
        ("ITT TECHNICAL INSTITUTE-ST LOUIS", "ITT Technical Institute-St Louis"),
        ("THE COLLEGE OF THE ROCKIES", "The College of the Rockies"),
        ("ST MARY'S VO-TECH (EAST)", "St Mary's Vo-Tech (East)"),
        ("1200 NE 21ST AVE", "1200 NE 21st Ave"),
        ("MACOMB COUNTY", "Macomb County"),
        ("DHARMA REALM BUDDHIST UNIVERSITY", "Dharma Realm Buddhist University"),
        ("BOCES CTE CENTER III", "BOCES CTE Center III"),
        ("CENTRO DE FORMACIÓN TÉCNICA", "Centro de Formación Técnica"),
        ("P.S. 327", "P.S. 327"),
        ("MCVSD", "MCVSD"),
        ("WYOTECH-DEKALB", "WyoTech-DeKalb"),
        ("MACARTHUR STEM ACADEMY", "MacArthur STEM Academy"),
        ("ITT", "ITT"),
        ("WyoTech", "WyoTech"),
        ("ITT Tech of O'Fallon", "ITT Tech of O'Fallon"),
        ("van asselt", "van asselt"),
    ],
)
def test_names(name: str, spelled: str) -> None:
    assert readable(name) == spelled


@given(st.text(alphabet=st.characters(categories=("Lu", "Ll", "Nd", "Zs", "Po")), max_size=40))
@settings(deadline=None)
def test_only_the_case_changes_and_once_is_enough(name: str) -> None:
    spelled = readable(name)
    assert spelled.casefold() == name.casefold()
    assert readable(spelled) == spelled or spelled.isupper()
