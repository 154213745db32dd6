"""What others ask of people, and the write that they add to their own transactions."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.auth import Caller
from chalicelib.errors import ConditionFailed, StaleVersion
from chalicelib.outbox.models import NoticeKind
from chalicelib.people.models import (
    CHOSEN,
    Delivery,
    MailStatus,
    NotificationSettings,
    Person,
    Suppression,
    address_hash,
)
from chalicelib.people.store import PersonStore, person_delete, seen_update
from chalicelib.table.expressions import Delete, Update

__all__ = [
    "PersonStore",
    "choose",
    "forgotten_write",
    "mail_status",
    "profile",
    "profiles",
    "seen_write",
    "settings",
    "stop_kinds",
    "suppress",
    "suppress_hash",
]


def seen_write(caller: Caller, now: datetime) -> Update:
    """The write that notes the caller's address, for the transaction that makes them a member or registers them.

    Only a verified address is noted: mail to another would go to somebody else.
    """
    return seen_update(caller.user_id, _verified(caller), now)


def profile(store: PersonStore, user_id: str) -> Person | None:
    """A person with their mail status, or None where nothing is known of them."""
    return profiles(store, [user_id]).get(user_id)


def profiles(store: PersonStore, user_ids: Iterable[str]) -> dict[str, Person]:
    """Those people that are known, by id, with their mail status."""
    people = store.get_many(user_ids)
    statuses = store.statuses({person.email for person in people.values() if person.email})
    return {
        user_id: person.model_copy(update={"mail_status": statuses[person.email]}) if person.email else person
        for user_id, person in people.items()
    }


def mail_status(store: PersonStore, email: str) -> MailStatus:
    """Whether an address takes mail."""
    return store.statuses([email])[email]


def settings(store: PersonStore, caller: Caller) -> tuple[NotificationSettings, int]:
    """How the caller is told of things, and the version of that."""
    person = store.get(caller.user_id) or Person(user_id=caller.user_id)
    if person.email:
        person = person.model_copy(update={"mail_status": mail_status(store, person.email)})
    return _settings(person), person.version


def choose(
    store: PersonStore, caller: Caller, choices: Mapping[NoticeKind, Delivery], expected_version: int
) -> tuple[NotificationSettings, int]:
    """Replaces the caller's choices. Raises ``StaleVersion`` where they were changed since.

    Who chooses wants mail: an address that was unsubscribed from everything by a link takes mail again. One that
    bounced or complained does not.
    """
    try:
        store.choose(caller.user_id, _verified(caller), choices, expected_version)
    except ConditionFailed as lost:
        # The same request again ends what one that was cut off began: the address takes mail again.
        person = profile(store, caller.user_id) or Person(user_id=caller.user_id)
        done = (person.version, person.choices) == (expected_version + 1, dict(choices))
        if not done or person.mail_status is not MailStatus.UNSUBSCRIBED:
            raise StaleVersion(
                "The settings were changed since you read them. Read them again, then repeat the change."
            ) from lost
    chosen, version = settings(store, caller)
    if chosen.email and chosen.mail_status is MailStatus.UNSUBSCRIBED:
        store.lift_unsubscription(address_hash(chosen.email))
        return settings(store, caller)
    return chosen, version


def stop_kinds(store: PersonStore, user_id: str, kinds: Iterable[NoticeKind]) -> None:
    """Mails nothing of these kinds to a person any more; kinds that are always mailed stay."""
    stopped = {kind: Delivery.NEVER for kind in kinds if kind in CHOSEN}
    if stopped:
        store.choose_some(user_id, stopped)


def suppress(store: PersonStore, email: str, reason: MailStatus, now: datetime) -> None:
    """Stops all mail to an address."""
    suppress_hash(store, address_hash(email), reason, now)


def suppress_hash(store: PersonStore, hashed: str, reason: MailStatus, now: datetime) -> None:
    """Stops all mail to the address of this hash."""
    store.suppress(hashed, Suppression.model_validate({"reason": reason, "since": now}))


def forgotten_write(user_id: str) -> Delete:
    """The write that forgets a person's address and choices. Fails where nothing is known of them.

    An address that bounced or complained stays suppressed: it is kept as a hash, and mail to it would be a new wrong.
    """
    return person_delete(user_id)


def _verified(caller: Caller) -> str | None:
    return caller.email if caller.email_verified and caller.email else None


def _settings(person: Person) -> NotificationSettings:
    return NotificationSettings(
        email=person.email, mail_status=person.mail_status, deliveries=person.deliveries
    )
