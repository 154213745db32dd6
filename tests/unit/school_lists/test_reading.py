"""From text to rows, with the numbers that a spreadsheet shows."""

import pytest

from chalicelib.school_lists import reading as module
from chalicelib.school_lists import text_rows
from chalicelib.school_lists.models import UnusableList
from tests.unit.school_lists.lists import read


@pytest.mark.parametrize("separator", [",", "\t", "|", "^", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, end: str) -> None:
    rows = (["name", "city", "state", "zip"], ["Big Sky Tech", "Missoula", "MT", "59801"])
    reading = read("".join(separator.join(row) + end for row in rows))
    assert reading.names == ["Big Sky Tech"]
    assert reading.opened.shape.separator == separator


def test_a_separator_inside_other_cells_does_not_mislead() -> None:
    reading = read(
        "name;street;city;state;zip\nA, B, C and D School;1 Main St, Room 2, East;Missoula;MT;59801\n" * 2
    )
    assert reading.names[0] == "A, B, C and D School"


def test_cells_of_several_lines_count_as_one_row() -> None:
    reading = read(
        'name,street,city,state,zip\n"Big\nSky","1 Main\r\nSt",Missoula,MT,59801\nNone,x,Missoula,MT,99999x\n'
    )
    assert [record.name for record in reading.records] == ["Big Sky"]
    assert [problem.row for problem in reading.rejected] == [3]


def test_row_numbers_count_titles_and_blank_rows_as_a_spreadsheet_does() -> None:
    reading = read(
        "Schools of Montana\n\nname,city,state,zip\n\nBig Sky,Missoula,MT,59801\n , ,,\n,Missoula,MT,59801\n"
    )
    assert reading.opened.shape.header_row == 3
    assert [number for number, record in reading.rows if record] == [5]
    assert [(problem.row, problem.column) for problem in reading.rejected] == [(7, "name")]


def test_short_rows_are_read_and_long_ones_reported() -> None:
    reading = read(
        "name,zip,city,state,phone\n"
        "Short,59801\n"
        "Padded,59801,Missoula,MT,,,,\n"
        "Long,59801,Missoula,MT,406-555-0123,Suite 7\n"
        "Last,60601,Chicago,IL,\n"
    )
    assert reading.names == ["Short", "Padded", "Last"]
    (problem,) = reading.rejected
    assert (problem.row, problem.value) == (4, "")
    assert "6 cells, the header 5" in problem.reason


def test_a_list_cut_off_in_the_middle_of_a_row_says_so() -> None:
    reading = read("name,zip,city,state\nWhole,59801,Missoula,MT\nHalf,598")
    assert reading.names == ["Whole"]
    assert "ends in the middle of this row" in reading.rejected[0].reason


def test_a_quote_that_never_closes_costs_one_row() -> None:
    good = "".join(f"School {number},1 Main St,Missoula,MT,59801\n" for number in range(50))
    reading = read(f'name,street,city,state,zip\n{good}Open,"1 Main St,Missoula,MT,59801\n{good}')
    assert len(reading.records) == 100
    (problem,) = reading.rejected
    assert problem.row == 52
    assert "quotation mark" in problem.reason
    assert reading.rows[-1][0] == 102


def test_an_open_quote_before_more_than_a_cell_can_hold_costs_one_row() -> None:
    good = "".join(f"School {number},1 Main St,Missoula,MT,59801\n" for number in range(20_000))
    reading = read(f'name,street,city,state,zip\nOpen,"1 Main St,Missoula,MT,59801\n{good}')
    assert len(reading.records) == 20_000
    assert [problem.row for problem in reading.rejected] == [2]


def test_open_quotes_without_end_refuse_the_list() -> None:
    good = "Big Sky School,59801,Missoula,MT\n" * module.SAMPLE_ROWS
    bad = 'Open,"59801,Missoula,MT\nBig Sky,59801,Missoula,MT\n' * (text_rows.MAX_OPEN_QUOTES + 2)
    content = f"name,zip,city,state\n{good}{bad}"
    with pytest.raises(UnusableList, match="quotation mark"):
        read(content)


def test_a_cell_out_of_bounds_costs_one_row() -> None:
    reading = read(f"name,zip\nGood,59801\n{'x' * 200_000},59801\nAlso good,60601\n")
    assert reading.names == ["Good", "Also good"]
    assert len(reading.rejected) == 1
    assert len(reading.rejected[0].value) <= 80


def test_too_many_columns_are_refused() -> None:
    with pytest.raises(UnusableList, match="20,000 columns"):
        read(",".join(f"column {number}" for number in range(20_000)) + "\n" + ",".join(["1"] * 20_000))


def test_reading_again_gives_the_same() -> None:
    content = "name,zip\nOne,59801\nBad,\nTwo,60601\n"
    first, second = read(content), read(content)
    assert first.rows == second.rows
    assert first.problems == second.problems


@pytest.mark.parametrize(
    "content", ["just one line of prose", "one\ntwo\nthree\n", "a,b\n1,2\n", "name,phone\nX,1\n"]
)
def test_no_usable_column_is_refused(content: str) -> None:
    with pytest.raises(UnusableList) as refused:
        read(content)
    assert refused.value.remedy


def test_a_refusal_tells_what_each_column_was_taken_for_and_what_is_missing() -> None:
    with pytest.raises(UnusableList) as refused:
        read("BusinessName,Address,City,State,Principal\nX,1 Main St,Missoula,MT,A Person\n")
    assert refused.value.header == (
        ("BusinessName", ""),
        ("Address", "street"),
        ("City", "city"),
        ("State", "state"),
        ("Principal", ""),
    )
    assert refused.value.missing == ("name",)


def test_a_refusal_shows_of_a_header_only_what_is_short_and_harmless() -> None:
    cells = ["=cmd()", "a.person@example.edu", "x" * 5000, *(f"column {number}" for number in range(500))]
    with pytest.raises(UnusableList) as refused:
        read(",".join(cells) + "\n" + ",".join("1" for _ in cells))
    shown = [header for header, _ in refused.value.header]
    assert shown[:2] == ["'=cmd()", "(e-mail address)"]
    assert len(shown[2]) == 80
    assert len(shown) == 200
