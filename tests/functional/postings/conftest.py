"""Organizations with postings, and short ways to ask for them."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests import factories
from tests.conftest import Answer, Http, TokenMaker
from tests.unit.postings.samples import details

LATHES: dict[str, Any] = {
    "direction": "need",
    "title": "Two brake lathes",
    "text": "Ours are from 1988.",
    "details": details(),
    "seats": 2,
}


@dataclass(frozen=True)
class World:
    """Ways to do things as somebody."""

    client: Http
    token: TokenMaker

    def organization(self, owner: str, *, verified: bool = True, **changes: Any) -> str:
        """The id of a new organization of somebody's."""
        body = factories.shop(**changes)
        if body["kind"] == "school":
            body = {name: value for name, value in body.items() if name != "shop_type"}
        answer = self.client.post("/v1/organizations", json=body, token=self.token(owner))
        assert answer.status == 201, answer.text
        organization_id = str(answer.json["id"])
        if verified:
            self.verify(organization_id, "verified")
        return organization_id

    def verify(self, organization_id: str, status: str) -> None:
        """An administrator's decision."""
        path = f"/v1/organizations/{organization_id}/verification"
        answer = self.client.put(path, json={"status": status}, token=self.token("root", admin=True))
        assert answer.status == 200, answer.text

    def draft(self, owner: str, organization_id: str, **changes: Any) -> Answer:
        """Drafts a posting."""
        path = f"/v1/organizations/{organization_id}/postings"
        return self.client.post(path, json={**LATHES, **changes}, token=self.token(owner))

    def move(self, owner: str, posting: dict[str, Any], status: str, version: int | None = None) -> Answer:
        """Opens, closes or fulfills a posting."""
        path = f"/v1/organizations/{posting['organization_id']}/postings/{posting['id']}/status"
        headers = {"If-Match": f'"{version or posting["version"]}"'}
        return self.client.put(path, json={"status": status}, headers=headers, token=self.token(owner))

    def opened(self, owner: str, organization_id: str, **changes: Any) -> dict[str, Any]:
        """A posting that is open."""
        drafted = self.draft(owner, organization_id, **changes)
        assert drafted.status == 201, drafted.text
        opened = self.move(owner, drafted.json, "open")
        assert opened.status == 200, opened.text
        return dict(opened.json)

    def search(self, **query: Any) -> list[dict[str, Any]]:
        """All that a search finds, page after page."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            sent = {**query, **({"cursor": cursor} if cursor else {})}
            answer = self.client.get(
                "/v1/directory/postings?" + "&".join(f"{name}={value}" for name, value in sent.items())
            )
            assert answer.status == 200, answer.text
            found += answer.json["items"]
            cursor = answer.json["next_cursor"]
        return found

    def titles(self, **query: Any) -> list[str]:
        """The titles of all that a search finds."""
        return [one["posting"]["title"] for one in self.search(**query)]


@pytest.fixture
def world(client: Http, token: TokenMaker) -> World:
    """The application, and people."""
    return World(client, token)


@pytest.fixture
def school(world: World) -> str:
    """A verified school of Sam's."""
    return world.organization("sam", kind="school", name="Bitterroot Technical College")


@pytest.fixture
def shop(world: World) -> str:
    """A verified shop of Ann's."""
    return world.organization("ann")
