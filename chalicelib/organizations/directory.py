"""Finding organizations: by kind and state, and near a place."""

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.geography.service import Point
from chalicelib.organizations.models import Organization, SearchClass
from chalicelib.organizations.programs import Subject
from chalicelib.organizations.search import BEGINNING, Nearby, Resume, nearby
from chalicelib.organizations.store import OrganizationStore, listing_start
from chalicelib.values import Kind


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
) -> Nearby:
    """One page of what is within a radius of a point, the nearest first; see ``search`` for what it costs.

    Raises ``InvalidInput`` where a subject is asked for of a kind that does not teach.
    """
    return nearby(
        store.near,
        point,
        radius_miles,
        _classes(kind, subject),
        limit,
        wanted=lambda one: subject is None or subject in one.subjects,
        start=start,
    )


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
