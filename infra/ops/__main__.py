"""The runbook as commands. ``--stage`` names a deployment in the shell's account; without it, the local stack."""

import argparse
from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from chalicelib.observability import logger
from infra import command, say
from infra.ops import backups, calls, deployment, failures, nights, people
from infra.ops.deployment import Deployed
from infra.ops.status import status

Command = Callable[[Deployed, argparse.Namespace], Iterable[str]]

COMMANDS: Final[dict[str, tuple[str, Command]]] = {
    "status": ("releases, alarms, failures and imports at a glance", lambda there, _: status(there)),
    "failed": ("list the events that were given up", lambda there, _: failures.failed(there)),
    "replay": ("hand these events to their functions once more", lambda there, _: failures.replay(there)),
    "night": ("run a night now", lambda there, given: nights.run(there, given.date)),
    "rollback": (
        "make an earlier release the latest again",
        lambda there, given: nights.back(there, given.release),
    ),
    "undo": ("undo an import", lambda there, given: calls.undo(there, given.import_id)),
    "export": (
        "print everything that a person entered",
        lambda there, given: people.export(there, given.user),
    ),
    "erase": ("erase a person, sign-in and all", lambda there, given: people.erase(there, given.user)),
    "backup": ("back the table up", lambda there, _: [backups.backup(there)]),
    "drill": (
        "restore a fresh backup into another table, compare, and remove it",
        lambda there, _: backups.drill(there),
    ),
}
"""Each command: what it does, and doing it, which gives lines to print."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.ops", description=__doc__)
    parser.add_argument("--stage", help="the deployment's stage: dev, prod, …")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = {name: commands.add_parser(name, help=about) for name, (about, _) in COMMANDS.items()}
    made["night"].add_argument(
        "--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the night's date (default: today)"
    )
    made["undo"].add_argument("--import", required=True, metavar="ID", dest="import_id")
    for name in ("export", "erase"):
        made[name].add_argument(
            "--user", required=True, metavar="WHO", help="their e-mail address, or their id"
        )
    made["rollback"].add_argument("--release", required=True, metavar="ID")
    return parser


def main() -> None:
    """The command line."""
    given = _parser().parse_args()
    # What is done is told in lines for a person.
    logger.setLevel("CRITICAL")
    _, asked = COMMANDS[given.command]
    for line in asked(deployment.find(given.stage), given):
        say(line)


if __name__ == "__main__":
    command.run(main)
