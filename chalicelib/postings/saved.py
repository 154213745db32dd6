"""Saved searches: what a person asks for again and again, and is told of once a day.

Each has a moment at which it is due, and an hourly run looks at those that are. It asks for what was opened since the
run before, so nothing is told twice and a day missed is made up for; the notice and the next moment are one
transaction, so a run that is cut off goes on where it stopped, and two at a time tell once. A search costs a query for
each coarse cell that its disc touches (mostly 1 to 9), two batch reads where something is found, and one transaction;
what opening a posting costs does not depend on how many searches there are.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID, uuid5

from pydantic import ConfigDict, Field, ValidationError

from chalicelib.auth import Caller
from chalicelib.clock import Clock, new_id, utc_now
from chalicelib.errors import ConditionFailed, InvalidInput, LimitReached, NotFound
from chalicelib.geography.models import ZipText
from chalicelib.organizations.service import OrganizationStore
from chalicelib.outbox import service as outbox
from chalicelib.outbox.models import NoticeKind, ToPerson
from chalicelib.people import service as people
from chalicelib.postings.asking import Search, search_of
from chalicelib.postings.details import Category
from chalicelib.postings.models import Direction
from chalicelib.postings.saved_store import (
    MOST,
    SavedSearch,
    SavedSearchStore,
    deleted_writes,
    looked_at_write,
    new_writes,
)
from chalicelib.postings.search import NEWEST_FARTHEST_MILES, Finder, Hits, Window
from chalicelib.postings.store import PostingStore
from chalicelib.postings.views import SearchQuery, Sort
from chalicelib.table.expressions import Write
from chalicelib.table.idempotency import IdempotentRequest, created_before, record
from chalicelib.values import Line, Model, Sector, Subject

EVERY: Final = timedelta(days=1)
LOOK_BACK: Final = timedelta(days=7)
"""How far back a run looks where runs were missed."""
_SETTLED: Final = timedelta(minutes=1)
"""An index is a moment behind: what was opened within the last minute is left to the next run."""
_TOLD: Final = 20
_PAGES: Final = 20
"""Pages that a search may go on over what it does not look for: some 10,000 postings opened in a day."""
_SECONDS_A_SEARCH: Final = 5.0
_NOTICES: Final = UUID("7c7a0e5e-52a0-4bd5-9d7f-6f1f0e0b6a10")


class SavedSearchDraft(Model):
    """What to look for again and again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Internships near us", "category": "internship", "zip": "59801", "radius_miles": 50}
            ]
        }
    )

    name: Annotated[Line, Field(max_length=100, examples=["Internships near us"])]
    direction: Annotated[Direction | None, Field(examples=["offer"])] = None
    category: Annotated[Category | None, Field(examples=["internship"])] = None
    sector: Annotated[Sector | None, Field(examples=["diesel"])] = None
    subject: Annotated[Subject | None, Field(examples=["diesel"])] = None
    title: Annotated[Line | None, Field(max_length=100, examples=["lathe"])] = None
    """Words that all stand in the title."""
    zip: ZipText | None = None
    """Around this ZIP code; everywhere if left out."""
    radius_miles: Annotated[int, Field(strict=True, ge=1, le=NEWEST_FARTHEST_MILES, examples=[50])] = 50

    @property
    def query(self) -> SearchQuery:
        """The search that it is."""
        asked = {
            name: getattr(self, name) for name in ("direction", "category", "sector", "subject", "title")
        }
        if self.zip is not None:
            asked |= {"zip": self.zip, "radius_miles": float(self.radius_miles), "sort": Sort.NEWEST}
        return SearchQuery.model_validate(asked)


def save(
    store: SavedSearchStore,
    caller: Caller,
    draft: SavedSearchDraft,
    idempotent: IdempotentRequest | None = None,
    *,
    clock: Clock = utc_now,
    make_id: Callable[[], str] = new_id,
) -> SavedSearch:
    """Saves a search; the same request again answers the same one.

    Raises ``InvalidInput`` where nothing could be found by it, ``LimitReached`` for more than ``MOST``,
    ``IdempotencyMismatch``, and ``NotFound`` where what the key created has been deleted since.
    """
    now = clock()
    if idempotent is not None and (before := created_before(store.table, idempotent, now)) is not None:
        return store.get(caller.user_id, before)
    search_of(draft.query, now)
    saved = SavedSearch(
        id=make_id(),
        user_id=caller.user_id,
        asked=draft.model_dump_json(exclude_none=True),
        name=draft.name,
        created_at=now,
        seen_until=now,
        due_at=now + EVERY,
    )
    writes: list[Write] = [*new_writes(saved), people.seen_write(caller, now)]
    if idempotent is not None:
        writes.append(record(idempotent, saved.id, now))
    try:
        store.table.transact(*writes)
    except ConditionFailed as error:
        if idempotent is not None and (first := created_before(store.table, idempotent, now)) is not None:
            return store.get(caller.user_id, first)
        raise LimitReached(f"There can be {MOST} saved searches. Delete one to make room.") from error
    return saved


def all_of(store: SavedSearchStore, user_id: str) -> list[tuple[SavedSearch, SavedSearchDraft]]:
    """All searches of a person with what each asks, oldest first: at most ``MOST``."""
    return store.all_of(user_id, lambda one: (one, draft_of(one)))


def draft_of(saved: SavedSearch) -> SavedSearchDraft:
    """What a search asks. Raises ``ValueError`` where that means nothing any more."""
    return SavedSearchDraft.model_validate_json(saved.asked)


def delete(store: SavedSearchStore, user_id: str, search_id: str) -> None:
    """Deletes a search of a person. Raises ``NotFound`` where there is none."""
    try:
        store.table.transact(*deleted_writes(user_id, search_id))
    except ConditionFailed as error:
        raise NotFound("You have no saved search with this id.") from error


def forget_person(store: SavedSearchStore, user_id: str) -> None:
    """Deletes all searches of a person; again does no harm."""
    for search_id in store.ids_of(user_id):
        with suppress(NotFound):
            delete(store, user_id, search_id)


def tell_due(
    store: SavedSearchStore,
    postings: PostingStore,
    directory: OrganizationStore,
    now: datetime,
    seconds_left: Callable[[], float],
) -> int:
    """Looks at every saved search that is due and tells its person what is new. Answers how many were looked at.

    Stops in time; what is left stays due.
    """
    done = 0
    for saved in store.due(now):
        if seconds_left() < _SECONDS_A_SEARCH:
            break
        try:
            done += _look(store, postings, directory, saved, now)
        except (InvalidInput, ValidationError):
            # What was asked for once and means nothing any more shall not keep those behind it waiting.
            _skip(store, saved, now)
    return done


def _skip(store: SavedSearchStore, saved: SavedSearch, now: datetime) -> None:
    from chalicelib.observability import logger

    logger.warning("saved search cannot be made", extra={"search_id": saved.id})
    with suppress(ConditionFailed):
        store.table.write(looked_at_write(saved, saved.seen_until, now + EVERY))


def _look(
    store: SavedSearchStore,
    postings: PostingStore,
    directory: OrganizationStore,
    saved: SavedSearch,
    now: datetime,
) -> int:
    until = (now - _SETTLED).replace(microsecond=0)
    since = max(saved.seen_until, now - LOOK_BACK).replace(microsecond=0)
    writes: list[Write] = [looked_at_write(saved, until, max(saved.due_at + EVERY, now + EVERY / 2))]
    if since < until:
        search = search_of(draft_of(saved).query, now)
        hits = _first(search, Finder(postings, directory, now, Window(since, until)))
        if hits.items:
            writes.append(_notice(saved, hits, now))
    try:
        store.table.transact(*writes)
    except ConditionFailed:
        # Deleted, or looked at by another run meanwhile.
        return 0
    return 1


def _first(search: Search, finder: Finder) -> Hits:
    """The first page with anything on it: where much was opened that nobody asked for, pages are short or empty."""
    hits = search.run(finder, _TOLD, None)
    for _ in range(_PAGES):
        if hits.items or hits.position is None:
            break
        hits = search.run(finder, _TOLD, hits.position)
    return hits


def _notice(saved: SavedSearch, hits: Hits, now: datetime) -> Write:
    newest = hits.items[0].posting
    facts = {
        "search_id": saved.id,
        "search_name": saved.name,
        "count": f"{len(hits.items)}" if hits.position is None else f"{len(hits.items)} or more",
        "posting_id": newest.id,
        "posting_title": newest.title,
    }
    notice_id = str(uuid5(_NOTICES, f"{saved.id} {saved.due_at.isoformat()}"))
    return outbox.notice_write(
        NoticeKind.SEARCH_MATCHED, ToPerson(user_id=saved.user_id), facts, now, notice_id
    )
