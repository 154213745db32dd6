"""What others ask of responses."""

from chalicelib.auth import Caller
from chalicelib.responses.access import Roles, check_acts_for, roles_of
from chalicelib.responses.answering import respond
from chalicelib.responses.models import Response, Side
from chalicelib.responses.moving import completion_writes, move
from chalicelib.responses.store import ResponseStore
from chalicelib.responses.stores import Stores
from chalicelib.responses.thread import entered_by, forget_person

__all__ = [
    "ResponseStore",
    "Stores",
    "check_may_act",
    "completion_writes",
    "entered_by",
    "forget_person",
    "get_for",
    "move",
    "respond",
]


def get_for(stores: Stores, caller: Caller, posting_id: str, response_id: str) -> tuple[Response, Roles]:
    """A response and the caller's roles in its organizations. Raises ``NotFound``, also for strangers."""
    response = stores.responses.get(posting_id, response_id).response
    return response, roles_of(stores.members, caller, response)


def check_may_act(roles: Roles, response: Response, organization_id: str) -> None:
    """Raises ``NotPermitted`` unless these roles allow to act for one of the two organizations."""
    side = Side.ANSWERING if organization_id == response.organization_id else Side.POSTING
    check_acts_for(roles, side)
