"""Operator commands on a deployed Exchange: which nights there are, and going back to one of them.

They work on the deployment's table and state bucket, whose names its stack tells (TableName, StateBucketName),
with the operator's own credentials.
"""

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.clock import utc_now
from chalicelib.errors import Conflict, InvalidInput, NotFound
from chalicelib.exchange.night_store import StateObjects, explained
from chalicelib.exchange.store import Pointer, PointerStore, ReleaseEntry, ReleaseIndex, Rollback
from chalicelib.observability import logger

Say = Callable[[str], None]

_PAGE = 1_000


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `history` and `rollback` to the command line."""
    listing = commands.add_parser("history", help="list the releases of a deployment, newest first")
    back = commands.add_parser("rollback", help="make an earlier release of a deployment the latest again")
    back.add_argument("--release", required=True, metavar="ID", help="the release to go back to")
    back.add_argument("--state-bucket", required=True, metavar="NAME", help="the stack's StateBucketName")
    for command in (listing, back):
        command.add_argument("--table", required=True, metavar="NAME", help="the stack's TableName")


def run(given: argparse.Namespace, say: Say) -> int:
    """Carries out one of the commands: 0 when it is done. Raises errors of the domain."""
    from chalicelib.aws import dynamodb, s3
    from chalicelib.table.table import Table

    with explained():
        table = Table(dynamodb(), given.table)
        if given.command == "history":
            return history(PointerStore(table), ReleaseIndex(table), say)
        states = StateObjects(s3(), given.state_bucket)
        return roll_back(PointerStore(table), ReleaseIndex(table), states, given.release, say)


def history(pointers: PointerStore, releases: ReleaseIndex, say: Say) -> int:
    """Lists every release that is or was the latest and was not taken back."""
    latest = pointers.latest()
    for entry in releases.page(_PAGE):
        mark = "*" if entry.release_id == latest.release_id else " "
        say(
            f"{mark} {entry.night}  {entry.release_id}  {sum(entry.cells.values()):>8} cells  made {entry.created_at}"
        )
    for one in releases.rollbacks():
        say(f"  {one.night}  taken by a rollback to {one.release_id}, made {one.made_at}")
    return 0


def roll_back(
    pointers: PointerStore,
    releases: ReleaseIndex,
    states: StateObjects,
    release_id: str,
    say: Say,
    clock: Callable[[], datetime] = utc_now,
) -> int:
    """Makes an earlier release the latest again, in the place of the next night's.

    What is published afterwards goes on from it, but is still checked against all that people have seen (see
    ``rollback``). Raises ``NotFound`` for a release that is not listed, ``InvalidInput`` for the latest, and
    ``Conflict`` where a night or another rollback came between, or the state is lost.
    """
    # NumPy and DuckDB take their time to import.
    from chalicelib.days import day_number
    from chalicelib.exchange.rollback import revert
    from chalicelib.exchange.state import State

    before = pointers.latest()
    target = _entry(releases, release_id)
    if target.release_id == before.release_id:
        raise InvalidInput(f"{release_id} is the latest release already.")
    night = before.checked + timedelta(days=1)
    state = State.load(states.read(before.state_key))
    reverted = revert(state, day_number(night), day_number(target.night))
    after = Pointer(
        release_id=target.release_id,
        night=target.night,
        checked=night,
        state_key=states.put(target.release_id, reverted.dump()),
        digest="",
        settled=False,
        ages_on=None,
    )
    if not pointers.roll_back(before, after, Rollback(night, target.night, release_id, clock())):
        raise Conflict(
            "A night was published meanwhile, or somebody else rolled back. Look at history again."
        )
    logger.warning(
        "release rolled back",
        extra={"from": before.release_id, "to": release_id, "night": night.isoformat()},
    )
    say(
        f"{release_id} is the latest release again. The next night that publishes is {night + timedelta(days=1)}."
    )
    return 0


def _entry(releases: ReleaseIndex, release_id: str) -> ReleaseEntry:
    for entry in releases.page(_PAGE):
        if entry.release_id == release_id:
            return entry
    raise NotFound(f"There is no release {release_id}, or it was taken back; look at those there are.")
