"""What strangers may know of."""

from chalicelib.organizations.models import Organization, Status
from chalicelib.postings.models import Posting


def is_shown(posting: Posting, organization: Organization | None) -> bool:
    """Whether strangers may know of a posting that was opened once: not hidden, its organization verified now."""
    return not posting.hidden and organization is not None and organization.status is Status.VERIFIED
