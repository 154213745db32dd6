"""The words that a release's CSV is made of."""

import re

from chalicelib.exchange.metric_kinds import KINDS, kind_of
from chalicelib.geography.states import STATES, Division
from chalicelib.values import Position, ShopType

_FORMULA = re.compile(r"[=+@|%\t\r-]")
"""How a cell begins that a spreadsheet would run."""


def test_no_cell_of_a_release_is_a_formula() -> None:
    words = [*ShopType, *Position, *KINDS, *STATES, *Division]
    words += [kind_of(metric).printed(figure) for metric in KINDS for figure in (0, 5, 50, 95, 100, 2750)]
    words += [kind_of(metric).unit.value for metric in KINDS]
    assert len(words) > 150
    assert [word for word in words if _FORMULA.match(word)] == []
