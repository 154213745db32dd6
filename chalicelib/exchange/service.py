"""Answering from what is published: look-ups. ``releases`` answers what is asked of releases and of their series."""

import hashlib
from typing import Final

from chalicelib.errors import ParticipantsOnly
from chalicelib.exchange import lookup
from chalicelib.exchange.asking import LookupQuery, question_of
from chalicelib.exchange.reader import ReleaseReader
from chalicelib.exchange.views import LookupAnswer, cell_view, passed_over_view
from chalicelib.values import Model

PARTICIPANTS_ONLY: Final = "participants"
"""The access policy under which figures are for those who contribute."""
_ANSWER_FORMAT: Final = "2"
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


def look_up(reader: ReleaseReader, query: LookupQuery) -> LookupAnswer:
    """The most specific published figures that cover a question.

    Raises ``InvalidInput`` for a question that makes no sense, ``NotFound`` where nothing is published that
    covers it, ``TemporarilyUnavailable``.
    """
    question = question_of(query)
    document = reader.document(reader.latest().release_id, "state", question.state)
    found = lookup.answer(document, question)
    return LookupAnswer(
        metric=query.metric,
        position=query.position,
        zip=query.zip,
        area=question.area,
        state=question.state,
        shop_type=query.shop_type,
        cell=cell_view(found.cell),
        fell_back=tuple(passed_over_view(one, document.head) for one in found.passed_over),
        ancestors=tuple(cell_view(one) for one in found.ancestors),
        release_id=document.head.release_id,
        night=document.head.night,
        method_version=document.head.method_version,
    )


def etag_of(release_id: str, asked: Model | None = None) -> str:
    """A strong ETag: a release never changes, so it and the question decide every byte of the answer."""
    question = asked.model_dump_json() if asked is not None else ""
    return f'"{hashlib.sha256(f"{_ANSWER_FORMAT} {release_id} {question}".encode()).hexdigest()[:32]}"'


def etag_of_body(body: Model) -> str:
    """A strong ETag of an answer that does not follow from a release alone."""
    return f'"{hashlib.sha256(body.model_dump_json().encode()).hexdigest()[:32]}"'
