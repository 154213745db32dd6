"""What administrators do with imports over HTTP: options, mappings, decisions, cancelling and undoing."""

from typing import Any

import pytest

from chalicelib import aws
from chalicelib.config import Config
from chalicelib.school_lists import jobs
from chalicelib.table import keys
from chalicelib.table.table import Table
from tests.conftest import Http, TokenMaker
from tests.functional.school_lists.conftest import HEADER, rows
from tests.functional.school_lists.test_job import Context, continuations, event
from tests.functional.school_lists.test_several_lists import DOUBTFUL, HD

MAPPING = {"columns": {"name": "Where", "zip": "Post"}, "constants": {"state": "MT"}}
LISTED = b"Where,Post,Remarks\nBig Sky Tech,59801,x\nSentinel Tech,59802,y\n"


@pytest.fixture
def admin(token: TokenMaker) -> str:
    return token("root", admin=True)


def upload(client: Http, admin: str, settings: Config, content: bytes, **said: Any) -> dict[str, Any]:
    """Announces a list, uploads it, runs its import, and gives the import as it is shown then."""
    started = client.post("/v1/imports", json={"filename": "schools.csv", **said}, token=admin)
    assert started.status == 201, started.text
    jobs.import_school_list(event(settings, started.json["upload"]["fields"]["key"], content), Context())
    shown: dict[str, Any] = client.get(f"/v1/imports/{started.json['import']['id']}", token=admin).json
    return shown


def go_on(settings: Config) -> None:
    """Delivers the events of all objects by which imports go on."""
    for key in continuations(settings):
        jobs.import_school_list(event(settings, key), Context())


def test_a_list_is_read_with_a_saved_mapping(client: Http, admin: str, settings: Config) -> None:
    path = "/v1/import-mappings/my-list"
    assert client.get(path, token=admin).problem == "not-found"
    saved = client.put(path, json=MAPPING, token=admin)
    assert saved.json == {"name": "my-list", **MAPPING, "header_row": None}
    assert client.get(path, token=admin).json == saved.json
    assert client.get("/v1/import-mappings", token=admin).json["items"] == [saved.json]
    done = upload(client, admin, settings, LISTED, mapping_name="my-list")
    assert (done["status"], done["created"], done["source"]) == ("done", 2, "my_list")
    assert upload(client, admin, settings, LISTED, mapping_name="my-list")["unchanged"] == 2


def test_a_list_is_read_with_a_mapping_of_its_own(client: Http, admin: str, settings: Config) -> None:
    done = upload(client, admin, settings, LISTED, mapping=MAPPING)
    assert (done["status"], done["created"], done["source"]) == ("done", 2, "file_schools")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"mapping_name": "none"}, "/mapping_name"),
        ({"mapping": {"columns": {"name": "Where"}}}, "/mapping/columns"),
        ({"mapping": {"columns": {"nonsense": "Where"}}}, "/mapping/columns/nonsense"),
        ({"mapping": MAPPING, "mapping_name": "x"}, "/mapping_name"),
        ({"layout": "nonsense"}, "/layout"),
        ({"mode": "whole"}, "/mode"),
        ({"default_state": "Montana"}, "/default_state"),
        ({"list_date": "1066-10-14"}, "/list_date"),
        ({"source": "My list"}, "/source"),
    ],
)
def test_what_cannot_be_is_refused(client: Http, admin: str, said: dict[str, Any], pointer: str) -> None:
    answer = client.post("/v1/imports", json={"filename": "x.csv", **said}, token=admin)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_list_without_states_takes_the_one_that_is_said(client: Http, admin: str, settings: Config) -> None:
    content = b"School Name,Address,City\nBig Sky High,3100 South Ave W,Missoula\n"
    done = upload(client, admin, settings, content, default_state="MT")
    assert (done["status"], done["created"]) == ("done", 1)


def test_a_list_that_is_not_understood_says_how_to_map_it(client: Http, admin: str, settings: Config) -> None:
    done = upload(client, admin, settings, b"Qwx,Yzz\nAlpha,1\nBeta,2\n")
    assert done["status"] == "refused"
    assert "columns" in done["mapping_skeleton"]


def test_an_undo_goes_on_in_the_background(
    client: Http, admin: str, token: TokenMaker, settings: Config, table: Table
) -> None:
    done = upload(client, admin, settings, (HEADER + rows(1, 6)).encode())
    path = f"/v1/imports/{done['id']}"
    assert client.post(f"{path}/undoing", token=token("ann")).problem == "not-permitted"
    undoing = client.post(f"{path}/undoing", token=admin)
    assert (undoing.status, undoing.json["status"]) == (200, "undoing")
    assert client.post(f"{path}/undoing", token=admin).json["status"] == "undoing"
    go_on(settings)
    undone = client.get(path, token=admin).json
    assert (undone["status"], undone["undone"]) == ("undone", {"removed": 5, "restored": 0, "kept": 0})
    assert client.post(f"{path}/undoing", token=admin).problem == "conflict"
    assert client.post(f"{path}/cancellation", token=admin).problem == "conflict"
    entries = list(table.query_all(f"AUDIT#{done['id']}", index=keys.DIRECTORY))
    assert "import.undone" in entries[0]["doc"]


def test_an_import_that_waits_for_its_file_is_cancelled(client: Http, admin: str, settings: Config) -> None:
    started = client.post("/v1/imports", json={"filename": "x.csv"}, token=admin).json
    path = f"/v1/imports/{started['import']['id']}"
    assert client.post(f"{path}/cancellation", token=admin).json["status"] == "cancelled"
    late = event(settings, started["upload"]["fields"]["key"], (HEADER + rows(1, 3)).encode())
    assert jobs.import_school_list(late, Context())["status"] == "cancelled"
    assert (
        client.post("/v1/imports/" + "0" * 8 + "-0000-7000-8000-000000000000/undoing", token=admin).status
        == 404
    )


def test_a_doubtful_row_is_decided(client: Http, admin: str, token: TokenMaker, settings: Config) -> None:
    upload(client, admin, settings, HD.encode(), layout="ipeds_hd", list_date="2024-10-01")
    done = upload(client, admin, settings, DOUBTFUL.encode(), source="careers", list_date="2025-01-01")
    assert (done["to_review"], done["created"]) == (1, 0)
    assert client.get("/v1/school-matches", token=token("ann")).problem == "not-permitted"
    (match,) = client.get("/v1/school-matches", token=admin).json["items"]
    assert (match["row"]["name"], match["row_number"], match["status"]) == (
        "Lincoln Career Training",
        2,
        "open",
    )
    (candidate,) = match["candidates"]
    assert 0.6 <= candidate["confidence"] < 0.9
    path = f"/v1/school-matches/{match['id']}"
    assert client.get(path, token=admin).json == match
    wrong = {"decision": "same", "organization_id": match["id"]}
    assert client.put(f"{path}/decision", json=wrong, token=admin).problem == "invalid-input"
    assert client.put(f"{path}/decision", json={"decision": "later"}, token=admin).json["status"] == "later"
    decided = client.put(f"{path}/decision", json={"decision": "same"}, token=admin).json
    assert (decided["status"], decided["organization_id"]) == ("same", candidate["organization_id"])
    assert client.put(f"{path}/decision", json={"decision": "same"}, token=admin).json == decided
    assert client.put(f"{path}/decision", json={"decision": "different"}, token=admin).problem == "conflict"
    assert client.get("/v1/school-matches", token=admin).json == {"items": [], "next_cursor": None}
    told = client.get(f"/v1/organizations/{candidate['organization_id']}/provenance", token=admin).json
    by_field = {one["field"]: one for one in told["fields"]}
    assert (by_field["name"]["source"], by_field["name"]["list_date"]) == ("careers", "2025-01-01")
    assert (by_field["phone"]["source"], by_field["phone"]["list_date"]) == ("ipeds_hd", "2024-10-01")
    assert not by_field["phone"]["changed_by_people"]
    assert told["not_in_latest_list"] == []


def test_the_uploader_is_told(client: Http, admin: str, settings: Config) -> None:
    upload(client, admin, settings, (HEADER + rows(1, 3)).encode())
    items = aws.dynamodb().scan(TableName=settings.table_name)["Items"]
    (notice,) = [item["doc"]["S"] for item in items if item["SK"]["S"] == "NOTICE"]
    assert '"user_id":"root"' in notice
    assert '"created":"2"' in notice
