"""``python -m chalicelib.school_lists check FILE``: what an import of a list would do, without AWS.

Exit status 0: importable. 2: refused, or called wrongly.
"""

import argparse
import json
import sys
from pathlib import Path

from chalicelib.school_lists.check import as_text, check_file
from chalicelib.school_lists.layouts import LAYOUTS


def main(arguments: list[str] | None = None) -> int:
    """Runs the command, writes what was found to standard output and gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib.school_lists", description=__doc__)
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="read a list and say what an import would do")
    check.add_argument("file", type=Path)
    how = check.add_mutually_exclusive_group()
    how.add_argument("--layout", metavar="NAME", help=f"one of {', '.join(LAYOUTS)}")
    how.add_argument(
        "--mapping", metavar="FILE", type=Path, help="a JSON file that says which column is which"
    )
    check.add_argument("--state", metavar="XX", help="the state of rows that name none")
    check.add_argument("--json", action="store_true", help="write JSON")
    asked = parser.parse_args(arguments)
    result = check_file(asked.file, asked.layout, asked.mapping, asked.state)
    text = json.dumps(result.told, ensure_ascii=False, indent=1) if asked.json else as_text(result.told)
    sys.stdout.buffer.write(f"{text}\n".encode("utf-8", "replace"))
    return 0 if result.importable else 2


if __name__ == "__main__":
    sys.exit(main())
