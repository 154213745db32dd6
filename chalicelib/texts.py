"""Texts that people write: of one line or several, names, links, addresses; nothing in them that is not seen."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

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
