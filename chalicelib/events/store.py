"""Events and registrations in the table: how both are read, and the writes of an event. Seats have ``seat_writes``.

An event is one JSON attribute, ``doc``. Beside it stands what conditions look at (``version``, ``stage``, ``capacity``)
and what changes without it (``seats_taken``, ``waiting``, ``attended``). While people are to be told of something,
``due`` says of what and ``due_after`` whom the last notice was for.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.errors import NotFound
from chalicelib.events.models import Event, Registration, Stage
from chalicelib.readable import every, readable
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Item, Put, Update, Write, at_most, equals, missing
from chalicelib.table.table import Table

_COUNTERS: Final = ("seats_taken", "waiting", "attended")


class Due(NamedTuple):
    """An event of which people are to be told: of what, and after whom to go on."""

    event_id: str
    what: str
    after: str


class EventStore:
    """Items to events and registrations, and back."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def get(self, event_id: str) -> Event:
        """An event. Raises ``NotFound`` where there is none."""
        return self.get_with_due(event_id)[0]

    def get_with_due(self, event_id: str) -> tuple[Event, Due | None]:
        """An event, and of what people are to be told about it. Raises ``NotFound`` where there is none."""
        item = self.table.get(keys.event(event_id))
        if item is None:
            raise NotFound("There is no event with this id.")
        due = Due(event_id, item["due"], item.get("due_after", "")) if "due" in item else None
        return _event(item), due

    def published(self, after: str, limit: int) -> tuple[list[Event], str | None]:
        """One page of published events behind a sort key, by their beginning, and the key behind which the next is."""
        page = self.table.query(
            keys.EVENTS,
            index=keys.DIRECTORY,
            between=(after, "~"),
            limit=limit + 1,
            attributes=("doc", *_COUNTERS, "GSI1SK"),
        )
        items = [item for item in page.items if item["GSI1SK"] != after]
        more = page.next is not None or len(items) > limit
        shown = items[:limit]
        return list(readable(shown, _event)), shown[-1]["GSI1SK"] if more and shown else None

    def all(self, before: str | None, limit: int) -> tuple[list[Event], str | None]:
        """One page of all events, newest first, and the id before which the next is."""
        page = self.table.query(
            keys.EVENTS,
            index=keys.NEARBY,
            between=("0", before or "~"),
            limit=limit + 1,
            descending=True,
        )
        items = [item for item in page.items if item[keys.NEARBY.sk] != before]
        more = page.next is not None or len(items) > limit
        shown = items[:limit]
        return list(readable(shown, _event)), shown[-1][keys.NEARBY.sk] if more and shown else None

    def due_until(self, moment: datetime) -> Iterator[str]:
        """The ids of events of which people are to be told by a moment, the longest due first."""
        items = self.table.query_all(
            keys.EVENTS_DUE,
            index=keys.CONTRIBUTIONS,
            between=("0", f"{moment:%Y-%m-%dT%H:%M:%S}~"),
            limit=25,
            attributes=("PK",),
        )
        return (item["PK"].removeprefix(keys.event_pk("")) for item in items)

    def registration(self, event_id: str, registrant: str) -> Registration | None:
        """Somebody's registration for an event, or None."""
        item = self.table.get(keys.registration(event_id, registrant))
        return None if item is None else _registration(item)

    def registrations(self, event_id: str, after: str, limit: int) -> tuple[list[Registration], str | None]:
        """One page of an event's registrations behind a registrant, and the one behind which the next is."""
        page = self.table.query(
            keys.event_pk(event_id),
            between=(f"{keys.REGISTRATION}{after}" + (" " if after else ""), f"{keys.REGISTRATION}~"),
            limit=limit,
        )
        following = None if page.next is None else page.next["SK"].removeprefix(keys.REGISTRATION)
        return list(readable(page.items, _registration)), following

    def of_person(self, user_id: str) -> Iterator[Registration]:
        """Every registration of a person with an account, or of what an address without one is known by."""
        return readable(self._items_of_person(user_id), _registration)

    def every_of_person(self, user_id: str) -> Iterator[Registration]:
        """As ``of_person``, for whoever may overlook none: raises where one cannot be read."""
        return every(self._items_of_person(user_id), _registration)

    def _items_of_person(self, user_id: str) -> Iterator[Item]:
        return self.table.query_all(
            keys.person_pk(user_id), index=keys.DIRECTORY, begins_with=keys.REGISTRATION
        )

    def first_waiting(self, event_id: str) -> Registration | None:
        """Who has waited longest for a seat, or None. Who cannot be read keeps nobody behind them from it."""
        places = self.table.query_all(keys.event_pk(event_id), begins_with=keys.WAITING, limit=2)
        found = readable(places, lambda item: self.registration(event_id, item["registrant"]))
        return next(filter(None, found), None)

    def transact(self, *writes: Write) -> None:
        """All of the writes or none. Raises ``ConditionFailed`` with the positions that did not hold."""
        self.table.transact(*writes)

    def write(self, write: Put | Update | Delete) -> None:
        """One write. Raises ``ConditionFailed`` where its condition does not hold."""
        self.table.write(write)


# ---------------------------------------------------------------- events


def new_event_put(event: Event) -> Put:
    """The write of a new event."""
    pk, sk = keys.event(event.id)
    return Put(
        {"PK": pk, "SK": sk, **dict.fromkeys(_COUNTERS, 0), **_attributes(event), **keys.any_event(event.id)},
        missing(),
    )


def changed_event_update(event: Event, before: Event, due: Mapping[str, Any] | None) -> Update:
    """The write of a changed event. It fails where another change came first, or more seats are taken than there are.

    ``due`` says of what people are to be told, None that there is nothing new to tell.
    """
    set_: dict[str, Any] = _attributes(event)
    remove: tuple[str, ...] = ()
    if event.stage is Stage.PUBLISHED:
        set_ |= keys.published_event(event.starts_at, event.id)
    elif before.stage is Stage.PUBLISHED:
        remove = (keys.DIRECTORY.pk, keys.DIRECTORY.sk)
    if due is not None:
        set_ |= due
        remove += ("due_after",)
    condition = equals("version", before.version) & at_most("seats_taken", event.capacity)
    return Update(keys.event(event.id), set=set_, remove=remove, condition=condition)


def due_entry(event_id: str, what: str, moment: datetime) -> dict[str, str]:
    """The attributes that put an event among those of which people are to be told something."""
    return {"due": what, **keys.event_due(moment, event_id)}


def told_update(due: Due, after: str | None, following: Mapping[str, str] | None) -> Update:
    """Notes after whom telling goes on, or that it is done and what is due next; fails where something else is due."""
    condition = equals("due", due.what)
    if after is not None:
        return Update(keys.event(due.event_id), set={"due_after": after}, condition=condition)
    if following is not None:
        return Update(keys.event(due.event_id), set=following, remove=("due_after",), condition=condition)
    gone = ("due", "due_after", keys.CONTRIBUTIONS.pk, keys.CONTRIBUTIONS.sk)
    return Update(keys.event(due.event_id), remove=gone, condition=condition)


# ---------------------------------------------------------------- items


def _attributes(event: Event) -> dict[str, Any]:
    return {
        "doc": event.model_dump_json(exclude=set(_COUNTERS), exclude_none=True),
        "version": event.version,
        "stage": event.stage.value,
        "capacity": event.capacity,
    }


def _event(item: Item) -> Event:
    counters = {name: int(item[name]) for name in _COUNTERS}
    return Event.model_validate_json(item["doc"]).model_copy(update=counters)


def _registration(item: Item) -> Registration:
    return Registration.model_validate(
        {name: item[name] for name in Registration.model_fields if name in item}
    )
