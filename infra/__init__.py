"""How Connects is packaged, deployed and run: the deployable template, and the commands behind the Makefile."""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
"""The checkout."""
BUILD: Final = ROOT / "build"
"""What packaging makes; may be deleted at any time."""
LOCAL: Final = ROOT / ".local"
"""What the local stack keeps: its state, its log, its virtual environments."""


class Stop(Exception):
    """Ends a command with a message for the person who typed it: what is wrong and what would mend it."""


def say(text: str) -> None:
    """Writes a line to standard output."""
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """Writes a line to standard error, where it does not mix with a command's result."""
    sys.stderr.write(f"{text}\n")
