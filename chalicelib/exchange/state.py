"""What the publisher remembers between nights: block membership, frozen values, vintages.

The state is a temporal table. A row is one contribution in one block and the nights it counted, so that the
membership of every block on every retained night can be read back. It holds codes of owner groups and hashes
of organizations, no names of either.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from chalicelib.errors import InvalidInput
from chalicelib.exchange.contributions import AREA_BITS, GROUP_BITS
from chalicelib.exchange.frame import Codes, Frame, Ints, Places
from chalicelib.exchange.metric_kinds import Kind, kind_of
from chalicelib.exchange.sets import Hashes

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

    def take(self, index: NDArray[Any]) -> "Rows":
        """The rows at `index` (positions or a mask)."""
        return Rows(*(getattr(self, item.name)[index] for item in fields(self)))

    def plus(self, other: "Rows") -> "Rows":
        """These rows, then the others."""
        if not len(self) or not len(other):
            return other if len(other) else self
        return Rows(*(np.concatenate([getattr(self, f.name), getattr(other, f.name)]) for f in fields(self)))

    @classmethod
    def empty(cls) -> "Rows":
        """No rows."""
        kinds = {"block": np.int64, "value": np.int64, "fresh": np.bool_}
        return cls(*(np.empty(0, kinds.get(item.name, np.int32)) for item in fields(cls)))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names by code; codes never change once given. An area is known by (name, state) and printed as its
    label.
    """

    groups: tuple[str, ...] = ()
    shop_types: tuple[str, ...] = ()
    families: tuple[tuple[str, str], ...] = ()
    areas: tuple[tuple[str, str], ...] = ()
    area_labels: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    nations: tuple[str, ...] = ()
    area_state: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    state_division: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    division_nation: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    #: Metrics named like shares that hold amounts.
    amounts: tuple[str, ...] = ()

    def kind(self, metric: str) -> Kind:
        """How a metric of this vocabulary is read and printed."""
        return kind_of(f"{metric}_amount" if metric in self.amounts else metric)

    def absorb(self, frame: Frame) -> tuple["Vocabulary", Frame]:
        """This vocabulary with the frame's new names added, and the frame in its codes.

        Raises InvalidInput when a place lies elsewhere than before, a share becomes an amount, or a
        dictionary outgrows its code.
        """
        groups, group = _extend(self.groups, frame.groups)
        types, shop_type = _extend(self.shop_types, frame.shop_types)
        families, family = _extend(self.families, frame.families)
        for what, size, bits in (("owner groups", len(groups), GROUP_BITS), ("families", len(families), 19)):
            if size >= 1 << bits:
                raise InvalidInput(f"{size} {what} are more than the {1 << bits} a state can hold")
        if len(types) > 500:
            raise InvalidInput(f"{len(types)} shop types are more than the 500 a state can hold")
        grown, area = self._absorb_places(frame.places)
        grown = replace(grown, groups=groups, shop_types=types, families=families)
        grown = replace(grown, amounts=tuple(sorted({*self.amounts, *frame.amounts})))
        turned = {metric for metric, _ in self.families} & set(frame.amounts) - set(self.amounts)
        if turned:
            raise InvalidInput(
                f"metric {min(turned)!r} was a share (0 or 1) on earlier nights and now holds other numbers"
            )
        recoded = replace(
            frame,
            group=_recoded(group, frame.group),
            area=_recoded(area, frame.area),
            shop_type=_recoded(shop_type, frame.shop_type),
            family=_recoded(family, frame.family),
        )
        return grown, recoded

    def _absorb_places(self, places: Places) -> tuple["Vocabulary", Codes]:
        nations, nation = _extend(self.nations, places.nations)
        divisions, division = _extend(self.divisions, places.divisions)
        states, state = _extend(self.states, places.states)
        named = tuple(
            (name, places.states[s]) for name, s in zip(places.areas, places.area_state, strict=True)
        )
        areas, area = _extend(self.areas, named)
        if len(areas) >= 1 << AREA_BITS:
            raise InvalidInput(f"{len(areas)} areas are more than the {1 << AREA_BITS} a state can hold")
        state_of = {name: code for code, name in enumerate(states)}
        grown = Vocabulary(
            areas=areas,
            area_labels=self.area_labels + _labels(areas, len(self.areas)),
            states=states,
            divisions=divisions,
            nations=nations,
            area_state=np.array([state_of[name] for _, name in areas], np.int32),
            state_division=_parents(
                self.state_division, states, state, division[places.state_division], divisions
            ),
            division_nation=_parents(
                self.division_nation, divisions, division, nation[places.division_nation], nations
            ),
        )
        return grown, area

    def place_names(self, level: int) -> tuple[str, ...]:
        """The printed names of the places of a level: 0 area, 1 state, 2 division, 3 nation."""
        return (self.area_labels, self.states, self.divisions, self.nations)[level]

    def up(self, place: Codes, level: int, target: int) -> Codes:
        """The places of level `target` in which the places of `level` lie."""
        for parents in (self.area_state, self.state_division, self.division_nation)[level:target]:
            place = parents[place]
        return place


def _extend(known: tuple[Any, ...], names: tuple[Any, ...]) -> tuple[tuple[Any, ...], Codes]:
    """`known` with the new names added in sorted order, and the code of each of `names`."""
    if known == names or (not known and list(names) == sorted(names)):
        return names, np.arange(len(names), dtype=np.int32)
    index = {name: code for code, name in enumerate(known)}
    new = sorted(set(names) - index.keys())
    index.update((name, len(known) + code) for code, name in enumerate(new))
    return (*known, *new), np.fromiter((index[name] for name in names), np.int32, len(names))


def _recoded(code: Codes, column: Codes) -> Codes:
    """`code[column]`, without a copy where no code changes."""
    return column if np.array_equal(code, np.arange(len(code))) else code[column]


def _labels(areas: tuple[tuple[str, str], ...], known: int) -> tuple[str, ...]:
    """Labels of the areas from `known` on: the name, or `name-state` when another state has that name too."""
    seen = {name for name, _ in areas[:known]}
    fresh = [name for name, _ in areas[known:]]
    crossing = (
        seen | {name for name in fresh if fresh.count(name) > 1} if len(set(fresh)) < len(fresh) else seen
    )
    return tuple(f"{name}-{state}" if name in crossing else name for name, state in areas[known:])


def _parents(
    known: Codes, names: tuple[str, ...], child: Codes, parent: Codes, parents: tuple[str, ...]
) -> Codes:
    table = np.full(len(names), -1, np.int32)
    table[: len(known)] = known
    moved = (table[child] >= 0) & (table[child] != parent)
    if moved.any():
        at = int(np.flatnonzero(moved)[0])
        name, was, now = names[child[at]], parents[table[child[at]]], parents[parent[at]]
        raise InvalidInput(f"place {name!r} lies in {now!r}, but lay in {was!r} on earlier nights")
    table[child] = parent
    return table


@dataclass(frozen=True, slots=True)
class State:
    """Everything remembered. `blocks` are sorted keys with the night each last changed (`admitted`).

    `ledger` is the sorted set of hashes of answers ever published; `owners` maps organization hashes (sorted)
    to the owner-group code of the last night they answered. `kin` gives each owner group the one it came from
    (itself, unless it was renamed or split off): kin count as one towards k.
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
