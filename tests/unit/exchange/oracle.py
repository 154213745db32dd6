"""The method in slow plain Python, written from its description: lists, fractions and loops, no SQL."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import NamedTuple

from chalicelib.exchange.metric_kinds import kind_of
from chalicelib.exchange.models import Cell, Contributions
from chalicelib.exchange.policy import Policy


class Row(NamedTuple):
    """One contribution."""

    owner_group: str
    division: str
    state: str
    area: str
    shop_type: str
    metric: str
    position: str
    value: int
    weight: int
    effective: date


class Voice(NamedTuple):
    """What an owner group says in one area and shop type."""

    owner_group: str
    value: int
    weight: int


Key = tuple[str, str, str, str, str]
"""Level, location, shop type, position and metric of a cell."""


def contributions_of(rows: Iterable[Row]) -> Contributions:
    """The rows as columns."""
    columns = Contributions()
    for row in rows:
        for name in (
            "owner_group",
            "division",
            "state",
            "area",
            "shop_type",
            "metric",
            "position",
            "value",
            "weight",
        ):
            getattr(columns, name).append(getattr(row, name))
        columns.effective_day.append((row.effective - date(1970, 1, 1)).days)
    return columns


def publish(rows: Iterable[Row], night: date, policy: Policy) -> list[Cell]:
    """The cells of a night."""
    said: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.effective + timedelta(days=policy.minimum_age_days) <= night:
            said[row[:7]].append(row)
    cells: dict[Key, list[Voice]] = defaultdict(list)
    for (group, division, state, _, shop_type, metric, position), same in said.items():
        one = 10_000 if kind_of(metric).is_share else 1
        weight = sum(row.weight for row in same)
        mean = Fraction(sum(row.value * row.weight * one for row in same), weight)
        places = (("state", state), ("division", division), ("nation", "US"))
        for (level, loc), listed_type in product(places, (shop_type, "all")):
            cells[level, loc, listed_type, position, metric].append(Voice(group, half_up(mean), weight))
    return sorted(cell for key, voices in cells.items() for cell in published(key, voices, night, policy))


def published(key: Key, voices: list[Voice], night: date, policy: Policy) -> Iterator[Cell]:
    """The cell, where it is safe."""
    metric = key[-1]
    kind = kind_of(metric)
    groups = {voice.owner_group for voice in voices}
    if not is_safe(voices, policy, by_value=not kind.is_share):
        return
    values = sorted(voice.value for voice in voices)
    band = policy.band(len(groups))
    if kind.is_share:
        share = Fraction(sum(values), 100 * len(values))
        coded = 0 if share < 5 else 100 if share > 95 else kind.step * half_up(share / kind.step)
        yield Cell(*key, band, coded, None, None, night)
        return
    window = policy.median_window
    width = window if len(values) % 2 else window + 1
    outside = (len(values) - width) // 2
    median = to_step(values[outside : len(values) - outside], kind.step)
    quartiles: tuple[int | None, int | None] = (None, None)
    if len(groups) >= policy.quartiles_from:
        centre = ceil(len(values) / 4) - 1
        low, high = centre - window // 2, centre + window // 2 + 1
        quartiles = to_step(values[low:high], kind.step), to_step(values[::-1][low:high], kind.step)
    yield Cell(*key, band, median, *quartiles, night)


def is_safe(voices: list[Voice], policy: Policy, *, by_value: bool) -> bool:
    """Whether the rules on owner groups hold."""
    said: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
    for voice in voices:
        amount = voice.weight * voice.value if by_value else voice.weight
        said[voice.owner_group] = [
            before + more
            for before, more in zip(said[voice.owner_group], (1, voice.weight, amount), strict=True)
        ]
    if len(said) < policy.k:
        return False
    for column in zip(*said.values(), strict=True):
        if max(column) > sum(column) * Fraction(policy.share_percent, 100):
            return False
    first, *others = sorted((amount for _, _, amount in said.values()), reverse=True)
    return sum(others[1:]) >= first * Fraction(policy.p_percent, 100)


def half_up(number: Fraction) -> int:
    """The nearest integer; halves go up."""
    return floor(number + Fraction(1, 2))


def to_step(values: list[int], step: int) -> int:
    """The mean of the values, to the nearest step; halves go up."""
    return step * half_up(Fraction(sum(values), len(values)) / step)
