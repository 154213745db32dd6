"""Reading releases cheaply: what a warm process remembers, and what it has to fetch."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, Final

from chalicelib.exchange.release import MANIFEST, Document
from chalicelib.exchange.store import Pointer, PointerStore, ReleaseObjects

_DOCUMENTS: Final = 24
"""Documents a process keeps: a state's is some 100 KB once read, and questions come in runs."""


@dataclass(slots=True)
class Memory:
    """What a process remembers of releases: the pointer for a while, and the documents used last."""

    pointer: Pointer | None = None
    good_until: float = 0.0
    kept: OrderedDict[tuple[str, str], Any] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)


class ReleaseReader:
    """The latest release in as few requests as can be: one for what is not in memory, none for what is."""

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
            memory.pointer = self._pointers.latest()
            memory.good_until = now + self._pointer_seconds
        return memory.pointer

    def document(self, release_id: str, place: str) -> Document:
        """A place's document. Raises ``TemporarilyUnavailable``."""
        document: Document = self._remembered(
            (release_id, place), lambda: self._objects.document(release_id, place)
        )
        return document

    def manifest(self, release_id: str) -> Mapping[str, Any]:
        """A release's manifest. Raises ``TemporarilyUnavailable``."""
        manifest: Mapping[str, Any] = self._remembered(
            (release_id, MANIFEST), lambda: self._objects.manifest(release_id)
        )
        return manifest

    def _remembered(self, name: tuple[str, str], read: Callable[[], Any]) -> Any:
        kept = self._memory.kept
        with self._memory.lock:
            if name in kept:
                kept.move_to_end(name)
                return kept[name]
        found = read()
        with self._memory.lock:
            kept[name] = found
            while len(kept) > _DOCUMENTS:
                kept.popitem(last=False)
        return found
