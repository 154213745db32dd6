"""The main job through the deployed stack: lists to directory, submissions to statistics, and what strangers get."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from infra.demo import SAMPLE_SCHOOLS, publish, register_shops
from infra.demo import ApiClient as DemonstrationClient
from infra.stack import StackInfo
from infra.synthetic import shops
from tests import factories
from tests.e2e.conftest import Api

pytestmark = pytest.mark.e2e
Person = Callable[[str | None], Api]


def _problem(answer: requests.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["type"].removeprefix("urn:connects:problem:")


def _import_of(admin: Api, name: str, eventually: Callable[..., Any]) -> dict[str, Any]:
    def ended() -> dict[str, Any] | None:
        listed = admin("GET", "/v1/imports?limit=100").json()["items"]
        return next((one for one in listed if one["filename"] == name and one["status"] in _ENDS), None)

    found: dict[str, Any] = eventually(ended)
    return found


_ENDS = ("done", "refused", "failed")


def test_a_list_dropped_into_the_bucket_becomes_a_directory(
    stack: StackInfo, person: Person, eventually: Callable[..., Any]
) -> None:
    admin, anyone = person("admin"), person(None)
    bucket = stack.outputs["UploadsBucketName"]
    rows = len(SAMPLE_SCHOOLS.read_text(encoding="utf-8").splitlines()) - 1
    stack.client("s3").upload_file(str(SAMPLE_SCHOOLS), bucket, "uploads/first.csv")
    first = _import_of(admin, "first.csv", eventually)
    assert (first["status"], first["created"], first["rejected"]) == ("done", rows, 0)

    listed = anyone("GET", "/v1/directory/organizations?kind=school&state=TX").json()["items"]
    assert listed
    near = anyone(
        "GET", "/v1/directory/nearby?zip=75201&radius_miles=200&kind=school&subject=automotive"
    ).json()
    distances = [one["distance_miles"] for one in near["items"]]
    assert distances == sorted(distances)
    assert distances

    stack.client("s3").upload_file(str(SAMPLE_SCHOOLS), bucket, "uploads/first (copy).csv")
    again = _import_of(admin, "first (copy).csv", eventually)
    assert (again["status"], again["created"], again["changed"], again["unchanged"]) == ("done", 0, 0, rows)


def test_an_upload_through_the_api_is_imported_or_refused_with_a_reason(
    person: Person, eventually: Callable[..., Any]
) -> None:
    admin = person("admin")
    files = {
        "latin.csv": "name,city,state,zip\nColl\xe8ge of Motors,Missoula,MT,59801\n".encode("cp1252"),
        "bomb.csv": b"PK\x03\x04" + b"\x00" * 500,
        "page.csv": b"<!DOCTYPE html><html><body>404</body></html>",
    }
    ended = {}
    for name, content in files.items():
        answer = admin("POST", "/v1/imports", json={"filename": name})
        assert answer.status_code == 201, answer.text
        upload = answer.json()["upload"]
        sent = requests.post(
            upload["url"], data=upload["fields"], files={"file": (name, content)}, timeout=60
        )
        assert sent.status_code in (200, 201, 204), sent.text
        path = f"/v1/imports/{answer.json()['import']['id']}"
        ended[name] = eventually(lambda path=path: _ended(admin("GET", path).json()))
    assert (ended["latin.csv"]["status"], ended["latin.csv"]["created"]) == ("done", 1)
    for name in ("bomb.csv", "page.csv"):
        assert ended[name]["status"] == "refused"
        assert ended[name]["reason"]


def _ended(one: dict[str, Any]) -> dict[str, Any] | None:
    return one if one["status"] in _ENDS else None


def test_shops_submit_and_everyone_reads_statistics(stack: StackInfo, person: Person) -> None:
    from rich.progress import Progress

    from chalicelib.clock import utc_now

    listed = [
        shop for shop in shops(400, utc_now().date()) if shop.organization["shop_type"] == "independent"
    ][:48]
    with Progress(disable=True) as progress:
        register_shops(stack, DemonstrationClient(stack, "admin"), listed, progress)
        publish(stack, progress)
        publish(stack, progress)
    anyone = person(None)
    asked = "/v1/exchange/lookup?metric=labor_rate_customer_pay&state=TX&shop_type=independent"
    first = anyone("GET", asked)
    assert first.status_code == 200, first.text
    answer = first.json()
    assert answer["cell"]["owner_groups"] in ("5-9", "10-19", "20-49")
    assert [one["location"]["level"] for one in answer["ancestors"]][-1] == "nation"
    again = anyone("GET", asked, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    latest = anyone("GET", "/v1/exchange/releases/latest")
    assert latest.status_code == 200
    assert latest.json()["policy"]["k"] == 5
    assert {"cells.csv", "cells.parquet"} <= {one["name"] for one in latest.json()["files"]}
    listed = anyone("GET", "/v1/exchange/releases").json()["items"]
    release_id = latest.json()["release_id"]
    assert [one["release_id"] for one in listed if one["release_id"][:10] == release_id[:10]] == [release_id]
    assert anyone("GET", f"/v1/exchange/releases/{listed[0]['release_id']}").json() == latest.json()
    cell = answer["cell"]
    place = f"place={cell['location']['code']}"
    kind = "" if cell["shop_type"] == "all" else f"&shop_type={cell['shop_type']}"
    history = anyone("GET", f"/v1/exchange/series?metric=labor_rate_customer_pay&{place}{kind}")
    assert history.status_code == 200, history.text
    assert [one["figures"] for one in history.json()["points"]] == [cell["figures"]]
    page = anyone("GET", "/v1/exchange/methodology").json()
    assert page["release_id"] == latest.json()["release_id"]

    bob, eve = person("bob"), person("eve")
    made = bob("POST", "/v1/organizations", json=factories.shop(name="Pine Auto"))
    path = f"/v1/organizations/{made.json()['id']}"
    rates = {"effective_date": "2025-01-01", "rates_usd_per_hour": {"customer_pay": "150.00"}}
    assert bob("PUT", f"{path}/labor-rates", json=rates).status_code == 200
    compared = bob("GET", f"{path}/comparison")
    assert compared.status_code == 200, compared.text
    assert [one["own"] for one in compared.json()["figures"]] == ["150.00"]
    assert _problem(eve("GET", f"{path}/comparison")) == (403, "not-permitted")


def test_a_shop_is_changed_by_its_owner_and_by_the_current_version_only(person: Person) -> None:
    ann, eve, anyone = person("ann"), person("eve"), person(None)
    headers = {"Idempotency-Key": "e2e-key-of-ann-1"}
    made = ann("POST", "/v1/organizations", json=factories.shop(), headers=headers)
    again = ann("POST", "/v1/organizations", json=factories.shop(), headers=headers)
    assert (made.status_code, again.status_code) == (201, 201)
    assert made.json()["id"] == again.json()["id"]
    other = ann("POST", "/v1/organizations", json=factories.shop(name="Other"), headers=headers)
    assert _problem(other) == (422, "idempotency-mismatch")
    path = f"/v1/organizations/{made.json()['id']}"

    changed = ann("PATCH", path, json={"name": "Cedar Auto"}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json()["name"]) == (200, "Cedar Auto")
    stale = ann("PATCH", path, json={"name": "Late"}, headers={"If-Match": made.headers["ETag"]})
    assert _problem(stale) == (412, "stale-version")
    for method, below in (
        ("PATCH", ""),
        ("DELETE", ""),
        ("GET", "/submissions"),
        ("GET", "/pay/technician_a"),
    ):
        body = {"name": "Mine now"} if method == "PATCH" else None
        answer = eve(method, path + below, json=body, headers={"If-Match": changed.headers["ETag"]})
        assert _problem(answer) == (403, "not-permitted")
    public = anyone("GET", f"/v1/directory/organizations/{made.json()['id']}")
    assert public.json()["name"] == "Cedar Auto"
    assert "desk@connects.example" not in public.text

    gone = ann("DELETE", path, headers={"If-Match": changed.headers["ETag"]})
    assert gone.status_code == 204
    assert _problem(anyone("GET", f"/v1/directory/organizations/{made.json()['id']}")) == (404, "not-found")


def test_what_the_gateway_refuses_is_a_problem_too(person: Person, stack: StackInfo) -> None:
    anyone = person(None)
    assert _problem(anyone("GET", "/v1/me")) == (401, "token-missing")
    forged = Api(stack, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.")
    assert _problem(forged("GET", "/v1/me")) == (401, "token-refused")
    assert _problem(anyone("GET", "/v1/no-such-path"))[1] == "no-such-route"
    ann = person("ann")
    assert _problem(
        ann("POST", "/v1/organizations", data=b"{", headers={"Content-Type": "application/json"})
    ) == (
        400,
        "malformed-body",
    )
    large = json.dumps({"name": "x" * 300_000})
    assert _problem(
        ann("POST", "/v1/organizations", data=large, headers={"Content-Type": "application/json"})
    ) == (
        413,
        "body-too-large",
    )


def test_the_document_and_its_page_are_served(person: Person) -> None:
    anyone = person(None)
    document = anyone("GET", "/openapi.json")
    assert document.json()["openapi"].startswith("3.1")
    page = anyone("GET", "/docs")
    assert "viewer.js" in page.text
    script = anyone("GET", "/docs/viewer.js", headers={"Accept-Encoding": "gzip"})
    assert "SwaggerUIBundle" in script.text
