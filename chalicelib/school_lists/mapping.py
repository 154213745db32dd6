"""Mappings that administrators supply: which column of their list holds what."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.school_lists import layouts
from chalicelib.school_lists.cleaning import state_code
from chalicelib.school_lists.evidence import simplified
from chalicelib.school_lists.layouts import Mapped
from chalicelib.school_lists.models import ColumnMapping, UnusableList, shown

NAME: Final = r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?"
"""What a mapping may be called, as a regular expression."""
CONSTANTS: Final = ("state", "city", "zip", "level", "programs", "accreditation", "country", "list_year")
"""The fields that may hold for a whole list."""
_LONGEST: Final = 300


def fields() -> tuple[str, ...]:
    """The fields that columns can be mapped to: those of the plain layout."""
    return tuple(layouts.layout("plain").columns)


def check(mapping: ColumnMapping) -> None:
    """Raises ``InvalidInput``, with what is wrong where, unless the mapping can serve to read a list."""
    problems = []
    for part, given, allowed in (
        ("columns", mapping.columns, fields()),
        ("constants", mapping.constants, CONSTANTS),
    ):
        for field, value in given.items():
            if field not in allowed:
                problems.append(
                    FieldError(
                        f"/{part}/{field}", f"There is no such field. There are: {', '.join(allowed)}."
                    )
                )
            elif not value.strip() or len(value) > _LONGEST:
                problems.append(FieldError(f"/{part}/{field}", f"Write 1 to {_LONGEST} characters."))
    if state_code(mapping.constants.get("state", "MT")) is None:
        problems.append(FieldError("/constants/state", "Write two letters, such as IL, or the state's name."))
    if mapping.header_row is not None and not 0 <= mapping.header_row <= 200:
        problems.append(
            FieldError("/header_row", "Write the number of the header's row, or 0 where there is none.")
        )
    if not problems and (lacking := layouts.missing(_over(mapping, dict.fromkeys(mapping.columns, 0), ()))):
        problems.append(FieldError("/columns", f"Missing: {', '.join(lacking)}."))
    if problems:
        raise InvalidInput("; ".join(f"{one.pointer}: {one.detail}" for one in problems), problems)


def from_json(text: str) -> ColumnMapping:
    """A mapping from its document, ``{"name", "columns", "constants", "header_row"}``. Raises ``InvalidInput``."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The mapping is no JSON.") from error
    if not isinstance(document, dict):
        raise InvalidInput("The mapping is no JSON object.")
    columns, constants = document.get("columns", {}), document.get("constants", {})
    header_row = document.get("header_row")
    if not _texts(columns) or not _texts(constants) or type(header_row) not in (int, type(None)):
        raise InvalidInput("columns and constants are objects of texts, header_row is a whole number.")
    # An unfilled line of a skeleton says nothing.
    columns = {field: header for field, header in columns.items() if header}
    constants = {field: value for field, value in constants.items() if value}
    mapping = ColumnMapping(str(document.get("name") or "mapping"), columns, constants, header_row)
    check(mapping)
    return mapping


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def lay_over(mapping: ColumnMapping, header: tuple[str, ...]) -> Mapped | None:
    """The mapping laid over a header, or None where a column that it names is not there."""
    names = [simplified(cell) for cell in header]
    positions: dict[str, int] = {}
    for field, column in mapping.columns.items():
        if column.startswith("#") and column[1:].isdecimal():
            place = int(column[1:]) - 1
        else:
            place = names.index(simplified(column)) if simplified(column) in names else -1
        if not 0 <= place < len(header):
            return None
        positions[field] = place
    return _over(mapping, positions, header)


def _over(mapping: ColumnMapping, positions: Mapping[str, int], header: tuple[str, ...]) -> Mapped:
    return Mapped(layouts.layout("plain"), header, positions, mapping.name, dict(mapping.constants))


def refused(mapping: ColumnMapping, header: tuple[str, ...]) -> UnusableList:
    """Why a mapping does not fit a list."""
    names = {simplified(cell) for cell in header}
    lost = [column for column in mapping.columns.values() if simplified(column) not in names]
    return UnusableList(
        f"The mapping {shown(mapping.name)} names columns that the list does not have: "
        f"{', '.join(shown(one) for one in lost) or 'see its places and its header row'}.",
        "Correct the mapping, or upload the list that it is for.",
        tuple((shown(cell), "") for cell in header[:200]),
        tuple(field for field, column in mapping.columns.items() if column in lost),
        skeleton(None, header),
    )


def skeleton(mapped: Mapped | None, header: tuple[str, ...] = ()) -> dict[str, Any]:
    """A mapping to be filled in: what was understood is there, the rest is blank; ``headers`` are to choose from."""
    taken = (
        {} if mapped is None else {field: _named(mapped.header, at) for field, at in mapped.positions.items()}
    )
    cells = mapped.header if mapped is not None else header
    wanted = (
        "name",
        "street",
        "city",
        "state",
        "zip",
        "phone",
        "website",
        "latitude",
        "longitude",
        "nces_id",
        "closed",
    )
    columns = {
        field: _bare(taken.get(field, "")) for field in dict.fromkeys((*wanted, *taken)) if field in fields()
    }
    return {
        "name": "my-list",
        "columns": columns,
        "constants": {"state": ""} if not columns.get("state") else {},
        "headers": [shown(cell.lstrip("\ufeff")) for cell in cells[:200]],
    }


def _named(header: Sequence[str], place: int) -> str:
    """A column as a mapping names it: by its place where several are called alike."""
    return header[place] if len(layouts.places_of(header, header[place])) == 1 else f"#{place + 1}"


def _bare(header: str) -> str:
    return header.lstrip("\ufeff").strip()
