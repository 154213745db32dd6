"""From the lines of the contributions index to a frame: what counts tonight, as columns of integer codes.

Only figures of verified organizations count. Lines are taken apart a shard at a time; where that meets anything it
does not expect, it takes that shard line by line: a line that cannot be read is set aside, counted, and told by the
organization's id, so that one bad item cannot stop the night.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.coding import codes_of, places_of
from chalicelib.exchange.frame import Codes, Frame, Ints
from chalicelib.exchange.lines import (
    FAMILIES,
    IS_SHARE,
    LAYOUTS,
    TOPICS_IN_ORDER,
    Organization,
    Submissions,
    checked,
    id_in,
    in_bulk,
    organization,
)
from chalicelib.exchange.models import ALL
from chalicelib.exchange.sets import distinct

_NAMES: Final = tuple((metric, position or ALL) for metric, position in FAMILIES)


@dataclass(frozen=True, slots=True)
class Sources:
    """Of each row of a frame, which version of which submission it is from; ``number`` is 0 where nobody knows."""

    topic: Codes
    number: Codes
    confirmed: NDArray[np.bool_]

    def of(self, row: int) -> tuple[str, int | None]:
        """The topic and the version of a row."""
        return TOPICS_IN_ORDER[self.topic[row]], int(self.number[row]) or None


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
        self.organizations: dict[str, Organization] = {}
        self.orgs: list[str] = []
        self.parts: list[tuple[Ints, ...]] = []
        self.lines = self.unverified = self.orphaned = 0
        self.set_aside: list[str] = []

    def add(self, lines: Sequence[str]) -> None:
        """One shard."""
        organizations: dict[str, Organization] = {}
        texts: list[str] = []
        for text in lines:
            kind = text[:3]
            if kind in LAYOUTS:
                texts.append(text)
                continue
            try:
                if kind == "o1|":
                    organization_id, one = organization(text)
                    organizations[organization_id] = one
                else:
                    self.lines += 1
                    self.set_aside.append(id_in(text))
            except ValueError:
                self.set_aside.append(id_in(text))
        self.organizations |= organizations
        self.lines += len(texts)
        self._join(organizations, self._submissions(texts))

    def _submissions(self, texts: list[str]) -> Submissions:
        try:
            return in_bulk(texts)
        except ValueError:
            readable = []
            for text in texts:
                try:
                    checked(text)
                except ValueError:
                    self.set_aside.append(id_in(text))
                else:
                    readable.append(text)
            return in_bulk(readable)

    def _join(self, organizations: dict[str, Organization], lines: Submissions) -> None:
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
        groups, group_of = codes_of([one.owner_group for one in whose])
        kinds, kind_of_org = codes_of([one.shop_type for one in whose])
        areas, area_of = codes_of([(one.area, one.state) for one in whose])
        used = distinct(family)
        frame = Frame(
            orgs=tuple(self.orgs),
            groups=tuple(groups),
            shop_types=tuple(kinds),
            families=tuple(_NAMES[code] for code in used.tolist()),
            places=places_of(areas),
            org=org.astype(np.int32),
            group=group_of[org],
            area=area_of[org],
            shop_type=kind_of_org[org],
            family=np.searchsorted(used, family).astype(np.int32),
            # Yes and no are 100 and 0 percent, so that an owner group of several locations can be partly one.
            value=np.where(IS_SHARE[family], 100 * value, value),
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
