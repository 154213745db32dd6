"""What becomes of a school of a list once somebody speaks for it."""

from datetime import datetime

from chalicelib.errors import AlreadyClaimed, Conflict
from chalicelib.organizations.changes import decided
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.store import changed_put
from chalicelib.table.expressions import Put


def check_claimable(organization: Organization) -> None:
    """Raises ``AlreadyClaimed`` where somebody speaks for it, and ``Conflict`` where it is closed."""
    if organization.status is Status.CLOSED:
        raise Conflict("A list says that this school is closed. Ask an administrator, if it is not.")
    if organization.status is not Status.UNCLAIMED:
        raise AlreadyClaimed("Somebody speaks for this organization: ask them for an invitation.")


def claimed_write(organization: Organization, now: datetime) -> tuple[Organization, Put]:
    """The school, verified, and the write of it.

    The write's condition fails where the school is not as it was read, or somebody else claimed it first.
    """
    after = decided(organization, Status.VERIFIED, now)
    return after, changed_put(after, organization.version, (Status.UNCLAIMED,))
