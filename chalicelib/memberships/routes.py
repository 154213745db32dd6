"""Routes about the caller."""

from collections.abc import Iterable

from chalicelib.auth import SIGNED_IN, Caller
from chalicelib.errors import (
    AlreadyExists,
    EmailNotVerified,
    InvitationExpired,
    InvitationForeign,
    InvitationRevoked,
    InvitationUsed,
    LimitReached,
)
from chalicelib.http import Api
from chalicelib.memberships import joining, me
from chalicelib.memberships.answers import inviting_stores
from chalicelib.memberships.views import Acceptance, JoinedView, Me, joined_view


def about_the_caller(features: Iterable[Api]) -> Api:
    """The routes about the caller. What they may do is read off the given features' routes, and these."""
    api = Api(__name__, tag="Me")
    described = (api, *features)

    @api.get("/v1/me", permission=SIGNED_IN, summary="Who am I, and what may I do")
    def read_me(caller: Caller) -> Me:
        """Who the token says is calling, what they belong to, what they may do there, and who invites them.

        `actions` are ids of operations in this document. An organization created a moment ago may take a second to
        appear.
        """
        operations = tuple(operation for one in described for operation in one.operations)
        return me.describe(inviting_stores(), caller, operations)

    @api.post(
        "/v1/invitations/acceptance",
        permission=SIGNED_IN,
        summary="Accept an invitation",
        errors=(
            EmailNotVerified,
            InvitationForeign,
            InvitationUsed,
            InvitationRevoked,
            InvitationExpired,
            AlreadyExists,
            LimitReached,
        ),
    )
    def accept_invitation(caller: Caller, body: Acceptance) -> JoinedView:
        """Makes the caller a member. It takes the text from the mail, and being signed in with the address it went to.

        The same person may repeat it: the answer is the same.
        """
        return joined_view(joining.accept(inviting_stores(), caller, body.invitation))

    return api
