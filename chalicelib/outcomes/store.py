"""Outcomes in the table: one item for each of the two organizations, so that each has all of its own in one place."""

from typing import Final

from chalicelib.errors import NotFound
from chalicelib.outcomes.models import Outcome, Partner
from chalicelib.postings.models import Category
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import Item, Put, Update, Write, missing
from chalicelib.table.table import Table

_CATEGORY: Final = "category."
_COUNTS: Final = ("students_placed", "students_reached", "hours", "items")


class OutcomeStore:
    """Items to outcomes and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def find(self, organization_id: str, response_id: str) -> Outcome | None:
        """What came of a response, as one of its organizations has it; None while it is not confirmed."""
        item = self.table.get(keys.outcome(organization_id, response_id))
        return _outcome(item) if item is not None else None

    def get(self, organization_id: str, response_id: str) -> Outcome:
        """As ``find``. Raises ``NotFound`` while it is not confirmed."""
        found = self.find(organization_id, response_id)
        if found is None:
            raise NotFound("Nobody has confirmed yet what came of this response.")
        return found

    def of_organization(
        self, organization_id: str, limit: int, after: str | None
    ) -> tuple[list[Outcome], str | None]:
        """One page of an organization's outcomes, the newest responses first, and where the next one begins."""
        start = keys.outcome(organization_id, after).attributes if after is not None else None
        page = self.table.query(
            keys.organization_pk(organization_id),
            begins_with=keys.OUTCOME,
            limit=limit,
            start=start,
            descending=True,
        )
        following = None if page.next is None else page.next["SK"].removeprefix(keys.OUTCOME)
        return list(readable(page.items, _outcome)), following

    def partners(self, organization_id: str, limit: int) -> list[Partner]:
        """At most ``limit`` organizations that an organization completed something with, in no order."""
        page = self.table.query(keys.organization_pk(organization_id), begins_with=keys.PARTNER, limit=limit)
        return list(readable(page.items, _partner))

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self.table.transact(*writes)


def outcome_put(organization_id: str, outcome: Outcome) -> Put:
    """The write of an outcome for one of its organizations. Fails where it has one of the same response."""
    pk, sk = keys.outcome(organization_id, outcome.response_id)
    return Put({"PK": pk, "SK": sk, "doc": outcome.model_dump_json()}, missing())


def partner_write(organization_id: str, other_id: str, outcome: Outcome) -> Update:
    """The write that adds an outcome to what two organizations did together, for one of them."""
    counts = {counter.value: number for counter, number in outcome.counts().items() if number}
    return Update(
        keys.partner(organization_id, other_id),
        set={"last_at": outcome.confirmed_at.isoformat()},
        add={**counts, f"{_CATEGORY}{outcome.category.value}": 1},
    )


def _outcome(item: Item) -> Outcome:
    return Outcome.model_validate_json(item["doc"])


def _partner(item: Item) -> Partner:
    return Partner(
        organization_id=item["SK"].removeprefix(keys.PARTNER),
        completions=int(item["completions"]),
        **{name: int(item.get(name, 0)) for name in _COUNTS},
        last_at=item["last_at"],
        categories=tuple(category for category in Category if f"{_CATEGORY}{category.value}" in item),
    )
