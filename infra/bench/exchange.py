"""Figures of the Exchange: CPU and memory of a night against rows, beside a plain DuckDB GROUP BY.

    python -m infra.bench.exchange [--rows 1000000 --rows 10000000] [--plot infra/bench/exchange.svg]

Each measurement runs in a process of its own; the ratio compares CPU seconds within one run of this program.
Night 0 partitions everything; night 1 changes 1.2 % of the answers of night 0.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np

from chalicelib.exchange.frame import LONG_AGO, Frame, Places
from chalicelib.exchange.policy import POSITION_WEIGHTS, Policy
from chalicelib.exchange.publisher import publish
from chalicelib.exchange.state import State

STATES = 51
DIVISION_NAMES = (
    "East North Central", "East South Central", "Middle Atlantic", "Mountain", "New England", "Pacific",
    "South Atlantic", "West North Central", "West South Central",
)  # fmt: skip
TYPE_NAMES = (
    "chain", "collision", "dealership", "fleet", "heavy_duty", "independent", "mobile", "quick_service",
    "rv_powersports", "specialty", "tire",
)  # fmt: skip
DIVISIONS, TYPES = len(DIVISION_NAMES), len(TYPE_NAMES)
FAMILIES = (
    *(("pay", position) for position in sorted(POSITION_WEIGHTS)),
    ("benefit_health_offered", "all"),
    ("labor_rate_customer_pay", "all"),
    ("labor_rate_effective", "all"),
    ("labor_rate_warranty", "all"),
    ("tool_allowance", "all"),
)
#: Answers of one organization.
ANSWERS = 8


def frame(rows: int, seed: int = 1) -> Frame:
    """About `rows` answers: organizations with skewed areas and types, 8 answers each, a tenth in owner
    groups.
    """
    draw = np.random.default_rng(seed)
    orgs = rows // ANSWERS
    areas = 900
    area_state = np.sort(draw.integers(0, STATES, areas)).astype(np.int32)
    weight = 1 / np.arange(1, areas + 1) ** 0.8
    org_area = draw.choice(areas, orgs, p=draw.permutation(weight / weight.sum())).astype(np.int32)
    org_type = np.minimum(draw.geometric(0.25, orgs) - 1, TYPES - 1).astype(np.int32)
    owner = np.arange(orgs, dtype=np.int32)
    grouped = draw.random(orgs) < 0.1
    owner[grouped] = draw.integers(0, max(orgs // 40, 1), int(grouped.sum()))
    org = np.repeat(np.arange(orgs, dtype=np.int32), ANSWERS)
    family = np.concatenate(
        [
            draw.permuted(np.tile(np.arange(len(FAMILIES), dtype=np.int32), (len(part), 1)), axis=1)[
                :, :ANSWERS
            ].ravel()
            for part in np.array_split(np.arange(orgs), max(orgs // 50_000, 1))
        ]
    )
    names = np.unique(owner)
    value = np.exp(draw.normal(8.0, 0.25, len(org))).astype(np.int64)
    share = family == len(POSITION_WEIGHTS)
    value[share] = np.where(draw.random(int(share.sum())) < 0.6, 100, 0)
    places = Places(
        areas=tuple(f"A{i:04d}" for i in range(areas)),
        states=tuple(f"S{i:02d}" for i in range(STATES)),
        divisions=DIVISION_NAMES,
        nations=("US",),
        area_state=area_state,
        state_division=(np.arange(STATES) % DIVISIONS).astype(np.int32),
        division_nation=np.zeros(DIVISIONS, np.int32),
    )
    return Frame(
        orgs=tuple(f"org-{i:08d}" for i in range(orgs)),
        groups=tuple(f"group-{i:08d}" for i in names),
        shop_types=TYPE_NAMES,
        families=FAMILIES,
        places=places,
        org=org,
        group=np.searchsorted(names, owner).astype(np.int32)[org],
        area=org_area[org],
        shop_type=org_type[org],
        family=family,
        value=value,
        headcount=np.ones(len(org), np.int64),
        effective=np.full(len(org), LONG_AGO, np.int32),
    )


def group_by(rows: int) -> dict[str, float]:
    """CPU seconds of one leaf GROUP BY over string dimensions, on one thread."""
    data = frame(rows)
    with duckdb.connect(config={"threads": 1}) as db:
        db.register(
            "codes",
            {"area": data.area, "shop_type": data.shop_type, "family": data.family, "value": data.value},
        )
        texts = {
            "areas": np.array(data.places.areas, object),
            "states": np.array([data.places.states[s] for s in data.places.area_state], object),
            "divisions": np.array([DIVISION_NAMES[s % DIVISIONS] for s in data.places.area_state], object),
        }
        db.register(
            "places",
            {
                "code": np.arange(len(data.places.areas)),
                "area": texts["areas"],
                "state": texts["states"],
                "division": texts["divisions"],
            },
        )
        db.register("types", {"code": np.arange(TYPES), "shop_type": np.array(TYPE_NAMES, object)})
        db.register(
            "families",
            {
                "code": np.arange(len(FAMILIES)),
                "metric": np.array([m for m, _ in FAMILIES], object),
                "position": np.array([p for _, p in FAMILIES], object),
            },
        )
        db.execute(
            "CREATE TABLE answers AS SELECT 'US' AS nation, p.division, p.state, p.area, t.shop_type,"
            " position, metric, value FROM codes JOIN places p ON p.code = codes.area"
            " JOIN families f ON f.code = codes.family"
            " JOIN types t ON t.code = codes.shop_type"
        )
        started = time.process_time()
        db.execute(
            "CREATE TABLE leaves AS SELECT nation, division, state, area, shop_type, position, metric,"
            " count(*) AS n, sum(value) AS total FROM answers GROUP BY ALL"
        )
        return {"cpu": time.process_time() - started}


def nights(rows: int) -> dict[str, float]:
    """CPU seconds of night 0 and night 1, all steps and the gate, and the peak memory of the process in MB."""
    data = frame(rows)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.process_time()
    first = publish(data, 0, Policy(), State())
    founding = time.process_time() - started
    draw = np.random.default_rng(2)
    value = data.value.copy()
    changed = (draw.random(len(data.orgs)) < 0.012)[data.org] & (value > 100)
    value[changed] = (value[changed] * draw.uniform(0.95, 1.1, int(changed.sum()))).astype(np.int64)
    later = replace(data, value=value)
    started = time.process_time()
    second = publish(later, 1, Policy(), first.state)
    following = time.process_time() - started
    if first.findings or second.findings:
        raise SystemExit(f"the gate refused: {[*first.findings, *second.findings]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "cpu": founding,
        "cpu_next": following,
        "peak_mb": peak,
        "input_mb": base,
        "cells": len(second.cells),
    }


def measure(what: str, rows: int) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "infra.bench.exchange", "--only", what, "--rows", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr or done.stdout)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def plot(points: list[dict[str, float]], path: Path) -> None:
    """Time and memory against rows, on logarithmic axes, as SVG."""
    width, height, left, top = 360, 260, 60, 30
    panels = (
        (
            "CPU seconds",
            (
                ("night 0", "cpu", "#1f6feb"),
                ("night 1", "cpu_next", "#2da44e"),
                ("GROUP BY", "group_by", "#999"),
            ),
        ),
        ("peak memory, MB", (("whole process", "peak_mb", "#1f6feb"), ("input alone", "input_mb", "#999"))),
    )
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * (width + left) + 40}" height="{height + 90}"'
            ' font-family="sans-serif" font-size="12">'
        )
    ]
    rows = np.log10([point["rows"] for point in points])
    for panel, (title, series) in enumerate(panels):
        values = np.log10([[point[name] for point in points] for _, name, _ in series])
        low, high = np.floor(values.min()), np.ceil(values.max())
        origin = left + panel * (width + left + 20)

        def across(value: float, origin: int = origin) -> float:
            return float(origin + width * (value - rows[0]) / max(rows[-1] - rows[0], 1e-9))

        def up(value: float, low: float = low, high: float = high) -> float:
            return top + height * (high - value) / (high - low)

        parts.append(f'<text x="{origin}" y="18" font-weight="bold">{title}</text>')
        for power in range(int(low), int(high) + 1):
            y = up(power)
            parts.append(
                f'<path d="M{origin} {y:.1f}h{width}" stroke="#ddd"/>'
                f'<text x="{origin - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
            )
        for at, point in zip(rows, points, strict=True):
            parts.append(
                f'<text x="{across(at):.1f}" y="{top + height + 18}" text-anchor="middle">'
                f"{point['rows']:.0e}</text>"
            )
        for number, ((label, _, colour), line) in enumerate(zip(series, values, strict=True)):
            path_text = " ".join(
                f"{'L' if i else 'M'}{across(x):.1f} {up(y):.1f}"
                for i, (x, y) in enumerate(zip(rows, line, strict=True))
            )
            parts.append(
                f'<path d="{path_text}" fill="none" stroke="{colour}" stroke-width="2"/>'
                f'<text x="{origin + 110 * number}" y="{top + height + 42}" fill="{colour}">{label}</text>'
            )
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def main() -> None:
    """Measure, print a table, draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, action="append")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--only", choices=("group_by", "nights"))
    given = parser.parse_args()
    sizes = given.rows or [10_000, 100_000, 1_000_000, 10_000_000]
    if given.only:
        sys.stdout.write(json.dumps({"group_by": group_by, "nights": nights}[given.only](sizes[0])))
        return
    points = []
    for rows in sizes:
        leaf, run = measure("group_by", rows), measure("nights", rows)
        points.append({"rows": rows, "group_by": leaf["cpu"], **run})
        sys.stdout.write(
            f"{rows:>10,} rows: GROUP BY {leaf['cpu']:.2f} s;"
            f" night 0 {run['cpu']:.2f} s ({run['cpu'] / leaf['cpu']:.1f} x),"
            f" night 1 {run['cpu_next']:.2f} s ({run['cpu_next'] / leaf['cpu']:.1f} x);"
            f" peak {run['peak_mb']:.0f} MB, of it input {run['input_mb']:.0f} MB; {run['cells']:.0f} cells\n"
        )
        sys.stdout.flush()
    if given.plot:
        plot(points, given.plot)


if __name__ == "__main__":
    main()
