"""What the API says of releases and cells."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chalicelib.exchange.lookup import Found, PassedOver
from chalicelib.exchange.metric_kinds import KINDS, Unit, kind_of
from chalicelib.exchange.models import ALL, NATION
from chalicelib.geography.service import STATES
from chalicelib.values import Model, Position, ShopType, Timestamp


def _known_metric(name: str) -> str:
    if name not in KINDS:
        raise PydanticCustomError("metric", "There is no such metric; GET /v1/exchange/metrics lists them.")
    return name


Metric = Annotated[
    str,
    AfterValidator(_known_metric),
    Field(json_schema_extra={"enum": sorted(KINDS)}, examples=["hourly_equivalent"]),
]
Level = Literal["state", "division", "nation"]
Band = Annotated[str, Field(examples=["10-19"])]


class LookupQuery(Model):
    """Which figure is asked for."""

    metric: Metric
    """What is asked for; GET /v1/exchange/metrics lists the metrics with their units."""
    position: Position | None = None
    """The job: needed for metrics of pay, and refused for others."""
    state: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$", examples=["MT"])] = None
    """Postal code of a state. Send either this or ``zip``."""
    zip: Annotated[str | None, Field(pattern=r"^[0-9]{5}(-[0-9]{4})?$", examples=["59801"])] = None
    """A ZIP code, taken for the state it is in. Send either this or ``state``."""
    shop_type: ShopType | None = None
    """Leave it out to ask about all shop types together."""


class UsdFigures(Model):
    """Dollars. Quartiles are null where too few owner groups contributed."""

    unit: Literal[Unit.USD_PER_HOUR, Unit.USD_PER_YEAR, Unit.USD]
    median_usd: Annotated[str, Field(examples=["27.50"])]
    p25_usd: Annotated[str | None, Field(examples=["24.00"])]
    p75_usd: Annotated[str | None, Field(examples=["31.50"])]


class ShareFigures(Model):
    """The share of owner groups that offer it, in steps of 5 percent."""

    unit: Literal[Unit.SHARE]
    share_percent: Annotated[str, Field(pattern=r"^(<5|5|[1-9][05]|>95)$", examples=["65"])]


class PercentFigures(Model):
    """Percent of pay. Quartiles are null where too few owner groups contributed."""

    unit: Literal[Unit.PERCENT]
    median_percent: Annotated[str, Field(examples=["4.0"])]
    p25_percent: Annotated[str | None, Field(examples=["3.0"])]
    p75_percent: Annotated[str | None, Field(examples=["5.0"])]


class DaysFigures(Model):
    """Days a year. Quartiles are null where too few owner groups contributed."""

    unit: Literal[Unit.DAYS]
    median_days: Annotated[str, Field(examples=["10.0"])]
    p25_days: Annotated[str | None, Field(examples=["7.0"])]
    p75_days: Annotated[str | None, Field(examples=["12.0"])]


Figures = Annotated[UsdFigures | ShareFigures | PercentFigures | DaysFigures, Field(discriminator="unit")]


class Location(Model):
    """A state, a Census division, or the nation."""

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

    owner_groups: Band
    """How many owner groups it rests on, as a range; never an exact count."""
    as_of: date
    """The night its values are of. All took effect long enough before it."""
    figures: Figures


class PassedOverView(Place):
    """A more specific cell that was not published."""

    reason: str


class LookupAnswer(Model):
    """The most specific published figures that cover what was asked, and where they are from."""

    metric: Metric
    position: Position | None
    state: Annotated[str, Field(examples=["MT"])]
    zip: Annotated[str | None, Field(examples=["59801"])]
    shop_type: ShopType | None
    cell: CellView
    """The answer. Compare its place and shop type with what was asked: see ``fell_back``."""
    fell_back: tuple[PassedOverView, ...]
    """More specific cells that were not published; empty where the answer is exactly what was asked."""
    ancestors: tuple[CellView, ...]
    """The published cells that cover more, for comparison."""
    release_id: Annotated[str, Field(examples=["2026-06-15-3f9a1c07b2de"])]
    night: date
    method_version: str


class FileView(Model):
    """A file of a release."""

    name: Annotated[str, Field(examples=["places/state/MT.json.gz"])]
    bytes: int
    sha256: str
    media_type: str
    encoding: str | None


class CellCounts(Model):
    """How many cells a release has at each level."""

    state: int
    division: int
    nation: int


class ReleaseView(Model):
    """The manifest of a release."""

    release_id: Annotated[str, Field(examples=["2026-06-15-3f9a1c07b2de"])]
    night: date
    created_at: Timestamp
    method_version: str
    policy: dict[str, Any]
    """The thresholds it was made with, by name: ``k`` is how many owner groups a cell rests on at least."""
    cells: CellCounts
    files: tuple[FileView, ...]


class MetricView(Model):
    """Something that can be asked for."""

    metric: Metric
    unit: Unit
    by_position: bool
    """Whether ``position`` must be sent with it."""


class MetricsView(Model):
    """Everything that can be asked for."""

    metrics: tuple[MetricView, ...]


def location_of(level: str, loc: str) -> Location:
    """A place with its name."""
    if level == "state":
        return Location(level="state", code=loc, name=STATES[loc].name)
    if level == "division":
        return Location(level="division", code=loc, name=loc.replace("_", " ").title())
    return Location(level="nation", code=NATION, name="United States")


def cell_view(metric: str, cell: Found) -> CellView:
    """A cell as the API shows it."""
    return CellView(
        location=location_of(cell.loc_level, cell.loc),
        shop_type=cell.shop_type,
        owner_groups=cell.band,
        as_of=cell.as_of,
        figures=figures_of(metric, cell),
    )


def figures_of(metric: str, cell: Found) -> UsdFigures | ShareFigures | PercentFigures | DaysFigures:
    """A cell's figures in the metric's unit."""
    kind = kind_of(metric)

    def shown(value: int | None) -> str | None:
        return None if value is None else kind.printed(value)

    median, p25, p75 = kind.printed(cell.median), shown(cell.p25), shown(cell.p75)
    match kind.unit:
        case Unit.SHARE:
            return ShareFigures(unit=Unit.SHARE, share_percent=median)
        case Unit.PERCENT:
            return PercentFigures(unit=Unit.PERCENT, median_percent=median, p25_percent=p25, p75_percent=p75)
        case Unit.DAYS:
            return DaysFigures(unit=Unit.DAYS, median_days=median, p25_days=p25, p75_days=p75)
        case Unit.USD_PER_HOUR | Unit.USD_PER_YEAR | Unit.USD:
            return UsdFigures(unit=kind.unit, median_usd=median, p25_usd=p25, p75_usd=p75)


def passed_over_view(cell: PassedOver, policy: dict[str, Any]) -> PassedOverView:
    """A cell that is not published, and what that means; which rule it was would say too much about it."""
    who = "shops of all types" if cell.shop_type == ALL else f"{cell.shop_type} shops"
    where = location_of(cell.loc_level, cell.loc)
    return PassedOverView(
        location=where,
        shop_type=cell.shop_type,
        reason=(
            f"Not published for {who} in {where.name}: it takes {policy['k']} independent owner groups with "
            f"values at least {policy['minimum_age_days']} days old, none with more than "
            f"{policy['share_percent']} % of the whole."
        ),
    )


def release_view(manifest: dict[str, Any]) -> ReleaseView:
    """The manifest as the API shows it."""
    return ReleaseView.model_validate(
        {**manifest, "created_at": datetime.fromisoformat(manifest["created_at"])}
    )
