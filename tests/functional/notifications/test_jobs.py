"""The functions as they are deployed: imported by themselves, given events as AWS writes them."""

import json
from types import SimpleNamespace

import pytest

from chalicelib import aws
from chalicelib.config import config
from chalicelib.notifications import jobs
from chalicelib.notifications.models import Mail
from chalicelib.notifications.outgoing import Outgoing
from chalicelib.people import service as people
from chalicelib.people.models import MailStatus
from chalicelib.people.store import PersonStore
from chalicelib.table.table import Table
from tests.unit.notifications.samples import record, returned, scheduled, to

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000)


@pytest.fixture
def _mailing(monkeypatch: pytest.MonkeyPatch, table: Table) -> None:  # noqa: ARG001 - a fixture
    """A deployment that sends mail."""
    monkeypatch.setenv("CONNECTS_MAIL_FROM", "Connects <notices@connects.example>")
    monkeypatch.setenv("CONNECTS_PUBLIC_BASE_URL", "https://api.connects.example")
    config.cache_clear()
    aws.mail().create_email_identity(EmailIdentity="connects.example")


@pytest.mark.usefixtures("_mailing")
def test_a_batch_with_one_broken_record_answers_that_one() -> None:
    good = [
        record(to(f"{name}@connects.example"), number) for number, name in enumerate(("ann", "ben", "cem"))
    ]
    good[1]["dynamodb"]["NewImage"]["doc"] = {"S": "{"}
    mended = record(to("ben@connects.example"), 1)
    answer = jobs.deliver_notices({"Records": good}, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"{1:021d}"}]}
    # The stream hands in the failed one and all behind it.
    again = jobs.deliver_notices({"Records": [mended, good[2]]}, CONTEXT)
    assert again == {"batchItemFailures": []}


@pytest.mark.usefixtures("_mailing")
def test_what_is_handed_in_again_is_mailed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    mails: list[str] = []
    busy = {"ben@connects.example"}

    def send(_: Outgoing, mail: Mail) -> None:
        if mail.to in busy:
            raise TimeoutError
        mails.append(mail.to)

    monkeypatch.setattr(Outgoing, "send", send)
    batch = [
        record(to(f"{name}@connects.example"), number) for number, name in enumerate(("ann", "ben", "cem"))
    ]
    failed = jobs.deliver_notices({"Records": batch}, CONTEXT)["batchItemFailures"]
    assert failed == [{"itemIdentifier": f"{1:021d}"}]
    assert mails == ["ann@connects.example", "cem@connects.example"]
    busy.clear()
    assert jobs.deliver_notices({"Records": batch[1:]}, CONTEXT) == {"batchItemFailures": []}
    assert jobs.deliver_notices({"Records": batch}, CONTEXT) == {"batchItemFailures": []}
    assert mails == ["ann@connects.example", "cem@connects.example", "ben@connects.example"]


@pytest.mark.usefixtures("_mailing")
def test_what_there_is_no_time_for_is_left_for_the_next_batch() -> None:
    batch = [record(to(f"{name}@connects.example"), number) for number, name in enumerate(("ann", "ben"))]
    left = iter([120_000, 5_000])
    answer = jobs.deliver_notices(
        {"Records": batch}, SimpleNamespace(get_remaining_time_in_millis=lambda: next(left))
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"{1:021d}"}]}


@pytest.mark.usefixtures("_mailing")
def test_logs_hold_no_addresses(caplog: pytest.LogCaptureFixture) -> None:
    batch = [record(to("ann@connects.example"), 0), record(to("ben@connects.example"), 1)]
    batch[1]["dynamodb"]["NewImage"]["doc"] = {"S": json.dumps({"email": "ben@connects.example"})}
    jobs.deliver_notices({"Records": batch}, CONTEXT)
    jobs.note_returned_mail(returned("Bounce", "gone@connects.example"), CONTEXT)
    assert "notices" in caplog.messages
    assert [record for record in caplog.records if "@" in repr(vars(record))] == []


@pytest.mark.usefixtures("_mailing")
def test_the_hour_does_all_its_steps() -> None:
    assert jobs.run_hourly(scheduled(), CONTEXT)["digests"] == 0


def test_a_failing_step_keeps_no_other_from_running() -> None:
    done = []

    def fail() -> int:
        raise TimeoutError

    def work() -> int:
        done.append("work")
        return 1

    with pytest.raises(ExceptionGroup):
        jobs.run_steps({"first": fail, "second": work})
    assert done == ["work"]


@pytest.mark.parametrize(
    ("kind", "status"), [("Bounce", MailStatus.BOUNCED), ("Complaint", MailStatus.COMPLAINED)]
)
def test_mail_that_comes_back_stops_mail(table: Table, kind: str, status: MailStatus) -> None:
    event = returned(kind, "Gone@Connects.example")
    assert jobs.note_returned_mail(event, CONTEXT) == {"addresses": 1}
    assert people.mail_status(PersonStore(table), "gone@connects.example") is status
