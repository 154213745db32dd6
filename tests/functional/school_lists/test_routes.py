"""Imports over HTTP."""

import pytest

from chalicelib import aws
from chalicelib.config import Config
from chalicelib.school_lists import jobs
from chalicelib.school_lists.store import ImportStore
from chalicelib.table.table import Table
from tests.conftest import Http, TokenMaker
from tests.functional.school_lists.conftest import HEADER, rows
from tests.functional.school_lists.test_job import Context, event

NO_IMPORT = "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"


@pytest.fixture
def admin(token: TokenMaker) -> str:
    return token("root", admin=True)


def test_from_announcing_to_the_report(client: Http, admin: str, settings: Config) -> None:
    started = client.post(
        "/v1/imports", json={"filename": "Schools (new) ü.csv", "size_bytes": 500}, token=admin
    )
    assert started.status == 201
    announced, upload = started.json["import"], started.json["upload"]
    assert started.headers["Location"] == f"imports/{announced['id']}"
    assert (announced["status"], announced["filename"]) == ("waiting", "Schools (new) ü.csv")
    assert upload["fields"]["key"] == f"imports/{announced['id']}/Schools_new_.csv"
    assert upload["max_bytes"] == settings.upload_max_bytes
    path = f"/v1/imports/{announced['id']}"
    assert client.get(path, token=admin).json["report_url"] is None

    content = HEADER + rows(1, 4) + ",,Missoula,MT,59801,,,\n"
    jobs.import_school_list(event(settings, upload["fields"]["key"], content.encode()), Context())
    shown = client.get(path, token=admin).json
    assert (shown["status"], shown["layout"], shown["created"], shown["rejected"]) == ("done", "plain", 3, 1)
    assert shown["problems"] == [
        {
            "row": 5,
            "column": "name",
            "value": "",
            "reason": "the school has no name",
            "remedy": "Write its name.",
            "rejected": True,
        }
    ]
    assert f"reports/{announced['id']}/report.csv" in shown["report_url"]


@pytest.mark.parametrize(
    ("filename", "key"), [("..", "_"), (".csv", "_csv"), ("a..csv", "a..csv"), ("列.csv", "_.csv")]
)
def test_the_key_of_an_upload_names_no_folder(client: Http, admin: str, filename: str, key: str) -> None:
    started = client.post("/v1/imports", json={"filename": filename}, token=admin).json
    assert started["upload"]["fields"]["key"] == f"imports/{started['import']['id']}/{key}"


@pytest.mark.parametrize("filename", ["a/b", "a\\b", "", " ", "a\u0000", "a\n", "x" * 121, "\u202e"])
def test_what_is_no_file_name_is_refused(client: Http, admin: str, filename: str) -> None:
    answer = client.post("/v1/imports", json={"filename": filename}, token=admin)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/filename")


def test_a_chosen_layout_is_used(client: Http, admin: str, settings: Config) -> None:
    started = client.post("/v1/imports", json={"filename": "x.csv", "layout": "ipeds_hd"}, token=admin).json
    jobs.import_school_list(
        event(settings, started["upload"]["fields"]["key"], HEADER.encode() + b"x,,,,,,,\n"), Context()
    )
    shown = client.get(f"/v1/imports/{started['import']['id']}", token=admin).json
    assert shown["status"] == "refused"
    assert shown["missing"] == ["ipeds_unit_id", "name", "state"]
    assert {"header": "street", "taken_for": ""} in shown["columns"]


def test_a_form_used_again_with_another_file_begins_another_import(
    client: Http, admin: str, settings: Config, table: Table
) -> None:
    started = client.post("/v1/imports", json={"filename": "x.csv"}, token=admin).json
    key, announced = started["upload"]["fields"]["key"], started["import"]["id"]
    first = event(settings, key, (HEADER + rows(1, 4)).encode())
    second = event(settings, key, (HEADER + rows(4, 9)).encode(), sequencer="0002")
    # The first file was replaced before its event came.
    assert jobs.import_school_list(first, Context()) == {"import_id": announced, "status": "refused"}
    other = jobs.import_school_list(second, Context())
    assert other["status"] == "done"
    assert other["import_id"] != announced
    assert ImportStore(table).get(other["import_id"]).counts.created == 5
    assert jobs.import_school_list(second, Context()) == other


def test_the_list_is_paged_newest_first(client: Http, admin: str) -> None:
    ids = [
        client.post("/v1/imports", json={"filename": f"{n}.csv"}, token=admin).json["import"]["id"]
        for n in range(3)
    ]
    first = client.get("/v1/imports?limit=2", token=admin).json
    second = client.get(f"/v1/imports?limit=2&cursor={first['next_cursor']}", token=admin).json
    assert [one["id"] for one in first["items"] + second["items"]] == ids[::-1]
    assert second["next_cursor"] is None


def test_a_repeated_request_announces_one_import(client: Http, admin: str) -> None:
    headers = {"Idempotency-Key": "upload-of-monday"}
    answers = [
        client.post("/v1/imports", json={"filename": "x.csv"}, token=admin, headers=headers) for _ in range(2)
    ]
    assert answers[0].json["import"] == answers[1].json["import"]
    assert answers[0].json["upload"]["fields"]["key"] == answers[1].json["upload"]["fields"]["key"]
    other = client.post("/v1/imports", json={"filename": "y.csv"}, token=admin, headers=headers)
    assert other.problem == "idempotency-mismatch"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"filename": ""},
        {"filename": "a/b.csv"},
        {"filename": "..\\b.csv"},
        {"filename": "x" * 121},
        {"filename": "x.csv", "layout": "none"},
        {"filename": "x.csv", "size_bytes": 0},
        {"filename": "x.csv", "size_bytes": 10**12},
        {"filename": "x.csv", "colour": "red"},
    ],
)
def test_bad_requests_name_the_field_and_write_nothing(
    client: Http, admin: str, table: Table, body: object
) -> None:
    answer = client.post("/v1/imports", json=body, token=admin)
    assert answer.problem == "invalid-input"
    assert answer.json["errors"]
    assert ImportStore(table).page(10, None) == ([], None)


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/imports"), ("GET", "/v1/imports"), ("GET", f"/v1/imports/{NO_IMPORT}")]
)
def test_only_administrators(client: Http, token: TokenMaker, method: str, path: str) -> None:
    body = {"filename": "x.csv"} if method == "POST" else None
    assert client.request(method, path, json=body).status == 401
    assert client.request(method, path, json=body, token=token("ann")).problem == "not-permitted"


def test_what_is_not_there(client: Http, admin: str) -> None:
    assert client.get(f"/v1/imports/{NO_IMPORT}", token=admin).problem == "not-found"
    assert client.get("/v1/imports/none", token=admin).problem == "invalid-input"
    assert client.get("/v1/imports?cursor=abc", token=admin).problem == "invalid-cursor"
    assert client.get("/v1/imports?limit=0", token=admin).problem == "invalid-input"


def test_nothing_of_an_import_is_public(client: Http, admin: str, settings: Config) -> None:
    started = client.post("/v1/imports", json={"filename": "x.csv"}, token=admin).json
    objects = aws.s3().list_objects_v2(Bucket=settings.uploads_bucket)
    assert objects["KeyCount"] == 0
    assert started["upload"]["fields"]["policy"]
