"""Command line of the Exchange: `simulate` a policy on files, `audit` what was published, operate what is live."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from chalicelib.errors import ConnectsError, InvalidInput
from chalicelib.exchange.operate import add_commands, run
from chalicelib.exchange.policy import Policy


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chalicelib.exchange", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    trial = commands.add_parser("simulate", help="publish one night a file, as the nightly run would")
    trial.add_argument(
        "--microdata",
        action="append",
        nargs="+",
        required=True,
        type=Path,
        metavar="NIGHT.csv",
        help="one a night",
    )
    trial.add_argument("--out", required=True, type=Path, metavar="DIR")
    trial.add_argument("--policy", type=Path, metavar="POLICY.json")
    trial.add_argument(
        "--last-night",
        type=date.fromisoformat,
        default=datetime.now(UTC).date(),
        metavar="YYYY-MM-DD",
        help="date of the last file, from which the age of effective dates counts (default: today)",
    )
    attack = commands.add_parser("audit", help="attack what `simulate` wrote; exit status 1 on any finding")
    attack.add_argument("directory", type=Path, metavar="DIR")
    add_commands(commands)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when all is well, 1 when the gate or the audit found something, 2 when the input cannot be used."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "audit":
            from chalicelib.exchange.audit import audit  # SciPy is a development dependency

            findings = audit(given.directory, _say)
            return 1 if findings else 0
        if given.command != "simulate":
            return run(given, _say)
        from chalicelib.exchange.simulate import simulate

        policy = (
            Policy() if given.policy is None else Policy.from_json(_read(given.policy), str(given.policy))
        )
        files = [file for files in given.microdata for file in files]
        return 0 if simulate(files, given.out, policy, given.last_night, _say) else 1
    except ConnectsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.filename or given.command}: {error.strerror or error}\n")
        return 2


def _read(path: Path) -> str:
    if not path.is_file():
        raise InvalidInput(f"{path}: not a file")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: not readable as UTF-8 text") from error


if __name__ == "__main__":
    raise SystemExit(main())
