"""Searching near a point against looking at everything: the same answer, in the same order, in pages of any size."""

from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.geography import nearest
from chalicelib.geography.nearest import BEGINNING, NearbyRead, Place, Resume, nearby, read_of
from chalicelib.geography.service import (
    Point,
    Range,
    geohash_of,
    miles_between,
    point_of,
    position_of,
    resume_of,
)


def identifier(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012x}"


def number_of(document: str) -> int:
    return int(document[-12:], 16)


class Index:
    """A nearby index in memory, which counts its reads."""

    def __init__(self, points: list[Point], search_class: str = "shop") -> None:
        self.keys = sorted(f"{geohash_of(point)}#{identifier(number)}" for number, point in enumerate(points))
        self.search_class = search_class
        self.reads = 0

    def read(self, search_class: str, cells: Range, low: str, limit: int) -> NearbyRead:
        self.reads += 1
        assert low <= cells.high
        assert low[:3] == cells.high[:3] == cells.partition
        if search_class != self.search_class:
            return NearbyRead([], None)
        found = self.keys[bisect_left(self.keys, low) : bisect_right(self.keys, cells.high)]
        return read_of([(key, key.partition("#")[2]) for key in found[:limit]], more=len(found) > limit)

    def within(self, point: Point, radius: float) -> list[Place]:
        """The right answer, by looking at everything."""
        places = (Place(miles_between(point, point_of(key[:9])), key[10:]) for key in self.keys)
        return sorted(place for place in places if place.miles <= radius)


def pages(
    index: Index,
    point: Point,
    radius: float,
    limit: int,
    classes: tuple[str, ...] = ("shop",),
) -> list[list[Place]]:
    found: list[list[Place]] = []
    start: Resume | None = BEGINNING
    while start is not None:
        page = nearby(index.read, point, radius, classes, limit, str, start=start)
        assert len(page.hits) <= limit
        assert page.resume is None or page.resume.after > start.after
        found.append([Place(hit.miles, hit.thing) for hit in page.hits])
        start = page.resume
    return found


CENTRES = st.sampled_from(
    [Point(46.8563, -114.0252), Point(51.88, 179.99), Point(13.4762, 144.7516), Point(0.0, 0.0)]
)
#: Many in one spot, as shops of one ZIP code are, many in one town, and some far away.
SPREADS = st.sampled_from([0.0, 0.00002, 0.05, 2.0])


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Point, list[Point]]:
    centre = draw(CENTRES)
    points = []
    for _ in range(draw(st.integers(0, 4))):
        spread, count = draw(SPREADS), draw(st.integers(1, 12))
        east, north = draw(st.floats(-3, 3)), draw(st.floats(-2, 2))
        for number in range(count):
            longitude = centre.longitude + east + spread * number / count
            latitude = centre.latitude + north + spread * (number * 7 % count) / count
            points.append(Point(latitude, (longitude + 180) % 360 - 180))
    return centre, points


@settings(deadline=None, max_examples=40)
@given(crowds(), st.floats(1, 300), st.integers(1, 9), st.integers(1, 6), st.integers(1, 12))
def test_pages_are_everything_within_the_radius_in_order(
    crowd: tuple[Point, list[Point]], radius: float, limit: int, read_limit: int, reads: int
) -> None:
    centre, points = crowd
    index = Index(points)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "READ_LIMIT", read_limit)
        patch.setattr(nearest, "READS", reads)
        found = pages(index, centre, radius, limit)
    assert [place for page in found for place in page] == index.within(centre, radius)


def test_a_crowd_in_one_spot_is_read_on_by_id() -> None:
    spot = Point(46.8563, -114.0252)
    index = Index([spot] * 250)
    found = pages(index, spot, 10, 100)
    assert [len(page) for page in found] == [100, 100, 50]
    assert [place.id for page in found for place in page] == [identifier(n) for n in range(250)]


def test_a_first_page_reads_little_however_many_there_are() -> None:
    centre = Point(34.05, -118.25)
    town = [Point(33.6 + 0.018 * north, -118.7 + 0.018 * east) for north in range(50) for east in range(50)]
    index = Index(town)
    page = nearby(index.read, centre, 50, ("shop",), 20, str)
    assert [Place(hit.miles, hit.thing) for hit in page.hits] == index.within(centre, 50)[:20]
    assert index.reads <= 12


def test_where_there_is_nothing_a_search_costs_a_query_per_range() -> None:
    index = Index([])
    assert pages(index, Point(46.8563, -114.0252), 50, 20) == [[]]
    assert index.reads <= 12


def test_a_search_too_wide_for_one_page_goes_on_in_the_next() -> None:
    index = Index([Point(46.8, -114.0), Point(50.0, -114.0)])
    found = pages(
        index, Point(46.8563, -114.0252), 300, 20, ("shop", "school", "dealership", "sponsor", "other")
    )
    assert len(found) > 1
    assert [len(page) for page in found if page] == [1, 1]
    # 5 classes of 59 ranges, of which hardly one is read twice.
    assert index.reads <= 305


def test_what_is_not_wanted_is_left_out_and_does_not_stop_the_list() -> None:
    spot = Point(46.8563, -114.0252)
    index = Index([spot] * 30)

    def even(one: int, miles: float) -> bool:
        return miles < 1 and one % 2 == 0

    first = nearby(index.read, spot, 10, ("shop",), 10, number_of, wanted=even)
    assert [hit.thing for hit in first.hits] == list(range(0, 20, 2))
    assert first.resume is not None
    second = nearby(
        index.read,
        spot,
        10,
        ("shop",),
        10,
        number_of,
        wanted=even,
        start=resume_of(position_of(first.resume)),
    )
    assert [hit.thing for hit in second.hits] == list(range(20, 30, 2))
    assert second.resume is None


def test_only_the_classes_asked_for_are_read() -> None:
    index = Index([Point(46.8563, -114.0252)], "school")
    assert pages(index, Point(46.8563, -114.0252), 5, 5) == [[]]
    assert len(pages(index, Point(46.8563, -114.0252), 5, 5, ("shop", "school"))[0]) == 1


def test_the_reads_of_a_page_can_be_bounded() -> None:
    index = Index([])
    page = nearby(index.read, Point(46.8563, -114.0252), 300, ("shop",), 20, str, reads=10)
    assert index.reads == 10
    assert page.resume is not None
