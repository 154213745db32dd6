"""What finds an open posting: the little of it that searches look at, in an entry of its own.

A posting that is open has two entries beside it, one for searches around a place and one for those without. They carry
what filters ask for and nothing else, so that what is read to be left out costs little; what is shown is read from the
postings themselves. Taking a seat or hiding a posting therefore leaves its entries alone. The table deletes them
some time after the posting's end; who reads one looks at the end itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.geography.service import PARTITION_CHARACTERS, Point, geohash_of
from chalicelib.postings.details import Category
from chalicelib.postings.models import Direction, Posting, end_of
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Put, Write
from chalicelib.values import Kind, Model, Sector, Subject


class Listing(Model):
    """An entry of an open posting."""

    posting_id: str
    organization_id: str
    kind: Kind
    direction: Direction
    category: Category
    title: str
    sectors: tuple[Sector, ...]
    subjects: tuple[Subject, ...]
    latitude: float
    longitude: float
    radius_miles: int
    ends_on: date
    opened_at: datetime

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.latitude, self.longitude)


Wanted = Callable[[Listing, float | None], bool]
"""Whether a search wants an entry at a distance; None where it looks everywhere."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a search asks for beside the place."""

    now: datetime
    category: Category | None = None
    sector: Sector | None = None
    subject: Subject | None = None
    words: tuple[str, ...] = ()
    """Each stands somewhere in the title, in whatever case."""

    def __call__(self, listing: Listing, miles: float | None) -> bool:
        """Whether an entry is wanted. What names no sector or subject is for all; nothing reaches past its radius."""
        return (
            self.now < end_of(listing.ends_on)
            and (self.category is None or listing.category is self.category)
            and (self.sector is None or not listing.sectors or self.sector in listing.sectors)
            and (self.subject is None or not listing.subjects or self.subject in listing.subjects)
            and (miles is None or miles <= listing.radius_miles)
            and self._titled(listing.title.casefold())
        )

    def _titled(self, title: str) -> bool:
        return all(word in title for word in self.words)


def words_of(text: str | None) -> tuple[str, ...]:
    """The words that a title shall hold."""
    return tuple((text or "").casefold().split())


def listing_of(posting: Posting) -> Listing:
    """The entry of a posting that has been opened."""
    return Listing(
        posting_id=posting.id,
        organization_id=posting.organization_id,
        kind=posting.organization_kind,
        direction=posting.direction,
        category=posting.category,
        title=posting.title,
        sectors=posting.sectors,
        subjects=posting.subjects,
        latitude=posting.place.latitude,
        longitude=posting.place.longitude,
        radius_miles=posting.radius_miles,
        ends_on=posting.ends_on,
        opened_at=posting.opened_at or posting.created_at,
    )


def listed(posting: Posting) -> list[Write]:
    """The writes that make an open posting be found, in place of what made it be found before."""
    listing = listing_of(posting)
    geohash = geohash_of(listing.point)
    cell = geohash[:PARTITION_CHARACTERS]
    direction, by_age = listing.direction.value, keys.newest_sort(listing.opened_at, listing.posting_id)
    shared = {"doc": listing.model_dump_json(), "expires_at": int(posting.open_until.timestamp())}
    here = keys.listing_here(listing.organization_id, listing.posting_id)
    everywhere = keys.listing_everywhere(listing.organization_id, listing.posting_id)
    return [
        Put(
            {
                "PK": here.pk,
                "SK": here.sk,
                **keys.NEARBY.entry(
                    keys.posted_near(direction, cell), keys.near_sort(geohash, listing.posting_id)
                ),
                **keys.DIRECTORY.entry(keys.newest(direction, cell), by_age),
                **shared,
            }
        ),
        Put(
            {
                "PK": everywhere.pk,
                "SK": everywhere.sk,
                **keys.DIRECTORY.entry(keys.newest(direction), by_age),
                **keys.NEARBY.entry(keys.newest(direction, listing.category.value), by_age),
                **shared,
            }
        ),
    ]


def unlisted(posting: Posting) -> list[Write]:
    """The writes after which a posting is found no more."""
    return [
        Delete(keys.listing_here(posting.organization_id, posting.id)),
        Delete(keys.listing_everywhere(posting.organization_id, posting.id)),
    ]
