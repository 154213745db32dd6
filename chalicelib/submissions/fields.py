"""How the fields of a submission are written, and how their ranges are checked and described.

Inside, every number is an integer: cents, hundredths of a percent, hundredths of an hour or of a day.
Outside, money and percents are decimal strings; hours and days are JSON numbers, kept to the hundredth.
"""

import re
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import isfinite
from types import NoneType
from typing import Annotated, Any, Final, Self, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from chalicelib.values import Model, usd_of

_PERCENT: Final = re.compile(r"(0|[1-9]\d{0,2})(?:\.(\d{1,2}))?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

T = TypeVar("T")

STORED: Final = {"stored": True}
"""The context of reading back what was accepted once: a range that was narrowed since does not apply to it."""


def is_stored(info: ValidationInfo) -> bool:
    """Whether what is validated was accepted before."""
    return info.context is STORED


def dollars_shown(cents: int) -> str:
    """Cents as people read them: ``$1,250.00``."""
    return f"${cents // 100:,}.{cents % 100:02d}"


def number_of_hundredths(hundredths: int) -> int | float:
    """The JSON number of integer hundredths: without a fraction where there is none."""
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def hundredths_of_percent(text: Any) -> int:
    """Integer hundredths of a percent of a decimal string. Raises a validation error for all that is none."""
    match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise PydanticCustomError(
            "percent", 'A percentage is a string with at most two decimals and no sign, such as "4.5".'
        )
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def _day(text: Any) -> date:
    # pydantic alone would also take a count of seconds, or a moment at midnight.
    if isinstance(text, date):
        return text
    if isinstance(text, str) and _DAY.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise PydanticCustomError(
        "day", 'A date is a string such as "2024-03-31": year, month and day of a calendar.'
    )


Number = Annotated[int, PlainSerializer(number_of_hundredths), WithJsonSchema({"type": "number"})]
"""Hundredths inside, a JSON number outside. It takes a ``NumberRange`` to read one."""

Percent = Annotated[
    int,
    BeforeValidator(hundredths_of_percent),
    PlainSerializer(usd_of, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?$"}),
]
"""Hundredths of a percent inside, a decimal string in JSON."""

Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A calendar day."""


@dataclass(frozen=True, slots=True)
class Range(ABC):
    """Which values are plausible, both ends included; annotates a field, is checked and described with it.

    What lies outside is far more often a slip (a weekly figure in an hourly field, a missing decimal point)
    than a fact, so it is refused, with the range that is accepted. The ends are in the integers of the type
    annotated. ``per`` ends the sentence that a person reads.
    """

    low: int
    high: int
    per: str
    example: int

    @abstractmethod
    def shown(self, value: int) -> str:
        """A value as people read it."""

    @abstractmethod
    def described(self) -> dict[str, Any]:
        """What the JSON schema says of the range."""

    @property
    def accepted(self) -> str:
        """The range in words: ``$7.25 to $250.00 an hour``."""
        return f"{self.shown(self.low)} to {self.shown(self.high)} {self.per}"

    def __contains__(self, value: int) -> bool:
        return self.low <= value <= self.high

    def checked(self, value: int, info: ValidationInfo) -> int:
        """The value. Raises a validation error with the accepted range where it lies outside."""
        if value not in self and not is_stored(info):
            raise self._refusal()
        return value

    def _refusal(self) -> PydanticCustomError:
        return PydanticCustomError("implausible", f"Not plausible: {self.accepted} is the accepted range.")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(self.checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), **self.described()}


class NumberRange(Range):
    """A range of JSON numbers; the ends are hundredths. What is between two hundredths goes to the even one."""

    __slots__ = ()

    def shown(self, value: int) -> str:
        """A number."""
        return str(number_of_hundredths(value))

    def described(self) -> dict[str, Any]:
        """The ends are part of JSON schema."""
        return {
            "minimum": number_of_hundredths(self.low),
            "maximum": number_of_hundredths(self.high),
            "examples": [number_of_hundredths(self.example)],
        }

    def read(self, number: Any, info: ValidationInfo) -> int:
        """Integer hundredths of a JSON number. Raises a validation error for all that is none in the range."""
        if isinstance(number, float) and isfinite(number):
            # As it was written, not as the nearest binary fraction.
            hundredths = Fraction(repr(number)) * 100
        elif isinstance(number, int) and not isinstance(number, bool):
            hundredths = Fraction(number * 100)
        else:
            raise PydanticCustomError("number", "This is a number, such as 40 or 37.5, without quotes.")
        # Before rounding, so that nothing just outside is rounded to an end.
        if not self.low <= hundredths <= self.high and not is_stored(info):
            raise self._refusal()
        return round(hundredths)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self.read, handler(source))


class DollarRange(Range):
    """A range of money; the ends are cents."""

    __slots__ = ()

    def shown(self, value: int) -> str:
        """Dollars."""
        return dollars_shown(value)

    def described(self) -> dict[str, Any]:
        """A decimal string has no minimum in JSON schema: the range is told in words."""
        return {"x-accepted-range": self.accepted, "examples": [usd_of(self.example)]}


class PercentRange(Range):
    """A range of percents; the ends are hundredths of a percent."""

    __slots__ = ()

    def shown(self, value: int) -> str:
        """A percentage."""
        return f"{number_of_hundredths(value)} %"

    def described(self) -> dict[str, Any]:
        """A decimal string has no minimum in JSON schema: the range is told in words."""
        return {"x-accepted-range": self.accepted, "examples": [usd_of(self.example)]}


def _only_where_offered(value: T, info: ValidationInfo) -> T:
    if info.data.get("offered") is False:
        raise PydanticCustomError("not_offered", "A benefit that is not offered has no amount: leave it out.")
    return value


def _nothing() -> None:
    return None


def _is_nothing(value: Any) -> bool:
    return value is None


class _NotNull:
    """Takes None away from what may be sent: a field is given or left out, and None inside means the latter."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        (given,) = (one for one in get_args(source) if one is not NoneType)
        return handler.generate_schema(given)


# A default made by a function is not told in the schema, where null would contradict the type.
_LEFT_OUT: Final = Field(default_factory=_nothing, exclude_if=_is_nothing)

IfGiven = Annotated[T | None, _NotNull(), _LEFT_OUT]
"""A field that may be left out, and then is missing from answers, too."""

IfOffered = Annotated[T | None, _NotNull(), AfterValidator(_only_where_offered), _LEFT_OUT]
"""The amount of a benefit: like ``IfGiven``, and only where ``offered``, a field before it, is true."""


class AtLeastOne(Model):
    """A model all of whose fields may be left out, but not all at once."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        names = type(self).model_fields
        if all(getattr(self, name) is None for name in names):
            raise PydanticCustomError("empty", f"Give at least one of {', '.join(names)}.")
        return self
