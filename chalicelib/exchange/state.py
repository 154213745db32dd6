"""What the publisher remembers between nights: block membership, frozen values, vintages.

The state is a temporal table. A row is one contribution in one block and the nights it counted, so that the
membership of every block on every retained night can be read back. It holds ids of owner groups, for a shop that
belongs to none its own, and hashes of organizations, no names of either; so it is private, and erased from.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chalicelib.errors import InvalidInput
from chalicelib.exchange.frame import Codes, Ints
from chalicelib.exchange.sets import Hashes, arranged, room
from chalicelib.exchange.vocabulary import Vocabulary

#: `last` of a row that still counts.
OPEN = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Rows:
    """Contributions in blocks, one entry each; counted on the nights `first <= night < last`.

    `group` is who the owner group is today, `label` the code it had when the value was taken, on night
    `vintage`. `fresh` says that the value had an answer never published before when it entered.
    """

    block: Ints
    group: Codes
    label: Codes
    area: Codes
    shop_type: Codes
    value: Ints
    vintage: Codes
    first: Codes
    last: Codes
    fresh: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.block)

    def take(self, index: NDArray[Any] | slice) -> "Rows":
        """The rows at `index` (positions, a mask or a slice)."""
        return Rows(*(getattr(self, item.name)[index] for item in fields(self)))

    def by_block(self) -> "Rows":
        """The rows sorted by block, those of a block in the order they were in."""
        if (self.block[1:] >= self.block[:-1]).all():
            return self
        return self.take(arranged(self.block)[1])

    def plus(self, other: "Rows") -> "Rows":
        """These rows, then the others."""
        if not len(self) or not len(other):
            return other if len(other) else self
        return Rows(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    def put(self, at: int, other: "Rows") -> None:
        """Writes other rows over these, from the row `at` on."""
        for item in fields(self):
            getattr(self, item.name)[at : at + len(other)] = getattr(other, item.name)

    @classmethod
    def room(cls, size: int) -> "Rows":
        """Columns of a size, to `put` rows into; what they hold is not defined."""
        kinds = {"block": np.int64, "value": np.int64, "fresh": np.bool_}
        return cls(*(room(size, kinds.get(item.name, np.int32)) for item in fields(cls)))

    @classmethod
    def empty(cls) -> "Rows":
        """No rows."""
        return cls.room(0)


@dataclass(frozen=True, slots=True)
class State:
    """Everything remembered. `blocks` are sorted keys with the night each last changed (`admitted`).

    `ledger` is the sorted set of hashes of answers ever published; `owners` maps organization hashes (sorted)
    to the owner-group code of the last night they answered. `kin` gives each owner group the one it came from
    (itself, unless it was renamed or split off): kin count as one towards k. `joined` are the sorted keys of blocks
    that took others in: those were published by themselves, so what is in such a block is never parted again.
    """

    nights: tuple[int, ...] = ()
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    rows: Rows = field(default_factory=Rows.empty)
    blocks: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    admitted: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    ledger: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    owner_hashes: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    owner_groups: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    kin: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    joined: Ints = field(default_factory=lambda: np.empty(0, np.int64))

    def dump(self) -> dict[str, bytes]:
        """The state as Parquet files by name."""
        words = self.vocabulary
        pairs = {"families": words.families, "areas": words.areas}
        singles = ("groups", "shop_types", "area_labels", "states", "divisions", "nations", "amounts")
        tables: dict[str, dict[str, NDArray[Any]]] = {
            "rows": {item.name: getattr(self.rows, item.name) for item in fields(Rows)},
            "blocks": {"block": self.blocks, "admitted": self.admitted},
            "ledger": {"answer": self.ledger},
            "owners": {"organization": self.owner_hashes, "owner_group": self.owner_groups},
            "kin": {"group": self.kin},
            "joined": {"block": self.joined},
            "nights": {"night": np.array(self.nights, np.int32)},
            "state_division": {"parent": words.state_division},
            "division_nation": {"parent": words.division_nation},
        }
        tables |= {name: {"name": _texts(getattr(words, name))} for name in singles}
        tables |= {
            name: {"name": _texts([p[0] for p in pair]), "second": _texts([p[1] for p in pair])}
            for name, pair in pairs.items()
        }
        return _parquet(tables)

    def values_file(self) -> bytes:
        """The values that count now, as a Parquet file: what an audit needs beside the members (private)."""
        words = self.vocabulary
        live = self.rows.take(self.rows.last == OPEN)
        family = (live.block >> 32).astype(np.int64)
        table = {
            "metric": _texts([pair[0] for pair in words.families])[family],
            "position": _texts([pair[1] for pair in words.families])[family],
            "owner_group": _texts(words.groups)[live.label],
            "area": _texts(words.area_labels)[live.area],
            "vintage": live.vintage,
            "value": live.value,
        }
        return _parquet({"values": table})["values.parquet"]

    @classmethod
    def load(cls, files: Mapping[str, bytes]) -> "State":
        """The state that `dump` wrote. Raises InvalidInput when a file is missing or damaged."""
        with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as db:

            def table(name: str) -> dict[str, NDArray[Any]]:
                if f"{name}.parquet" not in files:
                    raise InvalidInput(f"exchange state: {name}.parquet is missing; restore an earlier night")
                path = Path(folder) / name
                path.write_bytes(files[f"{name}.parquet"])
                try:
                    return db.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchnumpy()
                except duckdb.Error as error:
                    raise InvalidInput(
                        f"exchange state: {name}.parquet is damaged; restore an earlier night"
                    ) from error

            def names(name: str) -> tuple[str, ...]:
                return tuple(str(text) for text in table(name)["name"])

            def pairs(name: str) -> tuple[tuple[str, str], ...]:
                columns = table(name)
                return tuple(
                    (str(a), str(b)) for a, b in zip(columns["name"], columns["second"], strict=True)
                )

            areas, states = pairs("areas"), names("states")
            state_of = {name: code for code, name in enumerate(states)}
            words = Vocabulary(
                groups=names("groups"),
                shop_types=names("shop_types"),
                families=pairs("families"),
                areas=areas,
                area_labels=names("area_labels"),
                states=states,
                divisions=names("divisions"),
                nations=names("nations"),
                area_state=np.array([state_of[state] for _, state in areas], np.int32),
                state_division=_plain(table("state_division")["parent"]),
                division_nation=_plain(table("division_nation")["parent"]),
                amounts=names("amounts"),
            )
            rows, blocks, owners = table("rows"), table("blocks"), table("owners")
            return cls(
                nights=tuple(int(night) for night in table("nights")["night"]),
                vocabulary=words,
                rows=Rows(*(_plain(rows[item.name]) for item in fields(Rows))),
                blocks=_plain(blocks["block"]),
                admitted=_plain(blocks["admitted"]),
                ledger=_plain(table("ledger")["answer"]),
                owner_hashes=_plain(owners["organization"]),
                owner_groups=_plain(owners["owner_group"]),
                kin=_plain(table("kin")["group"]),
                # The state of a time when no block could be joined has no such table.
                joined=_plain(table("joined")["block"])
                if "joined.parquet" in files
                else np.empty(0, np.int64),
            )


def _parquet(tables: Mapping[str, Mapping[str, NDArray[Any]]]) -> dict[str, bytes]:
    """Each table as a Parquet file."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as db:
        for name, table in tables.items():
            db.register("columns", table)
            db.execute(
                f"COPY (SELECT * FROM columns) TO '{folder}/{name}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 - of names in this module
            )
            db.unregister("columns")
        return {f"{name}.parquet": (Path(folder) / name).read_bytes() for name in tables}


def _texts(names: Any) -> NDArray[np.object_]:
    column = np.empty(len(names), object)
    column[:] = names
    return column


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    """The column without a mask (the state has no nulls)."""
    return np.ascontiguousarray(np.ma.getdata(column))
