"""Telephone numbers, web addresses and e-mail addresses: one form each, harmless to show as a link."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from chalicelib.texts import email_address, web_address
from chalicelib.values import Email, Link

__all__ = ["Email", "Phone", "Website", "email_address", "uniform_phone", "web_address"]

_EXTENSION: Final = re.compile(r"\s*(?:ext\.?|x|#)\s*(\d{1,6})$", re.ASCII | re.IGNORECASE)
_PHONE_SIGNS: Final = re.compile(r"[0-9 ().+/-]+", re.ASCII)
# North American numbers: neither area code nor exchange begins with 0 or 1.
_NORTH_AMERICAN: Final = re.compile(r"1?([2-9]\d{2}[2-9]\d{6})", re.ASCII)
_INTERNATIONAL: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
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


Phone = Annotated[
    str,
    Field(max_length=40),
    AfterValidator(uniform_phone),
    WithJsonSchema(
        {"type": "string", "maxLength": 40, "pattern": f"^{_PHONE}$", "examples": ["406-555-0123"]}
    ),
]
"""A telephone number; kept and shown as ``+14065550123``."""

Website = Link
"""A web address with its scheme."""
