"""What an import did, chunk by chunk, so that it can be undone and its report be written by a later run.

A chunk's entry is written before the chunk, under the attempt's own name: a run that repeats a chunk adds to what the
run before meant to do. So an entry may tell of a change that was never made; undoing looks at what there is.
"""

import gzip
import json
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.identity_store import Known, Said
from chalicelib.school_lists.models import RowProblem

_INHERITED: Final = 500_000
"""Chunks of imports that were undone come behind an import's own."""


@dataclass(slots=True)
class Entry:
    """What one chunk does.

    ``schools`` has each school's document before, None for a new one. ``identities`` has what was known before, None
    for a new one. ``matches`` are the rows put to people. ``problems`` were found by comparing with the directory.
    """

    schools: dict[str, str | None] = field(default_factory=dict)
    identities: dict[Identity, Known | None] = field(default_factory=dict)
    matches: list[str] = field(default_factory=list)
    problems: dict[int, RowProblem] = field(default_factory=dict)

    def remark(self, problem: RowProblem) -> None:
        """Notes what there is to say of a row; what was said of it before is out of date."""
        self.problems[problem.row] = problem

    def __bool__(self) -> bool:
        return bool(self.schools or self.identities or self.matches or self.problems)


class Journal:
    """The journal of one import."""

    def __init__(self, files: Files, import_id: str) -> None:
        self._files = files
        self._prefix = f"journals/{import_id}/"

    def write(self, chunk: int, attempt: int, entry: Entry) -> None:
        """Writes what a chunk is about to do, if it does anything."""
        if entry:
            self._write(f"{chunk:06d}-{attempt:04d}", entry)

    def inherit(self, import_id: str, chunk: int, entry: Entry) -> None:
        """Takes over what a chunk of another import did, which is undone where this one said the same."""
        if entry:
            self._write(f"{_INHERITED + chunk % _INHERITED:06d}-{import_id}-{chunk:06d}", entry)

    def _write(self, name: str, entry: Entry) -> None:
        document = {
            "schools": entry.schools,
            "identities": [_identity_row(one, known) for one, known in entry.identities.items()],
            "matches": entry.matches,
            "problems": [asdict(one) for one in entry.problems.values()],
        }
        body = gzip.compress(json.dumps(document, ensure_ascii=False).encode(), compresslevel=5)
        self._files.put_bytes(f"{self._prefix}{name}.json.gz", body, "application/gzip")

    def chunks(self) -> list[int]:
        """The chunks that did anything, in order."""
        return sorted({int(name.removeprefix(self._prefix)[:6]) for name in self._files.names(self._prefix)})

    def read(self, chunk: int) -> Entry:
        """All that was meant to be done in a chunk, by whichever attempt; the first word on what was before holds."""
        entry = Entry()
        for name in self._files.names(f"{self._prefix}{chunk:06d}-"):
            document = json.loads(gzip.decompress(self._files.get_bytes(name)))
            entry.schools = {**document["schools"], **entry.schools}
            for row in document["identities"]:
                entry.identities.setdefault(*_identity_of(row))
            entry.matches = list(dict.fromkeys((*entry.matches, *document["matches"])))
            for one in document["problems"]:
                entry.remark(RowProblem(**one))
        return entry

    def problems(self, chunks: int) -> list[RowProblem]:
        """The problems that the first chunks found by comparing with the directory."""
        found: dict[int, RowProblem] = {}
        for name in self._files.names(self._prefix):
            if int(name.removeprefix(self._prefix)[:6]) < chunks:
                document = json.loads(gzip.decompress(self._files.get_bytes(name)))
                found |= {one["row"]: RowProblem(**one) for one in document["problems"]}
        return list(found.values())


def _identity_row(identity: Identity, known: Known | None) -> list[Any]:
    if known is None:
        return [*identity, None]
    return [*identity, [known.organization_id, known.said and list(known.said), known.match_id]]


def _identity_of(row: list[Any]) -> tuple[Identity, Known | None]:
    scheme, value, known = row
    if known is None:
        return Identity(scheme, value), None
    organization_id, said, match_id = known
    return Identity(scheme, value), Known(organization_id, Said(*said) if said else None, match_id)
