"""The files of a release, and its name."""

import csv
import gzip
import hashlib
import io
import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime

from chalicelib.exchange.models import Cell
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.release import File, Release, build

NIGHT = date(2026, 6, 15)
DIVISIONS = {"MT": "mountain", "ID": "mountain", "WA": "pacific"}


def cell(
    level: str, loc: str, shop_type: str = "all", metric: str = "labor_rate_body", median: int = 6_500
) -> Cell:
    return Cell(level, loc, shop_type, "all", metric, "5-9", median, None, None, NIGHT)


CELLS = [
    cell("state", "MT"),
    cell("state", "MT", "collision"),
    cell("state", "WA"),
    cell("division", "mountain"),
    cell("nation", "US"),
    cell("nation", "US", metric="benefit_health", median=100),
]


def made(cells: list[Cell] = CELLS, night: date = NIGHT, policy: Policy | None = None) -> Release:
    return build(cells, night, policy or Policy(), DIVISIONS)


def file_of(release: Release, name: str) -> File:
    return next(file for file in release.files if file.name == name)


def keys_of(release: Release, place: str) -> set[str]:
    document = json.loads(gzip.decompress(file_of(release, f"places/{place}.json.gz").body))
    return set(document["cells"].get("labor_rate_body", {}).get("all", {}))


def test_a_states_document_holds_its_own_cells_and_those_above_it() -> None:
    release = made()
    assert keys_of(release, "state/MT") == {
        "state/MT/all",
        "state/MT/collision",
        "division/mountain/all",
        "nation/US/all",
    }
    assert keys_of(release, "state/ID") == {"division/mountain/all", "nation/US/all"}
    assert keys_of(release, "division/mountain") == {"division/mountain/all", "nation/US/all"}
    assert keys_of(release, "nation/US") == {"nation/US/all"}


def test_every_place_has_a_document_even_where_nothing_is_published() -> None:
    names = {file.name for file in made([]).files}
    assert names == {
        *(f"places/state/{state}.json.gz" for state in DIVISIONS),
        "places/division/mountain.json.gz",
        "places/division/pacific.json.gz",
        "places/nation/US.json.gz",
        "cells.csv",
    }


def test_the_same_cells_in_any_order_give_the_same_bytes_and_name() -> None:
    again = made(random.Random(1).sample(CELLS, len(CELLS)))
    assert again.release_id == made().release_id
    assert again.files == made().files


def test_when_it_is_made_does_not_enter_the_name_but_all_else_does() -> None:
    release = made()
    early, late = (release.manifest(datetime(2026, 6, day, tzinfo=UTC)) for day in (15, 16))
    assert early.body != late.body
    others = [
        made([*CELLS[1:], replace(CELLS[0], median=6_750)]),
        made(CELLS[1:]),
        made(night=date(2026, 6, 16)),
        made(policy=Policy(k=6)),
    ]
    assert len({release.release_id, *(other.release_id for other in others)}) == 5
    assert release.release_id.startswith("2026-06-15-")
    assert len(release.release_id) == len("2026-06-15-") + 12


def test_the_table_of_all_cells_is_in_the_units_that_people_read() -> None:
    rows = list(csv.DictReader(io.StringIO(file_of(made(), "cells.csv").body.decode())))
    assert len(rows) == len(CELLS)
    figures = {(row["loc_level"], row["metric"]): (row["unit"], row["median"], row["p25"]) for row in rows}
    assert figures["nation", "benefit_health"] == ("share", ">95", "")
    assert figures["state", "labor_rate_body"] == ("usd_per_hour", "65.00", "")


def test_the_manifest_names_every_file_with_its_digest_and_counts_cells_only() -> None:
    release = made()
    manifest = json.loads(release.manifest(datetime(2026, 6, 15, 7, 1, tzinfo=UTC)).body)
    assert manifest["created_at"] == "2026-06-15T07:01:00Z"
    assert manifest["cells"] == {"state": 3, "division": 1, "nation": 2}
    assert manifest["policy"]["k"] == 5
    assert {file["name"]: file["sha256"] for file in manifest["files"]} == {
        file.name: hashlib.sha256(file.body).hexdigest() for file in release.files
    }
    assert set(manifest) == {
        "release_id", "night", "created_at", "method_version", "policy", "cells", "files",
    }  # fmt: skip
