"""What lists say of one school, word by word: what ``provenance`` keeps, with the values beside it.

Of each field one word holds: that of the latest list, and of several of a date the last that came. The others stand by,
one for each source, and one of them holds when the holder is taken back. Fields that people entered or changed are
theirs: no word holds there.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from chalicelib.organizations import provenance, told
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.provenance import Claim, Provenance, Telling, Told

FROM_LISTS: Final = (Status.UNCLAIMED, Status.CLOSED)
"""The statuses of a school that nobody speaks for."""
OF_A_PLACE: Final = ("street", "point")
"""Fields that say something of the ZIP code alone that they were told with."""
WITH_VALUES: Final = ("place", *(name for name in provenance.FIELDS if name not in ("place", "programs")))
"""Fields whose words have values, the place first, since others depend on it."""
PROGRAMS: Final = "programs"


class Word(NamedTuple):
    """What a list said of a field. Of programs the value is left out: each source has its own."""

    by: Telling
    value: Any = None


class Words:
    """The words on one school. ``held`` has the word that holds, ``others`` those that stand by, oldest first.

    ``own`` are the fields that people entered or changed.
    """

    def __init__(self, organization: Organization) -> None:
        said = provenance.read(organization.provenance)
        self._said = said
        self.own = frozenset(name for name in provenance.FIELDS if _is_own(organization, said, name))
        self.held = {
            name: Word(entry.by, told.value(organization, name))
            for name, entry in said.fields.items()
            if name not in self.own
        }
        self.others = {
            name: [Word(by, _read(name, value, self.held.get(name))) for by, value in claims]
            for name, claims in said.claims.items()
            if name not in self.own
        }
        self._claims_on_own = {name: claims for name, claims in said.claims.items() if name in self.own}
        self.programs = dict(said.programs)
        self.absent = dict(said.absent)

    def of(self, name: str, source: str) -> Word | None:
        """What a source said of a field."""
        held = self.held.get(name)
        if held is not None and held.by.source == source:
            return held
        return next((one for one in self.others.get(name, ()) if one.by.source == source), None)

    def all(self) -> Iterable[Word]:
        """Every word on fields that are not people's."""
        yield from self.held.values()
        for words in self.others.values():
            yield from words

    def hold(self, name: str, word: Word | None, others: Iterable[Word]) -> None:
        """Has a word hold, or none, and others stand by."""
        if word is None:
            self.held.pop(name, None)
        else:
            self.held[name] = word
        self.others[name] = list(others)

    def drop(self, name: str, source: str) -> None:
        """Forgets what a source said of a field."""
        held = self.held.get(name)
        others = [one for one in self.others.get(name, ()) if one.by.source != source]
        self.hold(name, None if held is not None and held.by.source == source else held, others)

    def disown(self, name: str) -> None:
        """Forgets that people said something of a field: of another place it says nothing."""
        self.own -= {name}
        self._claims_on_own.pop(name, None)

    def drop_on_own(self, import_id: str) -> None:
        """Drops what an import said of fields that are people's by now."""
        self._claims_on_own = {
            name: tuple(one for one in claims if one.by.import_id != import_id)
            for name, claims in self._claims_on_own.items()
        }

    def tellings(self, after: Callable[[Telling], Telling]) -> None:
        """Has what was told by one be told by another."""
        self.held = {name: Word(after(by), value) for name, (by, value) in self.held.items()}
        self.others = {
            name: [Word(after(by), value) for by, value in words] for name, words in self.others.items()
        }

    def choose(self, name: str, zip_code: str, dated: Callable[[Word], str]) -> None:
        """Has the latest word hold that fits the place, where none holds that does."""
        held = self.held.get(name)
        others = self.others.get(name, [])
        if held is not None and self.fits(held.by.source, zip_code):
            return
        best = later((one for one in others if self.fits(one.by.source, zip_code)), dated)
        rest = [one for one in others if one is not best]
        self.hold(name, best, rest if held is None else [*rest, held])

    def fits(self, source: str, zip_code: str) -> bool:
        """Whether what a source says of a place is said of the one with this ZIP code."""
        place = None if "place" in self.own else self.of("place", source)
        return place is None or place.value[1] == zip_code

    def provenance(self) -> Provenance:
        """What is to be kept, with the words as they are now."""
        fields = {name: entry for name, entry in self._said.fields.items() if name in self.own}
        fields |= {name: Told(by, digest(name, value)) for name, (by, value) in self.held.items()}
        claims = {name: claims for name, claims in self._claims_on_own.items() if claims}
        for name, words in self.others.items():
            if words:
                held = self.held.get(name)
                claims[name] = tuple(Claim(by, _kept(name, value, held)) for by, value in words)
        # In an order of their own, so that the same words are the same text.
        return Provenance(
            {name: fields[name] for name in provenance.FIELDS if name in fields},
            self.programs,
            self.absent,
            {name: claims[name] for name in provenance.FIELDS if name in claims},
        )


def settled(words: Words, organization: Organization, dated: Callable[["Word"], str]) -> dict[str, Any]:
    """The fields that are another than they are in the organization, programs aside, now that the words are these.

    What is said of a place goes with the place: a word on a street of another ZIP code does not hold.
    """
    zip_code = organization.address.zip
    place = words.held.get("place")
    moved = place is not None and place.value[1] != zip_code
    if place is not None and moved:
        zip_code = place.value[1]
    for name in OF_A_PLACE:
        if moved:
            words.disown(name)
        if name not in words.own:
            words.choose(name, zip_code, dated)
    listed = provenance.read(organization.provenance).fields
    new: dict[str, Any] = {}
    for name in WITH_VALUES:
        if name in words.own:
            continue
        held = words.held.get(name)
        if held is None:
            if name in listed or (moved and name in OF_A_PLACE):
                new[name] = Status.UNCLAIMED if name == "status" else None
        elif held.value != told.value(organization, name) or (moved and name in OF_A_PLACE):
            new[name] = held.value
    return new


def later(words: Iterable[Word], dated: Callable[[Word], str]) -> Word | None:
    """The word that holds among some, the oldest of which comes first."""
    best: Word | None = None
    for one in words:
        if best is None or dated(one) >= dated(best):
            best = one
    return best


def dated_by(confirmed: Mapping[str, str], absent: Mapping[str, Telling]) -> Callable[[Word], str]:
    """How late a word is: of the list's date, or of the latest whole list of its source, which said it again."""

    def dated(word: Word) -> str:
        source = word.by.source
        return word.by.date if source in absent else max(word.by.date, confirmed.get(source, ""))

    return dated


def digest(name: str, value: Any) -> str:
    """The digest of a field's value."""
    return provenance.digest_of(told.text(name, value))


def _is_own(organization: Organization, said: Provenance, name: str) -> bool:
    """Whether people said what a field is: not as a list told it, or told by none and not empty."""
    entry, value = said.fields.get(name), told.value(organization, name)
    if name == "status" and organization.status not in FROM_LISTS:
        return True
    if entry is not None:
        return entry.digest != digest(name, value)
    if name == "point":
        return not told.is_of_zip(organization)
    return name != "status" and value not in (None, "", ())


def _read(name: str, value: Any, held: Word | None) -> Any:
    if value is None:
        return None if held is None else held.value
    if name == "status":
        return Status(value)
    return tuple(value) if isinstance(value, list) else value


def _kept(name: str, value: Any, held: Word | None) -> Any:
    if name == PROGRAMS or (held is not None and held.value == value):
        return None
    return list(value) if isinstance(value, tuple) else str(value)
