"""Submissions in the table: the present state of each topic, and beside it every version there was.

The present state and the version that made it are written in one transaction, on the condition that the state
is still the one that was read: nothing is lost and no number is given twice. A withdrawal leaves the state in
place, without figures and outside the contributions index, so that numbers go on from it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from chalicelib.errors import ConditionFailed, Conflict, NotFound, StaleVersion
from chalicelib.readable import readable, text_of
from chalicelib.submissions.contributions import line_of
from chalicelib.submissions.fields import STORED
from chalicelib.submissions.models import TOPICS, Action, Record, model_of
from chalicelib.table import keys
from chalicelib.table.expressions import Check, Item, Put, Update, equals, missing
from chalicelib.table.table import Table


class Overtaken(Conflict):
    """Another writer recorded a version since the state was read."""


class Authorship(NamedTuple):
    """Who recorded a version, and when; without its figures."""

    organization_id: str
    topic: str
    number: int
    action: str
    recorded_at: str
    recorded_by: str


class SubmissionStore:
    """Reads and records the submissions of organizations."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def current(self, organization_id: str, topic: str) -> Record | None:
        """The latest version on a topic, a withdrawal included; None where there never was one."""
        item = self._table.get(keys.submission(organization_id, topic))
        return _record(item) if item else None

    def in_force(self, organization_id: str) -> Iterator[Record]:
        """Every submission of an organization that is not withdrawn, by topic."""
        items = self._table.query_all(keys.organization_pk(organization_id), begins_with=keys.SUBMISSION)
        for record in readable(items, _record):
            if record.submission is not None:
                yield record

    def versions(
        self, organization_id: str, topic: str, limit: int, before: int | None
    ) -> tuple[list[Record], int | None]:
        """Up to ``limit`` versions, newest first, and the last one's number where there are more.

        ``before`` is such a number: the page begins behind it.
        """
        pk = keys.organization_pk(organization_id)
        start = None
        if before is not None:
            start = keys.version(organization_id, topic, before).attributes
        prefix = keys.version_prefix(topic)
        page = self._table.query(pk, begins_with=prefix, limit=limit + 1, start=start, descending=True)
        shown = page.items[:limit]
        more = len(page.items) > limit
        following = int(shown[-1]["SK"].rpartition("#")[2]) if more else None
        return list(readable(shown, _record)), following

    def recorded_by(
        self, organization_id: str, user_id: str, limit: int, after: str | None
    ) -> tuple[list[Authorship], str | None]:
        """What a person recorded of an organization, from the next ``limit`` versions; reads no figures.

        And what ``after`` the next page begins, or None.
        """
        pk = keys.organization_pk(organization_id)
        page = self._table.query(
            pk,
            begins_with=keys.VERSION,
            limit=limit,
            start=None if after is None else {"PK": pk, "SK": after},
            attributes=Authorship._fields,
        )
        found = readable(page.items, lambda item: Authorship(*(item[name] for name in Authorship._fields)))
        return [one for one in found if one.recorded_by == user_id], page.next[
            "SK"
        ] if page.next is not None else None

    def record(self, version: Record, while_open: Check) -> None:
        """Make a version the present state, if the one before it still is, and keep it.

        Raises ``Overtaken`` where it is not, and ``NotFound`` where ``while_open``, the condition on the
        organization, does not hold.
        """
        organization_id, topic, number = version.organization_id, version.topic, version.number
        state = missing() if number == 1 else equals("number", number - 1)
        present, kept = keys.submission(organization_id, topic), keys.version(organization_id, topic, number)
        fields = _fields(version)
        try:
            self._table.transact(
                Put({"PK": present.pk, "SK": present.sk, **fields, **_index_entry(version)}, state),
                Put({"PK": kept.pk, "SK": kept.sk, **fields}, missing()),
                while_open,
            )
        except ConditionFailed as error:
            if 2 in error.failed:
                raise NotFound("There is no organization with this id.") from error
            raise Overtaken("Others are submitting the same thing at this moment. Send it again.") from error

    def confirm(self, version: Record, user_id: str, now: datetime) -> None:
        """Mark a version as confirmed, also in its line, while it is in force. Raises ``StaleVersion``.

        The mark is of this version alone: the next one is written over it.
        """
        try:
            self._table.write(
                Update(
                    keys.submission(version.organization_id, version.topic),
                    set={
                        "confirmed": version.number,
                        "confirmed_by": user_id,
                        "confirmed_at": now.isoformat(),
                        "x": _index_entry(version)["x"],
                    },
                    condition=equals("number", version.number) & equals("action", Action.SUBMITTED.value),
                )
            )
        except ConditionFailed as error:
            raise StaleVersion(
                f"Version {version.number} is not in force any more. Read the submission again."
            ) from error

    def unconfirmed(self, subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The versions in force that nobody has confirmed, of these organizations and topics. Reads no figures."""
        wanted = [keys.submission(*subject) for subject in subjects]
        read = ("organization_id", "topic", "number", "action", "confirmed")
        found = self._table.batch_get(wanted, read).values()
        return {subject: number for subject, number, waits in readable(found, _waiting) if waits}


def _fields(version: Record) -> Item:
    document = {} if version.submission is None else {"document": version.submission.model_dump_json()}
    return {
        "organization_id": version.organization_id,
        "topic": version.topic,
        "number": version.number,
        "action": version.action.value,
        "recorded_at": version.recorded_at.isoformat(),
        "recorded_by": version.recorded_by,
        **document,
    }


def _index_entry(version: Record) -> Item:
    if version.submission is None:
        return {}
    line = line_of(
        version.organization_id, version.topic, version.submission, version.number, version.confirmed
    )
    return {**keys.contribution_entry(version.organization_id, version.topic), "x": line}


def _subject_of(item: Item) -> tuple[str, str]:
    """The organization and the topic of an item. Raises ``ValueError`` where they are not what its key says."""
    organization_id, topic = item["organization_id"], item["topic"]
    if keys.organization_pk(organization_id) != item["PK"] or topic not in TOPICS:
        raise ValueError("of nothing")
    return organization_id, topic


def _waiting(item: Item) -> tuple[tuple[str, str], int, bool]:
    """What an item is of, its version, and whether that is in force and nobody has confirmed it."""
    return (
        _subject_of(item),
        int(item["number"]),
        Action(item["action"]) is Action.SUBMITTED and "confirmed" not in item,
    )


def _record(item: Item) -> Record:
    document = item.get("document")
    if (document is None) is (Action(item["action"]) is Action.SUBMITTED):
        raise ValueError("figures without a submission, or none with one")
    organization_id, topic = _subject_of(item)
    return Record(
        organization_id=organization_id,
        topic=topic,
        number=int(item["number"]),
        submission=None
        if document is None
        else model_of(item["topic"]).model_validate_json(document, context=STORED),
        recorded_at=datetime.fromisoformat(item["recorded_at"]),
        recorded_by=text_of(item, "recorded_by"),
        confirmed="confirmed" in item,
    )
