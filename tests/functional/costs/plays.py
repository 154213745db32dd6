"""What is played: every route at least once, a feature after the other."""

from typing import Any

from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.notifications.store import NotificationStore
from chalicelib.notifications.unsubscribing import Unsubscriber
from chalicelib.notifications.writing import told_of
from chalicelib.outbox.models import NoticeKind
from chalicelib.table import keys
from tests import factories
from tests.functional.acting import school
from tests.functional.costs.story import Story
from tests.unit.notifications.samples import notice
from tests.unit.postings.samples import details

LATHES: dict[str, Any] = {
    "direction": "need",
    "title": "Lathes",
    "text": "Two.",
    "details": details(),
    "seats": 2,
}
INTERNS: dict[str, Any] = {
    "direction": "offer",
    "title": "Two interns for the summer",
    "text": "Ten weeks beside a master technician.",
    "details": {"category": "internship", "hours_per_week": 30, "weeks": 10},
    "seats": 2,
}


def organizations(story: Story) -> tuple[str, str]:
    """A shop of Ann's and a school of Sue's, both verified."""
    made = []
    for owner, body in (("ann", factories.shop()), ("sue", school())):
        organization_id = story.post("/v1/organizations", owner, body)["id"]
        path = f"/v1/organizations/{organization_id}"
        story.put(f"{path}/verification", "root", {"status": "verified"})
        version = story.get(path, owner)["version"]
        story.patch(path, owner, {"phone": "406-555-0124"}, version)
        made.append(organization_id)
    other = story.post("/v1/organizations", "ann", factories.shop())
    story.delete(f"/v1/organizations/{other['id']}", "ann", other["version"])
    return made[0], made[1]


def _joined(story: Story, path: str, who: str) -> None:
    email = f"{who}@connects.example"
    story.post(f"{path}/invitations", "ann", {"email": email, "role": "manager"})
    invitation = story.notices("invitation_sent")[-1]["invitation"]
    story.get("/v1/me", who)
    story.post("/v1/invitations/acceptance", who, {"invitation": invitation})


def _of_members(story: Story, path: str) -> None:
    for who in ("bob", "cat", "dan"):
        _joined(story, path, who)
    story.post(f"{path}/invitations", "ann", {"email": "eve@connects.example", "role": "viewer"})
    invitations = story.get(f"{path}/invitations", "ann")["items"]
    pending = next(one for one in invitations if one["email"].startswith("eve@"))
    story.get(f"{path}/invitations/{pending['id']}", "ann")
    story.delete(f"{path}/invitations/{pending['id']}", "ann", pending["version"])
    members = {one["user_id"]: one for one in story.get(f"{path}/members", "ann")["items"]}
    story.put(f"{path}/members/bob", "ann", {"role": "viewer"}, members["bob"]["version"])
    story.delete(f"{path}/members/cat", "ann", members["cat"]["version"])
    story.post(f"{path}/ownership", "ann", {"user_id": "dan"})
    story.post(f"{path}/ownership", "dan", {"user_id": "ann"})
    story.delete(f"{path}/membership", "bob")


def memberships(story: Story, shop: str) -> None:
    """People come to a shop and go."""
    _of_members(story, f"/v1/organizations/{shop}")
    story.get("/v1/me", "ann")


def owner_groups(story: Story) -> None:
    """An owner group and its people."""
    group = story.post("/v1/owner-groups", "ann", {"name": "Big Sky Auto Group"})
    path = f"/v1/owner-groups/{group['id']}"
    story.post("/v1/organizations", "ann", factories.shop(owner_group_id=group["id"]))
    story.get(path, "ann")
    story.get(f"{path}/organizations", "ann")
    _of_members(story, path)
    empty = story.post("/v1/owner-groups", "ann", {"name": "Small Sky Auto Group"})
    story.delete(f"/v1/owner-groups/{empty['id']}", "ann")


def opened(story: Story, who: str, organization_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """A posting that is open."""
    path = f"/v1/organizations/{organization_id}/postings"
    drafted = story.post(path, who, body)
    moved: dict[str, Any] = story.put(
        f"{path}/{drafted['id']}/status", who, {"status": "open"}, drafted["version"]
    )
    return moved


def postings(story: Story, shop: str, college: str) -> None:
    """Needs of a school and offers of a shop, and finding them."""
    need = opened(story, "sue", college, LATHES)
    opened(story, "ann", shop, INTERNS)
    path = f"/v1/organizations/{college}/postings"
    story.patch(f"{path}/{need['id']}", "sue", {"title": "One lathe"}, need["version"])
    story.get(f"{path}/{need['id']}", "sue")
    story.get(f"{path}?limit=5", "sue")
    story.get(f"{path}/{need['id']}/matches", "sue")
    draft = story.post(path, "sue", LATHES)
    story.delete(f"{path}/{draft['id']}", "sue", draft["version"])
    story.get(f"/v1/organizations/{shop}/feed", "ann")
    story.get(f"/v1/directory/postings/{need['id']}")
    story.get(f"/v1/postings/{need['id']}", "ann")
    for query in ("zip=59801", "zip=59801&sort=newest", "limit=5", "limit=5&category=equipment"):
        story.get(f"/v1/directory/postings?{query}")


def searches(story: Story) -> None:
    """A saved search."""
    made = story.post("/v1/me/searches", "ann", {"name": "Near us", "zip": "59801"})
    story.get("/v1/me/searches", "ann")
    story.delete(f"/v1/me/searches/{made['id']}", "ann")


def submissions(story: Story, shop: str) -> None:
    """Pay, labor rates and benefits of a shop."""
    path = f"/v1/organizations/{shop}"
    plan = {"plan": "hourly", "hourly_pay_usd": "27.50", "hours_per_week": 40}
    said: dict[str, dict[str, Any]] = {
        "pay/technician_a": {"headcount": 3, "pay_plan": plan},
        "labor-rates": {"rates_usd_per_hour": {"customer_pay": "165.00", "diagnostic": "180.00"}},
        "benefits": {"benefits": {"health": {"offered": True}}},
    }
    for topic, body in said.items():
        story.put(f"{path}/{topic}", "ann", {"effective_date": "2025-01-01", **body})
        story.put(f"{path}/{topic}", "ann", {"effective_date": "2025-01-02", **body})
        story.get(f"{path}/{topic}", "ann")
    story.get(f"{path}/submissions", "ann")
    for topic in said:
        story.delete(f"{path}/{topic}", "ann")
        story.get(f"{path}/{topic}/versions", "ann")
    story.get(f"{path}/reviews", "ann")
    story.get("/v1/exchange/reviews", "root")


def notifications(story: Story) -> None:
    """What people were told, and how they want to be."""
    for pk in (keys.person_pk("ann"), keys.ADMINISTRATORS):
        for _ in range(20):
            NotificationStore(story.table).put_in_inbox(pk, told_of(notice()), utc_now())
    for path, who in (("/v1/administration/inbox", "root"), ("/v1/me/inbox", "ann")):
        newest = story.get(path, who)["items"][0]["id"]
        story.put(f"{path}/{newest}/read", who, None)
        if who == "ann":
            story.put(f"{path}/read", who, {"until": newest})
    settings = story.ask("GET", "/v1/me/notification-settings", "ann")
    version = int(settings.headers["ETag"].strip('"'))
    story.put("/v1/me/notification-settings", "ann", {"deliveries": {"search_matched": "never"}}, version)
    unsubscriber = Unsubscriber(config().cursor_key.get_secret_value(), "http://here")
    link = unsubscriber.link_from_kinds("ann", [NoticeKind.MESSAGE_RECEIVED]).removeprefix("http://here")
    for method in ("GET", "POST"):
        story.ask(method, link)


def directory(story: Story, shop: str) -> None:
    """What everybody may read."""
    story.get("/v1/directory/organizations?kind=shop&state=MT&limit=5")
    story.get(f"/v1/directory/organizations/{shop}")
    story.get("/v1/directory/nearby?zip=59801")
    story.get("/v1/geography/zip-codes/59801")
    story.get("/v1/geography/areas?state=MT")
    story.get("/v1/geography/metros")
    story.get("/v1/recognitions/rules")
    month = f"{utc_now():%Y-%m}"
    story.get(f"/v1/audit?month={month}&limit=5", "root")
