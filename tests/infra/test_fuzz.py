"""The fuzzer's own parts: it must fail where it should, or it proves nothing."""

import importlib
import json
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra.contract import current
from infra.fuzz import PLAYED, Attack, Outcome, attacks
from infra.fuzzing.world import World, rules

OWN, FOREIGN = "0192f0c1-7a39-7c38-9d1e-000000000001", "0192f0c1-7a39-7c38-9d1e-000000000002"
RULES = {
    "GET /v1/public": "everybody",
    "GET /v1/me": "who is signed in",
    "GET /v1/audit": "administrators",
    "GET /v1/shops/{id}": "members",
    "GET /v1/postings/{id}": "members and administrators",
    "GET /v1/figures/{id}": "participants",
}
LET_THROUGH = {
    "nobody": {"GET /v1/public"},
    "stranger": {"GET /v1/public", "GET /v1/me"},
    "member": {"GET /v1/public", "GET /v1/me", "GET /v1/figures/{id}"},
    "admin": {
        "GET /v1/public",
        "GET /v1/me",
        "GET /v1/audit",
        "GET /v1/postings/{id}",
        "GET /v1/figures/{id}",
    },
}


def hooks(played: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The hooks as schemathesis loads them, for one person who owns ``OWN``."""
    told = folder / "world.json"
    told.write_text(json.dumps({"played": played, "rules": RULES, "own": [OWN]}), encoding="utf-8")
    monkeypatch.setenv("CONNECTS_FUZZ", str(told))
    monkeypatch.setitem(sys.modules, "schemathesis", SimpleNamespace(check=lambda _: None))
    monkeypatch.delitem(sys.modules, "infra.fuzzing.hooks", raising=False)
    return importlib.import_module("infra.fuzzing.hooks")


def answered(asked: str, place: str, status: int = 200, body: Any = None) -> tuple[Any, Any]:
    """An answer, and the case that it is of."""
    method, path = asked.split()
    response = SimpleNamespace(
        status_code=status, request=SimpleNamespace(method=method), json=lambda: body or {}
    )
    operation = SimpleNamespace(path=path)
    return response, SimpleNamespace(operation=operation, path_parameters={"id": place}, body=None)


@pytest.mark.parametrize("played", PLAYED)
def test_an_answer_to_somebody_who_is_not_meant_is_a_finding(
    played: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = hooks(played, tmp_path, monkeypatch).authorization
    for asked in RULES:
        check(None, *answered(asked, FOREIGN, 403))
        if asked in LET_THROUGH[played]:
            check(None, *answered(asked, FOREIGN))
        else:
            with pytest.raises(AssertionError, match="was let through"):
                check(None, *answered(asked, FOREIGN))


def test_what_a_stranger_makes_is_the_strangers_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = hooks("stranger", tmp_path, monkeypatch)
    loaded.authorization(None, *answered("GET /v1/shops/{id}", OWN))
    monkeypatch.setitem(loaded._RULES, "POST /v1/shops", "who is signed in")
    loaded.authorization(None, *answered("POST /v1/shops", "", 201, {"id": FOREIGN}))
    loaded.authorization(None, *answered("GET /v1/shops/{id}", FOREIGN))


def test_there_is_a_rule_for_every_operation() -> None:
    described = {
        f"{method.upper()} {path}" for path, methods in current()["paths"].items() for method in methods
    }
    assert described == rules().keys()
    assert set(rules().values()) == {*RULES.values(), "both sides and administrators"}


def test_the_attacks_take_the_time_that_was_given_and_repeat_by_their_seed() -> None:
    planned = attacks(480, 7)
    assert sum(attack.seconds for attack in planned) == 480
    assert {attack.played for attack in planned} == set(PLAYED)
    assert planned == attacks(480, 7) != attacks(480, 8)


def test_the_settings_are_what_schemathesis_reads() -> None:
    world = World()
    world.add("member", "organization_id", OWN)
    read = tomllib.loads("\n".join(Attack("member", "fuzzing", 30, 1).settings(world)))
    assert read["max-time"] == 30
    bound = read["parameters"]["path.organization_id"]["dictionary"]
    assert read["dictionaries"][bound]["values"] == [OWN]


@pytest.mark.parametrize(
    ("status", "text", "sound"),
    [
        (0, "Test cases:\n  2340 generated, 2340 passed", True),
        (1, "Test cases:\n  2340 generated, 6 found 6 unique failures", False),
        # Nothing was tried, so nothing is known.
        (0, "No operations", False),
    ],
)
def test_an_attack_is_sound_only_where_it_took_place(status: int, text: str, sound: bool) -> None:
    assert Outcome(status, text).sound is sound
