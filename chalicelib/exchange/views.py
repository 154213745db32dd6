"""What the API says of places, cells and their figures, and of what they answer."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field

from chalicelib.exchange.asking import AskedPosition, Metric
from chalicelib.exchange.lookup import Step
from chalicelib.exchange.metric_kinds import KINDS, Unit, kind_of
from chalicelib.exchange.models import ALL, NATION, PublishedCell
from chalicelib.exchange.places import Head
from chalicelib.geography.service import STATES, Areas
from chalicelib.values import Model, ShopType

Level = Literal["area", "state", "division", "nation"]
Band = Annotated[str, Field(examples=["10-19"])]
ReleaseId = Annotated[
    str, Field(pattern=r"^\d{4}-\d{2}-\d{2}-[0-9a-f]{12}$", examples=["2026-06-15-3f9a1c07b2de"])
]
_Dollars = Annotated[str | None, Field(examples=["24.00"])]
_Number = Annotated[str | None, Field(examples=["3.0"])]


class UsdFigures(Model):
    """Dollars. Quartiles and tails are null where too few owner groups contributed."""

    unit: Literal[Unit.USD_PER_HOUR, Unit.USD_PER_YEAR, Unit.USD]
    median_usd: Annotated[str, Field(examples=["27.50"])]
    p25_usd: _Dollars
    p75_usd: _Dollars
    p10_usd: _Dollars
    p90_usd: _Dollars


class ShareFigures(Model):
    """The share of owner groups that offer it, in steps of 5 percent."""

    unit: Literal[Unit.SHARE]
    share_percent: Annotated[str, Field(pattern=r"^(<5|5|[1-9][05]|>95)$", examples=["65"])]


class PercentFigures(Model):
    """Percent of pay. Quartiles and tails are null where too few owner groups contributed."""

    unit: Literal[Unit.PERCENT]
    median_percent: Annotated[str, Field(examples=["4.0"])]
    p25_percent: _Number
    p75_percent: _Number
    p10_percent: _Number
    p90_percent: _Number


class DaysFigures(Model):
    """Days a year. Quartiles and tails are null where too few owner groups contributed."""

    unit: Literal[Unit.DAYS]
    median_days: Annotated[str, Field(examples=["10.0"])]
    p25_days: _Number
    p75_days: _Number
    p10_days: _Number
    p90_days: _Number


Figures = Annotated[UsdFigures | ShareFigures | PercentFigures | DaysFigures, Field(discriminator="unit")]


class Location(Model):
    """An area, a state, a Census division, or the nation."""

    level: Level
    code: Annotated[str, Field(examples=["MT"])]
    name: Annotated[str, Field(examples=["Montana"])]


class Place(Model):
    """Where a cell is, and which shops it is about."""

    location: Location
    shop_type: Annotated[str, Field(examples=["collision", "all"])]
    """A shop type, or ``all``."""


class CellView(Place):
    """One published figure set."""

    composite: bool
    """Whether it is an index of all positions together: their published medians by fixed weights."""
    owner_groups: Band
    """How many owner groups it rests on, as a range; never an exact count."""
    as_of: date
    """The night of the oldest of its values. All took effect long enough before it."""
    newest: date
    """The night of the newest of its values: figures change only when enough owner groups have something new."""
    figures: Figures


class PassedOverView(Place):
    """A more specific cell that was not published."""

    reason: str


CELL_EXAMPLE: Final[dict[str, Any]] = {
    "location": {"level": "state", "code": "MT", "name": "Montana"},
    "shop_type": "collision",
    "composite": False,
    "owner_groups": "20-49",
    "as_of": "2026-05-30",
    "newest": "2026-06-15",
    "figures": {
        "unit": "usd_per_hour",
        "median_usd": "65.00",
        "p25_usd": "62.50",
        "p75_usd": "67.50",
        "p10_usd": None,
        "p90_usd": None,
    },
}


class LookupAnswer(Model):
    """The most specific published figures that cover what was asked, and where they are from."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "metric": "labor_rate_body",
                    "position": None,
                    "zip": "59801",
                    "area": "598-MT",
                    "metro": None,
                    "state": "MT",
                    "shop_type": "collision",
                    "cell": CELL_EXAMPLE,
                    "fell_back": [
                        {
                            "location": {
                                "level": "area",
                                "code": "598-MT",
                                "name": "ZIP codes 598 in Montana",
                            },
                            "shop_type": "collision",
                            "reason": "Not published for collision shops in ZIP codes 598 in Montana: …",
                        }
                    ],
                    "ancestors": [
                        {
                            **CELL_EXAMPLE,
                            "location": {"level": "nation", "code": "US", "name": "United States"},
                            "owner_groups": "100+",
                        }
                    ],
                    "parts": [],
                    "release_id": "2026-06-15-3f9a1c07b2de",
                    "night": "2026-06-15",
                    "method_version": "1.0",
                }
            ]
        }
    )

    metric: Metric
    position: AskedPosition | None
    zip: Annotated[str | None, Field(examples=["59801"])]
    area: Annotated[str | None, Field(examples=["598-MT"])]
    metro: Annotated[str | None, Field(examples=["33540"])]
    state: Annotated[str | None, Field(examples=["MT"])]
    """Null where a metropolitan area is asked about that lies in several."""
    shop_type: ShopType | None
    cell: CellView
    """The answer. Compare its place and shop type with what was asked: see ``fell_back``."""
    fell_back: tuple[PassedOverView, ...]
    """More specific cells that were not published; empty where the answer is exactly what was asked."""
    ancestors: tuple[CellView, ...]
    """The published cells that cover more, for comparison."""
    parts: tuple[CellView, ...]
    """Of a metropolitan area that lies in several states: what is published of its parts. Else empty."""
    release_id: ReleaseId
    night: date
    method_version: str


class MetricView(Model):
    """Something that can be asked for."""

    metric: Metric
    unit: Unit
    by_position: bool
    """Whether ``position`` must be sent with it."""


class MetricsView(Model):
    """Everything that can be asked for."""

    metrics: tuple[MetricView, ...]


def all_metrics() -> MetricsView:
    """Everything that can be asked for."""
    listed = (
        MetricView(metric=name, unit=kind.unit, by_position=kind.by_position) for name, kind in KINDS.items()
    )
    return MetricsView(metrics=tuple(listed))


def location_of(level: str, loc: str, areas: Areas) -> Location:
    """A place with its name."""
    if level == "area":
        return Location(level="area", code=loc, name=areas.name_of(loc))
    if level == "state":
        return Location(level="state", code=loc, name=STATES[loc].name)
    if level == "division":
        return Location(level="division", code=loc, name=loc.replace("_", " ").title())
    return Location(level="nation", code=NATION, name="United States")


def cell_view(cell: PublishedCell, areas: Areas) -> CellView:
    """A cell as the API shows it."""
    return CellView(
        location=location_of(cell.loc_level, cell.loc, areas),
        shop_type=cell.shop_type,
        composite=cell.composite,
        owner_groups=cell.band,
        as_of=cell.as_of,
        newest=cell.newest,
        figures=figures_of(cell),
    )


def figures_of(cell: PublishedCell) -> UsdFigures | ShareFigures | PercentFigures | DaysFigures:
    """A cell's figures in the metric's unit. Raises ``ValueError`` for a cell without any."""
    kind = kind_of(cell.metric)
    if cell.median is None:
        raise ValueError("the cell is not published")
    if kind.unit is Unit.SHARE:
        return ShareFigures(unit=Unit.SHARE, share_percent=kind.printed(cell.median))

    def told(suffix: str) -> dict[str, Any]:
        figures = {name: getattr(cell, name) for name in ("median", "p25", "p75", "p10", "p90")}
        printed = {
            f"{name}_{suffix}": None if figure is None else kind.printed(figure)
            for name, figure in figures.items()
        }
        return {"unit": kind.unit, **printed}

    match kind.unit:
        case Unit.PERCENT:
            return PercentFigures(**told("percent"))
        case Unit.DAYS:
            return DaysFigures(**told("days"))
        case _:
            return UsdFigures(**told("usd"))


def passed_over_view(step: Step, head: Head, areas: Areas) -> PassedOverView:
    """A cell that is not published, and what that means; which rule it was would say too much about it."""
    who = "shops of all types" if step.shop_type == ALL else f"{step.shop_type} shops"
    where = location_of(step.loc_level, step.loc, areas)
    return PassedOverView(
        location=where,
        shop_type=step.shop_type,
        reason=(
            f"Not published for {who} in {where.name}: it takes {head.k} independent owner groups with values at "
            f"least {head.minimum_age_days} days old, none of them with too much of the whole."
        ),
    )
