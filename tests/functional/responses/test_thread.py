"""Messages: both sides write and read, nobody else; texts stay texts; a person's can be erased."""

import pytest

from chalicelib.responses import service
from chalicelib.responses import thread as threads
from chalicelib.responses.models import MOST_MESSAGES
from chalicelib.responses.store import ResponseStore
from chalicelib.table import keys
from chalicelib.table.expressions import Update
from chalicelib.table.table import Table
from tests.conftest import Answer
from tests.functional.acting import Acting, notices

SCRIPT = '<script>alert("x")</script>\nLine two & more'


@pytest.fixture
def response(acting: Acting, school: str, offer: str) -> str:
    """The school's response to the offer, with a first message."""
    return acting.respond("sue", offer, school, message="We can send two.")


def thread(offer: str, response: str) -> str:
    return f"/v1/postings/{offer}/responses/{response}/messages"


def writes(acting: Acting, who: str, offer: str, response: str, text: str, **more: str) -> Answer:
    headers = {name: more.pop(name) for name in ("Idempotency_Key",) if name in more}
    return acting.ask("POST", thread(offer, response), who, {"text": text, **more}, **headers)


def test_both_sides_write_and_read(
    acting: Acting, table: Table, school: str, shop: str, offer: str, response: str
) -> None:
    for who, text in (("ann", "From the first of June?"), ("sue", SCRIPT)):
        answer = writes(acting, who, offer, response, text)
        assert (answer.status, answer.json["text"]) == (201, text)
    said = [
        (one["organization_id"], one["text"])
        for one in acting.pages(f"{thread(offer, response)}?order=oldest&limit=1", "ann")
    ]
    assert said == [(school, "We can send two."), (shop, "From the first of June?"), (school, SCRIPT)]
    newest = acting.done("GET", f"{thread(offer, response)}?limit=1", "sue")["items"]
    assert [one["text"] for one in newest] == [SCRIPT]
    assert acting.done("GET", f"/v1/postings/{offer}/responses/{response}", "ann")["messages"] == 3
    told = {one["audience"]["organization_id"] for one in notices(table, "message_received")}
    assert told == {school, shop}


def test_strangers_and_viewers_write_nothing(acting: Acting, offer: str, response: str) -> None:
    for who in ("eve", "bob"):
        assert acting.ask("GET", thread(offer, response), who).status == 404
        assert writes(acting, who, offer, response, "Hello").status == 404
    assert acting.done("GET", thread(offer, response), "root")["items"]
    assert writes(acting, "root", offer, response, "Hello").status == 403


def test_a_viewer_reads_and_does_nothing_else(
    acting: Acting, table: Table, school: str, offer: str, response: str
) -> None:
    table.write(
        Update(
            keys.member(school, "vic"),
            set={
                "organization_id": school,
                "user_id": "vic",
                "role": "viewer",
                "created_at": "2026-01-01T00:00:00Z",
            },
        )
    )
    assert acting.done("GET", thread(offer, response), "vic")["items"]
    refused = [
        writes(acting, "vic", offer, response, "Hello"),
        acting.moves("vic", offer, response, "withdrawn"),
        acting.ask("POST", f"/v1/postings/{offer}/responses", "vic", {"organization_id": school}),
        acting.ask("PUT", f"/v1/postings/{offer}/responses/{response}/outcome", "vic", {"hours": 1}),
    ]
    assert [(one.status, one.problem) for one in refused] == [(403, "not-permitted")] * 4


def test_the_same_request_writes_once(acting: Acting, offer: str, response: str) -> None:
    first, second = (
        writes(acting, "ann", offer, response, "Once", Idempotency_Key="write-once-1") for _ in range(2)
    )
    assert (first.status, first.json) == (201, second.json)
    assert len(acting.done("GET", thread(offer, response), "ann")["items"]) == 2


def test_who_acts_for_both_sides_says_for_which(acting: Acting, shop: str) -> None:
    second = acting.shop("ann", name="Cedar Diesel")
    offer = acting.posting("ann", shop)
    response = acting.respond("ann", offer, second)
    unsaid = writes(acting, "ann", offer, response, "Hello")
    assert (unsaid.status, unsaid.json["errors"][0]["pointer"]) == (422, "/organization_id")
    said = writes(acting, "ann", offer, response, "Hello", organization_id=second)
    assert (said.status, said.json["organization_id"]) == (201, second)
    foreign = writes(acting, "ann", offer, response, "Hello", organization_id=acting.shop("bob"))
    assert foreign.status == 422


@pytest.mark.parametrize("text", ["", " ", "x" * 4001, "bell \u0007", "turned \u202e"])
def test_texts_that_cannot_be_shown_are_refused(acting: Acting, offer: str, response: str, text: str) -> None:
    answer = writes(acting, "ann", offer, response, text)
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert answer.json["errors"][0]["pointer"] == "/text"


def test_nothing_is_written_to_what_has_ended(acting: Acting, offer: str, response: str) -> None:
    acting.moves("ann", offer, response, "declined")
    answer = writes(acting, "sue", offer, response, "Why?")
    assert (answer.status, answer.problem) == (409, "move-not-allowed")


def test_a_suspended_organization_writes_nothing(
    acting: Acting, school: str, offer: str, response: str
) -> None:
    acting.decide(school, "suspended")
    assert writes(acting, "sue", offer, response, "Hello").status == 403


def test_messages_have_an_end(acting: Acting, table: Table, offer: str, response: str) -> None:
    table.write(Update(keys.response(offer, response), set={"messages": MOST_MESSAGES}))
    answer = writes(acting, "sue", offer, response, "One more")
    assert (answer.status, answer.problem) == (429, "limit-reached")


def test_what_a_person_wrote_can_be_had_and_erased(
    acting: Acting, table: Table, offer: str, response: str
) -> None:
    for number in range(3):
        writes(acting, "sue", offer, response, f"Number {number}")
    writes(acting, "ann", offer, response, "Mine")
    store = ResponseStore(table)
    first, following = service.entered_by(store, "sue", 3)
    rest, end = service.entered_by(store, "sue", 3, following)
    assert [one.text for one in (*first, *rest)] == ["We can send two.", "Number 0", "Number 1", "Number 2"]
    assert end is None
    while service.forget_person(store, "sue", limit=3):
        pass
    assert service.entered_by(store, "sue", 10) == ([], None)
    left = acting.done("GET", f"{thread(offer, response)}?order=oldest", "ann")["items"]
    assert [one["text"] for one in left] == [None, None, None, None, "Mine"]


def test_nobody_writes_without_end(
    acting: Acting, table: Table, school: str, offer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "MOST_A_DAY", 2)
    path = f"/v1/postings/{offer}/responses/{acting.respond('sue', offer, school)}/messages"
    for _ in range(2):
        acting.done("POST", path, "sue", {"text": "Hello?"})
    answer = acting.ask("POST", path, "sue", {"text": "Hello?"})
    assert (answer.status, answer.problem) == (429, "limit-reached")
    acting.done("POST", path, "ann", {"text": "Yes."})
    assert len(notices(table, "message_received")) == 3
