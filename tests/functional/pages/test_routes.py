"""Pages over HTTP: what is told, by whom, and what everybody reads."""

from typing import Any

import pytest

from tests import factories
from tests.conftest import Answer, Http, TokenMaker
from tests.functional.acting import Acting

TOLD: dict[str, Any] = {
    "about": "A family shop since 1978.",
    "positions": ["apprentice", "technician_c"],
    "benefits": ["health", "paid_training"],
    "training_path": [{"position": "apprentice", "months": 12, "text": "Beside a mentor"}],
    "video": "https://video.example.org/cedar",
}


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People and organizations that act over HTTP."""
    return Acting(client, token)


def tell(acting: Acting, who: str, organization_id: str, body: dict[str, Any], version: int = 0) -> Answer:
    path = f"/v1/organizations/{organization_id}/presentation"
    return acting.ask("PUT", path, who, body, If_Match=f'"{version}"')


def page(acting: Acting, organization_id: str) -> Any:
    return acting.done("GET", f"/v1/directory/organizations/{organization_id}/page", None)


def test_a_shop_tells_of_itself(acting: Acting) -> None:
    shop = acting.shop()
    path = f"/v1/organizations/{shop}/presentation"
    empty = acting.ask("GET", path, "ann")
    assert (empty.json["version"], empty.json["about"], empty.headers["ETag"]) == (0, None, '"0"')
    told = tell(acting, "ann", shop, TOLD)
    assert (told.status, told.json["version"]) == (200, 1)
    assert acting.done("GET", path, "ann") == told.json
    assert tell(acting, "ann", shop, TOLD, 1).json == told.json
    stale = tell(acting, "ann", shop, {"about": "Other"})
    assert (stale.status, stale.problem) == (412, "stale-version")
    shown = page(acting, shop)
    assert {name: shown[name] for name in TOLD} == TOLD
    assert tell(acting, "ann", shop, {}, 1).json["about"] is None


def test_nobody_else_tells_of_it(acting: Acting) -> None:
    shop = acting.shop()
    for who in ("eve", "root"):
        answer = tell(acting, who, shop, TOLD)
        assert (answer.status, answer.problem) == (403, "not-permitted")


@pytest.mark.parametrize("name", ["positions", "benefits", "training_path"])
def test_a_school_has_no_pay_and_benefits(acting: Acting, name: str) -> None:
    answer = tell(acting, "sue", acting.school(), {name: TOLD[name]})
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert answer.json["errors"][0]["pointer"] == f"/{name}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": "x" * 4001},
        {"video": "javascript:alert(1)"},
        {"benefits": ["health", "health"]},
        {"training_path": [{"position": "apprentice", "months": 0}]},
        {"benefits": [{"health": "500.00"}]},
    ],
)
def test_what_makes_no_sense_is_refused(acting: Acting, wrong: dict[str, Any]) -> None:
    answer = tell(acting, "ann", acting.shop(), wrong)
    assert (answer.status, answer.problem) == (422, "invalid-input")


def test_a_page_tells_what_a_school_needs_and_who_supports_it(acting: Acting) -> None:
    school, shop = acting.school(), acting.shop()
    need: dict[str, Any] = {
        "direction": "need",
        "details": {"category": "shop_tour"},
        "title": "A tour for 24",
    }
    open_one = acting.posting("sue", school, **need)
    acting.posting("sue", school, status="closed", **need)
    acting.posting("sue", school, status="draft", **need)
    offered = acting.posting("ann", shop, seats=2)
    response = acting.respond("sue", offered, school)
    assert acting.moves("ann", offered, response, "accepted").status == 200
    counts = {"placements": [{"position": "technician_c", "students": 2}]}
    acting.done("PUT", f"/v1/postings/{offered}/responses/{response}/outcome", "sue", counts)

    shown = page(acting, school)
    assert (shown["enrolment"], shown["programs"][0]["subject"]) == (48, "automotive")
    assert [one["id"] for one in shown["needs"]] == [open_one]
    assert shown["offers"] == []
    assert [(one["name"], one["categories"], one["completions"]) for one in shown["partners"]] == [
        ("Cedar Auto Repair", ["internship"], 1)
    ]
    assert shown["completions"] == 1
    other = page(acting, shop)
    assert [(one["id"], one["seats_left"]) for one in other["offers"]] == [(offered, 1)]
    assert [one["name"] for one in other["partners"]] == ["Bitterroot Technical College"]


def test_a_page_holds_no_contact_details(acting: Acting, client: Http) -> None:
    school = acting.school()
    answer = client.get(f"/v1/directory/organizations/{school}/page")
    assert "careers@connects.example" not in answer.text
    assert "5550177" not in answer.text
    again = client.get(
        f"/v1/directory/organizations/{school}/page", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status == 304


def test_what_is_not_verified_shows_no_postings_and_what_is_suspended_nothing(
    acting: Acting, client: Http
) -> None:
    shop = acting.shop()
    acting.posting("ann", shop)
    assert len(page(acting, shop)["offers"]) == 1
    acting.decide(shop, "pending")
    assert page(acting, shop)["offers"] == []
    acting.decide(shop, "suspended")
    assert client.get(f"/v1/directory/organizations/{shop}/page").status == 404


def test_nobody_reads_what_an_organization_tells_that_nobody_has_looked_at(acting: Acting) -> None:
    shop = acting.organization("eve", factories.shop(), None)
    assert tell(acting, "eve", shop, TOLD).status == 200
    shown = page(acting, shop)
    assert (shown["status"], shown["about"], shown["video"], shown["benefits"]) == ("pending", None, None, [])
    acting.decide(shop, "verified")
    assert page(acting, shop)["about"] == TOLD["about"]
