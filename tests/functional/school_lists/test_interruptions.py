"""Imports that are cut off anywhere, run twice, or race with others: the end is the same."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.errors import TemporarilyUnavailable
from chalicelib.organizations.models import Status
from chalicelib.organizations.store import changed_put
from chalicelib.school_lists.importer import run_import
from chalicelib.school_lists.imports import Counts, ImportStatus, SchoolImport
from chalicelib.school_lists.matches import MatchStore
from chalicelib.school_lists.runs import OutOfTime, fail_import
from chalicelib.school_lists.store import LEASE, Busy, ImportStore
from chalicelib.table.expressions import Write
from tests.functional.school_lists.conftest import HEADER, Bench, rows
from tests.functional.school_lists.test_several_lists import HD

CONTENT = HEADER + rows(1, 16) + ",,Missoula,MT,59801,,,\n" + rows(16, 26)
NAMES = (
    "Alder", "Birch", "Cherry", "Dogwood", "Elderberry", "Fir", "Ginkgo", "Hawthorn", "Ironwood", "Juniper",
    "Katsura", "Larch",
)  # fmt: skip
WHOLE = Counts(rows_read=26, created=25, rejected=1)


class Killed(BaseException):
    """The process ended; nothing after this line ran."""


class Dying(ImportStore):
    """A store whose process is killed before or after its n-th write."""

    def __init__(self, bench: Bench, at: int, *, after: bool) -> None:
        super().__init__(bench.table)
        self._left, self._after = at, after
        self.dead = False

    def _tick(self, *, after: bool) -> None:
        if self.dead or (self._left == 0 and after is self._after):
            self.dead = True
            raise Killed
        if after is self._after:
            self._left -= 1

    def transact(self, writes: Sequence[Write]) -> None:
        self._tick(after=False)
        super().transact(writes)
        self._tick(after=True)

    def _change(
        self, state: SchoolImport, lease: str, free_from: int, *more: Any, **last: Any
    ) -> SchoolImport:
        self._tick(after=False)
        kept = super()._change(state, lease, free_from, *more, **last)
        self._tick(after=True)
        return kept


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(8))
def test_a_run_killed_at_any_write_is_followed_by_one_that_ends_the_same(
    bench: Bench, at: int, after: bool
) -> None:
    import_id, source = bench.drop(CONTENT)
    finished = False
    try:
        run_import(bench.with_tools(imports=Dying(bench, at, after=after)), import_id, source)
        finished = True
    except Killed:
        pass
    done = run_import(bench.tools, import_id, source)
    assert finished is (at == 7)
    assert done.status is ImportStatus.DONE
    assert done.counts == WHOLE
    assert [problem.row for problem in done.problems] == [17]
    assert len(bench.everything()) == 50
    assert bench.load(CONTENT).counts == Counts(rows_read=26, unchanged=25, rejected=1)


DOUBLED = (
    "name,street,city,state,zip\n"
    + "".join(f"{name} High School,{at}00 Front St,Missoula,MT,59801\n" for at, name in enumerate(NAMES, 1))
    + "Alder HS,100 Front Street,Missoula,MT,59801\n"
    "Alpine Career Training,200 Front St,Missoula,MT,59801\n"
    "Lincoln Career Training,200 Elm Street,Missoula,MT,59801\n"
)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(7))
def test_doubles_and_doubtful_rows_come_out_the_same_wherever_a_run_is_killed(
    bench: Bench, at: int, after: bool
) -> None:
    bench.load(HD, "hd2024.csv")
    import_id, source = bench.drop(DOUBLED, "local.csv")
    with suppress(Killed):
        run_import(bench.with_tools(imports=Dying(bench, at, after=after)), import_id, source)
    done = run_import(bench.tools, import_id, source)
    assert done.counts == Counts(rows_read=15, created=13, to_review=1, rejected=1)
    assert [(one.row, one.rejected) for one in done.problems] == [(14, True), (16, False)]
    assert len(bench.schools()) == 3 + 13
    (match,) = MatchStore(bench.table).page(10, None)[0]
    assert match.id in done.problems[1].remedy
    undone = bench.undo(import_id)
    assert undone.undone is not None
    assert undone.undone.removed == 13
    assert len(bench.everything()) == 6


def test_a_run_without_time_stops_at_a_checkpoint_and_the_next_goes_on_at_once(bench: Bench) -> None:
    import_id, source = bench.drop(CONTENT)
    with pytest.raises(OutOfTime):
        run_import(bench.with_tools(seconds_left=lambda: 1.0), import_id, source)
    between = bench.imports.get(import_id)
    assert (between.status, between.rows_done, between.counts.created) == (ImportStatus.RUNNING, 10, 10)
    before = bench.watch()
    assert run_import(bench.tools, import_id, source).counts == WHOLE
    assert bench.watch() == before


def test_a_run_stands_back_while_another_one_lives(bench: Bench) -> None:
    import_id, source = bench.drop(CONTENT)
    taken = bench.imports.take(import_id, "the first", bench.watch())
    assert taken is not None

    def first_goes_on(seconds: float) -> None:
        bench.watch.wait(seconds)
        bench.imports.keep(taken, "the first", bench.watch())

    seen = run_import(bench.with_tools(pause=first_goes_on), import_id, source)
    assert seen.status is ImportStatus.RUNNING
    assert not bench.everything()


def test_a_run_takes_over_from_one_that_fell_silent(bench: Bench) -> None:
    import_id, source = bench.drop(CONTENT)
    bench.imports.take(import_id, "the silent one", bench.watch())
    began = bench.watch()
    done = run_import(bench.tools, import_id, source)
    assert done.counts == WHOLE
    assert done.attempt == 2
    assert LEASE <= bench.watch() - began <= LEASE + timedelta(seconds=2)


def test_a_run_that_was_taken_over_from_stops_and_counts_nothing_twice(bench: Bench) -> None:
    import_id, source = bench.drop(CONTENT)
    others: list[SchoolImport] = []

    class Stalling(ImportStore):
        """Stalls so long after its first chunk that another run does all of it."""

        def transact(self, writes: Sequence[Write]) -> None:
            super().transact(writes)
            if not others:
                bench.watch.wait(LEASE.total_seconds() + 1)
                others.append(run_import(bench.tools, import_id, source))

    ended = run_import(bench.with_tools(imports=Stalling(bench.table)), import_id, source)
    assert ended == others[0]
    assert ended.counts == WHOLE
    assert len(bench.everything()) == 50


def test_an_import_waits_while_another_one_runs(bench: Bench) -> None:
    first_id, first_source = bench.drop(CONTENT)
    second_id, second_source = bench.drop(HEADER + rows(20, 30, "Elm St"), "other.csv")
    met: list[str] = []

    class Late(ImportStore):
        """The other import comes when this one has begun."""

        def transact(self, writes: Sequence[Write]) -> None:
            super().transact(writes)
            with pytest.raises(Busy):
                run_import(bench.tools, second_id, second_source)
            met.append(bench.imports.get(second_id).status)

    done = run_import(bench.with_tools(imports=Late(bench.table)), first_id, first_source)
    assert done.counts == WHOLE
    assert set(met) == {ImportStatus.WAITING}
    assert [one.id for one in bench.imports.ready(bench.watch())] == [second_id]
    assert run_import(bench.tools, second_id, second_source).counts.created == 4
    assert bench.school(21).address.street == "21 Elm St"


def test_the_lock_of_an_import_that_fell_silent_ends_by_itself(bench: Bench) -> None:
    first_id, first_source = bench.drop(CONTENT)
    second_id, second_source = bench.drop(HEADER + rows(20, 30, "Elm St"), "other.csv")
    bench.imports.take(first_id, "the silent one", bench.watch())
    with pytest.raises(Busy):
        run_import(bench.tools, second_id, second_source)
    bench.watch.wait(LEASE.total_seconds() + 1)
    assert run_import(bench.tools, second_id, second_source).status is ImportStatus.DONE
    assert run_import(bench.tools, first_id, first_source).status is ImportStatus.DONE


def test_a_school_claimed_in_the_very_moment_keeps_what_people_said(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 3))

    class Claiming(ImportStore):
        """The school is claimed after it was read and before it is written."""

        claimed = False

        def transact(self, writes: Sequence[Write]) -> None:
            if not self.claimed:
                self.claimed = True
                school = bench.school(1)
                mine = school.model_copy(update={"status": Status.PENDING, "version": 2, "name": "Mine"})
                bench.table.write(changed_put(mine, 1))
            super().transact(writes)

    tools = bench.with_tools(imports=Claiming(bench.table))
    done = run_import(tools, *bench.drop(HEADER + rows(1, 3, "Elm St")))
    assert done.counts == Counts(rows_read=2, changed=2)
    assert (bench.school(1).name, bench.school(1).status) == ("Mine", Status.PENDING)


def test_a_failed_import_can_be_run_again(bench: Bench) -> None:
    import_id, source = bench.drop(CONTENT)

    class Down(ImportStore):
        """A table that does not answer."""

        def transact(self, _: Sequence[Write]) -> None:
            raise TemporarilyUnavailable("The directory did not answer in time.")

    tools = bench.with_tools(imports=Down(bench.table))
    with pytest.raises(TemporarilyUnavailable):
        run_import(tools, import_id, source)
    failed = fail_import(tools, import_id)
    assert failed.status is ImportStatus.FAILED
    assert failed.reason
    assert failed.remedy
    done = run_import(bench.tools, import_id, source)
    assert (done.status, done.counts, done.reason) == (ImportStatus.DONE, WHOLE, None)


def test_an_import_that_is_over_does_not_fail(bench: Bench) -> None:
    done = bench.load(CONTENT)
    assert fail_import(bench.tools, done.id) == done


def test_a_directory_that_is_busy_for_a_while_is_waited_for(bench: Bench) -> None:
    import_id, source = bench.drop(CONTENT)
    refusals = iter(range(3))

    class Throttled(ImportStore):
        """A table that is throttled three times."""

        def transact(self, writes: Sequence[Write]) -> None:
            if next(refusals, None) is not None:
                raise TemporarilyUnavailable("The directory is busy at this moment.")
            super().transact(writes)

    began = bench.watch()
    done = run_import(bench.with_tools(imports=Throttled(bench.table)), import_id, source)
    assert done.counts == WHOLE
    assert bench.watch() - began == timedelta(seconds=1 + 2 + 4)
    assert len(bench.everything()) == 50


def test_unchanged_rows_cost_near_the_least_number_of_requests(bench: Bench) -> None:
    content = HEADER + rows(1, 301)
    bench.load(content)
    before = bench.everything()
    dropped = bench.drop(content)
    calls: list[str] = []
    listen = aws.dynamodb().meta.events.register
    listen("before-call.dynamodb", lambda model, **_: calls.append(model.name), unique_id="requests")
    done = run_import(bench.with_tools(chunk_rows=300), *dropped)
    aws.dynamodb().meta.events.unregister("before-call.dynamodb", unique_id="requests")
    assert done.counts == Counts(rows_read=300, unchanged=300)
    # The rest begins and ends the import, and marks how far it is.
    assert calls.count("BatchGetItem") == 3
    assert len(calls) <= 10
    assert bench.everything() == before


def test_of_many_lists_that_wait_none_is_forgotten(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.school_lists.store._RECENT", 2)
    waiting = [bench.drop(HEADER + rows(one, one + 1), f"list-{one}.csv")[0] for one in range(7)]
    assert {one.id for one in bench.imports.ready(bench.watch())} == set(waiting)
    for import_id in waiting[1:]:
        bench.imports.cancel(import_id, bench.watch())
    assert [one.id for one in bench.imports.ready(bench.watch())] == waiting[:1]
