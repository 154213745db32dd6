"""Routes of a person's saved searches."""

from itertools import starmap
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from chalicelib.auth import SIGNED_IN, Caller
from chalicelib.errors import LimitReached, NotFound
from chalicelib.http import Api, Reply
from chalicelib.postings import saved
from chalicelib.postings.saved import SavedSearchDraft
from chalicelib.postings.saved_store import SavedSearch, SavedSearchStore
from chalicelib.table.idempotency import IdempotentRequest
from chalicelib.table.table import connect
from chalicelib.values import Id, Model, Timestamp

api = Api(__name__, tag="Saved searches")


class SavedSearchView(SavedSearchDraft):
    """A saved search."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Internships near us",
                    "direction": None,
                    "category": "internship",
                    "sector": None,
                    "subject": None,
                    "title": None,
                    "zip": "59801",
                    "radius_miles": 50,
                    "id": "0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10",
                    "created_at": "2026-06-15T12:30:00Z",
                    "told_until": "2026-06-16T12:30:00Z",
                }
            ]
        }
    )

    id: Id
    created_at: Timestamp
    told_until: Timestamp
    """What was opened up to here, its person was told of."""


class SavedSearches(Model):
    """All of the caller's saved searches, oldest first."""

    items: Annotated[tuple[SavedSearchView, ...], Field(max_length=20)]


@api.post(
    "/v1/me/searches",
    permission=SIGNED_IN,
    summary="Save a search",
    status=201,
    errors=(LimitReached, NotFound),
)
def save_search(
    caller: Caller, body: SavedSearchDraft, idempotent: IdempotentRequest | None
) -> Reply[SavedSearchView]:
    """Once a day the caller is told what is new. There can be 20."""
    made = saved.save(_store(), caller, body, idempotent)
    return Reply(_view(made, saved.draft_of(made)), location=f"searches/{made.id}")


@api.get("/v1/me/searches", permission=SIGNED_IN, summary="List my saved searches")
def list_searches(caller: Caller) -> SavedSearches:
    """All of them."""
    return SavedSearches(items=tuple(starmap(_view, saved.all_of(_store(), caller.user_id))))


@api.delete(
    "/v1/me/searches/{search_id}",
    permission=SIGNED_IN,
    summary="Delete a saved search",
    status=204,
    errors=(NotFound,),
)
def delete_search(caller: Caller, search_id: Id) -> None:
    """The caller is told of it no more."""
    saved.delete(_store(), caller.user_id, search_id)


def _view(one: SavedSearch, draft: SavedSearchDraft) -> SavedSearchView:
    asked: dict[str, Any] = dict(draft)
    return SavedSearchView(**asked, id=one.id, created_at=one.created_at, told_until=one.seen_until)


def _store() -> SavedSearchStore:
    return SavedSearchStore(connect())
