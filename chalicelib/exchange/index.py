"""From the lines of the contributions index to a frame: what counts tonight, as columns of integer codes.

Two kinds of lines are in a shard: ``o1|<organization>|<owner group>|<state>|<area>|<shop type>|<0 or 1,
verified>`` for an organization, and ``s2|…`` for each of its submissions in force, ``s1|…`` where it was written
before versions were in lines. Only figures of verified organizations count.

Lines are taken apart a shard at a time by a few splits of the whole text, without a loop over figures. Where
that meets anything it does not expect, it takes that shard line by line: a line that cannot be read is set
aside, counted, and told by the organization's id, so that one bad item cannot stop the night.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.frame import Codes, Frame, Ints, Places
from chalicelib.exchange.metric_kinds import KINDS
from chalicelib.exchange.models import ALL, NATION
from chalicelib.exchange.sets import distinct
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
_LAYOUTS: Final = (_WITHOUT_VERSION, "s2|")
_TOPICS: Final = tuple(sorted(TOPICS))
_TOPIC_CODES: Final = {topic: code for code, topic in enumerate(_TOPICS)}

_FAMILIES: Final[tuple[tuple[str, str], ...]] = tuple(
    sorted(
        (metric, position)
        for metric in METRICS
        for position in ([one.value for one in Position] if metric in PAY_METRICS else [""])
    )
)
_CODES: Final = {family: code for code, family in enumerate(_FAMILIES)}
_NAMES: Final = tuple((metric, position or ALL) for metric, position in _FAMILIES)
_IS_SHARE: Final = np.array([KINDS[metric].is_share for metric, _ in _FAMILIES], np.bool_)

_T = TypeVar("_T", str, tuple[str, str])


class _Organization(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class Sources:
    """Of each row of a frame, which version of which submission it is from; ``number`` is 0 where nobody knows."""

    topic: Codes
    number: Codes
    confirmed: NDArray[np.bool_]

    def of(self, row: int) -> tuple[str, int | None]:
        """The topic and the version of a row."""
        return _TOPICS[self.topic[row]], int(self.number[row]) or None


@dataclass(slots=True)
class Reading:
    """What one reading of the index found. ``lines`` counts those of submissions, whatever became of them."""

    frame: Frame
    sources: Sources
    organizations: frozenset[str]
    owner_groups: frozenset[str]
    lines: int = 0
    unverified: int = 0
    orphaned: int = 0
    """Lines whose organization is not in the index: it is being deleted, or the index lags behind."""
    set_aside: list[str] = field(default_factory=list)
    """The organizations of unreadable lines; ``unknown`` where not even that can be read."""


def digest_of(shards: Iterable[Sequence[str]], *context: str) -> str:
    """A digest of all lines in their order, and of whatever else decides what a night comes to."""
    whole = hashlib.sha256("\x00".join(context).encode())
    for lines in shards:
        whole.update(hashlib.sha256("\n".join(lines).encode()).digest())
    return whole.hexdigest()


def read(shards: Iterable[Sequence[str]]) -> Reading:
    """What the lines of shards contribute; a shard holds all lines of each of its organizations."""
    rows = _Rows()
    for lines in shards:
        rows.add(lines)
    return rows.reading()


class _Rows:
    """Collects shard after shard."""

    def __init__(self) -> None:
        self.organizations: dict[str, _Organization] = {}
        self.orgs: list[str] = []
        self.parts: list[tuple[Ints, ...]] = []
        self.lines = self.unverified = self.orphaned = 0
        self.set_aside: list[str] = []

    def add(self, lines: Sequence[str]) -> None:
        """One shard."""
        organizations: dict[str, _Organization] = {}
        texts: list[str] = []
        for text in lines:
            kind = text[:3]
            if kind in _LAYOUTS:
                texts.append(text)
                continue
            try:
                if kind == "o1|":
                    organization_id, organization = _organization(text)
                    organizations[organization_id] = organization
                else:
                    self.lines += 1
                    self.set_aside.append(_id_in(text))
            except ValueError:
                self.set_aside.append(_id_in(text))
        self.organizations |= organizations
        self.lines += len(texts)
        self._join(organizations, self._submissions(texts))

    def _submissions(self, texts: list[str]) -> Submissions:
        try:
            return _in_bulk(texts)
        except ValueError:
            readable = []
            for text in texts:
                try:
                    _checked(text)
                except ValueError:
                    self.set_aside.append(_id_in(text))
                else:
                    readable.append(text)
            return _in_bulk(readable)

    def _join(self, organizations: dict[str, _Organization], lines: Submissions) -> None:
        counts = np.zeros(len(lines.organization), np.bool_)
        org = np.zeros(len(lines.organization), np.int64)
        codes: dict[str, int] = {}
        for at, organization_id in enumerate(lines.organization):
            organization = organizations.get(organization_id)
            if organization is None:
                self.orphaned += 1
            elif not organization.verified:
                self.unverified += 1
            else:
                if organization_id not in codes:
                    codes[organization_id] = len(self.orgs)
                    self.orgs.append(organization_id)
                counts[at], org[at] = True, codes[organization_id]
        kept = np.repeat(counts, lines.figures)
        columns = (org, lines.topic, lines.number, lines.confirmed, lines.day)
        of_line = [np.repeat(column, lines.figures)[kept] for column in columns]
        self.parts.append((*of_line, lines.family[kept], lines.value[kept], lines.weight[kept]))

    def reading(self) -> Reading:
        """Everything added, as one frame. Raises nothing: what could be wrong was set aside."""
        nothing = [np.empty(0, np.int64)]
        org, topic, number, confirmed, day, family, value, weight = (
            np.concatenate([part[at] for part in self.parts] or nothing) for at in range(8)
        )
        whose = [self.organizations[name] for name in self.orgs]
        groups, group_of = _codes([one.owner_group for one in whose])
        kinds, kind_of_org = _codes([one.shop_type for one in whose])
        areas, area_of = _codes([(one.area, one.state) for one in whose])
        used = distinct(family)
        frame = Frame(
            orgs=tuple(self.orgs),
            groups=tuple(groups),
            shop_types=tuple(kinds),
            families=tuple(_NAMES[code] for code in used.tolist()),
            places=_places(areas),
            org=org.astype(np.int32),
            group=group_of[org],
            area=area_of[org],
            shop_type=kind_of_org[org],
            family=np.searchsorted(used, family).astype(np.int32),
            # Yes and no are 100 and 0 percent, so that an owner group of several locations can be partly one.
            value=np.where(_IS_SHARE[family], 100 * value, value),
            headcount=weight,
            effective=day.astype(np.int32),
        )
        return Reading(
            frame=frame,
            sources=Sources(topic.astype(np.int32), number.astype(np.int32), confirmed.astype(np.bool_)),
            organizations=frozenset(self.organizations),
            owner_groups=frozenset(one.owner_group for one in self.organizations.values()),
            lines=self.lines,
            unverified=self.unverified,
            orphaned=self.orphaned,
            set_aside=self.set_aside,
        )


def _codes(names: list[_T]) -> tuple[list[_T], Codes]:
    """The sorted distinct names, and the place of each of the given ones among them."""
    known = sorted(set(names))
    index = {name: code for code, name in enumerate(known)}
    return known, np.array([index[name] for name in names], np.int32)


def _places(areas: list[tuple[str, str]]) -> Places:
    states = sorted({state for _, state in areas})
    division_of = {state: STATES[state].division.value for state in states}
    divisions = sorted(set(division_of.values()))
    return Places(
        areas=tuple(area for area, _ in areas),
        states=tuple(states),
        divisions=tuple(divisions),
        nations=(NATION,) if areas else (),
        area_state=np.array([states.index(state) for _, state in areas], np.int32),
        state_division=np.array([divisions.index(division_of[state]) for state in states], np.int32),
        division_nation=np.zeros(len(divisions), np.int32),
    )


def _in_bulk(texts: list[str]) -> Submissions:
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
    largest = np.where(_IS_SHARE[lines.family], 1, _LARGEST_VALUE)
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


def _checked(text: str) -> None:
    parse_line(text)
    _in_bulk([text])


def _organization(text: str) -> tuple[str, _Organization]:
    parts = text.split("|")
    if len(parts) != 7:
        raise ValueError("an organization's line has seven parts")
    _, organization_id, owner_group, state, area, shop_type, verified = parts
    if not organization_id or not owner_group or state not in STATES or not area.endswith(f"-{state}"):
        raise ValueError("no organization, no owner group, or no place")
    if shop_type not in _SHOP_TYPES or verified not in ("0", "1"):
        raise ValueError("an unknown shop type, or neither verified nor not")
    return organization_id, _Organization(owner_group, state, area, shop_type, verified == "1")


def _id_in(text: str) -> str:
    parts = text.split("|", 2)
    # Into a log goes nothing but what looks like an id.
    return parts[1] if len(parts) > 2 and _ID.fullmatch(parts[1]) else _UNKNOWN
