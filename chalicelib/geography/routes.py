"""Routes about places."""

from typing import Final

from chalicelib.auth import PUBLIC
from chalicelib.geography import service, views
from chalicelib.geography.models import AreasQuery, AreasView, MetrosView, ZipCodeView, ZipText
from chalicelib.http import Api, Reply
from chalicelib.table.table import connect

api = Api(__name__, tag="Geography")

_KEPT: Final = "public, max-age=3600"


@api.get("/v1/geography/zip-codes/{zip}", permission=PUBLIC, summary="Where a ZIP code is")
def read_zip_code(zip: ZipText) -> Reply[ZipCodeView]:  # noqa: A002 - the API's own word for it
    """State, county, Census division, metropolitan area, area of the statistics and coordinates of a ZIP code."""
    place = service.place_of_zip(zip, pointer="zip", source="path")
    return Reply(views.zip_code(place, _areas()), hashed=True, cache_control=_KEPT)


@api.get(
    "/v1/geography/areas",
    permission=PUBLIC,
    summary="The areas of a state",
    query_example={"state": "MT"},
)
def list_areas(query: AreasQuery) -> Reply[AreasView]:
    """The places for which statistics are made: parts of metropolitan areas, and of three-digit ZIP areas elsewhere."""
    state = service.state_asked(query.state).code
    return Reply(views.areas_of(state, _areas()), hashed=True, cache_control=_KEPT)


@api.get("/v1/geography/metros", permission=PUBLIC, summary="The metropolitan areas")
def list_metros() -> Reply[MetrosView]:
    """With the areas of the statistics that each is made of. Empty until an administrator uploads a delineation."""
    return Reply(views.metros(_areas()), hashed=True, cache_control=_KEPT)


def _areas() -> service.Areas:
    return service.areas_in_force(service.DelineationStore(connect()))
