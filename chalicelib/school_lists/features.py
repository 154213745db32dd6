"""What of a school is compared: names and addresses without what some lists write and others do not."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from chalicelib.school_lists.identity import folded

# One spelling for words that lists abbreviate. Empty: the word says nothing.
_NAME_WORDS: Final = {
    "the": "", "of": "", "and": "", "at": "", "for": "", "a": "", "inc": "", "llc": "", "main": "", "campus": "",
    "school": "", "sch": "", "schools": "", "public": "",
    "saint": "st", "mount": "mt", "fort": "ft",
    "elem": "elementary", "el": "elementary", "es": "elementary", "primary": "elementary",
    "ms": "middle", "jr": "junior", "jhs": "junior", "intermediate": "middle",
    "hs": "high", "shs": "high", "sr": "senior",
    "tech": "technical", "technology": "technical", "technologies": "technical",
    "voc": "vocational", "vo": "vocational", "votech": "vocational", "career": "vocational", "cte": "vocational",
    "comm": "community", "cmty": "community", "coll": "college", "univ": "university", "u": "university",
    "inst": "institute", "ctr": "center", "cntr": "center", "centre": "center",
    "acad": "academy", "dept": "department", "co": "county", "cnty": "county", "dist": "district",
    "no": "", "number": "", "num": "",
    "n": "north", "s": "south", "e": "east", "w": "west",
    "ne": "northeast", "nw": "northwest", "se": "southeast", "sw": "southwest",
}  # fmt: skip
# Words that many schools share: they tell what sort of school it is, not which.
_SORTS: Final = frozenset((
    "elementary", "middle", "junior", "high", "senior", "technical", "vocational", "community", "college",
    "university", "institute", "center", "academy", "district", "county", "area", "regional", "education",
    "educational", "adult", "training", "state", "city", "program", "charter", "magnet", "trade", "learning",
    "alternative", "department", "studies", "science", "sciences", "arts", "automotive", "beauty", "nursing",
    "health", "branch",
))  # fmt: skip
# Words of which at most one fits a school: other than the other school's, they tell the two apart.
_STAGES: Final = (frozenset({"elementary"}), frozenset({"middle", "junior"}), frozenset({"high", "senior"}))
# Words that tell a part of a school, or one of two of the same name, from the other.
_SIDES: Final = frozenset((
    "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "upper", "lower",
    "central", "downtown", "adult", "evening", "online", "virtual", "annex",
))  # fmt: skip
_NUMERALS: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_LEADING_ZEROS: Final = re.compile(r"\b0+(?=\d)")
_LETTERS_AND_DIGITS: Final = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])")

_STREET_WORDS: Final = {
    "street": "st", "avenue": "ave", "av": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd", "lane": "ln",
    "court": "ct", "place": "pl", "highway": "hwy", "parkway": "pkwy", "pky": "pkwy", "circle": "cir", "square": "sq",
    "terrace": "ter", "trail": "trl", "turnpike": "tpke", "route": "rt", "rte": "rt", "expressway": "expy",
    "freeway": "fwy", "center": "ctr", "saint": "st", "mount": "mt", "fort": "ft",
    "north": "n", "south": "s", "east": "e", "west": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7",
    "eighth": "8", "ninth": "9", "tenth": "10",
}  # fmt: skip
_KINDS_OF_STREET: Final = frozenset((
    "st", "ave", "rd", "dr", "blvd", "ln", "ct", "pl", "hwy", "pkwy", "cir", "sq", "ter", "trl", "tpke", "rt",
    "expy", "fwy", "way",
))  # fmt: skip
_POINTS: Final = frozenset((
    "n", "s", "e", "w", "ne", "nw", "se", "sw",
))  # fmt: skip
_ORDINAL: Final = re.compile(r"(\d+)(?:st|nd|rd|th)")
_BOX: Final = re.compile(r"\b(?:p\s*o|post office)?\s*(?:box|drawer)\s+\w[\w-]*")
_UNIT: Final = re.compile(
    r"\b\d+(?:st|nd|rd|th) (?:floor|fl)\b"
    r"|\b(?:suites?|ste|unit|apt|room|rm|bldg|building|floor|fl|ms|mailstop|mail stop)\s*#?\s*\w+|#\s*\w+"
)
_LETTERED: Final = re.compile(r"^(\d+)[ -]([a-d])(?= (?:[nsew] |\w{3,}))")
_TWO_POINTS: Final = re.compile(r"\b(north|south) (east|west)\b")
_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")


class Name(NamedTuple):
    """A name's words: all, sorted; those that tell which school it is; numbers; stage; side or part."""

    whole: str
    telling: tuple[str, ...]
    numbers: frozenset[str]
    stages: frozenset[int]
    sides: frozenset[str]


class Street(NamedTuple):
    """A street address: the house number, the street's own name, and its direction; all empty for a post office box."""

    number: str
    name: str
    points: frozenset[str]


class Features(NamedTuple):
    """What of a school is compared. Texts are empty where nothing is known."""

    name: Name
    street: Street
    city: str
    zip: str
    phone: str
    host: str
    ipeds_unit_id: str
    nces_id: str
    ope_id: str
    levels: frozenset[str]


@lru_cache(maxsize=8192)
def name_of(name: str, city: str = "") -> Name:
    """The words of a name. The words of its city are left out of what tells it, unless nothing else does."""
    text = _LETTERS_AND_DIGITS.sub(" ", _LEADING_ZEROS.sub("", folded(name)))
    words = [_NAME_WORDS.get(word, word) for word in _PUNCTUATION.sub(" ", text).split()]
    words = [_NUMERALS.get(word, word) if at else word for at, word in enumerate(words) if word]
    of_city = set(_PUNCTUATION.sub(" ", folded(city)).split())
    distinct = [word for word in words if word not in _SORTS and not word.isdecimal()]
    telling = [word for word in distinct if word not in of_city and word not in _SIDES] or distinct or words
    return Name(
        " ".join(sorted(words)),
        tuple(sorted(set(telling))),
        frozenset(word for word in words if word.isdecimal()),
        frozenset(at for at, stage in enumerate(_STAGES) if stage & set(words)),
        frozenset(words) & _SIDES,
    )


@lru_cache(maxsize=8192)
def street_of(street: str) -> Street:
    """The parts of a street address."""
    text = _UNIT.sub(" ", _BOX.sub(" ", folded(street).replace(".", "")))
    text = _TWO_POINTS.sub(r"\1\2", _LETTERED.sub(r"\1\2", text))
    words = [_STREET_WORDS.get(word, word) for word in _PUNCTUATION.sub(" ", text).split()]
    words = [match[1] if (match := _ORDINAL.fullmatch(word)) else word for word in words]
    if not words:
        return Street("", "", frozenset())
    number = words[0] if words[0][:1].isdigit() and len(words) > 1 else ""
    rest = words[1:] if number else words
    name = [word for word in rest if word not in _KINDS_OF_STREET and word not in _POINTS]
    return Street(number, " ".join(name or rest), frozenset(rest) & _POINTS)


@lru_cache(maxsize=8192)
def town_of(city: str) -> str:
    """A city's name without case and accents."""
    return folded(city)


def host_of(website: str) -> str:
    """The host of a web address, without ``www.``."""
    host = website.partition("://")[2] or website
    return re.split(r"[/?#:]", host, maxsplit=1)[0].casefold().removeprefix("www.")


def ten_digits(phone: str) -> str:
    """The ten digits of an American number, without an extension; empty where there are fewer."""
    digits = re.sub(r"\D", "", phone.partition("x")[0], flags=re.ASCII)[-10:]
    return digits if len(digits) == 10 else ""
