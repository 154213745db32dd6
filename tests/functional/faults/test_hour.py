"""The functions that tell people, under faults, killed, and handed the same again: everybody is told, and once."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto.dynamodb.models.table import Table as StoredTable

from chalicelib import aws
from chalicelib.config import config
from chalicelib.notifications import jobs
from chalicelib.outbox.models import NoticeKind, ToPerson
from chalicelib.people import service as people
from chalicelib.people.models import MailStatus
from chalicelib.people.store import PersonStore
from chalicelib.table.table import Table
from tests.faults import Faults, Killed, Kind
from tests.functional.faults.hour import NOW
from tests.functional.faults.hour import acting as acting  # noqa: PLC0414 - a fixture
from tests.functional.faults.stored import changes, known_ids, put_back, quick_copy, taken
from tests.functional.notifications.conftest import World
from tests.functional.notifications.conftest import world as world  # noqa: PLC0414 - a fixture
from tests.functional.notifications.test_jobs import CONTEXT
from tests.unit.notifications.samples import notice, record, returned, scheduled, to

Run = Callable[[], Any]


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch, table: Table) -> list[datetime]:  # noqa: ARG001 - a fixture
    """A deployment that sends mail, and its clock: the last of these."""
    monkeypatch.setattr(StoredTable, "__deepcopy__", quick_copy, raising=False)
    monkeypatch.setenv("CONNECTS_MAIL_FROM", "Connects <notices@connects.example>")
    monkeypatch.setenv("CONNECTS_PUBLIC_BASE_URL", "https://api.connects.example")
    config.cache_clear()
    aws.mail().create_email_identity(EmailIdentity="connects.example")
    times = [NOW]
    monkeypatch.setattr(jobs, "utc_now", lambda: times[-1])
    return times


def under(faults: Faults, run: Run) -> Any:
    with faults.between(aws.dynamodb(), aws.s3(), aws.mail()):
        return run()


def ends_the_same(run: Run, times: list[datetime], step: int) -> None:
    """Runs something whole, under each fault of every call, and killed before every ``step``-th, which runs again."""
    before = taken()
    known, now = known_ids(before), len(times)

    def again() -> list[str]:
        """What it comes to in the end: what one run writes, the next may tell."""
        for _ in range(2):
            times.append(times[-1] + timedelta(minutes=30))
            run()
        return changes(before, known)

    calls = len(under(whole := Faults(), run) and whole.calls)
    wanted = changes(before, known)
    assert wanted
    in_the_end = again()
    for kind in Kind:
        put_back(before)
        del times[now:]
        under(Faults(everywhere=kind), run)
        assert changes(before, known) == wanted, kind
    for at in range(0, calls, step):
        put_back(before)
        del times[now:]
        with pytest.raises(Killed):
            under(Faults(kill_at=at), run)
        assert again() == in_the_end, at


STEPS = pytest.mark.parametrize(
    "step", [pytest.param(1, marks=pytest.mark.faults), 37], ids=["every call", "some"]
)


@STEPS
@pytest.mark.usefixtures("acting")
def test_the_hour(times: list[datetime], step: int) -> None:
    ends_the_same(lambda: jobs.run_hourly(scheduled(), CONTEXT), times, step)


@pytest.fixture
def batch(world: World) -> list[dict[str, Any]]:
    """Records of the stream: to people and to addresses, of one kind and another."""
    for who in ("ann", "ben"):
        world.meet(who)
    made = [notice(kind, ToPerson(user_id=who)) for who in ("ann", "ben") for kind in _KINDS]
    made += [to(f"{who}@connects.example") for who in ("cem", "dan")]
    return [record(one, number) for number, one in enumerate(made)]


_KINDS = (NoticeKind.MESSAGE_RECEIVED, NoticeKind.SEARCH_MATCHED)


def delivered(records: list[dict[str, Any]]) -> Any:
    """Hands a batch in as the stream does: what failed, and all behind it, once more."""
    for _ in range(3):
        failed = jobs.deliver_notices({"Records": records}, CONTEXT)["batchItemFailures"]
        if not failed:
            return True
        first = min(one["itemIdentifier"] for one in failed)
        records = [one for one in records if one["dynamodb"]["SequenceNumber"] >= first]
    return False


@STEPS
def test_the_stream(batch: list[dict[str, Any]], times: list[datetime], step: int) -> None:
    ends_the_same(lambda: delivered(batch), times, max(step // 4, 1))


def test_the_stream_in_another_order_and_again(batch: list[dict[str, Any]], times: list[datetime]) -> None:
    before = taken()
    known = known_ids(before)
    assert delivered(batch)
    wanted, mails = changes(before, known), _mails()
    assert mails == 4
    drawn = random.Random(6)
    for _ in range(4):
        put_back(before)
        shuffled = drawn.sample(batch, len(batch))
        times.append(times[-1] + timedelta(minutes=1))
        for part in (shuffled[:4], shuffled[2:], batch, batch[3:]):
            assert jobs.deliver_notices({"Records": part}, CONTEXT) == {"batchItemFailures": []}
        assert changes(before, known) == wanted
        assert _mails() == mails + 4
        mails += 4


def test_two_whose_clocks_differ_tell_once(batch: list[dict[str, Any]], times: list[datetime]) -> None:
    """A clock behind or ahead by less than a claim lasts takes nothing that another has claimed."""
    before, first = taken(), _mails()
    for skew in (-170, -30, 30, 170):
        put_back(before)
        for at in (8, 14):
            with pytest.raises(Killed):
                under(Faults(kill_at=at), lambda: delivered(batch))
        claimed = _mails()
        times.append(NOW + timedelta(seconds=skew))
        jobs.deliver_notices({"Records": batch}, CONTEXT)
        times.append(NOW + timedelta(minutes=10))
        assert delivered(batch)
        del times[1:]
        assert first < claimed <= _mails() <= claimed + 6
        first = _mails()


def test_returned_mail(table: Table, times: list[datetime]) -> None:
    event = returned("Bounce", "gone@connects.example")
    ends_the_same(lambda: jobs.note_returned_mail(event, CONTEXT), times, 1)
    assert people.mail_status(PersonStore(table), "gone@connects.example") is MailStatus.BOUNCED


def _mails() -> int:
    from moto.ses.models import ses_backends

    return len(ses_backends["123456789012"]["us-east-1"].sent_messages)
