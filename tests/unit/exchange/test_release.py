"""The files of a release, and its name."""

import csv
import hashlib
import io
import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime

import pytest

from chalicelib.exchange import history, places, release
from chalicelib.exchange.models import PublishedCell
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.release import Release, build, code_version
from chalicelib.exchange.store import File
from chalicelib.geography.service import STATES
from tests.unit.exchange.published import NIGHT, cell

CELLS = [
    cell("state", "MT", "all"),
    cell("state", "MT", "collision"),
    cell("area", "598-MT", "collision"),
    cell("state", "WA", "all"),
    cell("division", "mountain", "all"),
    cell("nation", "US", "all"),
    cell("nation", "US", "all", metric="benefit_health", median=100, quartiles=None),
]


@pytest.fixture(autouse=True)
def _few_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """A country of three states."""
    monkeypatch.setattr(release, "STATES", {code: STATES[code] for code in ("MT", "ID", "WA")})


def made(
    cells: Sequence[PublishedCell] = CELLS,
    night: date = NIGHT,
    policy: Policy | None = None,
    previous: str | None = None,
    read: Callable[[str], bytes | None] = lambda _: None,
) -> Release:
    return build(sorted(cells), night, policy or Policy(), previous, read)


def file_of(one: Release, name: str) -> File:
    return next(file for file in one.files if file.name == name)


def wheres(one: Release, level: str, loc: str) -> set[str]:
    """Where the cells in a place's document are."""
    document = places.decode(file_of(one, places.document_name(level, loc)).body)
    return {f"{cell.loc}/{cell.shop_type}" for cell in document if cell.metric == "labor_rate_body"}


def test_a_states_document_holds_its_own_cells_those_of_its_areas_and_those_above_it() -> None:
    one = made()
    above = {"mountain/all", "US/all"}
    assert wheres(one, "state", "MT") == {"MT/all", "MT/collision", "598-MT/collision", *above}
    assert wheres(one, "state", "ID") == above
    assert "mountain/all" in wheres(one, "division", "mountain")
    assert wheres(one, "nation", "US") == {"US/all"}


def test_every_place_has_its_files_even_where_nothing_is_published() -> None:
    where = ("state/MT", "state/ID", "state/WA", "division/mountain", "division/pacific", "nation/US")
    assert {file.name for file in made([]).files} == {
        *(f"{folder}/{place}.json.gz" for folder in ("places", "history") for place in where),
        "cells.csv",
        "cells.parquet",
    }


def test_a_history_goes_on_from_the_release_before() -> None:
    before = made()
    files = {file.name: file.body for file in before.files}
    tomorrow = date(2026, 6, 16)
    changed = [cell("state", "MT", "all", median=7_000, night=tomorrow), *CELLS[1:]]
    after = made(changed, tomorrow, previous=before.release_id, read=files.get)
    name = history.history_name("state", "MT")
    assert file_of(after, name).body != files[name]
    assert file_of(made(changed, tomorrow), name).body != file_of(after, name).body


def test_the_same_cells_in_any_order_give_the_same_bytes_and_name() -> None:
    again = made(random.Random(1).sample(CELLS, len(CELLS)))
    assert again.release_id == made().release_id
    assert again.files == made().files
    assert all(file.encoding == ("gzip" if file.name.endswith(".gz") else None) for file in again.files)


def test_when_it_is_made_does_not_enter_the_name_but_all_else_does() -> None:
    one = made()
    early, late = (one.manifest(datetime(2026, 6, day, tzinfo=UTC)) for day in (15, 16))
    assert early.body != late.body
    others = [
        made([*CELLS[1:], CELLS[0]._replace(median=6_750)]),
        made(CELLS[1:]),
        made(night=date(2026, 6, 16)),
        made(policy=Policy(k=6)),
        made(previous="2026-06-14-0123456789ab"),
    ]
    assert len({one.release_id, *(other.release_id for other in others)}) == 6
    assert one.release_id.startswith("2026-06-15-")
    assert len(one.release_id) == len("2026-06-15-") + 12


def test_the_table_of_all_cells_is_in_the_units_that_people_read() -> None:
    rows = list(csv.DictReader(io.StringIO(file_of(made(), "cells.csv").body.decode())))
    assert len(rows) == len(CELLS)
    figures = {
        (row["loc"], row["shop_type"], row["metric"]): (row["unit"], row["median"], row["p25"])
        for row in rows
    }
    assert figures["US", "all", "benefit_health"] == ("share", ">95", "")
    assert figures["MT", "collision", "labor_rate_body"] == ("usd_per_hour", "65.00", "62.50")


def test_the_manifest_names_every_file_with_its_digest_and_counts_cells_only() -> None:
    one = made(previous="2026-06-14-0123456789ab")
    manifest = json.loads(one.manifest(datetime(2026, 6, 15, 7, 1, tzinfo=UTC)).body)
    assert manifest["created_at"] == "2026-06-15T07:01:00Z"
    assert manifest["cells"] == {"area": 1, "state": 3, "division": 1, "nation": 2}
    assert (manifest["previous"], manifest["code_version"]) == ("2026-06-14-0123456789ab", code_version())
    assert manifest["policy"]["k"] == 5
    assert {file["name"]: file["sha256"] for file in manifest["files"]} == {
        file.name: hashlib.sha256(file.body).hexdigest() for file in one.files
    }
    assert set(manifest) == {
        *("release_id", "night", "created_at", "previous", "method_version", "code_version", "policy"),
        *("cells", "files"),
    }
