"""Which of several columns is meant: of names, of addresses, of numbers."""

import json

import pytest

from chalicelib.school_lists.mapping import from_json
from chalicelib.school_lists.models import ListOptions, UnusableList
from tests.unit.school_lists.lists import Reading, read

_OF_LISTS = """\
School Name|School Street Address|School City|School State|School Zip|School Site Street Address|School Site City|\
School Site State|School Site Zip
InstName|MailingAddressLine1|MailingCity|MailingState|MailingZipCode|LocationAddressLine1|LocationCity|LocationState|\
LocationZipCode
EntityOfficialName|EntityMailingStreet|EntityMailingCity|EntityMailingState|EntityMailingZip4|EntityPhysicalStreet|\
EntityPhysicalCity|EntityPhysicalState|EntityPhysicalZip4
SCHOOL_NAME_LONG|ADDRESS|CITY|STATE|ZIP|PHYSICAL_ADDRESS|PHYSICAL_CITY|PHYSICAL_STATE|PHYSICAL_ZIP
School|MailStreet|MailCity|MailState|MailZip|Street|City|State|Zip
School Name|Mailing Address|Mailing City|Mailing State|Mailing Zip|Street Address|City|State|School Zip
PINST|PADDRS|PCITY|PSTABB|PZIP|PL_ADD|PL_CIT|PL_STABB|PL_ZIP
Escuela|Dirección Postal|Mailing City|Mailing State|Mailing Zip|Dirección Física|Pueblo|State|Código Postal
"""
HEADERS = _OF_LISTS.splitlines()
"""A mailing address, and then the place's."""
PLACE = ("1 Main St", "Missoula", "MT", "59801")


def _places(reading: Reading) -> list[tuple[str | None, str, str, str]]:
    return [(one.street, one.city, one.state, one.zip) for one in reading.records]


@pytest.mark.parametrize(
    "header",
    HEADERS,
    ids=lambda header: header.partition("|")[0] + header[-8:],
)
def test_the_address_of_the_place_goes_before_that_of_its_mail(header: str) -> None:
    mail = "PO Box 9,Chicago,IL,60601"
    reading = read(
        f"{header.replace('|', ',')}\nBig Sky School,{mail},{','.join(PLACE)}\nAdams School,{mail},,,,\n"
    )
    assert _places(reading) == [PLACE, ("PO Box 9", "Chicago", "IL", "60601")]


def test_parts_of_two_addresses_are_never_mixed() -> None:
    reading = read(
        "School,Physical Address,City,State,Zip,Mailing City,Mailing Zip\n"
        "Big Sky School,1 Main St,Missoula,MT,59801,Chicago,60601\n"
        "Adams School,2 Main St,,,,Chicago,60601\n"
    )
    assert _places(reading) == [PLACE, (None, "Chicago", "IL", "60601")]


def test_a_street_of_the_mail_stands_where_there_is_no_other() -> None:
    reading = read(f"School,Mailing Address,City,State,Zip\nBig Sky School,{','.join(PLACE)}\n")
    assert _places(reading) == [PLACE]


def test_four_digits_behind_the_hyphen_are_no_zip_code() -> None:
    reading = read(
        "School,City,State,Zip4,Zip\nBig Sky School,Missoula,MT,1234,59801\nOak School,Chicago,IL,2139,60601\n"
    )
    assert [one.zip for one in reading.records] == ["59801", "60601"]
    with pytest.raises(UnusableList):
        read("School,Zip4\nBig Sky School,1234\nOak School,2139\n")
    assert read("School,Zip+4\nBig Sky School,59801-1234\n").records[0].zip == "59801"


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Address", "1 Main St, Missoula, MT 59801"),
        ("Location", "1 Main St, Missoula, Montana 59801, USA"),
        ("Mailing Address", "1 Main St Missoula MT 59801-1234"),
    ],
    ids=["address", "location", "mailing"],
)
def test_whole_addresses_are_known_by_what_they_are(header: str, cell: str) -> None:
    assert _places(read(f'School,{header}\nBig Sky School,"{cell}"\n')) == [PLACE]


def test_city_state_and_zip_in_one_cell() -> None:
    reading = read('School,Street,City/State/Zip\nBig Sky School,1 Main St,"Missoula, MT 59801"\n')
    assert _places(reading) == [PLACE]
    reading = read('School,Location\nSeattle School,"Seattle, WA"\n')
    assert _places(reading) == [(None, "Seattle", "WA", "98108")]


def test_names_of_people_are_not_taken_for_schools() -> None:
    people = "Name,Title,School,City,State,Zip\nJane Doe,Teacher,Big Sky School,Missoula,MT,59801\n"
    assert read(people).names == ["Big Sky School"]
    both = "Name,First Name,School Name,Zip\nJane Doe,Jane,Lincoln,59801\n"
    assert read(both).names == ["Lincoln"]
    for number in (1, 30):
        rows = "".join(f"Jane Doe{one},Teacher,1 Main St,Missoula,MT,59801\n" for one in range(number))
        with pytest.raises(UnusableList):
            read(f"Name,Title,Address,City,State,Zip\n{rows}")


def test_a_kind_of_school_is_no_name() -> None:
    rows = "".join(f"Building {one},Middle School,59801\n" for one in range(25))
    assert read(f"Name,School,Zip\n{rows}", layout="plain").names[0] == "Building 0"


def test_names_of_banks_are_no_schools() -> None:
    rows = "".join(f"Savings Bank {one},Missoula,MT,59801\n" for one in range(30))
    with pytest.raises(UnusableList):
        read(f"Institution Name,City,State,Zip\n{rows}")


def test_two_rows_of_header_tell_what_one_does_not() -> None:
    reading = read(
        ",District,,School,,Address,,,\nCounty,Code,Name,Code,Name,Street,City,State,Zip\n"
        "Missoula,001,Missoula County Public Schools,0001,Big Sky High School,1 Main St,Missoula,MT,59801\n"
    )
    assert reading.names == ["Big Sky High School"]
    assert _places(reading) == [PLACE]


def test_a_column_name_that_stands_twice_is_refused_with_places_to_choose_from() -> None:
    with pytest.raises(UnusableList) as refused:
        read(
            "Name,Address,City,State,Zip,Name,Address,City,State,Zip\n"
            "Missoula Schools,1 Oak St,Chicago,IL,60601,Big Sky School,1 Main St,Missoula,MT,59801\n"
        )
    assert refused.value.skeleton is not None
    assert refused.value.skeleton["columns"]["name"] == "#1"


def test_numbers_that_begin_anew_in_each_district_are_no_ids() -> None:
    rows = "".join(
        f"{district},{number},School {district} {number},59801\n"
        for district in (1, 2)
        for number in (10, 20)
    )
    reading = read(f"District Number,School Number,School Name,Zip\n{rows}")
    assert [one.source_id for one in reading.records] == [None] * 4
    assert len(reading.names) == 4


def test_numbers_of_rows_are_no_ids() -> None:
    rows = "".join(f"{number},School {number},59801\n" for number in range(1, 8))
    assert {one.source_id for one in read(f"ID,School Name,Zip\n{rows}").records} == {None}
    rows = "".join(f"{number * 7},School {number},59801\n" for number in range(1, 8))
    assert read(f"ID,School Name,Zip\n{rows}").records[0].source_id == "7"


def test_districts_offices_and_libraries_are_left_out() -> None:
    reading = read(
        "Org Name,Org Code,Org Type,Function,Contact Name,Address 1,Town,State,Zip\n"
        "Big Sky High,11,Public School,Principal,Jane Doe,1 Main St,Missoula,MT,59801\n"
        "Missoula (District),10,Public School District,Superintendent,Jane Doe,2 Main St,Missoula,MT,59801\n"
        "Missoula Library,12,Library,,,3 Main St,Missoula,MT,59801\n"
    )
    assert reading.names == ["Big Sky High"]
    assert [one.row for one in reading.rejected] == [3, 4]
    assert "Jane" not in repr(reading.rows)


def test_headers_with_accents_and_with_a_byte_order_mark_that_became_text() -> None:
    reading = read(
        "Escuela;Municipio;Código Postal;Teléfono;Director\nEscuela Vocacional;Missoula;59801;(406) 555-0123;Ana\n"
    )
    assert [(one.city, one.zip, one.phone) for one in reading.records] == [
        ("Missoula", "59801", "+14065550123")
    ]
    marked = "\u00ef\u00bb\u00bfX,Y,SCH_NAME,ADDRESS,ZIPCODE\n-71.1,42.36,Oak School,1 Main St,2139\n"
    (record,) = read(marked).records
    assert (record.zip, record.longitude) == ("02139", -71.1)


def test_columns_in_another_alphabet_are_told_apart_by_a_mapping() -> None:
    with pytest.raises(UnusableList) as refused:
        read("\u0428\u043a\u043e\u043b\u0430,\u0413\u043e\u0440\u043e\u0434\nBig Sky School,Missoula\n")
    assert refused.value.missing


def test_a_list_without_header_is_refused_with_places_and_without_its_first_row() -> None:
    rows = "Big Sky School,1 Main St,59801,Jane Doe\nOak School,2 Main St,60601,John Roe\n"
    with pytest.raises(UnusableList, match="no header") as refused:
        read(rows)
    assert "Jane" not in repr((refused.value.reason, refused.value.header, refused.value.skeleton))
    skeleton = refused.value.skeleton
    assert skeleton is not None
    assert (skeleton["header_row"], skeleton["headers"]) == (0, ["#1", "#2", "#3", "#4"])
    filled = json.dumps({**skeleton, "columns": {"name": "#1", "street": "#2", "zip": "#3"}})
    assert read(rows, options=ListOptions(mapping=from_json(filled))).names == [
        "Big Sky School",
        "Oak School",
    ]


def test_a_second_line_that_holds_city_state_and_zip() -> None:
    reading = read(
        "School,Address Line 1,Address Line 2\n"
        'Big Sky School,1 Main St,"Missoula, MT 59801"\nOak School,2 Main St,"Chicago IL 60601"\n'
    )
    assert _places(reading) == [PLACE, ("2 Main St", "Chicago", "IL", "60601")]
    reading = read("School,Address 1,Address 2,Zip\nBig Sky School,1 Main St,Suite 4,59801\n")
    assert _places(reading) == [PLACE]


def test_buildings_of_organizations_are_the_schools() -> None:
    reading = read(
        "Org No,Org Name,Bldg No,Bldg Name,Bldg Address,Bldg City,Bldg Zip,Principal\n"
        "D1,Missoula Schools,7,Big Sky High School,1 Main St,Missoula,59801,Jane Doe\n"
    )
    assert reading.names == ["Big Sky High School"]
    assert _places(reading) == [PLACE]


def test_parts_of_an_address_may_be_called_by_different_kinds() -> None:
    header = (
        "Institution Name,Street address or post office box (HD2022),City location of institution (HD2022),"
    )
    row = "A University,1 Main St,Missoula,Montana,59801"
    reading = read(f"{header}State abbreviation (HD2022),ZIP code (HD2022)\n{row}\n")
    assert _places(reading) == [PLACE]
    reading = read("School,Mailing City,Physical City,State\nBig Sky School,Chicago,Seattle,WA\n")
    assert _places(reading) == [(None, "Seattle", "WA", "98108")]


def test_a_custom_table_of_ipeds_tells_closed_institutions_in_words() -> None:
    reading = read(
        "UnitID,Institution Name,State abbreviation (HD2022),ZIP code (HD2022),Name of chief administrator (HD2022),"
        "Status of institution (HD2022)\n"
        "100654,A University,Alabama,35762,Jane Doe,Active - institution active\n"
        "100655,Old College,Alabama,35762,Jane Doe,Closed in current year (active has data)\n"
        "100656,Gone College,Alabama,35762,Jane Doe,Delete out of business\n"
    )
    assert [(one.ipeds_unit_id, one.closed) for one in reading.records] == [
        ("100654", False),
        ("100655", True),
        ("100656", True),
    ]
    assert "Jane" not in repr(reading.rows)


def test_names_that_a_shapefile_cut() -> None:
    header = "SCHOOL_NAM,STREET_ADD,CITY,STATE,ZIP_CODE,PHONE_NUMB"
    (record,) = read(f"{header}\nBIG SKY SCHOOL,{','.join(PLACE)},4065550123\n").records
    assert (record.name, record.street, record.phone) == ("Big Sky School", "1 Main St", "+14065550123")


def test_a_name_in_full_goes_before_one_that_was_cut() -> None:
    reading = read("NAME,ZIPCODE,SCHOOL_NAM\nBig Sky Middle School,59801,Former Early Learning Center\n")
    assert reading.names == ["Big Sky Middle School"]


def test_a_blank_second_line_is_no_whole_address() -> None:
    reading = read("School,Address 1,Address 2,Zip\nBig Sky School,1 Main St,,59801\n")
    assert "address" not in reading.opened.mapped.positions
    assert "address" in read("School,Full Address,Zip\nBig Sky School,,59801\n").opened.mapped.positions


def test_the_same_as_the_mail() -> None:
    reading = read(
        "School,Mailing Address,Mailing City,Mailing State,Mailing Zip,Physical Address,Physical City,Physical State,"
        "Physical Zip\n"
        f"Big Sky School,{','.join(PLACE)},Same as mailing address,,,\n"
        f"Oak School,{','.join(PLACE)},SAME,SAME,MT,SAME\n"
        f"Elm School,PO Box 9,Chicago,IL,60601,{','.join(PLACE)}\n"
    )
    assert _places(reading) == [PLACE] * 3
