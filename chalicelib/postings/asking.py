"""From what is asked for to the search that answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.geography import service as geography
from chalicelib.postings.listing import Filter, words_of
from chalicelib.postings.models import Direction
from chalicelib.postings.search import Around, Finder, Hits
from chalicelib.postings.views import SearchQuery, Sort


@dataclass(frozen=True, slots=True)
class Search:
    """A search, and what names it: a cursor of one is no good for another."""

    scope: str
    run: Callable[[Finder, int, Any], Hits]
    """One page: of at most so many, from a position on (None at the beginning)."""


def search_of(query: SearchQuery, now: datetime) -> Search:
    """The search that a query asks for. Raises ``InvalidInput`` where it says no place, or two, or no order for one."""
    asked = query.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)
    scope = f"postings.search.{sorted(asked.items())}"
    directions = [query.direction] if query.direction is not None else list(Direction)
    wanted = Filter(
        now=now,
        category=query.category,
        sector=query.sector,
        subject=query.subject,
        words=words_of(query.title),
    )
    around = around_of(query)
    if around is None:
        if query.sort is Sort.NEAREST:
            raise _invalid("To what? Say where as zip, or as latitude and longitude.", "zip")
        if "radius_miles" in query.model_fields_set:
            raise _invalid("Around what? Say where as zip, or as latitude and longitude.", "zip")
        return Search(
            scope,
            lambda finder, limit, position: finder.newest(
                directions, query.category, wanted, limit, position
            ),
        )
    if query.sort is Sort.NEWEST:
        return Search(
            scope,
            lambda finder, limit, position: finder.newest_around(around, directions, wanted, limit, position),
        )
    return Search(
        scope,
        lambda finder, limit, position: finder.nearest(around, directions, wanted, limit, position),
    )


def around_of(query: SearchQuery) -> Around | None:
    """The disc that a query names, or None where it names no place. Raises ``InvalidInput``."""
    point = geography.point_asked(query.zip, query.latitude, query.longitude)
    return None if point is None else Around(point, query.radius_miles)


def _invalid(detail: str, parameter: str) -> InvalidInput:
    return InvalidInput(detail, [FieldError(parameter, detail, "query")])
