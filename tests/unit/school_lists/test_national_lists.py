"""National lists in their own layouts: what their columns and codes mean."""

from tests.unit.school_lists.lists import read


def test_the_college_scorecard_is_a_source_of_its_own() -> None:
    figures = [f"CIP01CERT{number}" for number in range(3200)]
    row = "{},00100200,{},Normal,AL,35762-0001,www.example.edu/,https://x.example/npc,3,{},34.79,-86.57"
    reading = read(
        f"UNITID,OPEID,INSTNM,CITY,STABBR,ZIP,INSTURL,NPCURL,PREDDEG,CURROPER,LATITUDE,LONGITUDE,{','.join(figures)}\n"
        f"{row.format(100654, 'A University', 1)}{',NULL' * 3200}\n"
        f"{row.format(100655, 'A Closed College', 0)}{',PrivacySuppressed' * 3200}\n"
    )
    assert reading.opened.source == "college_scorecard"
    assert [(one.ipeds_unit_id, one.website, one.closed) for one in reading.records] == [
        ("100654", "https://www.example.edu/", False),
        ("100655", "https://www.example.edu/", True),
    ]


HIFLD = (
    "{id},NAME,ADDRESS,CITY,STATE,ZIP,ZIP4,TELEPHONE,TYPE,STATUS,COUNTY,COUNTRY,LATITUDE,LONGITUDE,NAICS_CODE,SOURCE,"
    "WEBSITE,{more}"
)


def _row(number: object, status: object, *more: object) -> str:
    cells = (
        number,
        "BIG SKY SCHOOL",
        "1 MAIN ST",
        "CAMBRIDGE",
        "MA",
        2139,
        "NOT AVAILABLE",
        "(617) 555-0123",
        1,
        status,
        "MIDDLESEX",
        "USA",
        42.364,
        -71.104,
        611110,
        "https://nces.ed.gov",
        "http://nces.ed.gov/GLOBALLOCATOR/sch_info_popup.asp?Type=Public&ID=1",
        *more,
    )
    return ",".join(map(str, cells)) + "\n"


def test_public_schools_of_the_homeland_infrastructure_have_codes_for_closed_and_no_website() -> None:
    header = HIFLD.format(id="X,Y,OBJECTID,NCESID", more="LEVEL_,DISTRICTID")
    rows = "".join(
        "-7912544.4,5109292.5,1," + _row(f"25000010000{number}", status, 1, 2500001)
        for number, status in enumerate((1, 2, 6, 7))
    )
    reading = read(f"{header}\n{rows}")
    assert reading.opened.layout == "hifld_public_schools"
    assert [(one.nces_id, one.zip, one.website, one.closed) for one in reading.records] == [
        ("250000100000", "02139", None, False),
        ("250000100001", "02139", None, True),
        ("250000100002", "02139", None, True),
    ]
    assert reading.records[0].latitude == 42.364
    assert "planned" in reading.rejected[0].reason


def test_colleges_of_the_homeland_infrastructure_have_letters_for_closed() -> None:
    header = HIFLD.format(id="IPEDSID", more="SECTOR,HI_OFFER")
    rows = "".join(
        _row(100654 + number, status, sector, 3)
        for number, (status, sector) in enumerate((("A", 4), ("D", 4), ("A", 0)))
    )
    reading = read(f"{header}\n{rows}")
    assert reading.opened.layout == "hifld_colleges"
    assert [(one.ipeds_unit_id, one.closed) for one in reading.records] == [
        ("100654", False),
        ("100655", True),
    ]
    assert "administrative unit" in reading.rejected[0].reason


def test_pages_of_the_department_of_education_are_no_websites_of_schools() -> None:
    header = HIFLD.format(id="NCESID", more="LEVEL_")
    (record,) = read(f"{header}\n{_row('A0000022', 1, 1)}").records
    assert (record.nces_id, record.website) == ("A0000022", None)


def test_the_later_status_of_the_common_core_counts() -> None:
    row = "{},{},A District,1 Main St,Missoula,MT,59801,{},{}\n"
    reading = read(
        "NCESSCH,SCH_NAME,LEA_NAME,LSTREET1,LCITY,LSTATE,LZIP,SY_STATUS,UPDATED_STATUS\n"
        + row.format("300000100001", "Closed Since School", 1, 2)
        + row.format("300000100002", "Reopened School", 2, 8)
    )
    assert [one.closed for one in reading.records] == [True, False]


def test_values_that_a_layout_has_for_none_do_not_tell_against_a_column() -> None:
    row = "{},{},A DISTRICT,{},1 MAIN ST,MISSOULA,MT,59801\n"
    reading = read(
        "NCESSCH,SCHNAM,LEANM,PHONE,LSTREE,LCITY,LSTATE,LZIP\n"
        + row.format("300000100001", "OAK SCHOOL", "4065550123")
        + row.format("300000100002", "ASH SCHOOL", "M")
        + row.format("300000100003", "ELM SCHOOL", "N")
    )
    assert [one.phone for one in reading.records] == ["+14065550123", None, None]


def test_the_comparison_tool_of_veterans_affairs_names_employers_and_closed_schools() -> None:
    row = "{},{},MISSOULA,MT,59801,USA,FOR PROFIT,{},1 MAIN ST,MISSOULA,MT,59801,USA,www.example.edu,{}\n"
    reading = read(
        "facility_code,institution,city,state,zip,country,type,employer_provider,physical_address_1,physical_city,"
        "physical_state,physical_zip,physical_country,insturl,closed\n"
        + row.format(1, "BIG SKY TRADE SCHOOL", "FALSE", "FALSE")
        + row.format(2, "OLD TRADE SCHOOL", "FALSE", "TRUE")
        + row.format(3, "MISSOULA POLICE", "TRUE", "FALSE")
    )
    assert reading.opened.layout == "va_facility"
    assert [(one.name, one.street, one.closed) for one in reading.records] == [
        ("Big Sky Trade School", "1 Main St", False),
        ("Old Trade School", "1 Main St", True),
    ]
    assert "employer" in reading.rejected[0].reason


def test_levels_of_accreditation_are_told_from_levels_of_schools_by_what_they_are() -> None:
    reading = read(
        "SCHOOL NAME,CONTACT,ADDRESS,CITY,ST,ZIP,PROGRAM,LEVEL\n"
        "BIG SKY HIGH SCHOOL,JANE DOE,1 MAIN ST,MISSOULA,MT,59801,AUTO,MLR\n"
        "MISSOULA COLLEGE,JANE DOE,2 MAIN ST,MISSOULA,MT,59801,AUTO,MAST\n"
    )
    assert reading.opened.layout == "program_list"
    assert [(one.programs[0].level, one.programs[0].accreditation) for one in reading.records] == [
        ("secondary", "MLR"),
        ("postsecondary", "MAST"),
    ]


def test_accreditations_of_institutions_are_none_of_programs() -> None:
    reading = read(
        "Institution_ID,Institution_Name,Institution_Address,Institution_City,Institution_State,Institution_Zip,"
        "Institution_OPEID,Institution_IPEDS_UnitID,Campus_Name,Campus_City,Accreditation_Type,Agency_Name,Program_Name,"
        "Accreditation_Status\n"
        "100043,Big Sky College,1 Main St,Missoula,MT,59801,00100200,100654,,,Specialized,Agency,Dentistry,Accredited\n"
        "100044,Oak College,2 Main St,Missoula,MT,59801,00100300,100655,,,Institutional,Agency,,Pre-Accredited\n"
    )
    assert reading.opened.layout == "plain"
    assert [(one.name, one.ipeds_unit_id, one.programs) for one in reading.records] == [
        ("Big Sky College", "100654", ()),
        ("Oak College", "100655", ()),
    ]
    assert not reading.problems
