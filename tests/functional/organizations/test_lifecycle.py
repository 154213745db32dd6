"""Use cases of organizations on a table: what is written, what loses a race, what a crash leaves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.auth import Caller
from chalicelib.errors import (
    ConditionFailed,
    Conflict,
    IdempotencyMismatch,
    InvalidInput,
    LimitReached,
    NotFound,
    NotPermitted,
    StaleVersion,
)
from chalicelib.memberships import service as memberships
from chalicelib.memberships.models import organization_party, owner_group_party
from chalicelib.memberships.store import MembershipStore, member_put, roster_update
from chalicelib.organizations import directory, lifecycle, owner_groups, service
from chalicelib.organizations.imports import new_school
from chalicelib.organizations.models import Organization, OrganizationChange, OrganizationDraft, Status
from chalicelib.organizations.owner_groups import OwnerGroupDraft
from chalicelib.organizations.store import OrganizationStore, new_put
from chalicelib.organizations.waiting import MOST, make_room
from chalicelib.table import keys
from chalicelib.table.daily import recounted
from chalicelib.table.expressions import Put
from chalicelib.table.idempotency import REMEMBERED, IdempotentRequest
from chalicelib.table.keys import CONTRIBUTIONS, Key
from chalicelib.table.table import Table
from chalicelib.values import Kind, Role
from tests import factories
from tests.functional.acting import notices
from tests.functional.organizations.conftest import ANN, EVE, ROOT, ComeBefore, Cut
from tests.unit.organizations.samples import organization

SHOP = OrganizationDraft.model_validate(factories.shop())
REQUEST = IdempotentRequest("ann", "key-0001", "digest")


def patch(**changes: Any) -> OrganizationChange:
    return OrganizationChange.model_validate(changes)


def drafted(**changes: Any) -> OrganizationDraft:
    return OrganizationDraft.model_validate(factories.shop(**changes))


def lines(table: Table) -> list[str]:
    """All lines of the contributions index."""
    shards = map(keys.contributions, range(keys.CONTRIBUTION_SHARDS))
    return [item["x"] for shard in shards for item in table.query_all(shard, index=CONTRIBUTIONS)]


def belongings(table: Table, organization: Organization) -> list[str]:
    return [item["SK"] for item in table.query_all(keys.organization_pk(organization.id))]


# -- registering


def test_what_waits_for_an_administrator_is_limited_and_what_was_verified_is_not(
    store: OrganizationStore, table: Table, clock: Callable[[], datetime]
) -> None:
    first, _ = (lifecycle.create(store, ANN, SHOP, clock=clock) for _ in range(2))
    with pytest.raises(LimitReached, match="2 organizations"):
        make_room(store, "ann", clock(), most=2)
    lifecycle.decide(store, ROOT, first.id, Status.VERIFIED)
    make_room(store, "ann", clock(), most=2)
    (counter,) = table.query_all(keys.person_pk("ann"), begins_with=keys.DAY)
    assert counter["times"] == 1


def test_who_comes_to_the_end_of_a_day_is_looked_at(
    store: OrganizationStore, table: Table, clock: Callable[[], datetime]
) -> None:
    table.write(recounted("ann", "organization", MOST, clock()))
    lifecycle.create(store, ANN, SHOP, clock=clock)
    (counter,) = table.query_all(keys.person_pk("ann"), begins_with=keys.DAY)
    assert counter["times"] == 1


def test_whoever_registers_an_organization_owns_it(
    store: OrganizationStore, members: MembershipStore, clock: Callable[[], datetime]
) -> None:
    created = lifecycle.create(store, ANN, SHOP, clock=clock)
    assert service.get(store, created.id) == created
    assert (created.status, created.version, created.created_at) == (Status.PENDING, 1, clock())
    assert (created.address.state, created.division.value) == ("MT", "mountain")
    assert memberships.role_of(members, "ann", created.id) is Role.OWNER
    assert memberships.role_of(members, "eve", created.id) is None
    assert [one.organization_id for one in memberships.of_user(members, "ann")] == [created.id]


def test_the_exchange_finds_contributors_and_whether_they_count(
    store: OrganizationStore, table: Table
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    lifecycle.create(store, ANN, drafted(kind="school", shop_type=None))
    assert lines(table) == [f"o2|{created.id}|{created.id}|MT|59801|independent|0"]
    lifecycle.decide(store, ROOT, created.id, Status.VERIFIED)
    assert lines(table) == [f"o2|{created.id}|{created.id}|MT|59801|independent|1"]


def test_the_owner_group_is_what_the_exchange_counts_by(store: OrganizationStore, table: Table) -> None:
    group = owner_groups.create(table, ANN, OwnerGroupDraft(name="Big Sky Auto Group"))
    created = lifecycle.create(
        store, ANN, drafted(kind="dealership", shop_type=None, owner_group_id=group.id)
    )
    assert lines(table) == [f"o2|{created.id}|{group.id}|MT|59801|dealership|0"]


def test_an_unknown_zip_code_is_an_error_of_that_field(store: OrganizationStore, table: Table) -> None:
    with pytest.raises(InvalidInput, match="99999") as refused:
        lifecycle.create(store, ANN, drafted(address={"city": "Nowhere", "zip": "99999"}))
    assert [(field.pointer, field.source) for field in refused.value.fields] == [("/address/zip", "body")]
    assert lines(table) == []


def test_the_same_request_again_creates_nothing(store: OrganizationStore, table: Table) -> None:
    first = lifecycle.create(store, ANN, SHOP, REQUEST)
    assert lifecycle.create(store, ANN, SHOP, REQUEST) == first
    assert len(lines(table)) == 1


def test_the_same_request_twice_at_once_creates_one(
    store: OrganizationStore, table: Table, come_before: ComeBefore
) -> None:
    twin: list[Organization] = []
    come_before("transact", lambda: twin.append(lifecycle.create(store, ANN, SHOP, REQUEST)))
    assert lifecycle.create(store, ANN, SHOP, REQUEST) == twin[0]
    assert len(lines(table)) == 1
    assert len(memberships.of_user(MembershipStore(table), "ann")) == 1


def test_a_key_with_another_request_is_refused(store: OrganizationStore, come_before: ComeBefore) -> None:
    other = IdempotentRequest("ann", REQUEST.key, "another digest")
    come_before("transact", lambda: lifecycle.create(store, ANN, SHOP, REQUEST))
    with pytest.raises(IdempotencyMismatch):
        lifecycle.create(store, ANN, SHOP, other)
    with pytest.raises(IdempotencyMismatch):
        lifecycle.create(store, ANN, SHOP, other)


def test_keys_belong_to_people(store: OrganizationStore) -> None:
    ann = lifecycle.create(store, ANN, SHOP, REQUEST)
    assert lifecycle.create(store, EVE, SHOP, IdempotentRequest("eve", REQUEST.key, "digest")).id != ann.id


def test_a_key_is_forgotten_after_a_day(store: OrganizationStore, clock: Callable[[], datetime]) -> None:
    first = lifecycle.create(store, ANN, SHOP, REQUEST, clock=clock)
    later = clock() + REMEMBERED + timedelta(seconds=1)
    assert lifecycle.create(store, ANN, SHOP, REQUEST, clock=lambda: later).id != first.id


def test_what_a_key_created_and_was_deleted_since_is_not_created_again(store: OrganizationStore) -> None:
    first = lifecycle.create(store, ANN, SHOP, REQUEST)
    lifecycle.delete(store, ANN, first.id, 1)
    with pytest.raises(NotFound):
        lifecycle.create(store, ANN, SHOP, REQUEST)


def test_what_a_key_created_is_not_told_to_who_left_it(
    store: OrganizationStore, members: MembershipStore, table: Table, clock: Callable[[], datetime]
) -> None:
    first = lifecycle.create(store, ANN, SHOP, REQUEST)
    party = organization_party(first.id)
    table.transact(member_put(party, "eve", Role.OWNER, clock()), roster_update(party, 1, 1))
    memberships.leave(members, "ann", party)
    with pytest.raises(NotFound, match="left it"):
        lifecycle.create(store, ANN, SHOP, REQUEST)


# -- owner groups


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.CONTRIBUTOR])
def test_only_managers_of_an_owner_group_add_to_it(
    store: OrganizationStore, table: Table, role: Role | None, clock: Callable[[], datetime]
) -> None:
    group = owner_groups.create(table, ANN, OwnerGroupDraft(name="Big Sky Auto Group"))
    if role is not None:
        table.write(member_put(owner_group_party(group.id), "eve", role, clock()))
    with pytest.raises(NotPermitted):
        lifecycle.create(store, EVE, drafted(owner_group_id=group.id))
    assert lines(table) == []


def test_a_manager_and_an_administrator_may_add_to_an_owner_group(
    store: OrganizationStore, table: Table, clock: Callable[[], datetime]
) -> None:
    group = owner_groups.create(table, ANN, OwnerGroupDraft(name="Big Sky Auto Group"))
    table.write(member_put(owner_group_party(group.id), "eve", Role.MANAGER, clock()))
    for caller in (ANN, EVE, ROOT):
        created = lifecycle.create(store, caller, drafted(owner_group_id=group.id))
        assert created.owner_group_id == group.id


def test_an_owner_group_that_is_none_is_refused(store: OrganizationStore, members: MembershipStore) -> None:
    nobodys = "01920000-0000-7000-8000-0000000000ff"
    with pytest.raises(InvalidInput, match="no such owner group") as refused:
        lifecycle.create(store, ROOT, drafted(owner_group_id=nobodys))
    assert [field.pointer for field in refused.value.fields] == ["/owner_group_id"]
    created = lifecycle.create(store, ANN, SHOP)
    with pytest.raises(NotPermitted):
        lifecycle.change(store, members, ANN, created.id, 1, patch(owner_group_id=nobodys))


def test_an_owner_group_is_created_once_however_often_it_is_asked_for(
    table: Table, come_before: ComeBefore
) -> None:
    draft = OwnerGroupDraft(name="Big Sky Auto Group")
    twin: list[owner_groups.OwnerGroup] = []
    come_before("transact", lambda: twin.append(owner_groups.create(table, ANN, draft, REQUEST)))
    first = owner_groups.create(table, ANN, draft, REQUEST)
    assert [first] == twin == [owner_groups.create(table, ANN, draft, REQUEST)]
    assert memberships.role_in_owner_group(MembershipStore(table), "ann", first.id) is Role.OWNER


def test_a_manager_of_the_organization_cannot_give_it_another_owner(
    store: OrganizationStore, members: MembershipStore, table: Table
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    pk, sk = keys.member(created.id, "eve")
    table.write(Put({"PK": pk, "SK": sk, "role": "manager"}))
    group = owner_groups.create(table, EVE, OwnerGroupDraft(name="Eve's group"))
    with pytest.raises(NotPermitted, match="owner of the organization"):
        lifecycle.change(store, members, EVE, created.id, 1, patch(owner_group_id=group.id))
    assert service.get(store, created.id) == created


def test_another_owner_group_makes_a_verified_shop_pending_and_uncounted(
    store: OrganizationStore, members: MembershipStore, table: Table
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    lifecycle.decide(store, ROOT, created.id, Status.VERIFIED)
    group = owner_groups.create(table, ANN, OwnerGroupDraft(name="Big Sky Auto Group"))
    changed = lifecycle.change(store, members, ANN, created.id, 2, patch(owner_group_id=group.id))
    assert (changed.status, changed.version) == (Status.PENDING, 3)
    assert lines(table) == [f"o2|{created.id}|{group.id}|MT|59801|independent|0"]


# -- changing


def test_another_name_is_noted_and_put_before_an_administrator(
    store: OrganizationStore, members: MembershipStore, table: Table
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    lifecycle.decide(store, ROOT, created.id, Status.VERIFIED)
    spelled = lifecycle.change(store, members, ANN, created.id, 2, patch(name="CEDAR AUTO REPAIR"))
    assert spelled.status is Status.VERIFIED
    assert notices(table, "verification_needed") == []
    renamed = lifecycle.change(store, members, ANN, created.id, 3, patch(name="Missoula College"))
    assert renamed.status is Status.PENDING
    (told,) = notices(table, "verification_needed")
    assert told["audience"] == {"to": "administrators"}
    assert told["facts"] == {
        "organization_id": created.id,
        "organization_name": "Missoula College",
        "name_before": "CEDAR AUTO REPAIR",
    }
    entries = [
        entry["doc"] for entry in table.query_all(keys.audit_subject(created.id), index=keys.DIRECTORY)
    ]
    assert sum("organization.renamed" in entry for entry in entries) == 2


def test_a_change_is_a_new_version_in_every_index(
    store: OrganizationStore, members: MembershipStore, table: Table
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    changed = lifecycle.change(
        store,
        members,
        ANN,
        created.id,
        1,
        patch(name="Zebra Auto", address={"city": "Boise", "zip": "83702"}),
    )
    assert service.get(store, created.id) == changed
    assert changed.version == 2
    assert directory.list_by_name(store, Kind.SHOP, "MT", 10) == ([], None)
    assert directory.list_by_name(store, Kind.SHOP, "ID", 10) == ([changed], None)
    assert lines(table) == [f"o2|{created.id}|{created.id}|ID|83702|independent|0"]


def test_a_change_of_an_older_version_is_refused(store: OrganizationStore, members: MembershipStore) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    lifecycle.change(store, members, ANN, created.id, 1, patch(name="Second"))
    for version in (1, 3):
        with pytest.raises(StaleVersion):
            lifecycle.change(store, members, ANN, created.id, version, patch(name="Third"))
    assert service.get(store, created.id).name == "Second"


def test_of_two_changes_at_once_one_is_refused(
    store: OrganizationStore, members: MembershipStore, come_before: ComeBefore
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    come_before("write", lambda: lifecycle.change(store, members, ROOT, created.id, 1, patch(name="Second")))
    with pytest.raises(StaleVersion):
        lifecycle.change(store, members, ANN, created.id, 1, patch(name="Third"))
    assert (service.get(store, created.id).name, service.get(store, created.id).version) == ("Second", 2)


def test_what_is_deleted_during_a_change_stays_deleted(
    store: OrganizationStore, members: MembershipStore, come_before: ComeBefore, table: Table
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    come_before("write", lambda: store.mark_closing(created.id, 1))
    with pytest.raises(NotFound):
        lifecycle.change(store, members, ANN, created.id, 1, patch(name="Second"))
    assert lines(table) == []


def test_a_change_that_changes_nothing_writes_nothing(
    store: OrganizationStore, members: MembershipStore, cut_off: Callable[[int], None]
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    cut_off(1)
    assert lifecycle.change(store, members, ANN, created.id, 1, patch(name=created.name)) == created


# -- verifying


def test_a_decision_holds_whatever_else_changes_meanwhile(
    store: OrganizationStore, members: MembershipStore, come_before: ComeBefore
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    come_before(
        "transact", lambda: lifecycle.change(store, members, ANN, created.id, 1, patch(name="Second"))
    )
    decided = lifecycle.decide(store, ROOT, created.id, Status.VERIFIED)
    assert (decided.name, decided.status, decided.version) == ("Second", Status.VERIFIED, 3)
    assert service.get(store, created.id) == decided


def test_the_same_decision_again_writes_nothing(
    store: OrganizationStore, cut_off: Callable[[int], None]
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    verified = lifecycle.decide(store, ROOT, created.id, Status.VERIFIED)
    cut_off(1)
    assert lifecycle.decide(store, ROOT, created.id, Status.VERIFIED) == verified


def test_suspended_organizations_leave_the_directory_and_come_back(
    store: OrganizationStore, table: Table
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    suspended = lifecycle.decide(store, ROOT, created.id, Status.SUSPENDED)
    assert directory.list_by_name(store, Kind.SHOP, "MT", 10) == ([], None)
    with pytest.raises(NotFound):
        service.get_public(store, created.id)
    assert service.get(store, created.id) == suspended
    assert lines(table)[0].endswith("|0")
    back = lifecycle.decide(store, ROOT, created.id, Status.VERIFIED)
    assert directory.list_by_name(store, Kind.SHOP, "MT", 10) == ([back], None)
    assert service.get_public(store, created.id) == back


def test_a_school_from_a_list_cannot_be_verified(
    store: OrganizationStore, clock: Callable[[], datetime]
) -> None:
    listed = service.ImportedSchool("Flathead Valley", "Kalispell", "59901")
    school = new_school(listed, SHOP_ID, service.Telling("montana", "2026-01-01", SHOP_ID), clock())
    store.transact(new_put(school))
    with pytest.raises(Conflict):
        lifecycle.decide(store, ROOT, school.id, Status.VERIFIED)


SHOP_ID = "01920000-0000-7000-8000-0000000000aa"


# -- deleting


def filled(store: OrganizationStore, table: Table, caller: Caller = ANN) -> Organization:
    """An organization with two members, 30 submissions and their history."""
    created = lifecycle.create(store, caller, SHOP)
    pk, sk = keys.member(created.id, "bob")
    table.write(Put({"PK": pk, "SK": sk, "role": "viewer"}))
    for number in range(30):
        for key in (
            keys.submission(created.id, f"pay#{number}"),
            keys.version(created.id, f"pay#{number}", 1),
        ):
            entry = keys.contribution_entry(created.id, f"pay#{number}") if "SUBMISSION" in key.sk else {}
            table.write(Put({"PK": key.pk, "SK": key.sk, "x": "s1", **entry}))
    return created


def test_what_lists_tell_of_is_an_administrators_to_delete(store: OrganizationStore, table: Table) -> None:
    listed = organization(kind=Kind.SCHOOL, shop_type=None, status=Status.VERIFIED, provenance="{}")
    table.write(new_put(listed))
    with pytest.raises(Conflict, match="ask an administrator"):
        lifecycle.delete(store, ANN, listed.id, 1)
    assert service.get(store, listed.id) == listed
    lifecycle.delete(store, ROOT, listed.id, 1)
    assert belongings(table, listed) == []


def test_deleting_leaves_nothing(store: OrganizationStore, members: MembershipStore, table: Table) -> None:
    created = filled(store, table)
    neighbour = lifecycle.create(store, ANN, SHOP)
    lifecycle.delete(store, ANN, created.id, 1)
    assert belongings(table, created) == []
    assert [one.organization_id for one in memberships.of_user(members, "ann")] == [neighbour.id]
    assert lines(table) == [f"o2|{neighbour.id}|{neighbour.id}|MT|59801|independent|0"]


def test_deleting_an_older_version_is_refused(store: OrganizationStore, members: MembershipStore) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    changed = lifecycle.change(store, members, ANN, created.id, 1, patch(name="Second"))
    with pytest.raises(StaleVersion):
        lifecycle.delete(store, ANN, created.id, 1)
    assert service.get(store, created.id) == changed


def test_deleting_what_is_not_there_is_refused_and_creates_nothing(
    store: OrganizationStore, table: Table
) -> None:
    with pytest.raises(NotFound):
        lifecycle.delete(store, ROOT, SHOP_ID, 1)
    assert table.get(keys.organization(SHOP_ID)) is None


def test_a_deletion_that_is_cut_off_hides_all_and_is_finished_by_the_same_call(
    store: OrganizationStore, members: MembershipStore, table: Table, cut_off: Callable[[int], None]
) -> None:
    for step in count(1):
        created = filled(store, table)
        cut_off(step)
        try:
            lifecycle.delete(store, ANN, created.id, 1)
        except Cut:
            cut_off(0)
            if step > 1:
                with pytest.raises(NotFound):
                    service.get(store, created.id)
                assert directory.list_by_name(store, Kind.SHOP, "MT", 10) == ([], None)
                assert service.get_many(store, [created.id]) == {}
                assert service.statuses(store, [created.id]) == {}
                assert members.standings([created.id]) == {}
                with pytest.raises(NotFound):
                    lifecycle.decide(store, ROOT, created.id, Status.VERIFIED)
            assert memberships.role_of(members, "ann", created.id) is Role.OWNER
            lifecycle.delete(store, ANN, created.id, 1)
            assert belongings(table, created) == []
        else:
            cut_off(0)
            assert step == 4
            return


def test_nothing_is_added_to_an_organization_that_is_being_deleted(
    store: OrganizationStore, table: Table
) -> None:
    created = lifecycle.create(store, ANN, SHOP)
    late = Put({"PK": keys.organization_pk(created.id), "SK": "SUBMISSION#late"})
    table.transact(service.open_check(created.id), late)
    store.mark_closing(created.id, 1)
    with pytest.raises(ConditionFailed):
        table.transact(service.open_check(created.id), late)


def test_an_administrator_deletes_what_is_not_theirs(store: OrganizationStore, table: Table) -> None:
    created = filled(store, table)
    lifecycle.delete(store, ROOT, created.id, 1)
    assert belongings(table, created) == []


# -- the directory


def test_a_list_goes_by_name_without_regard_to_case_in_pages(store: OrganizationStore) -> None:
    for name in ("delta", "Alpha", "charlie", "Bravo", "echo"):
        lifecycle.create(store, ANN, drafted(name=name))
    names = []
    after = None
    while True:
        page, after = directory.list_by_name(store, Kind.SHOP, "MT", 2, after)
        names += [one.name for one in page]
        if after is None:
            break
    assert names == ["Alpha", "Bravo", "charlie", "delta", "echo"]


def test_an_item_holds_what_the_indexes_need_and_no_more(store: OrganizationStore, table: Table) -> None:
    created = lifecycle.create(store, ANN, drafted(kind="sponsor", shop_type=None))
    item = table.get(Key(keys.organization_pk(created.id), keys.PROFILE))
    assert item is not None
    assert set(item) == {
        "PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK", "id", "name", "kind", "status", "version", "doc",
    }  # fmt: skip
