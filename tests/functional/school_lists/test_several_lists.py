"""The same schools in several lists: one school each, whatever a list calls it; and what is not sure is asked."""

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import Conflict, InvalidInput, NotFound
from chalicelib.organizations.models import Organization
from chalicelib.organizations.service import read_provenance
from chalicelib.school_lists import decisions
from chalicelib.school_lists.directory import SchoolDirectory
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.imports import Counts
from chalicelib.school_lists.matches import MatchStatus, MatchStore, SchoolMatch
from chalicelib.school_lists.service import import_of_upload
from tests.functional.school_lists.conftest import Bench

ADMINISTRATOR = Caller("root", "root@connects.example", admin=True)
HD = (
    "UNITID,INSTNM,ADDR,CITY,STABBR,ZIP,GENTELE,WEBADDR,OPEID\n"
    "180197,Flathead Valley Community College,777 Grandview Dr,Kalispell,MT,59901,4065550199,www.fvcc.edu,00692600\n"
    "180461,Missoula College,1205 East Broadway,Missoula,MT,59802,4065550142,www.mc.edu,00253601\n"
    "180222,Lincoln Technical Institute,200 Elm St,Missoula,MT,59801,4065550177,www.lti.edu,00253900\n"
)
STATE = (
    "name,street,city,state,zip,phone,level,programs\n"
    "FLATHEAD VALLEY COMM. COLL.,777 Grandview Drive,Kalispell,MT,59901-1000,406-555-0199,postsecondary,47.0604\n"
    "Missoula Coll.,1205 E. Broadway,Missoula,MT,59802,,postsecondary,47.0605\n"
    "Big Sky High School,3100 South Ave W,Missoula,MT,59804,,secondary,47.0604\n"
)
# The same house, but hardly the same name: nobody can be sure.
DOUBTFUL = "name,street,city,state,zip\nLincoln Career Training,200 Elm Street,Missoula,MT,59801\n"


def decide(
    bench: Bench, match: SchoolMatch, decision: str, organization_id: str | None = None
) -> SchoolMatch:
    return decisions.decide(
        MatchStore(bench.table),
        SchoolDirectory(bench.organizations),
        ADMINISTRATOR,
        match.id,
        MatchStatus(decision),
        organization_id,
        clock=bench.watch,
    )


def waiting(bench: Bench) -> list[SchoolMatch]:
    return MatchStore(bench.table).page(10, None)[0]


def unit(bench: Bench, unit_id: str) -> Organization:
    return bench.named(Identity("ipeds", unit_id))


def test_a_school_of_three_lists_is_one(bench: Bench) -> None:
    assert bench.load(HD, "hd2024.csv").counts == Counts(rows_read=3, created=3)
    state = bench.load(STATE, "montana.csv", list_date="2025-01-01")
    assert state.counts == Counts(rows_read=3, created=1, changed=2)
    dapip = (
        "DapipId,OpeId,IpedsUnitIds,LocationName,ParentName,ParentDapipId,LocationType,Address,GeneralPhone\n"
        '117001,00692600,180197,Flathead Valley CC,-,-,Institution,"777 Grandview Drive, Kalispell, MT 59901",\n'
        '117002,00253601,,Missoula College,-,-,Institution,"1205 E Broadway, Missoula, MT 59802",\n'
    )
    done = bench.load(dapip, "dapip.csv", list_date="2020-01-01")
    assert (done.source, done.counts.rows_read, done.counts.created, done.counts.to_review) == (
        "dapip",
        2,
        0,
        0,
    )
    assert [school.name for school in bench.schools()] == [
        "Big Sky High School",
        "Flathead Valley Comm. Coll.",
        "Lincoln Technical Institute",
        "Missoula Coll.",
    ]
    flathead = unit(bench, "180197")
    assert [program.cip_code for program in flathead.programs] == ["47.0604"]
    assert (flathead.website, flathead.ope_id) == ("https://www.fvcc.edu", "00692600")
    told = read_provenance(flathead.provenance).fields
    assert (told["name"].by.source, told["name"].by.date) == ("file_montana", "2025-01-01")
    assert told["website"].by.source == "ipeds_hd"


def test_lists_that_take_turns_write_nothing(bench: Bench) -> None:
    lists = ((HD, "hd2024.csv"), (STATE, "montana.csv"))
    for content, name in lists:
        bench.load(content, name)
    before = bench.everything()
    for content, name in lists * 2:
        again = bench.load(content, name)
        assert again.counts == Counts(rows_read=3, unchanged=3)
    assert bench.everything() == before


def test_the_same_lists_in_another_order_make_the_same_schools(bench: Bench) -> None:
    bench.load(STATE, "montana.csv")
    done = bench.load(HD, "hd2024.csv")
    assert (done.counts.created, done.counts.to_review) == (1, 0)
    assert len(bench.schools()) == 4
    assert unit(bench, "180197").programs


def test_an_older_list_overwrites_nothing(bench: Bench) -> None:
    newer = HD.replace("Missoula College", "Missoula College of the University")
    bench.load(newer, "hd2024.csv")
    before = bench.everything()
    older = bench.load(HD, "hd2019.csv")
    assert older.counts == Counts(rows_read=3, unchanged=2, left_alone=1)
    assert bench.everything() == before
    assert "what that one said stays" in older.notes[0]


def test_a_list_without_statuses_reopens_nothing(bench: Bench) -> None:
    header = "UNITID,INSTNM,STABBR,ZIP,CYACTIVE\n"
    bench.load(header + "180461,Missoula College,MT,59802,3\n", "hd2024.csv")
    assert unit(bench, "180461").status == "closed"
    bench.load("name,zip,ipeds_unit_id\nMissoula College,59802,180461\n", "a.csv", list_date="2026-01-01")
    assert unit(bench, "180461").status == "closed"


def test_programs_are_added_to_schools_that_are_known(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    completions = (
        "UNITID,CIPCODE,MAJORNUM,AWLEVEL,CTOTALT\n"
        "180197,47.0604,1,3,12\n180197,47.0605,1,3,4\n180197,99,1,3,16\n"
        "180461,47.0604,1,2,7\n180461,52.0201,1,2,9\n999999,47.0604,1,3,1\n"
    )
    done = bench.load(completions, "c2024_a.csv")
    assert (done.source, done.counts.changed, done.counts.created, done.counts.rejected) == (
        "ipeds_completions",
        2,
        0,
        1,
    )
    assert done.counts.rows_read == 6
    assert [program.cip_code for program in unit(bench, "180197").programs] == ["47.0604", "47.0605"]
    (problem,) = done.problems
    assert (problem.row, problem.value, "no school" in problem.reason) == (7, "999999", True)
    again = bench.load(completions, "c2024_a.csv")
    assert (again.counts.unchanged, again.counts.rejected) == (2, 1)


def test_one_school_twice_in_a_list_without_numbers_is_found(bench: Bench) -> None:
    done = bench.load(
        "name,street,city,state,zip\n"
        "Big Sky High School,3100 South Ave W,Missoula,MT,59804\n"
        "Sentinel High School,901 South Ave W,Missoula,MT,59801\n"
        "Big Sky HS,3100 South Avenue West,Missoula,MT,59804\n"
        "Big Sky High,3100 South Avenue W,Missoula,MT,59803\n"
    )
    assert done.counts == Counts(rows_read=4, created=2, rejected=2)
    assert [(one.row, one.reason) for one in done.problems] == [
        (4, "the same school is in row 2"),
        (5, "the same school is in row 2"),
    ]


def test_what_is_not_sure_is_asked_once(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    before = {school.id for school in bench.schools()}
    done = bench.load(DOUBTFUL, "careers.csv")
    assert done.counts == Counts(rows_read=1, to_review=1)
    assert {school.id for school in bench.schools()} == before
    (match,) = waiting(bench)
    assert match.candidates[0].organization_id == unit(bench, "180222").id
    assert (match.row, match.record.name) == (2, "Lincoln Career Training")
    assert match.id in done.problems[0].remedy
    assert not done.problems[0].rejected
    items = bench.everything()
    assert bench.load(DOUBTFUL, "careers.csv").counts == Counts(rows_read=1, to_review=1)
    assert bench.everything() == items


def test_the_same_school_takes_over_what_the_row_says(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    bench.load(DOUBTFUL, "careers.csv", list_date="2025-06-01")
    (match,) = waiting(bench)
    decided = decide(bench, match, "same")
    assert (decided.status, decided.organization_id) == ("same", unit(bench, "180222").id)
    assert unit(bench, "180222").name == "Lincoln Career Training"
    assert waiting(bench) == []
    assert decide(bench, match, "same") == decided
    with pytest.raises(Conflict):
        decide(bench, match, "different")
    assert bench.load(DOUBTFUL, "careers.csv", list_date="2025-06-01").counts == Counts(
        rows_read=1, unchanged=1
    )
    moved = DOUBTFUL.replace("200 Elm Street", "300 Oak Street")
    assert bench.load(moved, "careers.csv", list_date="2025-07-01").counts == Counts(rows_read=1, changed=1)
    assert unit(bench, "180222").address.street == "300 Oak Street"


def test_a_different_school_is_one_of_its_own(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    bench.load(DOUBTFUL, "careers.csv")
    (match,) = waiting(bench)
    assert decide(bench, match, "later").status == "later"
    assert [one.id for one in waiting(bench)] == [match.id]
    decided = decide(bench, match, "different")
    assert decided.organization_id not in (None, unit(bench, "180222").id)
    assert len(bench.schools()) == 4
    assert unit(bench, "180222").name == "Lincoln Technical Institute"
    assert bench.load(DOUBTFUL, "careers.csv").counts == Counts(rows_read=1, unchanged=1)


def test_only_a_candidate_can_be_the_same(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    bench.load(DOUBTFUL, "careers.csv")
    (match,) = waiting(bench)
    with pytest.raises(InvalidInput):
        decide(bench, match, "same", unit(bench, "180197").id)


def test_a_row_that_says_otherwise_is_asked_about_anew(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    row = DOUBTFUL.replace("zip\n", "zip,nces_id\n").replace("59801\n", "59801,300000100009\n")
    bench.load(row, "careers.csv")
    (first,) = waiting(bench)
    bench.load(row.replace("Lincoln Career Training", "Lincoln Career Trainings"), "careers.csv")
    (second,) = waiting(bench)
    assert (second.id != first.id, second.record.name) == (True, "Lincoln Career Trainings")
    with pytest.raises(NotFound):
        decide(bench, first, "same")
    gone = bench.load(row.replace("Lincoln Career Training", "Rocky Mountain Prep"), "careers.csv")
    assert (gone.counts.created, waiting(bench)) == (1, [])


def test_an_ope_id_of_several_branches_is_not_sure_by_itself(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    other_town = "name,street,city,state,zip,ope_id\nDowntown Annex,5 Front St,Butte,MT,59701,00253601\n"
    done = bench.load(other_town, "branches.csv")
    assert done.counts == Counts(rows_read=1, to_review=1)
    (match,) = waiting(bench)
    assert match.candidates[0].organization_id == unit(bench, "180461").id
    assert "OPE id" in match.candidates[0].reason


def test_two_campuses_of_a_college_in_one_list_stay_two(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    campuses = (
        "name,street,city,state,zip,ope_id,phone\n"
        "Missoula College,1205 E Broadway St,Missoula,MT,59802,00253601,\n"
        "Missoula College,3639 South Ave,Missoula,MT,59802,00253601,406-555-0188\n"
    )
    done = bench.load(campuses, "campuses.csv")
    # Both rows go by OPE id and ZIP code, so the list itself says that they are one.
    assert (done.counts.created, done.counts.rejected) == (0, 1)
    numbered = campuses.replace("phone", "phone,id").replace(",\n", ",,1\n").replace("0188\n", "0188,2\n")
    assert bench.load(numbered, "numbered.csv").counts == Counts(rows_read=2, created=1, unchanged=1)
    moved = "name,street,city,state,zip,ope_id\nMissoula College,3639 South Ave,Missoula,MT,59802,00253601\n"
    assert bench.load(moved, "moved.csv").counts.created == 0


def test_identifiers_of_two_schools_do_not_make_one_of_them(bench: Bench) -> None:
    bench.load("name,zip,ipeds_unit_id\nAlpha College,59801,100001\n", "a.csv")
    bench.load("name,zip,nces_id\nBeta High School,59801,300000100002\n", "b.csv")
    mixed = bench.load(
        "name,zip,nces_id,ipeds_unit_id\nBeta High School,59801,300000100002,100001\n", "d.csv"
    )
    assert (mixed.counts.unchanged, mixed.counts.doubtful) == (1, 1)
    assert mixed.problems[0].reason == "another school has this id"
    beta = bench.named(Identity("nces", "300000100002"))
    assert (beta.name, beta.ipeds_unit_id, unit(bench, "100001").name) == (
        "Beta High School",
        None,
        "Alpha College",
    )


def test_all_identifiers_of_a_row_lead_to_its_school(bench: Bench) -> None:
    bench.load("name,zip,nces_id,ipeds_unit_id\nCareer Center,59801,300000100002,100001\n", "a.csv")
    for other in (
        "ipeds_unit_id\nCareer Ctr,59801,100001\n",
        "nces_id\nThe Career Center,59801,300000100002\n",
    ):
        done = bench.load(f"name,zip,{other}", f"{len(other)}.csv")
        assert done.counts.created == 0
    assert len(bench.schools()) == 1


def test_no_list_is_imported_from_elsewhere(bench: Bench) -> None:
    _, source = bench.drop(HD)
    elsewhere = type(source)(source.bucket, "reports/x.csv", source.size, source.etag)
    assert import_of_upload(bench.imports, bench.files, elsewhere, bench.watch(), "1") is None
