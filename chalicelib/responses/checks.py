"""What stands against answering and accepting, and whom a change is told."""

from chalicelib.errors import NotVerified, PostingNotOpen, SeatsGone, TemporarilyUnavailable
from chalicelib.outbox import service as outbox
from chalicelib.outbox.models import NoticeKind, ToOrganization
from chalicelib.postings import service as postings
from chalicelib.postings.models import Posting, Status
from chalicelib.responses.models import Response
from chalicelib.table.expressions import Put
from chalicelib.values import Timestamp


def check_open(posting: Posting, now: Timestamp) -> None:
    """Raises ``SeatsGone`` or ``PostingNotOpen`` unless the posting can be answered at this moment."""
    status = postings.open_status(posting, now)
    if posting.hidden:
        raise PostingNotOpen("This posting was hidden by an administrator: nothing can be agreed upon.")
    if status is Status.OPEN:
        return
    if posting.seats_left == 0 and status is Status.FULFILLED:
        raise SeatsGone(
            "All seats of this posting are taken. One comes free when an accepted response is withdrawn, or when "
            "the posting gets more."
        )
    raise PostingNotOpen(f"This posting is {status.value}: it takes no responses.")


def notice_write(
    kind: NoticeKind, organization_id: str, response: Response, now: Timestamp, **facts: str
) -> Put:
    """The write that tells an organization what became of a response."""
    told = {
        "posting_id": response.posting_id,
        "posting_title": response.posting_title,
        "response_id": response.id,
        **facts,
    }
    return outbox.notice_write(kind, ToOrganization(organization_id=organization_id), told, now)


def unverified() -> NotVerified:
    """Nobody has verified who answers."""
    return NotVerified("An administrator has to verify your organization before it may answer.")


def busy() -> TemporarilyUnavailable:
    """Others were faster, again and again."""
    return TemporarilyUnavailable("Others are changing the same posting at this moment. Try again.")
