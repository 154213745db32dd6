"""A release: the immutable files of one night, and the name that follows from what is in them.

``releases/<release id>/`` holds ``nation/US``, one document for every division and every state (gzip JSON),
``cells.csv`` of the whole, and ``manifest.json``, which is written last. A state's document holds the cells
of the state, of its division and of the nation, so one read answers any look-up there. The id is the night
and the beginning of the digest of the contents before compression: the same cells of the same night have the
same id wherever they are made.
"""

import csv
import gzip
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from chalicelib.exchange.metric_kinds import kind_of
from chalicelib.exchange.models import LEVELS, NATION, Cell
from chalicelib.exchange.policy import Policy

Document = dict[str, Any]
"""A place's document: ``night``, ``method_version``, ``policy`` and ``cells``, which leads from metric,
position and ``<level>/<loc>/<shop type>`` to ``[band, median, p25, p75, as of]``."""

MANIFEST: Final = "manifest.json"
_CSV_COLUMNS: Final = (
    "loc_level",
    "loc",
    "shop_type",
    "position",
    "metric",
    "unit",
    "owner_groups",
    "median",
    "p25",
    "p75",
    "as_of",
)


@dataclass(frozen=True, slots=True)
class File:
    """One file of a release: its name below the release, and the bytes as they are stored."""

    name: str
    body: bytes
    media_type: str
    encoding: str | None = None

    @property
    def sha256(self) -> str:
        """The digest of the stored bytes."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Release:
    """All of a release but its manifest, which is the only part that knows when it was made."""

    release_id: str
    night: date
    policy: Policy
    cells_by_level: Mapping[str, int]
    files: tuple[File, ...]

    def manifest(self, created_at: datetime) -> File:
        """What the release holds, and under which rules. It counts cells, never contributors."""
        content = {
            "release_id": self.release_id,
            "night": self.night.isoformat(),
            "created_at": created_at.isoformat().replace("+00:00", "Z"),
            "method_version": self.policy.method_version,
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
        return File(MANIFEST, _json(content), "application/json")


def place_of(level: str, loc: str) -> str:
    """The name of a place's document, such as ``state/MT``."""
    return f"{level}/{loc}"


def document_name(place: str) -> str:
    """The name of the file that holds a place's document."""
    return f"places/{place}.json.gz"


def cell_key(level: str, loc: str, shop_type: str) -> str:
    """Where a document holds a cell below its metric and position."""
    return f"{level}/{loc}/{shop_type}"


def build(cells: Sequence[Cell], night: date, policy: Policy, divisions: Mapping[str, str]) -> Release:
    """The release of these cells. ``divisions`` leads from every state to its division."""
    held: dict[str, list[Cell]] = {}
    for cell in sorted(cells):
        held.setdefault(place_of(cell.loc_level, cell.loc), []).append(cell)
    nation = place_of("nation", NATION)
    covers: dict[str, tuple[str, ...]] = {nation: (nation,)}
    for division in set(divisions.values()):
        covers[place_of("division", division)] = (place_of("division", division), nation)
    for state, division in divisions.items():
        covers[place_of("state", state)] = (place_of("state", state), place_of("division", division), nation)
    contents = {
        document_name(place): _json(
            _document([one for name in names for one in held.get(name, ())], night, policy)
        )
        for place, names in covers.items()
    }
    table = _table(sorted(cells))
    files = [
        File(name, gzip.compress(content, mtime=0), "application/json", "gzip")
        for name, content in sorted(contents.items())
    ]
    return Release(
        release_id=f"{night.isoformat()}-{_digest({**contents, 'cells.csv': table})[:12]}",
        night=night,
        policy=policy,
        cells_by_level=Counter(cell.loc_level for cell in cells),
        files=(*files, File("cells.csv", table, "text/csv; charset=utf-8")),
    )


def _document(cells: Iterable[Cell], night: date, policy: Policy) -> Document:
    by_metric: dict[str, dict[str, dict[str, list[Any]]]] = {}
    for cell in cells:
        by_key = by_metric.setdefault(cell.metric, {}).setdefault(cell.position, {})
        by_key[cell_key(cell.loc_level, cell.loc, cell.shop_type)] = [
            cell.band,
            cell.median,
            cell.p25,
            cell.p75,
            cell.as_of.isoformat(),
        ]
    return {
        "night": night.isoformat(),
        "method_version": policy.method_version,
        "policy": policy.to_json(),
        "cells": by_metric,
    }


def _table(cells: Iterable[Cell]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for cell in cells:
        kind = kind_of(cell.metric)
        row = [
            cell.loc_level,
            cell.loc,
            cell.shop_type,
            cell.position,
            cell.metric,
            kind.unit.value,
            cell.band,
        ]
        row += ["" if value is None else kind.printed(value) for value in (cell.median, cell.p25, cell.p75)]
        writer.writerow([*row, cell.as_of.isoformat()])
    return text.getvalue().encode()


def _digest(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(contents.items()):
        digest.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _json(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
