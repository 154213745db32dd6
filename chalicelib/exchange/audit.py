"""Attack what was published. Knows nothing of blocks: it reads printed cells and who is in them.

The attacker is assumed to know the exact total of every cell of every retained night, and tries to get from
them a figure of fewer than k owner groups: directly, by subtracting children from parents and cells from
cells, by subtracting nights, and by linear algebra over all of it at once. (owner group, area, vintage) is
one unknown. Composites are functions of printed figures and are only checked to be that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from chalicelib.exchange.audit_files import Cell, Members, Triple, Values, load
from chalicelib.exchange.audit_linear import System
from chalicelib.exchange.audit_printed import figures_of, printing_faults
from chalicelib.exchange.metric_kinds import Kind, kind_of
from chalicelib.exchange.models import LEVELS
from chalicelib.exchange.policy import Policy


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in: what was done, with which cells, and whom it exposes."""

    attack: str
    cells: tuple[str, ...]
    exposed: str

    def __str__(self) -> str:
        return f"{self.attack}: {' with '.join(self.cells)} exposes {self.exposed}"


def audit(directory: Path, say: Callable[[str], None]) -> list[Finding]:
    """Every finding in a directory that `simulate` wrote, said one a line. Raises InvalidInput."""
    policy, nights, values = load(directory)
    findings = list(attack(policy, nights, values))
    for finding in findings:
        say(str(finding))
    count = sum(len(cells) for cells in nights)
    say(f"{len(findings)} findings in {count} cells of {len(nights)} nights")
    return findings


def attack(policy: Policy, nights: Sequence[Sequence[Cell]], values: Values) -> Iterator[Finding]:
    """Every finding in retained nights. `values` are in cents; without them rules on values are skipped."""
    families: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    kinds = _kinds(nights, values)
    for cells in nights:
        yield from _composites(cells)
        for cell in cells:
            if fault := printing_faults(
                cell.record, len({t[0] for t in cell.members}), kinds[cell.where[4]], policy
            ):
                yield Finding("what is printed", (cell.name,), fault)
            if not cell.record["composite"]:
                families[cell.where[4], cell.where[3]].append(cell)
    for family, cells in sorted(families.items()):
        yield from _attack_family(cells, family, _lookup(family, values), kinds[family[0]], policy)


def _attack_family(
    cells: Sequence[Cell],
    family: tuple[str, str],
    value_of: Callable[[Triple], int | None],
    kind: Kind,
    policy: Policy,
) -> Iterator[Finding]:
    """Every finding in the cells of one metric and position, of all retained nights."""
    first: dict[Members, Cell] = {}
    for cell in cells:
        first.setdefault(cell.members, cell)
    for cell in first.values():
        yield from _direct(cell, value_of, policy)
    yield from _figures(cells, value_of, kind, policy)
    system = System(list(first), policy.k)
    names = [cell.name for cell in first.values()]
    index = {members: at for at, members in enumerate(first)}
    for parent, children, groups in _residues(cells, index, system):
        yield Finding("parent minus children", (names[parent], f"{len(children)} children"), groups)
    for one, other, groups in system.small_differences():
        yield Finding("difference", (names[one], names[other]), groups)
    yield from _changes(cells, value_of, policy)
    for groups in system.small_combinations():
        yield Finding("linear combination", (f"all nights of {'/'.join(family)}",), groups)


def _kinds(nights: Sequence[Sequence[Cell]], values: Values) -> dict[str, Kind]:
    """The kind of each metric: by its name, unless a share would be over 100 %."""
    over = {metric for (metric, _, _), value in values.items() if value > 100}
    figures = ((cell.where[4], cell.record["median"]) for cells in nights for cell in cells)
    seen = {metric: False for cells in nights for metric in {cell.where[4] for cell in cells}}
    for metric, figure in figures:
        seen[metric] |= isinstance(figure, int | float) and figure > 100
    return {
        metric: kind_of(
            f"{metric}_amount" if (large or metric in over) and kind_of(metric).is_share else metric
        )
        for metric, large in seen.items()
    }


def _lookup(family: tuple[str, str], values: Values) -> Callable[[Triple], int | None]:
    return lambda triple: values.get((*family, triple))


def _direct(cell: Cell, value_of: Callable[[Triple], int | None], policy: Policy) -> Iterator[Finding]:
    """Threshold, weight and value shares, and the p % rule, inside one cell."""
    weight: dict[str, int] = defaultdict(int)
    value: dict[str, int] = defaultdict(int)
    for triple in cell.members:
        weight[triple[0]] += 1
        value[triple[0]] += value_of(triple) or 0
    heaviest = max(weight, key=lambda group: (weight[group], group), default="nobody")
    if len(weight) < policy.k:
        yield Finding("direct threshold", (cell.name,), f"{sorted(weight)} ({len(weight)} owner groups)")
        return
    if len({triple[:2] for triple in cell.members}) < len(cell.members):
        yield Finding("two voices", (cell.name,), "an owner group counted twice in one area")
    if 100 * weight[heaviest] > policy.share_percent * len(cell.members):
        yield Finding("share of weight", (cell.name,), heaviest)
    top = sorted(value, key=lambda group: (-value[group], group))[:2]
    total = sum(value.values())
    if 100 * value[top[0]] > policy.value_share_percent * total:
        yield Finding("share of value", (cell.name,), top[0])
    if 100 * (total - value[top[0]] - value[top[1]]) < policy.p_percent * value[top[0]]:
        yield Finding("contributor in the cell (p %)", (cell.name,), f"{top[0]} to {top[1]}")


def _residues(
    cells: Sequence[Cell], index: dict[Members, int], system: System
) -> Iterator[tuple[int, tuple[int, ...], str]]:
    """Parents minus the union of their published children, down each hierarchy and both together.

    Which place lies in which is read off the members: a place's areas are those of its cells.
    """
    areas: dict[tuple[str, str], set[str]] = defaultdict(set)
    by_night: dict[int, dict[tuple[str, str, str], int]] = defaultdict(dict)
    for cell in cells:
        areas[cell.where[:2]] |= {triple[1] for triple in cell.members}
        by_night[cell.night][cell.where[:3]] = index[cell.members]
    seen = set()
    inside = {
        place: [
            low
            for low in areas
            if LEVELS.index(low[0]) < LEVELS.index(place[0]) and areas[low] <= areas[place]
        ]
        for place in areas
    }
    for published in by_night.values():
        types = {kind for _, _, kind in published} - {"all"}
        for (level, loc, kind), parent in published.items():
            families: list[list[tuple[str, str, str]]] = []
            if kind == "all":
                families.append([(level, loc, one) for one in types])
            for below in LEVELS[: LEVELS.index(level)]:
                lower = [place for place in inside[level, loc] if place[0] == below]
                families.append([(*place, kind) for place in lower])
                if kind == "all":
                    families.append([(*place, one) for place in lower for one in types])
            for keys in families:
                children = tuple(sorted(published[key] for key in keys if key in published))
                if children and (parent, children) not in seen:
                    seen.add((parent, children))
                    if groups := system.small_residue(parent, children):
                        yield parent, children, groups


def _changes(
    cells: Sequence[Cell], value_of: Callable[[Triple], int | None], policy: Policy
) -> Iterator[Finding]:
    """Night against night: whether one owner group dominates what changed in a cell."""
    versions: dict[tuple[str, ...], list[Cell]] = defaultdict(list)
    for cell in cells:
        known = versions[cell.where]
        if all(cell.members != other.members for other in known):
            known.append(cell)
    for known in versions.values():
        for old, new in combinations(known, 2):
            moved: dict[tuple[str, str], int] = defaultdict(int)
            for sign, side in ((-1, old.members - new.members), (1, new.members - old.members)):
                for triple in side:
                    moved[triple[:2]] += sign * (value_of(triple) or 0)
            by_place: dict[str, int] = defaultdict(int)
            netted: dict[str, int] = defaultdict(int)
            for (group, _), amount in moved.items():
                by_place[group] += abs(amount)
                netted[group] += amount
            for by_group in (by_place, {group: abs(amount) for group, amount in netted.items()}):
                top = max(by_group, key=lambda group: (by_group[group], group))
                if 100 * by_group[top] > policy.change_share_percent * sum(by_group.values()):
                    yield Finding("dominated change", (old.name, new.name), top)
                    break


def _figures(
    cells: Sequence[Cell], value_of: Callable[[Triple], int | None], kind: Kind, policy: Policy
) -> Iterator[Finding]:
    """Printed figures that are not the smoothed, rounded quantiles of their members: means, order
    statistics.
    """
    for cell in cells:
        known = [value_of(triple) for triple in cell.members]
        values = sorted(value for value in known if value is not None)
        if len(values) < len(known) or not values:
            continue
        expected = figures_of(kind, values, len({t[0] for t in cell.members}), policy)
        for name, figure in expected.items():
            if cell.record[name] != figure:
                yield Finding(
                    "exact order statistic",
                    (cell.name,),
                    f"{name} {cell.record[name]!r}, not the smoothed {figure!r}",
                )


def _composites(cells: Sequence[Cell]) -> Iterator[Finding]:
    """Composites that are not made of published cells of the same place, type and metric."""
    parts: dict[tuple[str, ...], set[Triple]] = defaultdict(set)
    for cell in cells:
        if not cell.record["composite"]:
            parts[(*cell.where[:3], cell.where[4])] |= cell.members
    for cell in cells:
        if cell.record["composite"] and not cell.members <= parts[(*cell.where[:3], cell.where[4])]:
            yield Finding(
                "composite of unpublished cells", (cell.name,), "members that no published cell has"
            )
