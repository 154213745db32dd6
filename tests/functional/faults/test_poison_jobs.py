"""Everything that runs by itself, with something among what it reads that cannot be read: the rest is done."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.school_lists.importer import run_import
from chalicelib.submissions.models import LABOR_RATES, Review
from chalicelib.submissions.review_store import ReviewStore
from chalicelib.table.table import Table
from tests.functional.exchange.conftest import NIGHT, Exchange, organization_id
from tests.functional.faults.hour import acting as acting  # noqa: PLC0414 - a fixture
from tests.functional.faults.hour import steps
from tests.functional.faults.poisoning import (
    Read,
    Reading,
    attributes_of,
    ids_in,
    one_a_time,
    plant,
    poison,
)
from tests.functional.faults.stored import changes, known_ids, put_back, taken
from tests.functional.needs.conftest import Industry
from tests.functional.notifications.conftest import World
from tests.functional.notifications.conftest import world as world  # noqa: PLC0414 - a fixture
from tests.functional.school_lists.conftest import HEADER, Bench, rows
from tests.functional.school_lists.conftest import bench as bench  # noqa: PLC0414 - a fixture

#: Compared in a condition, which then does not hold; the in-process AWS cannot compare values of two types.
IN_CONDITIONS = {("REVIEWS", "night")}
#: What decides whether a school is there already, and which ones a source lists: unread, it fails the import.
DECIDING = ("IDENTITY#", "IMPORT#SOURCE#", "sk='PROFILE'")


def tried(run: Callable[[], object], read: list[Read], *, by_answer: bool = False) -> Iterator[str]:
    """Runs something whole, and once more for each attribute of each kind that it reads, poisoned.

    What it did is looked up in the table, or, ``by_answer``, said by what it gives.
    """
    before, ways = taken(), one_a_time()
    known = known_ids(before)
    with Reading().listening() as reading:
        answer = run()
    wanted = [] if by_answer else changes(before, known)
    assert by_answer or wanted
    for one in reading.kinds().values():
        read.append(one)
        if one.key not in _there(before):
            continue
        put_back(before)
        for attribute in attributes_of(one.key):
            if (one.key.pk, attribute) in IN_CONDITIONS:
                continue
            for what, value, in_place in ways():
                put_back(before)
                where = f"{what} as {attribute} of {one.key}, {'in place' if in_place else 'beside'}"
                (poison if in_place else plant)(one.key, attribute, value)
                poisoned = taken()
                try:
                    if run() != answer and by_answer:
                        yield f"{where}: another answer"
                except Exception as error:  # noqa: BLE001 - whatever it is
                    yield f"{where}: {error!r}"
                    continue
                done, ids = changes(poisoned, known), ids_in(one.key) if in_place else []
                left = [text for text in wanted if not any(part in text for part in ids)]
                lacking = [text for text in left if text not in done]
                # What stood alone may be in other things under another name, such as a count: not in all of them.
                if lacking and (not in_place or len(lacking) == len(wanted)):
                    yield f"{where}: not done {lacking}"


def _there(state: Any) -> set[tuple[str, str]]:
    return {(pk.value, sk.value) for pk, of_pk in state.items() for sk in of_pk}


@pytest.mark.usefixtures("acting")
@pytest.mark.parametrize("name", ["unsent", "searches", "events", "digests"])
def test_an_hour_does_the_rest(world: World, name: str) -> None:
    assert list(tried(steps(world)[name], [])) == []


def test_a_night_publishes_the_rest(table: Table) -> None:
    exchange = Exchange(table)
    exchange.fill(6)
    for number in (0, 1):
        waiting = Review(organization_id(number), LABOR_RATES, 1, ("labor_rate_customer_pay",), NIGHT)
        ReviewStore(table).put(waiting, NIGHT)
    assert list(tried(lambda: exchange.run().outcome, [], by_answer=True)) == []


def test_a_night_of_demand_publishes_the_rest(table: Table) -> None:
    industry = Industry(table)
    for shop in range(1, 11):
        industry.shop(shop, 1 + shop % 3)
    assert list(tried(lambda: industry.night().outcome, [], by_answer=True)) == []


def test_an_import_imports_the_rest(bench: Bench) -> None:
    bench.load(HEADER + rows(1, 12))
    import_id, source = bench.drop(HEADER + rows(1, 16))
    wrong = tried(lambda: run_import(bench.tools, import_id, source).status, [], by_answer=True)
    assert [one for one in wrong if not any(key in one for key in DECIDING)] == []
