"""Which school a row is about, and whether it says the same as before.

A row is known by the first of these that it has: NCES id, IPEDS unit id, the list's own number of the school, OPE id
with ZIP code (one OPE id can cover several campuses), and else by its name in a ZIP code. What else it has leads to the
school as well, the first time that the list names it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import repeat
from typing import Any, Final, NamedTuple

from chalicelib.school_lists.cleaning import Unreadable
from chalicelib.school_lists.models import ProgramsRecord, Record

_MOST_NAME: Final = 160
_DIGEST_VERSION: Final = "3"
_NO_TEXTS: Final = frozenset(("latitude", "longitude", "closed", "programs"))
_HIGHEST_SHORT_OPE_ID: Final = 49999
_OPE_OF_LOCATION: Final = re.compile(r"\d{6}[A-Z]\d", re.ASCII)
_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")
_SHORT: Final = {
    "saint": "st",
    "and": "",
    "the": "",
    "of": "",
    "at": "",
    "high": "hs",
    "school": "",
    "mount": "mt",
    "fort": "ft",
}


class Identity(NamedTuple):
    """An identifier of a scheme: ``nces``, ``ipeds``, ``ope``, ``name``, or the source whose own number it is."""

    scheme: str
    value: str


def identity_of(record: Record, source: str) -> Identity | None:
    """The surest identifier of a row's school; None where a row of programs has none."""
    if record.nces_id is not None:
        return Identity("nces", record.nces_id)
    if record.ipeds_unit_id is not None:
        return Identity("ipeds", record.ipeds_unit_id)
    if isinstance(record, ProgramsRecord):
        return None
    if record.source_id is not None:
        return Identity(f"list.{source}", record.source_id[:_MOST_NAME])
    if record.ope_id is not None:
        return Identity("ope", f"{record.ope_id}-{record.zip}")
    return Identity("name", f"{record.zip}-{name_key(record.name)}")


def other_identities(record: Record, surest: Identity) -> list[Identity]:
    """The identifiers of a row beside its surest that name one school alone."""
    others = []
    if record.nces_id is not None:
        others.append(Identity("nces", record.nces_id))
    if record.ipeds_unit_id is not None:
        others.append(Identity("ipeds", record.ipeds_unit_id))
    return [one for one in others if one != surest]


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """A name as it is compared: without case, punctuation and words that some lists write and others do not."""
    text = folded(name)
    words = _PUNCTUATION.sub(" ", text).split()
    return (
        " ".join(filter(None, (_SHORT.get(word, word) for word in words)))[:_MOST_NAME]
        or text.strip()[:_MOST_NAME]
    )


def folded(text: str) -> str:
    """A text without case, accents and apostrophes, and with ``and`` for ``&``."""
    plain = text.casefold().replace("&", " and ").replace("'", "").replace("\u2019", "")
    return _without_accents(plain)


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def digests_of(records: Sequence[Record]) -> list[str]:
    """A digest of all that each row of a list says: equal for equal rows, in every process and on every machine."""
    if not records:
        return []
    columns = map(_texts, records[0]._fields, zip(*records, strict=True))
    said = map("\t".join, zip(repeat(_DIGEST_VERSION), *columns, strict=False))
    return [blake2b(text.encode(), digest_size=12).hexdigest() for text in said]


def _texts(field: str, values: Sequence[Any]) -> Iterable[str]:
    """A field of records as texts. Those that are texts are of one line and never blank: blank stands for None."""
    if values.count(values[0]) == len(values):
        # What a list does not say, it says of no school: worked out once.
        return repeat(repr(values[0]) if field in _NO_TEXTS else values[0] or "", len(values))
    if field in _NO_TEXTS:
        return map(repr, values)
    return [value or "" for value in values] if None in values else values


def nces_id(text: str) -> str:
    """Twelve digits for a public school (district and school; a lost first zero is mended), eight for a private one."""
    if text.isascii() and text.isdecimal() and len(text) in (11, 12):
        return text.zfill(12)
    if text.isascii() and text.isalnum() and len(text) == 8:
        return text
    raise Unreadable(
        "it is no NCES school id",
        "Write the 12 digits of a public school or the 8 characters of a private one.",
    )


def ipeds_unit_id(text: str) -> str:
    """The six digits of an institution in IPEDS."""
    if text.isascii() and text.isdecimal() and len(text) == 6:
        return text
    raise Unreadable("it is no IPEDS unit id", "Write its six digits, such as 145637.")


def ope_id(text: str) -> str:
    """The eight digits of an OPE id, from eight, or from the six of the institution alone, with lost zeros mended.

    Institutions are numbered up to some 43,000: a larger number of up to six digits is an eight-digit id
    without zeros. Additional locations can have a letter: ``020988D3``.
    """
    if _OPE_OF_LOCATION.fullmatch(text.upper()):
        return text.upper()
    if not (text.isascii() and text.isdecimal() and 3 <= len(text) <= 8):
        raise Unreadable("it is no OPE id", "Write its eight digits, such as 00167200.")
    if len(text) <= 6 and int(text) <= _HIGHEST_SHORT_OPE_ID:
        return f"{text.zfill(6)}00"
    return text.zfill(8)
