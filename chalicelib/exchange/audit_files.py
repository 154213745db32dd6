"""What an audit reads: the nights that `simulate` wrote, checked line by line."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from chalicelib.errors import InvalidInput
from chalicelib.exchange.audit_printed import KEYS
from chalicelib.exchange.models import LEVELS
from chalicelib.exchange.policy import Policy

Triple = tuple[str, str, int]
Where = tuple[str, str, str, str, str]
Members = frozenset[Triple]
Values = dict[tuple[str, str, Triple], int]


@dataclass(frozen=True, slots=True)
class Cell:
    """One published cell of one night."""

    night: int
    where: Where
    record: dict[str, Any]
    members: Members

    @property
    def name(self) -> str:
        """How the cell is named in findings."""
        return f"night {self.night} {'/'.join(self.where)}"


def load(directory: Path) -> tuple[Policy, list[list[Cell]], Values]:
    """The retained nights of a directory. Raises InvalidInput naming the file and line at fault."""
    if not directory.is_dir():
        raise InvalidInput(f"{directory}: not a directory; give the --out directory of simulate")
    numbers = sorted(int(path.stem[4:]) for path in directory.glob("pub_*.jsonl") if path.stem[4:].isdigit())
    if not numbers:
        raise InvalidInput(f"{directory}: holds no pub_0.jsonl; give the --out directory of simulate")
    given = directory / "policy.json"
    try:
        policy = (
            Policy.from_json(given.read_text(encoding="utf-8"), str(given)) if given.is_file() else Policy()
        )
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{given}: not readable as UTF-8 text") from error
    nights, values = [], Values()
    triples: dict[Triple, Triple] = {}
    sets: dict[Members, Members] = {}
    for night in numbers:
        members: dict[Where, Members] = {}
        for line, record in _records(directory / f"members_{night}.jsonl", (*KEYS[:5], "members")):
            try:
                entries = [
                    (str(group), str(area), int(vintage)) for group, area, vintage in record["members"]
                ]
            except (TypeError, ValueError) as error:
                raise InvalidInput(f"{line}: members are not [owner group, area, vintage] lists") from error
            found = frozenset(triples.setdefault(entry, entry) for entry in entries)
            members[_where(record)] = sets.setdefault(found, found)
        cells = []
        for line, record in _records(directory / f"pub_{night}.jsonl", KEYS):
            if (where := _where(record)) not in members:
                raise InvalidInput(f"{line}: no members of {'/'.join(where)} in members_{night}.jsonl")
            cells.append(Cell(night, where, record, members[where]))
        nights.append(cells)
        private = directory / f"values_{night}.parquet"
        if private.is_file():
            values |= _values(private)
    return policy, nights, values


def _where(record: dict[str, Any]) -> Where:
    level, loc, kind, position, metric = (str(record[key]) for key in KEYS[:5])
    return level, loc, kind, position, metric


def _records(path: Path, keys: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    if not path.is_file():
        raise InvalidInput(f"{path}: missing; every night needs pub_i.jsonl and members_i.jsonl")
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: not readable as UTF-8 text") from error
    for number, text in enumerate(lines, 1):
        try:
            record = json.loads(text)
        except json.JSONDecodeError as error:
            raise InvalidInput(f"{path}: line {number}: not JSON ({error.msg})") from error
        if not isinstance(record, dict) or not set(keys) <= record.keys():
            raise InvalidInput(f"{path}: line {number}: expected an object with {', '.join(keys)}")
        if record["loc_level"] not in LEVELS:
            raise InvalidInput(f"{path}: line {number}: loc_level must be one of {', '.join(LEVELS)}")
        yield f"{path}: line {number}", record


def _values(path: Path) -> Values:
    try:
        with duckdb.connect(config={"threads": 1}) as db:
            rows = db.execute(
                "SELECT metric, position, owner_group, area, vintage, value FROM read_parquet(?)"
                " WHERE value IS NOT NULL",
                [str(path)],
            ).fetchall()
    except duckdb.Error as error:
        raise InvalidInput(f"{path}: not a Parquet file of values") from error
    return {
        (metric, position, (group, area, vintage)): value
        for metric, position, group, area, vintage, value in rows
    }
