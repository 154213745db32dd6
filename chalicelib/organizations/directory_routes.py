"""Routes of the public directory: no token, no contact details."""

from typing import Final

from chalicelib.auth import PUBLIC
from chalicelib.errors import FieldError, InvalidCursor, InvalidInput, NotFound
from chalicelib.geography import service as geography
from chalicelib.http import Api, Reply
from chalicelib.organizations import directory, service
from chalicelib.organizations.store import OrganizationStore
from chalicelib.organizations.views import (
    Found,
    ListQuery,
    NearbyPage,
    NearbyQuery,
    OrganizationPage,
    PublicView,
    public_view,
    public_views,
)
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect
from chalicelib.values import Id

api = Api(__name__, tag="Directory")

_KEPT: Final = "public, max-age=60"


@api.get(
    "/v1/directory/organizations",
    permission=PUBLIC,
    summary="Organizations of a kind in a state",
    errors=(InvalidCursor,),
    query_example={"kind": "shop", "state": "MT"},
)
def list_organizations(query: ListQuery) -> Reply[OrganizationPage]:
    """By name. Suspended and closed ones are left out; `status` says which are verified."""
    state = geography.state_asked(query.state).code
    scope = f"directory.{query.kind.value}.{state}"
    position = page_start(scope, query.cursor)
    after = (str(position[0]), str(position[1])) if position is not None else None
    found, following = directory.list_by_name(
        OrganizationStore(connect()), query.kind, state, query.limit, after
    )
    page = OrganizationPage(items=public_views(found, _areas()), next_cursor=next_cursor(scope, following))
    return Reply(page, hashed=True, cache_control=_KEPT)


@api.get(
    "/v1/directory/organizations/{organization_id}",
    permission=PUBLIC,
    summary="An organization without contact details",
    errors=(NotFound,),
)
def read_public_organization(organization_id: Id) -> Reply[PublicView]:
    """What everybody may see."""
    organization = service.get_public(OrganizationStore(connect()), organization_id)
    return Reply(public_view(organization, _areas()), hashed=True, cache_control=_KEPT)


@api.get(
    "/v1/directory/nearby",
    permission=PUBLIC,
    summary="Organizations near a place",
    errors=(InvalidCursor,),
    query_example={"zip": "59801", "radius_miles": "50", "kind": "school"},
)
def find_nearby(query: NearbyQuery) -> Reply[NearbyPage]:
    """Around a ZIP code or a point, the nearest first, optionally only schools that teach a subject.

    A page may hold fewer organizations than asked for, even none, and still go on: follow `next_cursor` until
    it is null.
    """
    point = geography.point_asked(query.zip, query.latitude, query.longitude)
    if point is None:
        detail = "Say where: a ZIP code as zip, or a point as latitude and longitude."
        raise InvalidInput(detail, [FieldError("zip", detail, "query")])
    scope = (
        f"nearby.{point.latitude!r}.{point.longitude!r}.{query.radius_miles!r}."
        f"{query.kind.value if query.kind else ''}.{query.subject.value if query.subject else ''}"
    )
    position = page_start(scope, query.cursor)
    found = directory.find_near(
        OrganizationStore(connect()),
        point,
        query.radius_miles,
        kind=query.kind,
        subject=query.subject,
        limit=query.limit,
        start=geography.resume_of(position),
    )
    areas = _areas()
    page = NearbyPage(
        items=tuple(
            Found(organization=public_view(hit.thing, areas), distance_miles=round(hit.miles, 1))
            for hit in found.hits
        ),
        next_cursor=next_cursor(scope, geography.position_of(found.resume)),
    )
    return Reply(page, hashed=True, cache_control=_KEPT)


def _areas() -> geography.Areas:
    return geography.areas_in_force(geography.DelineationStore(connect()))
