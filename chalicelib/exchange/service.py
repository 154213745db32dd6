"""The two things the Exchange does: publish a night, and answer a look-up from what is published."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.exchange import compute, index, lookup, release
from chalicelib.exchange.index import Reading
from chalicelib.exchange.metric_kinds import KINDS, kind_of
from chalicelib.exchange.models import ALL
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.reader import ReleaseReader
from chalicelib.exchange.store import ContributionIndex, Pointer, PointerStore, ReleaseObjects
from chalicelib.exchange.views import (
    LookupAnswer,
    LookupQuery,
    MetricsView,
    MetricView,
    ReleaseView,
    cell_view,
    passed_over_view,
    release_view,
)
from chalicelib.geography.service import STATES, place_of_zip
from chalicelib.table.keys import CONTRIBUTION_SHARDS

_ANSWER_FORMAT: Final = "1"
"""Part of every ETag: changes whenever the same release and question would give other bytes."""


@dataclass(frozen=True, slots=True)
class PublishedNight:
    """What a nightly run did. ``is_latest`` is False where a later night had been published before."""

    release_id: str
    night: date
    cells: int
    is_latest: bool
    reading: Reading


def publish_night(
    contributions: ContributionIndex,
    objects: ReleaseObjects,
    pointers: PointerStore,
    night: date,
    clock: Callable[[], datetime],
    policy: Policy | None = None,
) -> PublishedNight:
    """Publishes the statistics of a night and makes them the latest, unless those of a later night are.

    Nothing that readers see changes before the last step, which is one conditional write: a run that dies
    leaves the release before it in place. A run repeated over the same contributions has the same release id
    and finds its work done. Raises ``TemporarilyUnavailable``; then the same night may be run again.
    """
    rules = policy or Policy()
    reading = index.read(contributions.shard(shard) for shard in range(CONTRIBUTION_SHARDS))
    cells = compute.publish(reading.contributions, night, rules)
    divisions = {state.code: state.division.value for state in STATES.values()}
    made = release.build(cells, night, rules, divisions)
    if not objects.is_whole(made.release_id):
        for file in (*made.files, made.manifest(clock())):
            objects.put(made.release_id, file)
    is_latest = pointers.move(Pointer(made.release_id, night))
    return PublishedNight(made.release_id, night, len(cells), is_latest, reading)


def look_up(reader: ReleaseReader, query: LookupQuery) -> LookupAnswer:
    """The most specific published figures that cover a question.

    Raises ``InvalidInput`` for a question that makes no sense, ``NotFound`` where nothing is published that
    covers it, ``TemporarilyUnavailable``.
    """
    question = _question(query)
    pointer = reader.latest()
    document = reader.document(pointer.release_id, release.place_of("state", question.state))
    found = lookup.answer(document, question)
    return LookupAnswer(
        metric=query.metric,
        position=query.position,
        state=question.state,
        zip=query.zip,
        shop_type=query.shop_type,
        cell=cell_view(query.metric, found.cell),
        fell_back=tuple(passed_over_view(one, document["policy"]) for one in found.passed_over),
        ancestors=tuple(cell_view(query.metric, one) for one in found.ancestors),
        release_id=pointer.release_id,
        night=pointer.night,
        method_version=document["method_version"],
    )


def latest_release(reader: ReleaseReader) -> ReleaseView:
    """The manifest of the latest release. Raises ``NotFound`` before any, ``TemporarilyUnavailable``."""
    return release_view(dict(reader.manifest(reader.latest().release_id)))


def all_metrics() -> MetricsView:
    """Everything that can be asked for."""
    listed = (
        MetricView(metric=name, unit=kind.unit, by_position=kind.by_position) for name, kind in KINDS.items()
    )
    return MetricsView(metrics=tuple(listed))


def etag_of(release_id: str, query: LookupQuery | None = None) -> str:
    """A strong ETag: a release never changes, so it and the question decide every byte of the answer."""
    asked = query.model_dump_json() if query is not None else ""
    return f'"{hashlib.sha256(f"{_ANSWER_FORMAT} {release_id} {asked}".encode()).hexdigest()[:32]}"'


def _question(query: LookupQuery) -> lookup.Question:
    wrong: list[FieldError] = []
    by_position = kind_of(query.metric).by_position
    if by_position and query.position is None:
        wrong.append(
            FieldError("position", f"{query.metric} is asked position by position: send one.", "query")
        )
    if not by_position and query.position is not None:
        wrong.append(
            FieldError("position", f"{query.metric} is not about a position: leave it out.", "query")
        )
    if (query.state is None) == (query.zip is None):
        wrong.append(FieldError("state", "Send exactly one of state and zip.", "query"))
    elif query.state is not None and query.state not in STATES:
        wrong.append(
            FieldError("state", f"{query.state} is no state; send its two-letter postal code.", "query")
        )
    if wrong:
        raise InvalidInput("; ".join(f"{one.pointer}: {one.detail}" for one in wrong), wrong)
    code = query.state or place_of_zip(query.zip or "").state
    return lookup.Question(
        metric=query.metric,
        position=query.position.value if query.position else ALL,
        state=code,
        division=STATES[code].division.value,
        shop_type=query.shop_type.value if query.shop_type else ALL,
    )
