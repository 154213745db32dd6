"""Postings in the table: an item beside all else of its organization, and a pointer that says whose it is.

The entity is one JSON attribute, ``doc``. Beside it stand what conditions look at and what changes without
it: ``version``, ``stage``, ``seats``, ``seats_taken``, ``open_until`` (in seconds) and, where administrators hid it,
``hidden``.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from chalicelib.errors import NotFound
from chalicelib.geography.service import NearbyRead, Range, read_of
from chalicelib.postings.details import Category
from chalicelib.postings.listing import listed, unlisted
from chalicelib.postings.models import Posting, Stage
from chalicelib.postings.newest import Read
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Condition,
    Delete,
    Item,
    Put,
    Update,
    Write,
    at_least,
    equals,
    missing,
    without,
)
from chalicelib.table.keys import Key
from chalicelib.table.table import Table

_BESIDE: Final = {"version", "seats_taken", "hidden"}
_SEATS_LEFT: Final = Condition("#c_taken < #c_seats", {"#c_taken": "seats_taken", "#c_seats": "seats"})


class PostingStore:
    """Items to postings and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    # -- reads

    def get(self, posting_id: str) -> Posting:
        """A posting. Raises ``NotFound`` where there is none."""
        pointer = self.table.get(keys.posting_pointer(posting_id))
        if pointer is None:
            raise _unknown()
        return self.of_organization(pointer["organization_id"], posting_id)

    def of_organization(self, organization_id: str, posting_id: str) -> Posting:
        """A posting of an organization. Raises ``NotFound`` where it has none of that id."""
        item = self.table.get(keys.posting(organization_id, posting_id))
        if item is None:
            raise _unknown()
        return _posting(item)

    def get_many(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Posting]:
        """Those postings that there are, by id; wanted are pairs of organization and posting."""
        found = self.table.batch_get(keys.posting(*pair) for pair in wanted)
        return {posting.id: posting for posting in readable(found.values(), _posting)}

    def all_of(
        self, organization_id: str, limit: int, before: str | None = None
    ) -> tuple[list[Posting], str | None]:
        """One page of an organization's postings, newest first, and the id before which the next begins, or None."""
        page = self.table.query(
            keys.organization_pk(organization_id),
            begins_with=keys.POSTING,
            limit=limit,
            start=keys.posting(organization_id, before).attributes if before is not None else None,
            descending=True,
        )
        following = page.next["SK"].removeprefix(keys.POSTING) if page.next is not None else None
        return list(readable(page.items, _posting)), following

    def near(self, direction: str, cells: Range, low: str, limit: int) -> NearbyRead:
        """At most ``limit`` entries of a direction in a range, from the sort key ``low`` on."""
        page = self.table.query(
            keys.posted_near(direction, cells.partition),
            index=keys.NEARBY,
            between=(low, cells.high),
            limit=limit,
            attributes=("doc", keys.NEARBY.sk),
        )
        entries = [(item[keys.NEARBY.sk], item.get("doc", "")) for item in page.items]
        return read_of(entries, more=page.next is not None)

    def newest(self, partition: str, before: str, limit: int, floor: str = "0") -> Read:
        """At most ``limit`` entries of a directory partition, newest first, before a sort key, none below ``floor``."""
        return self._by_age(keys.DIRECTORY, partition, before, limit, floor)

    def newest_of_category(self, partition: str, before: str, limit: int, floor: str = "0") -> Read:
        """The same where the partition is of a category."""
        return self._by_age(keys.NEARBY, partition, before, limit, floor)

    def histories(self, organization_ids: Iterable[str]) -> dict[str, dict[Category, int]]:
        """How often organizations posted or answered a category, by organization."""
        by_key = {keys.posting_history(one): one for one in organization_ids}
        found = self.table.batch_get(by_key)
        counted = {category.value: category for category in Category}

        def of(one: tuple[Key, Item]) -> tuple[str, dict[Category, int]]:
            key, item = one
            return by_key[key], {counted[name]: int(item[name]) for name in counted if name in item}

        return dict(readable(found.items(), of))

    def _by_age(self, index: keys.Index, partition: str, before: str, limit: int, floor: str) -> Read:
        # The range holds its end too, which has been told: one more is asked for in its place.
        page = self.table.query(
            partition,
            index=index,
            between=(floor, before),
            limit=limit + 1,
            descending=True,
            attributes=("doc", index.sk),
        )
        entries = [(item[index.sk], item.get("doc", "")) for item in page.items if item[index.sk] != before]
        return Read(entries, page.next is not None)

    # -- writes

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self.table.transact(*writes)


def new_puts(posting: Posting) -> list[Write]:
    """The writes of a new posting. Their conditions fail where there is one of that id."""
    pk, sk = keys.posting_pointer(posting.id)
    pointer = {"PK": pk, "SK": sk, "organization_id": posting.organization_id}
    return [Put(_item(posting), missing()), Put(pointer, missing())]


def changed_writes(posting: Posting, before: Posting) -> list[Write]:
    """The writes of a changed posting, on the version before; the first carries the condition."""
    writes: list[Write] = [Put(_item(posting), equals("version", before.version))]
    if posting.stage is Stage.OPEN:
        writes += listed(posting)
    elif before.stage is Stage.OPEN:
        writes += unlisted(posting)
    return writes


def deleted_writes(posting: Posting) -> list[Write]:
    """The writes that delete a draft; the first fails where it has changed since."""
    condition = equals("version", posting.version) & equals("stage", Stage.DRAFT.value)
    return [
        Delete(keys.posting(posting.organization_id, posting.id), condition),
        Delete(keys.posting_pointer(posting.id)),
    ]


def seat_write(posting: Posting, now: datetime) -> Update:
    """The write that takes a seat; it fails unless the posting is open at that moment and has one left."""
    condition = equals("stage", Stage.OPEN.value) & at_least("open_until", int(now.timestamp()) + 1)
    return Update(
        keys.posting(posting.organization_id, posting.id),
        add={"seats_taken": 1, "version": 1},
        condition=condition & without("hidden") & _SEATS_LEFT,
    )


def seat_back_write(posting: Posting) -> Update:
    """The write that gives a seat back; it fails where none is taken."""
    return Update(
        keys.posting(posting.organization_id, posting.id),
        add={"seats_taken": -1, "version": 1},
        condition=at_least("seats_taken", 1),
    )


def hidden_write(posting: Posting, *, hidden: bool) -> Update:
    """The write that hides a posting, or shows it again; it fails where that is so already."""
    key = keys.posting(posting.organization_id, posting.id)
    if hidden:
        condition = equals("stage", posting.stage.value) & without("hidden")
        return Update(key, set={"hidden": True}, add={"version": 1}, condition=condition)
    return Update(key, remove=("hidden",), add={"version": 1}, condition=equals("hidden", True))


def history_write(organization_id: str, category: Category) -> Update:
    """The write that counts a category for an organization."""
    return Update(keys.posting_history(organization_id), add={category.value: 1})


def _item(posting: Posting) -> Item:
    pk, sk = keys.posting(posting.organization_id, posting.id)
    item: Item = {
        "PK": pk,
        "SK": sk,
        "doc": posting.model_dump_json(exclude=_BESIDE, exclude_none=True),
        "version": posting.version,
        "stage": posting.stage.value,
        "seats": posting.seats,
        "seats_taken": posting.seats_taken,
        "open_until": int(posting.open_until.timestamp()),
    }
    return item | {"hidden": True} if posting.hidden else item


def _posting(item: Item) -> Posting:
    beside = {
        "version": int(item["version"]),
        "seats_taken": int(item["seats_taken"]),
        "hidden": "hidden" in item,
    }
    return Posting.model_validate_json(item["doc"]).model_copy(update=beside)


def _unknown() -> NotFound:
    return NotFound("There is no posting with this id.")
