"""A release: the immutable files of one night, and the name that follows from what is in them.

``releases/<release id>/`` holds a document for every state, every division and the nation (``places``), the
history of the cells of each (``history``), ``cells.csv`` and ``cells.parquet`` of the whole, and
``manifest.json``, which is written last. The id is the night and the beginning of a digest of the cells, the
rules, and the release before: the same night made again from the same things has the same id.
"""

import csv
import hashlib
import io
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np

from chalicelib.days import day_number, day_of_number
from chalicelib.exchange.cells import NOT_PRINTED
from chalicelib.exchange.history import histories
from chalicelib.exchange.metric_kinds import kind_of
from chalicelib.exchange.models import ALL, LEVELS, PublishedCell
from chalicelib.exchange.places import Head, documents
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.printing import dimensions
from chalicelib.exchange.publisher import Publication
from chalicelib.exchange.store import MANIFEST, File
from chalicelib.geography.service import STATES

_FIGURES: Final = ("median", "p25", "p75", "p10", "p90")
_DATES: Final = ("as_of", "newest")
_COLUMNS: Final = (
    *("loc_level", "loc", "shop_type", "position", "metric", "unit", "composite", "owner_groups"),
    *_FIGURES,
    *_DATES,
)
_PARQUET: Final = (
    "SELECT "  # noqa: S608 - of the names above
    + ", ".join(
        f"CAST({'band' if name == 'owner_groups' else name} AS VARCHAR) AS {name}"
        for name in _COLUMNS
        if name not in (*_FIGURES, *_DATES, "composite")
    )
    + ", composite, "
    + ", ".join(
        f"CAST(CASE WHEN isnan({name}) THEN NULL ELSE {name} END AS DECIMAL(12, 2)) AS {name}"
        for name in _FIGURES
    )
    + "".join(f", DATE '1970-01-01' + {name} AS {name}" for name in _DATES)
    + " FROM cells"
)
_HUNDREDTHS: Final = 100

Previous = Callable[[str], bytes | None]
"""Gives a file of the release before by its name; None where there is none."""


@dataclass(frozen=True, slots=True)
class Release:
    """All of a release but its manifest, which is the only part that knows when it was made."""

    release_id: str
    night: date
    previous: str | None
    policy: Policy
    code_version: str
    cells_by_level: Mapping[str, int]
    files: tuple[File, ...]

    def manifest(self, created_at: datetime) -> File:
        """What the release holds, and under which rules. It counts cells, never contributors."""
        content = {
            "release_id": self.release_id,
            "night": self.night.isoformat(),
            "created_at": created_at.isoformat().replace("+00:00", "Z"),
            "previous": self.previous,
            "method_version": self.policy.method_version,
            "code_version": self.code_version,
            "policy": self.policy.to_json(),
            "cells": {level: self.cells_by_level.get(level, 0) for level in LEVELS},
            "files": [
                {
                    "name": file.name,
                    "bytes": len(file.body),
                    "sha256": file.sha256,
                    "media_type": file.media_type,
                    "encoding": file.encoding,
                }
                for file in self.files
            ],
        }
        body = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return File(MANIFEST, body, "application/json")


def code_version() -> str:
    """Which code computes releases: the beginning of a digest of its sources."""
    whole = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]


def cells_of(publication: Publication) -> list[PublishedCell]:
    """What a publication prints, in the order of places, shop types, positions and metrics."""
    return sorted([*_plain(publication), *_composed(publication)])


def _plain(publication: Publication) -> Iterator[PublishedCell]:
    cells, policy, state = publication.cells, publication.policy, publication.state
    newest = _newest(publication)
    columns = (cells.groups.tolist(), cells.figures.tolist(), cells.as_of.tolist(), newest.tolist())
    for where, groups, figures, oldest, latest in zip(
        dimensions(state.vocabulary, cells.key), *columns, strict=True
    ):
        median, p25, p75, p10, p90 = (None if value == NOT_PRINTED else value for value in figures)
        dates = day_of_number(oldest), day_of_number(latest)
        yield PublishedCell(*where, False, policy.band(groups), median, p25, p75, p10, p90, *dates)


def _composed(publication: Publication) -> Iterator[PublishedCell]:
    cells, policy, made = publication.cells, publication.policy, publication.cells.composites
    newest = _newest(publication)
    for at, (level, loc, shop_type, _, metric) in enumerate(
        dimensions(publication.state.vocabulary, made.key)
    ):
        parts = made.cells[made.cell_starts[at] : made.cell_starts[at + 1]]
        # The largest of the printed bands it is made of: nothing but printed figures enters a composite.
        band = policy.band(int(cells.groups[parts].max()))
        where = (level, loc, shop_type, ALL, metric)
        dates = day_of_number(int(made.as_of[at])), day_of_number(int(newest[parts].max()))
        yield PublishedCell(*where, True, band, int(made.median[at]), None, None, None, None, *dates)


def _newest(publication: Publication) -> Any:
    """The night on which the newest block of each cell last changed."""
    cells = publication.cells
    if not len(cells):
        return np.empty(0, np.int64)
    return np.maximum.reduceat(publication.state.admitted[cells.blocks], cells.block_starts[:-1])


def build(
    cells: Sequence[PublishedCell], night: date, policy: Policy, previous: str | None, read: Previous
) -> Release:
    """The release of these cells. ``previous`` is the release before, whose files ``read`` gives."""
    version = code_version()
    table = _csv(cells)
    rules = json.dumps([night.isoformat(), previous, version, policy.to_json()], sort_keys=True)
    release_id = f"{night.isoformat()}-{hashlib.sha256(rules.encode() + table).hexdigest()[:12]}"
    divisions = {state.code: state.division.value for state in STATES.values()}
    head = Head(release_id, night, policy.method_version, policy.k, policy.minimum_age_days)
    packed = [
        File(name, body, "application/json", "gzip")
        for made in (documents(cells, divisions, head), histories(cells, divisions, night, read))
        for name, body in made
    ]
    return Release(
        release_id=release_id,
        night=night,
        previous=previous,
        policy=policy,
        code_version=version,
        cells_by_level=Counter(cell.loc_level for cell in cells),
        files=(
            *packed,
            File("cells.csv", table, "text/csv; charset=utf-8"),
            File("cells.parquet", _parquet(cells), "application/vnd.apache.parquet"),
        ),
    )


def _csv(cells: Sequence[PublishedCell]) -> bytes:
    """A line a cell, figures as people read them: ``27.50``, ``<5``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for cell in cells:
        kind = kind_of(cell.metric)
        figures = ["" if value is None else kind.printed(value) for value in _figures(cell)]
        dates = cell.as_of.isoformat(), cell.newest.isoformat()
        where = (*cell[:5], kind.unit.value, str(cell.composite).lower(), cell.band)
        writer.writerow([*where, *figures, *dates])
    return text.getvalue().encode()


def _parquet(cells: Sequence[PublishedCell]) -> bytes:
    """A row a cell, figures as numbers in the unit of its metric; a share of 0 is "<5", one of 100 ">95"."""
    kinds = [kind_of(cell.metric) for cell in cells]
    texts: dict[str, list[str]] = {
        name: [getattr(cell, name) for cell in cells]
        for name in ("loc_level", "loc", "shop_type", "position", "metric", "band")
    }
    texts["unit"] = [kind.unit.value for kind in kinds]
    columns: dict[str, Any] = {name: np.array(column, object) for name, column in texts.items()}
    columns["composite"] = np.array([cell.composite for cell in cells], np.bool_)
    scale = np.array([1 if kind.is_share else _HUNDREDTHS for kind in kinds], np.float64)
    for name in _FIGURES:
        values = [getattr(cell, name) for cell in cells]
        columns[name] = np.array([np.nan if one is None else one for one in values], np.float64) / scale
    for name in _DATES:
        columns[name] = np.array([day_number(getattr(cell, name)) for cell in cells], np.int32)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as db:
        db.register("cells", columns)
        path = Path(folder) / "cells.parquet"
        db.execute(f"COPY ({_PARQUET}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        return path.read_bytes()


def _figures(cell: PublishedCell) -> tuple[int | None, ...]:
    return cell.median, cell.p25, cell.p75, cell.p10, cell.p90
