"""What is played in public: pages and events."""

from typing import Any

from chalicelib.table import keys
from chalicelib.table.expressions import Put
from tests.functional.costs.story import Story

EVENT: dict[str, Any] = {
    "title": "Getting started",
    "text": "What to write.",
    "starts_local": "2028-02-11T18:00",
    "time_zone": "America/Denver",
    "minutes": 60,
    "capacity": 2,
    "join_url": "https://meet.connects.example/first",
}


def pages(story: Story, shop: str, college: str) -> None:
    """What a shop tells of itself, and two pages."""
    path = f"/v1/organizations/{shop}/presentation"
    story.get(path, "ann")
    story.put(path, "ann", {"about": "Since 1978.", "benefits": ["health"]}, 0)
    for organization_id in (shop, college):
        story.get(f"/v1/directory/organizations/{organization_id}/page")


def events(story: Story) -> None:
    """An event with two seats, and people who register with and without an account."""
    administered = "/v1/administration/events"
    made = story.post(administered, "root", EVENT)
    event, path = f"{administered}/{made['id']}", f"/v1/events/{made['id']}"
    changed = story.patch(event, "root", {"title": "Getting started with Connects"}, made["version"])
    story.put(f"{event}/status", "root", {"status": "published"}, changed["version"])
    for public in ("/v1/events", path):
        story.get(public)
    story.ask("GET", f"{path}/calendar")
    story.post(f"{path}/registrations", None, {"name": "Cy", "email": "cy@connects.example"})
    code = {"registration": story.notices("event_confirmation")[-1]["registration"]}
    story.post("/v1/event-registrations/confirmation", None, code)
    for who in ("ann", "bob"):
        story.put(f"{path}/registration", who, None)
    story.get(f"{path}/registration", "ann")
    story.get("/v1/me/event-registrations", "ann")
    story.delete(f"{path}/registration", "bob")
    story.post("/v1/event-registrations/cancellation", None, code)
    story.get(administered, "root")
    story.get(event, "root")
    registered = story.get(f"{event}/registrations", "root")["items"]
    stored = story.table.get(keys.event(made["id"])) or {}
    begun = stored | {"doc": stored["doc"].replace("2028-02-1", "2024-02-1")}
    story.table.write(Put(begun))
    attendance = f"{event}/registrations/{registered[0]['registrant']}/attendance"
    story.put(attendance, "root", {"attended": True})
