"""What people were refused, in the trail: enough to see somebody trying doors, and no more than that.

It is written after the answer is decided, and whatever happens to it changes no answer. One process writes one entry a
minute for the same person at the same route, so that whoever hammers at one costs little.
"""

from collections.abc import Mapping
from time import monotonic
from typing import Final

from chalicelib.audit.service import entry_write
from chalicelib.audit.store import AuditStore
from chalicelib.auth import SIGNED_IN, Permission
from chalicelib.clock import utc_now
from chalicelib.table.table import connect
from chalicelib.values import could_be_id

_SUBJECTS: Final = ("organization_id", "owner_group_id", "posting_id")
_QUIET_SECONDS: Final = 60.0
_MOST_REMEMBERED: Final = 10_000


class Denials:
    """Writes down refusals; remembers which it wrote of late."""

    def __init__(self) -> None:
        self._written: dict[tuple[str, str], float] = {}

    def note(self, permission: Permission | None, user_id: str, route: str, path: Mapping[str, str]) -> None:
        """Writes that a caller was refused at a route such as ``GET /v1/audit``.

        Only of routes that are for some: members, participants, administrators. Raises nothing.
        """
        if permission in (None, SIGNED_IN) or not self._due(user_id, route):
            return
        found = next((path[name] for name in _SUBJECTS if name in path), "")
        # What was refused is a text from outside: only what can be an id becomes a key.
        subject = found if could_be_id(found) else "platform"
        entry = entry_write(user_id, "access.denied", subject, utc_now(), route)
        try:
            AuditStore(connect()).append(entry)
        except Exception as error:  # noqa: BLE001 - the answer is decided: nothing here may change it
            from chalicelib.observability import logger

            logger.warning("denial not written", extra={"error": type(error).__name__})

    def _due(self, user_id: str, route: str) -> bool:
        now = monotonic()
        if len(self._written) >= _MOST_REMEMBERED:
            self._written = {one: at for one, at in self._written.items() if now - at < _QUIET_SECONDS}
        if now - self._written.get((user_id, route), -_QUIET_SECONDS) < _QUIET_SECONDS:
            return False
        self._written[user_id, route] = now
        return True


denials: Final = Denials()
