"""Finding organizations: by kind and state, and near a place."""

from collections.abc import Callable, Collection

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.geography.service import BEGINNING, Hit, Nearby, Point, Resume, nearby
from chalicelib.organizations.models import Organization, SearchClass
from chalicelib.organizations.store import OrganizationStore, listing_start, read_document
from chalicelib.values import Kind, Subject


def list_by_name(
    store: OrganizationStore, kind: Kind, state: str, limit: int, after: tuple[str, str] | None = None
) -> tuple[list[Organization], tuple[str, str] | None]:
    """One page of the directory of a kind in a state, by name; and where the next page begins, or None.

    A page costs one query. ``after`` is what the page before gave.
    """
    start = listing_start(kind, state, *after) if after is not None else None
    return store.listed(kind, state, limit, start)


def find_near(
    store: OrganizationStore,
    point: Point,
    radius_miles: float,
    *,
    kind: Kind | None,
    subject: Subject | None,
    limit: int,
    start: Resume = BEGINNING,
) -> Nearby[Organization]:
    """One page of what is within a radius of a point, the nearest first; see ``geography.nearest`` for what it costs.

    Raises ``InvalidInput`` where a subject is asked for of a kind that does not teach.
    """
    return nearby(
        store.near,
        point,
        radius_miles,
        [one.value for one in _classes(kind, subject)],
        limit,
        read_document,
        wanted=lambda one, _miles: subject is None or subject in one.subjects,
        start=start,
    )


def find_fitting(
    store: OrganizationStore,
    point: Point,
    radius_miles: float,
    kinds: Collection[Kind],
    limit: int,
    wanted: Callable[[Organization, float], bool],
    reads: int,
) -> list[Hit[Organization]]:
    """The nearest organizations of some kinds that are wanted, by themselves and their distance in miles.

    At most ``limit``, and what at most ``reads`` queries of 100 find.
    """
    classes = [one.value for kind in kinds for one in _classes(kind, None)]
    return nearby(
        store.near, point, radius_miles, classes, limit, read_document, wanted=wanted, reads=reads
    ).hits


def _classes(kind: Kind | None, subject: Subject | None) -> tuple[SearchClass, ...]:
    if subject is not None:
        if kind not in (None, Kind.SCHOOL):
            detail = "Only schools teach subjects: leave out the kind, or ask for school."
            raise InvalidInput(detail, [FieldError("subject", detail, "query")])
        return (SearchClass.SCHOOL_PROGRAMS,)
    if kind is None:
        return tuple(SearchClass)
    if kind is Kind.SCHOOL:
        return (SearchClass.SCHOOL, SearchClass.SCHOOL_PROGRAMS)
    return (SearchClass(kind.value),)
