"""The lines of the contributions index as columns.

Two kinds of lines are in a shard: ``o1|<organization>|<owner group>|<state>|<area>|<shop type>|<0 or 1,
verified>`` for an organization, and ``s2|…`` for each of its submissions in force, ``s1|…`` where it was written
before versions were in lines. Lines of submissions are taken apart by a few splits of all their text, without a
loop over figures.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from chalicelib.exchange.frame import Ints
from chalicelib.exchange.metric_kinds import KINDS
from chalicelib.geography.service import STATES
from chalicelib.submissions.service import LARGEST_NUMBER, METRICS, PAY_METRICS, TOPICS, parse_line
from chalicelib.values import Position, ShopType

_SHOP_TYPES: Final = frozenset(shop_type.value for shop_type in ShopType)
_ID: Final = re.compile(r"[0-9a-zA-Z-]{1,64}", re.ASCII)
_UNKNOWN: Final = "unknown"
_LARGEST_VALUE: Final = 2_000_000_000
_LARGEST_WEIGHT: Final = 10**4
"""What is larger is no shop's figure, and all products of the two fit 64-bit integers with much to spare."""
_LARGEST_DAY: Final = 10**6
_DIGITS: Final = 15

_WITHOUT_VERSION: Final = "s1|"
LAYOUTS: Final = (_WITHOUT_VERSION, "s2|")
TOPICS_IN_ORDER: Final = tuple(sorted(TOPICS))
_TOPIC_CODES: Final = {topic: code for code, topic in enumerate(TOPICS_IN_ORDER)}

FAMILIES: Final[tuple[tuple[str, str], ...]] = tuple(
    sorted(
        (metric, position)
        for metric in METRICS
        for position in ([one.value for one in Position] if metric in PAY_METRICS else [""])
    )
)
_CODES: Final = {family: code for code, family in enumerate(FAMILIES)}
IS_SHARE: Final = np.array([KINDS[metric].is_share for metric, _ in FAMILIES], np.bool_)


class Organization(NamedTuple):
    """An organization's line: whose it is, where, and of what type."""

    owner_group: str
    state: str
    area: str
    shop_type: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Submissions:
    """Lines of submissions as columns; line ``i`` has ``figures[i]`` of the figures in the last three.

    ``number`` is the version's, 0 where the line does not tell.
    """

    organization: list[str]
    topic: Ints
    number: Ints
    confirmed: Ints
    day: Ints
    figures: Ints
    family: Ints
    value: Ints
    weight: Ints


def in_bulk(texts: list[str]) -> Submissions:
    """All lines of submissions at once. Raises ``ValueError`` where any of them is not as it should be."""
    if not texts:
        return Submissions([], *(np.empty(0, np.int64) for _ in range(8)))
    old = [text.startswith(_WITHOUT_VERSION) for text in texts]
    same = (f"s2{text[2:]}|0|0" if without else text for text, without in zip(texts, old, strict=True))
    fields = "|".join(same).split("|")
    if len(fields) != 7 * len(texts) or set(fields[0::7]) != {"s2"} or not set(fields[2::7]) <= TOPICS:
        raise ValueError("not all are lines of submissions")
    if not set(fields[6::7]) <= {"0", "1"}:
        raise ValueError("neither confirmed nor not")
    bodies = fields[4::7]
    figures = [body.count(";") + 1 for body in bodies]
    parts = ":".join(bodies).replace(";", ":").split(":")
    if [body.count(":") for body in bodies] != [3 * many for many in figures]:
        raise ValueError("a contribution has four parts")
    family = list(map(_CODES.get, zip(parts[0::4], parts[1::4], strict=True)))
    if None in family or not all(fields[1::7]):
        raise ValueError("an unknown metric, one with the wrong position, or no organization")
    lines = Submissions(
        organization=fields[1::7],
        topic=np.array([_TOPIC_CODES[topic] for topic in fields[2::7]], np.int64),
        number=_integers(fields[5::7]),
        confirmed=_integers(fields[6::7]),
        day=_integers(fields[3::7]),
        figures=np.array(figures, np.int64),
        family=np.array(family, np.int64),
        value=_integers(parts[2::4]),
        weight=_integers(parts[3::4]),
    )
    largest = np.where(IS_SHARE[lines.family], 1, _LARGEST_VALUE)
    if (lines.value > largest).any() or (lines.weight < 1).any() or (lines.weight > _LARGEST_WEIGHT).any():
        raise ValueError("a value or a weight that no shop has")
    if ((lines.number < 1) != np.array(old)).any() or (lines.number > LARGEST_NUMBER).any():
        raise ValueError("a version that no submission has")
    if (lines.day > _LARGEST_DAY).any():
        raise ValueError("a day that nobody will live to see")
    return lines


def _integers(digits: list[str]) -> Ints:
    # int() alone would also take signs, spaces, underscores and the digits of other scripts.
    whole = "".join(digits)
    if not (whole.isascii() and whole.isdigit()) or "" in digits or max(map(len, digits)) > _DIGITS:
        raise ValueError("a number is not written in digits")
    return np.array(list(map(int, digits)), np.int64)


def checked(text: str) -> None:
    """Nothing for a line of a submission as it should be. Raises ``ValueError`` for any other."""
    parse_line(text)
    in_bulk([text])


def organization(text: str) -> tuple[str, Organization]:
    """An organization's id and the rest of its line. Raises ``ValueError`` where it is not as it should be."""
    parts = text.split("|")
    if len(parts) != 7:
        raise ValueError("an organization's line has seven parts")
    _, organization_id, owner_group, state, area, shop_type, verified = parts
    if not organization_id or not owner_group or state not in STATES or not area.endswith(f"-{state}"):
        raise ValueError("no organization, no owner group, or no place")
    if shop_type not in _SHOP_TYPES or verified not in ("0", "1"):
        raise ValueError("an unknown shop type, or neither verified nor not")
    return organization_id, Organization(owner_group, state, area, shop_type, verified == "1")


def id_in(text: str) -> str:
    """The organization's id in a line that may be anything; ``unknown`` where there is none."""
    parts = text.split("|", 2)
    # Into a log goes nothing but what looks like an id.
    return parts[1] if len(parts) > 2 and _ID.fullmatch(parts[1]) else _UNKNOWN
