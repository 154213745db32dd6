"""Schools from lists: what a list may say of a school, and what it may not say otherwise any more.

The rules, field by field: what people entered or changed stays; a list does not replace what a list of a later date
said; what a list does not say stays. The status is the lists' until somebody speaks for the school. The writes go into
the importer's own transactions, together with what it remembers of the school's identity.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.organizations import provenance, told
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.provenance import Provenance, Telling, Told
from chalicelib.organizations.store import changed_put, removal
from chalicelib.organizations.told import ImportedSchool
from chalicelib.table.expressions import Delete, Put
from chalicelib.values import Kind

FROM_LISTS: Final = (Status.UNCLAIMED, Status.CLOSED)
"""The statuses of a school that nobody speaks for."""
OPEN_TO_LISTS: Final = (*FROM_LISTS, Status.PENDING, Status.VERIFIED)
"""The statuses in which a list may tell of a school. A suspended one stays as it is."""


class Changed(NamedTuple):
    """A school after a list told of it: the very same where nothing is new. ``withheld``: something did not win."""

    organization: Organization
    withheld: bool


def new_school(record: ImportedSchool, organization_id: str, telling: Telling, now: datetime) -> Organization:
    """The organization that a school of a list becomes: unclaimed, or closed.

    Raises ``InvalidInput`` where the ZIP code is unknown.
    """
    values = told.values_of(record)
    fields = {name: Told(telling, _digest(name, value)) for name, value in values.items()}
    named = {telling.source: tuple(map(told.program_key, record.programs))} if record.programs else {}
    return Organization(
        id=organization_id,
        kind=Kind.SCHOOL,
        version=1,
        created_at=now,
        updated_at=now,
        provenance=Provenance(fields, named).text(),
        **{"status": Status.UNCLAIMED, "programs": (), "sectors": (), **told.changes_of(values, None)},
    )


def changed_school(
    organization: Organization,
    record: ImportedSchool,
    telling: Telling,
    now: datetime,
    confirmed: Mapping[str, str] | None = None,
) -> Changed:
    """A school after a list told of it.

    ``confirmed`` says of sources up to which date whole lists of them have said the same as before. Raises
    ``InvalidInput`` where the ZIP code is unknown.
    """
    if organization.status not in OPEN_TO_LISTS:
        return Changed(organization, withheld=True)
    before = provenance.read(organization.provenance)
    said = told.values_of(record)
    new: dict[str, Any] = {}
    withheld = False
    for name, value in said.items():
        if name == "programs":
            continue
        current = told.value(organization, name)
        if value == current:
            continue
        if _may_tell(organization, before, name, telling, confirmed or {}):
            new[name] = value
        else:
            withheld = True
    after = before.with_absence(telling.source, None)
    if record.programs:
        programs, after, lost = _programs(organization, record, telling, after)
        withheld = withheld or lost
        if programs != organization.programs:
            new["programs"] = programs
    if "place" in new and new["place"][1] != organization.address.zip:
        # What was said of the old place says nothing of the new one.
        new = {"street": None, "point": None, **new}
    entries = {name: Told(telling, _digest(name, value)) for name, value in new.items() if value is not None}
    after = after.with_fields(entries, gone=new.keys() - entries.keys())
    if not new and after == before:
        return Changed(organization, withheld)
    changes = told.changes_of(new, organization)
    return Changed(_next(organization, changes, after, now), withheld)


def absent_school(organization: Organization, telling: Telling, now: datetime) -> Organization:
    """A school that the latest whole list of a source lacks: marked, nothing else; the very same if it was before."""
    before = provenance.read(organization.provenance)
    if telling.source in before.absent:
        return organization
    return _next(organization, {}, before.with_absence(telling.source, telling), now)


def present_school(organization: Organization, source: str, now: datetime) -> Organization:
    """A school that a source lists again. The very same if it was not marked as absent."""
    before = provenance.read(organization.provenance)
    if source not in before.absent:
        return organization
    return _next(organization, {}, before.with_absence(source, None), now)


def restored_school(
    organization: Organization, before: Organization, import_id: str, now: datetime
) -> Organization:
    """A school as it was before an import changed it, as far as what the import said still stands there.

    What people or other lists said since stays. The very same where nothing is the import's.
    """
    now_said, then_said = provenance.read(organization.provenance), provenance.read(before.provenance)
    back: dict[str, Any] = {}
    for name, entry in now_said.fields.items():
        if entry.by.import_id != import_id or entry.digest != _digest(name, told.value(organization, name)):
            continue
        if name == "status" and organization.status not in FROM_LISTS:
            continue
        back[name] = told.value(before, name)
    restored = {name: then_said.fields[name] for name in back if name in then_said.fields}
    after = now_said.with_fields(restored, gone=back.keys() - restored.keys())
    if "programs" in back:
        after = Provenance(after.fields, then_said.programs, after.absent)
    for source, absence in now_said.absent.items():
        if absence.import_id == import_id:
            after = after.with_absence(source, then_said.absent.get(source))
    for source, absence in then_said.absent.items():
        if source not in now_said.absent and back:
            after = after.with_absence(source, absence)
    if after == now_said:
        return organization
    return _next(organization, told.changes_of(back, organization), after, now)


def only_of_import(organization: Organization, import_id: str) -> bool:
    """Whether all of a school is of one import: nobody speaks for it, and no other list or person said anything."""
    said = provenance.read(organization.provenance)
    sources = {entry.by.source for entry in said.fields.values()}
    return (
        organization.status in FROM_LISTS
        and said.programs.keys() <= sources
        and all(
            entry.by.import_id == import_id and entry.digest == _digest(name, told.value(organization, name))
            for name, entry in said.fields.items()
        )
    )


def own_fields(organization: Organization) -> frozenset[str]:
    """The fields that lists told once and people have changed since."""
    said = provenance.read(organization.provenance)
    return frozenset(
        name
        for name, entry in said.fields.items()
        if entry.digest != _digest(name, told.value(organization, name))
    )


def changed_school_write(organization: Organization, expected_version: int) -> Put:
    """The write of a changed school. Its condition fails where it changed or was suspended meanwhile."""
    return changed_put(organization, expected_version, OPEN_TO_LISTS)


def removed_school_write(organization: Organization) -> Delete:
    """The write that removes a school that only lists know of. It fails where it changed meanwhile or was claimed."""
    return removal(organization.id, organization.version, FROM_LISTS)


def _may_tell(
    organization: Organization,
    said: Provenance,
    name: str,
    telling: Telling,
    confirmed: Mapping[str, str],
) -> bool:
    """Whether a list may say otherwise of a field."""
    if name == "status" and organization.status not in FROM_LISTS:
        return False
    current = told.value(organization, name)
    entry = said.fields.get(name)
    if entry is None:
        # Nobody said it in a list: it is what people entered, unless there is nothing, or it follows from the rest.
        if name == "status":
            return True
        return current in (None, "") or (name == "point" and told.is_of_zip(organization))
    if entry.digest != _digest(name, current):
        return False
    known = entry.by.date
    if entry.by.source not in said.absent:
        known = max(known, confirmed.get(entry.by.source, ""))
    return telling.date >= known


def _programs(
    organization: Organization, record: ImportedSchool, telling: Telling, said: Provenance
) -> tuple[tuple[Any, ...], Provenance, bool]:
    """The programs after a list named some: with those that it alone named before and does not name now taken out."""
    entry = said.fields.get("programs")
    current = {told.program_key(one): one for one in organization.programs}
    if entry.digest != _digest("programs", organization.programs) if entry else current:
        return organization.programs, said, True
    named = {told.program_key(one): one for one in record.programs}
    before = said.programs.get(telling.source, ())
    older = entry is not None and telling.date < entry.by.date
    if older and before:
        return organization.programs, said, True
    others = {key for source, keys in said.programs.items() if source != telling.source for key in keys}
    merged = {key: one for key, one in current.items() if key in others or key in named or key not in before}
    for key, one in named.items():
        earlier = merged.get(key)
        merged[key] = one if earlier is None else told.program_after(earlier, one, newer=not older)
    programs = tuple(merged.values())[: told.MOST_PROGRAMS]
    by_source = {**said.programs, telling.source: tuple(sorted(named))}
    return programs, Provenance(said.fields, by_source, said.absent), False


def _next(
    organization: Organization, changes: dict[str, Any], said: Provenance, now: datetime
) -> Organization:
    return organization.model_copy(
        update={
            **changes,
            "provenance": said.text(),
            "version": organization.version + 1,
            "updated_at": now,
        }
    )


def _digest(name: str, value: Any) -> str:
    return provenance.digest_of(told.text(name, value))
