"""Every route under faults of every call that it makes: done, or refused and not done; never half."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto.dynamodb.models.table import Table as StoredTable

from chalicelib import aws
from chalicelib.table.table import Table
from tests import factories
from tests.conftest import Http, TokenMaker
from tests.faults import READS, Call, Kind, Rule
from tests.functional.costs.story import OPERATIONS
from tests.functional.costs.whole import play
from tests.functional.faults.stored import quick_copy
from tests.functional.faults.trying import trying

ROOT = Path(__file__).parents[3]
#: Parts of the whole that can be tried beside each other.
PARTS = 8
OTHERS = (Kind.THROTTLED, Kind.FAILED, Kind.CUT, Kind.TWICE, Kind.LATE)


def sampled(call: Call) -> Iterator[Rule]:
    """The first call is throttled for ever, each write loses its answer, and some calls meet another fault."""
    if call.number == 0:
        yield Rule(Kind.THROTTLED, 0, times=None)
    if call.operation not in READS:
        yield Rule(Kind.LOST, call.number)
    if call.number % 5 == 1:
        yield Rule(OTHERS[call.number // 5 % len(OTHERS)], call.number)


def everything(call: Call) -> Iterator[Rule]:
    """Every fault of every call, once and for ever. To a call that only reads, all lost answers are the same."""
    for kind in (Kind.THROTTLED, Kind.FAILED, Kind.CUT) if call.operation in READS else Kind:
        yield Rule(kind, call.number)
        if kind is not Kind.TWICE:
            yield Rule(kind, call.number, times=None)


@pytest.fixture
def _quick_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StoredTable, "__deepcopy__", quick_copy, raising=False)


@pytest.mark.usefixtures("_quick_copies")
@pytest.mark.parametrize(
    ("rules", "part", "parts"),
    [
        pytest.param(sampled, 0, 1, id="sampled"),
        *(
            pytest.param(everything, part, PARTS, marks=pytest.mark.faults, id=f"everything-{part}")
            for part in range(PARTS)
        ),
    ],
)
def test_a_request_is_done_or_refused_and_not_done(
    table: Table, client: Http, token: TokenMaker, rules: object, part: int, parts: int
) -> None:
    story = trying(client, token, table, rules, part, parts)
    events = aws.dynamodb().meta.events
    events.register("before-parameter-build.dynamodb", story.meter.note, unique_id="listener")  # type: ignore[attr-defined]
    try:
        play(story)
    finally:
        events.unregister("before-parameter-build.dynamodb", unique_id="listener")
    assert story.wrong == []
    assert {one.function.__name__ for one in OPERATIONS} - story.costs.keys() == set()
    assert story.tried > len(OPERATIONS) // parts


@pytest.mark.parametrize("client", [aws.dynamodb, aws.s3], ids=["the table", "the buckets"])
def test_what_does_not_answer_is_given_up_before_the_function_ends(client: Any) -> None:
    said: Any = client().meta.config
    tries = said.retries["total_max_attempts"]
    longest = tries * said.read_timeout + sum(2**attempt for attempt in range(tries - 1))
    functions = yaml.load((ROOT / "infra" / "template.yaml").read_text(), factories._Template)["Resources"]  # noqa: S506
    ends = functions["APIHandler"]["Properties"]["Timeout"]
    assert longest < ends
