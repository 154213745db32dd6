"""Hostile calendars in small: nights on which owners do what would give them or others away."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from chalicelib.exchange.audit import audit
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import publish
from chalicelib.exchange.simulate import write
from chalicelib.exchange.state import State
from tests.unit.exchange.worlds import PLACES, TECHNICIAN, Shop, frame, shops

AREAS, KINDS = sorted(PLACES), ("independent", "tire", "fleet")
NIGHTS = 6


@dataclass
class Scene:
    """A world on a night, a generator, and what a calendar wants to remember."""

    world: list[Shop]
    draw: np.random.Generator
    night: int = 0
    memory: dict[str, list[Shop]] = field(default_factory=dict)


def vary(scene: Scene, which: Iterable[int]) -> None:
    for at in which:
        shop = scene.world[at]
        shop.answers[TECHNICIAN] = (
            int(shop.answers[TECHNICIAN] * (1 + abs(scene.draw.normal(0.02, 0.05)))) + 1
        )


def some(scene: Scene, share: float) -> list[int]:
    order: list[int] = scene.draw.permutation(len(scene.world)).tolist()
    return order[: int(len(order) * share)]


def nobody(scene: Scene) -> None:
    """No calendar of its own: three shops in ten changes."""


def one_alone(scene: Scene) -> None:
    vary(scene, [scene.night])


def flips(scene: Scene) -> None:
    for shop in scene.world[:10]:
        shop.answers[TECHNICIAN] += 500 if scene.night % 2 else -500


def renames(scene: Scene) -> None:
    for shop in scene.world[: 20 + scene.night]:
        shop.group = f"renamed-{scene.night}-{shop.owner.split('-', 2)[-1]}"


def splits(scene: Scene) -> None:
    for number, shop in enumerate(scene.world):
        if shop.group == "chain" and number % (scene.night + 1) == 0:
            shop.group = f"part-{scene.night}"


def merges(scene: Scene) -> None:
    for at in some(scene, 0.1):
        scene.world[at].group = "chain"


def half_a_state_leaves(scene: Scene) -> None:
    if scene.night == 3:
        leaving = [shop for shop in scene.world if shop.area.startswith("MT")][::2]
        scene.world[:] = [shop for shop in scene.world if shop not in leaving]


def leaves_and_returns(scene: Scene) -> None:
    scene.world.extend(scene.memory.pop("gone", []))
    scene.memory["gone"] = [scene.world.pop(at) for at in sorted(some(scene, 0.05), reverse=True)]


def moves(scene: Scene) -> None:
    for at in some(scene, 0.1):
        scene.world[at].area = AREAS[(AREAS.index(scene.world[at].area) + 1) % len(AREAS)]


def changes_type(scene: Scene) -> None:
    for at in some(scene, 0.1):
        scene.world[at].kind = KINDS[(KINDS.index(scene.world[at].kind) + 1) % len(KINDS)]


CALENDARS = (
    nobody, one_alone, flips, renames, splits, merges, half_a_state_leaves, leaves_and_returns, moves,
    changes_type,
)  # fmt: skip


def beginning(draw: np.random.Generator) -> list[Shop]:
    """Shops of three types in four areas, an eighth of them one chain that is in all of them."""
    world: list[Shop] = []
    for area in AREAS:
        for kind in KINDS:
            world += shops(int(draw.integers(3, 16)), area, kind, start=int(draw.integers(2000, 3000)))
    for shop in world[::8]:
        shop.group = "chain"
    return world


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda calendar: calendar.__name__)
def test_no_calendar_gives_anyone_away(calendar: Callable[[Scene], None], tmp_path: Path) -> None:
    draw = np.random.default_rng(CALENDARS.index(calendar))
    scene, state, members = Scene(beginning(draw), draw), State(), []
    for night in range(NIGHTS):
        scene.night = night
        if night:
            calendar(scene)
            if calendar is not one_alone:
                vary(scene, some(scene, 0.3))
        outcome = publish(frame(scene.world), night, Policy(), state)
        assert outcome.findings == ()
        state = outcome.state
        write(outcome, night, tmp_path)
        members.append((tmp_path / f"members_{night}.jsonl").read_text())
    said: list[str] = []
    assert audit(tmp_path, said.append) == [], said
    assert (members[0] == members[-1]) == (calendar is one_alone)  # the others do make blocks change


@pytest.mark.parametrize("seed", range(2))
def test_rows_in_any_order_give_the_same_state_night_after_night(seed: int) -> None:
    draw = np.random.default_rng(seed)
    scene, states = Scene(beginning(draw), draw), [State(), State()]
    for night in range(4):
        outcomes = [
            publish(frame(scene.world, order), night, Policy(), state)
            for order, state in zip((None, seed + night), states, strict=True)
        ]
        states = [outcome.state for outcome in outcomes]
        assert states[0].dump() == states[1].dump()
        assert np.array_equal(outcomes[0].cells.figures, outcomes[1].cells.figures)
        vary(scene, some(scene, 0.4))
        merges(scene)
