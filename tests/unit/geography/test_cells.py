"""Geohashes, distances and coverings, on points anywhere: near the date line, at borders of cells, in the tropics."""

import sys
from itertools import pairwise
from math import asin, cos, dist, radians, sin

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chalicelib.geography.cells import (
    ALPHABET,
    PARTITION_CHARACTERS,
    WORLD,
    Cell,
    Point,
    Range,
    covering,
    geohash_of,
    miles_between,
    point_of,
)
from chalicelib.geography.geohashes import geohashes_of

#: From American Samoa to Point Barrow; the whole way around.
POINTS = st.builds(Point, st.floats(-20, 72), st.floats(-180, 180))
RADII = st.floats(0.5, 300)
OFFSETS = st.tuples(st.floats(-5, 5), st.floats(-9, 9))

#: Two millimetres. A point on the very edge of a cell is on both sides of it; a cell's middle, which is what is
#: searched for, is a metre and more inside, and for middles the bounds are exact.
ROUNDING = 1e-6

GUAM = Point(13.4762, 144.7516)
ATTU = Point(52.8410, 173.1630)
ADAK = Point(51.8800, -176.6581)
MISSOULA = Point(46.8563, -114.0252)


def around(point: Point, offset: tuple[float, float]) -> Point:
    longitude = point.longitude + offset[1]
    return Point(max(-89.0, min(89.0, point.latitude + offset[0])), (longitude + 180) % 360 - 180)


def holding(ranges: list[Range], geohash: str) -> list[Range]:
    key = f"{geohash}#an id"
    return [one for one in ranges if geohash.startswith(one.partition) and one.low <= key <= one.high]


@pytest.mark.parametrize(
    ("point", "geohash"),
    [
        (Point(57.64911, 10.40744), "u4pruydqq"),
        (Point(42.6, -5.6), "ezs42e44y"),
        (Point(0.0, 0.0), "s00000000"),
        (Point(-25.382708, -49.265506), "6gkzwgjzn"),
    ],
)
def test_geohashes_are_those_that_others_compute(point: Point, geohash: str) -> None:
    assert geohash_of(point) == geohash


def test_both_names_of_the_date_line_are_one_place() -> None:
    assert geohash_of(Point(52.0, 180.0)) == geohash_of(Point(52.0, -180.0))


def test_the_alphabet_is_in_the_order_of_strings() -> None:
    assert sorted(ALPHABET) == list(ALPHABET)
    assert len(set(ALPHABET)) == 32


@given(POINTS)
def test_a_geohash_names_a_cell_of_a_few_metres_around_its_point(point: Point) -> None:
    geohash = geohash_of(point)
    assert len(geohash) == 9
    assert miles_between(point, point_of(geohash)) < 0.003
    assert geohash_of(point_of(geohash)) == geohash


def chord_miles(one: Point, other: Point) -> float:
    """The same distance by another road: the angle between two vectors, from the chord."""

    def vector(point: Point) -> tuple[float, float, float]:
        latitude, longitude = radians(point.latitude), radians(point.longitude)
        return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)

    return 2 * asin(min(1.0, dist(vector(one), vector(other)) / 2)) * 6371.0088 / 1.609344


def test_new_york_is_as_far_from_los_angeles_as_airlines_say() -> None:
    kennedy, los_angeles = Point(40.6413, -73.7781), Point(33.9416, -118.4085)
    assert miles_between(kennedy, los_angeles) == pytest.approx(2475, rel=0.005)


@given(POINTS, POINTS)
@example(ATTU, ADAK)
@example(MISSOULA, MISSOULA)
def test_distances_are_those_between_vectors(one: Point, other: Point) -> None:
    assert miles_between(one, other) == pytest.approx(chord_miles(one, other), abs=1e-3)


@given(POINTS, POINTS)
def test_distance_is_the_same_both_ways(one: Point, other: Point) -> None:
    assert miles_between(one, other) == pytest.approx(miles_between(other, one))


@given(POINTS, RADII, OFFSETS)
@example(Point(51.88, 179.9), 100.0, (0.0, 0.3))
@example(Point(51.88, -179.9), 100.0, (0.0, -0.3))
@example(GUAM, 300.0, (4.0, -1.0))
@example(Point(0.0, 0.0), 50.0, (-0.1, -0.1))
@example(Point(-3.5e-275, 0.0), 1.0, (3e-241, 0.0))
def test_every_point_within_the_radius_lies_in_the_covering(
    point: Point, radius: float, offset: tuple[float, float]
) -> None:
    other = around(point, offset)
    distance = miles_between(point, other)
    assume(distance <= radius - ROUNDING)
    found = holding(covering(point, radius), geohash_of(other))
    assert len(found) == 1
    assert found[0].nearest_miles - ROUNDING <= distance <= found[0].farthest_miles(point) + ROUNDING


@given(POINTS, RADII)
def test_a_covering_is_in_order_without_overlaps_and_within_partitions(point: Point, radius: float) -> None:
    ranges = covering(point, radius)
    distances = [one.nearest_miles for one in ranges]
    assert distances == sorted(distances)
    assert distances[0] == 0
    assert all(distance <= radius for distance in distances)
    by_place = sorted((one.low, one.high) for one in ranges)
    assert all(one[1] < other[0] for one, other in pairwise(by_place))
    assert all(low[:PARTITION_CHARACTERS] == high[:PARTITION_CHARACTERS] for low, high in by_place)


@given(POINTS, st.floats(0.5, 50))
def test_a_disc_of_usual_size_costs_few_ranges(point: Point, radius: float) -> None:
    assume(point.latitude < 60)
    assert len(covering(point, radius)) <= 24


@given(POINTS, st.floats(1, 300), OFFSETS)
def test_what_a_range_is_taken_apart_into_holds_all_of_it_within_the_radius(
    point: Point, radius: float, offset: tuple[float, float]
) -> None:
    other = around(point, offset)
    geohash = geohash_of(other)
    centre = point_of(geohash)
    assume(miles_between(point, centre) <= radius)
    (current,) = holding(covering(point, radius), geohash)
    steps = 0
    while current.divisible:
        (current,) = holding(current.parts(point, radius), geohash)
        assert current.nearest_miles <= miles_between(point, centre) <= current.farthest_miles(point)
        steps += 1
    assert (current.low, current.high) == (geohash, f"{geohash}~")
    assert current.nearest_miles == miles_between(point, centre) == current.farthest_miles(point)
    assert steps <= 24


def test_halves_of_a_cell_are_the_cell() -> None:
    cells: list[Cell] = [WORLD]
    for _ in range(10):
        cells = [half for cell in cells for half in cell.halves()]
    assert [cell.prefix for cell in cells] == list(range(1024))
    firsts = [cell.first for cell in cells]
    lasts = [cell.last for cell in cells]
    assert all(last + 1 == first for last, first in zip(lasts, firsts[1:], strict=False))
    assert (firsts[0], lasts[-1]) == (0, 2**45 - 1)


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=6, max_size=20))
def test_many_points_have_the_geohashes_of_each(points: list[tuple[float, float]]) -> None:
    latitudes, longitudes = zip(*points, strict=True)
    assert geohashes_of(latitudes, longitudes) == [geohash_of(Point(*point)) for point in points]


def test_many_points_on_bounds_have_the_geohashes_of_each() -> None:
    bounds = [-180.0 + 360.0 * number / 2**23 for number in (0, 1, 2, 3, 4095, 4096, 2**22, 2**23 - 1, 2**23)]
    latitudes = [max(-90.0, min(90.0, bound / 2)) for bound in bounds]
    assert geohashes_of(latitudes, bounds) == [
        geohash_of(Point(*point)) for point in zip(latitudes, bounds, strict=True)
    ]


def test_a_few_points_need_no_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert geohashes_of([46.85], [-114.02]) == [geohash_of(Point(46.85, -114.02))]
    assert geohashes_of([], []) == []
