"""The story, played in tables of any size."""

from collections.abc import Callable

import pytest
from moto.dynamodb.models.table import Table as StoredTable

from chalicelib import aws
from chalicelib.exchange.routes import _memory
from chalicelib.table.table import Table
from tests import factories
from tests.conftest import TABLE, Http, TokenMaker
from tests.functional.costs.meter import Cost, Meter
from tests.functional.costs.story import Story, fill
from tests.functional.costs.whole import play

OTHERS = 12
"""Shops of other people, with five open postings each: more than any query of the story reads at once."""

Told = Callable[[int], dict[str, Cost]]


@pytest.fixture
def _no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The in-process AWS copies the whole table for each write of a transaction, to put it back where one fails.

    None does here: every request of the story is granted at once, which the meter sees to.
    """
    monkeypatch.setattr(StoredTable, "__deepcopy__", lambda self, _memo: self, raising=False)


@pytest.fixture
def told(table: Table, client: Http, token: TokenMaker, _no_copies: None) -> Told:
    """Plays the story in a new table with so many shops of other people, and answers what each route cost."""

    def tell(others: int) -> dict[str, Cost]:
        aws.dynamodb().delete_table(TableName=TABLE)
        factories.create_table(aws.dynamodb(), TABLE)
        _memory.pointer = None
        _memory.kept.clear()
        fill(table, others)
        meter = Meter(aws.dynamodb(), TABLE)
        story = Story(client, token, table, meter)
        with meter.listening():
            play(story)
        return story.costs

    return tell
