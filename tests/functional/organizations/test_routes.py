"""Organizations over HTTP: who may, what is shown to whom, and what is refused how."""

from typing import Any

import pytest

from tests import factories
from tests.conftest import Answer, Http, TokenMaker

UNKNOWN = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def ann(token: TokenMaker) -> str:
    """Ann's token."""
    return token("ann")


@pytest.fixture
def eve(token: TokenMaker) -> str:
    """Eve's token: somebody else."""
    return token("eve")


@pytest.fixture
def root(token: TokenMaker) -> str:
    """An administrator's token."""
    return token("root", admin=True)


@pytest.fixture
def shop(client: Http, ann: str) -> dict[str, Any]:
    """Ann's shop."""
    return created(client, ann, phone="406-555-0123")


def created(client: Http, token: str, **changes: object) -> dict[str, Any]:
    answer = client.post("/v1/organizations", json=factories.shop(**changes), token=token)
    assert answer.status == 201, answer.text
    body: dict[str, Any] = answer.json
    return body


def verified(client: Http, root: str, organization_id: str, status: str = "verified") -> Answer:
    return client.put(
        f"/v1/organizations/{organization_id}/verification", json={"status": status}, token=root
    )


def fields(answer: Answer) -> list[str]:
    return [one["pointer"] for one in answer.json["errors"]]


# -- registering


def test_registering_answers_the_participants_view(client: Http, ann: str) -> None:
    answer = client.post("/v1/organizations", json=factories.shop(), token=ann)
    assert answer.status == 201
    body = answer.json
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"organizations/{body['id']}"
    assert body["status"] == "pending"
    assert body["address"] == {
        "street": "100 Main St",
        "city": "Missoula",
        "state": "MT",
        "zip": "59801",
        "county": "Missoula County",
    }
    assert set(body) == {
        "id", "kind", "name", "status", "shop_type", "sectors", "address", "division", "area", "latitude", "longitude",
        "website", "programs", "phone", "contact", "owner_group_id", "version", "created_at", "updated_at",
    }  # fmt: skip
    assert body["created_at"].endswith("Z")


def test_a_repeated_request_answers_what_the_first_created(client: Http, ann: str) -> None:
    first, second = (
        client.post(
            "/v1/organizations", json=factories.shop(), token=ann, headers={"Idempotency-Key": "3f0c8a4e-key"}
        )
        for _ in range(2)
    )
    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    other = client.post(
        "/v1/organizations",
        json=factories.shop(name="Another"),
        token=ann,
        headers={"Idempotency-Key": "3f0c8a4e-key"},
    )
    assert (other.status, other.problem) == (422, "idempotency-mismatch")


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"address": {"city": "Nowhere", "zip": "99999"}}, ["/address/zip"]),
        ({"address": {"city": "Nowhere", "zip": "ABC"}}, ["/address/zip"]),
        ({"address": {"city": "Apo", "zip": "09001"}}, ["/address/zip"]),
        ({"address": {"city": "Missoula", "zip": 59801}}, ["/address/zip"]),
        ({"address": {"zip": "59801"}}, ["/address/city"]),
        ({"shop_type": None}, ["/shop_type"]),
        ({"kind": "school"}, ["/shop_type"]),
        ({"programs": [{"subject": "diesel", "level": "secondary"}]}, ["/programs"]),
        ({"status": "verified"}, ["/status"]),
        ({"name": "Won! https://evil.example/x"}, ["/name"]),
        ({"name": "WWW.evil.example"}, ["/name"]),
        ({"sectors": ["cars"]}, ["/sectors/0"]),
        ({"contact": {"email": "nobody", "phone": "1"}}, ["/contact/email", "/contact/phone"]),
    ],
)
def test_what_breaks_a_rule_is_named_by_its_place(
    client: Http, ann: str, changes: dict[str, Any], pointers: list[str]
) -> None:
    answer = client.post("/v1/organizations", json=factories.shop(**changes), token=ann)
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert fields(answer) == pointers


# -- reading


def test_contact_details_are_for_participants(
    client: Http, shop: dict[str, Any], eve: str, root: str
) -> None:
    path = f"/v1/organizations/{shop['id']}"
    assert client.get(path, token=eve).status == 403
    own = created(client, eve)
    assert client.get(path, token=eve).status == 403
    assert verified(client, root, own["id"]).status == 200
    answer = client.get(path, token=eve)
    assert answer.status == 200
    assert answer.json["contact"]["email"] == "desk@connects.example"
    assert answer.json["phone"] == "+14065550123"
    assert verified(client, root, own["id"], "suspended").status == 200
    assert client.get(path, token=eve).status == 403


def test_the_owner_group_is_for_the_organizations_own(client: Http, ann: str, eve: str, root: str) -> None:
    group = client.post("/v1/owner-groups", json={"name": "Big Sky Auto Group"}, token=ann)
    assert group.status == 201
    mine = created(client, ann, owner_group_id=group.json["id"])
    assert verified(client, root, created(client, eve)["id"]).status == 200
    seen = {
        name: client.get(f"/v1/organizations/{mine['id']}", token=token).json["owner_group_id"]
        for name, token in (("ann", ann), ("eve", eve), ("root", root))
    }
    assert seen == {"ann": group.json["id"], "eve": None, "root": group.json["id"]}


def test_a_suspended_organization_is_hidden_from_all_but_its_own(
    client: Http, shop: dict[str, Any], ann: str, eve: str, root: str
) -> None:
    assert verified(client, root, created(client, eve)["id"]).status == 200
    assert verified(client, root, shop["id"], "suspended").status == 200
    path = f"/v1/organizations/{shop['id']}"
    assert [client.get(path, token=token).status for token in (ann, eve, root)] == [200, 404, 200]
    assert client.get(f"/v1/directory/organizations/{shop['id']}").status == 404


def test_an_unchanged_organization_is_not_sent_again(client: Http, shop: dict[str, Any], ann: str) -> None:
    path = f"/v1/organizations/{shop['id']}"
    assert client.get(path, token=ann, headers={"If-None-Match": '"1"'}).status == 304
    assert client.get(path, token=ann, headers={"If-None-Match": '"2"'}).status == 200


@pytest.mark.parametrize("wrong", [UNKNOWN, "x", "%23", "..%2F..", UNKNOWN.upper() + "A", "a" * 3000])
def test_a_stranger_is_told_the_same_of_what_exists_and_what_does_not(
    client: Http, eve: str, wrong: str
) -> None:
    answer = client.get(f"/v1/organizations/{wrong}", token=eve)
    assert (answer.status, answer.problem) == (403, "not-permitted")


def test_an_administrator_is_told_what_does_not_exist(client: Http, root: str) -> None:
    assert client.get(f"/v1/organizations/{UNKNOWN}", token=root).status == 404
    assert client.get("/v1/organizations/x", token=root).status == 422


# -- changing


def test_a_change_needs_the_version_it_changes(client: Http, shop: dict[str, Any], ann: str) -> None:
    path = f"/v1/organizations/{shop['id']}"
    assert client.patch(path, json={"name": "Two"}, token=ann).status == 428
    assert client.patch(path, json={"name": "Two"}, token=ann, headers={"If-Match": "two"}).status == 422
    changed = client.patch(path, json={"name": "Two"}, token=ann, headers={"If-Match": '"1"'})
    assert (changed.status, changed.headers["ETag"], changed.json["name"]) == (200, '"2"', "Two")
    stale = client.patch(path, json={"name": "Three"}, token=ann, headers={"If-Match": '"1"'})
    assert (stale.status, stale.problem) == (412, "stale-version")


@pytest.mark.parametrize(
    ("patch", "pointers"),
    [
        ({"kind": "school"}, ["/kind"]),
        ({"status": "verified"}, ["/status"]),
        ({"version": 9}, ["/version"]),
        ({"name": None}, ["/name"]),
        ({"address": {"zip": "99999"}}, ["/address/zip"]),
        ({"address": {"state": "CA"}}, ["/address/state"]),
        ({"shop_type": "dealership"}, ["/shop_type"]),
        ({"shop_type": None}, ["/shop_type"]),
        ({"programs": [{"subject": "diesel", "level": "secondary"}]}, ["/programs"]),
    ],
)
def test_a_wrong_change_is_refused_by_its_place(
    client: Http, shop: dict[str, Any], ann: str, patch: dict[str, Any], pointers: list[str]
) -> None:
    answer = client.patch(
        f"/v1/organizations/{shop['id']}", json=patch, token=ann, headers={"If-Match": '"1"'}
    )
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert fields(answer) == pointers
    assert client.get(f"/v1/organizations/{shop['id']}", token=ann).json == shop


def test_deleting_takes_it_from_everybody(client: Http, shop: dict[str, Any], ann: str, root: str) -> None:
    path = f"/v1/organizations/{shop['id']}"
    assert client.delete(path, token=ann).status == 428
    assert client.delete(path, token=ann, headers={"If-Match": '"7"'}).status == 412
    assert client.delete(path, token=ann, headers={"If-Match": '"1"'}).status == 204
    assert client.get(path, token=ann).status == 403
    assert client.get(path, token=root).status == 404
    assert client.delete(path, token=root, headers={"If-Match": '"1"'}).status == 404
    assert client.get(f"/v1/directory/organizations/{shop['id']}").status == 404
    assert client.get("/v1/directory/organizations?kind=shop&state=MT").json["items"] == []
    assert client.get("/v1/directory/nearby?zip=59801").json == {"items": [], "next_cursor": None}
    assert client.get("/v1/me", token=ann).json["memberships"] == []


@pytest.mark.parametrize("status", ["unclaimed", "closed", "gone", None])
def test_only_three_decisions_can_be_made(
    client: Http, shop: dict[str, Any], root: str, status: str | None
) -> None:
    answer = client.put(f"/v1/organizations/{shop['id']}/verification", json={"status": status}, token=root)
    assert (answer.status, fields(answer)) == (422, ["/status"])


# -- owner groups


def test_an_owner_group_is_for_its_members(client: Http, ann: str, eve: str, root: str) -> None:
    answer = client.post("/v1/owner-groups", json={"name": "Big Sky Auto Group"}, token=ann)
    group = answer.json
    assert answer.headers["Location"] == f"owner-groups/{group['id']}"
    path = f"/v1/owner-groups/{group['id']}"
    assert client.get(path, token=ann).json == group == client.get(path, token=root).json
    assert client.get(path, token=eve).status == 403
    assert client.get(path).status == 401
    assert client.get(f"/v1/owner-groups/{UNKNOWN}", token=root).status == 404
    refused = client.post("/v1/organizations", json=factories.shop(owner_group_id=group["id"]), token=eve)
    assert (refused.status, refused.problem) == (403, "not-permitted")


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x", "members": ["eve"]}, {"name": 1}, {"name": "http://evil.example"}],
)
def test_a_wrong_owner_group_is_refused(client: Http, ann: str, body: dict[str, Any]) -> None:
    assert client.post("/v1/owner-groups", json=body, token=ann).status == 422


def test_an_owner_group_that_was_deleted_since_is_not_made_again(client: Http, ann: str) -> None:
    sent = {"json": {"name": "Big Sky"}, "token": ann, "headers": {"Idempotency-Key": "3f0c8a4e-group"}}
    made = client.post("/v1/owner-groups", **sent)
    client.delete(f"/v1/owner-groups/{made.json['id']}", token=ann)
    again = client.post("/v1/owner-groups", **sent)
    assert (again.status, again.problem) == (404, "not-found")


# -- the directory


def test_the_directory_shows_no_contact_details(client: Http, shop: dict[str, Any]) -> None:
    public = {name: shop[name] for name in shop if name not in (
        "phone", "contact", "owner_group_id", "version", "created_at", "updated_at",
    )}  # fmt: skip
    one = client.get(f"/v1/directory/organizations/{shop['id']}")
    assert one.json == public
    assert one.headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/v1/directory/organizations?kind=shop&state=MT").json["items"] == [public]
    assert client.get("/v1/directory/nearby?zip=59801").json["items"] == [
        {"organization": public, "distance_miles": 0.0}
    ]


def test_a_list_that_did_not_change_is_not_sent_again(client: Http, shop: dict[str, Any], ann: str) -> None:
    for path in ("/v1/directory/organizations?kind=shop&state=MT", "/v1/directory/nearby?zip=59801"):
        etag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status == 304
        own = f"/v1/organizations/{shop['id']}"
        version = client.get(own, token=ann).headers["ETag"]
        name = f"Renamed after {version}".replace('"', "")
        assert client.patch(own, json={"name": name}, token=ann, headers={"If-Match": version}).status == 200
        assert client.get(path, headers={"If-None-Match": etag}).status == 200


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("", ["kind", "state"]),
        ("kind=shop", ["state"]),
        ("kind=garage&state=MT", ["kind"]),
        ("kind=shop&state=Montana", ["state"]),
        ("kind=shop&state=ZZ", ["state"]),
        ("kind=shop&state=MT&limit=0", ["limit"]),
        ("kind=shop&state=MT&limit=101", ["limit"]),
        ("kind=shop&state=MT&page=2", ["page"]),
    ],
)
def test_a_wrong_list_is_refused_by_parameter(client: Http, query: str, pointers: list[str]) -> None:
    answer = client.get(f"/v1/directory/organizations?{query}")
    assert (answer.status, answer.problem, fields(answer)) == (422, "invalid-input", pointers)


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("", ["zip"]),
        ("zip=99999", ["zip"]),
        ("zip=59801&latitude=1&longitude=1", ["zip"]),
        ("latitude=46.8", ["longitude"]),
        ("longitude=-114", ["latitude"]),
        ("latitude=91&longitude=0", ["latitude"]),
        ("latitude=nan&longitude=0", ["latitude"]),
        ("latitude=0&longitude=inf", ["longitude"]),
        ("zip=59801&radius_miles=301", ["radius_miles"]),
        ("zip=59801&radius_miles=0", ["radius_miles"]),
        ("zip=59801&radius_miles=nan", ["radius_miles"]),
        ("zip=59801&kind=shop&subject=diesel", ["subject"]),
        ("zip=59801&subject=cooking", ["subject"]),
    ],
)
def test_a_wrong_search_is_refused_by_parameter(client: Http, query: str, pointers: list[str]) -> None:
    answer = client.get(f"/v1/directory/nearby?{query}")
    assert (answer.status, answer.problem, fields(answer)) == (422, "invalid-input", pointers), answer.text


def test_a_list_is_read_with_its_cursor_and_no_other(client: Http, ann: str) -> None:
    names = [f"Shop {number}" for number in range(5)]
    for name in names:
        created(client, ann, name=name)
    path = "/v1/directory/organizations?kind=shop&state=MT&limit=2"
    seen: list[str] = []
    cursor = ""
    while True:
        page = client.get(path + cursor).json
        seen += [one["name"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == names
    good = client.get(path).json["next_cursor"]
    for other in (
        f"/v1/directory/organizations?kind=shop&state=ID&cursor={good}",
        f"/v1/directory/organizations?kind=dealership&state=MT&cursor={good}",
        f"/v1/directory/nearby?zip=59801&cursor={good}",
        f"{path}&cursor={good[:-1]}",
        f"{path}&cursor=forged",
        f"{path}&cursor=",
    ):
        answer = client.get(other)
        assert (answer.status, answer.problem) == (400, "invalid-cursor"), other


def test_a_search_is_read_with_its_cursor_and_no_other(client: Http, ann: str) -> None:
    zips = {
        "59801": "Missoula",
        "59901": "Kalispell",
        "59715": "Bozeman",
        "59101": "Billings",
        "83702": "Boise",
    }
    for zip_code, city in zips.items():
        created(client, ann, name=city, address={"city": city, "zip": zip_code})
    path = "/v1/directory/nearby?zip=59801&radius_miles=300&kind=shop"
    seen: list[str] = []
    distances: list[float] = []
    cursor = "&limit=2"
    while True:
        page = client.get(path + cursor).json
        seen += [one["organization"]["name"] for one in page["items"]]
        distances += [one["distance_miles"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&limit=2&cursor={page['next_cursor']}"
    assert seen == ["Missoula", "Kalispell", "Bozeman", "Boise", "Billings"]
    assert distances == sorted(distances)
    good = client.get(f"{path}&limit=1").json["next_cursor"]
    for other in (
        f"/v1/directory/nearby?zip=59801&radius_miles=299&kind=shop&cursor={good}",
        f"/v1/directory/nearby?zip=59802&radius_miles=300&kind=shop&cursor={good}",
        f"/v1/directory/nearby?zip=59801&radius_miles=300&cursor={good}",
        f"/v1/directory/organizations?kind=shop&state=MT&cursor={good}",
    ):
        assert client.get(other).problem == "invalid-cursor", other


def test_a_search_by_subject_finds_the_schools_that_teach_it(client: Http, ann: str) -> None:
    diesel = [{"subject": "diesel", "level": "postsecondary"}]
    both = [{"subject": "collision", "level": "secondary"}, {"subject": "diesel", "level": "secondary"}]
    school = {"kind": "school", "shop_type": None}
    created(client, ann, name="No programs", **school)
    created(client, ann, name="Diesel", programs=diesel, **school)
    created(client, ann, name="Both", programs=both, **school)
    created(client, ann, name="A shop")

    def found(query: str) -> set[str]:
        items = client.get(f"/v1/directory/nearby?zip=59801&{query}").json["items"]
        return {one["organization"]["name"] for one in items}

    assert found("subject=diesel") == {"Diesel", "Both"}
    assert found("subject=collision&kind=school") == {"Both"}
    assert found("subject=motorcycle") == set()
    assert found("kind=school") == {"No programs", "Diesel", "Both"}
    assert found("radius_miles=300") >= {"No programs", "Diesel", "Both", "A shop"}


@pytest.mark.parametrize(
    ("centre", "zip_code"),
    [("latitude=13.5&longitude=144.8", "96910"), ("latitude=51.9&longitude=179.9", "99546")],
    ids=["Guam", "across the date line to Adak"],
)
def test_islands_are_found_wherever_the_map_is_cut(
    client: Http, ann: str, centre: str, zip_code: str
) -> None:
    island = created(client, ann, address={"city": "There", "zip": zip_code})
    items = client.get(f"/v1/directory/nearby?{centre}&radius_miles=300&kind=shop").json["items"]
    assert [one["organization"]["id"] for one in items] == [island["id"]]
