"""Openings over HTTP: a shop states them, its members read them, nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Http, TokenMaker
from tests.functional.acting import Acting

TODAY = datetime.now(UTC).date()
LATER = (TODAY + timedelta(days=30)).isoformat()


@pytest.fixture
def acting(client: Http, token: TokenMaker) -> Acting:
    """People who act."""
    return Acting(client, token)


@pytest.fixture
def shop(acting: Acting) -> str:
    """Ann's shop."""
    return acting.shop()


def path(shop: str, position: str = "technician_b") -> str:
    return f"/v1/organizations/{shop}/openings/{position}"


def test_openings_are_stated_replaced_and_taken_back(acting: Acting, shop: str) -> None:
    body = {"openings": 2, "skills": ["brakes", "electrical"], "needed_by": LATER}
    stated = acting.done("PUT", path(shop), "ann", body)
    assert (stated["openings"], stated["subject"], stated["counts_until"]) == (2, "automotive", LATER)
    assert acting.done("GET", path(shop), "ann") == stated
    acting.done("PUT", path(shop), "ann", {"openings": 1})
    painter = acting.done("PUT", path(shop, "painter"), "ann", {"openings": 1})
    assert painter["subject"] == "collision"
    assert painter["counts_until"] == (TODAY + timedelta(days=180)).isoformat()
    listed = acting.done("GET", f"/v1/organizations/{shop}/openings", "ann")["items"]
    assert [(one["position"], one["openings"], one["skills"]) for one in listed] == [
        ("painter", 1, []),
        ("technician_b", 1, []),
    ]
    for _ in range(2):
        acting.done("DELETE", path(shop), "ann")
    gone = acting.ask("GET", path(shop), "ann")
    assert (gone.status, gone.problem) == (404, "not-found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"openings": 0}, "/openings"),
        ({"openings": 100}, "/openings"),
        ({"openings": 1, "needed_by": "2020-01-01"}, "/needed_by"),
        ({"openings": 1, "needed_by": "2099-01-01"}, "/needed_by"),
        ({"openings": 1, "skills": ["brakes", "brakes"]}, "/skills"),
        ({"openings": 1, "skills": ["friendliness"]}, "/skills/0"),
        ({"openings": 1, "note": "call me"}, "/note"),
    ],
)
def test_openings_that_make_no_sense_are_refused(
    acting: Acting, shop: str, body: dict[str, Any], pointer: str
) -> None:
    answer = acting.ask("PUT", path(shop), "ann", body)
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert answer.json["errors"][0]["pointer"] == pointer
    assert acting.done("GET", f"/v1/organizations/{shop}/openings", "ann")["items"] == []


def test_a_school_has_no_openings(acting: Acting) -> None:
    answer = acting.ask("PUT", path(acting.school()), "sue", {"openings": 1})
    assert (answer.status, answer.problem) == (409, "conflict")


def test_nobody_else_reads_a_shops_openings(acting: Acting, shop: str) -> None:
    acting.done("PUT", path(shop), "ann", {"openings": 1})
    for who in ("eve", "root"):
        assert acting.ask("GET", path(shop), who).status == 403
        assert acting.ask("GET", f"/v1/organizations/{shop}/openings", who).status == 403
