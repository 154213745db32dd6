"""Routes of pages: what an organization tells of itself, and the page that everybody reads."""

from typing import Final

from chalicelib.auth import PUBLIC
from chalicelib.clock import utc_now
from chalicelib.errors import NotFound
from chalicelib.http import Api, Reply, Version, version_etag
from chalicelib.memberships.permissions import member_of_organization
from chalicelib.organizations.service import OrganizationStore
from chalicelib.pages import service
from chalicelib.pages.presentation import Presentation, PresentationDraft
from chalicelib.pages.service import PresentationStore, Stores
from chalicelib.pages.views import OrganizationPage, page_view
from chalicelib.table.table import connect
from chalicelib.values import Id, Role

api = Api(__name__, tag="Pages")

_KEPT: Final = "public, max-age=60"


@api.get(
    "/v1/directory/organizations/{organization_id}/page",
    permission=PUBLIC,
    summary="The page of an organization",
    errors=(NotFound,),
)
def read_page(organization_id: Id) -> Reply[OrganizationPage]:
    """A school's programs, what it needs and who supports it; an employer's offers, positions, benefits and the way
    people get on there, as it chooses to tell. No contact details.
    """
    page = page_view(service.page_of(Stores.over(connect()), organization_id, now=utc_now()))
    return Reply(page, hashed=True, cache_control=_KEPT)


@api.get(
    "/v1/organizations/{organization_id}/presentation",
    permission=member_of_organization(Role.VIEWER, or_admin=True),
    summary="What an organization tells of itself",
)
def read_presentation(organization_id: Id) -> Reply[Presentation]:
    """Empty, and of version 0, as long as it has told nothing."""
    return _reply(service.presentation_of(PresentationStore(connect()), organization_id))


@api.put(
    "/v1/organizations/{organization_id}/presentation",
    permission=member_of_organization(Role.MANAGER),
    summary="Tell of an organization",
    errors=(NotFound,),
)
def put_presentation(organization_id: Id, if_match: Version, body: PresentationDraft) -> Reply[Presentation]:
    """Replaces all that was told before. The first time, the version is 0. Others read it once the organization is
    verified.
    """
    stores = PresentationStore(connect()), OrganizationStore(connect())
    return _reply(service.present(*stores, organization_id, if_match, body))


def _reply(presentation: Presentation) -> Reply[Presentation]:
    return Reply(presentation, etag=version_etag(presentation.version))
