"""One night of the Exchange: from what is in force to a release that is the latest, or to none at all.

Figures far from all others (``outliers``) wait for confirmation: they do not enter, and a frozen value of theirs
stays as it is, just as if the new one were not of age.

The order of writing is what makes it safe to die anywhere, and to run twice or twice at once:

0. what waits for confirmation, so that nothing is left out of a release without being told. Written by a run that
   then dies or loses, it is what the next one finds too, unless that makes it right;
1. the private state of the new release, under a name made from its own bytes;
2. the files of the release, its manifest last;
3. one transaction that moves the pointer, on the condition that it still names what this night was computed
   from, and lists the release;
4. states of long ago are let go of, which nothing depends on.

Readers of figures see nothing of 0 to 2. Whoever loses at 3 has written objects that nothing points to. A night is
published once: had people seen two sets of figures of one night, the second could be subtracted from the first,
so a night that is dealt with is not computed again, and neither is one before it.

A night is *unchanged* when the lines of the index, the areas, the rules and the code are those of the release before,
that release left nothing to do (computing it again would change nothing), no value has come of age since, and it is
less than a week old. Then the state cannot have changed, and the night is noted without computing anything. The
week is for what goes by time alone, such as joining blocks that have long been stale.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

import numpy as np

from chalicelib.days import day_number, day_of_number
from chalicelib.errors import Conflict, TemporarilyUnavailable
from chalicelib.exchange import index, release
from chalicelib.exchange.erasure import forget
from chalicelib.exchange.gate import Finding
from chalicelib.exchange.index import Reading
from chalicelib.exchange.night_store import ContributionIndex, StateObjects
from chalicelib.exchange.outliers import Mask, far_out, held_back
from chalicelib.exchange.placing import placed
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.publisher import Publication, publish
from chalicelib.exchange.state import State
from chalicelib.exchange.store import MANIFEST, Pointer, PointerStore, ReleaseEntry, ReleaseObjects
from chalicelib.geography.service import DelineationStore, areas_now
from chalicelib.observability import logger
from chalicelib.submissions.service import Review, ReviewStore, keep_reviews

_RECOMPUTED_AFTER: Final = timedelta(days=7)
_STATES_KEPT: Final = timedelta(days=400)
"""A year of nights and some weeks: figures of a year ago can still be explained from what they were made of."""


class Outcome(StrEnum):
    """What became of a night."""

    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    ALREADY_DONE = "already_done"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Night:
    """What a nightly run did. ``release_id`` is the latest release's; ``reading`` is None where none was made.

    ``cells`` counts the latest release's cells where this run published it, ``waiting`` the submissions with figures
    that wait for confirmation.
    """

    outcome: Outcome
    night: date
    release_id: str
    cells: int = 0
    reading: Reading | None = None
    waiting: int = 0


class GateRefused(Conflict):
    """What was computed would disclose somebody; nothing of it was published. Holds the names of cells only."""

    def __init__(self, night: date, findings: tuple[Finding, ...]) -> None:
        super().__init__(
            f"The gate refused the night of {night}: " + ", ".join(finding.rule for finding in findings) + "."
        )
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything a night reads and writes."""

    contributions: ContributionIndex
    states: StateObjects
    objects: ReleaseObjects
    pointers: PointerStore
    reviews: ReviewStore
    delineations: DelineationStore


@dataclass(frozen=True, slots=True)
class _Work:
    """A night's computation: what it went on from, what it read, and what came of it."""

    night: date
    before: Pointer | None
    digest: str
    reading: Reading
    made: Publication
    settled: bool
    waiting: tuple[Review, ...]


def run_night(
    stores: Stores, night: date, clock: Callable[[], datetime], policy: Policy | None = None
) -> Night:
    """Publishes the statistics of a night and makes them the latest, where there is anything to publish.

    Raises ``GateRefused``, ``Conflict`` where the state is lost, ``InvalidInput`` where the contributions
    contradict it, and ``TemporarilyUnavailable``; in all cases the latest release is what it was before.
    """
    rules = policy or Policy()
    before = stores.pointers.find()
    if before is not None and night <= before.checked:
        return Night(Outcome.ALREADY_DONE, night, before.release_id)
    shards = stores.contributions.shards()
    areas = areas_now(stores.delineations)
    rulebook = (release.code_version(), areas.digest, repr(sorted(rules.to_json().items())))
    digest = index.digest_of(shards, *rulebook)
    if before is not None and _is_unchanged(before, digest, night):
        done = stores.pointers.check(before, night)
        return Night(Outcome.UNCHANGED if done else Outcome.OVERTAKEN, night, before.release_id)
    reading = index.read(placed(lines, areas) for lines in shards)
    del shards
    state = State() if before is None else State.load(stores.states.read(before.state_key))
    state = forget(state, reading.organizations, reading.owner_groups)
    day = day_number(night)
    far = far_out(reading.frame, state, rules) & ~reading.sources.confirmed
    made = publish(held_back(reading.frame, far), day, rules, state, day)
    if made.findings:
        raise GateRefused(night, made.findings)
    settled = is_settled(state, made.state)
    work = _Work(night, before, digest, reading, made, settled, _waiting(reading, far, night))
    return _published(stores, work, clock())


def _is_unchanged(before: Pointer, digest: str, night: date) -> bool:
    return (
        before.settled
        and before.digest == digest
        and (before.ages_on is None or night < before.ages_on)
        and night - before.night < _RECOMPUTED_AFTER
    )


def is_settled(before: State, after: State) -> bool:
    """Whether the night changed nothing, so that the same input would change nothing the next night either."""
    same_rows = len(before.rows) == len(after.rows) and all(
        np.array_equal(getattr(before.rows, name), getattr(after.rows, name)) for name in ("block", "last")
    )
    return same_rows and np.array_equal(before.blocks, after.blocks)


def _published(stores: Stores, work: _Work, created_at: datetime) -> Night:
    night, before, made = work.night, work.before, work.made
    previous = None if before is None else before.release_id
    cells = release.cells_of(made)
    built = release.build(
        cells,
        night,
        made.policy,
        previous,
        lambda name: None if previous is None else stores.objects.find(previous, name),
    )
    keep_reviews(stores.reviews, work.waiting, night)
    state_key = stores.states.put(built.release_id, made.state.dump())
    if stores.objects.find(built.release_id, MANIFEST) is None:
        for file in (*built.files, built.manifest(created_at)):
            stores.objects.put(built.release_id, file)
    after = Pointer(
        release_id=built.release_id,
        night=night,
        checked=night,
        state_key=state_key,
        digest=work.digest,
        settled=work.settled,
        ages_on=_ages_on(work.reading, night, made.policy),
    )
    entry = ReleaseEntry(
        release_id=built.release_id,
        night=night,
        created_at=created_at,
        method_version=made.policy.method_version,
        cells=dict(built.cells_by_level),
        previous=previous,
        state_key=state_key,
    )
    if stores.pointers.publish(before, after, entry):
        _let_go(stores, {state_key} if before is None else {state_key, before.state_key}, created_at)
        return Night(Outcome.PUBLISHED, night, built.release_id, len(cells), work.reading, len(work.waiting))
    latest = stores.pointers.latest()
    return Night(Outcome.OVERTAKEN, night, latest.release_id, 0, work.reading, len(work.waiting))


def _let_go(stores: Stores, needed: Collection[str], now: datetime) -> None:
    """Lets go of states that are older than any night worth returning to.

    Only once a newer one is in force: however long nothing was published, the latest release's own state stays. What
    fails is for the next night that publishes.
    """
    try:
        gone = stores.states.expire(now - _STATES_KEPT, needed)
    except TemporarilyUnavailable as error:
        logger.warning("old states stay", extra={"reason": str(error)})
        return
    if gone:
        logger.info("old states gone", extra={"states": gone})


def _waiting(reading: Reading, far: Mask, night: date) -> tuple[Review, ...]:
    """The submissions with figures that wait, by organization and topic. Few rows of a night are far out."""
    frame = reading.frame
    metrics: dict[tuple[str, str, int | None], set[str]] = {}
    for row in np.flatnonzero(far).tolist():
        subject = (frame.orgs[frame.org[row]], *reading.sources.of(row))
        metrics.setdefault(subject, set()).add(frame.families[frame.family[row]][0])
    return tuple(
        Review(organization_id, topic, number, tuple(sorted(names)), night)
        for (organization_id, topic, number), names in sorted(metrics.items(), key=lambda one: one[0][:2])
    )


def _ages_on(reading: Reading, night: date, policy: Policy) -> date | None:
    """The first day after a night on which a value comes of age; None where none waits for that."""
    effective = reading.frame.effective
    young = effective[effective > day_number(night) - policy.minimum_age_days]
    return day_of_number(int(young.min()) + policy.minimum_age_days) if len(young) else None
