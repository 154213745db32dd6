"""The schools around a row: those of its three-digit ZIP area, read once and kept up by the run itself.

The index that they are read from lags a moment behind. What the run itself creates is added here, so rows of one list
are compared with each other as well.
"""

from collections import OrderedDict
from typing import Final

from chalicelib.organizations.service import SchoolLine
from chalicelib.school_lists.directory import SchoolDirectory

MOST_LINES: Final = 40_000
"""Schools kept at a time: some 40 MB. A list that is sorted by place needs far fewer."""


class Blocks:
    """Schools by three-digit ZIP area, as a run goes along."""

    def __init__(self, directory: SchoolDirectory) -> None:
        self._directory = directory
        self._blocks: OrderedDict[str, dict[str, SchoolLine]] = OrderedDict()
        self._lines = 0

    def around(self, zip_code: str) -> list[SchoolLine]:
        """The schools of a ZIP code's area."""
        return list(self._block(zip_code).values())

    def add(self, line: SchoolLine) -> None:
        """Takes up a school that is being created."""
        block = self._block(line.zip)
        self._lines += line.id not in block
        block[line.id] = line

    def drop(self, organization_id: str, zip_code: str) -> None:
        """Forgets a school that was not created after all."""
        if self._block(zip_code).pop(organization_id, None) is not None:
            self._lines -= 1

    def _block(self, zip_code: str) -> dict[str, SchoolLine]:
        area = zip_code[:3]
        if area in self._blocks:
            self._blocks.move_to_end(area)
            return self._blocks[area]
        block = {line.id: line for line in self._directory.around(zip_code)}
        self._blocks[area] = block
        self._lines += len(block)
        while self._lines > MOST_LINES and len(self._blocks) > 1:
            _, oldest = self._blocks.popitem(last=False)
            self._lines -= len(oldest)
        return block
