"""Leads organizations to areas: the lines of the index tell ZIP codes, and statistics are made of areas.

``o2|<organization>|<owner group>|<state>|<ZIP code>|<shop type>|<0 or 1>`` becomes ``o1|…|<area>|…``, which is also
how organizations were written before there were metropolitan areas. So a new delineation rewrites nothing: the next
night reads the same lines, and finds everyone in the new areas.
"""

from collections.abc import Sequence
from typing import Final

from chalicelib.geography.service import Areas, area_of_zip

_WITH_ZIP: Final = "o2|"
_PARTS: Final = 7


def placed(lines: Sequence[str], areas: Areas) -> list[str]:
    """The lines of a shard with the areas in place of ZIP codes. Those that cannot be read stay as they are."""
    return [_placed(line, areas) if line.startswith(_WITH_ZIP) else line for line in lines]


def _placed(line: str, areas: Areas) -> str:
    parts = line.split("|")
    if len(parts) != _PARTS:
        return line
    _, organization_id, owner_group, state, zip_code, *rest = parts
    return "|".join(("o1", organization_id, owner_group, state, area_of_zip(areas, zip_code, state), *rest))
