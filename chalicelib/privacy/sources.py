"""What there is of a person in the other features: the one place that knows of all of them.

A feature that keeps something of people is named here, and says itself how that is read and how it is erased.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from chalicelib.audit import service as audit
from chalicelib.auth import Caller
from chalicelib.claims import service as claims
from chalicelib.claims.service import ClaimStore
from chalicelib.errors import ConditionFailed
from chalicelib.events import service as events
from chalicelib.events.service import EventStore
from chalicelib.memberships import service as memberships
from chalicelib.memberships.service import InvitationStore, MembershipStore
from chalicelib.moderation import service as moderation
from chalicelib.moderation.service import ReportStore
from chalicelib.notifications import service as notifications
from chalicelib.notifications.service import NotificationStore
from chalicelib.people import service as people
from chalicelib.people.service import PersonStore
from chalicelib.postings import service as postings
from chalicelib.postings.service import SavedSearchStore
from chalicelib.privacy.service import Forget, Read, Source
from chalicelib.responses import service as responses
from chalicelib.responses.service import ResponseStore
from chalicelib.submissions import service as submissions
from chalicelib.submissions.service import SubmissionStore
from chalicelib.table.table import Table

_AT_ONCE: Final = 100


def sources_of(table: Table, caller: Caller, now: datetime) -> tuple[Source, ...]:
    """What there is of a person, in the order in which it is erased: what may refuse first, their address last."""
    user, members, invitations = caller.user_id, MembershipStore(table), InvitationStore(table)
    claimed, reported, messages = ClaimStore(table), ReportStore(table), ResponseStore(table)
    told, persons, searches = NotificationStore(table), PersonStore(table), SavedSearchStore(table)
    registered = EventStore(table)
    # What nobody has proved to be theirs is neither shown nor erased.
    email = caller.email if caller.email_verified else ""

    def forget_person() -> bool:
        # Once more, where it is done: nothing is known of them then.
        with suppress(ConditionFailed):
            table.transact(people.forgotten_write(user), audit.entry_write(user, "person.erased", user, now))
        return False

    return (
        Source(
            "membership",
            _at_once(
                lambda: [
                    {"party_kind": one.party.kind.value, "party_id": one.party.id, "role": one.role.value}
                    for one in memberships.entered_by(members, user)
                ]
            ),
            _once(lambda: memberships.forget_person(members, user, now)),
        ),
        Source(
            "invitation",
            _at_once(lambda: _plain(memberships.invitations_of(invitations, caller, _AT_ONCE))),
            lambda: memberships.forget_invitations(invitations, caller, _AT_ONCE),
        ),
        Source(
            "claim",
            _at_once(lambda: _plain(claims.entered_by(claimed, user))),
            _once(lambda: claims.forget_person(claimed, user)),
        ),
        Source(
            "report",
            _paged(lambda limit, start: moderation.entered_by(reported, user, limit, start)),
            lambda: moderation.forget_person(reported, user, _AT_ONCE),
        ),
        Source("submission", _submissions(SubmissionStore(table), members, user), lambda: False),
        Source(
            "message",
            _paged(lambda limit, start: responses.entered_by(messages, user, limit, start)),
            lambda: responses.forget_person(messages, user, _AT_ONCE),
        ),
        Source(
            "registration",
            _at_once(lambda: _plain(events.entered_by(registered, user, email))),
            _once(lambda: events.forget_person(registered, events.ticket_signer(), user, email)),
        ),
        Source(
            "saved_search",
            _at_once(lambda: _plain(one for one, _ in postings.searches_of(searches, user))),
            _once(lambda: postings.forget_person(searches, user)),
        ),
        Source(
            "notice",
            _paged(lambda limit, start: notifications.entered_by(told, user, limit, start, now)),
            lambda: notifications.forget_person(told, user, _AT_ONCE),
        ),
        Source(
            "profile",
            _at_once(lambda: _plain(filter(None, [people.profile(persons, user)]))),
            forget_person,
        ),
    )


def _submissions(store: SubmissionStore, members: MembershipStore, user_id: str) -> Read:
    """What the person recorded of the organizations they are a member of now, one organization after the other."""

    def read(limit: int, start: Any) -> tuple[list[dict[str, Any]], Any]:
        ids = sorted({one.organization_id for one in memberships.of_user(members, user_id)})
        at, after = start or ("", None)
        rest = [one for one in ids if one >= at]
        if not rest:
            return [], None
        found, following = submissions.recorded_by(
            store, rest[0], user_id, limit, after if rest[0] == at else None
        )
        things = [one._asdict() for one in found]
        if following is not None:
            return things, (rest[0], following)
        return things, (rest[1], None) if len(rest) > 1 else None

    return read


def _plain(things: Iterable[BaseModel]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json", exclude_none=True) for one in things]


def _at_once(all_of: Callable[[], list[dict[str, Any]]]) -> Read:
    """Things of which there are few, and which are read at once."""
    return lambda _limit, _start: (all_of(), None)


def _paged(page: Callable[[int, Any], tuple[Iterable[BaseModel], Any]]) -> Read:
    def read(limit: int, start: Any) -> tuple[list[dict[str, Any]], Any]:
        found, following = page(limit, start)
        return _plain(found), following

    return read


def _once(forget: Callable[[], None]) -> Forget:
    def all_gone() -> bool:
        forget()
        return False

    return all_gone
