"""What the API says of releases, and of what a cell said in one release after another."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from chalicelib.exchange.asking import AskedPosition, Metric
from chalicelib.exchange.history import Run
from chalicelib.exchange.views import Band, Figures, Place, ReleaseId, figures_of
from chalicelib.values import Model, Timestamp


class FileView(Model):
    """A file of a release."""

    name: Annotated[str, Field(examples=["places/state/MT.json.gz"])]
    bytes: int
    sha256: str
    media_type: str
    encoding: str | None


class CellCounts(Model):
    """How many cells a release has at each level."""

    area: int = 0
    state: int = 0
    division: int = 0
    nation: int = 0


class ReleaseSummary(Model):
    """A release, without its files."""

    release_id: ReleaseId
    night: date
    created_at: Timestamp
    previous: ReleaseId | None
    """The release that it follows."""
    method_version: str
    cells: CellCounts


class ReleasesQuery(Model):
    """Which page of the list is asked for."""

    limit: Annotated[int, Field(ge=1, le=100)] = 30
    cursor: str | None = None
    """From ``next_cursor`` of the page before."""


class ReleasesView(Model):
    """Releases, newest first."""

    items: tuple[ReleaseSummary, ...]
    next_cursor: str | None


class ReleaseView(ReleaseSummary):
    """The manifest of a release."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "release_id": "2026-06-15-3f9a1c07b2de",
                    "night": "2026-06-15",
                    "created_at": "2026-06-15T07:00:09Z",
                    "previous": "2026-06-14-90c2b1aa04d7",
                    "method_version": "1.0",
                    "code_version": "0.1.0",
                    "cells": {"area": 3102, "state": 1450, "division": 610, "nation": 298},
                    "policy": {"k": 5, "share_percent": 25, "p_percent": 15, "minimum_age_days": 90},
                    "files": [
                        {
                            "name": "places/state/MT.json.gz",
                            "bytes": 2117,
                            "sha256": "3f9a1c07b2de4c1f8a6b5d4e3c2b1a09f8e7d6c5b4a392817f6e5d4c3b2a1908",
                            "media_type": "application/json",
                            "encoding": "gzip",
                        }
                    ],
                }
            ]
        }
    )

    code_version: str
    policy: dict[str, Any]
    """The thresholds it was made with, by name: ``k`` is how many owner groups a cell rests on at least."""
    files: tuple[FileView, ...]


class SeriesPoint(Model):
    """What the cell said from one night to another: figures change only now and then."""

    first_night: date
    last_night: date
    """The last night of a release that said so."""
    owner_groups: Band | None
    as_of: date | None
    newest: date | None
    figures: Figures | None
    """Null where the cell was not published in these nights."""


class SeriesAnswer(Place):
    """What one cell said in one release after another."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "location": {"level": "state", "code": "MT", "name": "Montana"},
                    "shop_type": "collision",
                    "metric": "labor_rate_body",
                    "position": None,
                    "composite": False,
                    "points": [
                        {
                            "first_night": "2026-05-01",
                            "last_night": "2026-06-15",
                            "owner_groups": "20-49",
                            "as_of": "2026-05-01",
                            "newest": "2026-05-01",
                            "figures": {
                                "unit": "usd_per_hour",
                                "median_usd": "65.00",
                                "p25_usd": "62.50",
                                "p75_usd": "67.50",
                                "p10_usd": None,
                                "p90_usd": None,
                            },
                        }
                    ],
                    "nights": 46,
                    "first_night": "2026-05-01",
                    "release_id": "2026-06-15-3f9a1c07b2de",
                    "night": "2026-06-15",
                }
            ]
        }
    )

    metric: Metric
    position: AskedPosition | None
    composite: bool
    points: tuple[SeriesPoint, ...]
    """Oldest first, without gaps from the night on which the cell was first published."""
    nights: int
    """How many retained nights there are."""
    first_night: date
    """The oldest retained night."""
    release_id: ReleaseId
    night: date
    """The latest one."""


def release_view(manifest: Mapping[str, Any]) -> ReleaseView:
    """The manifest as the API shows it; what it holds beyond that is not shown."""
    shown = {name: manifest[name] for name in ReleaseView.model_fields if name in manifest}
    counts = {
        level: number for level, number in manifest["cells"].items() if level in CellCounts.model_fields
    }
    return ReleaseView.model_validate({"previous": None, **shown, "cells": counts}, strict=False)


def series_points(runs: list[Run]) -> tuple[SeriesPoint, ...]:
    """Runs as the API shows them."""
    return tuple(
        SeriesPoint(
            first_night=run.first,
            last_night=run.last,
            owner_groups=run.cell.band if run.cell else None,
            as_of=run.cell.as_of if run.cell else None,
            newest=run.cell.newest if run.cell else None,
            figures=figures_of(run.cell) if run.cell else None,
        )
        for run in runs
    )
