"""Known weaknesses in what is locked: ``python -m infra.advisories path/to/pip-audit``.

Every lock file is looked up in the advisories of the package index. A weakness ends the command with status 1. Without
the network nothing can be looked up; then it says so, and does not fail: nothing else in a check needs the network.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from infra import ROOT, Stop, note, say

LOCKS: Final = ("runtime", "run", "dev", "stack")
_UNREACHABLE: Final = (
    "ConnectionError",
    "ServiceError",
    "Max retries",
    "Name or service not known",
    "timed out",
)


@dataclass(frozen=True, slots=True)
class Weakness:
    """An advisory about a locked distribution."""

    distribution: str
    advisory: str
    mended_in: tuple[str, ...]

    def __str__(self) -> str:
        mended = f"; mended in {', '.join(self.mended_in)}" if self.mended_in else ""
        return f"{self.distribution}: {self.advisory}{mended}"


def read(report: dict[str, Any]) -> tuple[list[Weakness], int, int]:
    """The weaknesses in a report of pip-audit, how many distributions were looked up, and how many could not be."""
    weaknesses, looked_up, unknown = list[Weakness](), 0, 0
    for one in report["dependencies"]:
        if "skip_reason" in one:
            unknown += 1
            continue
        looked_up += 1
        name = f"{one['name']} {one['version']}"
        weaknesses += [
            Weakness(name, found["id"], tuple(found.get("fix_versions", ()))) for found in one["vulns"]
        ]
    return weaknesses, looked_up, unknown


def _reports(tool: Path) -> Iterator[dict[str, Any]]:
    for name in LOCKS:
        lock = ROOT / "infra" / "requirements" / f"{name}.txt"
        command = [str(tool), "--requirement", str(lock), "--no-deps", "--disable-pip", "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            yield json.loads(done.stdout)
        except ValueError:
            if any(sign in done.stderr for sign in _UNREACHABLE):
                note(f"{name}: the advisories cannot be reached, so nothing was looked up.")
                continue
            raise Stop(f"pip-audit failed for {lock.name}:\n{done.stderr.strip()}") from None


def main() -> None:
    """The command line."""
    weaknesses, looked_up, unknown = set[Weakness](), 0, 0
    for report in _reports(Path(sys.argv[1])):
        found, some, others = read(report)
        weaknesses |= set(found)
        looked_up, unknown = looked_up + some, unknown + others
    for weakness in sorted(weaknesses, key=str):
        say(str(weakness))
    say(f"advisories: {looked_up} looked up, {unknown} unknown to the index, {len(weaknesses)} weaknesses")
    if weaknesses:
        sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        sys.exit(str(stop))
