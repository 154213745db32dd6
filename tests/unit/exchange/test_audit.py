"""The audit must catch publishers that leak, and let ours pass."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chalicelib.exchange.__main__ import main
from chalicelib.exchange.audit import attack
from chalicelib.exchange.audit_files import Cell, Triple, Where, load
from chalicelib.exchange.audit_linear import System
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.simulate import simulate
from tests.unit.exchange.worlds import TECHNICIAN, shops, write_csv


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Two nights of two areas as `simulate` writes them; nobody changed enough to be let in."""
    world = shops(12) + shops(7, kind="collision") + shops(9, "MT-2") + shops(6, "OR-1")
    night0 = write_csv(world, tmp_path / "night0.csv")
    world[0].answers[TECHNICIAN] += 100
    night1 = write_csv(world, tmp_path / "night1.csv")
    assert simulate([night0, night1], tmp_path / "out", Policy(), date(2026, 1, 1), lambda _: None)
    return tmp_path / "out"


def cell(
    members: Sequence[Triple],
    where: Where = ("area", "MT-1", "all", "technician_b", "pay"),
    night: int = 0,
    **changes: Any,
) -> Cell:
    record: dict[str, Any] = dict(
        zip(("loc_level", "loc", "shop_type", "position", "metric"), where, strict=True)
    )
    record |= {"n_orgs": Policy().band(len(members)), "median": 25.0, "p25": None, "p75": None, "as_of": 0}
    record |= {"composite": False} | changes
    return Cell(night, where, record, frozenset(members))


def members(*names: str, area: str = "MT-1", vintage: int = 0) -> list[Triple]:
    return [(name, area, vintage) for name in names]


def attacks(*nights: list[Cell]) -> set[str]:
    return {finding.attack for finding in attack(Policy(), nights, {})}


def test_the_real_publisher_passes(release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(release)]) == 0
    assert "0 findings" in capsys.readouterr().out


def test_a_publisher_without_batching_is_caught() -> None:
    before = cell(members(*"abcdefg"))
    after = cell(members(*"bcdefg") + members("a", vintage=1), night=1)
    assert "difference" in attacks([before], [after])


def test_a_publisher_without_blocks_is_caught() -> None:
    state = cell(members(*"abcdefg"), ("state", "MT", "all", "technician_b", "pay"))
    area = cell(members(*"abcde"))
    assert {"difference", "parent minus children"} <= attacks([state, area])


def test_a_residue_of_several_children_is_caught() -> None:
    ours, theirs = members(*"abcde"), members(*"fghij", area="MT-2")
    left = members("z", area="MT-3")
    state = cell(ours + theirs + left, ("state", "MT", "all", "technician_b", "pay"))
    other = cell(theirs, ("area", "MT-2", "all", "technician_b", "pay"))
    assert "parent minus children" in attacks([state, cell(ours), other])


def test_a_linear_system_over_nights_is_caught() -> None:
    # (a..e) + (f..j) = ab..j, and the whole comes again with one more, over three nights and no two cells
    # alone.
    one, two = members(*"abcde"), members(*"fghij", area="MT-2")
    whole = cell(
        one + two + members("z", area="MT-3"), ("state", "MT", "all", "technician_b", "pay"), night=2
    )
    findings = attacks(
        [cell(one)], [cell(two, ("area", "MT-2", "all", "technician_b", "pay"), night=1)], [whole]
    )
    assert "linear combination" in findings


def test_too_few_owner_groups_and_a_heavy_one_are_caught() -> None:
    assert "direct threshold" in attacks([cell(members(*"abcd"))])
    heavy = [("a", f"MT-{i}", 0) for i in range(4)] + members(*"bcdef")
    assert "share of weight" in attacks([cell(heavy)])


def test_values_show_dominance_and_p_percent() -> None:
    everyone = cell(members(*"abcde"))
    values = {("pay", "technician_b", (name, "MT-1", 0)): 10 for name in "bcde"}
    values["pay", "technician_b", ("a", "MT-1", 0)] = 1_000
    found = {finding.attack for finding in attack(Policy(), [[everyone]], values)}
    assert {"share of value", "contributor in the cell (p %)"} <= found


def test_a_dominated_change_is_caught() -> None:
    old = cell(members(*"abcdefgh"))
    new = cell(members(*"fgh") + members(*"abcde", vintage=1), night=1)
    values = {("pay", "technician_b", (name, "MT-1", 0)): 2_500 for name in "abcdefgh"}
    values |= {("pay", "technician_b", (name, "MT-1", 1)): 2_501 for name in "bcde"}
    values["pay", "technician_b", ("a", "MT-1", 1)] = 2_900
    assert "dominated change" in {finding.attack for finding in attack(Policy(), [[old], [new]], values)}


def test_a_publisher_that_prints_means_is_caught(release: Path) -> None:
    policy, nights, values = load(release)
    mean = replace(nights[0][0], record=nights[0][0].record | {"median": 25.13})
    assert "what is printed" in {finding.attack for finding in attack(policy, [[mean]], values)}
    rounded = replace(nights[0][0], record=nights[0][0].record | {"median": 27.0})
    assert "exact order statistic" in {finding.attack for finding in attack(policy, [[rounded]], values)}
    extra = replace(nights[0][0], record=nights[0][0].record | {"mean": 25.0})
    assert "what is printed" in {finding.attack for finding in attack(policy, [[extra]], values)}


def test_an_extra_cell_slipped_into_a_release_is_caught(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pub, inside = release / "pub_1.jsonl", release / "members_1.jsonl"
    record = json.loads(pub.read_text().splitlines()[0])
    who = json.loads(inside.read_text().splitlines()[0])
    record |= {"shop_type": "fleet"}
    who |= {"shop_type": "fleet", "members": who["members"][1:]}
    with pub.open("a") as file:
        file.write(json.dumps(record) + "\n")
    with inside.open("a") as file:
        file.write(json.dumps(who) + "\n")
    assert main(["audit", str(release)]) == 1
    assert "fleet" in capsys.readouterr().out


def test_a_composite_must_be_made_of_published_cells() -> None:
    part = cell(members(*"abcde"))
    composed = cell(members(*"abcdef"), ("area", "MT-1", "all", "all", "pay"), composite=True)
    assert "composite of unpublished cells" in attacks([part, composed])


def test_exact_elimination_finds_a_combination_no_pair_shows() -> None:
    one, two, three = members(*"abcde"), members(*"fghij"), members(*"klmno")
    cells = [one + two, two + three, one + three + members("z"), one]
    system = System([frozenset(c) for c in cells], 5)
    assert any("['z']" in groups for groups in system.small_combinations())
    assert not list(System([frozenset(c) for c in (one, two, one + two + three)], 5).small_combinations())


@pytest.mark.parametrize("spoil", ["nothing", "no members", "not json"])
def test_what_cannot_be_audited_is_one_line_and_status_2(
    spoil: str, release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if spoil == "nothing":
        release = release / "missing"
    elif spoil == "no members":
        (release / "members_1.jsonl").unlink()
    else:
        (release / "pub_0.jsonl").write_text("{")
    assert main(["audit", str(release)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_change_that_others_net_out_is_caught() -> None:
    """In two areas owner "a" moves one way, the others move to and fro: only the net shows who it was."""
    names = [*"abcdef"]
    before = [(name, area, 0) for name in names for area in ("MT-1", "MT-2")]
    after = [(name, area, 1) for name in names for area in ("MT-1", "MT-2")]
    values = {("pay", "technician_b", triple): 2500 for triple in before}
    for name, area, vintage in after:
        up = 100 if name == "a" or area == "MT-1" else -95
        values["pay", "technician_b", (name, area, vintage)] = 2500 + up
    where = ("state", "MT", "all", "technician_b", "pay")
    nights = [[cell(before, where)], [cell(after, where, night=1)]]
    assert "dominated change" in {found.attack for found in attack(Policy(), nights, values)}
