"""The value types that every feature's models share, and the base of those models.

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

_USD: Final = re.compile(r"(0|[1-9]\d{0,8})(?:\.(\d{1,2}))?", re.ASCII)
HIDDEN: Final = r"\u0000-\u001f\u007f-\u009f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff"
"""Characters that no text of one line has, as the inside of a character class: controls, line ends, and what is not
seen but hides or turns what stands beside it."""
_HIDDEN: Final = re.compile(rf"[{HIDDEN}\ud800-\udfff]")
_UNSEEN: Final = (
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200e\u200f\u2061-\u2064\u206a-\u206f\u2800\u3164\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f]+"
    # A fourth mark above or below one letter, and more, which cover the lines around it.
    "|(?<=[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
"""What comes along with text from elsewhere, such as soft hyphens and marks of direction, and is not seen: it is left
out, so that two names which look the same are the same, and a name is never nothing to look at. Compiled at need."""


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


def one_line(text: Any) -> Any:
    """A text without what is not seen of it. Raises a validation error where it is more than one line, or misleads."""
    if not isinstance(text, str):
        return text
    if _HIDDEN.search(text):
        if "\n" in text or "\r" in text or "\t" in text:
            raise PydanticCustomError("one_line", "This text is one line: no line breaks and no tabs.")
        raise PydanticCustomError(
            "hidden_character",
            "Control characters and characters that are not seen are not allowed: type the text anew.",
        )
    return _seen(text)


def _seen(text: str) -> str:
    return text if text.isascii() else re.sub(_UNSEEN, "", text)


Line = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        json_schema_extra={"pattern": rf"^[^{HIDDEN}]*[^\s{HIDDEN}][^{HIDDEN}]*$"},
    ),
    BeforeValidator(one_line),
]
"""A text of one line."""


_ADDRESS: Final = re.compile(r"://|\bwww\.", re.IGNORECASE)


def no_address(text: str) -> str:
    """A text, unchanged. Raises a validation error where a mail program would make a link of it."""
    if _ADDRESS.search(text):
        raise PydanticCustomError(
            "address_in_name", "A name holds no web address: there is a field for that."
        )
    return text


Name = Annotated[Line, AfterValidator(no_address)]
"""What an organization calls itself. It stands in mails to people who know nothing of it, so it is no bait."""


_LINE_BREAK: Final = re.compile(r"\r\n?")
_HIDDEN_IN_TEXT: Final = re.compile(rf"(?![\n\t])[{HIDDEN}\ud800-\udfff]")
_SEEN: Final = rf"(?:[\t\n\r]|[^{HIDDEN}])"


def lines(text: Any) -> Any:
    """A text without what is not seen, its line breaks as ``\\n``. Raises a validation error where it misleads."""
    if not isinstance(text, str):
        return text
    text = _LINE_BREAK.sub("\n", text)
    if _HIDDEN_IN_TEXT.search(text):
        raise PydanticCustomError(
            "hidden_character",
            "Control characters and characters that are not seen are not allowed: type the text anew.",
        )
    return _seen(text)


Text = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4000,
        json_schema_extra={"pattern": rf"^{_SEEN}*[^\s{HIDDEN}]{_SEEN}*$"},
    ),
    BeforeValidator(lines),
]
"""A text of several lines. It is text: nothing in it means anything to a browser, and whoever shows it escapes it."""

HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
"""What names a host, for patterns."""
_LINK: Final = rf"[Hh][Tt][Tt][Pp][Ss]?://{HOST}(?::[0-9]{{1,5}})?(?:[/?#][\x21\x23-\x3b\x3d\x3f-\x7e]*)?"


def web_address(text: str) -> str:
    """A web address with its scheme, unchanged."""
    if re.fullmatch(_LINK, text) is None:
        raise PydanticCustomError(
            "website", "A web address that begins with https:// or http://, such as https://example.org."
        )
    return text


Link = Annotated[
    str,
    Field(max_length=300),
    AfterValidator(web_address),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 300,
            "pattern": f"^{_LINK}$",
            "examples": ["https://cedar.example.org"],
        }
    ),
]
"""A web address with its scheme, http or https and no other: harmless to show as a link."""

_EMAIL: Final = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{HOST}"


def email_address(text: str) -> str:
    """An e-mail address, unchanged."""
    if re.fullmatch(_EMAIL, text) is None:
        raise PydanticCustomError("email", "An e-mail address, such as desk@example.org.")
    return text


Email = Annotated[
    str,
    Field(max_length=254),
    AfterValidator(email_address),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 254,
            "pattern": f"^{_EMAIL}$",
            "examples": ["desk@connects.example"],
        }
    ),
]
"""An e-mail address."""


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
