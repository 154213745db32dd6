"""Which list said what of a school, field by field: what decides whether another list may say otherwise.

With each field that a list filled goes who told it and a digest of the value. A value that no longer has this digest
was changed by people, and people win. So nobody who changes an organization has to know of lists. What further lists
say of the same field is kept as well, as claims, so that any of them can be taken back and the others stand.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple
from zlib import crc32

FIELDS: Final = (
    "name",
    "street",
    "place",
    "point",
    "phone",
    "website",
    "status",
    "programs",
    "ipeds_unit_id",
    "nces_id",
    "ope_id",
)
"""What lists tell. ``place`` is city and ZIP code, ``point`` the coordinates."""


class Telling(NamedTuple):
    """Who tells: the list's source, the date it is of (ISO 8601), and the import that brought it."""

    source: str
    date: str
    import_id: str


class Told(NamedTuple):
    """By whom a field's value was told, and the digest of the value."""

    by: Telling
    digest: str


class Claim(NamedTuple):
    """What a list says of a field that another one told: None where it says the same, else its own value.

    The value is as JSON has it: a text, or a list of two for ``place`` and ``point``. Of programs it is always None:
    what each list named is in ``Provenance.programs``.
    """

    by: Telling
    value: Any = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What lists said of one school.

    ``programs`` holds, by source, the programs that it named, as ``47.0604 postsecondary``. ``absent`` holds the
    sources whose latest whole list lacks the school, with the telling of that list. ``claims`` holds, by field, what
    others say of it than the one that ``fields`` names: one claim a source, in the order in which they came.
    """

    fields: Mapping[str, Told] = field(default_factory=dict)
    programs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    absent: Mapping[str, Telling] = field(default_factory=dict)
    claims: Mapping[str, tuple[Claim, ...]] = field(default_factory=dict)

    def tellings(self) -> frozenset[Telling]:
        """Those who told a field, or claim one."""
        return frozenset(told.by for told in self.fields.values()) | frozenset(
            one.by for claims in self.claims.values() for one in claims
        )

    def with_absence(self, source: str, telling: Telling | None) -> "Provenance":
        """With a source's latest whole list lacking the school, or having it again."""
        rest = {name: one for name, one in self.absent.items() if name != source}
        return replace(self, absent=rest if telling is None else {**rest, source: telling})

    def text(self) -> str:
        """As it is kept: each telling once, since most fields of a school come from one list."""
        tellings: dict[Telling, int] = {}
        fields = {
            name: [tellings.setdefault(told.by, len(tellings)), told.digest]
            for name, told in self.fields.items()
        }
        absent = {name: tellings.setdefault(by, len(tellings)) for name, by in self.absent.items()}
        claims = {
            name: [
                [tellings.setdefault(by, len(tellings)), *([] if value is None else [value])]
                for by, value in some
            ]
            for name, some in self.claims.items()
            if some
        }
        document: dict[str, Any] = {"by": [list(one) for one in tellings], "fields": fields}
        if self.programs:
            document["programs"] = self.programs
        if absent:
            document["absent"] = absent
        if claims:
            document["claims"] = claims
        return json.dumps(document, separators=(",", ":"))


NOTHING: Final = Provenance()


def read(text: str | None) -> Provenance:
    """The provenance that ``Provenance.text`` wrote; of nothing, that no list said anything."""
    if not text:
        return NOTHING
    document = json.loads(text)
    by = [Telling(*one) for one in document["by"]]
    return Provenance(
        {name: Told(by[number], digest) for name, (number, digest) in document["fields"].items()},
        {source: tuple(programs) for source, programs in document.get("programs", {}).items()},
        {source: by[number] for source, number in document.get("absent", {}).items()},
        {
            name: tuple(Claim(by[number], *value) for number, *value in claims)
            for name, claims in document.get("claims", {}).items()
        },
    )


def digest_of(value: str) -> str:
    """The digest of a value's text: enough to see that it was changed."""
    return f"{crc32(value.encode()):08x}"
