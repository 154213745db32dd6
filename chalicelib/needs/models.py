"""Openings, what they say and what they count as."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from pydantic import ConfigDict, Field

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.values import ONCE, WHOLE, Id, Model, Position, Sector, ShopType, Subject, Timestamp

STANDS: Final = timedelta(days=180)
"""How long openings count where nobody says until when."""
FARTHEST: Final = timedelta(days=366)
"""How far ahead somebody can be needed."""


class Skill(StrEnum):
    """What whoever fills an opening should be able to do."""

    MAINTENANCE_INSPECTION = "maintenance_inspection"
    BRAKES = "brakes"
    STEERING_SUSPENSION = "steering_suspension"
    ENGINE_REPAIR = "engine_repair"
    ENGINE_PERFORMANCE = "engine_performance"
    TRANSMISSION = "transmission"
    ELECTRICAL = "electrical"
    HEATING_AIR_CONDITIONING = "heating_air_conditioning"
    DIAGNOSTICS = "diagnostics"
    HYBRID_ELECTRIC = "hybrid_electric"
    ADAS = "adas"
    DIESEL_ENGINE = "diesel_engine"
    HYDRAULICS = "hydraulics"
    WELDING = "welding"
    STRUCTURAL_REPAIR = "structural_repair"
    NON_STRUCTURAL_REPAIR = "non_structural_repair"
    REFINISHING = "refinishing"
    ESTIMATING = "estimating"
    CUSTOMER_SERVICE = "customer_service"


class OpeningDraft(Model):
    """How many people a shop wants in a position."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"openings": 2, "skills": ["brakes", "electrical"], "needed_by": "2026-09-01"}]
        }
    )

    openings: Annotated[int, Field(strict=True, ge=1, le=99, examples=[2]), WHOLE]
    skills: Annotated[
        tuple[Skill, ...],
        ONCE,
        Field(max_length=8, examples=[["brakes", "electrical"]], json_schema_extra={"uniqueItems": True}),
    ] = ()
    """The skills wanted most, eight at most."""
    needed_by: Annotated[date | None, Field(examples=["2026-09-01"])] = None
    """The openings count until then; for 180 days where it is left out."""
    subject: Annotated[Subject | None, Field(examples=["automotive"])] = None
    """What one has to have learned; follows from the position and the shop where it is left out."""


class Opening(Model):
    """How many people a shop wants in a position, as its members see it."""

    organization_id: Id
    position: Annotated[Position, Field(examples=["technician_b"])]
    openings: Annotated[int, Field(examples=[2])]
    skills: Annotated[tuple[Skill, ...], Field(examples=[["brakes", "electrical"]])]
    subject: Annotated[Subject, Field(examples=["automotive"])]
    needed_by: date | None
    counts_until: date
    """The last day on which it counts. State it anew to have it count longer."""
    stated_at: Timestamp


class OpeningList(Model):
    """A shop's openings: at most one for each position."""

    items: tuple[Opening, ...]


_BY_POSITION: Final = {
    Position.DIESEL_TECHNICIAN_1: Subject.DIESEL,
    Position.DIESEL_TECHNICIAN_2: Subject.DIESEL,
    Position.DIESEL_TECHNICIAN_3: Subject.DIESEL,
    Position.BODY_TECHNICIAN: Subject.COLLISION,
    Position.PAINTER: Subject.COLLISION,
    Position.PAINTER_PREP: Subject.COLLISION,
    Position.ESTIMATOR: Subject.COLLISION,
}
_BY_SHOP_TYPE: Final = {
    ShopType.COLLISION: Subject.COLLISION,
    ShopType.HEAVY_DUTY: Subject.DIESEL,
    ShopType.RV_POWERSPORTS: Subject.MOTORCYCLE,
}
_BY_SECTOR: Final = {
    Sector.DIESEL: Subject.DIESEL,
    Sector.COLLISION: Subject.COLLISION,
    Sector.HEAVY_EQUIPMENT: Subject.HEAVY_EQUIPMENT,
    Sector.POWERSPORTS: Subject.MOTORCYCLE,
}


def subject_of(position: Position, shop_type: ShopType | None, sectors: tuple[Sector, ...]) -> Subject:
    """What one has to have learned for a position: by the position, the type of shop, its only sector.

    What is left is automotive.
    """
    if position in _BY_POSITION:
        return _BY_POSITION[position]
    if shop_type in _BY_SHOP_TYPE:
        return _BY_SHOP_TYPE[shop_type]
    if len(sectors) == 1 and sectors[0] in _BY_SECTOR:
        return _BY_SECTOR[sectors[0]]
    return Subject.AUTOMOTIVE


def counts_until(needed_by: date | None, now: datetime) -> date:
    """The last day on which openings count. Raises ``InvalidInput`` where they are needed in the past, or too far."""
    if needed_by is None:
        return (now + STANDS).date()
    # It is still yesterday in Hawaii while it is today in Greenwich.
    if needed_by < (now - timedelta(days=1)).date():
        raise _invalid(
            f"{needed_by.isoformat()} is past: say until when somebody is needed, or leave it out."
        )
    if needed_by > (now + FARTHEST).date():
        raise _invalid(f"At most {FARTHEST.days} days ahead.")
    return needed_by


def _invalid(detail: str) -> InvalidInput:
    return InvalidInput(f"/needed_by: {detail}", [FieldError("/needed_by", detail)])
