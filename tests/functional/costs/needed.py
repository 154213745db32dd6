"""What each operation cannot do without: the lower bound of its cost.

``needed.txt`` says for each route which kinds of items it must read and write by its definition:

- ``ORG#/MEMBER#!``: an item that must be read as it stands: the caller's role, what is about to be changed, what its
  owner may have changed just now
- ``ORG#/PROFILE``: an item that may be read as it stood a moment ago: what is public, names beside things
- ``directory:USER#:ORG#*``: a range of an index, or of the table, that must be asked for, were it empty
- ``+ORG#/PROFILE``: an item that is written, with all that this changes in indexes
- ``=ORG#/PROFILE``: an item that a transaction must find as it is: nothing is left behind by what is being erased

The bound is what these cost at the sizes they have, each item once, and of a range what is sent. Whatever else a
request reads or writes, twice or more strictly, is above it. What a POST with an ``Idempotency-Key`` created before is
read as it stands: a repeated request is answered before anything of it is judged.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

from tests.functional.costs.meter import Cost, Touch

FILE: Final = Path(__file__).with_name("needed.txt")


@lru_cache(maxsize=1)
def needed() -> Mapping[str, frozenset[str]]:
    """What each route needs, by its name."""
    lines = FILE.read_text(encoding="utf-8").replace("\n ", " ").splitlines()
    parts = (line.partition(":") for line in lines if line and not line.startswith("# "))
    return {name: frozenset(rest.split()) for name, _, rest in parts}


def bound(name: str, cost: Cost) -> tuple[float, float]:
    """The read and the write units that a request of a route had to cost."""
    wanted = needed()[name]
    reads: dict[tuple[str, str], float] = {}
    writes: dict[tuple[str, str], float] = {}
    for one in cost.touches:
        which = (one.what, one.which)
        if one.what[0] in "+=":
            if one.what in wanted:
                writes[which] = max(one.units, writes.get(which, 0))
        elif f"{one.what}!" in wanted:
            reads[which] = one.units * 2
        elif one.what in wanted:
            reads[which] = one.units
    return sum(reads.values()), sum(writes.values())


def as_touched(cost: Cost) -> list[str]:
    """What a request touched, as it would be written down."""

    def written(one: Touch) -> str:
        return f"{one.what}!" if one.consistent else one.what

    return sorted({written(one) for one in cost.touches}, key=lambda one: (one[0] in "+=", one))
