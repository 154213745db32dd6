"""Imports taken back, cancelled, and lists that lack what their source had."""

import contextlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from chalicelib.errors import Conflict
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.service import read_provenance
from chalicelib.organizations.store import changed_put
from chalicelib.school_lists import source_store
from chalicelib.school_lists.importer import run_import
from chalicelib.school_lists.imports import Counts, ImportStatus, Undone
from chalicelib.school_lists.matches import MatchStore
from chalicelib.school_lists.runs import OutOfTime
from chalicelib.school_lists.store import ImportStore
from chalicelib.school_lists.undo import run_undo
from chalicelib.table.expressions import Write
from tests.functional.school_lists.conftest import HEADER, Bench, rows
from tests.functional.school_lists.test_several_lists import DOUBTFUL, HD

FULL = {"mode": "full", "source": "montana"}


class Killed(BaseException):
    """The process ended."""


def plain(school: Organization) -> dict[str, object]:
    """A school without what every write changes."""
    return school.model_dump(exclude={"version", "updated_at"})


def absent(bench: Bench) -> list[str]:
    return [school.name for school in bench.schools() if read_provenance(school.provenance).absent]


def test_an_import_is_undone_as_a_whole(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 31), list_date="2024-01-01")
    before = [plain(school) for school in bench.schools()]
    changed = bench.load(HEADER + rows(1, 6) + rows(6, 20, "Elm St") + rows(20, 45), list_date="2025-01-01")
    assert changed.counts == Counts(rows_read=44, created=14, changed=14, unchanged=16)
    undone = bench.undo(changed.id)
    assert (undone.status, undone.undone) == (ImportStatus.UNDONE, Undone(removed=14, restored=14))
    assert [plain(school) for school in bench.schools()] == before
    assert len(bench.everything()) == 60
    again = bench.load(HEADER + rows(1, 31), list_date="2024-01-01")
    assert again.counts == Counts(rows_read=30, unchanged=30)
    with pytest.raises(Conflict):
        bench.imports.undo(changed.id, bench.watch())


def test_the_first_import_of_all_leaves_nothing_behind(bench: Bench) -> None:
    done = bench.load(HEADER + rows(1, 31))
    assert bench.undo(done.id).undone == Undone(removed=30)
    assert bench.everything() == {}
    assert source_store.find(bench.table, "file_schools") is None
    assert bench.load(HEADER + rows(1, 31)).counts.created == 30


def test_what_people_and_other_lists_built_on_stays(bench: Bench) -> None:
    done = bench.load(HEADER + rows(1, 5))
    claimed = bench.school(1).model_copy(update={"status": Status.PENDING, "version": 2})
    bench.table.write(changed_put(claimed, 1))
    bench.load("name,zip,ipeds_unit_id,phone\nSchool 2,59801,100002,406-555-0101\n", "other.csv")
    undone = bench.undo(done.id)
    assert undone.undone == Undone(removed=2, kept=2)
    assert [school.name for school in bench.schools()] == ["School 1", "School 2"]
    assert bench.school(2).phone == "+14065550101"


def test_imports_can_be_undone_in_any_order(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 4), list_date="2023-01-01")
    second = bench.load(HEADER + rows(1, 4, "Elm St"), list_date="2024-01-01")
    third = bench.load(HEADER + rows(1, 3, "Oak St") + rows(3, 4, "Elm St"), list_date="2025-01-01")
    bench.undo(second.id)
    # The third list said of the third school what the second one had said.
    assert [school.address.street for school in bench.schools()] == ["1 Oak St", "2 Oak St", "3 Elm St"]
    bench.undo(third.id)
    assert [school.address.street for school in bench.schools()] == ["1 Main St", "2 Main St", "3 Main St"]
    again = bench.load(HEADER + rows(1, 4, "Elm St"), list_date="2024-01-01")
    assert again.counts == Counts(rows_read=3, changed=3)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(6))
def test_an_undo_killed_at_any_write_is_followed_by_one_that_ends_the_same(
    bench: Bench, at: int, after: bool
) -> None:
    bench.load(HEADER + rows(1, 12), list_date="2024-01-01")
    before = [plain(school) for school in bench.schools()]
    changed = bench.load(HEADER + rows(1, 24, "Elm St"), list_date="2025-01-01")
    left = [at]

    class Dying(ImportStore):
        """A store whose process is killed before or after its n-th write."""

        def transact(self, writes: Sequence[Write]) -> None:
            left[0] -= 1
            if left[0] == -1 and not after:
                raise Killed
            super().transact(writes)
            if left[0] == -1:
                raise Killed

    bench.imports.undo(changed.id, bench.watch())
    with contextlib.suppress(Killed):
        run_undo(bench.with_tools(imports=Dying(bench.table)), changed.id)
    assert run_undo(bench.tools, changed.id).status is ImportStatus.UNDONE
    assert [plain(school) for school in bench.schools()] == before
    assert len(bench.everything()) == 22


def test_an_undo_without_time_goes_on(bench: Bench) -> None:
    done = bench.load(HEADER + rows(1, 31))
    bench.imports.undo(done.id, bench.watch())
    with pytest.raises(OutOfTime):
        run_undo(bench.with_tools(seconds_left=lambda: 1.0), done.id)
    assert bench.imports.get(done.id).status is ImportStatus.UNDOING
    assert [one.id for one in bench.imports.ready(bench.watch())] == [done.id]
    assert run_undo(bench.tools, done.id).undone == Undone(removed=30)


def test_what_waits_for_a_decision_is_withdrawn(bench: Bench) -> None:
    bench.load(HD, "hd2024.csv")
    done = bench.load(DOUBTFUL, "careers.csv")
    bench.undo(done.id)
    assert MatchStore(bench.table).page(10, None) == ([], None)
    assert len(bench.everything()) == 6
    assert bench.load(DOUBTFUL, "careers.csv").counts == Counts(rows_read=1, to_review=1)


def test_a_waiting_import_is_cancelled_at_once(bench: Bench) -> None:
    import_id, source = bench.drop(HEADER + rows(1, 5))
    assert bench.imports.cancel(import_id, bench.watch()).status is ImportStatus.CANCELLED
    assert run_import(bench.tools, import_id, source).status is ImportStatus.CANCELLED
    assert not bench.everything()
    with pytest.raises(Conflict):
        bench.imports.cancel(import_id, bench.watch())


def test_a_running_import_stops_at_its_next_checkpoint_and_can_be_undone(bench: Bench) -> None:
    import_id, source = bench.drop(HEADER + rows(1, 31))

    class Watched(ImportStore):
        """Somebody cancels while the first chunk is written."""

        def transact(self, writes: Sequence[Write]) -> None:
            super().transact(writes)
            bench.imports.cancel(import_id, bench.watch())

    stopped = run_import(bench.with_tools(imports=Watched(bench.table)), import_id, source)
    assert stopped.status is ImportStatus.CANCELLED
    assert stopped.counts.created == 10
    assert len(bench.schools()) == 10
    assert "Cancelled" in stopped.notes[0]
    assert bench.report(import_id)
    assert bench.undo(import_id).undone == Undone(removed=10)
    assert bench.everything() == {}


def test_a_whole_list_marks_what_it_lacks(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 31), list_date="2024-01-01", **FULL)
    items = bench.everything()
    done = bench.load(HEADER + rows(1, 29), list_date="2025-01-01", **FULL)
    assert done.counts == Counts(rows_read=28, unchanged=28, absent=2)
    assert absent(bench) == ["School 29", "School 30"]
    assert bench.school(30).status is Status.UNCLAIMED
    mark = read_provenance(bench.school(30).provenance).absent["montana"]
    assert (mark.date, mark.import_id) == ("2025-01-01", done.id)
    changed = [key for key, item in bench.everything().items() if items[key] != item]
    assert len(changed) == 2
    before = bench.everything()
    assert bench.load(HEADER + rows(1, 29), list_date="2025-01-01", **FULL).counts.absent == 0
    assert bench.everything() == before


def test_a_school_that_is_listed_again_is_marked_no_more(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 31), list_date="2024-01-01", **FULL)
    bench.load(HEADER + rows(1, 29), list_date="2025-01-01", **FULL)
    bench.load(HEADER + rows(30, 31), list_date="2026-01-01", source="montana")
    assert absent(bench) == ["School 29"]
    bench.load(HEADER + rows(1, 31), list_date="2026-06-01", **FULL)
    assert absent(bench) == []


def test_a_list_of_another_source_and_a_delta_mark_nothing(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 31), **FULL)
    for said in ({"source": "montana"}, {"source": "idaho", "mode": "full"}):
        assert bench.load(HEADER + rows(1, 3), list_date="2027-01-01", **said).counts.absent == 0
    assert absent(bench) == []


def test_a_list_that_lacks_too_much_marks_nothing_and_says_so(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 101), list_date="2024-01-01", **FULL)
    half = bench.load(HEADER + rows(1, 51), list_date="2025-01-01", **FULL)
    assert half.counts.absent == 0
    assert "50 of the 100 schools" in half.notes[0]
    cut = (HEADER + rows(1, 101))[:-200]
    ended = bench.load(cut, list_date="2025-02-01", **FULL)
    assert ended.counts.absent == 0
    assert "cut off" in ended.notes[0]
    assert absent(bench) == []


def test_undoing_takes_marks_back(bench: Bench) -> None:
    first = bench.load(HEADER + rows(1, 31), list_date="2024-01-01", **FULL)
    done = bench.load(HEADER + rows(1, 29), list_date="2025-01-01", **FULL)
    bench.undo(done.id)
    assert absent(bench) == []
    known = source_store.find(bench.table, "montana")
    assert known is not None
    assert known.import_id == first.id
    assert bench.load(HEADER + rows(1, 29), list_date="2025-01-01", **FULL).counts.absent == 2


def test_marks_survive_a_run_that_was_cut_off(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 31), list_date="2024-01-01", **FULL)
    import_id, source = bench.drop(HEADER + rows(1, 26), list_date="2025-01-01", **FULL)

    class Dying(ImportStore):
        """Killed after the marks, before the end."""

        def finish(self, *_: object, **__: object) -> None:  # type: ignore[override]
            raise Killed

    with pytest.raises(Killed):
        run_import(bench.with_tools(imports=Dying(bench.table)), import_id, source)
    assert len(absent(bench)) == 5
    assert run_import(bench.tools, import_id, source).counts.absent == 5


@pytest.mark.parametrize("header", [HEADER, HEADER.replace("programs", "remarks")])
def test_a_school_that_another_list_names_stays_though_that_one_said_nothing_new(
    bench: Bench, header: str
) -> None:
    content = header + rows(1, 4)
    first = bench.load(content, "first.csv")
    assert bench.load(header + rows(1, 3), "second.csv").source == "file_second"
    assert bench.undo(first.id).undone == Undone(removed=1, restored=0, kept=2)
    assert [school.name for school in bench.schools()] == ["School 1", "School 2"]
    assert bench.load(header + rows(1, 3), "second.csv").counts.unchanged == 2
    assert bench.load(content, "first.csv").counts.created == 1
    assert len(bench.schools()) == 3


def test_a_school_that_another_list_names_by_its_name_alone_stays_with_what_that_list_says(
    bench: Bench,
) -> None:
    first = bench.load(HEADER + rows(1, 4), "first.csv")
    by_name = "name,zip,street\n" + "".join(f"School {one},59801,{one} Main St\n" for one in (1, 2))
    second = bench.load(by_name, "second.csv")
    assert second.counts == Counts(rows_read=2, unchanged=2)
    before = bench.everything()
    assert bench.load(by_name, "second.csv").counts == Counts(rows_read=2, unchanged=2)
    assert bench.everything() == before
    assert bench.undo(first.id).undone == Undone(removed=1, kept=2)
    assert [(one.name, one.ipeds_unit_id, one.programs) for one in bench.schools()] == [
        ("School 1", None, ()),
        ("School 2", None, ()),
    ]
    redone = bench.load(HEADER + rows(1, 4), "first.csv")
    assert redone.counts == Counts(rows_read=3, created=1, changed=2)
    assert len(bench.schools()) == 3
    assert bench.undo(second.id).undone == Undone()
    assert bench.undo(redone.id).undone is not None
    # The same rows came twice in the second list: its other import speaks for them now.
    assert len(bench.schools()) == 2


def test_a_list_that_comes_again_speaks_for_its_schools_when_the_one_before_is_undone(bench: Bench) -> None:
    first = bench.load(HEADER + rows(1, 31), list_date="2024-01-01")
    second = bench.load(HEADER + rows(1, 3) + rows(3, 21, "Elm St"), list_date="2025-01-01")
    assert second.counts == Counts(rows_read=20, unchanged=2, changed=18)
    assert bench.undo(first.id).undone == Undone(removed=10, kept=20)
    assert [one.address.street for one in bench.schools()][:3] == ["1 Main St", "10 Elm St", "11 Elm St"]
    before = bench.everything()
    assert bench.load(HEADER + rows(1, 3) + rows(3, 21, "Elm St"), list_date="2025-01-01").counts == Counts(
        rows_read=20, unchanged=20
    )
    assert bench.everything() == before
    assert bench.load(HEADER + rows(21, 31), list_date="2025-01-01").counts.created == 10


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(3))
def test_an_undo_killed_while_another_list_takes_over_ends_the_same(
    bench: Bench, at: int, after: bool
) -> None:
    first = bench.load(HEADER + rows(1, 12), list_date="2024-01-01")
    second = bench.load(HEADER + rows(1, 8), list_date="2025-01-01")
    left = [at]

    class Dying(ImportStore):
        """A store whose process is killed before or after its n-th write."""

        def transact(self, writes: Sequence[Write]) -> None:
            left[0] -= 1
            if left[0] == -1 and not after:
                raise Killed
            super().transact(writes)
            if left[0] == -1:
                raise Killed

    bench.imports.undo(first.id, bench.watch())
    with contextlib.suppress(Killed):
        run_undo(bench.with_tools(imports=Dying(bench.table)), first.id)
    assert run_undo(bench.tools, first.id).status is ImportStatus.UNDONE
    assert len(bench.schools()) == 7
    # What it took over goes with it.
    bench.undo(second.id)
    assert bench.everything() == {}


def test_an_undo_of_a_suspended_school_ends_and_leaves_it(bench: Bench) -> None:
    done = bench.load(HEADER + rows(1, 3))
    suspended = bench.school(1).model_copy(update={"status": Status.SUSPENDED, "version": 2})
    bench.table.write(changed_put(suspended, 1))
    assert bench.undo(done.id).undone == Undone(removed=1, kept=1)
    assert bench.schools() == [suspended]


@dataclass(frozen=True)
class Told:
    """A list as it was uploaded."""

    content: str
    name: str
    list_date: str


_BY_ID = ("Alder", "Birch", "Cherry", "Dogwood", "Elderberry", "Hawthorn")


def _random_list(dice: random.Random, number: int) -> Told:
    source = dice.choice(("ids", "names", "more"))
    column = "" if source == "names" else ",ipeds_unit_id"
    lines = [f"name,street,zip,phone,programs,level{column}"]
    for at, name in enumerate(_BY_ID):
        if dice.random() < 0.3:
            continue
        phone = dice.choice(("", "406-555-0101", "406-555-0102"))
        code = dice.choice(("", "47.0604", "47.0605"))
        identifier = "" if source == "names" else f",{100_001 + at}"
        lines.append(f"{name} College,{at + 1} Main St,59801,{phone},{code},postsecondary{identifier}")
    day = f"2025-{number + 1:02d}-01" if source != "more" else f"2024-{number + 1:02d}-01"
    return Told("\n".join(lines) + "\n", f"{source}.csv", day)


def _said(bench: Bench) -> list[object]:
    return [
        (
            one.name,
            one.address.street,
            one.phone,
            one.ipeds_unit_id,
            sorted(str(program.cip_code) for program in one.programs),
        )
        for one in bench.schools()
    ]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_undone_the_schools_are_those_of_the_other_imports(bench: Bench, seed: int) -> None:
    dice = random.Random(seed)
    there: dict[str, Told] = {}
    number = 0
    while number < 7:
        if there and dice.random() < 0.4:
            one = dice.choice(list(there))
            bench.undo(one)
            told = there.pop(one)
            if dice.random() < 0.3 and not any(
                other.name == told.name and other.list_date > told.list_date for other in there.values()
            ):
                # It comes again.
                there[bench.load(told.content, told.name, list_date=told.list_date).id] = told
        else:
            told = _random_list(dice, number)
            there[bench.load(told.content, told.name, list_date=told.list_date).id] = told
            number += 1
    for one in dice.sample(list(there), len(there) // 2):
        bench.undo(one)
        del there[one]
    found = _said(bench)
    bench.wipe()
    for told in there.values():
        bench.load(told.content, told.name, list_date=told.list_date)
    assert found == _said(bench)
