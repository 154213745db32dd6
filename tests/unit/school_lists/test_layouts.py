"""Which column holds what."""

import pytest

from chalicelib.school_lists import layouts
from tests.unit.school_lists.lists import read


@pytest.mark.parametrize("name", layouts.LAYOUTS)
def test_every_layout_recognizes_its_own_documented_header(name: str) -> None:
    known = layouts.layout(name)
    header = [names[0] for names in known.columns.values()]
    mapped = layouts.recognize(header, [])
    assert mapped is not None
    assert mapped.layout.name == name
    assert set(mapped.positions) == set(known.columns)


def test_an_unknown_layout_is_no_file_name() -> None:
    with pytest.raises(KeyError):
        layouts.layout("../secrets")


def test_ipeds_columns_come_and_go() -> None:
    reading = read(
        "\ufeffUNITID,INSTNM,STABBR,ZIP,CHFNM,CYACTIVE,SECTOR,OPEID\n"
        "100654,Alabama A & M University,AL,35762,A Person,1,1,00100200\n"
        "100655,A Closed College,AL,35762-0001,A Person,3,2,-2\n"
        "100656,A System Office,AL,35762,A Person,1,0,-2\n"
    )
    assert reading.opened.mapped.layout.name == "ipeds_hd"
    assert [(one.ipeds_unit_id, one.closed, one.ope_id) for one in reading.records] == [
        ("100654", False, "00100200"),
        ("100655", True, None),
    ]
    assert "administrative unit" in reading.rejected[0].reason
    assert "A Person" not in repr(reading.rows)


@pytest.mark.parametrize(
    "header",
    [
        "School Name,Address,City,State,Zip Code",
        "Institution,Street Address,Town,State Abbreviation,Postal Code",
        "INSTITUTION NAME,PHYSICAL ADDRESS,PHYSICAL CITY,PHYSICAL STATE,PHYSICAL ZIP",
        "School_Name,School_Address,School_City,School_State,School_Zip",
        "SCH_NAME,LSTREET1,LCITY,LSTATE,LZIP",
        " name , street , city , ST , zip5 ",
        "Name of School,Address Line 1,City/Town,State or Province,ZIP/Postal Code",
    ],
)
def test_headers_close_to_the_plain_layout(header: str) -> None:
    reading = read(f"{header}\nBig Sky Tech,1 Main St,Missoula,MT,59801\n")
    (record,) = reading.records
    assert (record.name, record.street, record.city, record.state, record.zip) == (
        "Big Sky Tech",
        "1 Main St",
        "Missoula",
        "MT",
        "59801",
    )


def test_the_values_decide_between_columns_of_the_same_name() -> None:
    reading = read("School,School Name,Zip\n0123,Big Sky Tech,59801\n0456,Lincoln High,60601\n")
    assert reading.names == ["Big Sky Tech", "Lincoln High"]


def test_a_zip_column_with_other_things_in_it_is_none() -> None:
    reading = read("Name,City,State,Zip\nBig Sky Tech,Missoula,MT,west\nLincoln High,Chicago,IL,north\n")
    assert "zip" not in reading.opened.mapped.positions
    assert [record.city for record in reading.records] == ["Missoula", "Chicago"]


@pytest.mark.parametrize(
    "header",
    ["District Name,Zip", "Program Name,Zip", "Principal,School Zip", "Student Name,Zip", "BusinessName,Zip"],
)
def test_nothing_is_guessed(header: str) -> None:
    assert layouts.recognize(header.split(","), [["Big Sky", "59801"]]) is None


def test_employers_and_foreign_schools_of_the_va_are_no_schools() -> None:
    reading = read(
        "Facility Code,Institution Name,Address 1,Institution City,Institution State,Institution Zip Code,"
        "Institution Country,OJT Indicator,IPEDS\n"
        "1,BIG SKY TRADE SCHOOL,1 MAIN ST,MISSOULA,MT,59801,USA,No,\n"
        "2,MISSOULA POLICE DEPARTMENT,2 MAIN ST,MISSOULA,MT,59801,USA,Yes,\n"
        "3,UNE ECOLE,3 RUE,PARIS,,,FRANCE,No,\n"
    )
    assert reading.opened.mapped.layout.name == "va_facility"
    assert reading.names == ["Big Sky Trade School"]
    assert len(reading.rejected) == 2


def test_the_common_core_of_data_is_close_enough() -> None:
    reading = read(
        "SCHOOL_YEAR,STATENAME,ST,SCH_NAME,LEA_NAME,NCESSCH,LSTREET1,LCITY,LSTATE,LZIP,LZIP4,PHONE,WEBSITE,SY_STATUS_TEXT\n"
        "2023-2024,MONTANA,MT,Big Sky High School,Missoula H S,300000100001,3100 South Ave W,Missoula,MT,59801,,"
        "(406)728-2400,http://example.edu,Open\n"
        "2023-2024,MONTANA,MT,Old High School,Missoula H S,300000100002,1 Main St,Missoula,MT,59801,,,,Closed\n"
    )
    assert [(one.name, one.nces_id, one.closed) for one in reading.records] == [
        ("Big Sky High School", "300000100001", False),
        ("Old High School", "300000100002", True),
    ]
