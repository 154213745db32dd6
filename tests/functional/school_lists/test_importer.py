"""Imports from the bucket to the directory: once, again, changed, claimed."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.organizations.models import Status
from chalicelib.organizations.store import changed_put
from chalicelib.school_lists.importer import run_import
from chalicelib.school_lists.imports import Counts, ImportStatus
from tests.functional.school_lists.conftest import HEADER, Bench, rows
from tests.unit.geography.delineations import table, workbook

SAMPLE = Path(__file__).parents[3] / "infra" / "samples" / "schools.csv"


def test_a_list_becomes_schools_that_the_directory_knows(bench: Bench) -> None:
    done = bench.load(HEADER + rows(1, 24))
    assert done.status is ImportStatus.DONE
    assert done.counts == Counts(rows_read=23, created=23)
    assert (done.layout, done.encoding, done.separator, done.header_row) == ("plain", "ASCII", "comma", 1)
    school = bench.school(7)
    assert (school.name, school.status, school.address.street, school.address.state) == (
        "School 7",
        Status.UNCLAIMED,
        "7 Main St",
        "MT",
    )
    assert [program.cip_code for program in school.programs] == ["47.0604"]
    assert bench.imports.get(done.id) == done


def test_the_same_list_again_writes_nothing(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 24))
    before = bench.everything()
    again = bench.load(HEADER + rows(1, 24))
    assert again.counts == Counts(rows_read=23, unchanged=23)
    assert bench.everything() == before


def test_an_event_that_is_delivered_again_does_nothing(bench: Bench) -> None:
    import_id, source = bench.drop(HEADER + rows(1, 5))
    first = run_import(bench.tools, import_id, source)
    assert run_import(bench.tools, import_id, source) == first
    assert first.attempt == 1


def test_a_changed_list_writes_what_changed(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 24))
    before = bench.everything()
    changed = bench.load(HEADER + rows(1, 20) + rows(20, 22, "Elm St") + rows(22, 26))
    assert changed.counts == Counts(rows_read=25, created=2, changed=2, unchanged=21)
    assert bench.school(20).address.street == "20 Elm St"
    assert bench.school(20).version == 2
    after = bench.everything()
    assert len([key for key in before if after[key] != before[key]]) == 4


def test_a_list_without_a_column_takes_nothing_away(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 3))
    done = bench.load("name,zip,ipeds_unit_id\nSchool 1,59801,100001\nSchool 2 renamed,59801,100002\n")
    assert done.counts == Counts(rows_read=2, changed=1, unchanged=1)
    assert bench.school(2).name == "School 2 renamed"
    assert bench.school(2).address.street == "2 Main St"
    assert bench.school(2).programs


@pytest.mark.parametrize("status", [Status.PENDING, Status.VERIFIED])
def test_what_people_changed_wins_and_the_rest_goes_on_with_the_lists(bench: Bench, status: Status) -> None:
    bench.load(HEADER + rows(1, 4))
    school = bench.school(2)
    claimed = school.model_copy(update={"status": status, "name": "Our own name", "version": 2})
    bench.table.write(changed_put(claimed, 1))
    renamed = (HEADER + rows(1, 4, "Elm St")).replace("School 2", "School Two")
    assert bench.load(renamed).counts == Counts(rows_read=3, changed=3)
    after = bench.school(2)
    assert (after.name, after.status, after.address.street) == ("Our own name", status, "2 Elm St")
    assert bench.load(renamed).counts == Counts(rows_read=3, unchanged=3)
    assert bench.load(renamed.replace("School Two", "Two")).counts.left_alone == 1
    assert bench.school(2).name == "Our own name"


def test_a_suspended_school_is_left_alone(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 4))
    suspended = bench.school(2).model_copy(update={"status": Status.SUSPENDED, "version": 2})
    bench.table.write(changed_put(suspended, 1))
    done = bench.load(HEADER + rows(1, 4, "Elm St"))
    assert done.counts == Counts(rows_read=3, changed=2, left_alone=1)
    assert bench.school(2) == suspended


def test_a_deleted_school_does_not_come_back(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 3))
    bench.organizations.mark_closing(bench.school(1).id, 1)
    done = bench.load(HEADER + rows(1, 3, "Elm St"))
    assert done.counts == Counts(rows_read=2, changed=1, left_alone=1)


def test_a_school_that_closes_and_opens_again(bench: Bench) -> None:
    header = "UNITID,INSTNM,STABBR,ZIP,CYACTIVE\n"
    bench.load(header + "100001,School One,MT,59801,1\n100002,School Two,MT,59801,3\n")
    assert [bench.school(number).status for number in (1, 2)] == [Status.UNCLAIMED, Status.CLOSED]
    bench.load(header + "100001,School One,MT,59801,3\n100002,School Two,MT,59801,1\n")
    assert [bench.school(number).status for number in (1, 2)] == [Status.CLOSED, Status.UNCLAIMED]


def test_bad_rows_are_in_the_report_and_stop_nothing(bench: Bench) -> None:
    done = bench.load(
        HEADER
        + rows(1, 3)
        + "=cmd(),,Missoula,MT,99999x,,,\n"
        + rows(3, 5)
        + "School 3,,Missoula,MT,59801,100003,,\n"
        "School 9,,Missoula,MT,59801,12,,\n"
    )
    assert done.counts == Counts(rows_read=7, created=5, rejected=2, doubtful=1)
    assert [(problem.row, problem.column) for problem in done.problems] == [
        (4, "name"),
        (7, ""),
        (8, "ipeds_unit_id"),
    ]
    assert "the same school is in row 5" in done.problems[1].reason
    report = list(csv.DictReader(bench.report(done.id).splitlines()))
    assert [row["row"] for row in report] == ["4", "7", "8"]
    assert [row["rejected"] for row in report] == ["yes", "yes", "no"]
    document = json.loads(bench.report(done.id, "report.json"))
    assert document["counts"]["rejected"] == 2
    assert len(document["problems"]) == document["problems_in_all"] == 3


def test_the_first_hundred_problems_are_shown_and_all_reported(bench: Bench) -> None:
    done = bench.load("name,zip\nGood,59801\n" + ",59801\n" * 150)
    assert len(done.problems) == 100
    assert done.counts.rejected == 150
    assert len(bench.report(done.id).splitlines()) == 151
    assert bench.imports.get(done.id).problems == done.problems


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.7 and so on", "PDF"),
        (b"BusinessName,City\nX,Missoula\n", "No row of the file is a header"),
        (b"name,zip\n", "no row below it"),
        (b"PK\x03\x04" + b"\x00" * 100, "archive"),
    ],
)
def test_a_refused_list_writes_nothing_and_says_why(bench: Bench, content: bytes, says: str) -> None:
    done = bench.load(content)
    assert done.status is ImportStatus.REFUSED
    assert says in str(done.reason)
    assert done.remedy
    assert not bench.everything()
    assert json.loads(bench.report(done.id, "report.json"))["reason"] == done.reason


def test_a_file_that_is_too_large_is_refused_unread(bench: Bench) -> None:
    bench.files.max_bytes = 100
    done = bench.load(HEADER + rows(1, 10))
    assert done.status is ImportStatus.REFUSED
    assert "at most 100" in str(done.reason)


def test_a_file_that_was_replaced_is_left_to_its_own_import(bench: Bench) -> None:
    import_id, source = bench.drop(HEADER + rows(1, 3))
    bench.drop(HEADER + rows(1, 4))
    done = run_import(bench.tools, import_id, source)
    assert done.status is ImportStatus.REFUSED
    assert "replaced" in str(done.reason)


def test_the_same_school_by_other_ids_in_one_file_is_two(bench: Bench) -> None:
    done = bench.load("name,zip,ope_id\nMain Campus,59801,00253300\nEast Campus,60601,00253300\n")
    assert done.counts == Counts(rows_read=2, created=2)


def test_a_delineation_is_taken_as_one(bench: Bench) -> None:
    content = workbook(table())
    done = bench.load(content, "list1_2023.xlsx")
    assert (done.status, done.layout) == (ImportStatus.DONE, "census_delineation")
    assert done.counts.created == done.counts.rows_read > 0
    assert bench.everything() == {}
    again = bench.load(content, "list1_2023.xlsx")
    assert again.counts.unchanged == again.counts.rows_read == done.counts.rows_read


def test_the_sample_list_is_whole(bench: Bench) -> None:
    done = bench.load(SAMPLE.read_bytes())
    assert done.status is ImportStatus.DONE
    assert not done.problems
    assert done.counts == replace(Counts(), rows_read=61, created=61)
    items = bench.everything().values()
    schools = [item for item in items if item["SK"]["S"] == "PROFILE"]
    states = {item["GSI1PK"]["S"] for item in schools}
    assert len(states) >= 12
    assert {item["GSI2PK"]["S"].split("#")[1] for item in schools} == {"school_programs"}
