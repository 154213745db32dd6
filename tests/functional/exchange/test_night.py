"""A whole night: what it publishes, and what it leaves behind when it dies, runs twice, or is late."""

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from chalicelib.errors import Conflict, NotFound, TemporarilyUnavailable
from chalicelib.exchange import night as nights
from chalicelib.exchange import places, release
from chalicelib.exchange.gate import Finding
from chalicelib.exchange.models import PublishedCell
from chalicelib.exchange.night import GateRefused, Night, Outcome, Stores
from chalicelib.exchange.night_store import StateObjects
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import Publication, publish
from chalicelib.exchange.store import MANIFEST, File
from chalicelib.geography.service import STATES
from chalicelib.submissions.service import Contribution
from tests.conftest import RELEASES, STATE
from tests.functional.exchange.conftest import (
    NIGHT,
    Entry,
    Exchange,
    organization_entry,
    organization_id,
    submission_entry,
)

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _few_states(monkeypatch: pytest.MonkeyPatch) -> None:
    """A country of three states: a release has some files for each, and writing them takes most of a test."""
    few = {code: STATES[code] for code in ("MT", "ID", "OR")}
    monkeypatch.setattr(release, "STATES", few)


def assert_whole(exchange: Exchange, release_id: str) -> None:
    """Every file of the manifest is there, byte for byte, and no other."""
    stored = exchange.stored()
    manifest = json.loads(exchange.objects.read(release_id, MANIFEST))
    assert manifest["release_id"] == release_id
    for file in manifest["files"]:
        found = File(file["name"], stored[f"releases/{release_id}/{file['name']}"], "")
        assert (found.sha256, len(found.body)) == (file["sha256"], file["bytes"])
    named = {f"releases/{release_id}/{file['name']}" for file in manifest["files"]}
    assert {name for name in stored if release_id in name} == named | {f"releases/{release_id}/{MANIFEST}"}


def assert_latest_is_whole(exchange: Exchange) -> None:
    """What the pointer names is whole, and so is the state that it goes with."""
    pointer = exchange.pointers.latest()
    assert_whole(exchange, pointer.release_id)
    assert exchange.stores.states.read(pointer.state_key)
    entry = exchange.releases.of_night(pointer.night)
    assert entry is not None
    assert entry.release_id == pointer.release_id


def montana(exchange: Exchange, release_id: str) -> dict[tuple[str, str, str, str, str], PublishedCell]:
    """The cells in Montana's document."""
    document = places.decode(exchange.objects.read(release_id, places.document_name("state", "MT")))
    return {(c.metric, c.position, c.loc_level, c.loc, c.shop_type): c for c in document}


def test_a_night_publishes_what_the_index_holds(exchange: Exchange) -> None:
    exchange.fill(20)
    done = exchange.run()
    assert (done.outcome, done.night) == (Outcome.PUBLISHED, NIGHT)
    assert_latest_is_whole(exchange)
    cells = montana(exchange, done.release_id)
    body = cells["labor_rate_body", "all", "area", "598-MT", "collision"]
    assert (body.band, body.median, body.p25, body.p75, body.p10) == ("20-49", 6_500, 6_250, 6_750, None)
    assert (body.as_of, body.newest, body.composite) == (NIGHT, NIGHT, False)
    assert cells["benefit_health", "all", "nation", "US", "all"].median == 50
    metrics = {"labor_rate_body", "hourly_equivalent", "annual_pay", "benefit_health"}
    assert {cell.metric for cell in cells.values()} == metrics
    assert done.cells == len(cells) == 4 * 8
    entry = exchange.releases.of_night(NIGHT)
    assert entry is not None
    assert entry.cells == {"area": 8, "state": 8, "division": 8, "nation": 8}
    assert (entry.previous, entry.created_at.isoformat()) == (None, "2026-06-15T07:00:00+00:00")


def test_objects_are_compressed_and_say_so(exchange: Exchange) -> None:
    exchange.fill(5)
    release_id = exchange.run().release_id
    name = f"releases/{release_id}/places/nation/US.json.gz"
    answer = exchange.client.get_object(Bucket=RELEASES, Key=name)
    assert (answer["ContentEncoding"], answer["ContentType"]) == ("gzip", "application/json")
    assert json.loads(gzip.decompress(answer["Body"].read()))["head"]["night"] == NIGHT.isoformat()


def test_analysts_get_the_same_cells_as_text_and_as_numbers(exchange: Exchange) -> None:
    exchange.fill(16)
    done = exchange.run()
    rows = list(csv.DictReader(io.StringIO(exchange.objects.read(done.release_id, "cells.csv").decode())))
    assert len(rows) == done.cells
    wanted = ("MT", "collision", "labor_rate_body")
    [row] = [row for row in rows if (row["loc"], row["shop_type"], row["metric"]) == wanted]
    shown = ("median", "unit", "owner_groups", "p10", "as_of")
    assert [row[name] for name in shown] == ["65.00", "usd_per_hour", "10-19", "", "2026-06-15"]
    table = parquet(exchange.objects.read(done.release_id, "cells.parquet"))
    assert len(table) == done.cells
    [number] = [other for other in table if all(other[name] == row[name] for name in WHERE)]
    assert [number[name] for name in shown] == [Decimal("65.00"), "usd_per_hour", "10-19", None, NIGHT]


WHERE = ("loc_level", "loc", "shop_type", "position", "metric", "unit", "owner_groups")


def parquet(body: bytes) -> list[dict[str, Any]]:
    """The rows of a Parquet file."""
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as db:
        file.write(body)
        file.flush()
        found = db.execute("SELECT * FROM read_parquet(?)", [file.name])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_nothing_published_names_a_contributor_or_their_number(exchange: Exchange) -> None:
    exchange.fill(23)
    exchange.run()
    for name, body in exchange.stored().items():
        text = (gzip.decompress(body) if name.endswith(".gz") else body).decode("latin-1")
        assert "0190aaaa" not in text
        if not name.endswith((MANIFEST, ".parquet")):
            assert ":23," not in text
            assert ",23," not in text


def test_the_state_is_private_and_holds_no_names(exchange: Exchange) -> None:
    exchange.fill(8)
    exchange.run()
    assert all(name.startswith("state/") for name in exchange.stored(STATE))
    assert not any(name.startswith("state/") for name in exchange.stored(RELEASES))


def test_unverified_young_and_withdrawn_figures_do_not_count(exchange: Exchange) -> None:
    exchange.fill(4)
    rate = Contribution("labor_rate_body", "", 6_500, 1)
    exchange.put(
        organization_entry(10, verified=False),
        submission_entry(10, "labor_rates", rate),
        organization_entry(11),
        submission_entry(11, "labor_rates", rate, effective=NIGHT - timedelta(days=89)),
        submission_entry(12, "labor_rates", rate),
    )
    done = exchange.run()
    assert done.reading is not None
    assert (done.cells, done.reading.unverified, done.reading.orphaned) == (0, 1, 1)
    assert exchange.run(NIGHT + DAY).cells == 8  # the young value is 90 days old now


def test_a_bad_item_is_set_aside_and_stops_nothing(exchange: Exchange) -> None:
    exchange.fill(5)
    exchange.put(Entry(organization_id(77), "benefits", "s1|garbage"))
    exchange.put_without_line(submission_entry(78, "benefits", Contribution("benefit_health", "", 1, 1)))
    done = exchange.run()
    assert done.reading is not None
    assert (done.outcome, done.cells > 0) == (Outcome.PUBLISHED, True)
    assert done.reading.set_aside == ["unknown", "unknown"]


def test_a_night_without_contributions_publishes_an_empty_release(exchange: Exchange) -> None:
    done = exchange.run()
    assert (done.outcome, done.cells) == (Outcome.PUBLISHED, 0)
    assert_latest_is_whole(exchange)
    exchange.fill(6)
    assert exchange.run(NIGHT + DAY).cells > 0


@pytest.mark.parametrize("changed", [False, True], ids=["the same figures", "other figures"])
def test_a_night_is_published_once(
    exchange: Exchange, requests: Callable[[], list[str]], changed: bool
) -> None:
    exchange.fill(12)
    first = exchange.run()
    if changed:
        exchange.fill(12, first=12)
    before = exchange.stored(), exchange.stored(STATE), exchange.pointers.latest()
    requests()
    again = exchange.run()
    assert requests() == ["GetItem"]
    assert (again.outcome, again.release_id) == (Outcome.ALREADY_DONE, first.release_id)
    assert (exchange.stored(), exchange.stored(STATE), exchange.pointers.latest()) == before


def test_an_older_night_publishes_nothing(exchange: Exchange) -> None:
    exchange.fill(12)
    newer = exchange.run()
    assert exchange.run(NIGHT - DAY).outcome is Outcome.ALREADY_DONE
    assert exchange.pointers.latest().release_id == newer.release_id
    exchange.fill(6, first=12)
    assert exchange.run(NIGHT + DAY).outcome is Outcome.PUBLISHED


def test_a_block_changes_only_with_k_owner_groups_and_keeps_its_date_until_then(exchange: Exchange) -> None:
    exchange.fill(12)
    first = montana(exchange, exchange.run().release_id)
    exchange.fill(4, first=12)
    second = montana(exchange, exchange.run(NIGHT + DAY).release_id)
    assert second == first
    exchange.fill(1, first=16)
    third = montana(exchange, exchange.run(NIGHT + 2 * DAY).release_id)
    body = "labor_rate_body", "all", "state", "MT", "all"
    assert (first[body].as_of, third[body].as_of) == (NIGHT, NIGHT + 2 * DAY)
    assert first[body].median != third[body].median


class TestAnUnchangedNight:
    """Nothing is computed where nothing can come of it."""

    @pytest.fixture
    def settled(self, exchange: Exchange) -> Night:
        """The second night over the same contributions: it computes, and finds that nothing changes."""
        exchange.fill(12)
        exchange.run()
        done = exchange.run(NIGHT + DAY)
        assert done.outcome is Outcome.PUBLISHED
        return done

    def test_it_is_noted_and_the_release_stays(
        self, exchange: Exchange, settled: Night, requests: Callable[[], list[str]]
    ) -> None:
        requests()
        done = exchange.run(NIGHT + 2 * DAY)
        assert requests() == ["GetItem", *["Query"] * 16, "GetItem", "UpdateItem"]
        assert (done.outcome, done.release_id) == (Outcome.UNCHANGED, settled.release_id)
        pointer = exchange.pointers.latest()
        assert (pointer.night, pointer.checked) == (NIGHT + DAY, NIGHT + 2 * DAY)
        assert exchange.run(NIGHT + 2 * DAY).outcome is Outcome.ALREADY_DONE

    def test_a_changed_line_ends_it(self, exchange: Exchange, settled: Night) -> None:
        exchange.run(NIGHT + 2 * DAY)
        exchange.put(organization_entry(3, verified=False))
        done = exchange.run(NIGHT + 3 * DAY)
        assert (done.outcome, done.release_id != settled.release_id) == (Outcome.PUBLISHED, True)

    @pytest.mark.usefixtures("settled")
    def test_other_rules_end_it(self, exchange: Exchange) -> None:
        other = replace(Policy(), k=6)
        assert exchange.run(NIGHT + 2 * DAY, policy=other).outcome is Outcome.PUBLISHED

    def test_it_is_computed_again_after_a_week(self, exchange: Exchange, settled: Night) -> None:
        outcomes = [exchange.run(NIGHT + many * DAY).outcome for many in range(2, 9)]
        assert outcomes == [*[Outcome.UNCHANGED] * 6, Outcome.PUBLISHED]
        assert settled.night == NIGHT + DAY


def test_a_value_that_comes_of_age_ends_unchanged_nights(exchange: Exchange) -> None:
    exchange.fill(4)
    rate = Contribution("labor_rate_body", "", 6_500, 1)
    exchange.put(
        organization_entry(11),
        submission_entry(11, "labor_rates", rate, effective=NIGHT - timedelta(days=87)),
    )
    outcomes = [exchange.run(NIGHT + many * DAY) for many in range(4)]
    assert [one.outcome for one in outcomes] == [
        Outcome.PUBLISHED,
        Outcome.UNCHANGED,
        Outcome.UNCHANGED,
        Outcome.PUBLISHED,
    ]
    assert outcomes[-1].cells == 8


class Dying:
    """Stores of a run that dies at one of its requests."""

    def __init__(self, stores: Stores, at: int) -> None:
        self.at = at
        self.done = 0
        self.stores = Stores(*(_Counted(getattr(stores, name), self) for name in Stores.__slots__))  # type: ignore[arg-type]

    def step(self) -> None:
        """Counts a request, or dies."""
        self.done += 1
        if self.done > self.at:
            raise TemporarilyUnavailable("The store of releases did not answer. Try again.")


class _Counted:
    def __init__(self, store: Any, run: Dying) -> None:
        self._store = store
        self._run = run

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        def call(*arguments: Any) -> Any:
            self._run.step()
            return method(*arguments)

        return call


def test_a_run_that_dies_at_any_step_leaves_latest_as_it_was_and_can_be_repeated(exchange: Exchange) -> None:
    exchange.fill(6)
    exchange.run()
    pointer = exchange.pointers.latest()
    exchange.fill(6, first=6)
    at, outcome = 0, None
    while outcome is None:
        assert exchange.pointers.latest() == pointer
        try:
            outcome = exchange.run(NIGHT + DAY, stores=Dying(exchange.stores, at).stores).outcome
        except TemporarilyUnavailable:
            at += 1
    files = json.loads(exchange.objects.read(exchange.pointers.latest().release_id, MANIFEST))["files"]
    # Pointer, index and state; the histories before; then the state, the files, the manifest, and the pointer again.
    assert at > len(files) + 7
    assert outcome is Outcome.PUBLISHED
    assert_latest_is_whole(exchange)


def test_a_lost_answer_of_the_pointers_move_is_no_second_release(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.fill(6)
    stores = exchange.stores
    move = stores.pointers.publish

    def lost(*arguments: Any) -> bool:
        move(*arguments)
        raise TemporarilyUnavailable("The directory did not answer in time. Try again.")

    monkeypatch.setattr(stores.pointers, "publish", lost)
    with pytest.raises(TemporarilyUnavailable):
        exchange.run(stores=stores)
    assert_latest_is_whole(exchange)
    assert exchange.run().outcome is Outcome.ALREADY_DONE


def test_before_the_first_release_there_is_none(exchange: Exchange) -> None:
    exchange.fill(6)
    with pytest.raises(TemporarilyUnavailable):
        exchange.run(stores=Dying(exchange.stores, 10).stores)
    with pytest.raises(NotFound):
        exchange.pointers.latest()


@pytest.mark.parametrize(
    "meanwhile",
    [NIGHT - DAY, NIGHT, NIGHT + DAY],
    ids=["an older night", "the same night", "a later night"],
)
@pytest.mark.parametrize("changed", [False, True], ids=["over the same data", "over other data"])
@pytest.mark.parametrize("first", [True, False], ids=["the first night", "a later night"])
def test_of_two_runs_at_once_one_is_the_latest_and_the_other_leaves_no_trace(
    exchange: Exchange, meanwhile: date, changed: bool, first: bool
) -> None:
    exchange.fill(6)
    if not first:
        exchange.run(NIGHT - 3 * DAY)
    exchange.fill(6, first=6)
    stores = exchange.stores
    others: list[Night] = []
    put = stores.objects.put

    def interleaved(release_id: str, file: File) -> None:
        if not others:
            others.append(Night(Outcome.OVERTAKEN, NIGHT, ""))
            if changed:
                exchange.fill(6, first=12)
            others[0] = exchange.run(meanwhile)
        put(release_id, file)

    mine = exchange.run(stores=_with_objects(stores, interleaved))
    assert others[0].outcome is Outcome.PUBLISHED
    assert mine.outcome is Outcome.OVERTAKEN
    assert exchange.pointers.latest().release_id == others[0].release_id == mine.release_id
    assert_latest_is_whole(exchange)
    listed = [entry.night for entry in exchange.releases.page(10)]
    assert listed == sorted({meanwhile, *([] if first else [NIGHT - 3 * DAY])}, reverse=True)
    # Whoever comes next goes on from what people saw.
    assert exchange.run(NIGHT + 5 * DAY).outcome is Outcome.PUBLISHED
    assert_latest_is_whole(exchange)


def _with_objects(stores: Stores, put: Callable[[str, File], None]) -> Stores:
    class Objects:
        find = stores.objects.find
        read = stores.objects.read

    Objects.put = staticmethod(put)  # type: ignore[attr-defined]
    return replace(stores, objects=Objects())  # type: ignore[arg-type]


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A gate that finds something."""

    def refused(*arguments: Any) -> Publication:
        finding = Finding("change is not safe", ("labor_rate_body/all state MT collision",))
        return replace(publish(*arguments), findings=(finding,))

    monkeypatch.setattr(nights, "publish", refused)
    yield
    monkeypatch.undo()


def test_what_the_gate_refuses_is_not_written_anywhere(
    exchange: Exchange, request: pytest.FixtureRequest
) -> None:
    exchange.fill(6)
    exchange.run()
    exchange.fill(6, first=6)
    before = exchange.stored(), exchange.stored(STATE), exchange.pointers.latest()
    request.getfixturevalue("refusing")
    with pytest.raises(GateRefused, match="change is not safe"):
        exchange.run(NIGHT + DAY)
    assert (exchange.stored(), exchange.stored(STATE), exchange.pointers.latest()) == before


def test_without_its_state_nothing_is_published(exchange: Exchange) -> None:
    exchange.fill(6)
    exchange.run()
    pointer = exchange.pointers.latest()
    exchange.fill(6, first=6)
    exchange.client.put_object(Bucket=STATE, Key=pointer.state_key, Body=b"not a state")
    with pytest.raises(Conflict, match="damaged"):
        exchange.run(NIGHT + DAY)
    exchange.client.delete_object(Bucket=STATE, Key=pointer.state_key)
    with pytest.raises(Conflict, match="not in its bucket"):
        exchange.run(NIGHT + DAY)
    assert exchange.pointers.latest() == pointer


def test_a_deleted_organization_leaves_no_link_in_the_state(exchange: Exchange) -> None:
    exchange.fill(7)
    exchange.run()
    for topic in ("PROFILE", "labor_rates", "pay#technician_a", "benefits"):
        exchange.take(organization_id(3), topic)
    exchange.run(NIGHT + DAY)
    files = exchange.stores.states.read(exchange.pointers.latest().state_key)
    names = {row["name"] for row in parquet(files["groups.parquet"])}
    assert organization_id(3) not in names
    assert organization_id(4) in names


def test_states_of_long_ago_are_let_go_of_once_a_newer_one_is_in_force(exchange: Exchange) -> None:
    kept = []
    other = exchange.stores.states.put(f"demand-{NIGHT}", {"rows.parquet": b"of another publication"})
    # Objects are as old as this machine's clock says, so that the last two nights are far after all of them.
    later = datetime.now(UTC).date() + timedelta(days=500)
    for at, night in enumerate((NIGHT, NIGHT + DAY, later, later + DAY)):
        exchange.fill(6, first=6 * at)
        assert exchange.run(night).outcome is Outcome.PUBLISHED
        kept.append(exchange.pointers.latest().state_key)
        stored = set(exchange.stored(STATE))
        assert stored - {other} == (set(kept) if at < 2 else set(kept[-2:]))
        assert other in stored
    assert_latest_is_whole(exchange)
    assert exchange.releases.of_night(NIGHT) is not None


def test_a_night_does_not_fail_for_old_states_that_stay(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> int:
        raise TemporarilyUnavailable("The store did not answer. Try again.")

    monkeypatch.setattr(StateObjects, "expire", refuse)
    exchange.fill(6)
    assert exchange.run().outcome is Outcome.PUBLISHED
