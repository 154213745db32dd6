"""What an organization tells of itself on its page: nothing is shown there that it did not write here.

Benefits are named anew and not read off what was submitted to the Exchange: that is nobody's but its members', and a
page names benefits, never amounts.
"""

from typing import Annotated, Final

from pydantic import ConfigDict, Field

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.organizations.models import CONTRIBUTING
from chalicelib.submissions.service import Benefit
from chalicelib.values import ONCE, WHOLE, Kind, Line, Link, Model, Position, Text, Timestamp


class TrainingStep(Model):
    """A step on the way through a trade."""

    position: Annotated[Position, Field(examples=["apprentice"])]
    months: Annotated[int | None, Field(strict=True, ge=1, le=120, examples=[12]), WHOLE] = None
    """How long people usually stay in it."""
    text: Annotated[Line | None, Field(examples=["Beside a mentor; ASE G1 is paid for"])] = None


class PresentationDraft(Model):
    """What an organization wants to be told of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "about": "A family shop since 1978. Six bays, two of them for diesel.",
                    "positions": ["apprentice", "technician_c", "technician_b"],
                    "benefits": ["health", "paid_training", "tool_allowance"],
                    "training_path": [
                        {"position": "apprentice", "months": 12, "text": "Beside a mentor"},
                        {"position": "technician_c", "months": 18},
                    ],
                    "video": "https://video.example.org/cedar",
                }
            ]
        }
    )

    about: Annotated[Text | None, Field(examples=["A family shop since 1978."])] = None
    """Plain text: whoever shows it escapes it."""
    positions: Annotated[
        tuple[Position, ...],
        ONCE,
        Field(max_length=len(Position), examples=[["technician_b"]], json_schema_extra={"uniqueItems": True}),
    ] = ()
    """The positions that people work in there. Employers only."""
    benefits: Annotated[
        tuple[Benefit, ...],
        ONCE,
        Field(max_length=len(Benefit), examples=[["health"]], json_schema_extra={"uniqueItems": True}),
    ] = ()
    """The benefits that it chooses to show, without amounts. Employers only."""
    training_path: Annotated[tuple[TrainingStep, ...], Field(max_length=12)] = ()
    """The steps in which people get on there. Employers only."""
    video: Link | None = None


class Presentation(PresentationDraft):
    """What an organization tells of itself, and its version; 0 where it has told nothing."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "about": "A family shop since 1978. Six bays, two of them for diesel.",
                    "positions": ["apprentice", "technician_c"],
                    "benefits": ["health", "paid_training"],
                    "training_path": [{"position": "apprentice", "months": 12, "text": "Beside a mentor"}],
                    "video": None,
                    "version": 1,
                    "updated_at": "2026-06-15T12:30:00Z",
                }
            ]
        }
    )

    version: Annotated[int, Field(ge=0)] = 0
    """Also the answer's ETag: send it back as If-Match with a change."""
    updated_at: Timestamp | None = None


_OF_EMPLOYERS: Final = ("positions", "benefits", "training_path")


def check_presentation(kind: Kind, draft: PresentationDraft) -> None:
    """Raises ``InvalidInput`` where something is told that organizations of the kind do not have."""
    if kind in CONTRIBUTING:
        return
    problems = [
        FieldError(f"/{name}", f"A {kind.value} tells none on its page; leave it out.")
        for name in _OF_EMPLOYERS
        if getattr(draft, name)
    ]
    if problems:
        raise InvalidInput("; ".join(f"{one.pointer}: {one.detail}" for one in problems), problems)
