"""Schools from lists: what a list may say of a school, and what it may not say otherwise any more.

The rules, field by field: what people entered or changed stays; a list does not replace what a list of a later date
said; what a list does not say stays. The status is the lists' until somebody speaks for the school. The writes go into
the importer's own transactions, together with what it remembers of the school's identity.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.organizations import provenance, told
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.programs import Program
from chalicelib.organizations.provenance import Provenance, Telling, Told
from chalicelib.organizations.store import changed_put, removal
from chalicelib.organizations.told import ImportedSchool
from chalicelib.organizations.words import (
    FROM_LISTS,
    OF_A_PLACE,
    PROGRAMS,
    WITH_VALUES,
    Word,
    Words,
    dated_by,
    digest,
    settled,
)
from chalicelib.table.expressions import Delete, Put
from chalicelib.values import Kind

OPEN_TO_LISTS: Final = (*FROM_LISTS, Status.PENDING, Status.VERIFIED)
"""The statuses in which a list may tell of a school. A suspended one stays as it is."""


class Changed(NamedTuple):
    """A school after a list told of it: the very same where there is nothing to write.

    ``withheld``: something did not win. ``told``: something is another than before, and not only who says it.
    """

    organization: Organization
    withheld: bool
    told: bool


def new_school(record: ImportedSchool, organization_id: str, telling: Telling, now: datetime) -> Organization:
    """The organization that a school of a list becomes: unclaimed, or closed.

    Raises ``InvalidInput`` where the ZIP code is unknown.
    """
    values = told.values_of(record)
    fields = {name: Told(telling, digest(name, value)) for name, value in values.items()}
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

    ``confirmed`` says of sources up to which date whole lists of them have said the same as before. Where a list says
    what is known, that it says so is noted, so that the school stays when the other list is taken back; of a school
    that somebody speaks for only together with something new. Raises ``InvalidInput`` where the ZIP code is unknown.
    """
    if organization.status not in OPEN_TO_LISTS:
        return Changed(organization, withheld=True, told=False)
    words = Words(organization)
    was_absent = words.absent.pop(telling.source, None) is not None
    said = told.values_of(record)
    new = _tell_all(words, organization, said, telling, confirmed or {})
    withheld = any(
        value != (new[name] if name in new else told.value(organization, name))
        for name, value in said.items()
        if name != PROGRAMS
    )
    if record.programs:
        programs, lost = _programs(organization, record, telling, words)
        withheld = withheld or lost
        if programs != organization.programs:
            new["programs"] = programs
    after = words.provenance()
    if not new and not was_absent:
        noted = organization.status in FROM_LISTS and after != provenance.read(organization.provenance)
        if not noted:
            return Changed(organization, withheld, told=False)
    changes = told.changes_of(new, organization)
    return Changed(next_of(organization, changes, after, now), withheld, told=bool(new) or was_absent)


def absent_school(organization: Organization, telling: Telling, now: datetime) -> Organization:
    """A school that the latest whole list of a source lacks: marked, nothing else; the very same if it was before."""
    before = provenance.read(organization.provenance)
    if telling.source in before.absent:
        return organization
    return next_of(organization, {}, before.with_absence(telling.source, telling), now)


def present_school(organization: Organization, source: str, now: datetime) -> Organization:
    """A school that a source lists again. The very same if it was not marked as absent."""
    before = provenance.read(organization.provenance)
    if source not in before.absent:
        return organization
    return next_of(organization, {}, before.with_absence(source, None), now)


def own_fields(organization: Organization) -> frozenset[str]:
    """The fields that lists told once and people have changed since."""
    said = provenance.read(organization.provenance)
    return frozenset(
        name
        for name, entry in said.fields.items()
        if entry.digest != digest(name, told.value(organization, name))
    )


def changed_school_write(organization: Organization, expected_version: int) -> Put:
    """The write of a changed school. Its condition fails where it changed or was suspended meanwhile."""
    return changed_put(organization, expected_version, OPEN_TO_LISTS)


def removed_school_write(organization: Organization) -> Delete:
    """The write that removes a school that only lists know of. It fails where it changed meanwhile or was claimed."""
    return removal(organization.id, organization.version, FROM_LISTS)


def _tell_all(
    words: Words,
    organization: Organization,
    said: Mapping[str, Any],
    telling: Telling,
    confirmed: Mapping[str, str],
) -> dict[str, Any]:
    """Notes what a list says, programs aside, and gives the fields that are another than before."""
    dated = dated_by(confirmed, words.absent)
    if "place" in said:
        earlier = words.of("place", telling.source)
        if earlier is not None and earlier.value[1] != said["place"][1] and telling.date >= earlier.by.date:
            for name in OF_A_PLACE:
                words.drop(name, earlier.by.source)
    for name in WITH_VALUES:
        if name in said and name not in words.own:
            _tell(words, name, Word(telling, said[name]), dated)
    return settled(words, organization, dated)


def _tell(words: Words, name: str, word: Word, dated: Callable[[Word], str]) -> None:
    earlier = words.of(name, word.by.source)
    if earlier is not None and word.by.date < earlier.by.date:
        return
    held = words.held.get(name)
    others = [one for one in words.others.get(name, ()) if one.by.source != word.by.source]
    if held is None or held is earlier:
        words.hold(name, word, others)
        return
    # Whoever says the same makes it as late as his own list is.
    late = max(dated(one) for one in (held, *others) if one.value == held.value)
    if word.by.date < late:
        words.hold(name, held, [*others, word])
    else:
        words.hold(name, word, [*others, held])


def _programs(
    organization: Organization, record: ImportedSchool, telling: Telling, words: Words
) -> tuple[tuple[Program, ...], bool]:
    """The programs after a list named some, without those that it alone named before; and whether it was not heard."""
    earlier = words.of(PROGRAMS, telling.source)
    if PROGRAMS in words.own or (earlier is not None and telling.date < earlier.by.date):
        return organization.programs, True
    held = words.held.get(PROGRAMS)
    older = held is not None and held is not earlier and telling.date < held.by.date
    named = {told.program_key(one): one for one in record.programs}
    before = words.programs.get(telling.source, ())
    of_others = {key for source, keys in words.programs.items() if source != telling.source for key in keys}
    merged = {
        key: one
        for one in organization.programs
        if (key := told.program_key(one)) in of_others or key in named or key not in before
    }
    for key, one in named.items():
        known = merged.get(key)
        merged[key] = one if known is None else told.program_after(known, one, newer=not older)
    programs = tuple(merged.values())[: told.MOST_PROGRAMS]
    words.programs[telling.source] = tuple(sorted(named))
    others = [one for one in words.others.get(PROGRAMS, ()) if one.by.source != telling.source]
    if older and held is not None:
        words.hold(PROGRAMS, Word(held.by, programs), [*others, Word(telling)])
    else:
        stands_by = [] if held is None or held is earlier else [held]
        words.hold(PROGRAMS, Word(telling, programs), [*others, *stands_by])
    return programs, False


def next_of(
    organization: Organization, changes: Mapping[str, Any], said: Provenance, now: datetime
) -> Organization:
    """The next version of an organization."""
    return organization.model_copy(
        update={
            **changes,
            "provenance": said.text(),
            "version": organization.version + 1,
            "updated_at": now,
        }
    )
