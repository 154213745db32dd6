"""Routes about the caller."""

from chalicelib.auth import SIGNED_IN, Caller
from chalicelib.http import Api
from chalicelib.memberships import service
from chalicelib.memberships.models import Me
from chalicelib.memberships.store import MembershipStore
from chalicelib.table.table import connect

api = Api(__name__, tag="Me")


@api.get("/v1/me", permission=SIGNED_IN, summary="Who am I")
def read_me(caller: Caller) -> Me:
    """Who the token says is calling, and which organizations they belong to.

    An organization created a moment ago may take a second to appear.
    """
    memberships = service.named_of_user(MembershipStore(connect()), caller.user_id)
    return Me(user_id=caller.user_id, email=caller.email, admin=caller.admin, memberships=memberships)
