"""Strangers with a generator: ``python -m infra.fuzz [--seconds 480] [--seed 1] [--shops 12]``.

Deploys a throwaway stack on this machine, loads a little into it, and has schemathesis attack every operation of the
API's document as an administrator, as a member of shops and schools, as a stranger who is signed in, and as nobody.
A status, media type or body that the document does not describe is a finding; so is any 5xx, bad data that is taken,
and an answer to somebody whom the operation's permission does not mean. Any finding ends the command with status 1.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import Progress

from infra import LOCAL, ROOT, Stop, demo, say
from infra.fuzzing.world import NOBODY, World, prepare
from infra.local import throwaway_stack
from infra.stack import StackInfo
from infra.token import id_token

PROGRAM: Final = LOCAL / "fuzz-venv" / "bin" / "schemathesis"
PLAYED: Final = (NOBODY, "stranger", "member", "admin")
"""Who attacks, those first who can break least of what the others need."""
PHASES: Final = {"examples,coverage": 0.5, "fuzzing": 0.3, "stateful": 0.2}
"""Kinds of attack by their share of the time: each value of each parameter in turn, at random, and in sequences."""

_LONGEST_SECONDS: Final = 3600
_LEAST_SECONDS: Final = 30
_OVERTIME_SECONDS: Final = 120
_REFUSALS: Final = ["2xx", 304, 400, 401, 403, 404, 409, 412, 413, 422, 429]
"""What data may get that fits its schema: there are rules between fields that no schema can say, such as a ZIP code
that exists, and a cursor or a version that the API gave."""
_NO_HEADER: Final = [401, 403, 415, 422, 428]
"""What a request without a header that it needs may get (428: RFC 6585)."""
_UNFIT: Final = (
    "unsupported_method",  # the gateway answers 404, not 405, to a method that a path does not have
    "use_after_free",  # what was withdrawn is still read as such: its status says so
)
_SHARE_KNOWN: Final = 0.7
"""Of the values of parameters, how many are taken from what is there."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One person's attack of one kind."""

    played: str
    phases: str
    seconds: int
    seed: int

    def settings(self, world: World) -> Iterator[str]:
        """The lines of schemathesis's configuration."""
        yield f"max-time = {self.seconds}"
        yield "request-timeout = 30"
        yield "warnings = false"
        yield 'suppress-health-check = ["all"]'
        yield "[checks]"
        yield f"positive_data_acceptance.expected-statuses = {json.dumps(_REFUSALS)}"
        yield f"missing_required_header.expected-statuses = {json.dumps(_NO_HEADER)}"
        known = world.parameters()
        for number, values in enumerate(known.values()):
            yield f"[dictionaries.known{number}]\nvalues = {json.dumps(values)}"
        yield "[parameters]"
        for number, name in enumerate(known):
            yield f'"{name}" = {{ dictionary = "known{number}", probability = {_SHARE_KNOWN} }}'

    def command(self, stack: StackInfo, settings: Path) -> list[str]:
        """What is started."""
        line = [str(PROGRAM), "--config-file", str(settings), "run", f"{stack.api_url}/openapi.json"]
        line += ["--url", stack.api_url, "--phases", self.phases, "--seed", str(self.seed)]
        line += ["--checks", "all", "--exclude-checks", ",".join(_UNFIT)]
        line += ["--workers", "1", "--continue-on-failure", "--no-shrink", "--no-color"]
        line += ["--generation-database", "none"]
        if self.played != NOBODY:
            line += ["--header", f"Authorization: Bearer {id_token(stack, self.played)}"]
        if self.played != "stranger":
            # There would be nobody left to play.
            line += ["--exclude-operation-id", "erase_me"]
        return line

    def run(self, stack: StackInfo, world: World) -> "Outcome":
        """Carries it out."""
        with tempfile.TemporaryDirectory(prefix="connects-fuzz-") as made:
            settings, told = Path(made) / "schemathesis.toml", Path(made) / "world.json"
            settings.write_text("\n".join(self.settings(world)) + "\n", encoding="utf-8")
            told.write_text(json.dumps(world.told_to(self.played, stack)), encoding="utf-8")
            done = subprocess.run(
                self.command(stack, settings),
                # Its hooks are found from the checkout; what it leaves behind stays out of it.
                cwd=made,
                env={
                    **os.environ,
                    "CONNECTS_FUZZ": str(told),
                    "SCHEMATHESIS_HOOKS": "infra.fuzzing.hooks",
                    "PYTHONPATH": str(ROOT),
                    "COLUMNS": "120",
                },
                capture_output=True,
                text=True,
                timeout=self.seconds + _OVERTIME_SECONDS,
                check=False,
            )
        return Outcome(done.returncode, done.stdout + done.stderr)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attack ended: schemathesis's status, and what it wrote."""

    status: int
    text: str

    @property
    def cases(self) -> int:
        """How many requests were made up; 0 where it did not come to that."""
        found = re.search(r"(\d+) generated", self.text)
        return int(found[1]) if found else 0

    @property
    def sound(self) -> bool:
        """Whether there is no finding, and there was an attack."""
        return self.status == 0 and self.cases > 0

    def findings(self) -> str:
        """What it says of them."""
        return self.text[max(self.text.find("= FAILURES ="), self.text.find("= ERRORS ="), 0) :]


def attacks(seconds: int, seed: int) -> list[Attack]:
    """Everyone's attacks of every kind, in so many seconds altogether."""
    return [
        Attack(played, phases, max(1, round(seconds / len(PLAYED) * share)), seed)
        for played in PLAYED
        for phases, share in PHASES.items()
    ]


def main() -> int:
    """The command line: 0 where nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m infra.fuzz", description=__doc__)
    parser.add_argument(
        "--seconds", type=int, default=480, help="of attacks; starting the stack takes a minute more"
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="repeats a run; without it, another one each time"
    )
    parser.add_argument("--shops", type=int, default=12)
    given = parser.parse_args()
    if not _LEAST_SECONDS <= given.seconds <= _LONGEST_SECONDS:
        raise Stop(f"Give --seconds from {_LEAST_SECONDS} to {_LONGEST_SECONDS}.")
    if not PROGRAM.exists():
        raise Stop("The fuzzer is not installed. It is by: make fuzz")
    seed, sound = given.seed if given.seed is not None else random.randrange(10**6), True
    say(f"seed {seed}")
    with throwaway_stack() as stack:
        with Progress(console=Console(stderr=True)) as progress:
            world = prepare(stack, given.shops, progress)
        for attack in attacks(given.seconds, seed):
            outcome = attack.run(stack, world)
            word = "nothing found" if outcome.sound else "FINDINGS"
            say(f"{attack.played:9} {attack.phases:18} {outcome.cases:6} cases  {word}")
            if not outcome.sound:
                say(outcome.findings())
            sound &= outcome.sound
    return 0 if sound else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Stop, demo.DemonstrationFailed) as stopped:
        sys.exit(str(stopped))
