"""People in the table, and the addresses that take no mail.

Each choice is an attribute of its own, so that unsubscribing from one kind changes nothing else.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from chalicelib.errors import ConditionFailed
from chalicelib.outbox.models import NoticeKind
from chalicelib.people.models import CHOSEN, Delivery, MailStatus, Person, Suppression, address_hash
from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import (
    Condition,
    Delete,
    Item,
    Put,
    Update,
    equals,
    exists,
    missing,
    without,
)
from chalicelib.table.table import Table

_CHOICE: Final = "deliver_"


class PersonStore:
    """Reads and writes people and suppressed addresses."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, user_id: str) -> Person | None:
        """A person, or None where nothing is known; their mail status is not looked up."""
        item = self._table.get(keys.person(user_id))
        return None if item is None else _person(user_id, item)

    def get_many(self, user_ids: Iterable[str]) -> dict[str, Person]:
        """Those people that are known, by id; their mail status is not looked up."""
        wanted = {keys.person(user_id): user_id for user_id in user_ids}
        found = self._table.batch_get(wanted)
        people = readable(found.items(), lambda one: _person(wanted[one[0]], one[1]))
        return {person.user_id: person for person in people}

    def statuses(self, emails: Iterable[str]) -> dict[str, MailStatus]:
        """Whether each address takes mail. One of which nobody can read why it takes none takes none."""
        wanted = {email: keys.suppression(address_hash(email)) for email in emails}
        found = self._table.batch_get(wanted.values(), attributes=("reason",))
        reasons = dict(readable(found.items(), lambda one: (one[0], MailStatus(one[1]["reason"]))))
        return {
            email: reasons.get(key, MailStatus.BOUNCED) if key in found else MailStatus.OK
            for email, key in wanted.items()
        }

    def choose(
        self,
        user_id: str,
        email: str | None,
        choices: Mapping[NoticeKind, Delivery],
        expected_version: int,
    ) -> None:
        """Replaces all choices, and the address where one is given.

        Raises ``ConditionFailed`` if the version is not current.
        """
        current: Condition = equals("version", expected_version) if expected_version else without("version")
        self._table.write(
            Update(
                keys.person(user_id),
                set={"version": expected_version + 1, **_known(user_id, email), **_attributes(choices)},
                remove=tuple(f"{_CHOICE}{kind.value}" for kind in CHOSEN if kind not in choices),
                condition=current,
            )
        )

    def choose_some(self, user_id: str, choices: Mapping[NoticeKind, Delivery]) -> None:
        """Changes the named choices of a person, whatever the version; of one who is not known any more, none."""
        # A transaction counts once however often it is sent; a plain update that is sent again would add again.
        change = Update(
            keys.person(user_id), set=_attributes(choices), add={"version": 1}, condition=exists()
        )
        try:
            self._table.transact(change)
        except ConditionFailed:
            return

    def suppress(self, hashed: str, suppression: Suppression) -> None:
        """Stops mail to an address. A reader's wish takes no other reason's place: the wish can be taken back."""
        pk, sk = keys.suppression(hashed)
        item = {"PK": pk, "SK": sk, **suppression.model_dump(mode="json")}
        wished = suppression.reason is MailStatus.UNSUBSCRIBED
        try:
            self._table.write(Put(item, missing() if wished else None))
        except ConditionFailed:
            return

    def lift_unsubscription(self, hashed: str) -> None:
        """Lets mail go to an address again where nothing stopped it but its reader."""
        try:
            self._table.write(
                Delete(keys.suppression(hashed), equals("reason", MailStatus.UNSUBSCRIBED.value))
            )
        except ConditionFailed:
            return


def person_delete(user_id: str) -> Delete:
    """The write that forgets a person, be what is known of them unreadable. Fails where nothing is known."""
    return Delete(keys.person(user_id), exists())


def seen_update(user_id: str, email: str | None, now: datetime) -> Update:
    """The write that notes a person's address where it is known, and nothing else of them."""
    return Update(keys.person(user_id), set={"seen_at": now.isoformat(), **_known(user_id, email)})


def _known(user_id: str, email: str | None) -> dict[str, str]:
    return {"user_id": user_id, **({"email": email} if email else {})}


def _attributes(choices: Mapping[NoticeKind, Delivery]) -> dict[str, str]:
    return {f"{_CHOICE}{kind.value}": delivery.value for kind, delivery in choices.items()}


def _person(user_id: str, item: Item) -> Person:
    chosen = {kind: item.get(f"{_CHOICE}{kind.value}") for kind in CHOSEN}
    return Person(
        user_id=user_id,
        email=item.get("email"),
        choices={kind: Delivery(choice) for kind, choice in chosen.items() if choice is not None},
        version=int(item.get("version", 0)),
    )
