"""Answering from what is published: look-ups. ``releases`` answers what is asked of releases and of their series."""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from chalicelib.errors import ParticipantsOnly
from chalicelib.exchange import lookup
from chalicelib.exchange.asking import LookupQuery, question_about, question_of
from chalicelib.exchange.models import ALL, state_of_area
from chalicelib.exchange.reader import ReleaseReader
from chalicelib.exchange.views import CellView, LookupAnswer, cell_view, passed_over_view
from chalicelib.geography.service import Areas
from chalicelib.values import Model

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from chalicelib.exchange.apart import Apart

PARTICIPANTS_ONLY: Final = "participants"
"""The access policy under which figures are for those who contribute."""
_ANSWER_FORMAT: Final = "3"
"""Part of every ETag: changes whenever the same release and question would give other bytes."""


def check_public(access: str, path: str) -> None:
    """Raises ``ParticipantsOnly`` where the policy is to answer those alone who contribute.

    ``path`` is where they ask. A public route knows no caller, so it cannot tell who contributes: it says where
    to go, and the route there has the authorizer in front of it.
    """
    if access == PARTICIPANTS_ONLY:
        raise ParticipantsOnly(
            "Figures are for those who contribute to them. Sign in, and send the same parameters to "
            f"GET {path}, as a member of a verified organization that has a submission in force."
        )


def look_up(reader: ReleaseReader, query: LookupQuery, areas: Areas) -> LookupAnswer:
    """The most specific published figures that cover a question.

    Raises ``InvalidInput`` for a question that makes no sense, ``NotFound`` where nothing is published that
    covers it, ``TemporarilyUnavailable``.
    """
    question = question_of(query, areas)
    parts = areas.parts(query.metro) if query.metro and question.area is None else ()
    release_id = reader.latest().release_id
    # The document of any of its states holds what covers a metropolitan area of several.
    document = reader.document(release_id, "state", question.state or state_of_area(parts[0]))
    found = lookup.answer(document, question)
    return LookupAnswer(
        metric=query.metric,
        position=query.position,
        zip=query.zip,
        area=question.area,
        metro=query.metro,
        state=question.state,
        shop_type=query.shop_type,
        cell=cell_view(found.cell, areas),
        fell_back=tuple(passed_over_view(one, document.head, areas) for one in found.passed_over),
        ancestors=tuple(cell_view(one, areas) for one in found.ancestors),
        parts=tuple(_parts(reader, release_id, query, parts, areas)),
        release_id=document.head.release_id,
        night=document.head.night,
        method_version=document.head.method_version,
    )


def _parts(
    reader: ReleaseReader, release_id: str, query: LookupQuery, parts: tuple[str, ...], areas: Areas
) -> Iterator[CellView]:
    """The most specific published cell of each part that has any of its own."""
    for part in parts:
        state = state_of_area(part)
        question = question_about(query.metric, query.position or ALL, part, state, query.shop_type)
        found = lookup.find(reader.document(release_id, "state", state), question)
        if found is not None and found.cell.loc == part:
            yield cell_view(found.cell, areas)


def etag_of(release_id: str, asked: Model | None = None, areas: Areas | None = None) -> str:
    """A strong ETag: a release never changes, so it, the question and the areas decide every byte of the answer."""
    question = asked.model_dump_json() if asked is not None else ""
    known = f" {areas.digest}" if areas else ""
    text = f"{_ANSWER_FORMAT} {release_id} {question}{known}"
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def publish_answers(
    client: "S3Client",
    bucket: str,
    name: str,
    answers: Sequence[tuple[str, str, str, str, str, str, int]],
    night: date,
    state_key: str | None,
    gone: Callable[[Collection[str]], Collection[str]],
) -> "Apart":
    """The cells of other answers than those of the Exchange, by its method; see ``apart``.

    An answer is organization, owner group, area, state, metric, topic and value. Raises ``Conflict`` where nothing
    may be published.
    """
    # NumPy and DuckDB take their time to import, and only nightly functions need them.
    from chalicelib.exchange import apart

    return apart.publish_answers(
        client, bucket, name, [apart.Answer(*one) for one in answers], night, state_key, gone
    )
