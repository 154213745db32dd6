"""What every route costs, in read and write units by item size, and that it stays so while the table grows."""

import pytest

from chalicelib import aws
from chalicelib.postings.search import NEAREST_READS
from chalicelib.table.table import Table
from tests.conftest import TABLE, Http
from tests.functional.costs.conftest import OTHERS, Told
from tests.functional.costs.meter import Meter, size_of, write_units
from tests.functional.costs.story import OPERATIONS, crowd

#: What no request may cost more than, however it is asked.
MOST_CALLS, MOST_READS, MOST_WRITES = 45, 40, 60


def test_no_route_costs_more_in_a_table_of_ten_times_the_size(told: Told) -> None:
    small = told(OTHERS)
    large = told(10 * OTHERS)
    grown = {name: (cost, large[name]) for name, cost in small.items() if cost != large[name]}
    assert grown == {}
    dear = {
        name: cost
        for name, cost in small.items()
        if cost.calls > MOST_CALLS or cost.reads > MOST_READS or cost.writes > MOST_WRITES
    }
    assert dear == {}
    assert {one.function.__name__ for one in OPERATIONS} - small.keys() == set()


@pytest.mark.parametrize(
    ("size", "queries"),
    [
        (1500, ["zip=59801", "zip=59801&sort=newest", "limit=20", "category=equipment"]),
        (
            150,
            [
                f"{where}title=nothing%20of%20the%20kind"
                for where in ("zip=59801&", "zip=59801&sort=newest&", "")
            ],
        ),
    ],
    ids=["found", "not_found"],
)
def test_a_search_in_a_crowd_keeps_to_its_reads(
    table: Table, client: Http, queries: list[str], size: int
) -> None:
    crowd(table, size)
    meter = Meter(aws.dynamodb(), TABLE)
    for query in queries:
        with meter.listening():
            assert client.get(f"/v1/directory/postings?{query}").status == 200
        cost = meter.taken()
        assert cost.calls <= NEAREST_READS + 2, query
        assert cost.reads <= 60, query


ITEM = {"PK": {"S": "a"}, "SK": {"S": "b"}, "n": {"N": "-120"}, "l": {"L": [{"BOOL": True}]}}
ENTRY = {"GSI1PK": {"S": "c"}, "GSI1SK": {"S": "d"}}


def test_sizes_are_counted_as_they_are_charged() -> None:
    assert size_of(ITEM) == 3 + 3 + (1 + 2) + (1 + 3 + 1 + 1)
    assert size_of({"m": {"M": {"é": {"S": "é"}}}, "b": {"B": b"123"}, "z": {"NULL": True}}) == 1 + 8 + 4 + 2


@pytest.mark.parametrize(
    ("before", "after", "alone", "together"),
    [
        (None, ITEM, 1, 2),
        (ITEM, None, 1, 2),
        (ITEM, {**ITEM, "x": {"S": "y" * 1024}}, 2, 4),
        (None, {**ITEM, **ENTRY}, 2, 3),
        ({**ITEM, **ENTRY}, ITEM, 2, 3),
        ({**ITEM, **ENTRY}, {**ITEM, **ENTRY}, 1, 2),
        ({**ITEM, **ENTRY}, {**ITEM, **ENTRY, "x": {"S": "y"}}, 2, 3),
        ({**ITEM, **ENTRY}, {**ITEM, **ENTRY, "GSI1SK": {"S": "e"}}, 3, 4),
        (None, None, 1, 2),
    ],
)
def test_writes_are_counted_with_their_indexes(
    before: dict[str, object] | None, after: dict[str, object] | None, alone: int, together: int
) -> None:
    assert write_units(before, after, in_transaction=False) == alone
    assert write_units(before, after, in_transaction=True) == together
