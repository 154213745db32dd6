"""What one printed record may say, and what it should say, worked out plainly from its members' values."""

from typing import Any

from chalicelib.exchange.metric_kinds import Kind
from chalicelib.exchange.policy import Policy

KEYS = (
    "loc_level",
    "loc",
    "shop_type",
    "position",
    "metric",
    "n_orgs",
    "median",
    "p25",
    "p75",
    "as_of",
    "composite",
)


def printing_faults(record: dict[str, Any], groups: int, kind: Kind, policy: Policy) -> str:
    """What a record says that none may say; empty when nothing."""
    if extra := sorted(set(record) - set(KEYS)):
        return f"{extra[0]}, which is never printed"
    if not record["composite"] and record["n_orgs"] != policy.band(groups):
        return f"n_orgs {record['n_orgs']!r} instead of the band {policy.band(groups)}"
    for name in ("median", "p25", "p75"):
        figure = record[name]
        if figure is None or (kind.is_share and figure in (f"<{kind.step}", f">{100 - kind.step}")):
            continue
        if not isinstance(figure, int | float) or isinstance(figure, bool):
            return f"{name} {figure!r}, which is no figure"
        amount = figure if kind.is_share else 100 * figure
        if abs(amount - kind.step * round(amount / kind.step)) > 1e-6:
            return f"{name} {figure!r}, which is not rounded"
        if name != "median" and groups < policy.quartiles_from:
            return f"{name} of {groups} owner groups"
    return ""


def figures_of(kind: Kind, values: list[int], groups: int, policy: Policy) -> dict[str, float | str | None]:
    """The median and quartiles that sorted `values` should print."""
    if kind.is_share:
        total, of = sum(values), len(values)
        share: float | str
        if total < kind.step * of:
            share = f"<{kind.step}"
        elif total > (100 - kind.step) * of:
            share = f">{100 - kind.step}"
        else:
            percent = _half_even(total, of * kind.step) * kind.step
            share = float(min(max(percent, kind.step), 100 - kind.step))
        return {"median": share, "p25": None, "p75": None}

    def smoothed(quarter: int) -> float:
        # Positions, in quarters of a place, within half a window of the quantile's own.
        centre, reach = quarter * (len(values) - 1), 2 * policy.median_window
        near = [value for at, value in enumerate(values) if abs(4 * at - centre) <= reach]
        return _half_even(sum(near), len(near) * kind.step) * kind.step / 100

    wide = groups >= policy.quartiles_from
    return {"median": smoothed(2), "p25": smoothed(1) if wide else None, "p75": smoothed(3) if wide else None}


def _half_even(total: int, count: int) -> int:
    whole, rest = divmod(total, count)
    return whole + (2 * rest > count or (2 * rest == count and whole % 2 == 1))
