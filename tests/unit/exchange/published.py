"""Made-up published cells, for tests of what is written and read of them."""

from datetime import date, timedelta

from hypothesis import strategies as st

from chalicelib.exchange.metric_kinds import KINDS, kind_of
from chalicelib.exchange.models import ALL, PublishedCell

NIGHT = date(2026, 6, 15)
DIVISIONS = {"MT": "mountain", "ID": "mountain", "WY": "mountain", "PR": "island_areas"}
PLACES = [
    ("area", "598-MT"),
    ("area", "35620-MT"),
    ("area", "832-ID"),
    ("state", "MT"),
    ("state", "ID"),
    ("division", "mountain"),
    ("nation", "US"),
]
METRICS = ["labor_rate_body", "hourly_equivalent", "benefit_health", "benefit_paid_vacation_days"]


def cell(
    level: str = "state",
    loc: str = "MT",
    shop_type: str = "collision",
    *,
    metric: str = "labor_rate_body",
    position: str = ALL,
    median: int | None = 6_500,
    quartiles: tuple[int, int] | None = (6_250, 6_750),
    night: date = NIGHT,
    composite: bool = False,
) -> PublishedCell:
    """A cell; by default of body labor rates of collision shops in Montana."""
    p25, p75 = quartiles or (None, None)
    return PublishedCell(
        level,
        loc,
        shop_type,
        position,
        metric,
        composite,
        "20-49",
        median,
        p25,
        p75,
        None,
        None,
        night,
        night,
    )


@st.composite
def figures(draw: st.DrawFn, metric: str) -> dict[str, int | None]:
    """Figures of a metric on its grid, in order, as far as they are printed."""
    kind = kind_of(metric)
    if kind.is_share:
        return {"median": draw(st.integers(0, 20)) * 5, "p10": None, "p25": None, "p75": None, "p90": None}
    steps = sorted(draw(st.lists(st.integers(0, 200_000), min_size=5, max_size=5)))
    p10, p25, median, p75, p90 = (one * kind.step for one in steps)
    printed = draw(st.integers(0, 2))
    return {
        "median": median,
        "p25": p25 if printed else None,
        "p75": p75 if printed else None,
        "p10": p10 if printed == 2 else None,
        "p90": p90 if printed == 2 else None,
    }


@st.composite
def releases(draw: st.DrawFn, night: date = NIGHT) -> list[PublishedCell]:
    """The cells of a release: some of the possible ones, each once."""
    possible = [
        (*place, shop_type, position, metric)
        for place in PLACES
        for shop_type in ("all", "collision", "tire")
        for metric in METRICS
        for position in (("technician_a", "painter", ALL) if KINDS[metric].by_position else (ALL,))
    ]
    chosen = draw(st.lists(st.sampled_from(possible), unique=True, max_size=40))
    cells = []
    for level, loc, shop_type, position, metric in chosen:
        as_of = night - timedelta(days=draw(st.integers(0, 400)))
        cells.append(
            PublishedCell(
                loc_level=level,
                loc=loc,
                shop_type=shop_type,
                position=position,
                metric=metric,
                composite=KINDS[metric].by_position and position == ALL,
                band=draw(st.sampled_from(["5-9", "10-19", "20-49", "50-99", "100+"])),
                as_of=as_of,
                newest=as_of + timedelta(days=draw(st.integers(0, (night - as_of).days))),
                **draw(figures(metric)),
            )
        )
    return cells
