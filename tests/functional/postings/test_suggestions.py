"""Matches and the feed over HTTP."""

from typing import Any

from chalicelib.postings.details import Category
from tests.conftest import Http
from tests.functional.postings.conftest import World
from tests.unit.postings.samples import details

DIESEL_PROGRAM = {"subject": "diesel", "cip_code": "47.0605", "level": "postsecondary"}
COLLISION_PROGRAM = {"subject": "collision", "cip_code": "47.0603", "level": "secondary"}
HELENA = {"city": "Helena", "zip": "59601"}


def matches(world: World, owner: str, posting: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    path = f"/v1/organizations/{posting['organization_id']}/postings/{posting['id']}/matches{query}"
    answer = world.client.get(path, token=world.token(owner))
    assert answer.status == 200, answer.text
    return list(answer.json["items"])


def names(found: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    return [(one["organization"]["name"], one["reasons"]) for one in found]


def test_a_school_finds_employers_and_why(world: World, school: str) -> None:
    world.organization("ann", name="Diesel nearby", sectors=["diesel"])
    world.organization("bob", name="Collision nearby", sectors=["collision"])
    world.organization("cat", name="Anything nearby", sectors=[])
    world.organization("dan", name="Diesel in Helena", sectors=["diesel"], address=HELENA)
    world.organization("eve", name="Nobody looked at it", sectors=["diesel"], verified=False)
    world.organization("fay", kind="school", name="Another school", sectors=["diesel"])
    posting = world.opened("sam", school, sectors=["diesel"], radius_miles=150)
    found = matches(world, "sam", posting)
    assert names(found) == [
        ("Diesel nearby", ["sector", "near"]),
        ("Diesel in Helena", ["sector"]),
        ("Anything nearby", ["near"]),
    ]
    assert names(matches(world, "sam", posting, "?limit=1")) == names(found)[:1]
    near = world.opened("sam", school, sectors=["diesel"], radius_miles=20)
    assert "Diesel in Helena" not in [name for name, _ in names(matches(world, "sam", near))]


def test_an_employer_finds_schools_by_what_they_teach_and_did(world: World, shop: str) -> None:
    taught = world.organization("sam", kind="school", name="Teaches diesel", programs=[DIESEL_PROGRAM])
    world.organization("tom", kind="school", name="Teaches collision", programs=[COLLISION_PROGRAM])
    world.opened("sam", taught, details=details(Category.INTERNSHIP))
    offer = {"direction": "offer", "details": details(Category.INTERNSHIP), "subjects": ["diesel"]}
    posting = world.opened("ann", shop, **offer)
    assert names(matches(world, "ann", posting)) == [
        ("Teaches diesel", ["subject", "sector", "category_history", "near"])
    ]


def feed(world: World, owner: str, organization_id: str, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        path = f"/v1/organizations/{organization_id}/feed?limit=2{query}" + (
            f"&cursor={cursor}" if cursor else ""
        )
        answer = world.client.get(path, token=world.token(owner))
        assert answer.status == 200, answer.text
        items += answer.json["items"]
        cursor = answer.json["next_cursor"]
    return items


def test_the_feed_is_what_is_meant_for_one(world: World, client: Http, school: str) -> None:
    shop = world.organization("ann", sectors=["diesel"])
    other = world.organization("bob", sectors=["diesel"])
    postings: dict[str, dict[str, Any]] = {
        "For all": {},
        "Diesel": {"sectors": ["diesel"]},
        "Collision": {"sectors": ["collision"]},
        "Far away": {"zip": "10001"},
        "Not for so far": {"zip": "59840", "radius_miles": 5},
    }
    for title, changes in postings.items():
        world.opened("sam", school, title=title, **changes)
    world.opened("bob", other, title="Of another shop")
    world.opened("ann", shop, title="My own", details=details(Category.TRAINING))
    found = feed(world, "ann", shop)
    assert sorted((one["posting"]["title"], tuple(one["reasons"])) for one in found) == [
        ("Diesel", ("sector", "near")),
        ("For all", ("near",)),
    ]
    refused = client.get(f"/v1/organizations/{shop}/feed?radius_miles=101", token=world.token("ann"))
    assert (refused.status, refused.problem) == (422, "invalid-input")
    assert {one["posting"]["title"] for one in feed(world, "sam", school)} == {"My own", "Of another shop"}
