"""The night of demand: from the openings in force to documents, and one write that makes them the latest.

Whoever dies before that write has written what nobody reads. A night is published once, and none before it.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from chalicelib.exchange import service as exchange
from chalicelib.geography import service as geography
from chalicelib.needs.demand import Pointer, cells_of, documents
from chalicelib.needs.lines import Line, answers, parse_line
from chalicelib.needs.store import DemandStore, OpeningStore
from chalicelib.organizations import service as organizations
from chalicelib.organizations.service import OrganizationStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_NAME: Final = "demand"
_RECOMPUTED_AFTER: Final = timedelta(days=7)


class Outcome(StrEnum):
    """What became of a night."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    ALREADY_DONE = "already_done"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that a night of demand reads and writes."""

    openings: OpeningStore
    demand: DemandStore
    organizations: OrganizationStore
    delineations: geography.DelineationStore
    s3: "S3Client"
    state_bucket: str


@dataclass(frozen=True, slots=True)
class Night:
    """What a night did. ``set_aside`` counts the lines that could not be read."""

    outcome: Outcome
    release: str
    answers: int = 0
    documents: int = 0
    set_aside: int = 0


def run_night(stores: Stores, night: date, clock: Callable[[], datetime]) -> Night:
    """Publishes the demand of a night, where there is anything to publish.

    One query a shard, one batch read for 100 shops with openings, one write for each state and subject. Raises
    ``Conflict`` where the gate refuses or the state is lost, ``TemporarilyUnavailable``; what was published stays.
    """
    before = stores.demand.latest()
    if before is not None and night <= before.checked:
        return Night(Outcome.ALREADY_DONE, before.release)
    lines, set_aside = _read(stores.openings.lines())
    known = organizations.get_many(stores.organizations, sorted({line.organization_id for line in lines}))
    given = list(answers(lines, known, geography.areas_now(stores.delineations), night))
    digest = hashlib.sha256(repr(given).encode()).hexdigest()
    if before is not None and _unchanged(before, digest, night):
        done = stores.demand.point(before, before.model_copy(update={"checked": night}))
        outcome = Outcome.UNCHANGED if done else Outcome.OVERTAKEN
        return Night(outcome, before.release, len(given), 0, set_aside)
    made = exchange.publish_answers(
        stores.s3,
        stores.state_bucket,
        _NAME,
        given,
        night,
        None if before is None else before.state_key,
        stores.openings.gone,
    )
    release = f"{night.isoformat()}-{hashlib.sha256(made.state_key.encode()).hexdigest()[:8]}"
    found = list(documents(cells_of(made.cells)))
    stores.demand.put_all(release, found, clock())
    after = Pointer(
        release=release,
        night=night,
        checked=night,
        state_key=made.state_key,
        digest=digest,
        settled=made.settled,
    )
    outcome = Outcome.PUBLISHED if stores.demand.point(before, after) else Outcome.OVERTAKEN
    return Night(outcome, release, len(given), len(found), set_aside)


def _read(texts: list[str]) -> tuple[list[Line], int]:
    lines, wrong = [], 0
    for text in texts:
        try:
            lines.append(parse_line(text))
        except ValueError:
            wrong += 1
    return lines, wrong


def _unchanged(before: Pointer, digest: str, night: date) -> bool:
    return before.settled and before.digest == digest and night - before.night < _RECOMPUTED_AFTER
