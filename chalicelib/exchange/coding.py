"""From names to the integer codes of a frame: sorted dictionaries, and each row's place in them."""

from typing import TypeVar

import numpy as np

from chalicelib.exchange.frame import Codes, Places
from chalicelib.exchange.models import NATION
from chalicelib.geography.service import STATES

_T = TypeVar("_T", str, tuple[str, str])


def codes_of(names: list[_T]) -> tuple[list[_T], Codes]:
    """The sorted distinct names, and the place of each of the given ones among them."""
    known = sorted(set(names))
    code = {name: number for number, name in enumerate(known)}
    return known, np.array([code[name] for name in names], np.int32)


def places_of(areas: list[tuple[str, str]]) -> Places:
    """The nest that areas, given with the state of each, lie in: states, divisions, the nation."""
    states = sorted({state for _, state in areas})
    division_of = {state: STATES[state].division.value for state in states}
    divisions = sorted(set(division_of.values()))
    return Places(
        areas=tuple(area for area, _ in areas),
        states=tuple(states),
        divisions=tuple(divisions),
        nations=(NATION,) if areas else (),
        area_state=np.array([states.index(state) for _, state in areas], np.int32),
        state_division=np.array([divisions.index(division_of[state]) for state in states], np.int32),
        division_nation=np.zeros(len(divisions), np.int32),
    )
