"""From the lines of the contributions index to the columns that count.

Two kinds of lines are in a shard: ``o1|<organization>|<owner group>|<state>|<area>|<shop type>|<0 or 1,
verified>`` for an organization, and ``s1|…`` for each of its submissions in force. Only values of verified
organizations count. A line that cannot be read is set aside, counted, and told by the organization's id, so
that one bad item cannot stop the night.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from chalicelib.exchange.metric_kinds import kind_of
from chalicelib.exchange.models import ALL, Contributions
from chalicelib.geography.service import STATES
from chalicelib.submissions.service import Line, parse_line
from chalicelib.values import ShopType

_SHOP_TYPES: Final = frozenset(shop_type.value for shop_type in ShopType)
_ID: Final = re.compile(r"[0-9a-zA-Z-]{1,64}", re.ASCII)
_UNKNOWN: Final = "unknown"
_LARGEST_VALUE: Final = 10**10
_LARGEST_WEIGHT: Final = 10**4
"""A value times a weight fits 64-bit integers with much to spare; what is larger is no shop's figure."""


@dataclass(slots=True)
class Reading:
    """What one reading of the index found. ``lines`` counts those of submissions, whatever became of them."""

    contributions: Contributions = field(default_factory=Contributions)
    lines: int = 0
    unverified: int = 0
    orphaned: int = 0
    """Lines whose organization is not in the index: it is being deleted, or the index lags behind."""
    set_aside: list[str] = field(default_factory=list)
    """The organizations of unreadable lines; ``unknown`` where not even that can be read."""


class _Organization(NamedTuple):
    owner_group: str
    division: str
    state: str
    area: str
    shop_type: str
    verified: bool


def read(shards: Iterable[Iterable[str]]) -> Reading:
    """What the lines of shards contribute; a shard holds all lines of each of its organizations."""
    reading = Reading()
    for lines in shards:
        organizations: dict[str, _Organization] = {}
        submissions: list[Line] = []
        for text in lines:
            try:
                if text.startswith("o1|"):
                    organization_id, organization = _organization(text)
                    organizations[organization_id] = organization
                else:
                    reading.lines += 1
                    submissions.append(_submission(text))
            except ValueError:
                reading.set_aside.append(_id_in(text))
        _join(reading, organizations, submissions)
    return reading


def _join(reading: Reading, organizations: dict[str, _Organization], submissions: list[Line]) -> None:
    columns = reading.contributions
    for line in submissions:
        organization = organizations.get(line.organization_id)
        if organization is None:
            reading.orphaned += 1
        elif not organization.verified:
            reading.unverified += 1
        else:
            for one in line.contributions:
                columns.owner_group.append(organization.owner_group)
                columns.division.append(organization.division)
                columns.state.append(organization.state)
                columns.area.append(organization.area)
                columns.shop_type.append(organization.shop_type)
                columns.metric.append(one.metric)
                columns.position.append(one.position or ALL)
                columns.value.append(one.value)
                columns.weight.append(one.weight)
                columns.effective_day.append(line.effective_day)


def _organization(text: str) -> tuple[str, _Organization]:
    parts = text.split("|")
    if len(parts) != 7:
        raise ValueError("an organization's line has seven parts")
    _, organization_id, owner_group, state, area, shop_type, verified = parts
    known_state = STATES.get(state)
    if not organization_id or not owner_group or known_state is None or not area.endswith(f"-{state}"):
        raise ValueError("no organization, no owner group, or no place")
    if shop_type not in _SHOP_TYPES or verified not in ("0", "1"):
        raise ValueError("an unknown shop type, or neither verified nor not")
    return organization_id, _Organization(
        owner_group, known_state.division.value, state, area, shop_type, verified == "1"
    )


def _submission(text: str) -> Line:
    line = parse_line(text)
    for one in line.contributions:
        largest = 1 if kind_of(one.metric).is_share else _LARGEST_VALUE
        if one.value > largest or not 1 <= one.weight <= _LARGEST_WEIGHT:
            raise ValueError("a value or a weight that no shop has")
    return line


def _id_in(text: str) -> str:
    parts = text.split("|", 2)
    # Into a log goes nothing but what looks like an id.
    return parts[1] if len(parts) > 2 and _ID.fullmatch(parts[1]) else _UNKNOWN
