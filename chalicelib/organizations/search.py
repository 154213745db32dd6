"""What is near a point, the nearest first, in pages.

The disc is covered by ranges of cells (``geography.cells``). The nearest range is always read next. One that
holds more than a query's worth is taken apart, unless it is one cell of nine characters, in which all are at
the same distance and are read on in the order of their ids. What was found is *certain* once it is nearer
than everything unread; a page is made of what is certain, in the order of distance, then id.

A page costs at most ``READS`` queries of ``READ_LIMIT`` items, or as many more as it takes to get beyond the
page before. Within 100 miles it is mostly 4 to 12 for a class; any disc of one kind fits in one page's reads
where little is found. Where the reads do not fill the page, it is shorter and the cursor goes on. The cursor
remembers which ranges of the covering have nothing more to give, so that a wide search in an empty country
reads none of them twice.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from heapq import heappop, heappush
from typing import Final, NamedTuple

from chalicelib.geography.service import Point, Range, covering, miles_between
from chalicelib.organizations.models import Organization, SearchClass
from chalicelib.organizations.store import NearbyRead, read_document

READS: Final = 150
READ_LIMIT: Final = 100

Reader = Callable[[SearchClass, Range, str, int], NearbyRead]
"""Reads a class in a range from a sort key on, at most so many: ``OrganizationStore.near``."""


class Place(NamedTuple):
    """A place in the order of results: a distance, and the id among those at this distance.

    As the place of something unread: nothing in it comes before.
    """

    miles: float
    organization_id: str


class Resume(NamedTuple):
    """Where a page begins: behind a place, and without the ranges whose bits are set in ``spent``."""

    after: Place
    spent: int


BEGINNING: Final = Resume(Place(-1.0, ""), 0)


class Hit(NamedTuple):
    """An organization that was found, and how many miles away it is."""

    miles: float
    organization: Organization


class Nearby(NamedTuple):
    """A page of hits, and where the next begins; None at the end."""

    hits: list[Hit]
    resume: Resume | None


class _Unread(NamedTuple):
    place: Place
    number: int
    """Decides among equals, so that ranges are never compared."""
    origin: int
    search_class: SearchClass
    cells: Range
    low: str


class _Found(NamedTuple):
    place: Place
    origin: int
    document: str


def nearby(
    read: Reader,
    point: Point,
    radius_miles: float,
    classes: Collection[SearchClass],
    limit: int,
    *,
    wanted: Callable[[Organization], bool] = lambda _: True,
    start: Resume = BEGINNING,
) -> Nearby:
    """One page of the organizations of some classes within a radius, from ``start`` on.

    ``wanted`` leaves some out. Nothing is missed and nothing comes twice, but what appears or moves between two pages.
    """
    search = _Search(read, point, radius_miles, classes, start)
    hits: list[Hit] = []
    last = start.after
    for found in search.results():
        last = found.place
        organization = read_document(found.document)
        if wanted(organization):
            hits.append(Hit(last.miles, organization))
            if len(hits) == limit:
                break
    return Nearby(hits, search.resume(last, full=len(hits) == limit))


class _Search:
    """The state of one page's search: what is unread and what was found, two heaps, the nearest first."""

    def __init__(
        self, read: Reader, point: Point, radius_miles: float, classes: Collection[SearchClass], start: Resume
    ) -> None:
        self._read = read
        self._point = point
        self._radius = radius_miles
        self._after = start.after
        self._reads = 0
        self._numbers = 0
        self._found: list[_Found] = []
        self._unread: list[_Unread] = []
        self._left: Counter[int] = Counter()
        """How much each range of the covering, by class, still has to give: unread parts, and what was found there."""
        pairs = [(search_class, cells) for cells in covering(point, radius_miles) for search_class in classes]
        self._origins = len(pairs)
        for origin, (search_class, cells) in enumerate(pairs):
            if not start.spent >> origin & 1:
                self._queue(origin, search_class, cells)

    def results(self) -> Iterator[_Found]:
        """What was found, in order, as far as the reads suffice; each is certain when it comes."""
        while True:
            while self._found and (not self._unread or self._found[0].place <= self._unread[0].place):
                found = heappop(self._found)
                self._left[found.origin] -= 1
                yield found
            if not self._unread or (self._reads >= READS and self._unread[0].place > self._after):
                return
            self._read_next()

    def resume(self, last: Place, *, full: bool) -> Resume | None:
        """Where the next page begins once results up to ``last`` are told; None where nothing is left to tell."""
        if not self._unread and not self._found:
            return None
        # Out of reads, all that comes before the nearest unread range is told, though nothing may have been there.
        after = last if full or not self._unread else max(last, self._unread[0].place)
        spent = sum(1 << origin for origin in range(self._origins) if not self._left[origin])
        return Resume(after, spent)

    def _read_next(self) -> None:
        unread = heappop(self._unread)
        self._left[unread.origin] -= 1
        self._reads += 1
        answer = self._read(unread.search_class, unread.cells, unread.low, READ_LIMIT)
        if answer.resume is not None and unread.cells.divisible:
            for part in unread.cells.parts(self._point, self._radius):
                self._queue(unread.origin, unread.search_class, part)
            return
        for candidate in answer.candidates:
            place = Place(miles_between(self._point, candidate.point), candidate.organization_id)
            if self._after < place and place.miles <= self._radius:
                heappush(self._found, _Found(place, unread.origin, candidate.document))
                self._left[unread.origin] += 1
        if answer.resume is not None:
            last_id = answer.resume.partition("#")[2]
            self._push(unread._replace(place=Place(unread.place.miles, last_id), low=_behind(answer.resume)))

    def _queue(self, origin: int, search_class: SearchClass, cells: Range) -> None:
        if cells.farthest_miles(self._point) < self._after.miles:
            return
        place, low = Place(cells.nearest_miles, ""), cells.low
        if not cells.divisible and place.miles == self._after.miles:
            place, low = self._after, _behind(f"{low}#{self._after.organization_id}")
        self._push(_Unread(place, 0, origin, search_class, cells, low))

    def _push(self, unread: _Unread) -> None:
        self._numbers += 1
        self._left[unread.origin] += 1
        heappush(self._unread, unread._replace(number=self._numbers))


def _behind(sort_key: str) -> str:
    """The least sort key after this one: ids are all of one length, so nothing lies between."""
    return f"{sort_key}0"
