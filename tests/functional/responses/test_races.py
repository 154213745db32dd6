"""Two requests at the same moment: one transaction decides, and who loses is told by what stands then."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib import aws
from chalicelib.auth import Caller
from chalicelib.errors import AlreadyResponded, ConnectsError, MoveNotAllowed, SeatsGone
from chalicelib.outcomes import service as outcomes
from chalicelib.outcomes.models import OutcomeDraft, Placement
from chalicelib.outcomes.store import OutcomeStore
from chalicelib.responses import service
from chalicelib.responses.models import ResponseDraft, ResponseStatus
from chalicelib.responses.stores import Stores
from chalicelib.table.table import Table
from chalicelib.values import Position
from tests.conftest import TABLE
from tests.functional.acting import Acting

ROUNDS = 20


class OneCallAtATime:
    """A client of the in-process AWS, which cannot do two calls at once; what lies between calls, mixes freely."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)

        def locked(*arguments: Any, **options: Any) -> Any:
            with self._lock:
                return call(*arguments, **options)

        return locked


class Meeting(Table):
    """A table at which two writers wait for each other before each one's first transaction."""

    def __init__(self, client: Any) -> None:
        super().__init__(client, TABLE, pause=lambda _: None)
        self._barrier = threading.Barrier(2)
        self._met = threading.local()

    def transact(self, *writes: Any) -> None:
        """As the table's, once both have read what they go by."""
        if not getattr(self._met, "yes", False):
            self._met.yes = True
            self._barrier.wait(timeout=20)
        super().transact(*writes)


@pytest.fixture
def at_once(table: Table) -> Callable[..., list[Any]]:  # noqa: ARG001 - there has to be a table
    """Does two things at once, each given all stores over the same table; what they answer or raise."""

    def both(*actions: Callable[[Table], object]) -> list[Any]:
        meeting = Meeting(OneCallAtATime(aws.dynamodb()))

        def outcome(action: Callable[[Table], object]) -> object:
            try:
                return action(meeting)
            except ConnectsError as error:
                return error

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(outcome, actions))

    return both


def person(name: str) -> Caller:
    return Caller(name, f"{name}@connects.example", admin=False)


def mover(who: str, posting: str, response: str, status: ResponseStatus) -> Callable[[Table], object]:
    def act(table: Table) -> object:
        return service.move(Stores.over(table), person(who), posting, response, status).response.status

    return act


def seats_left(acting: Acting, shop: str, posting: str) -> int:
    return int(acting.done("GET", f"/v1/organizations/{shop}/postings/{posting}", "ann")["seats_left"])


def test_the_last_seat_is_given_once_however_often_two_race_for_it(
    acting: Acting, at_once: Callable[..., list[Any]], school: str, shop: str
) -> None:
    other = acting.school("tom")
    for _ in range(ROUNDS):
        offer = acting.posting("ann", shop)
        given = acting.respond("sue", offer, school), acting.respond("tom", offer, other)
        found = at_once(*(mover("ann", offer, one, ResponseStatus.ACCEPTED) for one in given))
        assert found.count(ResponseStatus.ACCEPTED) == 1
        assert [type(one) for one in found if isinstance(one, ConnectsError)] == [SeatsGone]
        assert seats_left(acting, shop, offer) == 0


def test_the_same_acceptance_twice_at_once_takes_one_seat(
    acting: Acting, at_once: Callable[..., list[Any]], school: str, shop: str
) -> None:
    for _ in range(5):
        offer = acting.posting("ann", shop, seats=3)
        response = acting.respond("sue", offer, school)
        found = at_once(*[mover("ann", offer, response, ResponseStatus.ACCEPTED)] * 2)
        assert found == [ResponseStatus.ACCEPTED] * 2
        assert seats_left(acting, shop, offer) == 2


def test_of_declining_and_withdrawing_at_once_one_holds(
    acting: Acting, at_once: Callable[..., list[Any]], school: str, offer: str
) -> None:
    for _ in range(5):
        response = acting.respond("sue", offer, school)
        found = at_once(
            mover("ann", offer, response, ResponseStatus.DECLINED),
            mover("sue", offer, response, ResponseStatus.WITHDRAWN),
        )
        assert sorted(type(one).__name__ for one in found) == ["MoveNotAllowed", "ResponseStatus"]
        again = acting.respond("sue", offer, school)
        acting.moves("sue", offer, again, "withdrawn")


def test_accepting_and_withdrawing_at_once_end_withdrawn_with_the_seat_back(
    acting: Acting, at_once: Callable[..., list[Any]], school: str, shop: str
) -> None:
    for _ in range(5):
        offer = acting.posting("ann", shop)
        response = acting.respond("sue", offer, school)
        found = at_once(
            mover("ann", offer, response, ResponseStatus.ACCEPTED),
            mover("sue", offer, response, ResponseStatus.WITHDRAWN),
        )
        assert found[1] is ResponseStatus.WITHDRAWN
        assert found[0] is ResponseStatus.ACCEPTED or isinstance(found[0], MoveNotAllowed)
        assert seats_left(acting, shop, offer) == 1


def test_two_answers_of_one_organization_at_once_are_one(
    acting: Acting, at_once: Callable[..., list[Any]], school: str, shop: str
) -> None:
    draft = ResponseDraft(organization_id=school)

    def answer(offer: str) -> Callable[[Table], object]:
        return lambda table: service.respond(Stores.over(table), person("sue"), offer, draft)

    for _ in range(5):
        offer = acting.posting("ann", shop)
        found = at_once(*[answer(offer)] * 2)
        assert [type(one) for one in found if isinstance(one, ConnectsError)] == [AlreadyResponded]
        listed = acting.done("GET", f"/v1/postings/{offer}/responses", "ann")["items"]
        assert len(listed) == 1


def test_of_completing_and_withdrawing_at_once_one_holds(
    acting: Acting, at_once: Callable[..., list[Any]], school: str, shop: str
) -> None:
    draft = OutcomeDraft(placements=(Placement(position=Position.TECHNICIAN_C, students=1),))

    def complete(table: Table, offer: str, response: str) -> object:
        return outcomes.confirm(
            OutcomeStore(table), Stores.over(table), person("sue"), offer, response, draft
        )

    for _ in range(5):
        offer = acting.posting("ann", shop)
        response = acting.respond("sue", offer, school)
        acting.moves("ann", offer, response, "accepted")
        found = at_once(
            lambda table, offer=offer, response=response: complete(table, offer, response),
            mover("sue", offer, response, ResponseStatus.WITHDRAWN),
        )
        assert [type(one) for one in found if isinstance(one, ConnectsError)] == [MoveNotAllowed]
        status = acting.done("GET", f"/v1/postings/{offer}/responses/{response}", "sue")["status"]
        assert seats_left(acting, shop, offer) == (1 if status == "withdrawn" else 0)
