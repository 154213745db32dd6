"""Upper-case names made readable: ``UNIVERSITY OF O'FALLON`` to ``University of O'Fallon``, ``ITT`` left alone."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_SMALL_LIST: Final = "a|an|and|as|at|by|de|del|des|for|from|in|of|on|or|the|to|with|y"
_SMALL: Final = re.compile(_SMALL_LIST)
_SMALL_WORDS: Final = frozenset(_SMALL_LIST.upper().split("|"))
_MOST_WORDS: Final = 200_000
# Initials that could be read as words. What has no vowel is taken for initials anyway.
_INITIALS: Final = re.compile(
    "AAA|ABC|AI|AIB|ASA|ASE|ATI|AVTEC|BOCES|CEC|CNA|CTE|CTEC|CUNY|CUSD|DVI|ECPI|EITC|EMS|EMT|ETI|GED|HVAC|IEC|ISD|IT|"
    "ITI|ITT|IYRS|JATC|JROTC|KIPP|NASCAR|NE|NYC|PO|ROP|ROTC|SE|STEAM|STEM|SUNY|UCLA|UEI|UHSD|UNLV|US|USA|USC|USD|UTEP|"
    "UTI|UTSA|YMCA|YWCA|II|III|IV|VI|VII|VIII|IX|XI|XII"
)
_ABBREVIATIONS: Final = re.compile(
    "bldg|blvd|ct|ctr|cty|cyn|dept|dr|fl|frwy|ft|hts|hwy|jct|jr|ln|ltd|mr|mrs|ms|mt|mtn|pkwy|pl|rd|rm|sch|sq|sr|st|stn|str|"
    "trl|twp"
)
_ORDINALS: Final = frozenset(("ST", "ND", "RD", "TH"))
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_VOWEL: Final = re.compile("[aeiouy]", re.IGNORECASE)
# Mac is left out: it would spell Macon and Macomb as MacOn and MacOmb.
_WITH_TWO_CAPITALS: Final = (
    "DeKalb|DePaul|DeSoto|DeWitt|DuPage|LaGrange|LaPorte|LaSalle|LeMoyne|MacArthur|MacDonald|MacFarland|MacGregor|"
    "MacKenzie|WyoTech"
)
_TWO_CAPITALS: Final = {name.upper(): name for name in _WITH_TWO_CAPITALS.split("|")}
_SCOTTISH: Final = re.compile(r"Mc([a-z])(?=[a-z]{2})")


class _Later(dict[str, str]):
    """Words between spaces, as they are spelled anywhere but at a beginning. Each is worked out once."""

    def __missing__(self, word: str) -> str:
        if len(self) > _MOST_WORDS:
            self.clear()
        spelled = self[word] = _readable(word, begins=False)
        return spelled


_later: Final = _Later()


def readable_all(names: Sequence[str | None]) -> list[str | None]:
    """What ``readable`` gives for each of many names, several times as fast."""
    return [
        name if name is None or not name.isupper() or len(name) < 4 else _word_by_word(name) for name in names
    ]


def _word_by_word(name: str) -> str:
    if "-" in name or "(" in name or "/" in name or ":" in name:
        return readable(name)
    words = name.split(" ")
    # Only a small word is spelled differently at the beginning, which may follow a house number.
    first = words[1] if words[0].isdigit() and len(words) > 1 else words[0]
    if first in _SMALL_WORDS or not first.isalpha():
        return readable(name)
    return " ".join(map(_later.__getitem__, words))


@lru_cache(maxsize=65536)
def readable(name: str) -> str:
    """A name, street or place in mixed case where the list writes all of it in capitals; otherwise as it is."""
    if not name.isupper() or len(name) < 4:
        return name
    return _readable(name, begins=True)


def _readable(name: str, *, begins: bool) -> str:
    first = begins

    def spell(match: re.Match[str]) -> str:
        nonlocal first
        begins, first = first, False
        before = name[: match.start()]
        if before[-1:].isdigit() and match[0] in _ORDINALS:
            return match[0].lower()
        return _spelled(match[0], begins=begins or before.rstrip().endswith((":", "-", "(", "/")))

    return _WORD.sub(spell, name)


@lru_cache(maxsize=65536)
def _spelled(word: str, *, begins: bool) -> str:
    lower = word.lower()
    if _ABBREVIATIONS.fullmatch(lower):
        return lower.capitalize()
    if _SMALL.fullmatch(lower):
        return lower.capitalize() if begins else lower
    if _INITIALS.fullmatch(word) or (len(word) <= 5 and not _VOWEL.search(word)):
        return word
    if known := _TWO_CAPITALS.get(word):
        return known
    head, mark, tail = lower.partition("'") if "'" in lower else lower.partition("\u2019")
    if mark and len(head) in (1, 2) and len(tail) > 2:
        return f"{head.capitalize()}{mark}{tail.capitalize()}"
    return _SCOTTISH.sub(lambda match: f"Mc{match[1].upper()}", lower.capitalize())
