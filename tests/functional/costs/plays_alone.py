"""What is played by people for themselves, with lists, and with the Exchange's figures."""

from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.notifications.store import NotificationStore
from chalicelib.notifications.unsubscribing import Unsubscriber
from chalicelib.notifications.writing import told_of
from chalicelib.outbox.models import NoticeKind
from chalicelib.school_lists.jobs import import_school_list
from chalicelib.submissions.models import LABOR_RATES, Review
from chalicelib.submissions.review_store import ReviewStore
from chalicelib.table import keys
from tests.functional.costs.story import Story
from tests.functional.exchange.conftest import NIGHT, Exchange
from tests.functional.exchange.releases import publish
from tests.functional.school_lists.test_job import Context, event
from tests.functional.school_lists.test_several_lists import DOUBTFUL, HD
from tests.unit.notifications.samples import notice

API = "https://api.connects.example"
FIGURE = "metric=labor_rate_body&shop_type=collision"


def _told(story: Story, pk: str) -> str:
    told = told_of(notice())
    NotificationStore(story.table).put_in_inbox(pk, told, utc_now())
    return str(told.id)


def people(story: Story) -> None:
    """A person's settings and inbox."""
    path = "/v1/me/notification-settings"
    settings = story.ask("GET", path, "ann")
    version = int(settings.headers["ETag"].strip('"'))
    story.put(path, "ann", {"deliveries": {"search_matched": "never"}}, version)
    entries = [_told(story, keys.person_pk("ann")) for _ in range(3)]
    story.get("/v1/me/inbox", "ann")
    story.put(f"/v1/me/inbox/{entries[0]}/read", "ann", None)
    story.put("/v1/me/inbox/read", "ann", {"until": entries[1]})
    entry = _told(story, keys.ADMINISTRATORS)
    story.get("/v1/administration/inbox", "root")
    story.put(f"/v1/administration/inbox/{entry}/read", "root", None)
    unsubscriber = Unsubscriber(config().cursor_key.get_secret_value(), API)
    link = unsubscriber.link_from_kinds("ann", [NoticeKind.MESSAGE_RECEIVED]).removeprefix(API)
    story.ask("GET", link)
    story.ask("POST", link)


def leaving(story: Story) -> None:
    """A person who takes what they entered, and goes."""
    story.post("/v1/me/searches", "dan", {"name": "Near us", "zip": "59801"})
    story.get("/v1/me/export", "dan")
    story.delete("/v1/me", "dan")


def lists(story: Story) -> None:
    """School lists that an administrator uploads, one of them doubtful, and what is decided and undone."""
    path = "/v1/import-mappings/state-list"
    story.put(path, "root", {"columns": {"name": "Where", "zip": "Post"}, "constants": {"state": "MT"}})
    story.get(path, "root")
    story.get("/v1/import-mappings", "root")
    known, doubtful = _imported(story, HD), _imported(story, DOUBTFUL)
    story.get("/v1/imports", "root")
    story.get(f"/v1/imports/{doubtful}", "root")
    match = story.get("/v1/school-matches", "root")["items"][0]
    story.get(f"/v1/school-matches/{match['id']}", "root")
    story.put(f"/v1/school-matches/{match['id']}/decision", "root", {"decision": "same"})
    school = match["candidates"][0]["organization_id"]
    story.get(f"/v1/organizations/{school}/provenance", "root")
    story.post(f"/v1/imports/{known}/undoing", "root", None)
    waiting = story.post("/v1/imports", "root", {"filename": "schools.csv", "size_bytes": 48213})
    story.post(f"/v1/imports/{waiting['import']['id']}/cancellation", "root", None)


def _imported(story: Story, text: str) -> str:
    """Uploads a list and runs its import, whose own requests are not of this story. Gives its id."""
    made = story.post("/v1/imports", "root", {"filename": "schools.csv", "size_bytes": len(text)})
    happened = event(config(), made["upload"]["fields"]["key"], text.encode())
    import_school_list(happened, Context())
    return str(made["import"]["id"])


def exchange(story: Story, shop: str) -> None:
    """Figures, for everybody and for those who contribute."""
    release = publish(Exchange(story.table))
    filed = {"effective_date": "2025-01-01", "rates_usd_per_hour": {"customer_pay": "165.00"}}
    path = f"/v1/organizations/{shop}"
    version = story.put(f"{path}/labor-rates", "ann", filed)["version"]
    for query in (f"lookup?{FIGURE}&state=MT", f"series?{FIGURE}&place=MT"):
        story.get(f"/v1/exchange/{query}")
        story.get(f"/v1/exchange/participants/{query}", "ann")
    for name in ("releases", "releases/latest", f"releases/{release}", "metrics", "methodology"):
        story.get(f"/v1/exchange/{name}")
    story.get(f"{path}/comparison", "ann")
    waiting = Review(shop, LABOR_RATES, version, ("labor_rate_customer_pay",), NIGHT)
    ReviewStore(story.table).put(waiting, NIGHT)
    story.get(f"{path}/reviews", "ann")
    story.get("/v1/exchange/reviews", "root")
    story.put(f"{path}/submissions/labor-rates/confirmation", "ann", {"version": version})
