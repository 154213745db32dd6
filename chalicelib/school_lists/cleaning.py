"""From what stands in a cell to a value, or to None where nothing or nothing usable stands there.

Every function takes the cell's text and is pure. What cannot be read raises ``Unreadable``, which says why
and what would do; an empty cell is never an error.
"""

import html
import re
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from chalicelib.geography.service import code_of_state


class Unreadable(ValueError):
    """A value that cannot be what its column says. ``reason`` and ``remedy`` are for the person who mends the list."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


NONE: Final = frozenset(
    (
        "",
        "-",
        "--",
        "---",
        "\u2014",
        "\u2013",
        ".",
        "n/a",
        "na",
        "n.a.",
        "#n/a",
        "none",
        "null",
        "(null)",
        "nan",
        "unknown",
        "tbd",
        "?",
        "\u2020",
        "\u2021",
        "no data",
        "n / a",
        "missing",
        "not available",
        "not provided",
        "not listed",
        "not reported",
        "same",
        "same as above",
        "#ref!",
        "#value!",
        "#name?",
        "#div/0!",
        "#null!",
        "#num!",
    )
)
_LONGEST_NONE: Final = max(map(len, NONE))
ENTITY: Final = re.compile(
    r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|amp|quot|apos|nbsp|[lr]squo|[mn]dash|[a-z](?:acute|tilde|uml|grave|cedil));",
    re.IGNORECASE,
)
"""A character as web pages write it."""
_EXCEL_NUMBER: Final = re.compile(r"(\d+)\.0+", re.ASCII)
_ZIP: Final = re.compile(r"(?:[A-Z]{2},? )?(\d{5})(?:[-\u2013 ]?(\d{4}))?", re.ASCII)
_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}", re.ASCII)
_PHONE: Final = re.compile(
    r"(?:\+?1[\s.-]*)?\(?([2-9]\d{2})\)?[\s./-]*([2-9]\d{2})[\s.-]*(\d{4})"
    r"(?:[\s,;]*(?:ext\.?|extension|x|#)?[\s.:]*(\d{1,6}))?",
    re.ASCII | re.IGNORECASE,
)
_NEXT_PHONE: Final = re.compile(
    r"\s*(?:[;|,]|\bor\b|\band\b|/\s*(?=\(?\d{3}\D*\d{3}\D*\d{4})|\s\()\s*", re.IGNORECASE
)
_HOST: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?::\d{1,5})?",
    re.ASCII | re.IGNORECASE,
)
_HOST_END: Final = re.compile("[/?#]")
_SCHEME: Final = re.compile(r"(https?):?/{1,3}", re.ASCII | re.IGNORECASE)
_FORMULA_TEXT: Final = re.compile(r'="?([^"]*)"')
_STATE_PARTS: Final = re.compile(r"[-\u2013:()/,]")
_NATION: Final = frozenset(("US", "USA"))
_DECIMAL_COMMA: Final = re.compile(r"-?\d{1,3},\d{2,}", re.ASCII)
_YEAR: Final = re.compile(r"(?:19|20)\d\d", re.ASCII)
_DAYS: Final = ("%m/%d/%Y", "%Y-%m-%d", "%Y/%m/%d", "%m-%d-%Y")
_CIP: Final = re.compile(r"(\d{1,2})\.?(\d{4})", re.ASCII)
_PATH: Final = re.compile(r"[\x21\x23-\x3b\x3d\x3f-\x7e]*", re.ASCII)
_MOST_WEBSITE: Final = 300
NOT_OF_SCHOOLS: Final = "nces.ed.gov"
"""Where lists of the Department of Education lead for every school: to its own pages."""


def text_or_none(cell: str) -> str | None:
    """A cell on one line, without padding; None where it holds nothing or one of the signs for nothing."""
    text = " ".join(cell.split())
    if text[:2] == '="' and (kept := _FORMULA_TEXT.fullmatch(text)):
        # How some exports keep a spreadsheet from turning text into a number.
        text = kept[1].strip()
    if "&" in text and ENTITY.search(text):
        text = " ".join(html.unescape(text).split())
    if len(text) <= _LONGEST_NONE and text.casefold() in NONE:
        return None
    if not text.isprintable():
        text = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return text or None


@lru_cache(maxsize=65536)
def zip_code(cell: str) -> str | None:
    """The five digits of a ZIP code, with the leading zeros that spreadsheets lose. None for an empty cell."""
    text = text_or_none(cell)
    if text is None:
        return None
    text = text.strip("'\"").removesuffix("-")
    if number := _EXCEL_NUMBER.fullmatch(text):
        text = number[1]
    if text.isdecimal() and text.isascii() and len(text) in (3, 4, 7, 8):
        text = text.zfill(5 if len(text) < 5 else 9)
    elif (parts := text.split("-")) and len(parts) == 2 and all(part.isdecimal() for part in parts):
        text = f"{parts[0].zfill(5)}{parts[1].zfill(4)}"
    if not text.strip("0-"):
        return None
    match = _ZIP.fullmatch(text)
    if match is None:
        raise Unreadable(
            "it is no ZIP code", "Write five digits, such as 60601, or ZIP+4, such as 60601-2345."
        )
    return match[1]


@lru_cache(maxsize=1024)
def state_code(cell: str) -> str | None:
    """The two letters of a state or territory, from its code, its name or both. None where it is none, or empty."""
    found = code_of_state(cell) or code_of_state(cell.replace(".", ""))
    if found is None and (parts := _STATE_PARTS.split(cell)) and len(parts) > 1:
        codes = {
            code_of_state(part) for part in parts if part.strip() and part.strip().upper() not in _NATION
        }
        found = codes.pop() if len(codes) == 1 else None
    return found


def is_past(cell: str, today: date) -> bool | None:
    """Whether a day has passed, None where none is told."""
    text = text_or_none(cell)
    year = None if text is None else _YEAR.search(text)
    if text is None or year is None:
        return None
    for form in _DAYS:
        try:
            return datetime.strptime(text.split()[0], form).date() <= today  # noqa: DTZ007
        except ValueError:
            continue
    return int(year[0]) < today.year


def phone_number(cell: str) -> str | None:
    """A North American number as ``+12025550143``, with ``x7`` behind it where it has an extension."""
    text = text_or_none(cell)
    if text is None or not text.strip("0 -()."):
        return None
    text = text.lstrip("'")
    if number := _EXCEL_NUMBER.fullmatch(text):
        text = number[1]
    match = _PHONE.fullmatch(text) or _first_phone(text)
    if match is None:
        raise Unreadable(
            "it is no telephone number of the United States", "Write ten digits, such as 202-555-0143."
        )
    area, exchange, line, extension = match.groups()
    extension = (extension or "").lstrip("0")
    return f"+1{area}{exchange}{line}" + (f"x{extension}" if extension else "")


def _first_phone(text: str) -> re.Match[str] | None:
    """The first of several numbers, or the one before a remark."""
    first = _NEXT_PHONE.split(text, maxsplit=1)[0].strip()
    return _PHONE.fullmatch(first) if first != text else None


def web_address(cell: str) -> str | None:
    """A web address with its scheme; ``https`` where the list gives none."""
    text = text_or_none(cell)
    if text is None:
        return None
    first, _, more = text.partition(" ")
    if more:
        # Two addresses, or an address and a remark: the first is the school's. A cut fragment leads nowhere.
        first = first.partition("#")[0].rstrip(",;")
    if len(first) > _MOST_WEBSITE - len("https://"):
        raise Unreadable("it is too long for a web address", "Write the address of the home page.")
    if NOT_OF_SCHOOLS in first.lower():
        return None
    scheme = _SCHEME.match(first)
    rest = first[scheme.end() :] if scheme else first.lstrip("/")
    host = _HOST_END.split(rest, maxsplit=1)[0]
    path = rest[len(host) :]
    if "@" in first or not _HOST.fullmatch(host) or not _PATH.fullmatch(path):
        raise Unreadable(
            "it is no web address", "Write it as www.example.edu or https://www.example.edu/page."
        )
    return f"{scheme[1].lower() if scheme else 'https'}://{host.lower()}{path}"


def degrees(cell: str, limit: float) -> float | None:
    """Decimal degrees within ``-limit..limit``, to six decimals. Zero, -1 and -2 are codes for none."""
    text = text_or_none(cell)
    if text is None:
        return None
    try:
        value = float(text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text)
    except ValueError:
        raise Unreadable("it is no number of degrees", "Write decimal degrees, such as -87.6298.") from None
    if value in (0, -1, -2):
        return None
    if not -limit <= value <= limit:
        raise Unreadable("it is out of range", f"Write decimal degrees between -{limit:g} and {limit:g}.")
    return round(value, 6)


def identifier(cell: str) -> str | None:
    """An identifier's letters and digits in upper case, without what spreadsheets add to them."""
    text = text_or_none(cell)
    if text is None:
        return None
    text = text.strip("'\"=")
    if number := _EXCEL_NUMBER.fullmatch(text):
        text = number[1]
    if _SCIENTIFIC.fullmatch(text):
        raise Unreadable(
            "a spreadsheet turned the identifier into a rounded number, so digits are lost",
            "Format the column as text, copy the identifiers in again, and export the list anew.",
        )
    return text.replace("-", "").replace(" ", "").upper() or None


def cip_codes(cell: str) -> tuple[str, ...]:
    """CIP codes as ``47.0604``, separated by semicolons, commas or spaces in the cell; each once, in order."""
    text = text_or_none(cell)
    if text is None:
        return ()
    codes = []
    for part in re.split(r"[;,\s|]+", text):
        match = _CIP.fullmatch(part.strip("'\""))
        if match is None:
            raise Unreadable(
                "it is no list of CIP codes", "Write codes such as 47.0604, separated by semicolons."
            )
        codes.append(f"{match[1].zfill(2)}.{match[2]}")
    return tuple(dict.fromkeys(codes))


def whole_number(cell: str) -> int | None:
    """A number of people."""
    text = text_or_none(cell)
    if text is None:
        return None
    digits = text.replace(",", "")
    if number := _EXCEL_NUMBER.fullmatch(digits):
        digits = number[1]
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 5:
        raise Unreadable("it is no number of students", "Write a whole number, such as 45.")
    return int(digits)
