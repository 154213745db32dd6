"""Histories: a document that was extended night by night tells what every release said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange import history
from chalicelib.exchange.history import Run, decode, histories
from chalicelib.exchange.models import PublishedCell
from tests.unit.exchange.published import DIVISIONS, NIGHT, cell, releases

MONTANA = "history/state/MT.json.gz"
BODY_RATE = ("state", "MT", "collision", "all", "labor_rate_body")


def night(number: int) -> date:
    return NIGHT + timedelta(days=number)


def told(nights: dict[date, list[PublishedCell]]) -> dict[str, bytes]:
    """The histories after these nights."""
    files: dict[str, bytes] = {}
    for one, cells in nights.items():
        files = dict(histories(cells, DIVISIONS, one, files.get))
    return files


def place_of(one: PublishedCell) -> str:
    level, loc = one.loc_level, one.loc
    return f"history/state/{loc[-2:]}.json.gz" if level == "area" else f"history/{level}/{loc}.json.gz"


@given(
    first=releases(),
    second=releases(night=night(1)),
    third=st.just([]) | releases(night=night(4)),
    data=st.data(),
)
def test_every_night_can_be_read_back(
    first: list[PublishedCell], second: list[PublishedCell], third: list[PublishedCell], data: st.DataObject
) -> None:
    # Much of a release is as the one before, so that runs grow longer than a night.
    stays = [one for one in first if data.draw(st.booleans())]
    keys = {one[:5] for one in stays}
    second = [*stays, *(one for one in second if one[:5] not in keys)]
    nights = {night(0): first, night(1): second, night(4): third}
    files = {name: decode(body) for name, body in told(nights).items()}
    assert len(files) == len(DIVISIONS) + 3
    every = {one[:5]: one for cells in nights.values() for one in cells}
    for one in every.values():
        runs = files[place_of(one)].runs(one.loc_level, one.loc, one.shop_type, one.position, one.metric)
        for when, cells in nights.items():
            expected = next((other for other in cells if other[:5] == one[:5]), None)
            said = [run.cell for run in runs if run.first <= when <= run.last]
            assert said in ([expected], [] if expected is None else [expected])


def test_what_stays_the_same_is_one_run() -> None:
    files = told({night(number): [cell()] for number in range(5)})
    assert decode(files[MONTANA]).runs(*BODY_RATE) == [Run(night(0), night(4), cell())]


def test_what_is_no_longer_published_ends_and_may_come_back() -> None:
    files = told({night(0): [cell()], night(1): [], night(2): [], night(3): [cell(median=6_750)]})
    assert decode(files[MONTANA]).runs(*BODY_RATE) == [
        Run(night(0), night(0), cell()),
        Run(night(1), night(2), None),
        Run(night(3), night(3), cell(median=6_750)),
    ]


def test_a_night_told_again_replaces_itself() -> None:
    before = told({night(0): [cell()]})
    wrong = dict(histories([cell(median=6_000)], DIVISIONS, night(1), before.get))
    again = dict(histories([cell(median=6_750)], DIVISIONS, night(1), wrong.get))
    assert again == dict(histories([cell(median=6_750)], DIVISIONS, night(1), before.get))


def test_nights_without_a_release_belong_to_the_one_before() -> None:
    files = told({night(0): [cell()], night(9): [cell(median=6_750)]})
    assert decode(files[MONTANA]).nights == (night(0), night(9))
    assert [(run.first, run.last) for run in decode(files[MONTANA]).runs(*BODY_RATE)] == [
        (night(0), night(0)),
        (night(9), night(9)),
    ]


def test_figures_of_a_time_with_another_grid_are_kept() -> None:
    finer = cell(median=6_510, quartiles=None)
    files = told({night(0): [finer], night(1): [cell()]})
    assert decode(files[MONTANA]).runs(*BODY_RATE) == [
        Run(night(0), night(0), finer),
        Run(night(1), night(1), cell()),
    ]


def test_old_nights_are_dropped_but_not_what_still_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "RETAINED_NIGHTS", 3)
    other, short = cell(shop_type="tire"), cell(shop_type="fleet")
    nights = {night(number): [cell(median=6_000 + 250 * number), other] for number in range(6)}
    nights[night(0)].append(short)
    found = decode(told(nights)[MONTANA])
    assert found.nights == (night(3), night(4), night(5))
    assert [run.first for run in found.runs(*BODY_RATE)] == [night(3), night(4), night(5)]
    assert found.runs("state", "MT", "tire", "all", "labor_rate_body") == [Run(night(0), night(5), other)]
    assert found.runs("state", "MT", "fleet", "all", "labor_rate_body") == []
