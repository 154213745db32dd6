"""Telephone numbers, web addresses and e-mail addresses: one form each, harmless to show as a link."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

_EXTENSION: Final = re.compile(r"\s*(?:ext\.?|x|#)\s*(\d{1,6})$", re.ASCII | re.IGNORECASE)
_PHONE_SIGNS: Final = re.compile(r"[0-9 ().+/-]+", re.ASCII)
# North American numbers: neither area code nor exchange begins with 0 or 1.
_NORTH_AMERICAN: Final = re.compile(r"1?([2-9]\d{2}[2-9]\d{6})", re.ASCII)
_INTERNATIONAL: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
_WEBSITE: Final = rf"[Hh][Tt][Tt][Pp][Ss]?://{_HOST}(?::[0-9]{{1,5}})?(?:[/?#][\x21\x23-\x3b\x3d\x3f-\x7e]*)?"
_EMAIL: Final = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_HOST}"
# What ``uniform_phone`` takes, for the schema.
_SIGNS: Final = r"[ ().+/-]*"
_TEN: Final = rf"[2-9](?:{_SIGNS}[0-9]){{2}}{_SIGNS}[2-9](?:{_SIGNS}[0-9]){{6}}"
_PHONE: Final = (
    rf"(?:(?:[ ()./-]{_SIGNS})?(?:1{_SIGNS})?{_TEN}|\+{_SIGNS}1{_SIGNS}{_TEN}"
    rf"|\+{_SIGNS}[2-9](?:{_SIGNS}[0-9]){{6,14}}){_SIGNS}(?:(?:[Ee][Xx][Tt]\.?|[Xx]|#) *[0-9]{{1,6}})?"
)


def uniform_phone(text: str) -> str:
    """A telephone number as ``+14065550123`` (E.164), with ``x45`` behind it where it has an extension."""
    extension = _EXTENSION.search(text)
    main = text[: extension.start()] if extension else text
    suffix = f"x{extension[1]}" if extension else ""
    digits = re.sub(r"\D", "", main, flags=re.ASCII)
    if _PHONE_SIGNS.fullmatch(main):
        american = _NORTH_AMERICAN.fullmatch(digits)
        if american and (not main.lstrip().startswith("+") or digits.startswith("1")):
            return f"+1{american[1]}{suffix}"
        if (
            main.lstrip().startswith("+")
            and _INTERNATIONAL.fullmatch(f"+{digits}")
            and not digits.startswith("1")
        ):
            return f"+{digits}{suffix}"
    raise PydanticCustomError(
        "phone", "A telephone number with area code, such as 406-555-0123 or +1 406 555 0123 x45."
    )


def web_address(text: str) -> str:
    """A web address with its scheme, unchanged."""
    if re.fullmatch(_WEBSITE, text) is None:
        raise PydanticCustomError(
            "website", "A web address that begins with https:// or http://, such as https://example.org."
        )
    return text


def email_address(text: str) -> str:
    """An e-mail address, unchanged."""
    if re.fullmatch(_EMAIL, text) is None:
        raise PydanticCustomError("email", "An e-mail address, such as desk@example.org.")
    return text


Phone = Annotated[
    str,
    Field(max_length=40),
    AfterValidator(uniform_phone),
    WithJsonSchema(
        {"type": "string", "maxLength": 40, "pattern": f"^{_PHONE}$", "examples": ["406-555-0123"]}
    ),
]
"""A telephone number; kept and shown as ``+14065550123``."""

Website = Annotated[
    str,
    Field(max_length=300),
    AfterValidator(web_address),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": 300,
            "pattern": f"^{_WEBSITE}$",
            "examples": ["https://cedar.example.org"],
        }
    ),
]
"""A web address with its scheme."""

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
