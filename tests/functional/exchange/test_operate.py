"""The operator's commands, on a table and a bucket."""

from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, ConnectsError, InvalidInput, NotFound
from chalicelib.exchange import release
from chalicelib.exchange.__main__ import main
from chalicelib.exchange.night import Outcome
from chalicelib.exchange.operate import roll_back
from chalicelib.geography.service import STATES
from tests.conftest import STATE, TABLE
from tests.functional.exchange.conftest import NIGHT, Exchange

DAY = timedelta(days=1)


@pytest.fixture
def releases(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two nights' releases: the second has six shops more."""
    monkeypatch.setattr(release, "STATES", {code: STATES[code] for code in ("MT", "ID")})
    exchange.fill(6)
    first = exchange.run().release_id
    exchange.fill(6, first=6)
    return [first, exchange.run(NIGHT + DAY).release_id]


def command(name: str, *arguments: str) -> int:
    return main([name, "--table", TABLE, *arguments])


def back(release_id: str) -> int:
    return command("rollback", "--state-bucket", STATE, "--release", release_id)


def test_history_lists_nights_newest_first_and_marks_the_latest(
    releases: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("history") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[2:].split()[1] for line in lines] == releases[::-1]
    assert [line[0] for line in lines] == ["*", " "]


def test_a_rollback_makes_an_earlier_release_the_latest_in_the_place_of_the_next_night(
    exchange: Exchange, releases: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert back(releases[0]) == 0
    pointer = exchange.pointers.latest()
    assert (pointer.release_id, pointer.night, pointer.checked) == (releases[0], NIGHT, NIGHT + 2 * DAY)
    assert [entry.release_id for entry in exchange.releases.page(10)] == [releases[0]]
    assert exchange.releases.of_night(NIGHT + DAY) is None
    assert exchange.run(NIGHT + 2 * DAY).outcome is Outcome.ALREADY_DONE
    # The six are known: they come back with five others, not alone.
    quiet = exchange.run(NIGHT + 3 * DAY)
    exchange.fill(6, first=12)
    changed = exchange.run(NIGHT + 4 * DAY)
    assert (quiet.outcome, changed.outcome) == (Outcome.PUBLISHED, Outcome.PUBLISHED)
    body = "area,598-MT,collision,all,labor_rate_body"
    rows = [
        next(
            line
            for line in exchange.objects.read(one, "cells.csv").decode().splitlines()
            if line.startswith(body)
        )
        for one in (releases[0], releases[1], quiet.release_id, changed.release_id)
    ]
    assert rows[0] == rows[2]
    assert len({rows[0], rows[1], rows[3]}) == 3
    nights = [entry.night for entry in exchange.releases.page(10)]
    assert nights == [NIGHT + 4 * DAY, NIGHT + 3 * DAY, NIGHT]
    capsys.readouterr()
    assert command("history") == 0
    assert f"rollback to {releases[0]}" in capsys.readouterr().out


@pytest.mark.parametrize("which", ["latest", "unknown", "taken back"])
def test_what_cannot_be_gone_back_to_is_said(
    exchange: Exchange, releases: list[str], which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if which == "taken back":
        back(releases[0])
    before = exchange.pointers.latest()
    wanted = {"latest": releases[1], "unknown": "2020-01-01-000000000000", "taken back": releases[1]}[which]
    assert back(wanted) == 2
    assert wanted in capsys.readouterr().err
    assert exchange.pointers.latest() == before


def test_a_night_that_comes_between_wins(exchange: Exchange, releases: list[str]) -> None:
    states = exchange.stores.states
    put = states.put

    def late(*arguments: object) -> str:
        exchange.run(NIGHT + 2 * DAY)
        return put(*arguments)  # type: ignore[arg-type]

    states.put = late  # type: ignore[assignment, method-assign]
    with pytest.raises(Conflict, match="meanwhile"):
        roll_back(exchange.pointers, exchange.releases, states, releases[0], lambda _: None)
    assert exchange.pointers.latest().night == NIGHT + 2 * DAY


def test_before_the_first_release_there_is_nothing_to_go_back_to(exchange: Exchange) -> None:
    with pytest.raises(NotFound):
        roll_back(exchange.pointers, exchange.releases, exchange.stores.states, "x", lambda _: None)
    assert command("history") == 2
    assert issubclass(InvalidInput, ConnectsError)


def test_a_table_that_is_not_there_is_said_without_a_traceback(
    exchange: Exchange, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exchange.stored() == {}
    assert main(["history", "--table", "no-such-table"]) == 2
    assert "AWS refused" in capsys.readouterr().err
