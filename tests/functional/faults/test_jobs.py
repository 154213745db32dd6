"""What runs by itself, killed before each of its calls to AWS, and under faults of each: the end is the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from moto.dynamodb.models.table import Table as StoredTable

from chalicelib import aws
from chalicelib.exchange import release
from chalicelib.exchange.night import Outcome
from chalicelib.geography.service import STATES
from chalicelib.needs.night import Outcome as DemandOutcome
from chalicelib.notifications.digests import run_digests
from chalicelib.notifications.service import send_unsent
from chalicelib.school_lists.importer import run_import
from chalicelib.school_lists.imports import Counts, ImportStatus
from chalicelib.table.table import Table
from tests.faults import Faults, Killed, Kind
from tests.functional.exchange.conftest import NIGHT, Exchange
from tests.functional.exchange.test_night import assert_latest_is_whole
from tests.functional.faults.stored import put_back, quick_copy, taken
from tests.functional.needs.conftest import Industry
from tests.functional.notifications.conftest import World
from tests.functional.notifications.conftest import world as world  # noqa: PLC0414 - a fixture
from tests.functional.school_lists.conftest import HEADER, Bench, rows
from tests.functional.school_lists.conftest import bench as bench  # noqa: PLC0414 - a fixture

DAY = timedelta(days=1)
ONCE = (Kind.THROTTLED, Kind.FAILED, Kind.CUT, Kind.LOST, Kind.TWICE, Kind.LATE)
CONTENT = HEADER + rows(1, 16) + "Bad,,Nowhere,MT,ABCDE,,,\n" + rows(16, 26)
WHOLE = Counts(rows_read=26, created=25, rejected=1)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A country of three states, and an in-process AWS that does not copy its table at length."""
    monkeypatch.setattr(release, "STATES", {code: STATES[code] for code in ("MT", "ID", "OR")})
    monkeypatch.setattr(StoredTable, "__deepcopy__", quick_copy, raising=False)


def plenty() -> float:
    return 900.0


@contextmanager
def between(faults: Faults) -> Iterator[Faults]:
    with faults.between(aws.dynamodb(), aws.s3()):
        yield faults


def killed_everywhere(run: Callable[[], Any], check: Callable[[], object]) -> tuple[int, Any]:
    """Runs something that is killed before its first call, then before its second, and so on, until it ends.

    Answers how often it was killed, and how it ended.
    """
    at = 0
    while True:
        try:
            with between(Faults(kill_at=at)):
                return at, run()
        except Killed:
            check()
            at += 1


@pytest.mark.faults
def test_a_night_that_is_killed_before_any_call_leaves_the_release_before_it(table: Table) -> None:
    exchange = Exchange(table)
    exchange.fill(6)
    exchange.run()
    before = exchange.pointers.latest()
    exchange.fill(6, first=6)

    def check() -> None:
        latest = exchange.pointers.latest()
        assert latest == before or latest.night == NIGHT + DAY
        assert_latest_is_whole(exchange)

    at, done = killed_everywhere(lambda: exchange.run(NIGHT + DAY), check)
    assert at > 20
    # Who was killed when the release was out is followed by one that finds it.
    assert done.outcome in (Outcome.PUBLISHED, Outcome.ALREADY_DONE)
    check()


@pytest.mark.parametrize("kind", ONCE)
def test_a_night_under_faults_of_every_call_publishes(table: Table, kind: Kind) -> None:
    exchange = Exchange(table)
    exchange.fill(6)
    first = exchange.run()
    exchange.fill(6, first=6)
    with between(Faults(everywhere=kind)) as faults:
        done = exchange.run(NIGHT + DAY)
    assert len(faults.met) == len(faults.calls)
    assert (done.outcome, done.release_id != first.release_id) == (Outcome.PUBLISHED, True)
    assert_latest_is_whole(exchange)


@pytest.mark.faults
def test_a_night_of_demand_that_is_killed_before_any_call_leaves_what_was_published(table: Table) -> None:
    industry = Industry(table)
    for shop in range(1, 9):
        industry.shop(shop, 1 + shop % 3)
    industry.night()
    demand = industry.stores.demand
    before = demand.latest()
    for shop in range(1, 9):
        industry.states(shop, 5 + shop % 2)

    def check() -> None:
        latest = demand.latest()
        assert latest is not None
        assert before is not None
        assert latest == before or latest.night == before.night + DAY

    at, done = killed_everywhere(lambda: industry.night(1), check)
    assert at > 20
    assert done.outcome in (DemandOutcome.PUBLISHED, DemandOutcome.ALREADY_DONE)
    check()
    assert demand.latest() != before


@pytest.mark.parametrize("kind", ONCE)
def test_a_night_of_demand_under_faults_of_every_call_publishes(table: Table, kind: Kind) -> None:
    industry = Industry(table)
    for shop in range(1, 9):
        industry.shop(shop, 1 + shop % 3)
    state = taken()
    wanted = industry.night()
    put_back(state)
    with between(Faults(everywhere=kind)):
        assert industry.night() == wanted
    pointer = industry.stores.demand.latest()
    assert pointer is not None
    assert pointer.release == wanted.release


def test_an_import_that_is_killed_before_any_call_ends_the_same_when_it_is_run_again(bench: Bench) -> None:
    import_id, source = bench.drop(CONTENT)
    state = taken()
    at = 0
    while True:
        put_back(state)
        try:
            with between(Faults(kill_at=at)):
                run_import(bench.tools, import_id, source)
        except Killed:
            done = run_import(bench.tools, import_id, source)
            assert (done.status, done.counts) == (ImportStatus.DONE, WHOLE), at
            assert [problem.row for problem in done.problems] == [17]
            assert len(bench.everything()) == 50
            at += 1
        else:
            break
    assert at > 15


@pytest.mark.parametrize("kind", ONCE)
def test_an_import_under_faults_of_every_call_ends_the_same(bench: Bench, kind: Kind) -> None:
    import_id, source = bench.drop(CONTENT)
    with between(Faults(everywhere=kind)):
        done = run_import(bench.tools, import_id, source)
    assert (done.status, done.counts) == (ImportStatus.DONE, WHOLE)
    assert len(bench.everything()) == 50


def hour(world: World) -> None:
    """The two steps of the hourly run that send mail."""
    send_unsent(world.tools, plenty)
    run_digests(world.tools, world.digests, plenty)


def test_telling_that_is_killed_before_any_call_tells_everybody_once(world: World) -> None:
    world.meet("ann")
    world.write()
    world.wait(timedelta(hours=4))
    state, now = taken(), len(world.times)
    at = 0
    while True:
        put_back(state)
        del world.times[now:]
        world.caught.mails.clear()
        try:
            with between(Faults(kill_at=at)):
                hour(world)
        except Killed:
            at += 1
        else:
            break
        mailed = len(world.caught.mails)
        world.wait(timedelta(minutes=30))
        hour(world)
        # A mail that went out, and was not noted before the end, goes out again: never is one lost.
        assert world.caught.to in (["ann@connects.example"], ["ann@connects.example"] * 2)
        assert len(world.caught.mails) == 1 or mailed == 1
    assert at > 5
    assert world.caught.to == ["ann@connects.example"]


@pytest.mark.parametrize("kind", ONCE)
def test_telling_under_faults_of_every_call_tells_everybody_once(world: World, kind: Kind) -> None:
    world.meet("ann")
    world.write()
    world.wait(timedelta(hours=4))
    with between(Faults(everywhere=kind)):
        hour(world)
    assert world.caught.to == ["ann@connects.example"]
