"""What one request reads of the table: nothing twice, and nothing more strictly than its answer needs.

A consistent read costs twice what one costs that may lag behind by a moment. What is read to be changed is read
consistently, and so is what its owner may have changed just now, and every role: one that was taken away gives no
right. What everybody may read may lag, as the indexes do, and so may what is only shown beside something, as a name.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any, Final

from chalicelib.table.expressions import Check, Update, Write, applied, key_of
from chalicelib.table.keys import Key
from chalicelib.table.wire import from_wire, to_wire


class Strictness(Enum):
    """What of a request's reads is consistent."""

    ALL = "all"
    """For a request that changes something."""
    OWN = "own"
    """All but what is read many at once: what stands beside the thing that somebody reads."""
    NOTHING = "nothing"
    """For what is public."""


class Request:
    """The items that a request has read, as they were then."""

    def __init__(self, strictness: Strictness) -> None:
        self.consistent = strictness is not Strictness.NOTHING
        self.many_consistent = strictness is Strictness.ALL
        self._read: dict[Key, tuple[dict[str, Any] | None, bool]] = {}

    def keep(self, key: Key, item: dict[str, Any] | None, *, consistent: bool) -> None:
        """Remembers what was found under a key; None is nothing."""
        self._read[key] = (None if item is None else dict(item), consistent)

    def knows(self, key: Key, *, consistent: bool) -> bool:
        """Whether the key was read already, as strictly as that."""
        return key in self._read and (self._read[key][1] or not consistent)

    def item(self, key: Key) -> dict[str, Any] | None:
        """What was found. Raises ``KeyError`` where it was not read."""
        found, _ = self._read[key]
        return None if found is None else dict(found)

    def among(self, keys: Iterable[Key]) -> dict[Key, dict[str, Any] | None]:
        """What is known of many, as strictly as many are read."""
        known = self.many_consistent
        return {key: self.item(key) for key in keys if self.knows(key, consistent=known)}

    @contextmanager
    def changing(self, writes: Iterable[Write]) -> Iterator[None]:
        """Remembers what is written inside, and where that fails, nothing: a condition found something outdated.

        What others change meanwhile is not seen. Writes that hang on it have conditions, and answers tell of the
        request's own change.
        """
        try:
            yield
        except BaseException:
            self._read.clear()
            raise
        for write in writes:
            self._wrote(write)

    def _wrote(self, write: Write) -> None:
        key = key_of(write)
        if isinstance(write, Check):
            return
        if isinstance(write, Update) and not self.knows(key, consistent=True):
            self._read.pop(key, None)
            return
        item = applied(write, self.item(key) if isinstance(write, Update) else None)
        # As it would be read: numbers and lists come back as other types than they were given.
        self.keep(key, from_wire(to_wire(item)), consistent=True)


class _Alone(Request):
    """For what is no request of the API: each read for itself, and consistent unless it says otherwise."""

    def __init__(self) -> None:
        super().__init__(Strictness.ALL)

    def keep(self, key: Key, item: dict[str, Any] | None, *, consistent: bool) -> None:
        """Remembers nothing."""

    def _wrote(self, write: Write) -> None:
        """Remembers nothing."""


_ALONE: Final = _Alone()
_current: ContextVar[Request] = ContextVar("request", default=_ALONE)


def current() -> Request:
    """The request that reads now."""
    return _current.get()


@contextmanager
def may_lag() -> Iterator[None]:
    """While inside, what a request reads may lag: for what is shown to those who cannot have changed it."""
    request = current()
    if request is _ALONE:
        yield
        return
    before = request.consistent, request.many_consistent
    request.consistent = request.many_consistent = False
    try:
        yield
    finally:
        request.consistent, request.many_consistent = before


@contextmanager
def one_request(strictness: Strictness) -> Iterator[None]:
    """While inside, reads are of one request."""
    token = _current.set(Request(strictness))
    try:
        yield
    finally:
        _current.reset(token)
