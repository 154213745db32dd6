"""A week on Connects: a school, three shops, a dealer group and an administrator, with the mails they get."""

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from chalicelib.clock import utc_now
from chalicelib.notifications.store import NotificationStore
from chalicelib.outbox.service import notice_write
from chalicelib.people.models import address_hash
from chalicelib.table.table import Table
from infra.mailbox import Received, mails
from infra.stack import StackInfo
from tests import factories
from tests.e2e.conftest import DEPLOYED, Api
from tests.unit.notifications.samples import record, returned, scheduled, to

pytestmark = pytest.mark.e2e
Person = Callable[[str | None], Api]
Eventually = Callable[..., Any]

LIST = (
    "name,street,city,state,zip,website,programs\n"
    "Bitterroot Technical College,1 College Rd,Missoula,MT,59801,https://www.bitterroot-tech.edu,47.0604\n"
)
TEACHER = "teacher@bitterroot-tech.edu"
NEED = {
    "direction": "need",
    "title": "A summer internship for one student",
    "text": "Ten weeks, from June. <b>Bring your own boots.</b>",
    "details": {"category": "internship", "hours_per_week": 30, "weeks": 10},
    "subjects": ["automotive"],
    "radius_miles": 100,
    "seats": 1,
}


@dataclass
class Mailbox:
    """Waits for mails, and remembers which of them were read."""

    stack: StackInfo
    eventually: Eventually
    read: set[tuple[str, str]] = field(default_factory=set)

    def next(self, to: str, words: str) -> Received:
        """The next mail to somebody whose subject holds the words."""
        address = to if "@" in to else f"{to}@connects.example"

        def found() -> Received | None:
            fresh = (one for one in mails(self.stack, address) if (address, one.text) not in self.read)
            return next((one for one in fresh if words in one.subject), None)

        mail: Received = self.eventually(found)
        self.read.add((address, mail.text))
        return mail


@pytest.fixture
def mailbox(stack: StackInfo, eventually: Eventually) -> Mailbox:
    """The mails of everybody."""
    return Mailbox(stack, eventually)


def ok(answer: requests.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.text else None


def problem(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:connects:problem:")


def verified(person: Person, owner: str, **draft: Any) -> str:
    """An organization that an administrator has verified."""
    made = ok(person(owner)("POST", "/v1/organizations", json=factories.shop(**draft)), 201)
    path = f"/v1/organizations/{made['id']}/verification"
    ok(person("admin")("PUT", path, json={"status": "verified"}))
    return str(made["id"])


@pytest.fixture
def school(stack: StackInfo, person: Person, eventually: Eventually) -> str:
    """A school that came with a list, and that its teacher claims with the school's own address."""
    bucket = stack.outputs["UploadsBucketName"]
    stack.client("s3").put_object(Bucket=bucket, Key="uploads/montana.csv", Body=LIST.encode())
    anyone = person(None)

    def imported() -> str | None:
        found = anyone("GET", "/v1/directory/organizations?kind=school&state=MT").json()["items"]
        return next((one["id"] for one in found if one["name"].startswith("Bitterroot")), None)

    school_id: str = eventually(imported)
    claim = ok(person(TEACHER)("PUT", f"/v1/organizations/{school_id}/claim", json={}))
    assert (claim["status"], claim["proof"]) == ("approved", "email_domain")
    refused = person("eve")("PUT", f"/v1/organizations/{school_id}/claim", json={})
    assert problem(refused) == (409, "already-claimed")
    return school_id


def test_a_week(person: Person, school: str, mailbox: Mailbox) -> None:
    teacher, admin = person(TEACHER), person("admin")
    cedar = verified(person, "cedar", name="Cedar Auto Repair")
    pine = verified(person, "pine", name="Pine Diesel")
    larch = verified(person, "larch", name="Larch Collision")
    assert "verified" in mailbox.next("cedar", "Cedar Auto Repair").text
    group = ok(person("dana")("POST", "/v1/owner-groups", json={"name": "Big Sky Auto Group"}), 201)
    dealer = verified(
        person, "dana", kind="dealership", shop_type="dealership", name="Big Sky", owner_group_id=group["id"]
    )

    _invite(person, mailbox, cedar)
    posting = _need(teacher, school)
    assert problem(_respond(person("cedar"), posting, cedar)) == (403, "approval-needed")
    for owner, shop in (("cedar", cedar), ("pine", pine), ("dana", dealer)):
        ok(person(owner)("PUT", f"/v1/organizations/{shop}/approval-requests/{school}"))
        mailbox.next(TEACHER, "asks for your approval")
    for shop, decision in ((cedar, "approved"), (dealer, "approved"), (pine, "blocked"), (larch, "approved")):
        ok(teacher("PUT", f"/v1/organizations/{school}/approvals/{shop}", json={"status": decision}))
    mailbox.next("cedar", "approved")
    assert problem(_respond(person("pine"), posting, pine)) == (403, "employer-blocked")

    responses = [
        ok(_respond(person(owner), posting, shop, "We have a place."), 201)
        for owner, shop in (("cedar", cedar), ("dana", dealer), ("larch", larch))
    ]
    for name in ("Cedar Auto Repair", "Big Sky", "Larch Collision"):
        mailbox.next(TEACHER, f"{name} responds")
    accepted = _race_for_the_seat(teacher, posting, responses)
    owner = {cedar: "cedar", dealer: "dana", larch: "larch"}[accepted["answering_party"]["organization_id"]]
    decided = mailbox.next(owner, "accepted")
    assert str(NEED["title"]) in decided.subject

    path = f"/v1/postings/{posting}/responses/{accepted['id']}"
    ok(person(owner)("POST", f"{path}/messages", json={"text": "When do we <i>start</i>?"}), 201)
    message = mailbox.next(TEACHER, "A message from")
    assert "<i>" not in message.html
    seen = ok(person(owner)("GET", path))
    assert seen["posting_party"]["contact_details"] is not None
    assert problem(person("eve")("GET", path)) in ((403, "not-permitted"), (404, "not-found"))

    outcome = {"placements": [{"position": "apprentice", "students": 1}], "hours": 300}
    ok(teacher("PUT", f"{path}/outcome", json=outcome))
    mailbox.next(owner, "Confirmed")
    _moderate(person, mailbox, teacher, school)
    _stop_mails(person, mailbox, owner, decided)
    inbox = ok(person(owner)("GET", "/v1/me/inbox"))["items"]
    assert {"response_decided", "completion_confirmed", "verification_decided"} <= {
        one["kind"] for one in inbox
    }
    ok(person(owner)("PUT", "/v1/me/inbox/read", json={"until": inbox[0]["id"]}), 204)
    assert all(one["read"] for one in ok(person(owner)("GET", "/v1/me/inbox"))["items"])
    told = ok(admin("GET", "/v1/administration/inbox"))["items"]
    assert "posting_reported" in {one["kind"] for one in told}


def _invite(person: Person, mailbox: Mailbox, organization: str) -> None:
    """The owner invites a colleague, who joins with the code from the mail, once."""
    draft = {"email": "mechanic@connects.example", "role": "contributor"}
    ok(person("cedar")("POST", f"/v1/organizations/{organization}/invitations", json=draft), 201)
    mail = mailbox.next("mechanic", "You are invited to Cedar Auto Repair")
    (code,) = re.findall(r"^\S{40,}$", mail.text, re.MULTILINE)[:1]
    foreign = person("eve")("POST", "/v1/invitations/acceptance", json={"invitation": code})
    assert foreign.status_code in (403, 409), foreign.text
    joined = ok(person("mechanic")("POST", "/v1/invitations/acceptance", json={"invitation": code}))
    assert joined["role"] == "contributor"
    mailbox.next("cedar", "A new member")


def _need(teacher: Api, school: str) -> str:
    """The school, which wants to approve of employers, opens a need."""
    path = f"/v1/organizations/{school}"
    policy = teacher("GET", f"{path}/approval-policy")
    ok(
        teacher(
            "PUT",
            f"{path}/approval-policy",
            json={"policy": "approve"},
            headers={"If-Match": policy.headers["ETag"]},
        )
    )
    posting = teacher("POST", f"{path}/postings", json=NEED)
    made = ok(posting, 201)
    opened = teacher(
        "PUT",
        f"{path}/postings/{made['id']}/status",
        json={"status": "open"},
        headers={"If-Match": posting.headers["ETag"]},
    )
    assert ok(opened)["status"] == "open"
    return str(made["id"])


def _respond(caller: Api, posting: str, shop: str, message: str | None = None) -> requests.Response:
    body = {"organization_id": shop, **({"message": message} if message else {})}
    return caller("POST", f"/v1/postings/{posting}/responses", json=body)


def _race_for_the_seat(teacher: Api, posting: str, responses: list[dict[str, Any]]) -> dict[str, Any]:
    """All responses are accepted at the same moment: one of them is, for there is one seat."""

    def accept(one: dict[str, Any]) -> requests.Response:
        path = f"/v1/postings/{posting}/responses/{one['id']}"
        return teacher("PUT", f"{path}/status", json={"status": "accepted"})

    with ThreadPoolExecutor(len(responses)) as threads:
        answers = list(threads.map(accept, responses))
    won = [one.json() for one in answers if one.status_code == 200]
    lost = [problem(one) for one in answers if one.status_code != 200]
    assert len(won) == 1, [one.text for one in answers]
    assert set(lost) <= {(409, "seats-gone"), (409, "posting-not-open")}
    return dict(won[0])


def _moderate(person: Person, mailbox: Mailbox, teacher: Api, school: str) -> None:
    """A posting is reported, and hidden by the administrator, who reads of it in the mailbox of administrators."""
    posting = _need(teacher, school)
    ok(person("larch")("PUT", f"/v1/postings/{posting}/report", json={"reason": "spam"}), 200)
    mailbox.next("admin", "Reported")
    ruling = {"decision": "hide", "reason": "Says nothing"}
    assert ok(person("admin")("PUT", f"/v1/postings/{posting}/moderation", json=ruling))["hidden"] is True
    assert "Says nothing" in mailbox.next(TEACHER, "hidden").text
    assert person(None)("GET", f"/v1/directory/postings/{posting}").status_code == 404


def _stop_mails(person: Person, mailbox: Mailbox, owner: str, mail: Received) -> None:
    """The link in a mail: looking at it does nothing, one click stops mails of that kind."""
    (link,) = re.findall(r"https?://\S+/v1/unsubscribe\?\S+", mail.text)
    settings = "/v1/me/notification-settings"
    assert requests.get(link, timeout=30).status_code == 200
    before = ok(person(owner)("GET", settings))
    assert before["deliveries"]["response_decided"] == "immediately"
    answer = requests.post(link, data={"List-Unsubscribe": "One-Click"}, timeout=30)
    assert answer.status_code == 200, answer.text
    after = ok(person(owner)("GET", settings))
    assert after["deliveries"] == {**before["deliveries"], "response_decided": "never"}
    assert urlsplit(link).query not in answer.text
    assert mailbox.stack.api_url in link


def test_a_batch_that_fails_in_one_record_is_handed_in_again(stack: StackInfo, mailbox: Mailbox) -> None:
    good, broken = record(to("first@connects.example"), 1), record(to("second@connects.example"), 2)
    mended = json.loads(json.dumps(broken))
    broken["dynamodb"]["NewImage"]["doc"] = {"S": "{"}
    client = stack.client("lambda")

    def hand_in(*records: dict[str, Any]) -> Any:
        done = client.invoke(
            FunctionName=stack.outputs["NoticesFunctionName"],
            Payload=json.dumps({"Records": records}).encode(),
        )
        return json.load(done["Payload"])

    assert hand_in(good, broken) == {"batchItemFailures": [{"itemIdentifier": f"{2:021d}"}]}
    assert hand_in(good, mended) == {"batchItemFailures": []}
    assert hand_in(good, mended) == {"batchItemFailures": []}
    for address in ("first@connects.example", "second@connects.example"):
        mailbox.next(address, "You are invited")
        assert len(mails(stack, address)) == 1


def test_what_fails_in_the_stream_is_handed_in_again(stack: StackInfo, mailbox: Mailbox) -> None:
    """Somebody else seems to be at one of two deliveries: the other is made, and this one once it is free."""
    if DEPLOYED:
        pytest.skip("the emulated AWS hands a batch in again only as infra/emulator.py starts it")
    table = Table(stack.client("dynamodb"), stack.outputs["TableName"])
    held, free = to("held@connects.example"), to("free@connects.example")
    recipient = address_hash("held@connects.example")
    NotificationStore(table).claim(held.id, recipient, utc_now())
    table.transact(
        *(notice_write(one.kind, one.audience, one.facts, utc_now(), one.id) for one in (held, free))
    )
    mailbox.next("free", "You are invited")
    assert mails(stack, "held@connects.example") == []
    NotificationStore(table).release(held.id, recipient)
    mailbox.next("held", "You are invited")
    assert len(mails(stack, "free@connects.example")) == 1


def test_mail_that_comes_back_stops_mail(stack: StackInfo, person: Person, mailbox: Mailbox) -> None:
    shop = verified(person, "gone", name="Gone Auto")
    mailbox.next("gone", "Gone Auto")
    event = returned("Bounce", "gone@connects.example")
    done = stack.client("lambda").invoke(
        FunctionName=stack.outputs["ReturnedMailFunctionName"], Payload=json.dumps(event).encode()
    )
    assert json.load(done["Payload"]) == {"addresses": 1}
    assert ok(person("gone")("GET", "/v1/me/notification-settings"))["mail_status"] == "bounced"
    ok(
        person("admin")("PUT", f"/v1/organizations/{shop}/verification", json={"status": "suspended"}),
    )
    mailbox.eventually(
        lambda: any("suspended" in one["title"] for one in ok(person("gone")("GET", "/v1/me/inbox"))["items"])
    )
    assert len(mails(stack, "gone@connects.example")) == 1


def test_the_hour_is_done(stack: StackInfo) -> None:
    assert {"unsent", "searches", "events", "digests"} <= _hour(stack).keys()


@pytest.mark.parametrize("zip_code", ["59801", "10001", "96910"])
def test_a_newcomer_asks_what_is_near(person: Person, zip_code: str) -> None:
    found = person(None)("GET", f"/v1/directory/postings?zip={zip_code}&radius_miles=50")
    assert isinstance(ok(found)["items"], list)


def test_a_webinar_with_one_seat(person: Person, mailbox: Mailbox) -> None:
    admin = person("admin")
    draft = {
        "title": "Getting started",
        "text": "Your first posting.",
        "starts_local": f"{utc_now() + timedelta(days=200):%Y-%m-%d}T18:00",
        "time_zone": "America/Denver",
        "minutes": 60,
        "capacity": 1,
    }
    made = admin("POST", "/v1/administration/events", json=draft)
    event = ok(made, 201)
    status = f"/v1/administration/events/{event['id']}/status"
    published = admin("PUT", status, json={"status": "published"}, headers={"If-Match": made.headers["ETag"]})
    ok(published)
    path = f"/v1/events/{event['id']}"
    ok(person("ann")("PUT", f"{path}/registration"))
    assert "6:00 PM M" in mailbox.next("ann", "You are registered").text
    guest = {"name": "Gus", "email": "guest@connects.example"}
    assert person(None)("POST", f"{path}/registrations", json=guest).status_code in (200, 202)
    asked = mailbox.next("guest", "Confirm")
    (code,) = re.findall(r"^\S{40,}$", asked.text, re.MULTILINE)
    ok(person(None)("POST", "/v1/event-registrations/confirmation", json={"registration": code}))
    mailbox.next("guest", "waiting list")
    assert person("ann")("DELETE", f"{path}/registration").status_code in (200, 204)
    mailbox.next("guest", "You have a seat")
    assert "BEGIN:VEVENT" in person(None)("GET", f"{path}/calendar").text
    now = admin("GET", f"/v1/administration/events/{event['id']}")
    ok(admin("PUT", status, json={"status": "cancelled"}, headers={"If-Match": now.headers["ETag"]}))
    _hour(mailbox.stack)
    mailbox.next("guest", "Cancelled")


def _hour(stack: StackInfo) -> Any:
    done = stack.client("lambda").invoke(
        FunctionName=stack.outputs["HourlyFunctionName"], Payload=json.dumps(scheduled()).encode()
    )
    return json.load(done["Payload"])
