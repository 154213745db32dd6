"""Use cases of organizations: registering, changing, deciding, deleting.

Stores come first, then what it is about; clock and ids are arguments, for tests.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.engagement import service as engagement
from chalicelib.engagement.models import Counter
from chalicelib.errors import ConditionFailed, Conflict, NotFound, StaleVersion, TemporarilyUnavailable
from chalicelib.geography import service as geography
from chalicelib.memberships import service as memberships
from chalicelib.memberships.service import MembershipStore
from chalicelib.organizations.changes import changed, decided, new_zip
from chalicelib.organizations.grouping import group_refusal, joining_writes, leaving_writes, regrouping_writes
from chalicelib.organizations.models import Organization, OrganizationChange, OrganizationDraft, Status
from chalicelib.organizations.rules import after_verification, check_programs, located, shop_type_of
from chalicelib.organizations.store import OrganizationStore, changed_put, new_put
from chalicelib.organizations.trust import asked_anew_writes
from chalicelib.organizations.waiting import make_room, registered_write
from chalicelib.outbox.models import NoticeKind, ToOrganization
from chalicelib.outbox.service import notice_write
from chalicelib.table.expressions import Write
from chalicelib.table.idempotency import IdempotentRequest, created_before, record
from chalicelib.values import Role

_ATTEMPTS: Final = 5


def create(
    store: OrganizationStore,
    caller: Caller,
    draft: OrganizationDraft,
    idempotent: IdempotentRequest | None = None,
    *,
    clock: Clock = utc_now,
    make_id: Callable[[], str] = new_id,
) -> Organization:
    """Registers an organization, pending, owned by the caller; the same request again answers the same one.

    Raises ``InvalidInput`` where the draft breaks a rule, ``NotPermitted`` where the owner group is not the
    caller's to add to, ``LimitReached`` where too many of theirs wait, ``IdempotencyMismatch``, and ``NotFound``
    where what the key created is gone, or the caller's no more.
    """
    now = clock()
    if idempotent is not None and (before := created_before(store.table, idempotent, now)) is not None:
        return _own(store, caller, before)
    place = geography.place_of_zip(draft.address.zip, pointer="/address/zip", source="body")
    check_programs(draft.kind, draft.programs)
    organization = Organization(
        id=make_id(),
        kind=draft.kind,
        name=draft.name,
        status=Status.PENDING,
        shop_type=shop_type_of(draft.kind, draft.shop_type),
        sectors=draft.sectors,
        address=located(draft.address, place),
        division=place.division,
        latitude=place.latitude,
        longitude=place.longitude,
        website=draft.website,
        programs=draft.programs,
        phone=draft.phone,
        contact=draft.contact,
        owner_group_id=draft.owner_group_id,
        version=1,
        created_at=now,
        updated_at=now,
    )
    writes: list[Write] = [
        registered_write(caller.user_id, now),
        new_put(organization),
        *memberships.ownership_writes(caller, organization.id, now),
    ]
    if draft.owner_group_id is not None:
        writes += joining_writes(caller, draft.owner_group_id, organization.id)
    if idempotent is not None:
        writes.append(record(idempotent, organization.id, now))
    for _ in range(_ATTEMPTS):
        try:
            store.transact(*writes)
        except ConditionFailed as error:
            if idempotent is not None and (first := created_before(store.table, idempotent, now)) is not None:
                return _own(store, caller, first)
            if 0 not in error.failed:
                raise group_refusal(caller) from error
            make_room(store, caller.user_id, now)
            continue
        _tell("organization created", caller, organization.id)
        return organization
    raise TemporarilyUnavailable("You are registering others at this moment. Try again.")


def change(
    store: OrganizationStore,
    members: MembershipStore,
    caller: Caller,
    organization_id: str,
    expected_version: int,
    patch: OrganizationChange,
    *,
    clock: Clock = utc_now,
) -> Organization:
    """Applies a merge patch to the expected version; one that changes nothing writes nothing.

    Raises ``StaleVersion`` where another change came first, ``InvalidInput`` where the patch breaks a rule,
    ``NotPermitted`` where the owner group is not the caller's to change, and ``NotFound``.
    """
    before = store.get(organization_id)
    if before.version != expected_version:
        raise _stale()
    zip_code = new_zip(before, patch)
    place = (
        geography.place_of_zip(zip_code, pointer="/address/zip", source="body")
        if zip_code is not None
        else None
    )
    now = clock()
    after = changed(before, patch, place=place, by_administrator=caller.admin, now=now)
    if after is before:
        return before
    try:
        together = [*_counted(caller, before, after, now), *asked_anew_writes(caller, before, after, now)]
        if after.owner_group_id != before.owner_group_id:
            together += regrouping_writes(members, caller, before, after, now)
        if together:
            store.transact(changed_put(after, expected_version), *together)
        else:
            store.replace(after, expected_version)
    except ConditionFailed as error:
        if 0 not in error.failed:
            raise group_refusal(caller) from error
        store.get(organization_id)
        raise _stale() from error
    _tell("organization changed", caller, organization_id)
    return after


def decide(
    store: OrganizationStore, caller: Caller, organization_id: str, status: Status, *, clock: Clock = utc_now
) -> Organization:
    """An administrator's decision: verified, suspended or pending. The same one again writes nothing.

    It holds whatever else changes meanwhile, and its managers are told. Raises ``Conflict`` for organizations that
    nobody speaks for, ``NotFound``.
    """
    for _ in range(_ATTEMPTS):
        before, now = store.get(organization_id), clock()
        after = decided(before, after_verification(before, status), now)
        if after is before:
            return before
        facts = {"organization_id": after.id, "organization_name": after.name, "decision": status.value}
        managers = ToOrganization(organization_id=after.id, role=Role.MANAGER)
        try:
            store.transact(
                changed_put(after, before.version),
                entry_write(
                    caller.user_id,
                    f"organization.{status.value}",
                    after.id,
                    now,
                    f"{before.status.value} -> {status.value}",
                ),
                notice_write(NoticeKind.VERIFICATION_DECIDED, managers, facts, now),
            )
        except ConditionFailed:
            continue
        _tell(f"organization {status.value}", caller, organization_id)
        return after
    raise TemporarilyUnavailable("Others are changing this organization at this moment. Try again.")


def delete(
    store: OrganizationStore,
    caller: Caller,
    organization_id: str,
    expected_version: int,
    *,
    clock: Clock = utc_now,
) -> None:
    """Deletes an organization and all that belongs to it.

    First it is marked, which takes it from every reader at once; then the rest goes, its profile last. A call
    that is cut off is finished by the same call again. What lists tell of is an administrator's to delete, for no list
    brings it back, and an address at its domain is enough to speak for it. Raises ``Conflict`` for everybody else
    then, ``StaleVersion`` and ``NotFound``.
    """
    alongside: list[Write] = []
    if (before := _unless_closing(store, organization_id)) is not None:
        if before.provenance is not None and not caller.admin:
            raise Conflict(
                "This school is in public lists, so its people do not delete it. Hand it over to a colleague, or ask "
                "an administrator."
            )
        alongside.append(entry_write(caller.user_id, "organization.deleted", organization_id, clock()))
        if before.owner_group_id is not None:
            alongside += leaving_writes(before.owner_group_id, organization_id)
    try:
        store.mark_closing(organization_id, expected_version, *alongside)
    except ConditionFailed as error:
        store.get(organization_id)
        raise _stale() from error
    store.erase(organization_id, last_member=caller.user_id)
    _tell("organization deleted", caller, organization_id)


def _unless_closing(store: OrganizationStore, organization_id: str) -> Organization | None:
    try:
        return store.get(organization_id)
    except NotFound:
        return None


def _counted(caller: Caller, before: Organization, after: Organization, now: datetime) -> list[Write]:
    """The write that counts an update of programs, where its own people made one."""
    if after.programs == before.programs or caller.admin:
        return []
    return [engagement.count_write(after.id, now, {Counter.PROGRAM_UPDATES: 1})]


def _own(store: OrganizationStore, caller: Caller, organization_id: str) -> Organization:
    """What an earlier request of the caller's created. Raises ``NotFound`` where it is theirs no more."""
    members = MembershipStore(store.table)
    if not caller.admin and memberships.role_of(members, caller.user_id, organization_id) is None:
        raise NotFound("What was registered with this key has been deleted since, or you left it.")
    return store.get(organization_id)


def _stale() -> StaleVersion:
    return StaleVersion(
        "Somebody changed the organization since you read it. Read it again, and send its new ETag."
    )


def _tell(event: str, caller: Caller, organization_id: str) -> None:
    from chalicelib.observability import logger

    logger.info(event, extra={"organization_id": organization_id, "user_id": caller.user_id})
