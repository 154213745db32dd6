"""The emulated AWS on this machine: starting and stopping it, and what is known of a stack deployed there.

It listens on 127.0.0.1 only and keeps its state in one folder, which it writes when it is stopped with SIGTERM and
reads when it starts. A record beside the state says which process serves it on which port, so that another command
finds it.

``python -m infra.stack stop`` stops it.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from infra import LOCAL, ROOT, Stop, note
from infra.isolation import ACCESS_KEY, REGION, SECRET_KEY

HOST: Final = "127.0.0.1"
STATE: Final = LOCAL / "state"
EMULATOR_PYTHON: Final = LOCAL / "stack-venv" / "bin" / "python"
_PROGRAM: Final = ROOT / "infra" / "emulator.py"
_FUNCTION_VENV: Final = LOCAL / "function-venv"
_START_SECONDS: Final = 60
_STOP_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class StackInfo:
    """A deployed stack. ``api_url`` ends without a slash; ``outputs`` are the stack's named outputs."""

    endpoint_url: str
    region: str
    api_url: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    stack_name: str = ""

    def client(self, service: str) -> Any:
        """A boto3 client of a service of the emulated AWS: never of a real account, whatever the shell has set."""
        # Deferred: stopping the emulator needs no boto3.
        import boto3
        import botocore.session

        # Otherwise a profile that the shell names would be looked up, and fail, though credentials are given.
        variables = {"profile": None, "config_file": os.devnull, "credentials_file": os.devnull}
        session = botocore.session.Session(
            {name: (None, None, value, None) for name, value in variables.items()}
        )
        return boto3.Session(
            ACCESS_KEY, SECRET_KEY, region_name=self.region, botocore_session=session
        ).client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint_url,
        )


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running emulator."""

    pid: int
    port: int

    @property
    def endpoint_url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"


def start(state: Path, port: int, *, keep: bool = True) -> Emulator:
    """Starts the emulator on a state folder, or finds the one that already serves it. Waits until it answers.

    Without ``keep`` it forgets everything when it stops. Raises ``Stop`` where the port is another program's, or where
    the emulator does not come up.
    """
    running = find(state)
    if running is not None and running.port == port:
        _wait_until_it_answers(running, state)
        return running
    if running is not None:
        stop(state)
    if not _is_free(port):
        raise Stop(
            f"Port {port} of {HOST} is taken by another program. "
            f"Choose another: make run CONNECTS_PORT={free_port()}"
        )
    state.mkdir(parents=True, exist_ok=True)
    functions = _function_python()
    with (state / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            # -P: the folder of the script holds a module named like one of the standard library.
            [EMULATOR_PYTHON, "-P", _PROGRAM, functions],
            env=_environment(state, port, keep=keep),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # Its own group: Ctrl-C in the terminal must not end it before its state is saved.
            start_new_session=True,
        )
    # It outlives this process, and is looked after by its process id: nobody is to wait for it here.
    process.returncode = 0
    started = Emulator(process.pid, port)
    _record(state).write_text(json.dumps(asdict(started)), encoding="utf-8")
    try:
        _wait_until_it_answers(started, state)
    except BaseException:
        # Nobody would know of it.
        os.kill(started.pid, signal.SIGTERM)
        raise
    return started


def find(state: Path) -> Emulator | None:
    """The emulator that serves a state folder; None where there is none, or only the record of one that is gone."""
    try:
        recorded = Emulator(**json.loads(_record(state).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return recorded if is_alive(recorded) else None


def stop(state: Path) -> bool:
    """Stops the emulator of a state folder and waits until its state is saved. False where none was running."""
    running = find(state)
    if running is None:
        _record(state).unlink(missing_ok=True)
        return False
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while is_alive(running):
        if time.monotonic() > deadline:
            raise Stop(f"The emulated AWS (process {running.pid}) does not stop; its state may not be saved.")
        time.sleep(0.05)
    _record(state).unlink(missing_ok=True)
    return True


def is_alive(emulator: Emulator) -> bool:
    """Whether its process lives and is an emulator of this checkout: its id may be another program's by now."""
    with contextlib.suppress(ChildProcessError):
        # Where it is a child of this process, it stays in the list of processes until it is asked for.
        os.waitpid(emulator.pid, os.WNOHANG)
    shown = subprocess.run(
        ["ps", "-ww", "-o", "args=", "-p", str(emulator.pid)],  # noqa: S607 - where ps is differs between systems
        capture_output=True,
        text=True,
        check=False,
    )
    return str(_PROGRAM) in shown.stdout


def prepare_next_start() -> None:
    """Compiles the emulator in the background, where that was not done yet.

    It reads kept state with all of its services, whose quarter of a million lines take 10 s to compile.
    """
    compiling = subprocess.Popen(
        ["nice", EMULATOR_PYTHON, "-m", "compileall", "-qq", EMULATOR_PYTHON.parent.parent / "lib"],  # noqa: S607
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Likewise.
    compiling.returncode = 0


def port_from(environment: Mapping[str, str]) -> int:
    """The port asked for by CONNECTS_PORT; 4566 without it."""
    text = environment.get("CONNECTS_PORT", "4566")
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise Stop(f"CONNECTS_PORT={text}: give a port from 1024 to 65535.")
    return int(text)


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _function_python() -> Path:
    """An interpreter of this version in which nothing is installed."""
    python = _FUNCTION_VENV / "bin" / "python"
    version = _FUNCTION_VENV / "version"
    if not python.exists() or not version.exists() or version.read_text(encoding="utf-8") != sys.version:
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", _FUNCTION_VENV], check=True)
        version.write_text(sys.version, encoding="utf-8")
    return python


def _environment(state: Path, port: int, *, keep: bool) -> dict[str, str]:
    """What the emulator gets of this process's environment. Functions inherit it, so it is next to nothing."""
    temporary = state / "tmp"
    # Functions' unpacked zips. The emulator leaves those of its last run there.
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true",
        "LAMBDA_EXECUTOR": "local",
        "PERSIST_STATE": str(int(keep)),
        "STATE_DIR": str(state / "services"),
        "S3_PERSIST": str(int(keep)),
        "S3_DATA_DIR": str(state / "objects"),
        "TMPDIR": str(temporary),
    }


def _record(state: Path) -> Path:
    return state / "emulator.json"


def _wait_until_it_answers(emulator: Emulator, state: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(emulator):
        if not is_alive(emulator) or time.monotonic() > deadline:
            raise Stop(
                f"The emulated AWS does not answer. The end of {state / 'emulator.log'}:\n{_log_end(state)}"
            )
        time.sleep(0.1)


def _answers(emulator: Emulator) -> bool:
    try:
        with urlopen(f"{emulator.endpoint_url}/_ministack/health", timeout=5) as answer:  # noqa: S310 - of this machine
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _log_end(state: Path) -> str:
    return "\n".join(
        (state / "emulator.log").read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
    )


@contextlib.contextmanager
def lock(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Holds a file's lock: one process at a time is inside. Without ``wait``, raises ``Stop`` where another is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stop("Another `make run` of this checkout is serving. Stop it first: make stop") from None
        yield


def main() -> None:
    """The command line."""
    if sys.argv[1:] != ["stop"]:
        raise Stop("usage: python -m infra.stack stop")
    note("Stopped; the data is kept." if stop(STATE) else "Nothing was running.")


if __name__ == "__main__":
    try:
        main()
    except Stop as stopped:
        sys.exit(str(stopped))
