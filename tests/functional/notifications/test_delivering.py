"""Telling people: each recipient once, whatever fails in between and however often it is handed in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.errors import TemporarilyUnavailable
from chalicelib.notifications import inbox
from chalicelib.notifications.models import Mail
from chalicelib.notifications.service import GIVEN_UP, OVERDUE, deliver, send_unsent
from chalicelib.notifications.store import LEASE
from chalicelib.outbox.models import (
    Audience,
    Notice,
    NoticeKind,
    ToAddress,
    ToAdministrators,
    ToOrganization,
    ToPerson,
)
from chalicelib.people import service as people
from chalicelib.people.models import Delivery, MailStatus, address_hash
from chalicelib.table import keys
from chalicelib.table.expressions import Put, Update
from chalicelib.values import Role
from tests.functional.notifications.conftest import SCHOOL, World
from tests.unit.notifications.samples import notice


def inbox_of(world: World, pk: str) -> list[str]:
    items, _ = inbox.entries(world.tools.notifications, pk, 100, None, world.tools.clock)
    return [one.title for one in items]


def join(world: World, user_id: str, role: Role) -> None:
    pk, sk = keys.member(SCHOOL, user_id)
    item = {"organization_id": SCHOOL, "user_id": user_id, "role": role.value, "version": 1}
    world.table.write(Put({"PK": pk, "SK": sk, "created_at": world.now.isoformat(), **item}))
    world.meet(user_id)


def unsent(world: World) -> list[str]:
    return [one.id for one in world.tools.notifications.unsent(world.now + timedelta(days=1))]


def test_a_notice_reaches_the_inbox_and_the_mailbox_once(world: World) -> None:
    told = world.write()
    assert unsent(world) == [told.id]
    for _ in range(3):
        deliver(world.tools, told)
    assert world.caught.to == ["ann@connects.example"]
    assert len(inbox_of(world, keys.person_pk("ann"))) == 1
    assert unsent(world) == []


def test_an_organization_is_its_members_with_the_role(world: World) -> None:
    join(world, "ben", Role.CONTRIBUTOR)
    join(world, "vic", Role.VIEWER)
    deliver(world.tools, world.write(audience=ToOrganization(organization_id=SCHOOL)))
    assert sorted(world.caught.to) == ["ann@connects.example", "ben@connects.example"]
    deliver(world.tools, world.write(audience=ToOrganization(organization_id=SCHOOL, role=Role.OWNER)))
    assert world.caught.to[2:] == ["ann@connects.example"]
    assert inbox_of(world, keys.person_pk("vic")) == []


def test_one_failure_keeps_no_other_from_being_told_and_is_tried_again(world: World) -> None:
    join(world, "ben", Role.MANAGER)
    told = world.write(audience=ToOrganization(organization_id=SCHOOL))
    world.caught.busy = {"ann@connects.example"}
    with pytest.raises(TemporarilyUnavailable, match="1 of 2"):
        deliver(world.tools, told)
    assert world.caught.to == ["ben@connects.example"]
    assert unsent(world) == [told.id]
    world.caught.busy = set()
    deliver(world.tools, told)
    assert world.caught.to == ["ben@connects.example", "ann@connects.example"]
    assert unsent(world) == []


def test_a_crash_before_the_mail_loses_nothing_and_one_after_it_is_waited_for(world: World) -> None:
    told = world.write()

    def crash(_: Mail) -> None:
        raise SystemExit

    working = world.tools.outgoing
    crashing = replace(world.tools, outgoing=type("Crash", (), {"open": True, "send": staticmethod(crash)})())
    with pytest.raises(SystemExit):
        deliver(crashing, told)
    # Whether the mail went out is not known, and who claimed it may still be at it.
    with pytest.raises(TemporarilyUnavailable):
        deliver(replace(world.tools, outgoing=working), told)
    assert world.caught.mails == []
    world.wait(LEASE + timedelta(seconds=1))
    deliver(world.tools, told)
    assert world.caught.to == ["ann@connects.example"]


def test_what_the_mail_service_refuses_is_not_tried_again(world: World) -> None:
    told = world.write()
    world.caught.refused = {"ann@connects.example"}
    deliver(world.tools, told)
    world.caught.refused = set()
    deliver(world.tools, told)
    assert world.caught.mails == []
    assert unsent(world) == []
    assert len(inbox_of(world, keys.person_pk("ann"))) == 1


@pytest.mark.parametrize("status", [MailStatus.BOUNCED, MailStatus.COMPLAINED, MailStatus.UNSUBSCRIBED])
@pytest.mark.parametrize("audience", [ToPerson(user_id="ann"), ToAddress(email="Ann@Connects.example")])
def test_nothing_is_mailed_to_an_address_that_is_stopped(
    world: World, status: MailStatus, audience: Audience
) -> None:
    people.suppress(world.tools.people, "ann@connects.example", status, world.now)
    deliver(world.tools, world.write(NoticeKind.INVITATION_SENT, audience))
    assert world.caught.mails == []


def test_who_wants_no_mail_has_the_inbox(world: World) -> None:
    people.stop_kinds(world.tools.people, "ann", [NoticeKind.RESPONSE_RECEIVED])
    deliver(world.tools, world.write())
    deliver(world.tools, world.write(NoticeKind.MESSAGE_RECEIVED))
    assert [mail.kind for mail in world.caught.mails] == ["message_received"]
    assert len(inbox_of(world, keys.person_pk("ann"))) == 2


def test_what_answers_somebody_is_mailed_whatever_they_chose(world: World) -> None:
    people.stop_kinds(world.tools.people, "ann", NoticeKind)
    deliver(world.tools, world.write(NoticeKind.EVENT_CANCELLED))
    (mail,) = world.caught.mails
    assert mail.unsubscribe_url == ""


def test_an_address_that_nobody_showed_to_be_theirs_gets_no_mail(world: World) -> None:
    world.meet("eve", verified=False)
    deliver(world.tools, world.write(audience=ToPerson(user_id="eve")))
    assert world.caught.mails == []
    assert len(inbox_of(world, keys.person_pk("eve"))) == 1


def test_an_address_without_an_account_gets_mail_with_a_way_out(world: World) -> None:
    deliver(world.tools, world.write(NoticeKind.INVITATION_SENT, ToAddress(email="new@connects.example")))
    (mail,) = world.caught.mails
    assert mail.to == "new@connects.example"
    assert "unsubscribe" in mail.unsubscribe_url
    assert "new@" not in mail.unsubscribe_url


def test_administrators_share_an_inbox_and_an_address(world: World) -> None:
    told = world.write(NoticeKind.CLAIM_REQUESTED, ToAdministrators())
    deliver(replace(world.tools, administrators_mail="root@connects.example"), told)
    assert world.caught.to == ["root@connects.example"]
    assert len(inbox_of(world, keys.ADMINISTRATORS)) == 1


def test_a_deployment_without_mail_fills_inboxes(world: World) -> None:
    world.caught.open = False
    deliver(world.tools, world.write())
    assert world.caught.mails == []
    assert len(inbox_of(world, keys.person_pk("ann"))) == 1
    assert unsent(world) == []


def test_what_the_stream_missed_is_sent_later_and_only_that(world: World) -> None:
    missed, done = world.write(), world.write()
    deliver(world.tools, done)
    assert send_unsent(world.tools, lambda: 900) == 0
    world.wait(OVERDUE + timedelta(minutes=1))
    fresh = world.write()
    assert send_unsent(world.tools, lambda: 900) == 1
    assert unsent(world) == [fresh.id]
    assert missed.id not in unsent(world)
    assert len(world.caught.mails) == 2


def test_a_notice_that_nobody_can_read_is_given_up_and_holds_up_nothing(world: World) -> None:
    broken, good = world.write(), world.write()
    world.table.write(Update(keys.notice(broken.id), set={"doc": "{}"}))
    world.wait(OVERDUE + timedelta(minutes=1))
    assert send_unsent(world.tools, lambda: 900) == 1
    assert unsent(world) == [broken.id]
    assert world.caught.to == ["ann@connects.example"]
    world.wait(GIVEN_UP)
    assert send_unsent(world.tools, lambda: 900) == 0
    assert unsent(world) == []
    assert good.id != broken.id


def test_the_hour_ends_before_its_function_does(world: World) -> None:
    for _ in range(3):
        world.write()
    world.wait(OVERDUE + timedelta(minutes=1))
    left = iter([900.0, 900.0, 5.0])
    assert send_unsent(world.tools, lambda: next(left)) == 2
    assert send_unsent(world.tools, lambda: 900) == 1


def test_a_notice_that_is_gone_is_told_all_the_same(world: World) -> None:
    gone: Notice = notice()
    deliver(world.tools, gone)
    assert world.caught.to == ["ann@connects.example"]


def test_two_runs_at_once_mail_once(world: World) -> None:
    told = world.write()
    world.tools.notifications.claim(told.id, address_hash("ann"), world.now)
    with pytest.raises(TemporarilyUnavailable):
        deliver(world.tools, told)
    assert world.caught.mails == []


def test_a_choice_of_daily_mails_nothing_now(world: World) -> None:
    world.tools.people.choose_some("ann", {NoticeKind.RESPONSE_RECEIVED: Delivery.DAILY})
    told = world.write()
    deliver(world.tools, told)
    deliver(world.tools, told)
    assert world.caught.mails == []
    assert [one.user_id for one in world.digests.collected()] == ["ann"]
