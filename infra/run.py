"""`make run`: starts the local stack, deploys into it, loads the demonstration once, and serves until Ctrl-C.

Environment: CONNECTS_PORT (4566), SCHOOLS (a school list's file), SHOPS (how many synthetic shops).
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from infra import LOCAL, ROOT, Stop, demo, local, stack
from infra.isolation import isolate
from infra.package import package
from infra.stack import Emulator, StackInfo
from infra.vendor import LOCAL_TARGET

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_SHOPS: Final = 400
_LOADED: Final = f"/{local.STACK_NAME}/demonstration"
"""The parameter that says what was loaded. It lives in the emulated AWS, so it is lost just when the data is."""


@dataclass
class Steps:
    """Shows what is being done, and how long each step took."""

    console: Console
    started: float
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def step(self, name: str, *, spinner: bool = True) -> Iterator[Any]:
        """Times a step. Yields a function that shows what is being done inside it."""
        began = time.monotonic()
        with self.console.status(name) if spinner else contextlib.nullcontext() as status:
            yield lambda text: status.update(f"{name}: {text}") if status else None
        self.done(name, time.monotonic() - began)

    def done(self, name: str, seconds: float) -> None:
        """Notes a finished step."""
        self.seconds[name] = seconds
        self.console.print(f"[green]✓[/] {name} [dim]{seconds:.1f} s[/]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for. ``schools_named``: whether the list was named, or is the repository's own."""

    port: int
    schools: Path
    schools_named: bool
    shops: int

    @classmethod
    def from_environment(cls) -> "Wanted":
        """Raises ``Stop`` where a value makes no sense."""
        named = os.environ.get("SCHOOLS", "")
        schools = Path(named).expanduser() if named else demo.SAMPLE_SCHOOLS
        if not schools.is_file():
            raise Stop(f"SCHOOLS={named}: there is no such file.")
        shops = os.environ.get("SHOPS") or str(_SHOPS)
        if not shops.isdecimal() or int(shops) > 100_000:
            raise Stop(f"SHOPS={shops}: give a number from 0 to 100000.")
        return cls(stack.port_from(os.environ), schools, bool(named), int(shops))


def bring_up(wanted: Wanted, steps: Steps) -> tuple[Emulator, StackInfo]:
    """Starts, packages and deploys. What is up to date already costs next to nothing."""
    with steps.step("Emulated AWS"):
        emulator = stack.start(stack.STATE, wanted.port)
    with steps.step("Package") as show:
        show("the first time takes longest")
        made = package(LOCAL_TARGET)
    with steps.step("Deployment") as show:
        return emulator, local.bring_up(emulator, made, show)


def demonstrate(info: StackInfo, wanted: Wanted, steps: Steps) -> None:
    """Loads the demonstration where it was not loaded yet, and a school list that was not loaded yet."""
    parameters = info.client("ssm")
    loaded = _loaded(parameters)
    schools = hashlib.sha256(wanted.schools.read_bytes()).hexdigest()
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        steps.step("Demonstration", spinner=False),
        Progress(SpinnerColumn(), *columns, console=steps.console) as progress,
    ):
        if loaded is None:
            _remember(parameters, {"complete": False})
            demo.load(info, wanted.schools, wanted.shops, progress)
            _remember(parameters, {"complete": True, "schools": [schools]})
        elif wanted.schools_named and schools not in loaded["schools"]:
            administrator = demo.ApiClient(info, demo.ADMINISTRATOR)
            demo.import_schools(info, administrator, wanted.schools, progress)
            _remember(parameters, {**loaded, "schools": [*loaded["schools"], schools]})
        else:
            progress.console.print("  was loaded before and is kept; make clean starts anew")
    demo.show(info, steps.console)


def was_cut_off(info: StackInfo) -> bool:
    """Whether an earlier run began the demonstration and did not finish it."""
    loaded = _loaded(info.client("ssm"))
    return loaded is not None and not loaded["complete"]


def _loaded(client: "SSMClient") -> dict[str, Any] | None:
    try:
        content: dict[str, Any] = json.loads(client.get_parameter(Name=_LOADED)["Parameter"]["Value"])
    except client.exceptions.ParameterNotFound:
        return None
    return content


def _remember(client: "SSMClient", loaded: dict[str, Any]) -> None:
    client.put_parameter(Name=_LOADED, Value=json.dumps(loaded), Type="String", Overwrite=True)


def explain(info: StackInfo, steps: Steps) -> None:
    """Prints what a newcomer does next."""
    lookup = f"{info.api_url}/v1/exchange/lookup?metric=labor_rate_customer_pay&state=TX"
    nearby = f"{info.api_url}/v1/directory/nearby?zip=75201&radius_miles=100&kind=school"
    make = "make -s" if Path.cwd() == ROOT else f"make -sC {ROOT}"
    lines = (
        "",
        f"[bold]Ready[/] after {time.time() - steps.started:.0f} s.",
        "",
        f"  API            {info.api_url}",
        f"  documentation  {info.api_url}/docs",
        "  a token        make token USER=admin   [dim](in another terminal; any other name is made on the spot)[/]",
        "  mails          make mail               [dim](they go nowhere, and are kept here)[/]",
        "",
    )
    for line in lines:
        steps.console.print(line, soft_wrap=True, highlight=False)
    for line in (
        f"curl -s '{lookup}'",
        f"curl -s '{nearby}'",
        f'curl -s -H "Authorization: Bearer $({make} token USER=admin)" {info.api_url}/v1/me',
    ):
        steps.console.print(line, soft_wrap=True, highlight=False, markup=False)
    steps.console.print("\nServing. Ctrl-C stops; the data is kept.", highlight=False)


def serve(emulator: Emulator) -> NoReturn:
    """Waits. Raises ``Stop`` where the emulator ends by itself; Ctrl-C ends it as ever."""
    while True:
        time.sleep(1)
        if not stack.is_alive(emulator):
            raise Stop(f"The emulated AWS was stopped. If not by you: see {stack.STATE / 'emulator.log'}")


def run(wanted: Wanted, console: Console) -> None:
    """All of it. Whatever ends it, the emulator is stopped properly, so that its state is saved."""
    steps = Steps(console, float(os.environ.get("CONNECTS_STARTED") or time.time()))
    if (seconds := time.time() - steps.started) > 1:
        steps.done("Virtual environments", seconds)
    try:
        emulator, info = bring_up(wanted, steps)
        if was_cut_off(info):
            console.print("The last demonstration was cut off half-way: starting anew.")
            stack.stop(stack.STATE)
            shutil.rmtree(stack.STATE)
            emulator, info = bring_up(wanted, steps)
        demonstrate(info, wanted, steps)
        explain(info, steps)
        stack.prepare_next_start()
        serve(emulator)
    except KeyboardInterrupt:
        console.print("\nStopping and saving …")
    finally:
        # A second Ctrl-C would lose the data for half a second's impatience.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if stack.stop(stack.STATE):
            console.print("Stopped. make run goes on where this ended; make clean forgets it.")


def main() -> None:
    """The command line."""
    isolate(os.environ)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    with stack.lock(LOCAL / "serving", wait=False):
        run(Wanted.from_environment(), Console())


if __name__ == "__main__":
    try:
        main()
    except (Stop, demo.DemonstrationFailed) as stopped:
        sys.exit(f"\n{stopped}")
