"""Use cases of claims: proved by the school's own e-mail domain at once, or decided by an administrator."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.claims.domains import proves
from chalicelib.claims.models import Claim, ClaimDecision, ClaimStatus, Proof
from chalicelib.claims.store import (
    ClaimStore,
    decided_put,
    new_put,
    pointer_delete,
    pointer_put,
    replaced_put,
)
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import (
    ClaimOpen,
    ConditionFailed,
    Conflict,
    LimitReached,
    NotFound,
    StaleVersion,
    TemporarilyUnavailable,
)
from chalicelib.memberships import service as memberships
from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import OrganizationStore
from chalicelib.outbox.models import NoticeKind, ToAdministrators, ToPerson
from chalicelib.outbox.service import notice_write
from chalicelib.people import service as people
from chalicelib.table.daily import counted
from chalicelib.table.expressions import Put, Write
from chalicelib.values import Timestamp

__all__ = [
    "ClaimStore",
    "Claims",
    "claim",
    "decide",
    "entered_by",
    "forget_person",
    "get",
    "waiting",
    "withdraw",
]

MOST_A_DAY: Final = 20
"""How many schools a person may claim on a day: each may be work for an administrator."""
ERASED: Final = "erased"

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Claims:
    """What claims work with."""

    claims: ClaimStore
    organizations: OrganizationStore


def get(stores: Claims, caller: Caller, organization_id: str) -> Claim:
    """The latest claim of a school. Raises ``NotFound`` for everybody but the claimant and administrators."""
    found = stores.claims.find(organization_id)
    if found is None or not (caller.admin or found.user_id == caller.user_id):
        raise NotFound("You have made no claim of this organization.")
    return found


def waiting(
    stores: Claims, limit: int, start: dict[str, str] | None
) -> tuple[list[Claim], dict[str, str] | None]:
    """One page of the claims to be decided, oldest first; and where the next one begins, or None."""
    return stores.claims.open(limit, start)


def claim(
    stores: Claims, caller: Caller, organization_id: str, message: str | None, *, clock: Clock = utc_now
) -> Claim:
    """Claims a school that came from a list: at once where the caller's e-mail address proves it.

    What is proved takes the place of an open claim, which is refused by that: nobody keeps a school from its own
    people by claiming it first. The caller's own open claim is answered again as it is. Raises ``AlreadyClaimed``,
    ``ClaimOpen`` for another's where nothing is proved, ``LimitReached``, ``Conflict`` for a closed school,
    ``NotFound``.
    """
    for _ in range(_ATTEMPTS):
        now = clock()
        school = organizations.get_public(stores.organizations, organization_id)
        organizations.check_claimable(school)
        before = stores.claims.find(organization_id)
        proved = caller.email_verified and proves(caller.email, school.website)
        waits = before if before is not None and before.status is ClaimStatus.OPEN else None
        if waits is not None and not proved:
            if waits.user_id == caller.user_id:
                return waits
            raise _open()
        made = Claim(
            id=new_id(),
            organization_id=organization_id,
            user_id=caller.user_id,
            email=caller.email,
            email_verified=caller.email_verified,
            message=message,
            status=ClaimStatus.APPROVED if proved else ClaimStatus.OPEN,
            proof=Proof.EMAIL_DOMAIN if proved else None,
            created_at=now,
            decided_at=now if proved else None,
            # Goes on from the claim before: whoever decides decides of the one that they read.
            version=before.version + 1 if before else 1,
        )
        facts = {"organization_id": organization_id, "organization_name": school.name}
        writes: list[Write] = [
            new_put(made, before),
            counted(caller.user_id, "claim", MOST_A_DAY, now),
            pointer_put(made),
            people.seen_write(caller, now),
        ]
        if proved:
            writes += [
                organizations.claimed_write(school, now)[1],
                *memberships.owner_writes(caller.user_id, organization_id, now),
                entry_write(caller.user_id, "claim.proved", organization_id, now, "by e-mail domain"),
                _told(made, school.name, now),
                # A domain is the students' too, often: somebody shall have a look.
                notice_write(NoticeKind.CLAIM_PROVED, ToAdministrators(), facts, now),
            ]
            if waits is not None and waits.user_id != caller.user_id:
                refused = waits.model_copy(update={"status": ClaimStatus.REFUSED})
                writes += [
                    entry_write(caller.user_id, "claim.refused", organization_id, now, waits.user_id),
                    _told(refused, school.name, now),
                ]
        else:
            writes += [
                entry_write(caller.user_id, "claim.requested", organization_id, now),
                notice_write(NoticeKind.CLAIM_REQUESTED, ToAdministrators(), facts, now),
                organizations.open_check(organization_id),
            ]
        try:
            stores.claims.table.transact(*writes)
        except ConditionFailed as error:
            if 1 in error.failed:
                raise LimitReached(
                    f"You have claimed {MOST_A_DAY} schools today. Claim the others tomorrow."
                ) from error
            continue
        return made
    raise _busy()


def decide(
    stores: Claims,
    caller: Caller,
    organization_id: str,
    decision: ClaimDecision,
    expected_version: int,
    *,
    clock: Clock = utc_now,
) -> Claim:
    """An administrator's decision of an open claim; the same one again changes nothing.

    Raises ``Conflict`` where it is decided otherwise or withdrawn, ``AlreadyClaimed``, ``StaleVersion``, ``NotFound``.
    """
    for _ in range(_ATTEMPTS):
        now = clock()
        before = stores.claims.find(organization_id)
        if before is None:
            raise NotFound("Nobody has claimed this organization.")
        if before.status is decision.decision:
            return before
        if before.status is not ClaimStatus.OPEN:
            raise Conflict(f"This claim is {before.status.value}: there is nothing to decide any more.")
        if before.version != expected_version:
            raise StaleVersion(
                "The claim has changed since you read it. Read it again, and send its new ETag."
            )
        school = organizations.get(stores.organizations, organization_id)
        after = before.model_copy(
            update={
                "status": decision.decision,
                "proof": Proof.ADMINISTRATOR,
                "decided_by": caller.user_id,
                "reason": decision.reason,
                "decided_at": now,
                "version": before.version + 1,
            }
        )
        approved = decision.decision is ClaimStatus.APPROVED
        writes: list[Write] = [
            decided_put(after, before),
            entry_write(
                caller.user_id, f"claim.{decision.decision.value}", organization_id, now, before.user_id
            ),
            _told(after, school.name, now),
        ]
        if approved:
            organizations.check_claimable(school)
            writes += [
                organizations.claimed_write(school, now)[1],
                *memberships.owner_writes(before.user_id, organization_id, now),
            ]
        try:
            stores.claims.table.transact(*writes)
        except ConditionFailed:
            continue
        return after
    raise _busy()


def withdraw(stores: Claims, user_id: str, organization_id: str, *, clock: Clock = utc_now) -> None:
    """Takes one's own open claim back; again does no harm. Raises ``Conflict`` where it is decided, ``NotFound``."""
    now = clock()
    before = stores.claims.find(organization_id)
    if before is None or before.user_id != user_id:
        raise NotFound("You have made no claim of this organization.")
    if before.status is ClaimStatus.WITHDRAWN:
        return
    if before.status is not ClaimStatus.OPEN:
        raise Conflict(f"This claim is {before.status.value}: it cannot be taken back any more.")
    after = before.model_copy(update={"status": ClaimStatus.WITHDRAWN, "version": before.version + 1})
    try:
        stores.claims.table.transact(
            decided_put(after, before), entry_write(user_id, "claim.withdrawn", organization_id, now)
        )
    except ConditionFailed as error:
        raise Conflict("This claim was decided at this moment. Read it again.") from error


def entered_by(store: ClaimStore, user_id: str) -> list[Claim]:
    """The claims that a person made, as far as they are the latest of their schools; at most 100."""
    return [one for one in store.many(store.of_person(user_id, 100)) if one.user_id == user_id]


def forget_person(store: ClaimStore, user_id: str) -> None:
    """Withdraws a person's open claims, and takes their name, address and words from all; again does no harm."""
    while ids := store.of_person(user_id, 25):
        found = {one.organization_id: one for one in store.every(ids) if one.user_id == user_id}
        for organization_id in ids:
            writes: list[Write] = [pointer_delete(user_id, organization_id)]
            if organization_id in found:
                writes.append(_erased(found[organization_id]))
            # Where the claim was decided at this moment, the next round reads it again.
            with suppress(ConditionFailed):
                store.table.transact(*writes)


def _erased(before: Claim) -> Put:
    open_still = before.status is ClaimStatus.OPEN
    after = before.model_copy(
        update={
            "user_id": ERASED,
            "email": "",
            "email_verified": False,
            "message": None,
            "status": ClaimStatus.WITHDRAWN if open_still else before.status,
            "version": before.version + 1,
        }
    )
    return replaced_put(after, before)


def _told(claim_: Claim, name: str, now: Timestamp) -> Put:
    facts = {
        "organization_id": claim_.organization_id,
        "organization_name": name,
        "decision": claim_.status.value,
    }
    return notice_write(NoticeKind.CLAIM_DECIDED, ToPerson(user_id=claim_.user_id), facts, now)


def _open() -> ClaimOpen:
    return ClaimOpen(
        "Somebody else has claimed this school, and an administrator will decide. Try again after that."
    )


def _busy() -> TemporarilyUnavailable:
    return TemporarilyUnavailable("Others are changing this organization at this moment. Try again.")
