"""Every route that reads many items, with one among them that cannot be read: it hides no other, and is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from moto.dynamodb.models.table import Table as StoredTable

from chalicelib import aws
from chalicelib.observability import metrics
from chalicelib.table.table import Table
from tests.conftest import Answer, Http, TokenMaker
from tests.functional.costs.meter import Cost
from tests.functional.costs.story import Story, route_of
from tests.functional.costs.whole import play
from tests.functional.faults.poisoning import (
    Read,
    Reading,
    attributes_of,
    every_way,
    ids_in,
    lists_in,
    missing,
    one_a_time,
    plant,
    poison,
    rows,
    unread,
)
from tests.functional.faults.stored import put_back, quick_copy, taken
from tests.functional.faults.trying import Listener, Request

#: What no GET reads: what runs by itself does, and some other requests.
BY_JOBS = {
    "contributions in force",
    "notices not sent yet, oldest first",
    "what the next digests hold",
    "saved searches to be looked at",
    "openings in force",
    "who waits for a seat, first come",
    "events of which people are to be told",
    "sources of lists",
    "schools of a three-digit ZIP area",
    "which school an identifier names",
    "which schools have an OPE id",
    "releases taken back",
}


@dataclass
class Poisoning(Story):
    """A story in which each list is asked for again with something unreadable in it."""

    rounds: Any = None
    reads: list[Read] = field(default_factory=list)
    tried: int = 0
    seen: set[Any] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    told: Any = None

    def ask(self, method: str, path: str, who: str | None = None, body: Any = None, **headers: str) -> Answer:
        """A request, tried with something poisoned the first time that its route reads items of a kind."""
        token = None if who is None else self.token(who, admin=who == "root")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.client, method, path, body, token, sent)
        with Reading().listening() as reading:
            answer = request.send()[0]
        assert 200 <= answer.status < 300, f"{method} {path}: {answer.text}"
        name = route_of(method, path)
        self.costs.setdefault(name, Cost())
        if method == "GET":
            after = taken()
            for kind, read in reading.kinds().items():
                self.reads.append(read)
                if (name, kind) not in self.seen:
                    self.seen.add((name, kind))
                    self.wrong += [f"{name}: {one}" for one in self._try(request, answer, read)]
                    put_back(after)
        return answer

    def _try(self, request: Request, good: Answer, read: Read) -> Iterator[str]:
        before = taken()
        for attribute in attributes_of(read.key):
            for what, value, in_place in self.rounds():
                put_back(before)
                self.told.clear()
                if in_place:
                    poison(read.key, attribute, value)
                else:
                    plant(read.key, attribute, value)
                self.tried += 1
                metrics.clear_metrics()
                answer = request.send()[0]
                told = [vars(one)["item"] for one in self.told.records if one.message == "item set aside"]
                rest = list(_rest(request, answer))
                for found in _faults(good, answer, rest, read, told, in_place=in_place):
                    yield f"{what} as {attribute} of {read.key}, {'in place' if in_place else 'beside'}: {found}"


def _rest(request: Request, answer: Answer) -> Iterator[Any]:
    """The pages behind an answer."""
    for _ in range(30):
        cursor = (_body(answer) or {}).get("next_cursor") if answer.status == 200 else None
        if cursor is None:
            return
        path = f"{request.path}{'&' if '?' in request.path else '?'}cursor={cursor}"
        answer = replace(request, path=path).send()[0]
        yield _body(answer)


def _faults(
    good: Answer, answer: Answer, rest: list[Any], read: Read, told: list[Any], *, in_place: bool
) -> Iterator[str]:
    """What is wrong with an answer, given the one before something was poisoned, and what was told of."""
    whole, now = _body(good), _body(answer)
    if answer.status != 200:
        # What is about one thing cannot do without it.
        if lists_in(whole) or not in_place:
            yield f"{answer.status} {answer.text}"
        return
    lacking = missing(whole, [now, *rest], ids_in(read.key) if in_place else [])
    # In place the item itself is missing.
    if len(lacking) > (1 if in_place else 0):
        yield f"hides {lacking}"
    lists = lists_in(whole)
    if in_place and not told and any(len(now[name]) < len(entries) for name, entries in lists.items()):
        yield "told nobody"
    if any(isinstance(one, dict) and "PK" not in one for one in told):
        yield "told by no key"


def more(story: Story) -> None:
    """Lists that the story does not ask for."""
    shops = [one["organization_id"] for one in story.get("/v1/me", "ann")["memberships"]]
    for who in ("ann", "sue", "tom"):
        story.get("/v1/me/export?limit=100", who)
    for shop in shops:
        story.get(f"/v1/organizations/{shop}/responses?side=posting", "ann")
        story.get(f"/v1/audit?subject={shop}", "root")


def _body(answer: Answer) -> Any:
    return answer.json if answer.text.startswith("{") else None


@pytest.fixture
def _quick_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StoredTable, "__deepcopy__", quick_copy, raising=False)


@pytest.mark.faults
@pytest.mark.usefixtures("_quick_copies")
@pytest.mark.parametrize(
    "rounds",
    [one_a_time(), every_way],
    ids=["one", "all"],
)
def test_what_cannot_be_read_hides_nothing_else(
    table: Table, client: Http, token: TokenMaker, caplog: pytest.LogCaptureFixture, rounds: Any
) -> None:
    story = Poisoning(client, token, table, Listener(), rounds=rounds, told=caplog)  # type: ignore[arg-type]
    events = aws.dynamodb().meta.events
    events.register("before-parameter-build.dynamodb", story.meter.note, unique_id="listener")  # type: ignore[attr-defined]
    try:
        play(story)
        more(story)
    finally:
        events.unregister("before-parameter-build.dynamodb", unique_id="listener")
    assert story.wrong == []
    assert unread(rows(), story.reads) == BY_JOBS
