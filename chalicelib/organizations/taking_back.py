"""Schools after an import is taken back: as if it had never been, as far as what others said can tell.

Of each field the import's word goes, and what its source said before comes back. Where the word held, the latest of
those that stood by holds, or what people had entered, or nothing. A school that nobody says anything of any more is
removed; one that stays, though nobody says its name and place, keeps them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from chalicelib.organizations import provenance, told
from chalicelib.organizations.imports import OPEN_TO_LISTS, next_of
from chalicelib.organizations.models import Organization
from chalicelib.organizations.programs import Program
from chalicelib.organizations.provenance import Telling
from chalicelib.organizations.words import (
    FROM_LISTS,
    OF_A_PLACE,
    PROGRAMS,
    WITH_VALUES,
    Word,
    Words,
    dated_by,
    later,
    settled,
)

_NEVER_EMPTY: Final = ("name", "place")
_FOLLOWING: Final = frozenset({"point"})
"""Coordinates follow from the ZIP code, and no more do when the gazetteer is renewed."""


class TakenBack(NamedTuple):
    """An import that is taken back, its source, and by source until when whole lists confirm it without that import."""

    import_id: str
    source: str
    confirmed: Mapping[str, str] = {}


def without_import(
    organization: Organization,
    before: Organization | None,
    back: TakenBack,
    now: datetime,
    *,
    stays: bool = False,
) -> Organization | None:
    """A school without what an import said; None where it is to be removed. The very same where nothing changes.

    ``before`` is the school as it was before the import, None where the import made it. ``stays``: others hold to the
    school though they say nothing of it.
    """
    if organization.status not in OPEN_TO_LISTS:
        return organization
    words = Words(organization)
    then = None if before is None else Words(before)
    people = organization.status not in FROM_LISTS or bool(words.own - _FOLLOWING)
    left = _anything_left(words, then, back)
    taking = _Taking(organization, before, words, then, back, keeps=then is None and (people or not left))
    new: dict[str, Any] = {}
    # Where it had been before already, it only marked the school: its words go with the change that brought them.
    if then is None or not any(_is_of(one, back) for one in then.all()):
        if not (left or people or stays):
            return None
        new = taking.fields() | taking.programs()
    taking.absence()
    after = words.provenance()
    if not new and after == provenance.read(organization.provenance):
        return organization
    return next_of(organization, told.changes_of(new, organization), after, now)


def said_by_another(organization: Organization, import_id: str, heir: Telling, now: datetime) -> Organization:
    """A school of which an import's words are those of another import of its source, which said the same."""
    words = Words(organization)
    words.tellings(lambda by: heir if by.import_id == import_id else by)
    after = words.provenance()
    if organization.status not in OPEN_TO_LISTS or after == provenance.read(organization.provenance):
        return organization
    return next_of(organization, {}, after, now)


def _is_of(word: Word, back: TakenBack) -> bool:
    return word.by.import_id == back.import_id


def _anything_left(words: Words, then: Words | None, back: TakenBack) -> bool:
    """Whether anybody else says anything of the school, or its source did before."""
    return any(not _is_of(one, back) for one in words.all()) or (
        then is not None and any(one.by.source == back.source for one in then.all())
    )


class _Taking(NamedTuple):
    """``keeps``: the school is the import's own, and stays for those who hold to it, with what nobody else says."""

    organization: Organization
    before: Organization | None
    words: Words
    then: Words | None
    back: TakenBack
    keeps: bool

    def fields(self) -> dict[str, Any]:
        """Takes words back, and gives the fields that are another then; programs aside."""
        dated = dated_by(self.back.confirmed, self.words.absent)
        entered: dict[str, Any] = {}
        self.words.drop_on_own(self.back.import_id)
        place = self.words.held.get("place")
        own_place = self.words.of("place", self.back.source)
        moved = own_place is not None and _is_of(own_place, self.back)
        for name in WITH_VALUES:
            held, others = self.words.held.get(name), self.words.others.get(name, [])
            if name in self.words.own:
                continue
            known = [*others, *([] if held is None else [held])]
            rest = self._with_earlier(name, [one for one in known if not _is_of(one, self.back)])
            # With another place the source took back what it had said of the one before.
            said_again = moved and name in OF_A_PLACE and len(rest) > len(known)
            if len(rest) == len(known) and rest == known:
                continue
            if held is not None and not _is_of(held, self.back) and not said_again:
                self.words.hold(name, held, [one for one in rest if one is not held])
                continue
            if name == "place":
                place = later(rest, dated) or held
            fitting = [
                one
                for one in rest
                if name not in OF_A_PLACE or place is None or self.words.fits(one.by.source, place.value[1])
            ]
            best = later(fitting, dated)
            if best is None and self.then is not None and self.before is not None and name in self.then.own:
                entered[name] = told.value(self.before, name)
            elif best is None and (name in _NEVER_EMPTY or self.keeps):
                best = held
            self.words.hold(name, best, [one for one in rest if one is not best])
        return settled(self.words, self.organization, dated) | entered

    def _with_earlier(self, name: str, rest: list[Word]) -> list[Word]:
        """The words of others, with what the source itself said before, after those that were there then."""
        earlier = None if self.then is None else self.then.of(name, self.back.source)
        if self.then is None or earlier is None or any(one.by.source == self.back.source for one in rest):
            return rest
        if self.words.of(name, self.back.source) is None and name not in OF_A_PLACE:
            return rest
        known = {one.by for one in self.then.others.get(name, ())}
        place = max((at for at, one in enumerate(rest, 1) if one.by in known), default=0)
        return [*rest[:place], earlier, *rest[place:]]

    def programs(self) -> dict[str, Any]:
        """Takes the programs back that the source named, and gives those that are left where they are others."""
        words, source = self.words, self.back.source
        mine = words.of(PROGRAMS, source)
        if PROGRAMS in words.own or mine is None or not _is_of(mine, self.back):
            return {}
        earlier = None if self.then is None else self.then.of(PROGRAMS, source)
        others = [one for one in words.others.get(PROGRAMS, ()) if one is not mine]
        held = words.held.get(PROGRAMS)
        if self.keeps and not others and (held is None or held is mine):
            return {}
        was = self.then.programs.get(source, ()) if self.then is not None and earlier is not None else ()
        now = words.programs.pop(source, ())
        if was:
            words.programs[source] = was
        named = {key for keys in words.programs.values() for key in keys}
        known = {told.program_key(one): one for one in self.before.programs} if self.before else {}
        kept: dict[str, Program] = {}
        for one in self.organization.programs:
            key = told.program_key(one)
            if key in named or key not in now:
                # Nobody said more of it since, unless others named programs after the import.
                kept[key] = known.get(key, one) if held is mine else one
        kept |= {key: known[key] for key in was if key in known and key not in kept}
        programs = tuple(kept.values())[: told.MOST_PROGRAMS]
        self._hold_programs(mine, earlier, others, programs)
        return {} if programs == self.organization.programs else {PROGRAMS: programs}

    def _hold_programs(
        self, mine: Word, earlier: Word | None, others: list[Word], programs: tuple[Program, ...]
    ) -> None:
        rest = [*([] if earlier is None else [earlier]), *others]
        held = self.words.held.get(PROGRAMS)
        if held is mine or held is None:
            held = later(rest, lambda one: one.by.date)
        self.words.hold(
            PROGRAMS,
            None if held is None else Word(held.by, programs),
            [one for one in rest if held is None or one.by != held.by],
        )

    def absence(self) -> None:
        """Takes marks back, and puts those on again that the import took off."""
        absent, source = self.words.absent, self.back.source
        mark = absent.get(source)
        if mark is not None and mark.import_id != self.back.import_id:
            return
        absent.pop(source, None)
        if self.then is not None and source in self.then.absent:
            absent[source] = self.then.absent[source]


def same_school(one: Organization, other: Organization) -> bool:
    """Whether two versions of a school differ in nothing but who said it."""
    written = {"provenance": None, "version": 0, "updated_at": other.updated_at}
    return one.model_copy(update=written) == other.model_copy(update=written)


def held_by_people(organization: Organization) -> bool:
    """Whether people speak for a school, or said something of it themselves."""
    return organization.status not in FROM_LISTS or bool(Words(organization).own - _FOLLOWING)
