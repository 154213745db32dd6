"""Releases of chosen cells, put where readers look for them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache

from chalicelib.exchange.models import ALL, PublishedCell
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.release import Release, build
from chalicelib.exchange.store import MANIFEST, Pointer, ReleaseEntry
from tests.functional.exchange.conftest import NIGHT, Exchange

BODY_RATE = "labor_rate_body"
PAY = "hourly_equivalent"
Quantiles = tuple[int, int, int, int]


def cell(
    level: str,
    loc: str,
    shop_type: str,
    median: int,
    *,
    metric: str = BODY_RATE,
    position: str = ALL,
    quartiles: tuple[int, int] | None = None,
    tails: tuple[int, int] | None = None,
    night: date = NIGHT,
    composite: bool = False,
) -> PublishedCell:
    """A published cell of 20 to 49 owner groups."""
    p25, p75 = quartiles or (None, None)
    p10, p90 = tails or (None, None)
    where = (level, loc, shop_type, position, metric, composite, "20-49")
    return PublishedCell(*where, median, p25, p75, p10, p90, night, night)


CELLS = (
    cell("area", "598-MT", ALL, 6_000),
    cell("state", "MT", "collision", 6_500, quartiles=(6_250, 6_750)),
    cell("state", "MT", ALL, 6_250),
    cell("division", "mountain", "collision", 6_500),
    cell("division", "mountain", "fleet", 5_500),
    cell("division", "mountain", ALL, 6_250),
    cell("nation", "US", "collision", 7_000),
    cell("nation", "US", ALL, 7_250),
    cell(
        "state",
        "MT",
        ALL,
        2_700,
        metric=PAY,
        position="technician_a",
        quartiles=(2_550, 2_900),
        tails=(2_300, 3_350),
    ),
    cell("nation", "US", ALL, 2_600, metric=PAY, composite=True),
    cell("nation", "US", ALL, 5_700_000, metric="annual_pay", position="technician_a"),
    cell("nation", "US", ALL, 50, metric="benefit_health"),
    cell("nation", "US", ALL, 0, metric="benefit_tuition"),
    cell("nation", "US", ALL, 1_000, metric="benefit_paid_vacation_days", quartiles=(700, 1_200)),
    cell("nation", "US", ALL, 450, metric="benefit_retirement_match_percent"),
)


@cache
def release_of(
    cells: tuple[PublishedCell, ...], night: date, previous: tuple[PublishedCell, ...] | None
) -> Release:
    """The release of these cells, and, if so said, of other cells on the night before."""
    if previous is None:
        return build(cells, night, Policy(), None, lambda _: None)
    before = release_of(previous, date.fromordinal(night.toordinal() - 1), None)
    files = {file.name: file.body for file in before.files}
    return build(cells, night, Policy(), before.release_id, files.get)


def publish(
    exchange: Exchange,
    night: date = NIGHT,
    *,
    cells: tuple[PublishedCell, ...] = CELLS,
    previous: tuple[PublishedCell, ...] | None = None,
    places: Sequence[str] = (
        "state/MT",
        "state/ID",
        "state/WY",
        "state/PR",
        "division/mountain",
        "nation/US",
    ),
) -> str:
    """Puts what the tests read of a release into the bucket, and makes it the latest. Answers its id."""
    release = release_of(cells, night, previous)
    wanted = {f"{folder}/{place}.json.gz" for folder in ("places", "history") for place in places}
    moment = datetime(night.year, night.month, night.day, 7, tzinfo=UTC)
    for file in (*release.files, release.manifest(moment)):
        if file.name in wanted or file.name == MANIFEST:
            exchange.objects.put(release.release_id, file)
    state_key = f"state/{release.release_id}"
    entry = ReleaseEntry(
        release_id=release.release_id,
        night=night,
        created_at=moment,
        method_version=release.policy.method_version,
        cells=dict(release.cells_by_level),
        previous=release.previous,
        state_key=state_key,
    )
    pointer = Pointer(release.release_id, night, night, state_key, "digest", settled=True, ages_on=None)
    assert exchange.pointers.publish(exchange.pointers.find(), pointer, entry)
    return release.release_id
