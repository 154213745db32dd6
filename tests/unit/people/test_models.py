"""What holds for whom: choices, defaults, and what nobody can choose."""

import pytest
from pydantic import ValidationError

from chalicelib.outbox.models import NoticeKind
from chalicelib.people.models import (
    CHOSEN,
    DEFAULTS,
    TRANSACTIONAL,
    Delivery,
    NotificationChoice,
    Person,
    address_hash,
)


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_a_delivery(kind: NoticeKind) -> None:
    ann = Person(user_id="ann", choices=dict.fromkeys(CHOSEN, Delivery.NEVER))
    assert ann.delivery(kind) is (Delivery.IMMEDIATELY if kind in TRANSACTIONAL else Delivery.NEVER)
    bob = Person(user_id="bob")
    assert bob.delivery(kind) is DEFAULTS.get(kind, Delivery.IMMEDIATELY)


def test_what_is_always_mailed_cannot_be_chosen() -> None:
    for kind in TRANSACTIONAL:
        with pytest.raises(ValidationError, match="always mailed"):
            NotificationChoice(deliveries={kind: Delivery.NEVER})


def test_a_reminder_cannot_wait_for_a_digest() -> None:
    with pytest.raises(ValidationError, match="too late"):
        NotificationChoice(deliveries={NoticeKind.EVENT_REMINDER: Delivery.DAILY})
    chosen = NotificationChoice(deliveries={NoticeKind.EVENT_REMINDER: Delivery.NEVER})
    assert chosen.deliveries == {NoticeKind.EVENT_REMINDER: Delivery.NEVER}


def test_an_address_is_one_whatever_its_case() -> None:
    assert address_hash(" Ann@Connects.Example") == address_hash("ann@connects.example")
    assert address_hash("ann@connects.example") != address_hash("bob@connects.example")
