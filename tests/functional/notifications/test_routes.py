"""The inbox, the settings and the links in mails, through the API."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from chalicelib import aws
from chalicelib.auth import Caller
from chalicelib.clock import utc_now
from chalicelib.config import config
from chalicelib.notifications.store import NotificationStore
from chalicelib.notifications.unsubscribing import Unsubscriber
from chalicelib.notifications.writing import told_of
from chalicelib.outbox.models import NoticeKind
from chalicelib.people import service as people
from chalicelib.people.models import MailStatus, address_hash
from chalicelib.people.store import PersonStore
from chalicelib.table import keys
from chalicelib.table.table import Table
from tests.conftest import Http, TokenMaker
from tests.faults import Faults, Kind, Rule
from tests.unit.notifications.samples import notice

SETTINGS = "/v1/me/notification-settings"


def put(table: Table, pk: str, number: int = 1, age: timedelta = timedelta()) -> list[str]:
    """Entries of an inbox, oldest first."""
    ids = []
    for _ in range(number):
        told = told_of(notice())
        NotificationStore(table).put_in_inbox(pk, told, utc_now() - age)
        ids.append(told.id)
    return ids


def test_an_inbox_is_read_newest_first_and_page_by_page(
    client: Http, token: TokenMaker, table: Table
) -> None:
    ids = put(table, keys.person_pk("ann"), 5)
    put(table, keys.person_pk("ben"))
    seen: list[str] = []
    path = "/v1/me/inbox?limit=2"
    while path:
        page = client.get(path, token=token("ann"))
        assert page.status == 200
        seen += [one["id"] for one in page.json["items"]]
        cursor = page.json["next_cursor"]
        path = f"/v1/me/inbox?limit=2&cursor={cursor}" if cursor else ""
    assert seen == ids[::-1]


def test_a_cursor_is_good_for_its_own_inbox_only(client: Http, token: TokenMaker, table: Table) -> None:
    put(table, keys.person_pk("ann"), 3)
    cursor = client.get("/v1/me/inbox?limit=1", token=token("ann")).json["next_cursor"]
    answer = client.get(f"/v1/me/inbox?cursor={cursor}", token=token("ben"))
    assert (answer.status, answer.problem) == (400, "invalid-cursor")


def test_entries_are_marked_one_by_one_or_up_to_one(client: Http, token: TokenMaker, table: Table) -> None:
    old = put(table, keys.person_pk("ann"), 2, timedelta(hours=2))
    (middle,) = put(table, keys.person_pk("ann"), 1, timedelta(hours=1))
    (new,) = put(table, keys.person_pk("ann"))

    def read() -> dict[str, bool]:
        return {
            one["id"]: one["read"] for one in client.get("/v1/me/inbox", token=token("ann")).json["items"]
        }

    assert client.put(f"/v1/me/inbox/{old[0]}/read", token=token("ann")).status == 204
    assert read() == {new: False, middle: False, old[1]: False, old[0]: True}
    for _ in range(2):
        assert client.put("/v1/me/inbox/read", json={"until": middle}, token=token("ann")).status == 204
    assert read() == {new: False, middle: True, old[1]: True, old[0]: True}
    assert client.put("/v1/me/inbox/read", json={"until": old[0]}, token=token("ann")).status == 204
    assert read()[middle] is True


def test_nobody_marks_anothers_entries(client: Http, token: TokenMaker, table: Table) -> None:
    (entry,) = put(table, keys.person_pk("ann"))
    assert client.put(f"/v1/me/inbox/{entry}/read", token=token("eve")).status == 404
    answer = client.put("/v1/me/inbox/read", json={"until": entry}, token=token("eve"))
    assert (answer.status, answer.problem) == (404, "not-found")
    assert client.get("/v1/me/inbox", token=token("ann")).json["items"][0]["read"] is False
    answer = client.put("/v1/me/inbox/../read", token=token("eve"))
    assert answer.status in (404, 422)


def test_what_has_expired_is_not_shown(client: Http, token: TokenMaker, table: Table) -> None:
    put(table, keys.person_pk("ann"), 1, timedelta(days=181))
    assert client.get("/v1/me/inbox", token=token("ann")).json["items"] == []


def test_administrators_have_an_inbox_of_their_own(client: Http, token: TokenMaker, table: Table) -> None:
    (entry,) = put(table, keys.ADMINISTRATORS)
    root = token("root", admin=True)
    assert [one["id"] for one in client.get("/v1/administration/inbox", token=root).json["items"]] == [entry]
    assert client.put(f"/v1/administration/inbox/{entry}/read", token=root).status == 204
    assert client.get("/v1/administration/inbox", token=root).json["items"][0]["read"] is True
    assert client.get("/v1/administration/inbox", token=token("ann")).status == 403


def test_settings_are_chosen_by_the_current_version_only(client: Http, token: TokenMaker) -> None:
    ann = token("ann", email_verified=True)
    first = client.get(SETTINGS, token=ann)
    assert first.json["deliveries"]["search_matched"] == "daily"
    assert "invitation_sent" not in first.json["deliveries"]
    assert first.json["email"] is None
    chosen = {"deliveries": {"message_received": "never", "response_received": "daily"}}
    answer = client.put(SETTINGS, json=chosen, token=ann, headers={"If-Match": first.headers["ETag"]})
    assert answer.status == 200
    assert answer.json["email"] == "ann@connects.example"
    assert answer.json["deliveries"]["message_received"] == "never"
    stale = client.put(SETTINGS, json=chosen, token=ann, headers={"If-Match": first.headers["ETag"]})
    assert (stale.status, stale.problem) == (412, "stale-version")
    assert client.put(SETTINGS, json=chosen, token=ann).status == 428
    cleared = client.put(
        SETTINGS, json={"deliveries": {}}, token=ann, headers={"If-Match": answer.headers["ETag"]}
    )
    assert cleared.json["deliveries"] == first.json["deliveries"]


@pytest.mark.parametrize(
    "deliveries", [{"invitation_sent": "never"}, {"event_reminder": "daily"}, {"no_such": "never"}]
)
def test_what_cannot_be_chosen_is_refused(
    client: Http, token: TokenMaker, deliveries: dict[str, str]
) -> None:
    answer = client.put(
        SETTINGS, json={"deliveries": deliveries}, token=token("ann"), headers={"If-Match": '"0"'}
    )
    assert (answer.status, answer.problem) == (422, "invalid-input")


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


@pytest.fixture
def unsubscriber() -> Unsubscriber:
    """Makes links as mails hold them."""
    return Unsubscriber(config().cursor_key.get_secret_value(), "https://api.connects.example")


def test_one_click_stops_mails_of_a_kind(
    client: Http, token: TokenMaker, unsubscriber: Unsubscriber, table: Table
) -> None:
    table.transact(people.seen_write(Caller("ann", "ann@connects.example", False, True), utc_now()))
    link = path_of(unsubscriber.link_from_kinds("ann", [NoticeKind.MESSAGE_RECEIVED]))
    page = client.get(link)
    assert page.headers["Content-Type"].startswith("text/html")
    ann = token("ann", email_verified=True)
    assert client.get(SETTINGS, token=ann).json["deliveries"]["message_received"] == "immediately"
    for _ in range(2):
        done = client.post(
            link,
            content=b"List-Unsubscribe=One-Click",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert done.status == 200
    settings = client.get(SETTINGS, token=ann)
    assert settings.json["deliveries"]["message_received"] == "never"
    assert settings.json["deliveries"]["response_received"] == "immediately"


def test_a_link_brings_nobody_back_who_was_erased(
    client: Http, unsubscriber: Unsubscriber, table: Table
) -> None:
    link = path_of(unsubscriber.link_from_kinds("ann", [NoticeKind.MESSAGE_RECEIVED]))
    assert client.post(link).status == 200
    assert table.get(keys.person("ann")) is None


def test_what_was_chosen_and_cut_off_is_ended_by_the_same_request(
    client: Http, token: TokenMaker, unsubscriber: Unsubscriber
) -> None:
    link = path_of(unsubscriber.link_from_all(address_hash("ann@connects.example")))
    assert client.post(link).status == 200
    ann, wanted = token("ann"), {"deliveries": {"search_matched": "never"}}
    rule = Rule(Kind.FAILED, 0, operation="DeleteItem", times=None)
    with Faults((rule,)).between(aws.dynamodb()) as faults:
        assert client.put(SETTINGS, json=wanted, token=ann, headers={"If-Match": '"0"'}).status == 503
    assert faults.met
    again = client.put(SETTINGS, json=wanted, token=ann, headers={"If-Match": '"0"'})
    assert (again.status, again.json["mail_status"]) == (200, "ok")
    other = client.put(SETTINGS, json=wanted, token=ann, headers={"If-Match": '"0"'})
    assert other.problem == "stale-version"


def test_an_address_is_stopped_and_its_owner_may_choose_again(
    client: Http, token: TokenMaker, unsubscriber: Unsubscriber, table: Table
) -> None:
    link = path_of(unsubscriber.link_from_all(address_hash("ann@connects.example")))
    assert client.post(link).status == 200
    store = PersonStore(table)
    assert people.mail_status(store, "ann@connects.example") is MailStatus.UNSUBSCRIBED
    ann = token("ann", email_verified=True)
    answer = client.put(SETTINGS, json={"deliveries": {}}, token=ann, headers={"If-Match": '"0"'})
    assert answer.json["mail_status"] == "ok"
    people.suppress(store, "ann@connects.example", MailStatus.BOUNCED, utc_now())
    assert client.post(link).status == 200
    answer = client.put(
        SETTINGS, json={"deliveries": {}}, token=ann, headers={"If-Match": answer.headers["ETag"]}
    )
    assert answer.json["mail_status"] == "bounced"


def test_a_link_that_is_not_ours_does_nothing(client: Http) -> None:
    for method in ("GET", "POST"):
        answer = client.request(method, "/v1/unsubscribe?token=made-up")
        assert (answer.status, answer.problem) == (422, "invalid-input")
        assert client.request(method, "/v1/unsubscribe").status == 422
