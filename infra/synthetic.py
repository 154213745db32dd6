"""Synthetic shops and what they submit: the same for the same number of shops, on every machine.

Pay is drawn by interpolating between percentiles of hourly pay by state and occupation (Bureau of Labor Statistics,
Occupational Employment and Wage Statistics, May 2025); everything else is made up. No shop here exists.
"""

import csv
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any, Final

import zipcodes

PERCENTILES: Final = Path(__file__).parent / "samples" / "hourly_pay_percentiles.csv"
STATES: Final = ("CA", "FL", "GA", "IL", "NC", "NY", "OH", "PA", "TX", "WA")
OWNERS: Final = 8
"""People who register the shops."""

# Shop type: share of shops, sector, posted rate in dollars an hour, positions (occupation, factor on its percentiles).
_TYPES: Final[dict[str, tuple[int, str, int, dict[str, tuple[str, float]]]]] = {
    "independent": (
        40,
        "automotive",
        148,
        {
            "technician_a": ("automotive", 1.1),
            "technician_b": ("automotive", 0.95),
            "technician_c": ("automotive", 0.8),
        },
    ),
    "dealership": (
        20,
        "automotive",
        178,
        {
            "master_technician": ("automotive", 1.3),
            "technician_a": ("automotive", 1.15),
            "service_manager": ("supervisor", 1.05),
        },
    ),
    "chain": (
        20,
        "automotive",
        139,
        {
            "technician_a": ("automotive", 1.0),
            "technician_b": ("automotive", 0.9),
            "general_service": ("automotive", 0.7),
        },
    ),
    "collision": (
        12,
        "collision",
        68,
        {"body_technician": ("body", 1.0), "painter": ("body", 1.05), "painter_prep": ("body", 0.8)},
    ),
    "heavy_duty": (
        8,
        "diesel",
        164,
        {
            "diesel_technician_2": ("diesel", 1.0),
            "diesel_technician_3": ("diesel", 1.15),
            "shop_foreman": ("supervisor", 1.0),
        },
    ),
}
_FIRST: Final = (
    "Cedar",
    "Granite",
    "Harbor",
    "Juniper",
    "Lakeside",
    "Maple",
    "Northgate",
    "Prairie",
    "Summit",
    "Union",
)
_SECOND: Final = {
    "independent": "Auto Repair",
    "dealership": "Motors",
    "chain": "Service Center",
    "collision": "Collision",
    "heavy_duty": "Diesel",
}


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop to be registered: the bodies of the requests that do it."""

    owner: int
    """Which of the ``OWNERS`` people registers it."""
    group: str | None
    """Name of the owner group it belongs to; None: it stands alone."""
    organization: dict[str, Any]
    pay: dict[str, dict[str, Any]] = field(default_factory=dict)
    labor_rates: dict[str, Any] = field(default_factory=dict)
    benefits: dict[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _percentiles() -> dict[tuple[str, str], tuple[float, ...]]:
    with PERCENTILES.open(encoding="utf-8", newline="") as lines:
        return {
            (row["state"], row["occupation"]): tuple(
                float(row[name]) for name in ("p10", "p25", "p50", "p75", "p90")
            )
            for row in csv.DictReader(lines)
        }


@lru_cache(maxsize=16)
def _towns(state: str) -> list[dict[str, Any]]:
    places = zipcodes.filter_by(state=state, zip_code_type="STANDARD", active=True)
    return sorted(places, key=lambda place: str(place["zip_code"]))


def hourly_pay(state: str, occupation: str, share: float) -> float:
    """The hourly pay in dollars below which that share of the occupation is; the tails beyond P10 and P90 are cut."""
    points = (0.10, 0.25, 0.50, 0.75, 0.90)
    values = _percentiles()[(state, occupation)]
    at = min(max(share, points[0]), points[-1])
    right = min(bisect_right(points, at), len(points) - 1)
    part = (at - points[right - 1]) / (points[right] - points[right - 1])
    return values[right - 1] + part * (values[right] - values[right - 1])


def shops(count: int, today: date) -> Iterator[Shop]:
    """That many shops, deterministic but for their effective dates, which lie 100 to 300 days before today."""
    names = [name for name, (share, *_) in _TYPES.items() for _ in range(share)]
    for number in range(count):
        # Each shop has a generator of its own, so that the first ones are the same however many there are.
        chance = Random(f"connects-{number}")
        state = STATES[number % len(STATES)]
        kind = names[(number * 37 + number // len(names)) % len(names)]
        yield _shop(number, chance, state, kind, today)


def _shop(number: int, chance: Random, state: str, kind: str, today: date) -> Shop:
    _, sector, rate, positions = _TYPES[kind]
    town = chance.choice(_towns(state))
    owner = number % OWNERS
    # A quarter of the shops, and most chains, belong to groups of several.
    grouped = chance.random() < (0.7 if kind == "chain" else 0.2)
    effective = (today - timedelta(days=chance.randint(100, 300))).isoformat()
    level = min(max(chance.gauss(0.5, 0.22), 0.02), 0.98)
    organization: dict[str, Any] = {
        "kind": "dealership" if kind == "dealership" else "shop",
        "name": f"{chance.choice(_FIRST)} {_SECOND[kind]} {number:04d}",
        "shop_type": kind,
        "sectors": [sector],
        "address": {
            "street": f"{chance.randint(1, 9999)} Main St",
            "city": town["city"],
            "zip": town["zip_code"],
        },
        "contact": {"name": "Front desk", "email": f"shop{number:04d}@connects.example"},
    }
    pay = {
        position: _pay(
            chance, hourly_pay(state, occupation, level + chance.uniform(-0.15, 0.15)) * factor, effective
        )
        for position, (occupation, factor) in positions.items()
    }
    posted = rate * (0.85 + 0.3 * level) * chance.uniform(0.95, 1.05)
    names = (
        ("body", "paint", "mechanical") if kind == "collision" else ("customer_pay", "warranty", "internal")
    )
    factors = (1.0, 1.0, 1.6) if kind == "collision" else (1.0, 0.9, 0.8)
    rates = {name: _usd(posted * factor) for name, factor in zip(names, factors, strict=True)}
    return Shop(
        owner=owner,
        group=f"{_FIRST[owner]} Group {chance.randint(1, 6)}" if grouped else None,
        organization=organization,
        pay=pay,
        labor_rates={"effective_date": effective, "rates_usd_per_hour": rates},
        benefits={"effective_date": effective, "benefits": _benefits(chance, level)},
    )


def _pay(chance: Random, hourly: float, effective: str) -> dict[str, Any]:
    plan: dict[str, Any]
    if chance.random() < 0.6:
        plan = {"plan": "hourly", "hourly_pay_usd": _usd(hourly), "hours_per_week": 40}
    else:
        flagged = chance.randint(36, 48)
        plan = {
            "plan": "flat_rate",
            "flat_rate_usd_per_hour": _usd(hourly * 40 / flagged),
            "flagged_hours_per_week": flagged,
            "hours_per_week": 40,
        }
    return {"effective_date": effective, "headcount": chance.randint(1, 6), "pay_plan": plan}


def _benefits(chance: Random, level: float) -> dict[str, Any]:
    def offers(share: float) -> bool:
        return chance.random() < share * (0.6 + 0.8 * level)

    benefits: dict[str, Any] = {name: {"offered": offers(share)} for name, share in _SHARES.items()}
    if offers(0.6):
        benefits["tool_allowance"] = {
            "offered": True,
            "amount_usd_per_year": _usd(chance.choice((300, 500, 750, 1000, 1500))),
        }
    if offers(0.9):
        benefits["paid_vacation"] = {"offered": True, "days_per_year": chance.randint(5, 20)}
    return benefits


_SHARES: Final = {
    "health": 0.8,
    "dental": 0.6,
    "vision": 0.5,
    "uniforms": 0.9,
    "paid_training": 0.7,
    "four_day_week": 0.15,
}


def _usd(amount: float) -> str:
    return f"{amount:.2f}"
