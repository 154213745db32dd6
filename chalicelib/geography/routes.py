"""Routes about places."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from chalicelib.auth import PUBLIC
from chalicelib.geography import service
from chalicelib.geography.models import ZipPlace
from chalicelib.http import Api, Reply

api = Api(__name__, tag="Geography")

# Checked by the service, so that a wrong one gets the same answer everywhere.
ZipCode = Annotated[
    str,
    Field(max_length=20),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{5}(-[0-9]{4})?$", "examples": ["59801"]}),
]


@api.get("/v1/geography/zip-codes/{zip}", permission=PUBLIC, summary="Where a ZIP code is")
def read_zip_code(zip: ZipCode) -> Reply[ZipPlace]:  # noqa: A002 - the API's own word for it
    """State, county, Census division, area of the statistics and coordinates of a ZIP code."""
    place = service.place_of_zip(zip, pointer="zip", source="path")
    return Reply(place, cache_control="public, max-age=86400")
