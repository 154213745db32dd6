"""The value types that every feature's models share, and the base of those models. Those of texts are in ``texts``.

Money is integer cents inside and a decimal string outside (``"27.50"``); a JSON number is refused, because a client
that sends one has already rounded it in binary.
"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from chalicelib.packaged import DOCUMENT
from chalicelib.texts import Email, Line, Link, Name, Text

__all__ = [
    "ONCE",
    "WHOLE",
    "Email",
    "Id",
    "Kind",
    "Line",
    "Link",
    "Model",
    "Name",
    "Position",
    "Role",
    "Sector",
    "ShopType",
    "Subject",
    "Text",
    "Timestamp",
    "Usd",
    "cents_of",
    "could_be_id",
    "usd_of",
]

_USD: Final = re.compile(r"(0|[1-9]\d{0,8})(?:\.(\d{1,2}))?", re.ASCII)


class Model(BaseModel):
    """Base of what crosses the API or lives in the table: immutable, and strict about fields nobody knows."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        str_strip_whitespace=True,
        # An error that nobody foresaw ends in a log, which figures and addresses never do.
        hide_input_in_errors=True,
        # They are for the API's document. Where that is made already, a cold start need not parse every model's source.
        use_attribute_docstrings=not DOCUMENT.exists(),
    )


def cents_of(text: Any) -> int:
    """Integer cents of a decimal string of dollars. Raises a validation error that says what would be right."""
    match = _USD.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise PydanticCustomError(
            "usd", 'Dollars are a string with at most two decimals and no sign, such as "27.50".'
        )
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def usd_of(cents: int) -> str:
    """The decimal string of integer cents."""
    return f"{cents // 100}.{cents % 100:02d}"


Usd = Annotated[
    int,
    BeforeValidator(cents_of),
    PlainSerializer(usd_of, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,2})?$", "examples": ["27.50"]}
    ),
]
"""Dollars: cents inside, a decimal string in JSON."""


def _whole(number: Any) -> Any:
    return int(number) if isinstance(number, float) and number.is_integer() else number


WHOLE: Final = BeforeValidator(_whole)
"""Stands last in the annotation of a strict integer: JSON schema takes ``3.0`` for one, so it is one."""


T = TypeVar("T")


def _each_once(chosen: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(chosen)) != len(chosen):
        raise PydanticCustomError("duplicate", "Name each once.")
    return chosen


ONCE: Final = AfterValidator(_each_once)
"""Stands in the annotation of a tuple that holds nothing twice; its schema says ``uniqueItems``."""

_ID: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
Id = Annotated[str, Field(pattern=f"^{_ID}$", examples=["0192f0c1-7a39-7c38-9d1e-3f5f2b6f6a10"])]
"""An identifier of ours: a UUID in lower case."""


def could_be_id(text: str) -> bool:
    """Whether a text has the form of an identifier: for what looks at a path before it is validated."""
    return re.fullmatch(_ID, text) is not None


Timestamp = Annotated[datetime, WithJsonSchema({"type": "string", "format": "date-time"})]
"""A moment in UTC, RFC 3339."""


class Kind(StrEnum):
    """What an organization is."""

    SHOP = "shop"
    DEALERSHIP = "dealership"
    SCHOOL = "school"
    SPONSOR = "sponsor"


class ShopType(StrEnum):
    """What sort of business a shop is."""

    INDEPENDENT = "independent"
    DEALERSHIP = "dealership"
    CHAIN = "chain"
    FLEET = "fleet"
    MOBILE = "mobile"
    QUICK_SERVICE = "quick_service"
    TIRE = "tire"
    SPECIALTY = "specialty"
    COLLISION = "collision"
    HEAVY_DUTY = "heavy_duty"
    RV_POWERSPORTS = "rv_powersports"


class Sector(StrEnum):
    """The part of the trade an organization is in."""

    AUTOMOTIVE = "automotive"
    DIESEL = "diesel"
    COLLISION = "collision"
    HEAVY_EQUIPMENT = "heavy_equipment"
    POWERSPORTS = "powersports"


class Subject(StrEnum):
    """A trade that a program teaches."""

    AUTOMOTIVE = "automotive"
    DIESEL = "diesel"
    COLLISION = "collision"
    SMALL_ENGINE = "small_engine"
    MOTORCYCLE = "motorcycle"
    MEDIUM_HEAVY_TRUCK = "medium_heavy_truck"
    ALTERNATIVE_FUEL = "alternative_fuel"
    HIGH_PERFORMANCE = "high_performance"
    HEAVY_EQUIPMENT = "heavy_equipment"
    OTHER = "other"
    """Vehicles and engines, but none of these."""


class Position(StrEnum):
    """A job in a shop."""

    GENERAL_SERVICE = "general_service"
    APPRENTICE = "apprentice"
    TECHNICIAN_C = "technician_c"
    TECHNICIAN_B = "technician_b"
    TECHNICIAN_A = "technician_a"
    MASTER_TECHNICIAN = "master_technician"
    SHOP_FOREMAN = "shop_foreman"
    DIESEL_TECHNICIAN_1 = "diesel_technician_1"
    DIESEL_TECHNICIAN_2 = "diesel_technician_2"
    DIESEL_TECHNICIAN_3 = "diesel_technician_3"
    BODY_TECHNICIAN = "body_technician"
    PAINTER = "painter"
    PAINTER_PREP = "painter_prep"
    ESTIMATOR = "estimator"
    DETAILER = "detailer"
    SERVICE_ADVISOR = "service_advisor"
    SERVICE_MANAGER = "service_manager"
    PARTS_COUNTER = "parts_counter"
    PARTS_MANAGER = "parts_manager"


class Role(StrEnum):
    """What a member of an organization may do, least first."""

    VIEWER = "viewer"
    CONTRIBUTOR = "contributor"
    MANAGER = "manager"
    OWNER = "owner"

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)
