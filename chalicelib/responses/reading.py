"""Reading responses: one, those to a posting, those of an organization."""

from collections.abc import Iterable

from chalicelib.auth import Caller
from chalicelib.errors import NotPermitted
from chalicelib.memberships import service as memberships
from chalicelib.organizations import service as organizations
from chalicelib.postings import service as postings
from chalicelib.responses.access import Roles, roles_of
from chalicelib.responses.models import Response, ResponseStatus, Side
from chalicelib.responses.store import Found
from chalicelib.responses.stores import Stores
from chalicelib.responses.views import ResponseView, response_view
from chalicelib.values import Role

Position = tuple[str, str]
"""Where a page begins: behind this posting's response."""


def read(stores: Stores, caller: Caller, posting_id: str, response_id: str) -> ResponseView:
    """A response as the caller sees it: 4 reads and a batch of 2. Raises ``NotFound``, also for strangers."""
    return view(stores, caller, stores.responses.get(posting_id, response_id))


def view(stores: Stores, caller: Caller, found: Found) -> ResponseView:
    """What the caller sees of a response. Raises ``NotFound`` for strangers."""
    roles = roles_of(stores.members, caller, found.response)
    parties = [found.response.organization_of(side) for side in Side]
    return response_view(found, organizations.get_many(stores.organizations, parties), roles)


def list_of_posting(
    stores: Stores,
    caller: Caller,
    posting_id: str,
    limit: int,
    *,
    status: ResponseStatus | None = None,
    after: str | None = None,
) -> tuple[tuple[ResponseView, ...], str | None]:
    """One page of the responses to a posting for its organization's members, and administrators.

    ``limit`` counts what is read: those of another status are left out of it. Raises ``NotFound`` and
    ``NotPermitted``.
    """
    posting = postings.get(stores.postings, posting_id)
    role = memberships.role_of(stores.members, caller.user_id, posting.organization_id)
    if role is None and not caller.admin:
        raise NotPermitted("Only members of the organization whose posting it is see the responses to it.")
    found, following = stores.responses.of_posting(posting_id, limit, after)
    return _views(stores, found, status, {Side.POSTING: role} if role is not None else {}), following


def list_of_organization(
    stores: Stores,
    organization_id: str,
    side: Side,
    limit: int,
    *,
    status: ResponseStatus | None = None,
    after: Position | None = None,
) -> tuple[tuple[ResponseView, ...], Position | None]:
    """One page of the responses that an organization gave, or got to any of its postings, for its members.

    ``limit`` counts what is read: those of another status are left out of it.
    """
    listed = stores.responses.given_by if side is Side.ANSWERING else stores.responses.received_by
    found, following = listed(organization_id, limit, after)
    return _views(stores, found, status, {side: Role.VIEWER}), following


def _views(
    stores: Stores, found: Iterable[Found], status: ResponseStatus | None, roles: Roles
) -> tuple[ResponseView, ...]:
    wanted = [one for one in found if status in (None, one.response.status)]
    known = organizations.get_many(stores.organizations, _parties(one.response for one in wanted))
    return tuple(response_view(one, known, roles) for one in wanted)


def _parties(responses: Iterable[Response]) -> set[str]:
    return {one.organization_of(side) for one in responses for side in Side}
