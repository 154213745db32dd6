"""Which school a row is about, and whether it says the same as before.

A school is known by the first of these that its row has: NCES id, IPEDS unit id, OPE id with ZIP code (one
OPE id can cover several campuses), and else by its name in a ZIP code.
"""

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from chalicelib.school_lists.cleaning import Unreadable
from chalicelib.school_lists.models import SchoolRecord

_MOST_NAME: Final = 160
_DIGEST_VERSION: Final = "1"
_HIGHEST_SHORT_OPE_ID: Final = 49999
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
    """An identifier of a scheme: ``nces``, ``ipeds``, ``ope`` or ``name``."""

    scheme: str
    value: str


def identity_of(record: SchoolRecord) -> Identity:
    """The surest identifier of a row's school."""
    if record.nces_id is not None:
        return Identity("nces", record.nces_id)
    if record.ipeds_unit_id is not None:
        return Identity("ipeds", record.ipeds_unit_id)
    if record.ope_id is not None:
        return Identity("ope", f"{record.ope_id}-{record.zip}")
    return Identity("name", f"{record.zip}-{name_key(record.name)}")


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """A name as it is compared: without case, punctuation and words that some lists write and others do not."""
    folded = name.casefold().replace("&", " and ").replace("'", "").replace("\u2019", "")
    words = _PUNCTUATION.sub(" ", _without_accents(folded)).split()
    return (
        " ".join(filter(None, (_SHORT.get(word, word) for word in words)))[:_MOST_NAME]
        or folded.strip()[:_MOST_NAME]
    )


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def digest_of(record: SchoolRecord) -> str:
    """A digest of all that a row says: equal for equal rows, in every process and on every machine."""
    programs = ";".join(
        f"{one.cip_code},{one.level},{one.accreditation},{one.enrolment}" for one in record.programs
    )
    said = (
        _DIGEST_VERSION,
        record.name,
        record.street or "",
        record.city,
        record.state,
        record.zip,
        record.phone or "",
        record.website or "",
        f"{record.latitude},{record.longitude}",
        record.ipeds_unit_id or "",
        record.nces_id or "",
        record.ope_id or "",
        "closed" if record.closed else "",
        programs,
    )
    return hashlib.blake2b("\x1f".join(said).encode(), digest_size=12).hexdigest()


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
    without zeros.
    """
    if not (text.isascii() and text.isdecimal() and 3 <= len(text) <= 8):
        raise Unreadable("it is no OPE id", "Write its eight digits, such as 00167200.")
    if len(text) <= 6 and int(text) <= _HIGHEST_SHORT_OPE_ID:
        return f"{text.zfill(6)}00"
    return text.zfill(8)
