"""How alike two names and two street addresses are."""

from collections.abc import Sequence
from typing import Final

from chalicelib.school_lists.features import Name, Street

_HALF_ALIKE: Final = 0.62


def name_likeness(one: Name, other: Name) -> float:
    """How alike two names are, 0 to 1. Other numbers, stages or sides of town make them those of two schools."""
    from rapidfuzz import fuzz

    if one.whole == other.whole:
        return 1.0
    if one.numbers != other.numbers:
        return 0.0 if one.numbers and other.numbers else 0.5
    if one.stages and other.stages and not one.stages & other.stages:
        return 0.0
    whole = fuzz.ratio(one.whole, other.whole) / 100
    telling = _covered(one.telling, other.telling)
    sort = 1.0 if one.telling == other.telling else telling
    alike = max(
        0.35 * whole + 0.65 * telling, whole if telling >= 0.8 else 0.0, 0.97 * sort if whole >= 0.75 else 0.0
    )
    if whole < _HALF_ALIKE:
        # One word in common, and all others differ: "Lincoln Career Training", "Lincoln Technical College".
        alike = min(alike, 0.84)
    if one.sides != other.sides:
        return min(alike, 0.92) - (0.4 if one.sides and other.sides else 0.1)
    if one.stages != other.stages:
        return min(alike, 0.92)
    return alike


def _covered(one: Sequence[str], other: Sequence[str]) -> float:
    """How far the telling words of two names answer each other: each word with its likest, weighed by length."""
    from rapidfuzz import fuzz

    if not one or not other:
        return 0.0
    weight = likeness = 0.0
    for words, others in ((one, other), (other, one)):
        for word in words:
            best = max(fuzz.ratio(word, candidate) for candidate in others) / 100
            # One letter of a short word makes another word of it.
            likeness += len(word) * (best if best >= (0.8 if len(word) > 4 else 0.99) else 0.0)
            weight += len(word)
    return likeness / weight


def street_likeness(one: Street, other: Street) -> float | None:
    """How alike two street addresses are, 0 to 1, or None where one of them is no street address."""
    from rapidfuzz import fuzz

    if not one.name or not other.name:
        return None
    named = fuzz.ratio(one.name, other.name) / 100
    if one.number and one.number == other.number and _is_part(one.name, other.name):
        named = max(named, 0.9)
    if one.points and other.points and one.points != other.points:
        named = min(named, 0.6)
    if one.number == other.number:
        if one.number:
            return 1.0 if named >= 0.8 else named * 0.9
        # The name of a hall or a corner: the same one tells something, another one does not.
        return 0.9 if named >= 0.95 else None
    if not one.number or not other.number:
        return named * 0.8 if named >= 0.95 else None
    return 0.45 * named


def _is_part(one: str, other: str) -> bool:
    """Whether all words of one street are words of the other: ``kennedy`` and ``j f kennedy``."""
    words, others = set(one.split()), set(other.split())
    return words <= others or others <= words
