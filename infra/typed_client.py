"""A typed TypeScript client from the API's document, compiled: ``python -m infra.typed_client FOLDER_OF_NPM``.

The document's types are generated, and infra/client/example.ts, which uses them, is compiled by them, in .local/client.
The tools come from the npm registry at locked versions. With --if-reachable it says so where the registry cannot be
reached, and ends well: a check of what is here does not hang on what is elsewhere.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from infra import ROOT, Stop, note

SOURCES: Final = ROOT / "infra" / "client"
HERE: Final = ROOT / ".local" / "client"
UNREACHABLE: Final = (
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENETUNREACH",
    "ENOTFOUND",
    "ERR_SOCKET_TIMEOUT",
    "ETIMEDOUT",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
)
"""What npm calls it when nobody answers at the registry, or somebody else does."""
_ONCE: Final = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")
_STEPS: Final = (
    (
        "npx",
        "--no-install",
        "openapi-typescript",
        "openapi.json",
        "--default-non-nullable=false",
        "--output",
        "schema.d.ts",
    ),
    ("npx", "--no-install", "tsc", "--project", "."),
)


class Unreachable(Stop):
    """The registry that has the tools cannot be reached."""


def build(tools: Path) -> None:
    """Generates and compiles, with node and npm from ``tools``.

    Raises ``Unreachable``, and ``Stop`` where a step fails, with what it said.
    """
    HERE.mkdir(parents=True, exist_ok=True)
    for source in [*SOURCES.iterdir(), ROOT / "infra" / "openapi.json"]:
        shutil.copy(source, HERE)
    _run(tools, "npm", "ci", *_ONCE)
    for step in _STEPS:
        _run(tools, *step)


def _run(tools: Path, *command: str) -> None:
    path = os.pathsep.join([str(tools.resolve()), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [str(tools.resolve() / command[0]), *command[1:]],
        cwd=HERE,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    said = "\n".join(filter(None, (done.stdout.strip(), done.stderr.strip())))
    if any(sign in said for sign in UNREACHABLE):
        raise Unreachable(f"The npm registry cannot be reached:\n{said}")
    raise Stop(f"{' '.join(command)} failed in {HERE.relative_to(ROOT)}:\n{said}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools", type=Path, help="the folder that has node, npm and npx")
    parser.add_argument(
        "--if-reachable", action="store_true", help="end well where the registry cannot be reached"
    )
    asked = parser.parse_args()
    try:
        build(asked.tools)
    except Unreachable:
        if not asked.if_reachable:
            raise
        note("client: the npm registry cannot be reached, so no client was generated and compiled.")


if __name__ == "__main__":
    try:
        main()
    except Stop as stop:
        sys.exit(str(stop))
