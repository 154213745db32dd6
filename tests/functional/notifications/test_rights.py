"""The functions that tell people may do what they do, and the test of that would notice if they did not."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.notifications.digests import run_digests
from chalicelib.notifications.service import OVERDUE, deliver, send_unsent
from chalicelib.outbox.models import NoticeKind, ToAddress, ToAdministrators, ToOrganization, ToPerson
from chalicelib.people import service as people
from chalicelib.people.models import Delivery, MailStatus
from tests.functional.notifications.conftest import SCHOOL, World
from tests.rights import Asked, Requests, listening, refused


def test_telling_needs_what_its_role_has(world: World) -> None:
    world.meet("ben")
    world.tools.people.choose_some("ben", {NoticeKind.RESPONSE_RECEIVED: Delivery.DAILY})
    audiences = (
        ToOrganization(organization_id=SCHOOL),
        ToPerson(user_id="ben"),
        ToAddress(email="new@connects.example"),
        ToAdministrators(),
    )
    told = [world.write(audience=audience) for audience in audiences]
    failing = world.write()
    with listening() as heard:
        for one in told * 2:
            deliver(world.tools, one)
        world.caught.busy = {"ann@connects.example"}
        with pytest.raises(Exception, match="could not be told"):
            deliver(world.tools, failing)
    assert len(heard.asked) > 20
    assert refused("DeliverNoticesRole", heard) == []


def test_the_hour_needs_what_its_role_has(world: World) -> None:
    world.tools.people.choose_some("ann", {NoticeKind.RESPONSE_RECEIVED: Delivery.DAILY})
    world.write()
    world.wait(OVERDUE + timedelta(minutes=1))
    with listening() as heard:
        assert send_unsent(world.tools, lambda: 900) == 1
        world.times.append(datetime(2026, 6, 15, 13, 0, tzinfo=UTC))
        assert run_digests(world.tools, world.digests, lambda: 900) == 1
    assert refused("RunHourlyRole", heard) == []


def test_stopping_mail_needs_what_its_role_has(world: World) -> None:
    with listening() as heard:
        people.suppress(world.tools.people, "gone@connects.example", MailStatus.BOUNCED, world.now)
    assert refused("NoteReturnedMailRole", heard) == []


@pytest.mark.parametrize(
    "asked",
    [
        Asked("Query", frozenset({"ORG#1"})),
        Asked("Query", frozenset({"ORG#1"}), attributes=frozenset({"PK", "doc"})),
        Asked("GetItem", frozenset({"ORG#1"})),
        Asked("PutItem", frozenset({"ORG#1"})),
        Asked("DeleteItem", frozenset({"USER#1"})),
        Asked("PutItem", frozenset({"ADDRESS#1"})),
        Asked("Query", frozenset({"OUTBOX"}), "directory"),
    ],
    ids=lambda one: f"{one.action} {min(one.partitions)}",
)
def test_what_telling_does_not_need_its_role_has_not(asked: Asked) -> None:
    assert refused("DeliverNoticesRole", Requests([asked])) == [asked]
