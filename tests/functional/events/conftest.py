"""Events to register for, made through the API as an administrator makes them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Http, TokenMaker

DRAFT: dict[str, Any] = {
    "title": "Getting started",
    "text": "What to write.",
    "starts_local": "2028-02-11T18:00",
    "time_zone": "America/Denver",
    "minutes": 60,
    "capacity": 2,
    "join_url": "https://meet.connects.example/first",
}

MakeEvent = Callable[..., str]


@pytest.fixture
def make_event(client: Http, token: TokenMaker) -> MakeEvent:
    """``make_event(capacity=3)``: the id of a published event; ``publish=False`` leaves it a draft."""

    def make(*, publish: bool = True, **changes: Any) -> str:
        root = token("root", admin=True)
        answer = client.post("/v1/administration/events", json=DRAFT | changes, token=root)
        assert answer.status == 201, answer.text
        event_id = str(answer.json["id"])
        if publish:
            path = f"/v1/administration/events/{event_id}/status"
            headers = {"If-Match": answer.headers["ETag"]}
            done = client.put(path, json={"status": "published"}, token=root, headers=headers)
            assert done.status == 200, done.text
        return event_id

    return make
