"""That no route costs more than it must: ``make bench-units`` prints what each costs beside its lower bound."""

import sys

import pytest

from tests.functional.costs.conftest import OTHERS, Told
from tests.functional.costs.meter import Cost
from tests.functional.costs.needed import bound, needed
from tests.functional.costs.story import OPERATIONS

MOST = 1.2
"""Times the lower bound that a route may cost, in read units and in write units."""
ROUTES = [one.function.__name__ for one in OPERATIONS]
#: Routes that cost more, and why.
EXCEPTIONS: dict[str, str] = {}


def _ratio(cost: float, least: float) -> float:
    return cost / least if least else 1.0 + cost


def _ratios(name: str, cost: Cost) -> tuple[float, float]:
    reads, writes = bound(name, cost)
    return _ratio(cost.reads, reads), _ratio(cost.writes, writes)


def _table(costs: dict[str, Cost]) -> str:
    lines = [
        "DynamoDB's units by item size (consistent reads of 4 KB, writes of 1 KB), beside the least that is needed",
        f"{'route':<34} {'calls':>5} {'read':>7} {'least':>7} {'ratio':>6} {'written':>8} {'least':>6} {'ratio':>6}",
    ]
    for name in ROUTES:
        cost = costs[name]
        (reads, writes), (read, written) = bound(name, cost), _ratios(name, cost)
        lines.append(
            f"{name:<34} {cost.calls:>5} {cost.reads:>7.1f} {reads:>7.1f} {read:>6.2f} "
            f"{cost.writes:>8} {writes:>6.0f} {written:>6.2f}"
        )
    ratios = [_ratios(name, costs[name]) for name in ROUTES]
    worst = max(max(pair) for pair in ratios)
    lines.append(
        f"{len(ROUTES)} routes; the dearest is {worst:.2f} of its lower bound, of {MOST} that it may be"
    )
    return "\n".join(lines)


def test_no_route_costs_much_more_than_it_must(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    costs = told(OTHERS)
    with capsys.disabled():
        sys.stdout.write(f"\n{_table(costs)}\n")
    above = {name for name, cost in costs.items() if max(_ratios(name, cost)) > MOST + 1e-9}
    assert above == EXCEPTIONS.keys()
    # A bound that something is below is none.
    assert {name for name, cost in costs.items() if min(_ratios(name, cost)) < 1} == set()


def test_every_route_says_what_it_needs() -> None:
    assert needed().keys() == set(ROUTES)
