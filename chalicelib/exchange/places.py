"""The documents that readers fetch: one for each state, one for each division, one for the nation.

A state's document holds the cells of the state and of its areas, and those of its division and of the nation as
well, so that one read answers any look-up there. ``columns`` says how cells are written; a cell costs some 5 bytes.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from chalicelib.exchange.columns import Columns, Row, write
from chalicelib.exchange.models import NATION, PublishedCell, state_of_area

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Head:
    """What every document says of its release: whose, of which night, and what its readers are told of the rules."""

    release_id: str
    night: date
    method_version: str
    k: int
    minimum_age_days: int


class Document:
    """A place's document as read."""

    def __init__(self, head: Head, columns: Columns) -> None:
        self.head = head
        self._columns = columns

    def cells(self, metric: str, position: str) -> dict[tuple[str, str, str], PublishedCell]:
        """The cells of a metric and position by level, place and shop type; empty where none is published."""
        listed = (row.cell for row in self._columns.rows(metric, position))
        return {(cell.loc_level, cell.loc, cell.shop_type): cell for cell in listed}

    def __iter__(self) -> Iterator[PublishedCell]:
        """Every cell in it."""
        for family in self._columns.families:
            yield from (row.cell for row in self._columns.rows(*family))


def document_name(level: str, loc: str) -> str:
    """The name, below its release, of the document of a state, a division or the nation."""
    return f"places/{level}/{loc}.json.gz"


def documents(
    cells: Iterable[PublishedCell], divisions: Mapping[str, str], head: Head
) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of every document of a release. ``divisions`` leads from every state to its division.

    The same cells make the same bytes. Raises ``ValueError`` for a figure that was never rounded.
    """
    held = by_file(cells)
    nation = held["nation", NATION]
    yield _document("nation", NATION, nation, head)
    for division in sorted(set(divisions.values())):
        yield _document("division", division, held["division", division], head)
    for state, division in sorted(divisions.items()):
        wider = held["division", division] + nation
        yield _document("state", state, held["state", state] + wider, head)


def by_file(cells: Iterable[PublishedCell]) -> defaultdict[tuple[str, str], list[PublishedCell]]:
    """Cells by the place whose files hold them: an area's cells are with its state's."""
    held: defaultdict[tuple[str, str], list[PublishedCell]] = defaultdict(list)
    for cell in cells:
        area = cell.loc_level == "area"
        held[("state", state_of_area(cell.loc)) if area else (cell.loc_level, cell.loc)].append(cell)
    return held


def decode(body: bytes) -> Document:
    """The document that these bytes are.

    Raises ``ValueError``, ``OSError``, ``EOFError`` or ``zlib.error`` where they are none.
    """
    content = unpack(body)
    head = content["head"]
    return Document(Head(**{**head, "night": date.fromisoformat(head["night"])}), Columns(content))


def pack(content: Mapping[str, Any]) -> bytes:
    """JSON in gzip: the same content makes the same bytes."""
    text = json.dumps({"format": _FORMAT, **content}, separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def unpack(body: bytes) -> dict[str, Any]:
    """What ``pack`` packed. Raises ``ValueError``, ``OSError``, ``EOFError`` or ``zlib.error``."""
    content: Any = json.loads(gzip.decompress(body))
    if not isinstance(content, dict) or content.get("format") != _FORMAT:
        raise ValueError(f"not a document of format {_FORMAT}")
    return dict(content)


def _document(level: str, loc: str, cells: Iterable[PublishedCell], head: Head) -> tuple[str, bytes]:
    rows = (Row(cell, head.night) for cell in cells)
    told = {**asdict(head), "night": head.night.isoformat()}
    return document_name(level, loc), pack({"head": told, **write(rows, head.night)})
