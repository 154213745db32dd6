"""Column mappings that administrators save by name, for the next list of the same kind."""

import json
from datetime import datetime

from chalicelib.errors import FieldError, InvalidInput
from chalicelib.readable import readable
from chalicelib.school_lists import mapping
from chalicelib.school_lists.models import ColumnMapping
from chalicelib.table import keys
from chalicelib.table.expressions import Item, Put
from chalicelib.table.table import Table


def save(table: Table, new: ColumnMapping, now: datetime) -> ColumnMapping:
    """Saves a mapping under its name, in place of what was there. Raises ``InvalidInput`` where it cannot serve."""
    mapping.check(new)
    pk, sk = keys.list_mapping(new.name)
    document = json.dumps(
        {
            "name": new.name,
            "columns": dict(new.columns),
            "constants": dict(new.constants),
            "header_row": new.header_row,
        }
    )
    entry = keys.DIRECTORY.entry(keys.MAPPINGS, new.name)
    table.write(Put({"PK": pk, "SK": sk, **entry, "doc": document, "updated_at": now.isoformat()}))
    return new


def find(table: Table, name: str) -> ColumnMapping | None:
    """The mapping of a name, or None."""
    item = table.get(keys.list_mapping(name))
    return None if item is None else _read(item["doc"])


def named(table: Table, name: str) -> ColumnMapping:
    """The mapping that a request names. Raises ``InvalidInput``."""
    found = find(table, name)
    if found is None:
        detail = f"There is no mapping {name}. Save it first: PUT /v1/import-mappings/{name}."
        raise InvalidInput(detail, [FieldError("/mapping_name", detail)])
    return found


def page(table: Table, limit: int, start: Item | None) -> tuple[list[ColumnMapping], Item | None]:
    """Saved mappings by name, and where the next page starts."""
    found = table.query(keys.MAPPINGS, index=keys.DIRECTORY, limit=limit, start=start, attributes=("doc",))
    return list(readable(found.items, lambda item: _read(item["doc"]))), found.next


def _read(document: str) -> ColumnMapping:
    return ColumnMapping(**json.loads(document))
