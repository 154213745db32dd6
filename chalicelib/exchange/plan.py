"""The first partition of a (metric, position): which blocks give the most cells.

A contribution that finds no safe block of its own area and type can help its area's mixed block or its
state's block of the type, not both. Each exists for the sake of one cell: the area's, and the state and
type's. So contributions go first where their other cell is already served, and then two plans are made, areas
first and types first, and each state keeps the one with more cells. What is left over joins what was formed,
or climbs. Only counts and safety are looked at, never whose figure would come out how.
"""

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.blocks import LEVELS, NONE, Tops, cell_key, safe_segments
from chalicelib.exchange.contributions import pack
from chalicelib.exchange.frame import Codes, Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import dense
from chalicelib.exchange.vocabulary import Vocabulary

Mask = NDArray[np.bool_]
AREA, STATE, DIVISION, NATION = range(len(LEVELS))
Cell = tuple[int, bool]


class Plan:
    """One attempt at a partition, built up pass by pass over leaves: (family, area, type).

    Contributions of a leaf stay together. `served[cell]` says, for each kind of cell below, which of its codes
    have a block; `code[cell]` is the code of each leaf's cell; `step` is the kind of block of each leaf.
    """

    def __init__(
        self,
        words: Vocabulary,
        policy: Policy,
        family: Codes,
        area: Codes,
        shop_type: Codes,
        group: Codes,
        value: Ints,
    ) -> None:
        self.words, self.policy, self.group, self.value = words, policy, group, value
        types = len(words.shop_types)
        leaf = (family.astype(np.int64) * len(words.areas) + area) * types + shop_type
        self.leaf, count = dense(leaf)
        self.family, self.area, self.shop_type = (np.empty(count, np.int32) for _ in range(3))
        for own, column in ((self.family, family), (self.area, area), (self.shop_type, shop_type)):
            own[self.leaf] = column
        # Without kin an owner group has one contribution in an area, which is quicker to judge.
        voice = pack(family, area, group)
        self.strangers = bool((voice[1:] > voice[:-1]).all())
        self.tops = Tops.of(self.leaf, value, count) if self.strangers else None
        self.step = np.full(count, NONE, np.int8)
        self.code: dict[Cell, Codes] = {}
        self.served: dict[Cell, Mask] = {}
        for level in range(len(LEVELS)):
            place = words.up(self.area, AREA, level)
            at = self.family.astype(np.int64) * len(words.place_names(level)) + place
            for pure in (False, True):
                self.code[level, pure], count = dense(at * types + self.shop_type if pure else at)
                self.served[level, pure] = np.zeros(count, np.bool_)

    def copy(self) -> "Plan":
        """A plan to try something else with."""
        twin = object.__new__(Plan)
        twin.__dict__.update(self.__dict__)
        twin.step = self.step.copy()
        twin.served = {cell: flags.copy() for cell, flags in self.served.items()}
        return twin

    def lacks(self, level: int, pure: bool) -> Mask:
        """The leaves whose cell of this kind has no block yet."""
        return ~self.served[level, pure][self.code[level, pure]]

    def home(self) -> Ints:
        """The block key of each contribution, NONE for none."""
        key = np.full(len(self.step), NONE, np.int64)
        for level in range(len(LEVELS)):
            for pure in (True, False):
                at = np.flatnonzero(self.step == _step(level, pure))
                key[at] = cell_key(
                    self.words, self.family[at], self.area[at], self.shop_type[at], level, pure
                )
        return key[self.leaf]

    def form(self, level: int, pure: bool, among: Mask | None = None) -> None:
        """Form every safe block of a level from the leaves left (`among` them)."""
        left = np.flatnonzero(self.step == NONE if among is None else (self.step == NONE) & among)
        if not len(left):
            return
        segment, count = dense(self.code[level, pure][left])
        safe = self._safe(left, segment, count, level)
        chosen = left[safe[segment]]
        self.step[chosen] = _step(level, pure)
        self.serve(chosen, level, pure)

    def _safe(self, leaves: Ints, segment: Codes, count: int, level: int) -> Mask:
        """Which unions of leaves are safe; `segment` numbers the union of each of the leaves."""
        if level == AREA and self.tops is not None:
            return self.tops.safe(leaves, segment, count, self.policy)
        number = np.full(len(self.step), NONE, np.int32)
        number[leaves] = segment
        union = number[self.leaf]
        mine = np.flatnonzero(union != NONE)
        return safe_segments(union[mine], self.group[mine], self.value[mine], count, self.policy)

    def serve(self, index: Ints, level: int, pure: bool) -> None:
        """Note the cells that blocks of these leaves serve, at their level and above."""
        for above in range(level, len(LEVELS)):
            for kind in {False, pure}:
                self.served[above, kind][self.code[above, kind][index]] = True

    def score(self, level: int) -> Ints:
        """Cells served below and on a level, by the place on that level they lie in (a code of `level`,
        mixed).
        """
        within, count = self.code[level, False], len(self.served[level, False])
        total = np.zeros(count, np.int64)
        for below in range(level + 1):
            for pure in (False, True):
                served = self.served[below, pure]
                place = np.zeros(len(served), np.int64)
                place[self.code[below, pure]] = within
                total += np.bincount(place, served, count).astype(np.int64)
        return total

    def adopt(self, other: "Plan", level: int) -> None:
        """Take over the other plan wherever on a level it serves more cells."""
        mine = (other.score(level) > self.score(level))[self.code[level, False]]
        self.step[mine] = other.step[mine]
        for cell, flags in self.served.items():
            if cell[0] <= level:
                codes = self.code[cell][mine]
                flags[codes] = other.served[cell][codes]
        for cell in self.served:
            if cell[0] > level:
                self._renew(cell)

    def _renew(self, cell: Cell) -> None:
        """Derive what is served on a level from the level below."""
        level, pure = cell
        self.served[cell][:] = False
        below = self.served[level - 1, pure][self.code[level - 1, pure]]
        self.served[cell][self.code[cell][below]] = True

    def gather(self) -> None:
        """Let what is left join the finest block formed where it fits, if that stays safe."""
        for level in range(len(LEVELS)):
            for pure in (True, False):
                left = np.flatnonzero(self.step == NONE)
                here = np.flatnonzero(self.step == _step(level, pure))
                code = self.code[level, pure]
                flag = np.zeros(len(self.served[level, pure]), np.bool_)
                flag[code[here]] = True
                left = left[flag[code[left]]]
                flag[:] = False
                flag[code[left]] = True
                both = np.concatenate([here[flag[code[here]]], left])
                segment, count = dense(code[both])
                safe = self._safe(both, segment, count, level)
                fits = left[safe[segment[len(both) - len(left) :]]]
                self.step[fits] = _step(level, pure)
                self.serve(fits, level, pure)


def _step(level: int, pure: bool) -> int:
    """The place of a kind of block in the order from finest to coarsest."""
    return 2 * level + (not pure)


def plan(
    words: Vocabulary, policy: Policy, family: Codes, area: Codes, shop_type: Codes, group: Codes, value: Ints
) -> Ints:
    """The block key of each contribution (NONE for none) in families that have no blocks yet."""
    base = Plan(words, policy, family, area, shop_type, group, value)
    base.form(AREA, True)
    base.form(STATE, True, ~base.lacks(AREA, False) & base.lacks(STATE, True))
    base.form(AREA, False, ~base.lacks(STATE, True) & base.lacks(AREA, False))
    types, divisions = base.copy(), base.copy()
    base.form(AREA, False, base.lacks(AREA, False))
    base.form(STATE, True, base.lacks(STATE, True))
    types.form(STATE, True, types.lacks(STATE, True))
    divisions_of_types = types.copy()
    types.form(AREA, False, types.lacks(AREA, False))
    base.adopt(types, STATE)
    base.form(DIVISION, True, base.lacks(DIVISION, True))
    for rival in (divisions_of_types, divisions):
        rival.form(DIVISION, True, rival.lacks(DIVISION, True))
        rival.form(AREA, False, rival.lacks(AREA, False))
        rival.form(STATE, True, rival.lacks(STATE, True))
        base.adopt(rival, DIVISION)
    base.form(NATION, True, base.lacks(NATION, True))
    base.gather()
    for level in range(STATE, len(LEVELS)):
        for pure in (True, False):
            base.form(level, pure)
    return base.home()
