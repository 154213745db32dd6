"""The function that an arriving file starts."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.config import Config
from chalicelib.errors import TemporarilyUnavailable
from chalicelib.school_lists import jobs
from chalicelib.school_lists.identity_store import IdentityStore
from chalicelib.school_lists.imports import ImportStatus
from chalicelib.school_lists.store import ImportStore
from chalicelib.table.table import Table
from tests.functional.school_lists.conftest import HEADER, rows


class Context:
    """What Lambda tells a function of its invocation."""

    function_name = "import"

    def get_remaining_time_in_millis(self) -> int:
        return 800_000


def event(
    settings: Config,
    key: str,
    content: bytes = b"",
    *,
    sequencer: str = "0001",
    bucket: str = "",
    metadata: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The event of an object that was created, as EventBridge tells of it; the object is put first."""
    bucket = bucket or settings.uploads_bucket
    etag = '"gone"'
    if bucket == settings.uploads_bucket:
        put = aws.s3().put_object(Bucket=bucket, Key=key, Body=content, Metadata=metadata or {})
        etag = put["ETag"]
    return {
        "version": "0",
        "id": "7a5a1f6c-0000-4000-8000-000000000000",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "000000000000",
        "time": "2026-06-15T12:30:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {"key": key, "size": len(content), "etag": etag.strip('"'), "sequencer": sequencer},
            "reason": "PutObject",
        },
    }


def down(*_: Any) -> None:
    raise TemporarilyUnavailable("The directory did not answer in time.")


def continuations(settings: Config) -> set[str]:
    """The objects by which imports have themselves go on."""
    listed = aws.s3().list_objects_v2(Bucket=settings.uploads_bucket, Prefix="continuations/")
    return {one["Key"] for one in listed.get("Contents", ())}


def deliver(happened: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = jobs.import_school_list(happened, Context())
    return answer


@pytest.fixture
def imports(table: Table) -> ImportStore:
    return ImportStore(table)


def test_a_dropped_list_is_imported(imports: ImportStore, settings: Config) -> None:
    answer = deliver(event(settings, "uploads/2026/schools ü.csv", (HEADER + rows(1, 5)).encode()))
    assert answer["status"] == "done"
    done = imports.get(answer["import_id"])
    assert done.filename == "schools ü.csv"
    assert done.counts.created == 4


def test_an_event_delivered_again_is_the_same_import_and_a_file_dropped_again_another(
    imports: ImportStore, settings: Config
) -> None:
    content = (HEADER + rows(1, 5)).encode()
    first = event(settings, "uploads/schools.csv", content)
    ids = [
        deliver(one)["import_id"]
        for one in (first, first, event(settings, "uploads/schools.csv", content, sequencer="0002"))
    ]
    assert ids[0] == ids[1] != ids[2]
    assert imports.get(ids[2]).counts.unchanged == 4
    listed, following = imports.page(10, None)
    assert {one.id for one in listed} == set(ids)
    assert following is None


def test_a_file_dropped_again_goes_on_with_an_import_that_was_cut_off(
    imports: ImportStore, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (HEADER + rows(1, 5)).encode()
    with monkeypatch.context() as patch:
        patch.setattr(ImportStore, "finish", down)
        with pytest.raises(TemporarilyUnavailable):
            deliver(event(settings, "uploads/schools.csv", content))
    (cut_off,) = imports.page(10, None)[0]
    assert cut_off.status is ImportStatus.RUNNING
    answer = deliver(event(settings, "uploads/schools.csv", content, sequencer="0002"))
    assert answer == {"import_id": cut_off.id, "status": "done"}
    assert imports.get(cut_off.id).counts.created == 4


@pytest.mark.parametrize(
    "key",
    ["reports/0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10/report.csv", "other/x.csv", "uploads/", "uploads/a/"],
)
def test_what_is_no_upload_is_left_alone(imports: ImportStore, settings: Config, key: str) -> None:
    assert deliver(event(settings, key, b"name,zip\n"))["import_id"] is None
    assert imports.page(10, None) == ([], None)


def test_another_bucket_is_left_alone(imports: ImportStore, settings: Config) -> None:
    assert deliver(event(settings, "uploads/x.csv", bucket="another"))["import_id"] is None
    assert imports.page(10, None) == ([], None)


def test_a_list_that_nobody_announced_is_imported_wherever_it_lies(
    imports: ImportStore, settings: Config
) -> None:
    key = "imports/0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10/schools.csv"
    answer = deliver(event(settings, key, (HEADER + rows(1, 3)).encode()))
    assert answer["status"] == "done"
    assert imports.get(answer["import_id"]).key == key
    assert answer["import_id"] not in key


def test_a_refused_list_is_no_error_of_the_function(imports: ImportStore, settings: Config) -> None:
    answer = deliver(event(settings, "uploads/photo.csv", b"\xff\xd8\xff\xe0"))
    assert answer["status"] == "refused"
    assert "JPEG" in str(imports.get(answer["import_id"]).reason)


def test_an_error_is_raised_while_the_event_will_come_again_and_then_recorded(
    imports: ImportStore, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened = event(settings, "uploads/schools.csv", (HEADER + rows(1, 5)).encode())
    with monkeypatch.context() as patch:
        patch.setattr(IdentityStore, "known", down)
        patch.setattr("chalicelib.school_lists.importer._TRIES", 1)
        for _ in range(jobs.ATTEMPTS - 1):
            with pytest.raises(TemporarilyUnavailable):
                deliver(happened)
        answer = deliver(happened)
    assert answer["status"] == "failed"
    assert imports.get(answer["import_id"]).status is ImportStatus.FAILED
    assert deliver(happened)["status"] == "done"


def test_an_import_goes_on_in_as_many_invocations_as_it_takes(
    imports: ImportStore, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened = event(settings, "uploads/schools.csv", (HEADER + rows(1, 8)).encode())
    tools = jobs._tools
    monkeypatch.setattr(
        jobs, "_tools", lambda *given: replace(tools(*given), chunk_rows=1, seconds_left=lambda: 10.0)
    )
    answer = deliver(happened)
    delivered: set[str] = set()
    while waiting := continuations(settings) - delivered:
        key = waiting.pop()
        delivered.add(key)
        answer = deliver(event(settings, key))
    assert answer["status"] == "done"
    assert len(delivered) == 7
    done = imports.get(answer["import_id"])
    assert (done.counts.rows_read, done.counts.created, done.attempt) == (7, 7, 8)


@pytest.mark.usefixtures("imports")
def test_an_import_that_met_another_one_is_woken_when_that_one_ends(
    settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_PATIENCE", 0.0)
    first = event(settings, "uploads/first.csv", (HEADER + rows(1, 5)).encode())
    second = event(settings, "uploads/second.csv", (HEADER + rows(5, 9)).encode())
    met: list[dict[str, Any]] = []
    transact = ImportStore.transact

    def meets(store: ImportStore, writes: Any) -> None:
        transact(store, writes)
        if not met:
            met.append({})
            met.append(deliver(second))

    with monkeypatch.context() as patch:
        patch.setattr(ImportStore, "transact", meets)
        assert deliver(first)["status"] == "done"
    assert met[1]["status"] == "waiting"
    (key,) = continuations(settings)
    assert met[1]["import_id"] in key
    assert deliver(event(settings, key)) == {"import_id": met[1]["import_id"], "status": "done"}
    assert deliver(event(settings, key))["status"] == "done"


def test_what_is_said_of_a_dropped_list_is_heard(imports: ImportStore, settings: Config) -> None:
    happened = event(
        settings,
        "uploads/hd2020.csv",
        (HEADER + rows(1, 3)).encode(),
        metadata={"mode": "full", "list-date": "2020-10-01", "source": "montana", "unrelated": "x"},
    )
    done = imports.get(deliver(happened)["import_id"])
    assert (done.options.mode, str(done.list_date), done.source) == ("full", "2020-10-01", "montana")


@pytest.mark.parametrize("metadata", [{"mode": "whole"}, {"list-date": "soon"}, {"mapping-name": "none"}])
def test_a_dropped_list_of_which_nonsense_is_said_is_refused(
    imports: ImportStore, settings: Config, metadata: dict[str, str]
) -> None:
    happened = event(settings, "uploads/x.csv", (HEADER + rows(1, 3)).encode(), metadata=metadata)
    answer = deliver(happened)
    assert answer["status"] == "refused"
    refused = imports.get(answer["import_id"])
    assert "metadata" in str(refused.reason)
    assert deliver(happened) == answer


def test_the_function_can_be_imported_as_lambda_does() -> None:
    code = "from chalicelib.school_lists.jobs import import_school_list as f; assert callable(f)"
    subprocess.run(  # noqa: S603 - a fixed program
        [sys.executable, "-c", code], check=True, timeout=60
    )
