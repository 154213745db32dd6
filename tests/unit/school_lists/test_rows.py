"""From rows to records, and what is said of those that are none."""

import pytest

from chalicelib.school_lists.models import Program, SchoolRecord, shown
from tests.unit.school_lists.lists import read

HEADER = (
    "name,street,city,state,zip,phone,website,latitude,longitude,"
    "ipeds_unit_id,nces_id,ope_id,level,programs,accreditation,enrolment\n"
)


def test_a_whole_row() -> None:
    reading = read(
        HEADER + "BIG SKY TECH,1 MAIN ST,MISSOULA,MT,59801,406-555-0123,www.example.edu,46.85,-114.02,"
        "180522,300000100001,00253300,secondary,47.0604; 47.0605,mast,48\n"
    )
    assert not reading.problems
    assert reading.records == [
        SchoolRecord(
            name="Big Sky Tech",
            street="1 Main St",
            city="Missoula",
            state="MT",
            zip="59801",
            phone="+14065550123",
            website="https://www.example.edu",
            latitude=46.85,
            longitude=-114.02,
            ipeds_unit_id="180522",
            nces_id="300000100001",
            ope_id="00253300",
            closed=None,
            programs=(
                Program("47.0604", "secondary", "MAST", 48),
                Program("47.0605", "secondary", "MAST", 48),
            ),
        )
    ]


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (",Missoula,MT,59801", "name", "no name"),
        ("12345,Missoula,MT,59801", "name", "no name of a school"),
        ("a.person@example.edu,Missoula,MT,59801", "name", "no name of a school"),
        (f"{'x' * 201},Missoula,MT,59801", "name", "more than 200"),
        ("Big Sky,Missoula,MT,5980A", "zip", "no ZIP code"),
        ("Big Sky,Nowhere,AL,59801", "zip", "lies in MT, not in AL"),
        ("Big Sky,,AL,59801", "zip", "lies in MT, not in AL"),
        ("Big Sky,Missoula,XX,59801", "state", "no state"),
        ("Big Sky,Nowhere,MT,", "city", "Nowhere is not known in MT"),
        ("Big Sky,,MT,", "zip", "not both a city and a state"),
        ("Big Sky,Missoula,,99999", "zip", "no place with ZIP code 99999"),
    ],
)
def test_rows_that_are_rejected_say_where_and_why(row: str, column: str, says: str) -> None:
    reading = read(f"name,city,state,zip\nGood,Missoula,MT,59801\n{row}\nAlso good,Chicago,IL,60601\n")
    assert reading.names == ["Good", "Also good"]
    (problem,) = reading.problems
    assert (problem.row, problem.column, problem.rejected) == (3, column, True)
    assert says in problem.reason
    assert problem.remedy


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("phone", "none yet", "no telephone number"),
        ("website", "ask@example.edu", "no web address"),
        ("latitude", "twelve", "no number of degrees"),
        ("ipeds_unit_id", "12", "no IPEDS unit id"),
        ("nces_id", "1.2E+11", "rounded number"),
        ("ope_id", "x", "no OPE id"),
        ("programs", "Cosmetology", "no list of CIP codes"),
        ("street", "x" * 201, "more than 200"),
    ],
)
def test_a_value_that_cannot_be_read_is_left_out_and_reported(field: str, value: str, says: str) -> None:
    names = HEADER.strip().split(",")
    cells = {
        "name": "Big Sky",
        "city": "Missoula",
        "state": "MT",
        "zip": "59801",
        "longitude": "-114",
        field: value,
    }
    # Rows whose values are right keep the column's name believed.
    right = {"phone": "406-555-0123", "website": "a.edu", "latitude": "46.85", "longitude": "-114.0"}
    right |= {
        "ipeds_unit_id": "123456",
        "nces_id": "300000100001",
        "ope_id": "00253300",
        "street": "1 Main St",
    }
    rows = [",".join(({**cells, **right}).get(name, "") for name in names) for _ in range(3)]
    rows.append(",".join(cells.get(name, "") for name in names))
    reading = read(HEADER + "\n".join(rows) + "\n")
    (problem,) = [one for one in reading.problems if one.row == 5]
    assert (problem.column, problem.rejected) == (field, False)
    assert says in problem.reason
    assert len(reading.records) == 4


def test_a_state_is_found_from_the_zip_and_a_zip_from_the_city() -> None:
    reading = read(
        "name,city,state,zip\nA School,,,02139\nB School,missoula,Montana,\nC School,Missoula,MT,99999\n"
    )
    assert [(one.city, one.state, one.zip) for one in reading.records] == [
        ("Cambridge", "MA", "02139"),
        ("missoula", "MT", "59801"),
        ("Missoula", "MT", "59801"),
    ]
    assert [(problem.row, problem.rejected) for problem in reading.problems] == [(3, False), (4, False)]
    assert "99999" in reading.problems[1].reason


def test_the_city_tells_which_of_state_and_zip_is_the_slip() -> None:
    reading = read("name,city,state,zip\nA School,Missoula,IL,59801\nB School,Chicago,IL,59801\n")
    assert [(one.city, one.state, one.zip) for one in reading.records] == [
        ("Missoula", "MT", "59801"),
        ("Chicago", "IL", "60601"),
    ]
    assert [(one.row, one.column, one.rejected) for one in reading.problems] == [
        (2, "state", False),
        (3, "zip", False),
    ]


def test_points_are_checked_against_the_zip() -> None:
    reading = read(
        "name,zip,latitude,longitude\n"
        "Right,59801,46.9,-113.9\n"
        "Lost sign,59801,46.9,113.9\n"
        "Far,59801,41.9,-87.6\n"
        "Half,59801,46.9,\n"
    )
    assert [(one.latitude, one.longitude) for one in reading.records] == [
        (46.9, -113.9),
        (46.9, -113.9),
        (None, None),
        (None, None),
    ]
    (problem,) = reading.problems
    assert problem.row == 4
    assert "km from ZIP code 59801" in problem.reason


def test_programs_without_a_level_are_left_out_unless_the_school_tells() -> None:
    reading = read(
        "name,zip,programs,nces_id,ipeds_unit_id\n"
        "A School,59801,47.0604,,\n"
        "B School,59801,47.0604,300000100001,\n"
        "C School,59801,47.0604,,180522\n"
    )
    assert [tuple(program.level for program in one.programs) for one in reading.records] == [
        (),
        ("secondary",),
        ("postsecondary",),
    ]
    assert [problem.row for problem in reading.problems] == [2]


def test_a_status_of_closed_closes() -> None:
    reading = read("name,zip,status\nA School,59801,Open\nB School,59801,CLOSED\n")
    assert [one.closed for one in reading.records] == [False, True]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("@x", "'@x"),
        ("-2", "'-2"),
        ("ask a.person@example.edu now", "ask (e-mail address) now"),
        ("two\nlines", "two lines"),
        ("y" * 200, "y" * 79 + "…"),
    ],
)
def test_values_in_reports_are_short_and_harmless(value: str, said: str) -> None:
    assert shown(value) == said


def test_a_school_is_closed_by_its_status_or_by_a_day_that_has_passed() -> None:
    reading = read(
        "School,Zip,Status,Close Date\nOak School,59801,,6/30/2010\nAsh School,59801,Open,6/30/2010\n"
        "Elm School,59801,,\nFir School,59801,Closed,\nYew School,59801,,6/30/2099\n"
    )
    assert [one.closed for one in reading.records] == [True, False, None, True, False]


def test_a_school_is_closed_by_a_remark_in_its_name() -> None:
    reading = read(
        "School,Zip\nOak School (Closed),59801\nASH SCHOOL - CLOSED 2010,59801\nCLOSED: Elm School,59801\n"
        "Enclosed Gardens School,59801\nClosed Loop Academy,59801\n"
    )
    assert [(one.name, one.closed) for one in reading.records] == [
        ("Oak School", True),
        ("Ash School", True),
        ("Elm School", True),
        ("Enclosed Gardens School", None),
        ("Closed Loop Academy", None),
    ]


def test_city_and_state_in_the_column_of_cities() -> None:
    (record,) = read('School,Street,City,Zip\nOak School,1 Main St,"Missoula, MT",59801\n').records
    assert (record.street, record.city, record.state) == ("1 Main St", "Missoula", "MT")


def test_a_state_before_the_zip_code() -> None:
    assert read("School,Zip\nOak School,MT 59801\nAsh School,59801\n").records[0].zip == "59801"


def test_degrees_with_a_decimal_comma() -> None:
    (record,) = read("School;Zip;Latitude;Longitude\nOak School;59801;46,86;-114,02\n").records
    assert (record.latitude, record.longitude) == (46.86, -114.02)
