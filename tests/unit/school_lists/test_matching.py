"""Whether a row is a school we have."""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from chalicelib.organizations.service import SchoolLine
from chalicelib.school_lists.features import street_of
from chalicelib.school_lists.likeness import street_likeness
from chalicelib.school_lists.matching import SAME_ROW, Verdict, best_match
from chalicelib.school_lists.models import Program, SchoolRecord
from tests.unit.school_lists import twins

LINE = SchoolLine(
    "one",
    "Bitterroot Technical College",
    "100 Main St",
    "Missoula",
    "59801",
    "+14065550123",
    "",
    "",
    "",
    "",
    "",
)
ROW = SchoolRecord(
    name="Bitterroot Technical College",
    street="100 Main Street",
    city="Missoula",
    state="MT",
    zip="59801",
    phone=None,
    website=None,
    latitude=None,
    longitude=None,
    ipeds_unit_id=None,
    nces_id=None,
    ope_id=None,
    closed=None,
    programs=(),
)
SCHOOLS = os.environ.get("CONNECTS_SCHOOL_LISTS", "")


def verdict(row: SchoolRecord, *lines: SchoolLine) -> Verdict:
    return best_match(row, lines or [LINE]).verdict


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": "BITTERROOT TECH. COLL."},
        {"name": "Bitteroot Technical College"},
        {"name": "Bitterroot Technical College - Missoula", "street": "100 N Main St, Suite 4"},
        {"street": None},
        {"street": "PO Box 12"},
        {"zip": "59802"},
    ],
)
def test_spelled_otherwise_it_is_the_same_school(changes: dict[str, Any]) -> None:
    assert verdict(ROW._replace(**changes)) is Verdict.SURE


@pytest.mark.parametrize(
    "changes",
    [
        {"street": "4100 Elm St", "zip": "59802"},
        {"name": "Bitterroot Career Training"},
        {"name": "Bitterroot Technical College Adult Education"},
        {
            "name": "Bitterroot Technical College",
            "street": None,
            "zip": "59847",
            "phone": "+14065550123",
            "city": "Lolo",
        },
    ],
)
def test_what_only_may_be_the_same_is_not_sure(changes: dict[str, Any]) -> None:
    match = best_match(ROW._replace(**changes), [LINE])
    assert match.verdict is Verdict.UNSURE
    assert match.candidates[0].reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lincoln High School", "Lincoln Middle School"),
        ("Lincoln High School", "Lincoln Elementary"),
        ("PS 12", "PS 13"),
        ("School No 1", "School No 11"),
        ("North Valley High", "South Valley High"),
        ("Jackson High School", "Johnson High School"),
        ("Silver Mesa Academy", "Copper Canyon Academy"),
    ],
)
def test_schools_that_look_alike_in_one_house_are_not_merged(one: str, other: str) -> None:
    match = best_match(ROW._replace(name=one), [LINE._replace(name=other)])
    assert match.verdict is not Verdict.SURE


def test_an_identifier_decides_whatever_else_differs() -> None:
    row = ROW._replace(nces_id="300000100001")
    assert verdict(row, LINE._replace(nces_id="300000100002")) is Verdict.DIFFERENT
    other = LINE._replace(nces_id="300000100001", name="Quite Another", street="1 Elm St", city="Lolo")
    assert verdict(row, other) is Verdict.SURE


def test_an_ope_id_alone_is_not_sure() -> None:
    branch = LINE._replace(ope_id="00253300", name="Annex", street="5 Front St", city="Butte", zip="59701")
    assert verdict(ROW._replace(ope_id="00253300"), branch) is Verdict.UNSURE
    assert verdict(ROW._replace(ope_id="00253300"), LINE._replace(ope_id="00253300")) is Verdict.SURE
    assert verdict(ROW._replace(ope_id="00253300"), LINE._replace(ope_id="00999900")) is Verdict.DIFFERENT


def test_of_two_that_would_both_do_neither_is_sure() -> None:
    match = best_match(ROW, [LINE, LINE._replace(id="two")])
    assert match.verdict is Verdict.UNSURE
    assert [one.organization_id for one in match.candidates] == ["one", "two"]


def test_a_school_for_pupils_is_not_merged_with_one_for_adults() -> None:
    secondary = ROW._replace(programs=(Program("47.0604", "secondary"),))
    assert verdict(secondary, LINE._replace(levels="postsecondary")) is Verdict.UNSURE
    assert (
        verdict(ROW._replace(nces_id="300000100001"), LINE._replace(ipeds_unit_id="100001")) is Verdict.UNSURE
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("400 Seventh Street North, PO Box C-0908", "400 7th St. North"),
        ("2815 J F Kennedy Blvd.", "2815 Kennedy Blvd, 3rd Floor"),
        ("309 E Second Street College Plaza", "309 E 2nd St"),
        ("27 A South Commons Road", "27A South Commons Road"),
        ("990-A Klamath Lane", "990A Klamath Lane"),
        ("910 South East Military Drive", "910 Southeast Military"),
        ("229 Main Street, MS 1504", "229 Main St"),
        ("138 Alabama Highway 35", "138 Highway 35"),
    ],
)
def test_an_address_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert street_likeness(street_of(one), street_of(other)) == 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Main St", "12 Oak St"),
        ("12 N Main St", "12 S Main St"),
        ("12A Main St", "12B Main St"),
        ("1 Elm", "2 Elm"),
    ],
)
def test_other_houses_are_not_the_same(one: str, other: str) -> None:
    likeness = street_likeness(street_of(one), street_of(other))
    assert likeness is not None
    assert likeness < 0.8


def test_the_name_of_a_hall_says_nothing_of_another_address() -> None:
    assert street_likeness(street_of("Capen Hall"), street_of("12 Main St")) is None
    assert street_likeness(street_of("Calle del Cristo #52"), street_of("Calle Del Cristo")) == 0.9


def test_a_college_that_moved_within_its_zip_code_keeps_its_ope_id() -> None:
    here = LINE._replace(ope_id="00253300")
    moved = ROW._replace(ope_id="00253300", street="4100 Elm St")
    match = best_match(moved, [here])
    assert match.verdict is Verdict.SURE
    assert match.candidates[0].confidence < SAME_ROW
    assert verdict(moved._replace(zip="59802"), here) is Verdict.UNSURE
    assert verdict(moved._replace(name="Bitterroot Technical College North Campus"), here) is Verdict.UNSURE
    assert verdict(moved._replace(ope_id=None), here) is Verdict.UNSURE


def test_of_the_parts_of_a_college_in_one_house_the_one_of_the_same_name_is_meant() -> None:
    parts = [LINE, LINE._replace(id="two", name="Bitterroot Technical College Online")]
    match = best_match(ROW, parts)
    assert (match.verdict, match.candidates[0].organization_id) == (Verdict.SURE, "one")


def test_precision_and_recall_on_a_labelled_set() -> None:
    made = twins.make(1500, seed=47)
    told = _measured((row, {truth} if truth else set(), made.schools) for row, truth in made.rows)
    # 1,000 twins and 250 that only look alike: nothing is merged wrongly, and few twins are left unasked.
    assert told["right"] / (told["right"] + told["wrong"]) >= 0.995
    assert told["right"] / told["twins"] >= 0.8
    assert (told["right"] + told["asked"]) / told["twins"] >= 0.97
    assert told["asked for nothing"] / told["others"] <= 0.25


@pytest.mark.skipif(
    not SCHOOLS, reason="CONNECTS_SCHOOL_LISTS names no folder with hd2024.csv and the DAPIP workbook"
)
def test_precision_and_recall_on_ipeds_and_dapip() -> None:
    """The same institutions in two federal lists, labelled by their IPEDS unit ids, which matching does not see."""
    from python_calamine import CalamineWorkbook

    folder = Path(SCHOOLS)
    lines: dict[str, list[SchoolLine]] = defaultdict(list)
    with (folder / "hd2024.csv").open(encoding="utf-8-sig", newline="") as file:
        for one in csv.DictReader(file):
            zip_code = one["ZIP"][:5]
            place = one["INSTNM"], one["ADDR"], one["CITY"], zip_code
            lines[zip_code[:3]].append(SchoolLine(one["UNITID"], *place, "", "", "", "", one["OPEID"], ""))
    by_ope: dict[str, list[SchoolLine]] = defaultdict(list)
    for line in (line for block in lines.values() for line in block):
        by_ope[line.ope_id].append(line)
    units = {line.id for block in lines.values() for line in block}
    workbook = CalamineWorkbook.from_path(folder / "dapip_accredited_campuses.xlsx")
    header, *rows = workbook.get_sheet_by_index(0).to_python()
    known = (dict(zip(header, map(str, row), strict=True)) for row in rows)
    told = _measured(
        (
            (record, set(one["IpedsUnitIds"].replace(",", " ").split()) & units, lines[record.zip[:3]])
            for one in known
            if set(one["IpedsUnitIds"].replace(",", " ").split()) & units
            and (record := _dapip(one)) is not None
        ),
        by_ope,
    )
    assert told["right"] / (told["right"] + told["wrong"]) >= 0.997
    assert told["right"] / told["twins"] >= 0.87
    assert (told["right"] + told["asked"]) / told["twins"] >= 0.97


def _dapip(row: dict[Any, str]) -> SchoolRecord | None:
    street, _, rest = row["Address"].rpartition(", ")[0].rpartition(", ")
    state, _, zip_code = row["Address"].rpartition(", ")[2].partition(" ")
    if not street or len(state) != 2 or len(zip_code) < 5:
        return None
    ope = row["OpeId"] if row["OpeId"].isdecimal() and len(row["OpeId"]) == 8 else None
    return ROW._replace(
        name=row["LocationName"],
        street=street,
        city=rest,
        state=state,
        zip=zip_code[:5],
        ope_id=ope,
    )


def _measured(
    rows: Iterable[tuple[SchoolRecord, set[str], Sequence[SchoolLine]]],
    by_ope: Mapping[str, Sequence[SchoolLine]] | None = None,
) -> "Counter[str]":
    """What matching made of labelled rows: merged right or wrong, asked about (with the right school), or missed."""
    told: Counter[str] = Counter()
    for row, truth, schools in rows:
        match = best_match(row, schools)
        if match.verdict is Verdict.DIFFERENT and row.ope_id:
            # As an import asks for the schools with an OPE id, wherever they are.
            match = best_match(row, (by_ope or {}).get(row.ope_id, ()))
        ids = {one.organization_id for one in match.candidates}
        told["twins" if truth else "others"] += 1
        if match.verdict is Verdict.SURE:
            told["right" if ids & truth else "wrong"] += 1
        elif match.verdict is Verdict.UNSURE:
            told["asked" if ids & truth else "asked for nothing"] += 1
        else:
            told["missed" if truth else "rightly new"] += 1
    print(dict(told))  # noqa: T201 - shown with -s
    return told
