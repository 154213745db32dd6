"""What an administrator's word holds for: an organization of that name and, of those that contribute, in those hands.

Its own people change both, but not what was said of them: it waits for an administrator again, and they are told.
"""

import re
from datetime import datetime
from typing import Final

from chalicelib.audit.service import entry_write
from chalicelib.auth import Caller
from chalicelib.organizations.models import CONTRIBUTING, Organization, Status
from chalicelib.outbox.models import NoticeKind, ToAdministrators
from chalicelib.outbox.service import notice_write
from chalicelib.table.expressions import Write

_BESIDE_LETTERS: Final = re.compile(r"[\W_]+")


def after_own_change(before: Organization, after: Organization) -> Status:
    """The status once an organization's own people made it what it is ``after``.

    A verified one is pending again under another name, lest a trusted one become somebody else; and, where it
    contributes, in another owner group, because who owns a contributor decides what may be published.
    """
    renamed = not same_name(before.name, after.name)
    regrouped = before.kind in CONTRIBUTING and before.owner_group_id != after.owner_group_id
    return Status.PENDING if before.status is Status.VERIFIED and (renamed or regrouped) else after.status


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, but for case, spaces and signs."""
    return _letters(one) == _letters(other)


def asked_anew_writes(
    caller: Caller, before: Organization, after: Organization, now: datetime
) -> list[Write]:
    """The writes that note a verified one's other name in the trail, and tell administrators to look at it again."""
    writes: list[Write] = []
    if before.status is not Status.VERIFIED:
        return writes
    if before.name != after.name:
        change = f"{before.name} -> {after.name}"
        writes.append(entry_write(caller.user_id, "organization.renamed", after.id, now, change))
    if after.status is Status.PENDING:
        facts = {"organization_id": after.id, "organization_name": after.name, "name_before": before.name}
        writes.append(notice_write(NoticeKind.VERIFICATION_NEEDED, ToAdministrators(), facts, now))
    return writes


def _letters(name: str) -> str:
    return _BESIDE_LETTERS.sub("", name.casefold())
