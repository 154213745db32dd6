"""What is known of sources of lists, as items of the table."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.readable import readable
from chalicelib.table import keys
from chalicelib.table.expressions import Delete, Put
from chalicelib.table.table import Table

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class ListSource:
    """What is known of a source of lists: its latest list, and where the roster of its schools is.

    ``confirmed`` is the date of its latest whole list: until then it says of its schools what it said before.
    """

    source: str
    import_id: str
    list_date: date
    roster_key: str
    confirmed: date | None = None


def find(table: Table, source: str) -> ListSource | None:
    """What is known of a source, or None where no list of it was imported yet."""
    item = table.get(keys.list_source(source))
    return None if item is None else source_of_document(item["doc"])


def confirmed(table: Table) -> dict[str, str]:
    """Sources by the date of their latest whole list, where there was one."""
    items = table.query_all(keys.SOURCES, index=keys.DIRECTORY, attributes=("doc",))
    found = readable(items, lambda item: source_of_document(item["doc"]))
    return {one.source: one.confirmed.isoformat() for one in found if one.confirmed is not None}


def source_write(known: ListSource) -> Put:
    """The write of what is known of a source."""
    pk, sk = keys.list_source(known.source)
    entry = keys.DIRECTORY.entry(keys.SOURCES, known.source)
    return Put({"PK": pk, "SK": sk, **entry, "doc": source_document(known)})


def source_removal(source: str) -> Delete:
    """The write that knows nothing of a source any more."""
    return Delete(keys.list_source(source))


def source_document(known: ListSource) -> str:
    """What is known of a source, as text."""
    return _sources().dump_json(known).decode()


def source_of_document(text: str) -> ListSource:
    """What ``source_document`` wrote."""
    return _sources().validate_json(text)


@lru_cache(maxsize=1)
def _sources() -> "TypeAdapter[ListSource]":
    from pydantic import TypeAdapter

    return TypeAdapter(ListSource)
