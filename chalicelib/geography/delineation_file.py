"""Reads the Census Bureau's workbook of delineations: "List 1. Core based statistical areas (CBSAs) …".

Its header stands below two lines of title, the second of which names the month, and notes stand below its rows. Every
row is a county of a metropolitan or micropolitan area. What is not quite that is refused with a reason: areas of the
statistics would follow from it.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Final

from chalicelib.geography.delineation import Delineation, county_key
from chalicelib.geography.models import NotADelineation
from chalicelib.geography.states import code_of_state

HEAD_ROWS: Final = 15
"""The header is in one of so many first rows."""
_CODE, _TITLE, _KIND = "cbsa code", "cbsa title", "metropolitan/micropolitan statistical area"
_COUNTY, _STATE = "county/county equivalent", "state name"
_COLUMNS: Final = (_CODE, _TITLE, _KIND, _COUNTY, _STATE)
_TOLD_BY: Final = frozenset({_CODE, "fips county code"})
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH: Final = re.compile(rf"\b({'|'.join(_MONTHS)})\s+((?:19|20)\d\d)\b")
_METRO_CODE: Final = re.compile(r"[1-9]\d{4}", re.ASCII)
_METROPOLITAN: Final = "metropolitan statistical area"
_KINDS: Final = (_METROPOLITAN, "micropolitan statistical area")
LEAST_METROS: Final = 300
"""There have been more in every delineation since 1990; a list of fewer has been cut off."""
_AS_PUBLISHED: Final = (
    "Upload the workbook as the Census Bureau publishes it: list1 of the page Delineation Files, unchanged."
)


def is_delineation(head: Iterable[Sequence[str]]) -> bool:
    """Whether the first rows of a table are those of a delineation, whole or not."""
    return any(set(map(_plain, row)) >= _TOLD_BY for row in islice(head, HEAD_ROWS))


def read_delineation(rows: Iterable[Sequence[str]]) -> Delineation:
    """The delineation in the rows of its sheet. Raises ``NotADelineation``."""
    table = [[cell.strip() for cell in row] for row in rows]
    at, columns = _header(table)
    vintage = _vintage(table[:at])
    titles: dict[str, str] = {}
    metro_of: dict[str, dict[str, str]] = {}
    for number, row in enumerate(table[at + 1 :], at + 2):
        code, title, kind, county, state_name = (
            row[columns[name]] if columns[name] < len(row) else "" for name in _COLUMNS
        )
        if not (title or kind or county or state_name):
            continue  # A blank line, or a note: it is all in the first cell.
        state = code_of_state(state_name)
        if (
            _METRO_CODE.fullmatch(code) is None
            or not title
            or _plain(kind) not in _KINDS
            or not county
            or state is None
        ):
            raise _damaged(
                number, "a row needs a CBSA code of five digits, a title, its kind, a county and a state"
            )
        if _plain(kind) != _METROPOLITAN:
            continue
        if titles.setdefault(code, title) != title:
            raise _damaged(number, f"{code} has the title {titles[code]!r} in another row")
        if metro_of.setdefault(state, {}).setdefault(county_key(county), code) != code:
            raise _damaged(number, f"{county} in {state_name} is in two metropolitan areas")
    if len(titles) < LEAST_METROS:
        raise NotADelineation(
            f"The list has {len(titles)} metropolitan areas, and there are more than {LEAST_METROS}: it was cut off.",
            _AS_PUBLISHED,
        )
    return Delineation(vintage, titles, metro_of)


def _header(table: list[list[str]]) -> tuple[int, dict[str, int]]:
    for at, row in enumerate(table[:HEAD_ROWS]):
        found = {_plain(cell): column for column, cell in enumerate(row)}
        if found.keys() >= _TOLD_BY:
            if missing := [name for name in _COLUMNS if name not in found]:
                raise NotADelineation(
                    f"The header in row {at + 1} lacks {', '.join(missing)}.", _AS_PUBLISHED
                )
            return at, found
    raise NotADelineation(
        f"None of the first {HEAD_ROWS} rows is the header of a delineation.", _AS_PUBLISHED
    )


def _vintage(above: list[list[str]]) -> date:
    told = _MONTH.search(_plain(" ".join(cell for row in above for cell in row)))
    if told is None:
        raise NotADelineation("The lines above the header do not tell the month it is of.", _AS_PUBLISHED)
    return date(int(told[2]), _MONTHS.index(told[1]) + 1, 1)


def _damaged(row: int, what: str) -> NotADelineation:
    return NotADelineation(f"Row {row} is not as it should be: {what}.", _AS_PUBLISHED)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
