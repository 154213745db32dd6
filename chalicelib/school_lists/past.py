"""What was before an import, without other imports that were undone meanwhile.

A journal tells what its import found. Where that was the word of an import of the same source that is undone by now,
what was before that one counts, and so on: its journal is still there.
"""

from functools import lru_cache
from typing import Final

from chalicelib.errors import NotFound
from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import Organization, TakenBack
from chalicelib.school_lists.file_store import Files
from chalicelib.school_lists.identity import Identity
from chalicelib.school_lists.identity_store import Known
from chalicelib.school_lists.imports import ImportStatus
from chalicelib.school_lists.journal import Entry, Journal
from chalicelib.school_lists.store import ImportStore

_CHUNKS_KEPT: Final = 4


class Past:
    """The past of what an import of a source found."""

    def __init__(self, imports: ImportStore, files: Files, source: str) -> None:
        self._imports = imports
        self._source = source
        self._journals: dict[str, _Index] = {}
        self._files = files
        self.undone = lru_cache(maxsize=1024)(self._undone)

    def school(self, document: str | None) -> Organization | None:
        """A school as it was; None where it was not there."""
        school = None if document is None else Organization.model_validate_json(document)
        seen: set[str] = set()
        while school is not None:
            tellings = organizations.read_provenance(school.provenance).tellings()
            gone = next(
                (
                    by.import_id
                    for by in sorted(tellings, reverse=True)
                    if by.source == self._source and by.import_id not in seen and self.undone(by.import_id)
                ),
                None,
            )
            if gone is None:
                return school
            seen.add(gone)
            there, before = self._journal(gone).school(school.id)
            if there:
                back = TakenBack(gone, self._source)
                school = organizations.without_import(school, self.school(before), back, school.updated_at)
        return None

    def known(self, identity: Identity, known: Known | None) -> Known | None:
        """What was known under an identity."""
        while known is not None and known.said is not None and self.undone(known.said.import_id):
            there, before = self._journal(known.said.import_id).known(identity)
            if not there:
                break
            known = before
        return known

    def _journal(self, import_id: str) -> "_Index":
        if import_id not in self._journals:
            self._journals[import_id] = _Index(Journal(self._files, import_id))
        return self._journals[import_id]

    def _undone(self, import_id: str) -> bool:
        try:
            return self._imports.get(import_id).status is ImportStatus.UNDONE
        except NotFound:
            # A decision on a row stands under the row's own id.
            return False


class _Index:
    """Where a journal has what. Few chunks are kept: those who ask go through the same schools in the same order."""

    def __init__(self, journal: Journal) -> None:
        self._chunk = lru_cache(maxsize=_CHUNKS_KEPT)(journal.read)
        self._schools: dict[str, int] = {}
        self._identities: dict[Identity, int] = {}
        for chunk in journal.chunks():
            entry: Entry = self._chunk(chunk)
            for school_id in entry.schools:
                self._schools.setdefault(school_id, chunk)
            for identity in entry.identities:
                self._identities.setdefault(identity, chunk)

    def school(self, school_id: str) -> tuple[bool, str | None]:
        """Whether the import changed a school, and what it was before."""
        chunk = self._schools.get(school_id)
        return (False, None) if chunk is None else (True, self._chunk(chunk).schools[school_id])

    def known(self, identity: Identity) -> tuple[bool, Known | None]:
        """Whether the import changed what is known under an identity, and what that was before."""
        chunk = self._identities.get(identity)
        return (False, None) if chunk is None else (True, self._chunk(chunk).identities[identity])
