"""The simulator's files, report and refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import InvalidInput
from chalicelib.exchange.__main__ import main
from chalicelib.exchange.microdata import read_csv
from tests.unit.exchange.worlds import TECHNICIAN, shops, write_csv

HEADER = "org_id,nation,division,state,area,shop_type,position,metric,value"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_simulate_writes_cells_and_members_of_each_night(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = shops(20)
    for shop in world:
        shop.answers["benefit_health_offered", ""] = 10_000 if shop.org > "s-MT-1-independent-008" else 0
        shop.answers["pay", "apprentice"] = 1_500
    for shop in world:
        for family, value in list(shop.answers.items()):
            if family[0].endswith("offered"):
                shop.answers[family] = value // 100
    night = write_csv(world, tmp_path / "night.csv")
    assert (
        main(["simulate", "--microdata", str(night), "--microdata", str(night), "--out", str(tmp_path / "o")])
        == 0
    )
    report = capsys.readouterr().out
    for words in (
        "cells published",
        "share of possible",
        "look-ups answered",
        "median error",
        "oldest as-of",
        "seconds",
    ):
        assert words in report
    cells, inside = lines(tmp_path / "o" / "pub_1.jsonl"), lines(tmp_path / "o" / "members_1.jsonl")
    assert len(cells) == len(inside)
    keys = ("loc_level", "loc", "shop_type", "position", "metric")
    assert set(cells[0]) == {*keys, "n_orgs", "median", "p25", "p75", "as_of", "composite"}
    assert [[cell[key] for key in keys] for cell in cells] == [[who[key] for key in keys] for who in inside]
    assert {tuple(triple) for triple in inside[0]["members"]} == {(shop.org, "MT-1", 0) for shop in world}
    by_key = {tuple(cell[key] for key in keys): cell for cell in cells}
    pay = by_key["area", "MT-1", "all", "technician_b", "pay"]
    assert (pay["n_orgs"], pay["median"], pay["p25"], pay["p75"]) == ("20-49", 26.0, 25.5, 26.5)
    assert by_key["nation", "US", "independent", "all", "benefit_health_offered"]["median"] == 55
    composite = by_key["state", "MT", "all", "all", "pay"]
    assert composite["composite"] is True
    assert 15 < composite["median"] < 26


def test_dollars_become_cents_exactly_half_to_even(tmp_path: Path) -> None:
    path = tmp_path / "night.csv"
    values = ["0.005", "0.015", "1.115", "2.675", "31.416666666666668", "1e1", "20"]
    path.write_text(HEADER + "\n" + "".join(f"o{i},US,M,MT,A,t,p,pay,{v}\n" for i, v in enumerate(values)))
    frame = read_csv(path)
    order = [frame.orgs[org] for org in frame.org]
    assert dict(zip(order, frame.value.tolist(), strict=True)) == {
        "o0": 0,
        "o1": 2,
        "o2": 112,
        "o3": 268,
        "o4": 3142,
        "o5": 1000,
        "o6": 2000,
    }


def test_an_empty_night_keeps_what_is_frozen(tmp_path: Path) -> None:
    night, empty = write_csv(shops(8), tmp_path / "night.csv"), tmp_path / "empty.csv"
    empty.write_text(HEADER + "\n")
    assert main(["simulate", "--microdata", str(night), str(empty), "--out", str(tmp_path / "o")]) == 0
    assert (tmp_path / "o" / "pub_0.jsonl").read_text() == (tmp_path / "o" / "pub_1.jsonl").read_text()


def test_metros_that_cross_a_state_line_are_areas_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "night.csv"
    row = "o{i},US,Middle Atlantic,{state},35620,t,p,pay,2{i}\n"
    path.write_text(HEADER + "\n" + row.format(i=1, state="NJ") + row.format(i=2, state="NY"))
    assert read_csv(path).places.areas == ("35620", "35620")
    assert main(["simulate", "--microdata", str(path), "--out", str(tmp_path / "o")]) == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("org_id,value\na,1\n", "missing column"),
        (f"{HEADER}\na,US,M,MT,A,t,p,pay,many\n", "line 2: value 'many' is not a number"),
        (f"{HEADER}\na,US,M,MT,A,t,p,pay,\n", "line 2: value None is not a number"),
        (f"{HEADER}\na,US,M,MT,A,t,p,pay,1\nb,US,M,MT,A,t,p,pay,-1\n", "line 3: value '-1' is negative"),
        (f"{HEADER}\na,US,M,MT,A,t,p,pay,nan\n", "is not a number"),
        (f"{HEADER}\n,US,M,MT,A,t,p,pay,1\n", "org_id '' is empty"),
        (f"{HEADER}\na,US,M,MT,A,t,p,pay,1\nb,US,P,MT,A,t,p,pay,1\n", "places must nest"),
        (f"{HEADER},effective_date\na,US,M,MT,A,t,p,pay,1,soon\n", "is not a date"),
        (f"{HEADER}\na,US,M,MT,A,t,p,pay,1,more\n", "not a CSV table"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_bad_microdata_is_one_clear_line_and_status_2(
    text: str | bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "night.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert main(["simulate", "--microdata", str(path), "--out", str(tmp_path / "o")]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert str(path) in error


def test_a_file_that_is_none_and_a_bad_policy_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night = write_csv(shops(8), tmp_path / "night.csv")
    policy = tmp_path / "policy.json"
    policy.write_text('{"k": 1}')
    start = ["simulate", "--out", str(tmp_path / "o"), "--microdata"]
    assert main([*start, str(tmp_path)]) == 2
    assert main([*start, str(night), "--policy", str(policy)]) == 2
    assert main([*start, str(night), "--policy", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 3


def test_a_place_that_wanders_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "night.csv"
    path.write_text(f"{HEADER}\na,US,M,MT,A,t,p,pay,1\nb,US,M,ID,B,t,p,pay,1\nc,CA,M,ID,B,t,p,pay,1\n")
    with pytest.raises(InvalidInput, match="places must nest"):
        read_csv(path)


def test_a_lone_change_shows_nowhere(tmp_path: Path) -> None:
    world = shops(9)
    night0 = write_csv(world, tmp_path / "night0.csv")
    world[4].answers[TECHNICIAN] += 500
    night1 = write_csv(world, tmp_path / "night1.csv")
    assert (
        main(
            ["simulate", "--microdata", str(night0), "--microdata", str(night1), "--out", str(tmp_path / "o")]
        )
        == 0
    )
    assert (tmp_path / "o" / "members_0.jsonl").read_text() == (
        tmp_path / "o" / "members_1.jsonl"
    ).read_text()


def test_a_metric_named_like_a_share_that_holds_amounts_is_printed_as_amounts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = shops(8)
    for number, shop in enumerate(world):
        shop.answers = {("benefit_tool_allowance", "all"): 50_000 + 2_500 * number}
    night = write_csv(world, tmp_path / "night.csv")
    assert main(["simulate", "--microdata", str(night), "--out", str(tmp_path / "o")]) == 0
    assert {line["median"] for line in lines(tmp_path / "o" / "pub_0.jsonl")} == {600.0}
    assert main(["audit", str(tmp_path / "o")]) == 0, capsys.readouterr().out
