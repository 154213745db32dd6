"""Upper-case names made readable: ``UNIVERSITY OF O'FALLON`` to ``University of O'Fallon``, ``ITT`` left alone."""

import re
from functools import lru_cache
from typing import Final

_SMALL: Final = re.compile("a|an|and|as|at|by|de|del|des|for|from|in|of|on|or|the|to|with|y")
# Initials that could be read as words. What has no vowel is taken for initials anyway.
_INITIALS: Final = re.compile(
    "AAA|AI|AIB|ASA|ASE|ATI|AVTEC|BOCES|CEC|CNA|CTE|CTEC|CUNY|CUSD|DVI|ECPI|EITC|EMS|EMT|ETI|HVAC|IEC|ISD|IT|ITI|ITT|"
    "IYRS|JATC|NE|PO|ROP|SE|SUNY|UCLA|UEI|UHSD|UNLV|US|USA|USC|USD|UTEP|UTI|UTSA|YMCA|YWCA|II|III|IV|VI|VII|VIII|IX|XI|XII"
)
_ABBREVIATIONS: Final = re.compile(
    "bldg|blvd|ct|ctr|cty|cyn|dept|dr|fl|frwy|ft|hts|hwy|jct|jr|ln|ltd|mr|mrs|ms|mt|mtn|pkwy|pl|rd|rm|sch|sq|sr|st|stn|str|"
    "trl|twp"
)
_ORDINALS: Final = frozenset(("ST", "ND", "RD", "TH"))
_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_VOWEL: Final = re.compile("[aeiouy]", re.IGNORECASE)
# Mac is left out: it would spell Macon and Macomb as MacOn and MacOmb.
_SCOTTISH: Final = re.compile(r"Mc([a-z])(?=[a-z]{2})")


@lru_cache(maxsize=65536)
def readable(name: str) -> str:
    """A name, street or place in mixed case where the list writes all of it in capitals; otherwise as it is."""
    if not name.isupper() or len(name) < 4:
        return name
    first = True

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
    head, mark, tail = lower.partition("'") if "'" in lower else lower.partition("\u2019")
    if mark and len(head) in (1, 2) and len(tail) > 2:
        return f"{head.capitalize()}{mark}{tail.capitalize()}"
    return _SCOTTISH.sub(lambda match: f"Mc{match[1].upper()}", lower.capitalize())
