"""One mail a day, with all that was collected until the morning: resumable, and nothing twice."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.notifications.digests import CUT, run_digests
from chalicelib.notifications.models import Mail
from chalicelib.notifications.service import deliver, forget_person
from chalicelib.outbox.models import NoticeKind, ToPerson
from chalicelib.people import service as people
from chalicelib.people.models import Delivery, MailStatus
from chalicelib.table import keys
from chalicelib.table.expressions import Update
from tests.functional.notifications.conftest import World

MORNING = datetime(2026, 6, 15, 13, 0, tzinfo=UTC)


def plenty() -> float:
    return 900.0


@pytest.fixture
def daily(world: World) -> World:
    """Ann and Ben choose one mail a day for responses."""
    world.meet("ben")
    for user_id in ("ann", "ben"):
        world.tools.people.choose_some(user_id, {NoticeKind.RESPONSE_RECEIVED: Delivery.DAILY})
    return world


def collect(world: World, *user_ids: str) -> None:
    for user_id in user_ids:
        deliver(world.tools, world.write(audience=ToPerson(user_id=user_id)))


def waiting(world: World) -> list[str]:
    return [one.user_id for one in world.digests.collected()]


def test_everybody_gets_one_mail_a_day(daily: World) -> None:
    collect(daily, "ann", "ben", "ann")
    daily.wait(timedelta(hours=1))
    assert run_digests(daily.tools, daily.digests, plenty) == 0
    daily.times.append(MORNING)
    assert run_digests(daily.tools, daily.digests, plenty) == 2
    assert daily.caught.to == ["ann@connects.example", "ben@connects.example"]
    assert daily.caught.mails[0].subject.startswith("2 things")
    assert waiting(daily) == []


def test_a_second_run_of_the_day_mails_nothing_and_what_came_later_waits_for_tomorrow(daily: World) -> None:
    collect(daily, "ann")
    daily.times.append(MORNING)
    assert run_digests(daily.tools, daily.digests, plenty) == 1
    collect(daily, "ann", "ben")
    for hours in range(1, 10):
        daily.times.append(MORNING + timedelta(hours=hours))
        assert run_digests(daily.tools, daily.digests, plenty) == 0
    assert sorted(waiting(daily)) == ["ann", "ben"]
    daily.times.append(MORNING + timedelta(days=1))
    assert run_digests(daily.tools, daily.digests, plenty) == 2


def test_the_cut_parts_what_belongs_to_today_from_what_does_not(daily: World) -> None:
    daily.times.append(datetime.combine(MORNING.date(), CUT) - timedelta(seconds=1))
    collect(daily, "ann")
    daily.times.append(datetime.combine(MORNING.date(), CUT))
    collect(daily, "ann")
    daily.times.append(MORNING)
    assert run_digests(daily.tools, daily.digests, plenty) == 1
    assert not daily.caught.mails[0].subject.startswith("2")
    assert waiting(daily) == ["ann"]


def test_a_run_that_is_out_of_time_goes_on_in_the_next(daily: World) -> None:
    collect(daily, "ann", "ben")
    daily.times.append(MORNING)
    left = iter([900.0, 1.0])
    assert run_digests(daily.tools, daily.digests, lambda: next(left)) == 1
    assert run_digests(daily.tools, daily.digests, plenty) == 1
    assert daily.caught.to == ["ann@connects.example", "ben@connects.example"]


def test_one_failure_keeps_nobody_from_their_mail_and_is_tried_again(daily: World) -> None:
    collect(daily, "ann", "ben")
    daily.times.append(MORNING)
    daily.caught.busy = {"ann@connects.example"}
    assert run_digests(daily.tools, daily.digests, plenty) == 1
    daily.caught.busy = set()
    daily.wait(timedelta(hours=1))
    assert run_digests(daily.tools, daily.digests, plenty) == 1
    assert daily.caught.to == ["ben@connects.example", "ann@connects.example"]


def test_what_was_mailed_and_not_forgotten_is_not_mailed_again(
    daily: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(daily, "ann")
    daily.times.append(MORNING)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(daily.digests, "forget", crash)
        with pytest.raises(SystemExit):
            run_digests(daily.tools, daily.digests, plenty)
    assert waiting(daily) == ["ann"]
    daily.wait(timedelta(hours=1))
    assert run_digests(daily.tools, daily.digests, plenty) == 0
    assert waiting(daily) == []
    assert len(daily.caught.mails) == 1


def test_a_crash_at_the_mail_is_repeated_once_the_claim_is_over(
    daily: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(daily, "ann")
    daily.times.append(MORNING)

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as broken:
        broken.setattr(daily.caught, "send", crash)
        broken.setattr(daily.digests, "release", crash)
        with pytest.raises(SystemExit):
            run_digests(daily.tools, daily.digests, plenty)
    assert run_digests(daily.tools, daily.digests, plenty) == 0
    daily.wait(timedelta(hours=1))
    assert run_digests(daily.tools, daily.digests, plenty) == 1


def test_who_changed_their_mind_or_bounced_gets_nothing(daily: World) -> None:
    collect(daily, "ann", "ben")
    people.stop_kinds(daily.tools.people, "ann", [NoticeKind.RESPONSE_RECEIVED])
    people.suppress(daily.tools.people, "ben@connects.example", MailStatus.BOUNCED, daily.now)
    daily.times.append(MORNING)
    assert run_digests(daily.tools, daily.digests, plenty) == 0
    assert daily.caught.mails == []
    assert waiting(daily) == []


def test_who_is_forgotten_gets_nothing(daily: World) -> None:
    collect(daily, "ann", "ann", "ben")
    daily.table.transact(people.forgotten_write("ann"))
    assert forget_person(daily.tools.notifications, "ann", 2) is True
    while forget_person(daily.tools.notifications, "ann", 2):
        pass
    assert waiting(daily) == ["ben"]
    daily.times.append(MORNING)
    assert run_digests(daily.tools, daily.digests, plenty) == 1
    assert daily.caught.to == ["ben@connects.example"]


def test_who_is_forgotten_while_a_digest_goes_out_leaves_nothing_behind(
    daily: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect(daily, "ann")
    daily.times.append(MORNING)

    def forgets(mail: Mail) -> None:
        daily.caught.mails.append(mail)
        daily.table.transact(people.forgotten_write("ann"))
        forget_person(daily.tools.notifications, "ann", 10)

    monkeypatch.setattr(daily.caught, "send", forgets)
    assert run_digests(daily.tools, daily.digests, plenty) == 1
    assert daily.table.query(keys.person_pk("ann")).items == []


def test_one_that_cannot_be_read_keeps_no_digest_from_going_out(daily: World) -> None:
    collect(daily, "ann", "ann", "ben")
    entry = next(daily.table.query_all(keys.person_pk("ann"), begins_with=keys.DIGEST))
    daily.table.write(Update(keys.Key(entry["PK"], entry["SK"]), set={"doc": "{"}))
    daily.times.append(MORNING)
    assert run_digests(daily.tools, daily.digests, plenty) == 2
    assert daily.digests.done(MORNING.date())


def test_a_refused_digest_is_not_tried_for_ever(daily: World) -> None:
    collect(daily, "ann")
    daily.caught.refused = {"ann@connects.example"}
    daily.times.append(MORNING)
    assert run_digests(daily.tools, daily.digests, plenty) == 0
    assert waiting(daily) == []
