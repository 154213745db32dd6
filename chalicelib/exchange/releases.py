"""Answering from what is published: the history of a cell, and the releases themselves."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from chalicelib.errors import NotFound
from chalicelib.exchange.asking import SeriesQuery, level_of_place
from chalicelib.exchange.models import ALL, state_of_area
from chalicelib.exchange.reader import ReleaseReader
from chalicelib.exchange.release_views import (
    CellCounts,
    ReleasesQuery,
    ReleaseSummary,
    ReleasesView,
    ReleaseView,
    SeriesAnswer,
    release_view,
    series_points,
)
from chalicelib.exchange.store import ReleaseEntry, ReleaseIndex
from chalicelib.exchange.views import location_of
from chalicelib.geography.service import Areas
from chalicelib.table.cursor import CursorSigner

_RELEASES: Final = "releases"


def series(reader: ReleaseReader, query: SeriesQuery, areas: Areas) -> SeriesAnswer:
    """What one cell said on every retained night.

    Raises ``InvalidInput``, ``NotFound`` where it was published on none of them, ``TemporarilyUnavailable``.
    """
    level = level_of_place(query)
    pointer = reader.latest()
    holder = ("state", state_of_area(query.place)) if level == "area" else (level, query.place)
    history = reader.history(pointer.release_id, *holder)
    shop_type, position = query.shop_type or ALL, query.position or ALL
    runs = history.runs(level, query.place, shop_type, position, query.metric)
    if not runs:
        raise NotFound(
            f"This was not published for {query.place} and {shop_type} on any night since {history.nights[0]}. Ask "
            "GET /v1/exchange/lookup which published cell covers it, and for that cell's series."
        )
    return SeriesAnswer(
        location=location_of(level, query.place, areas),
        shop_type=shop_type,
        metric=query.metric,
        position=query.position,
        composite=any(run.cell.composite for run in runs if run.cell),
        points=series_points(runs),
        nights=len(history.nights),
        first_night=history.nights[0],
        release_id=pointer.release_id,
        night=pointer.night,
    )


def latest_release(reader: ReleaseReader) -> ReleaseView:
    """The manifest of the latest release. Raises ``NotFound`` before any, ``TemporarilyUnavailable``."""
    return release_view(reader.manifest(reader.latest().release_id))


def release_of(reader: ReleaseReader, index: ReleaseIndex, release_id: str) -> ReleaseView:
    """The manifest of a release that is or was the latest. Raises ``NotFound``, ``TemporarilyUnavailable``.

    Files alone do not make a release: those of a run that lost a race were never published.
    """
    entry = index.of_night(date.fromisoformat(release_id[:10])) if _has_night(release_id) else None
    if entry is None or entry.release_id != release_id:
        raise NotFound("There is no such release; GET /v1/exchange/releases lists those there are.")
    return release_view(reader.manifest(release_id))


def releases(index: ReleaseIndex, signer: CursorSigner, query: ReleasesQuery) -> ReleasesView:
    """A page of the retained releases, newest first; empty before the first one. Raises ``InvalidCursor``."""
    before = None if query.cursor is None else date.fromisoformat(signer.read(_RELEASES, query.cursor))
    found = index.page(query.limit + 1, before)
    page = found[: query.limit]
    more = len(found) > query.limit
    next_cursor = signer.sign(_RELEASES, page[-1].night.isoformat()) if more else None
    return ReleasesView(items=tuple(map(_summary, page)), next_cursor=next_cursor)


def policy_in_force(reader: ReleaseReader) -> tuple[str, date, Mapping[str, Any]] | None:
    """The latest release, its night and the policy it was made with; None before the first one.

    Raises ``TemporarilyUnavailable``.
    """
    try:
        pointer = reader.latest()
    except NotFound:
        return None
    return pointer.release_id, pointer.night, reader.manifest(pointer.release_id)["policy"]


def _summary(entry: ReleaseEntry) -> ReleaseSummary:
    counts = {level: number for level, number in entry.cells.items() if level in CellCounts.model_fields}
    return ReleaseSummary(
        release_id=entry.release_id,
        night=entry.night,
        created_at=entry.created_at,
        previous=entry.previous,
        method_version=entry.method_version,
        cells=CellCounts(**counts),
    )


def _has_night(release_id: str) -> bool:
    try:
        date.fromisoformat(release_id[:10])
    except ValueError:
        return False
    return True
