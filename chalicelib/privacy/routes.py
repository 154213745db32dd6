"""Routes of privacy: taking one's own things away, and having them erased."""

from chalicelib.auth import SIGNED_IN, Caller
from chalicelib.clock import utc_now
from chalicelib.errors import InvalidCursor, LastOwner
from chalicelib.http import Api
from chalicelib.privacy import service
from chalicelib.privacy.models import Erasure, Export, ExportQuery
from chalicelib.privacy.sources import sources_of
from chalicelib.table.cursor import next_cursor, page_start
from chalicelib.table.table import connect

api = Api(__name__, tag="Me")


@api.get(
    "/v1/me/export",
    permission=SIGNED_IN,
    summary="Everything I entered",
    errors=(InvalidCursor,),
    query_example={"limit": "100"},
)
def export_me(caller: Caller, query: ExportQuery) -> Export:
    """What the caller entered and what is kept about them, in pages, by kind.

    Of submissions it says who recorded which version when, and no figures: those belong to the organization. The
    entries of the audit trail that name the caller are not among it.
    """
    scope = f"export {caller.user_id}"
    position = page_start(scope, query.cursor) or (0, None)
    found, following = service.export(sources_of(connect(), caller, utc_now()), query.limit, tuple(position))
    return Export(items=tuple(found), next_cursor=next_cursor(scope, following))


@api.delete("/v1/me", permission=SIGNED_IN, summary="Erase me", errors=(LastOwner,))
def erase_me(caller: Caller) -> Erasure:
    """Ends the caller's memberships, and erases their address, settings, inbox, claims, reports, invitations and
    registrations; their messages stay without author and text. What they did for an organization stays with it.

    Whoever is the last owner of something hands it over or deletes it first: until then nothing is erased. The sign-in
    is deleted where it was made. Repeat the request until `complete` is true; again does no harm.
    """
    return Erasure(complete=service.erase(sources_of(connect(), caller, utc_now())))
