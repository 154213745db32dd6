"""Lists as states, districts and agencies publish them."""

import pytest

from chalicelib.school_lists.models import ColumnMapping, ListOptions, Program, ProgramsRecord, UnusableList
from tests.unit.school_lists.lists import read

ROW = "Lincoln School,1 Main St,Missoula,MT,59801"


def test_a_state_directory_with_ids_in_two_columns_and_statuses() -> None:
    reading = read(
        "CDSCode\tNCESDist\tNCESSchool\tStatusType\tCounty\tDistrict\tSchool\tStreet\tCity\tZip\tState\tPhone\tWebSite\t"
        "Latitude\tLongitude\tAdmFName1\tAdmLName1\n"
        "01\t0691051\t10546\tClosed\tMissoula\tA District\tOld Charter\t1 Main St\tMissoula\t59801-1136\tMT\tNo Data\t"
        "No Data\t46.86\t-114.0\tJane\tDoe\n"
        "02\t0691051\t10947\tActive\tMissoula\tA District\tNew Academy\t2 Main St\tMissoula\t59801\tMT\t"
        "(406) 596-8901\twww.example.org/\t46.86\t-114.0\tJane\tDoe\n"
    )
    assert [(one.name, one.nces_id, one.closed, one.source_id) for one in reading.records] == [
        ("Old Charter", "069105110546", True, "01"),
        ("New Academy", "069105110947", False, "02"),
    ]
    assert not reading.problems
    assert "Jane" not in repr(reading.rows)


def test_a_table_of_the_nces_generator_with_titles_and_notes() -> None:
    of, year = "[Public School]", "2022-23"
    columns = [
        "School Name",
        f"School ID (12-digit) - NCES Assigned {of} Latest available year",
        f"Agency Name {of} {year}",
        f"Location Address 1 {of} {year}",
        f"Location City {of} {year}",
        f"Location State Abbr {of} {year}",
        f"Location ZIP {of} {year}",
        f"Phone Number {of} {year}",
        f"Start of Year Status {of} {year}",
    ]
    reading = read(
        f"ELSI Export\n\n{','.join(columns)}\n"
        'LINCOLN SCHOOL,"=""300000100001""",MISSOULA H S,1 MAIN ST,MISSOULA,MT,59801,(406)728-2400,2-Closed\n'
        'ADAMS SCHOOL,"=""300000100002""",MISSOULA H S,2 MAIN ST,MISSOULA,MT,59801,\u2020,1-Open\n'
        "Data Source: NCES,,,\n"
    )
    assert reading.opened.layout == "nces_ccd"
    assert [(one.name, one.nces_id, one.closed, one.phone) for one in reading.records] == [
        ("Lincoln School", "300000100001", True, "+14067282400"),
        ("Adams School", "300000100002", False, None),
    ]
    (note,) = reading.rejected
    assert "taken for a note" in note.reason


def test_edge_with_columns_of_its_year_and_without_header() -> None:
    with_header = (
        "NCESSCH,NAME,OPSTFIPS,LSTREE,LCITY,LSTATE,LZIP,LAT1516,LON1516\n"
        "300000100001,LINCOLN SCHOOL,30,1 MAIN ST,MISSOULA,MT,59801,46.86,-114.0\n"
    )
    reading = read(with_header)
    assert (reading.opened.layout, reading.names) == ("nces_edge", ["Lincoln School"])
    row = (
        "30000010000{0},3000001,LINCOLN SCHOOL,30,{0} MAIN ST,MISSOULA,MT,59801,30,30063,Missoula County,13,"
        "46.86,-114.0,33540,Missoula,1,N,N,N,N,3000,30049,30097,2018-2019\n"
    )
    reading = read("".join(row.format(number) for number in range(1, 6)))
    assert reading.opened.header_row is None
    assert [number for number, _ in reading.rows] == [1, 2, 3, 4, 5]
    assert reading.records[0].nces_id == "300000100001"
    assert str(reading.opened.list_date) == "2018-01-01"


def test_a_list_with_nces_ids_and_no_names_says_where_names_are() -> None:
    with pytest.raises(UnusableList) as refused:
        read(
            "SURVYEAR,NCESSCH,LSTREE,LCITY,LSTATE,LZIP,LATCODE,LONGCODE\n"
            "2014,300000100001,1 MAIN,MISSOULA,MT,59801,46.8,-114\n"
        )
    assert "no names" in refused.value.reason
    assert "NCESSCH" in refused.value.remedy


def test_addresses_in_one_cell_parents_and_ids_of_dapip() -> None:
    reading = read(
        "DapipId,OpeId,IpedsUnitIds,LocationName,ParentName,ParentDapipId,LocationType,Address,GeneralPhone,"
        "AdminName,AdminEmail\n"
        '100034,00105200,100663,Big Sky University,-,-,Institution,"1720 2nd Avenue South, Missoula, MT 59801-1234",'
        "4065550123,Jane Doe,jane@example.org\n"
        "100034002,,,Big Sky School of Optometry,Big Sky University,100034,Additional Location,"
        '"1716 Main Street, Suite 2, Missoula, MT 59801",,,\n'
        "100034003,,,Lost Campus,Big Sky University,100034,Additional Location,-,,,\n"
    )
    assert reading.opened.layout == "dapip"
    parent, branch = reading.records
    assert (parent.street, parent.city, parent.zip, parent.ope_id) == (
        "1720 2nd Avenue South",
        "Missoula",
        "59801",
        "00105200",
    )
    assert (branch.street, branch.parent_id, branch.source_id) == (
        "1716 Main Street, Suite 2",
        "100034",
        "100034002",
    )
    assert [problem.row for problem in reading.rejected] == [4]
    assert "Jane" not in repr(reading.rows)


@pytest.mark.parametrize(
    ("address", "street", "city", "zip_code"),
    [
        ("1 Main St, Missoula, MT 59801", "1 Main St", "Missoula", "59801"),
        ("1 Main St Missoula MT 59801", "1 Main St", "Missoula", "59801"),
        ("1 Main St, Missoula, Montana 59801-1234, USA", "1 Main St", "Missoula", "59801"),
        ("1 Main St, Cambridge, MA 2139", "1 Main St", "Cambridge", "02139"),
        ("1 Main St\nMissoula, MT 59801\n(46.86, -114.0)", "1 Main St", "Missoula", "59801"),
        ("1 Main St, Suite 4, Missoula, MT, 59801", "1 Main St, Suite 4", "Missoula", "59801"),
        ("Missoula, MT 59801", None, "Missoula", "59801"),
    ],
)
def test_one_cell_addresses(address: str, street: str | None, city: str, zip_code: str) -> None:
    (record,) = read(f'School Name,Full Address\nLincoln School,"{address}"\n').records
    assert (record.street, record.city, record.zip) == (street, city, zip_code)


def test_a_list_of_programs_makes_one_school_of_its_rows() -> None:
    school = "Missoula College,2 Main St,Missoula,MT,59801"
    reading = read(
        "School Name,Address,City,State,Zip,Program,Accreditation Level,School Type,Contact\n"
        f"{school},Automobile,MAST,Post-Secondary,Jane Doe\n"
        "Big Sky High School,1 Main St,Missoula,MT,59801,Automobile,MLR,Secondary,Jane Doe\n"
        f"{school},Medium/Heavy Truck,TST,Post-Secondary,Jane Doe\n"
        f"{school},Collision Repair & Refinish,Collision,Post-Secondary,Jane Doe\n"
    )
    assert reading.opened.layout == "program_list"
    assert [(number, record.name, record.programs) for number, record in reading.rows if record] == [  # type: ignore[union-attr]
        (
            2,
            "Missoula College",
            (
                Program("47.0604", "postsecondary", "MAST"),
                Program("47.0613", "postsecondary", "TST"),
                Program("47.0603", "postsecondary", "collision"),
            ),
        ),
        (3, "Big Sky High School", (Program("47.0604", "secondary", "MLR"),)),
    ]
    assert reading.opened.rows_read == 4


def test_completions_extend_schools_and_pass_over_totals_and_other_trades() -> None:
    reading = read(
        "UNITID,CIPCODE,MAJORNUM,AWLEVEL,XCTOTALT,CTOTALT\n"
        "100760,01.0000,1,5,R,3\n100760,47.0604,1,1,R,4\n100760,47.0604,1,3,R,9\n100760,99,1,3,R,17\n"
        "100761,47.0603,1,2,R,1\n999,47.0604,1,2,R,1\n"
    )
    assert [record for _, record in reading.rows if record] == [
        ProgramsRecord("100760", None, None, (Program("47.0604", "postsecondary"),)),
        ProgramsRecord("100761", None, None, (Program("47.0603", "postsecondary"),)),
    ]
    assert reading.opened.rows_read == 6
    assert sum(reading.opened.passed_over.values()) == 2
    assert [problem.row for problem in reading.rejected] == [7]


def test_a_list_without_a_state_takes_it_from_the_zip_or_the_default() -> None:
    content = (
        "School,City,Zip\nLincoln School,Missoula,59801\nAdams School,Missoula,\nOak School,Chicago,60601\n"
    )
    reading = read(content, options=ListOptions(default_state="Montana"))
    assert [(one.name, one.state, one.zip) for one in reading.records] == [
        ("Lincoln School", "MT", "59801"),
        ("Adams School", "MT", "59801"),
        ("Oak School", "IL", "60601"),
    ]


def test_a_default_state_stands_for_the_column() -> None:
    content = "School Name,Address,City\nLincoln School,1 Main St,Missoula\n"
    (record,) = read(content, options=ListOptions(default_state="MT")).records
    assert (record.city, record.state, record.zip) == ("Missoula", "MT", "59801")
    with pytest.raises(UnusableList):
        read(content)


def test_a_mapping_says_which_column_is_which() -> None:
    content = f"Schools of Montana\nBetrieb,A,B,C,D\n{ROW}\n"
    mapping = ColumnMapping("montana", {"name": "Betrieb", "city": "B", "street": "#2"}, {"state": "MT"})
    reading = read(content, options=ListOptions(mapping=mapping))
    assert reading.opened.source == "montana"
    (record,) = reading.records
    assert (record.name, record.street, record.city, record.state) == (
        "Lincoln School",
        "1 Main St",
        "Missoula",
        "MT",
    )
    headerless = ColumnMapping("montana", {"name": "#1", "zip": "#5"}, {}, header_row=0)
    assert read(f"{ROW}\n{ROW}\n", options=ListOptions(mapping=headerless)).names == ["Lincoln School"] * 2


def test_a_mapping_for_another_list_names_what_is_not_there() -> None:
    mapping = ColumnMapping("montana", {"name": "Betrieb", "zip": "PLZ"}, {})
    with pytest.raises(UnusableList, match="Betrieb, PLZ") as refused:
        read(f"School,Street,City,State,Zip\n{ROW}\n", options=ListOptions(mapping=mapping))
    assert refused.value.skeleton is not None


def test_slips_in_headers_cost_confidence_and_what_is_unlike_is_not_guessed() -> None:
    reading = read(f"School Nam,Adress,City,State,Zip Cde\n{ROW}\n")
    assert reading.names == ["Lincoln School"]
    assert 0.65 <= reading.opened.confidence < 0.9
    with pytest.raises(UnusableList):
        read(f"Sch Ttl,Adress,City,State,Zip Cde\n{ROW}\n")


def test_names_of_shops_are_not_taken_for_schools_without_a_word_from_a_person() -> None:
    rows = "".join(f"Dealer {number},1 Main St,Missoula,MT,59801\n" for number in range(30))
    with pytest.raises(UnusableList) as refused:
        read(f"name,street,city,state,zip\n{rows}")
    assert "confidence of 0.00" in refused.value.reason
    assert refused.value.skeleton is not None
    assert refused.value.skeleton["columns"]["name"] == "name"
    assert len(read(f"name,street,city,state,zip\n{rows}", layout="plain").records) == 30


def test_formulas_are_no_names_no_streets_and_no_cities() -> None:
    reading = read(
        "name,street,city,state,zip\n"
        '"=HYPERLINK(""http://x"")",1 Main St,Missoula,MT,59801\n'
        f"{ROW}\n{ROW.replace('Lincoln', 'Adams')}\n"
        '"=""Quoted Academy""",=1+1,@SUM(1),MT,"=""59801"""\n'
    )
    record = reading.records[-1]
    assert (record.name, record.street, record.city) == ("Quoted Academy", None, "Missoula")
    assert len(reading.problems) == 3


def test_headers_repeated_on_every_page_are_passed_over() -> None:
    header = "School,Street,City,State,Zip\n"
    reading = read(f"{header}{ROW}\n{header}{ROW}\n")
    assert len(reading.records) == 2
    assert sum(reading.opened.passed_over.values()) == 1


def test_mac_roman_is_told_from_windows_1252() -> None:
    content = "name,zip\nEscuela de Mecánica,59801\nO\u2019Fallon School,60601\nPeña Niño School,98108\n"
    for codec, label in (("mac_roman", "MacRoman"), ("cp1252", "Windows-1252")):
        reading = read(content.encode(codec))
        assert reading.opened.encoding == label
        assert reading.names == ["Escuela de Mecánica", "O\u2019Fallon School", "Peña Niño School"]
