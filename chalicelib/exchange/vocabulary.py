"""What the codes of a state mean: names of owner groups, shop types, metrics and places, given once and kept."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from chalicelib.errors import InvalidInput
from chalicelib.exchange.contributions import AREA_BITS, GROUP_BITS
from chalicelib.exchange.frame import Codes, Frame, Places
from chalicelib.exchange.metric_kinds import Kind, kind_of


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names by code; codes never change once given. An area is known by (name, state) and printed as its
    label.
    """

    groups: tuple[str, ...] = ()
    shop_types: tuple[str, ...] = ()
    families: tuple[tuple[str, str], ...] = ()
    areas: tuple[tuple[str, str], ...] = ()
    area_labels: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    nations: tuple[str, ...] = ()
    area_state: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    state_division: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    division_nation: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    #: Metrics named like shares that hold amounts.
    amounts: tuple[str, ...] = ()

    def kind(self, metric: str) -> Kind:
        """How a metric of this vocabulary is read and printed."""
        return kind_of(f"{metric}_amount" if metric in self.amounts else metric)

    def absorb(self, frame: Frame) -> tuple["Vocabulary", Frame]:
        """This vocabulary with the frame's new names added, and the frame in its codes.

        Raises InvalidInput when a place lies elsewhere than before, a share becomes an amount, or a
        dictionary outgrows its code.
        """
        groups, group = _extend(self.groups, frame.groups)
        types, shop_type = _extend(self.shop_types, frame.shop_types)
        families, family = _extend(self.families, frame.families)
        for what, size, bits in (("owner groups", len(groups), GROUP_BITS), ("families", len(families), 19)):
            if size >= 1 << bits:
                raise InvalidInput(f"{size} {what} are more than the {1 << bits} a state can hold")
        if len(types) > 500:
            raise InvalidInput(f"{len(types)} shop types are more than the 500 a state can hold")
        grown, area = self._absorb_places(frame.places)
        grown = replace(grown, groups=groups, shop_types=types, families=families)
        grown = replace(grown, amounts=tuple(sorted({*self.amounts, *frame.amounts})))
        turned = {metric for metric, _ in self.families} & set(frame.amounts) - set(self.amounts)
        if turned:
            raise InvalidInput(
                f"metric {min(turned)!r} was a share (0 or 1) on earlier nights and now holds other numbers"
            )
        recoded = replace(
            frame,
            group=_recoded(group, frame.group),
            area=_recoded(area, frame.area),
            shop_type=_recoded(shop_type, frame.shop_type),
            family=_recoded(family, frame.family),
        )
        return grown, recoded

    def _absorb_places(self, places: Places) -> tuple["Vocabulary", Codes]:
        nations, nation = _extend(self.nations, places.nations)
        divisions, division = _extend(self.divisions, places.divisions)
        states, state = _extend(self.states, places.states)
        named = tuple(
            (name, places.states[s]) for name, s in zip(places.areas, places.area_state, strict=True)
        )
        areas, area = _extend(self.areas, named)
        if len(areas) >= 1 << AREA_BITS:
            raise InvalidInput(f"{len(areas)} areas are more than the {1 << AREA_BITS} a state can hold")
        state_of = {name: code for code, name in enumerate(states)}
        grown = Vocabulary(
            areas=areas,
            area_labels=self.area_labels + _labels(areas, len(self.areas)),
            states=states,
            divisions=divisions,
            nations=nations,
            area_state=np.array([state_of[name] for _, name in areas], np.int32),
            state_division=_parents(
                self.state_division, states, state, division[places.state_division], divisions
            ),
            division_nation=_parents(
                self.division_nation, divisions, division, nation[places.division_nation], nations
            ),
        )
        return grown, area

    def place_names(self, level: int) -> tuple[str, ...]:
        """The printed names of the places of a level: 0 area, 1 state, 2 division, 3 nation."""
        return (self.area_labels, self.states, self.divisions, self.nations)[level]

    def up(self, place: Codes, level: int, target: int) -> Codes:
        """The places of level `target` in which the places of `level` lie."""
        for parents in (self.area_state, self.state_division, self.division_nation)[level:target]:
            place = parents[place]
        return place


def _extend(known: tuple[Any, ...], names: tuple[Any, ...]) -> tuple[tuple[Any, ...], Codes]:
    """`known` with the new names added in sorted order, and the code of each of `names`."""
    if known == names or (not known and list(names) == sorted(names)):
        return names, np.arange(len(names), dtype=np.int32)
    index = {name: code for code, name in enumerate(known)}
    new = sorted(set(names) - index.keys())
    index.update((name, len(known) + code) for code, name in enumerate(new))
    return (*known, *new), np.fromiter((index[name] for name in names), np.int32, len(names))


def _recoded(code: Codes, column: Codes) -> Codes:
    """`code[column]`, without a copy where no code changes."""
    return column if np.array_equal(code, np.arange(len(code))) else code[column]


def _labels(areas: tuple[tuple[str, str], ...], known: int) -> tuple[str, ...]:
    """Labels of the areas from `known` on: the name, or `name-state` when another state has that name too."""
    seen = {name for name, _ in areas[:known]}
    fresh = [name for name, _ in areas[known:]]
    crossing = (
        seen | {name for name in fresh if fresh.count(name) > 1} if len(set(fresh)) < len(fresh) else seen
    )
    return tuple(f"{name}-{state}" if name in crossing else name for name, state in areas[known:])


def _parents(
    known: Codes, names: tuple[str, ...], child: Codes, parent: Codes, parents: tuple[str, ...]
) -> Codes:
    table = np.full(len(names), -1, np.int32)
    table[: len(known)] = known
    moved = (table[child] >= 0) & (table[child] != parent)
    if moved.any():
        at = int(np.flatnonzero(moved)[0])
        name, was, now = names[child[at]], parents[table[child[at]]], parents[parent[at]]
        raise InvalidInput(f"place {name!r} lies in {now!r}, but lay in {was!r} on earlier nights")
    table[child] = parent
    return table
