"""A whole night: what it publishes, and what it leaves behind when it dies, runs twice, or is late."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.errors import NotFound, TemporarilyUnavailable
from chalicelib.exchange.release import MANIFEST, File
from chalicelib.exchange.service import PublishedNight, publish_night
from chalicelib.exchange.store import Pointer, ReleaseObjects
from chalicelib.submissions.service import Contribution
from tests.conftest import RELEASES
from tests.functional.exchange.conftest import (
    NIGHT,
    Entry,
    Exchange,
    organization_entry,
    organization_id,
    submission_entry,
)

Clock = Callable[[], datetime]


def run(
    exchange: Exchange, night: date = NIGHT, *, clock: Clock | None = None, objects: Any = None
) -> PublishedNight:
    at = clock or (lambda: datetime(2026, 6, 15, 7, tzinfo=UTC))
    return publish_night(exchange.index, objects or exchange.objects, exchange.pointers, night, at)


def assert_whole(exchange: Exchange, release_id: str) -> None:
    """Every file of the manifest is there, byte for byte."""
    stored = exchange.stored()
    manifest = exchange.objects.manifest(release_id)
    for file in manifest["files"]:
        found = File(file["name"], stored[f"releases/{release_id}/{file['name']}"], "")
        assert (found.sha256, len(found.body)) == (file["sha256"], file["bytes"])


def test_a_night_publishes_what_the_index_holds(exchange: Exchange) -> None:
    exchange.fill(20)
    done = run(exchange)
    assert (done.is_latest, done.night) == (True, NIGHT)
    assert exchange.pointers.latest() == Pointer(done.release_id, NIGHT)
    assert_whole(exchange, done.release_id)
    document = exchange.objects.document(done.release_id, "state/MT")
    assert document["cells"]["labor_rate_body"]["all"]["state/MT/collision"] == [
        "20-49", 6_500, 6_250, 6_750, NIGHT.isoformat()
    ]  # fmt: skip
    assert document["cells"]["benefit_health"]["all"]["state/MT/all"] == [
        "20-49",
        50,
        None,
        None,
        NIGHT.isoformat(),
    ]
    assert set(document["cells"]) == {"labor_rate_body", "hourly_equivalent", "annual_pay", "benefit_health"}
    assert done.cells == 4 * 6


def test_objects_are_compressed_and_say_so(exchange: Exchange) -> None:
    exchange.fill(5)
    release_id = run(exchange).release_id
    answer = exchange.client.get_object(
        Bucket=RELEASES, Key=f"releases/{release_id}/places/nation/US.json.gz"
    )
    assert (answer["ContentEncoding"], answer["ContentType"]) == ("gzip", "application/json")
    assert json.loads(gzip.decompress(answer["Body"].read()))["night"] == NIGHT.isoformat()


def test_nothing_published_names_a_contributor_or_their_number(exchange: Exchange) -> None:
    exchange.fill(23)
    run(exchange)
    for name, body in exchange.stored().items():
        text = (gzip.decompress(body) if name.endswith(".gz") else body).decode()
        assert "0190aaaa" not in text
        assert '"owner_groups"' not in text
        if not name.endswith(MANIFEST):
            assert ":23," not in text


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
    done = run(exchange)
    assert (done.cells, done.reading.unverified, done.reading.orphaned) == (0, 1, 1)
    assert run(exchange, NIGHT + timedelta(days=1)).cells == 6  # the young value is 90 days old now


def test_a_bad_item_is_set_aside_and_stops_nothing(exchange: Exchange) -> None:
    exchange.fill(5)
    exchange.put(Entry(organization_id(77), "benefits", "s1|garbage"))
    exchange.put_without_line(submission_entry(78, "benefits", Contribution("benefit_health", "", 1, 1)))
    done = run(exchange)
    assert done.cells == 4 * 6
    assert done.reading.set_aside == ["unknown", "unknown"]
    assert done.is_latest


def test_a_night_without_contributions_publishes_an_empty_release(exchange: Exchange) -> None:
    done = run(exchange)
    assert done.cells == 0
    assert_whole(exchange, done.release_id)


def test_the_same_night_again_gives_the_same_release_and_writes_no_file(
    exchange: Exchange, requests: Callable[[], list[str]]
) -> None:
    exchange.fill(12)
    first = run(exchange)
    before = exchange.stored()
    requests()
    again = run(exchange, clock=lambda: datetime(2026, 6, 15, 9, tzinfo=UTC))
    assert "PutObject" not in requests()
    assert (again.release_id, again.is_latest) == (first.release_id, True)
    assert exchange.stored() == before


def test_the_same_night_over_other_contributions_replaces_its_release(exchange: Exchange) -> None:
    exchange.fill(12)
    first = run(exchange)
    exchange.fill(12, first=12)
    second = run(exchange)
    assert second.release_id != first.release_id
    assert exchange.pointers.latest().release_id == second.release_id
    assert_whole(exchange, first.release_id)


def test_an_older_night_does_not_move_latest_back(exchange: Exchange) -> None:
    exchange.fill(12)
    newer = run(exchange)
    older = run(exchange, NIGHT - timedelta(days=1))
    assert not older.is_latest
    assert exchange.pointers.latest() == Pointer(newer.release_id, NIGHT)
    assert run(exchange, NIGHT + timedelta(days=1)).is_latest


class Dying(ReleaseObjects):
    """The bucket of a run that dies at one of its requests."""

    def __init__(self, client: Any, at: int) -> None:
        super().__init__(client, RELEASES)
        self.at = at
        self.done = 0

    def _step(self) -> None:
        self.done += 1
        if self.done > self.at:
            raise TemporarilyUnavailable("The store of releases did not answer. Try again.")

    def is_whole(self, release_id: str) -> bool:
        self._step()
        return super().is_whole(release_id)

    def put(self, release_id: str, file: File) -> None:
        self._step()
        super().put(release_id, file)


def test_a_run_that_dies_at_any_step_leaves_latest_as_it_was_and_can_be_repeated(exchange: Exchange) -> None:
    exchange.fill(6)
    old = run(exchange)
    exchange.fill(6, first=6)
    tomorrow = NIGHT + timedelta(days=1)
    steps = Dying(exchange.client, 10**6)
    files = len(exchange.objects.manifest(old.release_id)["files"])
    for at in (0, 1, 2, files // 2, files, files + 1):  # before, while and after writing, and at the manifest
        dying = Dying(exchange.client, at)
        with pytest.raises(TemporarilyUnavailable):
            run(exchange, tomorrow, objects=dying)
        assert exchange.pointers.latest() == Pointer(old.release_id, NIGHT)
    assert_whole(exchange, old.release_id)
    done = run(exchange, tomorrow, objects=steps)
    assert (
        steps.done == files + 2
    )  # it had to write all of them: nothing short of the manifest makes a release whole
    assert exchange.pointers.latest() == Pointer(done.release_id, tomorrow)
    assert_whole(exchange, done.release_id)


def test_a_run_that_dies_before_the_pointer_moves_is_finished_by_the_next(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.fill(6)

    def lost(_: object) -> bool:
        raise TemporarilyUnavailable("The directory did not answer in time. Try again.")

    with monkeypatch.context() as patched:
        patched.setattr(exchange.pointers, "move", lost)
        with pytest.raises(TemporarilyUnavailable):
            run(exchange)
    with pytest.raises(NotFound):
        exchange.pointers.latest()
    done = run(exchange)
    assert exchange.pointers.latest().release_id == done.release_id


def test_a_run_that_cannot_read_everything_publishes_nothing(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.fill(6)
    old = run(exchange)
    whole = exchange.index.shard

    def failing(number: int) -> Any:
        if number == 15:
            raise TemporarilyUnavailable("The directory is busy at this moment. Try again.")
        return whole(number)

    monkeypatch.setattr(exchange.index, "shard", failing)
    with pytest.raises(TemporarilyUnavailable):
        run(exchange, NIGHT + timedelta(days=1))
    assert exchange.pointers.latest().release_id == old.release_id


@pytest.mark.parametrize(
    ("meanwhile", "changed"),
    [
        (NIGHT - timedelta(days=1), False),
        (NIGHT, False),
        (NIGHT, True),
        (NIGHT + timedelta(days=1), False),
    ],
    ids=("an older night", "the same night", "the same night over other data", "a later night"),
)
def test_two_runs_at_once_leave_one_whole_latest_of_the_later_night(
    exchange: Exchange, meanwhile: date, changed: bool
) -> None:
    exchange.fill(6)

    class Interleaved(ReleaseObjects):
        """In the middle of whose writing another run does all of its own."""

        other: PublishedNight | None = None
        puts = 0

        def put(self, release_id: str, file: File) -> None:
            self.puts += 1
            if self.puts == 30:
                if changed:
                    exchange.fill(6, first=6)
                self.other = run(exchange, meanwhile)
            super().put(release_id, file)

    objects = Interleaved(exchange.client, RELEASES)
    mine = run(exchange, objects=objects)
    assert objects.other is not None
    latest = exchange.pointers.latest()
    assert latest.night == max(NIGHT, meanwhile)
    assert latest.release_id in (mine.release_id, objects.other.release_id)
    assert mine.is_latest is (meanwhile <= NIGHT)
    assert_whole(exchange, mine.release_id)
    assert_whole(exchange, objects.other.release_id)
