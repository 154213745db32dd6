"""The writes that give seats and places in the line, and take them back.

Each is part of a transaction: what an event counts (``seats_taken``, ``waiting``, ``attended``) and who is registered
change together. The conditions stand on the items that decide, so two who want the last seat cannot both have it.
"""

from typing import Final

from chalicelib.events.models import Registration, RegistrationStatus, Stage
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
    exists,
    missing,
)

_SEAT_FREE: Final = Condition(
    "#c_taken < #c_capacity", {"#c_taken": "seats_taken", "#c_capacity": "capacity"}
)
_FULL: Final = Condition("#c_taken >= #c_capacity", {"#c_taken": "seats_taken", "#c_capacity": "capacity"})
_PUBLISHED: Final = equals("stage", Stage.PUBLISHED.value)
_NOBODY_WAITS: Final = equals("waiting", 0)


def seat_writes(registration: Registration) -> list[Write]:
    """The writes that give a seat: the first fails unless one is free and nobody waits, the second where one has it."""
    taken = Update(
        keys.event(registration.event_id),
        add={"seats_taken": 1},
        condition=_PUBLISHED & _SEAT_FREE & _NOBODY_WAITS,
    )
    return [taken, Put(_registration_item(registration), missing())]


def waiting_writes(registration: Registration) -> list[Write]:
    """The writes that put somebody in line: the first fails unless all seats are taken or others wait."""
    queued = Update(
        keys.event(registration.event_id),
        add={"waiting": 1},
        condition=_PUBLISHED & (_FULL | at_least("waiting", 1)),
    )
    pk, sk = keys.waiting(registration.event_id, registration.place)
    place = Put({"PK": pk, "SK": sk, "registrant": registration.registrant}, missing())
    return [queued, Put(_registration_item(registration), missing()), place]


def leave_line_writes(registration: Registration) -> list[Write]:
    """The writes that take somebody out of the line; they fail where they have left, or have a seat by now."""
    return [
        Delete(
            keys.registration(registration.event_id, registration.registrant),
            equals("status", RegistrationStatus.WAITING.value),
        ),
        Delete(keys.waiting(registration.event_id, registration.place), exists()),
        Update(keys.event(registration.event_id), add={"waiting": -1}),
    ]


def free_seat_writes(registration: Registration, waiting: int | None) -> list[Write]:
    """The writes that give a seat back. The second fails unless so many wait still; None is for any number."""
    taken = at_least("seats_taken", 1)
    return [
        _seat_gone(registration),
        Update(
            keys.event(registration.event_id),
            add={"seats_taken": -1, **_came_no_more(registration)},
            condition=taken if waiting is None else taken & equals("waiting", waiting),
        ),
    ]


def hand_over_writes(registration: Registration, follower: Registration) -> list[Write]:
    """The writes that give somebody's seat to who waits; they fail where either has left meanwhile."""
    return [
        _seat_gone(registration),
        *_promotion_writes(follower),
        Update(keys.event(registration.event_id), add={"waiting": -1, **_came_no_more(registration)}),
    ]


def promote_writes(follower: Registration) -> list[Write]:
    """The writes that give a free seat to who waits; they fail where none is free or they have left."""
    return [
        Update(
            keys.event(follower.event_id),
            add={"waiting": -1, "seats_taken": 1},
            condition=_PUBLISHED & _SEAT_FREE,
        ),
        *_promotion_writes(follower),
    ]


def attendance_writes(registration: Registration, *, attended: bool) -> list[Write]:
    """The writes that note whether somebody came; they fail where that is noted already, or the seat is gone."""
    was = equals("attended", not attended) & equals("status", RegistrationStatus.REGISTERED.value)
    return [
        Update(
            keys.registration(registration.event_id, registration.registrant),
            set={"attended": attended},
            condition=was,
        ),
        Update(keys.event(registration.event_id), add={"attended": 1 if attended else -1}),
    ]


def _seat_gone(registration: Registration) -> Delete:
    return Delete(
        keys.registration(registration.event_id, registration.registrant),
        equals("status", RegistrationStatus.REGISTERED.value) & equals("attended", registration.attended),
    )


def _came_no_more(registration: Registration) -> dict[str, int]:
    """What a registration that goes takes from how many came."""
    return {"attended": -1} if registration.attended else {}


def _promotion_writes(follower: Registration) -> list[Write]:
    return [
        Update(
            keys.registration(follower.event_id, follower.registrant),
            set={"status": RegistrationStatus.REGISTERED.value},
            condition=equals("status", RegistrationStatus.WAITING.value),
        ),
        Delete(keys.waiting(follower.event_id, follower.place), exists()),
    ]


def _registration_item(registration: Registration) -> Item:
    pk, sk = keys.registration(registration.event_id, registration.registrant)
    item: Item = {"PK": pk, "SK": sk, **registration.model_dump(mode="json", exclude_none=True)}
    return item | keys.registration_entry(registration.registrant, registration.event_id)
