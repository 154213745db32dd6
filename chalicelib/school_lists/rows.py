"""From the cells of rows to records, or to what is wrong with them: column by column, in chunks of rows."""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, Final

from chalicelib.clock import utc_now
from chalicelib.school_lists import cleaning, columns, identity, trades
from chalicelib.school_lists.choosing import complete_from_mail
from chalicelib.school_lists.cleaning import NONE, text_or_none
from chalicelib.school_lists.columns import Column, Identifiers
from chalicelib.school_lists.fitting import Chunk
from chalicelib.school_lists.layouts import Mapped
from chalicelib.school_lists.models import Gazetteer
from chalicelib.school_lists.placing import Placing
from chalicelib.school_lists.row_chunks import ChunkCleaner, Cleaned

_YES: Final = frozenset(("yes", "y", "true", "1", "x"))


class Cleaner:
    """Reads the rows of one list, by the positions of its columns. ``passed_over`` counts rows out of scope."""

    def __init__(self, mapped: Mapped, gazetteer: Gazetteer, default_state: str | None = None) -> None:
        self._mapped = mapped
        self._layout = mapped.layout
        self._gazetteer = gazetteer
        self._placing = Placing(gazetteer, default_state or mapped.constants.get("state"))
        self._fields = tuple(mapped.positions)
        self._get = itemgetter(*mapped.positions.values(), *list(mapped.positions.values())[:1])
        self._closed_by_yes = mapped.column("closed").strip().casefold() in ("closed", "is closed")
        self._readers: dict[str, Callable[[Sequence[str]], tuple[Sequence[Any], columns.Bad]]] = {
            "phone": columns.phone_numbers,
            "website": columns.web_addresses,
            "ipeds_unit_id": Identifiers(_identifier(identity.ipeds_unit_id), r"(?!0{6})\d{6}"),
            "nces_id": Identifiers(_identifier(identity.nces_id), r"(?!0{12})\d{12}"),
            "ope_id": Identifiers(_identifier(identity.ope_id), r"(?!0{8})\d{8}"),
            "source_id": Column(_own_number),
            "parent_id": Column(_own_number),
            "closed": Column(self._is_closed),
            "closed_on": Column(partial(cleaning.is_past, today=utc_now().date())),
            "programs": Column(trades.program_codes),
            "subject": Column(trades.program_codes),
            "accreditation": Column(trades.accreditation),
            "enrolment": Column(cleaning.whole_number),
            "level": Column(trades.level_of),
        }
        self.passed_over: Counter[str] = Counter()

    def clean(self, chunk: Chunk) -> Cleaned:
        """The records of a chunk's rows."""
        if not chunk.rows:
            return Cleaned([])
        return ChunkCleaner(self, chunk).cleaned()

    def cells_of(self, rows: Sequence[list[str]]) -> dict[str, Sequence[str]]:
        """The cells of each field, those that stand for nothing blank, and blank ones with the constants."""
        cells: dict[str, Sequence[str]] = dict(
            zip(self._fields, zip(*map(self._get, rows), strict=True), strict=False)
        )
        blank, constants = self._layout.blank, self._mapped.constants
        for name in self._fields:
            if blank and not blank.isdisjoint(cells[name]):
                cells[name] = ["" if cell in blank else cell for cell in cells[name]]
            if name in constants:
                cells[name] = [cell if cell.strip() else constants[name] for cell in cells[name]]
        for name, value in constants.items():
            if name not in cells and name != "state":
                cells[name] = (value,) * len(rows)
        complete_from_mail(cells, len(rows))
        return cells

    def column(self, name: str) -> str:
        """The header of a field's column."""
        return self._mapped.column(name)

    def read(self, name: str, cells: Sequence[str]) -> tuple[Sequence[Any], columns.Bad]:
        """The values of a column."""
        return self._readers[name](cells)

    def _is_closed(self, cell: str) -> bool | None:
        text = " ".join(cell.split()).casefold()
        if text in NONE:
            return None
        if text in self._layout.closed_values or (self._closed_by_yes and text in _YES):
            return True
        # "Closed 6/30/2021" and the like, where the layout has words and no codes for it.
        return "closed" in self._layout.closed_values and text.startswith(("closed ", "closed-", "closed("))

    @property
    def mapped(self) -> Mapped:
        """The layout over the list's header."""
        return self._mapped

    @property
    def gazetteer(self) -> Gazetteer:
        """The reference geography."""
        return self._gazetteer

    @property
    def placing(self) -> Placing:
        """Finds places."""
        return self._placing


def _identifier(read: Callable[[str], str]) -> Callable[[str], str | None]:
    def of_cell(cell: str) -> str | None:
        text = cleaning.identifier(cell)
        return None if text is None or not text.strip("0") else read(text)

    return of_cell


def _own_number(cell: str) -> str | None:
    text = text_or_none(cell)
    return None if text is None or len(text) > 60 or "@" in text else text.strip("'")
