"""Reading releases cheaply: what a warm process remembers, and what it has to fetch."""

import json
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, Final, TypeVar

from chalicelib.errors import TemporarilyUnavailable
from chalicelib.exchange import history, places
from chalicelib.exchange.history import History, history_name
from chalicelib.exchange.places import Document, document_name
from chalicelib.exchange.store import Pointer, PointerStore, ReleaseObjects
from chalicelib.table.reading import may_lag

_KEPT: Final = 32
"""Files a process keeps: a state's is some 100 KB once read, and questions come in runs."""
_MANIFEST: Final = "manifest.json"

T = TypeVar("T")


@dataclass(slots=True)
class Memory:
    """What a process remembers of releases: the pointer for a while, and the files used last."""

    pointer: Pointer | None = None
    good_until: float = 0.0
    kept: OrderedDict[tuple[str, str], Any] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)


class ReleaseReader:
    """Releases in as few requests as can be: one for what is not in memory, none for what is."""

    def __init__(
        self,
        pointers: PointerStore,
        objects: ReleaseObjects,
        memory: Memory,
        pointer_seconds: float,
        time: Callable[[], float] = monotonic,
    ) -> None:
        self._pointers = pointers
        self._objects = objects
        self._memory = memory
        self._pointer_seconds = pointer_seconds
        self._time = time

    def latest(self) -> Pointer:
        """What is, or a few seconds ago was, the latest release. Raises ``NotFound`` before there is any."""
        memory, now = self._memory, self._time()
        if memory.pointer is None or now >= memory.good_until:
            with may_lag():
                memory.pointer = self._pointers.latest()
            memory.good_until = now + self._pointer_seconds
        return memory.pointer

    def document(self, release_id: str, level: str, loc: str) -> Document:
        """A place's document. Raises ``TemporarilyUnavailable``."""
        return self._remembered(release_id, document_name(level, loc), places.decode)

    def history(self, release_id: str, level: str, loc: str) -> History:
        """A place's history. Raises ``TemporarilyUnavailable``."""
        return self._remembered(release_id, history_name(level, loc), history.decode)

    def manifest(self, release_id: str) -> Mapping[str, Any]:
        """A release's manifest. Raises ``TemporarilyUnavailable``."""
        manifest: Mapping[str, Any] = self._remembered(release_id, _MANIFEST, json.loads)
        return manifest

    def _remembered(self, release_id: str, name: str, decode: Callable[[bytes], T]) -> T:
        kept = self._memory.kept
        with self._memory.lock:
            if (release_id, name) in kept:
                kept.move_to_end((release_id, name))
                found: T = kept[release_id, name]
                return found
        body = self._objects.read(release_id, name)
        try:
            found = decode(body)
        except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError) as error:
            raise TemporarilyUnavailable(
                f"{name} of release {release_id} cannot be read at this moment. Try again."
            ) from error
        with self._memory.lock:
            kept[release_id, name] = found
            while len(kept) > _KEPT:
                kept.popitem(last=False)
        return found
