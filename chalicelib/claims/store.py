"""Claims in the table: the latest one of a school beside it, and a pointer with whoever made it."""

from typing import Any

from chalicelib.claims.models import Claim, ClaimStatus
from chalicelib.readable import every, readable
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Item, Put, equals, missing
from chalicelib.table.table import Table


class ClaimStore:
    """Items to claims and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def find(self, organization_id: str) -> Claim | None:
        """The latest claim of a school, or None."""
        item = self.table.get(keys.claim(organization_id))
        return _claim(item) if item is not None else None

    def open(self, limit: int, start: Item | None) -> tuple[list[Claim], dict[str, Any] | None]:
        """One page of the claims to be decided, oldest first; and where the next one begins, or None."""
        page = self.table.query(
            keys.CLAIMS, index=keys.DIRECTORY, limit=limit, start=start, attributes=("doc",)
        )
        return list(readable(page.items, _claim)), page.next

    def of_person(self, user_id: str, limit: int) -> list[str]:
        """The ids of at most ``limit`` organizations that a person claimed."""
        page = self.table.query(keys.person_pk(user_id), begins_with=keys.CLAIM, limit=limit)
        return [item["SK"].removeprefix(keys.CLAIM) for item in page.items]

    def many(self, organization_ids: list[str]) -> list[Claim]:
        """The latest claims of schools, where there are any."""
        found = self.table.batch_get(map(keys.claim, organization_ids))
        return list(readable(found.values(), _claim))

    def every(self, organization_ids: list[str]) -> list[Claim]:
        """As ``many``, for whoever may overlook none: raises ``ValueError`` or the like where one cannot be read."""
        return list(every(self.table.batch_get(map(keys.claim, organization_ids)).values(), _claim))


def new_put(claim: Claim, before: Claim | None) -> Put:
    """The write of a new claim in an earlier one's place, or of none. Its condition fails where another came first."""
    if before is None:
        return Put(_item(claim), missing())
    return replaced_put(claim, before)


def decided_put(claim: Claim, before: Claim) -> Put:
    """The write of a claim that was decided. Its condition fails where it is not open as it was read."""
    as_read = equals("status", ClaimStatus.OPEN.value) & equals("id", before.id)
    return Put(_item(claim), as_read & equals("version", before.version))


def replaced_put(claim: Claim, before: Claim) -> Put:
    """The write of a claim in another's place, decided or not. Its condition fails where that is not as it was read."""
    return Put(_item(claim), equals("id", before.id) & equals("version", before.version))


def pointer_put(claim: Claim) -> Put:
    """The write that says who made a claim."""
    pk, sk = keys.claim_of(claim.user_id, claim.organization_id)
    return Put({"PK": pk, "SK": sk, "organization_id": claim.organization_id})


def pointer_delete(user_id: str, organization_id: str) -> Delete:
    """The write that forgets who made a claim."""
    return Delete(keys.claim_of(user_id, organization_id))


def _item(claim: Claim) -> Item:
    pk, sk = keys.claim(claim.organization_id)
    waiting = claim.status is ClaimStatus.OPEN
    entry = keys.claim_entry(claim.created_at.isoformat(), claim.organization_id) if waiting else {}
    return {
        "PK": pk,
        "SK": sk,
        **entry,
        "id": claim.id,
        "status": claim.status.value,
        "version": claim.version,
        "doc": claim.model_dump_json(exclude_none=True),
    }


def _claim(item: Item) -> Claim:
    return Claim.model_validate_json(item["doc"])
