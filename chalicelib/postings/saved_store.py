"""Saved searches in the table: an item each beside all else of its person, a counter, and an index of what is due."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, TypeVar

from chalicelib.errors import NotFound
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Delete,
    Item,
    Put,
    Update,
    Write,
    equals,
    exists,
    less_than,
    missing,
    without,
)
from chalicelib.table.table import Table
from chalicelib.values import Id, Model, Timestamp

T = TypeVar("T")

MOST: Final = 20
"""How many searches a person can save."""


class SavedSearch(Model):
    """A search of a person's: what is asked, as JSON, and until when they were told."""

    id: Id
    user_id: str
    asked: str
    name: str
    created_at: Timestamp
    seen_until: Timestamp
    due_at: Timestamp


class SavedSearchStore:
    """Items to saved searches and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, user_id: str, search_id: str) -> SavedSearch:
        """A search of a person. Raises ``NotFound``."""
        item = self.table.get(keys.saved_search(user_id, search_id))
        if item is None:
            raise NotFound("You have no saved search with this id.")
        return _saved(item)

    def all_of(self, user_id: str, read: Callable[[SavedSearch], T]) -> list[T]:
        """What ``read`` makes of all searches of a person, oldest first: at most ``MOST``."""
        page = self.table.query(keys.person_pk(user_id), begins_with=keys.SEARCH)
        return list(readable(page.items, lambda item: read(_saved(item))))

    def ids_of(self, user_id: str) -> list[str]:
        """The ids of all searches of a person, whatever is in them."""
        page = self.table.query(keys.person_pk(user_id), begins_with=keys.SEARCH, attributes=("SK",))
        return [item["SK"].removeprefix(keys.SEARCH) for item in page.items]

    def due(self, now: datetime) -> Iterator[SavedSearch]:
        """All that are due, the longest waiting first. Read from an index: a moment behind."""
        last = keys.saved_search_entry(now, "", "")[keys.DIRECTORY.sk]
        items = self.table.query_all(keys.SEARCHES, index=keys.DIRECTORY, between=("0", last), limit=100)
        return readable(items, _saved)


def new_writes(saved: SavedSearch) -> list[Write]:
    """The writes of a new search; the second fails where there are as many as there may be."""
    pk, sk = keys.saved_search(saved.user_id, saved.id)
    fields = saved.model_dump(mode="json")
    entry = keys.saved_search_entry(saved.due_at, saved.user_id, saved.id)
    room = less_than("count", MOST) | without("count")
    return [
        Put({"PK": pk, "SK": sk, **entry, **fields}, missing()),
        Update(keys.saved_searches(saved.user_id), add={"count": 1}, condition=room),
    ]


def deleted_writes(user_id: str, search_id: str) -> list[Write]:
    """The writes that delete a search; the first fails where there is none."""
    return [
        Delete(keys.saved_search(user_id, search_id), exists()),
        Update(keys.saved_searches(user_id), add={"count": -1}),
    ]


def looked_at_write(saved: SavedSearch, until: datetime, due_at: datetime) -> Update:
    """The write that says until when a person was told; it fails where another run was faster."""
    after = saved.model_copy(update={"seen_until": until, "due_at": due_at}).model_dump(mode="json")
    return Update(
        keys.saved_search(saved.user_id, saved.id),
        set={
            "seen_until": after["seen_until"],
            "due_at": after["due_at"],
            **keys.saved_search_entry(due_at, saved.user_id, saved.id),
        },
        condition=equals("due_at", saved.model_dump(mode="json")["due_at"]),
    )


def _saved(item: Item) -> SavedSearch:
    return SavedSearch.model_validate({name: item[name] for name in SavedSearch.model_fields})
