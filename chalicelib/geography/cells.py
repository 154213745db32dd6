"""Cells of the Earth: points as geohashes, and a disc as ranges of them, the nearest first.

A geohash halves the world by turns, east-west and north-south, and writes the halves as bits, five to a
character (G. Niemeyer, 2008, given to the public domain). Its alphabet is in the order of ASCII, so every
cell of any number of bits is one range of strings, and a table sorted by geohash reads a cell with one query.
Three characters, a *partition* here, are 1.41 degrees square, 97 by 97 miles at the equator; nine are some 5
metres.

Nothing here knows of the date line or the poles: the world is halved from its root and the halves too far
away are left out, and distances wrap by themselves. Distances are great-circle miles by the haversine formula
(R. W. Sinnott, 1984) on a sphere of the Earth's mean radius (IUGG: 6,371.0088 km), about half a per cent from
the ellipsoid at worst.
"""

from collections.abc import Iterator
from math import asin, atan2, cos, degrees, hypot, pi, radians, sin, sqrt
from typing import Final, NamedTuple

ALPHABET: Final = "0123456789bcdefghjkmnpqrstuvwxyz"
CHARACTERS: Final = 9
PARTITION_CHARACTERS: Final = 3
EARTH_RADIUS_MILES: Final = 3958.7613

_BITS: Final = 5 * CHARACTERS
_PARTITION_BITS: Final = 5 * PARTITION_CHARACTERS
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
# The first halving is of the longitude, and so is the last.
LONGITUDE_BITS: Final = (_BITS + 1) // 2
LATITUDE_BITS: Final = _BITS // 2
SPREAD: Final = tuple(sum((number >> bit & 1) << 2 * bit for bit in range(12)) for number in range(4096))
_PAIRS: Final = tuple(first + second for first in ALPHABET for second in ALPHABET)
_HALF_ROUND: Final = pi * EARTH_RADIUS_MILES
_LAST: Final = "~"


class Point(NamedTuple):
    """A place in decimal degrees."""

    latitude: float
    longitude: float


class Cell(NamedTuple):
    """A cell of ``bits`` bits with the value ``prefix``, and its bounds in degrees."""

    prefix: int
    bits: int
    south: float
    west: float
    north: float
    east: float

    def halves(self) -> tuple["Cell", "Cell"]:
        """The two cells of one bit more, in the order of their geohashes."""
        prefix, bits, south, west, north, east = self
        if bits % 2 == 0:
            middle = (west + east) / 2
            return (
                Cell(2 * prefix, bits + 1, south, west, north, middle),
                Cell(2 * prefix + 1, bits + 1, south, middle, north, east),
            )
        middle = (south + north) / 2
        return (
            Cell(2 * prefix, bits + 1, south, west, middle, east),
            Cell(2 * prefix + 1, bits + 1, middle, west, north, east),
        )

    @property
    def first(self) -> int:
        """The first geohash in the cell, as a number."""
        return self.prefix << (_BITS - self.bits)

    @property
    def last(self) -> int:
        """The last geohash in the cell, as a number."""
        return ((self.prefix + 1) << (_BITS - self.bits)) - 1

    @property
    def centre(self) -> Point:
        """The middle of the cell."""
        return Point((self.south + self.north) / 2, (self.west + self.east) / 2)

    def nearest_miles(self, point: Point) -> float:
        """The least distance from a point to the cell: nothing in it is nearer."""
        if self.bits >= _BITS:
            return miles_between(point, self.centre)
        if self.west <= _turn(point.longitude) <= self.east:
            beyond = max(self.south - point.latitude, point.latitude - self.north, 0.0)
            return radians(beyond) * EARTH_RADIUS_MILES
        # At any latitude the nearer edge is nearest; along that meridian the distance has one minimum.
        return min(_to_meridian(point, edge, self.south, self.north) for edge in (self.west, self.east))

    def farthest_miles(self, point: Point) -> float:
        """A distance from a point that nothing in the cell exceeds."""
        if self.bits >= _BITS:
            return miles_between(point, self.centre)
        edges = (self.west, self.east)
        if max(abs(_turn(edge - point.longitude)) for edge in edges) > 90 or self.east - self.west > 90:
            return _HALF_ROUND
        return max(
            miles_between(point, Point(latitude, edge))
            for edge in edges
            for latitude in (self.south, self.north)
        )

    def size_miles(self) -> float:
        """About the cell's diagonal."""
        height = radians(self.north - self.south)
        width = radians(self.east - self.west) * cos(radians(min(abs(self.south), abs(self.north))))
        return hypot(height, width) * EARTH_RADIUS_MILES


WORLD: Final = Cell(0, 0, -90.0, -180.0, 90.0, 180.0)


class Range(NamedTuple):
    """Neighbouring cells of one partition, read by one query; nothing in it is under ``nearest_miles``."""

    nearest_miles: float
    cells: tuple[Cell, ...]

    @property
    def partition(self) -> str:
        """The three characters that all geohashes in the range begin with."""
        return _text(self.cells[0].first)[:PARTITION_CHARACTERS]

    @property
    def low(self) -> str:
        """Not after the first sort key in the range."""
        return _text(self.cells[0].first)

    @property
    def high(self) -> str:
        """Not before the last sort key in the range, where sort keys are a geohash and more."""
        return _text(self.cells[-1].last) + _LAST

    @property
    def divisible(self) -> bool:
        """Whether there are smaller ranges in it."""
        return len(self.cells) > 1 or self.cells[0].bits < _BITS

    def farthest_miles(self, point: Point) -> float:
        """A distance from a point that nothing in the range exceeds."""
        return max(cell.farthest_miles(point) for cell in self.cells)

    def parts(self, point: Point, radius_miles: float) -> list["Range"]:
        """Smaller ranges with what of this one is within the radius: its cells, or quarters of one."""
        cells: list[Cell] = list(self.cells)
        if len(cells) == 1:
            halves = cells[0].halves()
            cells = [part for half in halves for part in (half.halves() if half.bits < _BITS else (half,))]
        ranges = (Range(cell.nearest_miles(point), (cell,)) for cell in cells)
        return [one for one in ranges if one.nearest_miles <= radius_miles]


def geohash_of(point: Point) -> str:
    """The geohash, of nine characters, of the cell that holds a point."""
    column = _halvings(_turn(point.longitude), 180.0, LONGITUDE_BITS)
    row = _halvings(point.latitude, 90.0, LATITUDE_BITS)
    return _text(_spread(column) | _spread(row) << 1)


def _halvings(degrees: float, half: float, bits: int) -> int:
    """Which of ``2 ** bits`` equal parts of ``-half..half`` holds a number; each has its lower bound."""
    parts = 1 << bits
    part = int((degrees + half) * parts / (2 * half))
    # The bounds are exact in binary, the quotient is not.
    if degrees < 2 * half * part / parts - half:
        part -= 1
    elif degrees >= 2 * half * (part + 1) / parts - half:
        part += 1
    return min(max(part, 0), parts - 1)


def _spread(bits: int) -> int:
    """The bits of a number, at most 24, with a zero before each."""
    return SPREAD[bits & 4095] | SPREAD[bits >> 12] << 24


def point_of(geohash: str) -> Point:
    """The middle of a geohash's cell. Raises ``KeyError`` at a character that no geohash has."""
    bounds = [-180.0, 180.0, -90.0, 90.0]
    for position in range(5 * len(geohash)):
        bit = _VALUES[geohash[position // 5]] >> (4 - position % 5) & 1
        axis = 2 * (position % 2)
        bounds[axis + 1 - bit] = (bounds[axis] + bounds[axis + 1]) / 2
    return Point((bounds[2] + bounds[3]) / 2, (bounds[0] + bounds[1]) / 2)


def miles_between(one: Point, other: Point) -> float:
    """The great-circle distance of two points in miles."""
    south, north = radians(one.latitude), radians(other.latitude)
    half_height = sin((north - south) / 2)
    half_width = sin(radians(other.longitude - one.longitude) / 2)
    square = half_height**2 + cos(south) * cos(north) * half_width**2
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(min(1.0, square)))


def covering(point: Point, radius_miles: float) -> list[Range]:
    """Ranges that hold every geohash within the radius of a point, the nearest first.

    Cells are about as large as they are far away, and at least a quarter of the radius; those that follow
    each other in a partition are one range, so a disc costs few queries, and a range with too much in it can
    be taken apart.
    """
    ranges: list[Range] = []
    previous: Cell | None = None
    for cell in _cells(WORLD, point, radius_miles):
        nearest = cell.nearest_miles(point)
        shift = _BITS - _PARTITION_BITS
        if (
            previous is not None
            and previous.last + 1 == cell.first
            and previous.last >> shift == cell.first >> shift
        ):
            last = ranges[-1]
            ranges[-1] = Range(min(last.nearest_miles, nearest), (*last.cells, cell))
        else:
            ranges.append(Range(nearest, (cell,)))
        previous = cell
    return sorted(ranges, key=lambda one: one.nearest_miles)


def _cells(cell: Cell, point: Point, radius_miles: float) -> Iterator[Cell]:
    nearest = cell.nearest_miles(point)
    if nearest > radius_miles:
        return
    fine_enough = cell.size_miles() <= max(nearest, radius_miles / 4)
    if cell.bits >= _BITS or (cell.bits >= _PARTITION_BITS and fine_enough):
        yield cell
        return
    for half in cell.halves():
        yield from _cells(half, point, radius_miles)


def _to_meridian(point: Point, longitude: float, south: float, north: float) -> float:
    """The least distance from a point to a meridian between two latitudes."""
    latitude, turn = radians(point.latitude), radians(longitude - point.longitude)
    # Where the great circle at right angles to the meridian meets it.
    foot = degrees(atan2(sin(latitude), cos(latitude) * cos(turn)))
    stops = {south, north, min(max(foot, south), north)}
    return min(miles_between(point, Point(stop, longitude)) for stop in stops)


def _turn(degrees_east: float) -> float:
    """A longitude or a difference of two, in [-180, 180)."""
    return (degrees_east + 180.0) % 360.0 - 180.0


def _text(number: int) -> str:
    """The nine characters of a whole geohash: four pairs, and one."""
    pairs = _PAIRS
    return (
        pairs[number >> 35]
        + pairs[number >> 25 & 1023]
        + pairs[number >> 15 & 1023]
        + pairs[number >> 5 & 1023]
        + ALPHABET[number & 31]
    )
