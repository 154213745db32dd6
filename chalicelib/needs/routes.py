"""Routes of openings and of the demand."""

from typing import Annotated, Final

from pydantic import Field

from chalicelib.auth import PUBLIC
from chalicelib.errors import Conflict, NotFound
from chalicelib.geography.service import STATES, DelineationStore, areas_in_force
from chalicelib.http import Api, Reply
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.needs import service
from chalicelib.needs.demand import DemandCell
from chalicelib.needs.models import Opening, OpeningDraft, OpeningList
from chalicelib.needs.store import DemandStore, OpeningStore
from chalicelib.organizations.store import OrganizationStore
from chalicelib.table.table import connect
from chalicelib.values import Id, Model, Position, Role, Subject

api = Api(__name__, tag="Industry needs")

_WRITERS: Final = member_of_organization(Role.CONTRIBUTOR)
_READERS: Final = member_of_organization(Role.VIEWER)
_PATH: Final = "/v1/organizations/{organization_id}/openings/{position}"


class DemandQuery(Model):
    """Demand for what, and where: around a ZIP code, or in a state."""

    subject: Annotated[Subject, Field(examples=["automotive"])]
    zip: Annotated[str | None, Field(max_length=20, examples=["59801"])] = None
    state: Annotated[
        str | None, Field(pattern=r"^[A-Z]{2}$", json_schema_extra={"enum": [*sorted(STATES), None]})
    ] = None
    """Postal code of the state."""


class DemandAnswer(Model):
    """What is published that covers the question."""

    subject: Annotated[Subject, Field(examples=["automotive"])]
    state: Annotated[str, Field(examples=["MT"])]
    cell: DemandCell | None
    """The nearest cell that the place is in. Null where only areas of the state are published."""
    ancestors: tuple[DemandCell, ...]
    """The cells around it, the nearest first."""
    areas: tuple[DemandCell, ...]
    """Where a state was asked for: its areas."""
    release: Annotated[str, Field(examples=["2026-06-15-3f0c8a4e"])]


@api.get(
    "/v1/organizations/{organization_id}/openings",
    permission=_READERS,
    summary="Own openings",
)
def list_openings(organization_id: Id) -> OpeningList:
    """For members of the shop alone; everybody else sees the demand that comes of them."""
    return OpeningList(items=tuple(service.openings(_openings(), organization_id)))


@api.get(_PATH, permission=_READERS, summary="Own openings in a position", errors=(NotFound,))
def read_openings(organization_id: Id, position: Position) -> Opening:
    """What the shop stated last."""
    return service.openings_in(_openings(), organization_id, position)


@api.put(_PATH, permission=_WRITERS, summary="State openings in a position", errors=(NotFound, Conflict))
def put_openings(organization_id: Id, position: Position, body: OpeningDraft) -> Opening:
    """For shops and dealerships, in place of what was stated before.

    They count until `needed_by`, or for 180 days, once an administrator has verified the shop.
    """
    stores = _openings(), OrganizationStore(connect())
    return service.state_openings(*stores, organization_id, position, body)


@api.delete(_PATH, permission=_WRITERS, summary="Take openings back", status=204)
def delete_openings(organization_id: Id, position: Position) -> None:
    """From the next night on they do not count."""
    service.take_back(_openings(), organization_id, position)


@api.get(
    "/v1/needs/demand",
    permission=PUBLIC,
    summary="Whom the industry wants",
    errors=(NotFound,),
    query_example={"subject": "automotive", "zip": "59801"},
)
def read_demand(query: DemandQuery) -> Reply[DemandAnswer]:
    """Published once a night, with at least five owner groups behind every figure.

    The answer is the most specific cell that covers the question, and those around it.
    """
    table = connect()
    areas = areas_in_force(DelineationStore(table))
    pointer, document, covering = service.demand(
        DemandStore(table), query.subject, areas, zip_code=query.zip, state=query.state
    )
    answer = DemandAnswer(
        subject=query.subject,
        state=document.state,
        cell=covering[0] if covering else None,
        ancestors=covering[1:],
        areas=document.areas if query.zip is None else (),
        release=pointer.release,
    )
    return Reply(answer, etag=f'"{pointer.release}"', cache_control="public, max-age=3600")


def _openings() -> OpeningStore:
    return OpeningStore(connect())
