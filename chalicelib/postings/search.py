"""Finding open postings: around a place, nearest or newest first, or everywhere, newest first.

Entries are read by key and filtered as they come (``listing``); what passes is read from the postings themselves, and
from their organizations, so what was hidden, fulfilled or suspended a moment ago is not shown. So a page costs

- nearest: at most ``NEAREST_READS`` queries of 100 entries; mostly 4 to 12 for a direction within 100 miles
- newest around a place: a query of 50 entries for each coarse cell (some 97 miles wide) that the disc touches, and at
  most ten more
- newest everywhere: at most 11 such queries for a direction; with a category, of that category's entries alone

and two batch reads for what is shown. None of it grows with the table. A page may be short and go on.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.geography.service import Point, covering, miles_between, nearby, position_of, resume_of
from chalicelib.organizations import service as organizations
from chalicelib.organizations.models import Organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.postings import newest as by_age
from chalicelib.postings.details import Category
from chalicelib.postings.listing import Listing, Wanted
from chalicelib.postings.models import Direction, Posting, Status
from chalicelib.postings.showing import is_shown
from chalicelib.postings.store import PostingStore
from chalicelib.table import keys
from chalicelib.values import Timestamp

NEAREST_READS: Final = 60
NEWEST_FARTHEST_MILES: Final = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A posting that was found, whose it is, and how many miles away; None where it was looked for everywhere."""

    posting: Posting
    organization: Organization
    miles: float | None


@dataclass(frozen=True, slots=True)
class Hits:
    """A page, and the position of the next, JSON-able; None at the end."""

    items: list[Hit]
    position: Any


@dataclass(frozen=True, slots=True)
class Around:
    """A disc."""

    point: Point
    radius_miles: float


@dataclass(frozen=True, slots=True)
class Window:
    """A time, to the second: from a moment on, before another."""

    since: Timestamp
    until: Timestamp

    @property
    def beginning(self) -> Any:
        """The position at which the newest in it begin."""
        return by_age.position_of(by_age.Resume(keys.newest_sort(self.until, ""), 0))

    @property
    def floor(self) -> str:
        """Not above the sort key of the oldest in it."""
        return keys.newest_sort(self.since, "")


@dataclass(frozen=True, slots=True)
class _Candidate:
    listing: Listing
    miles: float | None


class Finder:
    """Searches over the stores, at a moment; the newest, where so said, only of what was opened in a window."""

    def __init__(
        self,
        store: PostingStore,
        directory: OrganizationStore,
        now: Timestamp,
        window: Window | None = None,
    ) -> None:
        self._store = store
        self._directory = directory
        self._now = now
        self._window = window

    def nearest(
        self, around: Around, directions: Collection[Direction], wanted: Wanted, limit: int, position: Any
    ) -> Hits:
        """One page around a place, the nearest first."""
        page = nearby(
            self._store.near,
            around.point,
            around.radius_miles,
            [direction.value for direction in directions],
            limit,
            Listing.model_validate_json,
            wanted=wanted,
            start=resume_of(position),
            reads=NEAREST_READS,
        )
        found = [_Candidate(hit.thing, hit.miles) for hit in page.hits]
        return Hits(self._shown(found), position_of(page.resume))

    def newest_around(
        self, around: Around, directions: Collection[Direction], wanted: Wanted, limit: int, position: Any
    ) -> Hits:
        """One page around a place, the newest first. Raises ``InvalidInput`` for a disc that is too wide."""
        if around.radius_miles > NEWEST_FARTHEST_MILES:
            detail = (
                f"The newest first reach {NEWEST_FARTHEST_MILES} miles at most. Ask for the nearest first, for a "
                "smaller radius, or without a place."
            )
            raise InvalidInput(detail, [FieldError("radius_miles", detail, "query")])
        cells = sorted({cells.partition for cells in covering(around.point, around.radius_miles)})
        partitions = [keys.newest(direction.value, cell) for direction in directions for cell in cells]

        def inside(listing: Listing) -> bool:
            miles = miles_between(around.point, listing.point)
            return miles <= around.radius_miles and wanted(listing, miles)

        page = self._by_age(self._store.newest, partitions, limit, inside, position)
        found = [_Candidate(one, miles_between(around.point, one.point)) for one in page.things]
        return Hits(self._shown(found), by_age.position_of(page.resume))

    def newest(
        self,
        directions: Collection[Direction],
        category: Category | None,
        wanted: Wanted,
        limit: int,
        position: Any,
    ) -> Hits:
        """One page of all there are, the newest first."""
        within = category.value if category is not None else ""
        read = self._store.newest if category is None else self._store.newest_of_category
        partitions = [keys.newest(direction.value, within) for direction in directions]
        page = self._by_age(read, partitions, limit, lambda listing: wanted(listing, None), position)
        found = [_Candidate(one, None) for one in page.things]
        return Hits(self._shown(found), by_age.position_of(page.resume))

    def _by_age(
        self,
        read: Callable[[str, str, int, str], by_age.Read],
        partitions: Sequence[str],
        limit: int,
        wanted: Callable[[Listing], bool],
        position: Any,
    ) -> by_age.Newest[Listing]:
        floor, start = "0", position
        if self._window is not None:
            floor, start = self._window.floor, position or self._window.beginning
        return by_age.newest(
            lambda partition, before, most: read(partition, before, most, floor),
            partitions,
            limit,
            Listing.model_validate_json,
            wanted,
            by_age.resume_of(start),
        )

    def _shown(self, found: Iterable[_Candidate]) -> list[Hit]:
        """What is open now and not hidden, of organizations that are verified now, in the order given."""
        candidates = list(found)
        postings = self._store.get_many(
            (one.listing.organization_id, one.listing.posting_id) for one in candidates
        )
        owners = organizations.get_many(
            self._directory, {posting.organization_id for posting in postings.values()}
        )
        hits = []
        for one in candidates:
            posting = postings.get(one.listing.posting_id)
            if posting is None or posting.status(self._now) is not Status.OPEN:
                continue
            owner = owners.get(posting.organization_id)
            if owner is not None and is_shown(posting, owner):
                hits.append(Hit(posting, owner, one.miles))
        return hits
