"""Submitting and withdrawing against the table: versions, races, and what the contributions index holds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.clock import Clock
from chalicelib.errors import Conflict, InvalidInput, NotFound
from chalicelib.organizations.store import OrganizationStore
from chalicelib.submissions import service
from chalicelib.submissions.labor_rates import LaborRates
from chalicelib.submissions.models import Action, PaySubmission, Record
from chalicelib.submissions.store import Overtaken, SubmissionStore
from chalicelib.table.table import Table
from tests.functional.submissions.conftest import Shop, labor_rates, lines_in_index, pay

TOPIC = "pay#technician_a"


class Desk:
    """One person who submits one topic, with stores of his own."""

    def __init__(
        self, store: SubmissionStore, organization_store: OrganizationStore, shop: str, clock: Clock
    ) -> None:
        self.store, self.organization_store, self.shop, self.clock = store, organization_store, shop, clock

    def submit(self, hourly: str = "27.50", user_id: str = "ann", **changes: Any) -> service.Filed:
        submission = PaySubmission.model_validate(pay(hourly, **changes))
        return service.submit(
            self.store,
            self.organization_store,
            self.shop,
            TOPIC,
            submission,
            user_id=user_id,
            clock=self.clock,
        )

    def withdraw(self, user_id: str = "ann") -> Record:
        return service.withdraw(
            self.store, self.organization_store, self.shop, TOPIC, user_id=user_id, clock=self.clock
        )

    def read(self) -> service.Filed:
        return service.read(self.store, self.organization_store, self.shop, TOPIC)

    def history(self) -> list[tuple[int, Action, str]]:
        records, _ = service.versions(self.store, self.shop, TOPIC, 100, None)
        return [(one.number, one.action, hourly_of(one)) for one in records]


def hourly_of(record: Record) -> str:
    if record.submission is None:
        return ""
    return str(record.submission.model_dump(mode="json")["pay_plan"]["hourly_pay_usd"])


@pytest.fixture
def desk(store: SubmissionStore, organization_store: OrganizationStore, shop: str, clock: Clock) -> Desk:
    return Desk(store, organization_store, shop, clock)


def test_what_is_submitted_is_in_force_and_in_the_index(desk: Desk, table: Table, clock: Clock) -> None:
    filed = desk.submit()
    assert (filed.record.number, filed.record.recorded_by, filed.record.recorded_at) == (1, "ann", clock())
    assert desk.read() == filed
    assert lines_in_index(table, desk.shop) == [
        f"s2|{desk.shop}|{TOPIC}|20089|hourly_equivalent:technician_a:2750:3;annual_pay:technician_a:5720000:3|1|0"
    ]


def test_another_submission_replaces_it_and_both_are_kept(desk: Desk, table: Table) -> None:
    desk.submit("27.50")
    assert desk.submit("28.00").record.number == 2
    assert hourly_of(desk.read().record) == "28.00"
    assert desk.history() == [(2, Action.SUBMITTED, "28.00"), (1, Action.SUBMITTED, "27.50")]
    (line,) = lines_in_index(table, desk.shop)
    assert ":2800:" in line


def test_the_same_again_changes_nothing(desk: Desk) -> None:
    first = desk.submit("27.50", "ann")
    assert desk.submit("27.5", "bob", headcount=3) == first
    assert len(desk.history()) == 1


def test_the_same_with_another_date_is_another_version(desk: Desk) -> None:
    desk.submit()
    assert desk.submit(effective_date="2025-02-01").record.number == 2


def test_withdrawn_and_back_and_changed_back_can_be_seen(desk: Desk, table: Table) -> None:
    desk.submit("27.50")
    desk.submit("28.00")
    desk.submit("27.50")
    withdrawal = desk.withdraw("bob")
    assert (withdrawal.number, withdrawal.action, withdrawal.recorded_by) == (4, Action.WITHDRAWN, "bob")
    assert lines_in_index(table, desk.shop) == []
    desk.submit("27.50")
    assert desk.history() == [
        (5, Action.SUBMITTED, "27.50"),
        (4, Action.WITHDRAWN, ""),
        (3, Action.SUBMITTED, "27.50"),
        (2, Action.SUBMITTED, "28.00"),
        (1, Action.SUBMITTED, "27.50"),
    ]
    assert len(lines_in_index(table, desk.shop)) == 1


def test_what_is_withdrawn_is_gone_and_cannot_be_withdrawn_again(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.withdraw()
    desk.submit()
    desk.withdraw()
    for again in (desk.withdraw, desk.read):
        with pytest.raises(NotFound):
            again()
    assert service.in_force(desk.store, desk.organization_store, desk.shop)[0] == []


def test_everything_in_force_and_nothing_else_is_listed(desk: Desk, clock: Clock) -> None:
    desk.submit()
    rates = LaborRates.model_validate(labor_rates())
    arguments = (desk.store, desk.organization_store, desk.shop, "labor_rates")
    service.submit(*arguments, rates, user_id="ann", clock=clock)
    records, standing = service.in_force(desk.store, desk.organization_store, desk.shop)
    assert [one.topic for one in records] == ["labor_rates", TOPIC]
    assert not standing.counts
    service.withdraw(*arguments, user_id="ann", clock=clock)
    assert [one.topic for one in service.in_force(desk.store, desk.organization_store, desk.shop)[0]] == [
        TOPIC
    ]


def test_versions_come_in_pages_newest_first(desk: Desk) -> None:
    for cents in range(5):
        desk.submit(f"27.5{cents}")
    pages, before = [], None
    while True:
        records, before = service.versions(desk.store, desk.shop, TOPIC, 2, before)
        pages.append([one.number for one in records])
        if before is None:
            break
    assert pages == [[5, 4], [3, 2], [1]]


def test_the_last_full_page_says_that_it_is_the_last(desk: Desk) -> None:
    desk.submit("27.50")
    desk.submit("28.00")
    records, before = service.versions(desk.store, desk.shop, TOPIC, 2, None)
    assert ([one.number for one in records], before) == ([2, 1], None)


def test_topics_do_not_mix(desk: Desk, store: SubmissionStore) -> None:
    desk.submit()
    assert service.versions(store, desk.shop, "pay#technician_b", 10, None) == ([], None)
    assert service.versions(store, desk.shop, "pay#technician", 10, None) == ([], None)


@pytest.mark.parametrize("kind", ["school", "sponsor"])
def test_only_shops_and_dealerships_submit(desk: Desk, register: Shop, table: Table, kind: str) -> None:
    desk.shop = register("ann", kind=kind, shop_type=None)
    with pytest.raises(Conflict, match=f"is a {kind}"):
        desk.submit()
    assert lines_in_index(table, desk.shop) == []


def test_a_dealership_submits(desk: Desk, register: Shop) -> None:
    desk.shop = register("ann", kind="dealership", shop_type=None)
    assert desk.submit().record.number == 1


def test_an_unknown_organization_submits_nothing(desk: Desk) -> None:
    desk.shop = "00000000-0000-7000-8000-000000000000"
    for act in (desk.submit, desk.withdraw, desk.read):
        with pytest.raises(NotFound):
            act()
    assert desk.store.current(desk.shop, TOPIC) is None


def test_today_is_accepted_and_tomorrow_refused(desk: Desk) -> None:
    assert desk.submit(effective_date="2026-06-15").record.number == 1
    with pytest.raises(InvalidInput, match="2015-01-01 to 2026-06-15"):
        desk.submit(effective_date="2026-06-16")


# -- races: another writer comes between a store's reading and its writing


class Interrupted(SubmissionStore):
    """A store whose readers are overtaken before they write, so many times."""

    def __init__(self, table: Table, interrupt: Callable[[], object], times: int = 1) -> None:
        super().__init__(table)
        self._interrupt, self._times = interrupt, times

    def current(self, organization_id: str, topic: str) -> Record | None:
        record = super().current(organization_id, topic)
        if self._times:
            self._times -= 1
            self._interrupt()
        return record


@pytest.fixture
def rival(store: SubmissionStore, organization_store: OrganizationStore, shop: str) -> Desk:
    moment = datetime(2026, 6, 15, 12, 30, tzinfo=UTC) - timedelta(seconds=1)
    return Desk(store, organization_store, shop, lambda: moment)


def test_two_first_submissions_at_once_are_both_kept(desk: Desk, rival: Desk, table: Table) -> None:
    desk.store = Interrupted(table, lambda: rival.submit("30.00", "bob"))
    assert desk.submit("28.00").record.number == 2
    assert desk.history() == [(2, Action.SUBMITTED, "28.00"), (1, Action.SUBMITTED, "30.00")]
    (line,) = lines_in_index(table, desk.shop)
    assert ":2800:" in line


def test_the_last_of_two_changes_wins_and_both_are_kept(desk: Desk, rival: Desk, table: Table) -> None:
    desk.submit("27.50")
    desk.store = Interrupted(table, lambda: rival.submit("30.00", "bob"))
    desk.submit("28.00")
    assert [hourly for _, _, hourly in desk.history()] == ["28.00", "30.00", "27.50"]


def test_two_who_submit_the_same_at_once_make_one_version(desk: Desk, rival: Desk, table: Table) -> None:
    desk.store = Interrupted(table, lambda: rival.submit("28.00", "bob"))
    assert desk.submit("28.00").record.recorded_by == "bob"
    assert len(desk.history()) == 1


def test_a_change_during_a_withdrawal_is_withdrawn_too(desk: Desk, rival: Desk, table: Table) -> None:
    desk.submit("27.50")
    desk.store = Interrupted(table, lambda: rival.submit("30.00", "bob"))
    assert desk.withdraw().number == 3
    assert lines_in_index(table, desk.shop) == []


def test_two_withdrawals_at_once_are_one(desk: Desk, rival: Desk, table: Table) -> None:
    desk.submit("27.50")
    desk.store = Interrupted(table, lambda: rival.withdraw("bob"))
    with pytest.raises(NotFound):
        desk.withdraw()
    assert [action for _, action, _ in desk.history()] == [Action.WITHDRAWN, Action.SUBMITTED]


def test_who_is_overtaken_again_and_again_is_told_and_has_written_nothing(
    desk: Desk, rival: Desk, table: Table
) -> None:
    figures = iter(range(30, 90))
    desk.store = Interrupted(table, lambda: rival.submit(f"{next(figures)}.00", "bob"), times=99)
    with pytest.raises(Overtaken, match="Send it again"):
        desk.submit("28.00")
    assert "28.00" not in [hourly for _, _, hourly in rival.history()]


def test_nothing_is_written_beside_an_organization_that_is_being_deleted(
    desk: Desk, organization_store: OrganizationStore, table: Table
) -> None:
    desk.submit("27.50")
    desk.store = Interrupted(table, lambda: organization_store.mark_closing(desk.shop, 1))
    with pytest.raises(NotFound, match="no organization"):
        desk.submit("28.00")
    with pytest.raises(NotFound, match="no organization"):
        desk.withdraw()
    assert len(desk.history()) == 1


def test_deleting_the_organization_erases_submissions_and_history(
    desk: Desk, organization_store: OrganizationStore, table: Table
) -> None:
    desk.submit("27.50")
    desk.submit("28.00")
    organization_store.mark_closing(desk.shop, 1)
    organization_store.erase(desk.shop, "ann")
    assert desk.store.current(desk.shop, TOPIC) is None
    assert desk.history() == []
    assert lines_in_index(table, desk.shop) == []
