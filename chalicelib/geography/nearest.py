"""What is near a point, the nearest first, in pages.

What is searched is in classes, each a set of index partitions of its own, such as schools or open offers. The disc
is covered by ranges of cells (``cells``). The nearest range is always read next. One that holds more than a
query's worth is taken apart, unless it is one cell of nine characters, in which all are at the same distance
and are read on in the order of their ids. What was found is *certain* once it is nearer than everything unread;
a page is made of what is certain, in the order of distance, then id.

A page costs at most ``READS`` queries of ``READ_LIMIT`` items, or as many more as it takes to get beyond the
page before. Within 100 miles it is mostly 4 to 12 for a class; any disc of one kind fits in one page's reads
where little is found. Where the reads do not fill the page, it is shorter and the cursor goes on. The cursor
remembers which ranges of the covering have nothing more to give, so that a wide search in an empty country
reads none of them twice.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final, Generic, NamedTuple, TypeVar

from chalicelib.geography.cells import Point, Range, covering, miles_between, point_of
from chalicelib.readable import UNREADABLE, set_aside

READS: Final = 150
READ_LIMIT: Final = 100

T = TypeVar("T")


class Candidate(NamedTuple):
    """A thing in an index: where, which, and its document, unread until it is wanted."""

    point: Point
    id: str
    document: str


class NearbyRead(NamedTuple):
    """What one query of an index gave. ``resume``: the key behind which there is more, or None."""

    candidates: list[Candidate]
    resume: str | None


Reader = Callable[[str, Range, str, int], NearbyRead]
"""Reads a class in a range from a sort key on, at most so many. Sort keys are ``<geohash>#<id>``."""


class Place(NamedTuple):
    """A place in the order of results: a distance, and the id among those at this distance.

    As the place of something unread: nothing in it comes before.
    """

    miles: float
    id: str


class Resume(NamedTuple):
    """Where a page begins: behind a place, and without the ranges whose bits are set in ``spent``."""

    after: Place
    spent: int


BEGINNING: Final = Resume(Place(-1.0, ""), 0)


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A thing that was found, and how many miles away it is."""

    miles: float
    thing: T


@dataclass(frozen=True, slots=True)
class Nearby(Generic[T]):
    """A page of hits, and where the next begins; None at the end."""

    hits: list[Hit[T]]
    resume: Resume | None


def read_of(entries: list[tuple[str, str]], *, more: bool) -> NearbyRead:
    """What a query gave, from its entries (sort key and document) and whether there are more behind them."""
    candidates = []
    for sort, document in entries:
        geohash, _, thing_id = sort.partition("#")
        candidates.append(Candidate(point_of(geohash), thing_id, document))
    return NearbyRead(candidates, entries[-1][0] if more and entries else None)


def position_of(resume: Resume | None) -> tuple[float, str, str] | None:
    """Where a page begins, as a JSON-able position for a cursor."""
    return None if resume is None else (*resume.after, f"{resume.spent:x}")


def resume_of(position: Any) -> Resume:
    """Where a page begins, from what ``position_of`` gave; the beginning for None."""
    if position is None:
        return BEGINNING
    miles, thing_id, spent = position
    return Resume(Place(miles, thing_id), int(spent, 16))


class _Unread(NamedTuple):
    place: Place
    number: int
    """Decides among equals, so that ranges are never compared."""
    origin: int
    search_class: str
    cells: Range
    low: str


class _Found(NamedTuple):
    place: Place
    origin: int
    document: str


def nearby(  # noqa: PLR0913 - where, what, how much, and from where on
    read: Reader,
    point: Point,
    radius_miles: float,
    classes: Collection[str],
    limit: int,
    parse: Callable[[str], T],
    *,
    wanted: Callable[[T, float], bool] = lambda _thing, _miles: True,
    start: Resume = BEGINNING,
    reads: int | None = None,
) -> Nearby[T]:
    """One page of what there is of some classes within a radius, from ``start`` on.

    ``parse`` makes a thing of its document; ``wanted`` leaves some out, by the thing and its distance. Nothing is
    missed and nothing comes twice, but what appears or moves between two pages. ``reads`` bounds the queries.
    """
    search = _Search(read, point, radius_miles, classes, start, READS if reads is None else reads)
    hits: list[Hit[T]] = []
    last = start.after
    for found in search.results():
        last = found.place
        try:
            thing = parse(found.document)
        except UNREADABLE as error:
            set_aside(last.id, error)
            continue
        if wanted(thing, last.miles):
            hits.append(Hit(last.miles, thing))
            if len(hits) == limit:
                break
    return Nearby(hits, search.resume(last, full=len(hits) == limit))


class _Search:
    """The state of one page's search: what is unread and what was found, two heaps, the nearest first."""

    def __init__(
        self,
        read: Reader,
        point: Point,
        radius_miles: float,
        classes: Collection[str],
        start: Resume,
        most_reads: int,
    ) -> None:
        self._read = read
        self._most_reads = most_reads
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
            if not self._unread or (self._reads >= self._most_reads and self._unread[0].place > self._after):
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
            place = Place(miles_between(self._point, candidate.point), candidate.id)
            if self._after < place and place.miles <= self._radius:
                heappush(self._found, _Found(place, unread.origin, candidate.document))
                self._left[unread.origin] += 1
        if answer.resume is not None:
            last_id = answer.resume.partition("#")[2]
            self._push(unread._replace(place=Place(unread.place.miles, last_id), low=_behind(answer.resume)))

    def _queue(self, origin: int, search_class: str, cells: Range) -> None:
        if cells.farthest_miles(self._point) < self._after.miles:
            return
        place, low = Place(cells.nearest_miles, ""), cells.low
        if not cells.divisible and place.miles == self._after.miles:
            place, low = self._after, _behind(f"{low}#{self._after.id}")
        self._push(_Unread(place, 0, origin, search_class, cells, low))

    def _push(self, unread: _Unread) -> None:
        self._numbers += 1
        self._left[unread.origin] += 1
        heappush(self._unread, unread._replace(number=self._numbers))


def _behind(sort_key: str) -> str:
    """The least sort key after this one: ids are all of one length, so nothing lies between."""
    return f"{sort_key}0"
