"""People and organizations that act over HTTP: the shortest way to a school and shops that may answer each other."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.table.table import Table
from tests import factories
from tests.conftest import Answer, Http, TokenMaker


def school(**changes: object) -> dict[str, object]:
    """The body that registers a school."""
    return {
        "kind": "school",
        "name": "Bitterroot Technical College",
        "address": {"city": "Missoula", "zip": "59801"},
        "programs": [{"subject": "automotive", "level": "postsecondary", "enrolment": 48}],
        "contact": {"name": "Career office", "email": "careers@connects.example", "phone": "406-555-0177"},
        **changes,
    }


@dataclass(frozen=True)
class Acting:
    """A client, and tokens by name; who has none acts with no token."""

    client: Http
    token: TokenMaker

    def ask(self, method: str, path: str, who: str | None, body: Any = None, **headers: str) -> Answer:
        """One request of a person; ``root`` is an administrator. ``If_Match`` is sent as If-Match."""
        token = None if who is None else self.token(who, admin=who == "root")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, json=body, token=token, headers=sent)

    def done(self, method: str, path: str, who: str | None, body: Any = None, **headers: str) -> Any:
        """A request that is granted; the answer's body."""
        answer = self.ask(method, path, who, body, **headers)
        assert 200 <= answer.status < 300, answer.text
        return answer.json if answer.text else None

    def organization(self, owner: str, body: dict[str, object], status: str | None = "verified") -> str:
        """Registers an organization and has an administrator decide of it. Its id."""
        organization_id = str(self.done("POST", "/v1/organizations", owner, body)["id"])
        if status is not None:
            self.decide(organization_id, status)
        return organization_id

    def decide(self, organization_id: str, status: str) -> None:
        """An administrator's decision of an organization."""
        self.done("PUT", f"/v1/organizations/{organization_id}/verification", "root", {"status": status})

    def school(self, owner: str = "sue", **changes: object) -> str:
        """A verified school."""
        return self.organization(owner, school(**changes))

    def shop(self, owner: str = "ann", **changes: object) -> str:
        """A verified shop."""
        return self.organization(owner, factories.shop(**changes))

    def pages(self, path: str, who: str | None) -> Iterator[Any]:
        """Every item of a list, page after page; ``path`` has a query already."""
        cursor = ""
        while True:
            page = self.done("GET", f"{path}{cursor}", who)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = f"&cursor={page['next_cursor']}"

    def posting(self, owner: str, organization_id: str, *, status: str = "open", **changes: object) -> str:
        """A posting of an organization, open unless said otherwise."""
        path = f"/v1/organizations/{organization_id}/postings"
        posting_id = str(self.done("POST", path, owner, posting(**changes))["id"])
        if status != "draft":
            self.move_posting(owner, organization_id, posting_id, "open")
        if status not in ("draft", "open"):
            self.move_posting(owner, organization_id, posting_id, status)
        return posting_id

    def move_posting(self, owner: str, organization_id: str, posting_id: str, status: str) -> None:
        """Opens, closes or fulfills a posting, whatever its version."""
        path = f"/v1/organizations/{organization_id}/postings/{posting_id}"
        etag = self.ask("GET", path, owner).headers["ETag"]
        self.done("PUT", f"{path}/status", owner, {"status": status}, If_Match=etag)

    def respond(self, who: str, posting_id: str, organization_id: str, **more: object) -> str:
        """Answers a posting. The response's id."""
        body = {"organization_id": organization_id, **more}
        return str(self.done("POST", f"/v1/postings/{posting_id}/responses", who, body)["id"])

    def moves(self, who: str, posting_id: str, response_id: str, status: str) -> Answer:
        """Asks for a response to become something."""
        path = f"/v1/postings/{posting_id}/responses/{response_id}/status"
        return self.ask("PUT", path, who, {"status": status})


def posting(**changes: object) -> dict[str, object]:
    """The body that drafts a posting: an internship that a shop offers."""
    return {
        "direction": "offer",
        "title": "Two interns for the summer",
        "text": "Ten weeks beside a master technician.",
        "details": {"category": "internship", "hours_per_week": 30, "weeks": 10},
        "seats": 1,
        **changes,
    }


def notices(table: Table, kind: str) -> list[dict[str, Any]]:
    """Every notice of a kind in the outbox. Only tests read it like this."""
    items = table._client.scan(TableName=table._name)["Items"]
    documents = (item["doc"]["S"] for item in items if item["PK"]["S"].startswith("OUTBOX#"))
    return [notice for notice in map(json.loads, documents) if notice["kind"] == kind]
