"""Runs the emulated AWS. Started by infra/stack.py with the interpreter of the emulator's own virtual environment.

Some things are set right before it serves:

- It runs every function with ``sys.executable``, so its own packages would be importable there and hide what a
  function's zip lacks. Functions get an interpreter with nothing installed instead: what runs is what is in the zip.
- It unpacks the zip anew for every worker, of which each request in parallel needs one: thousands of files, a second of
  work and 50 MB each. Here a zip is unpacked once, and workers get links to that.
- It overlooks what a function says of single records of a table's stream. Here a batch of which some failed is handed
  in again, as often as the template says: whole, where AWS hands in what is left from the first that failed.
- It keeps how far a stream was read, and not the stream, and so stays silent after a restart until there are as many
  new records as there were. Here a stream is read from its beginning, which is new.
"""

import hashlib
import sys
import tempfile
import threading
import zipfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

STREAM_ATTEMPTS: Final = 5
"""How often a batch of a stream is handed in again: ``MaximumRetryAttempts`` in infra/template.yaml."""

_unpacking = threading.Lock()


class SharedZipFile(zipfile.ZipFile):
    """A zip whose content is unpacked once for all who ask for it."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Fills ``path`` with links to the one unpacked copy, and removes the zip, which each worker has of its own."""
        if members is not None or pwd is not None or not isinstance(self.filename, str):
            super().extractall(path, members, pwd)
            return
        zipped = Path(self.filename)
        copy = Path(tempfile.gettempdir(), "code", hashlib.sha256(zipped.read_bytes()).hexdigest())
        with _unpacking:
            if not copy.exists():
                partial = copy.with_name(f"{copy.name}.partial")
                super().extractall(partial)
                partial.rename(copy)
        for entry in copy.iterdir():
            Path(path or ".", entry.name).symlink_to(entry)
        zipped.unlink()


class StreamRetries:
    """Lets the emulator hand in a batch of a stream again where the function says that some of it failed."""

    def __init__(self, runtime: Any) -> None:
        self._poll: Callable[[], bool] = runtime._poll_dynamodb_streams
        self._execute: Callable[..., dict[str, Any]] = runtime._execute_function
        self._attempts: Counter[str] = Counter()
        self._here = threading.local()

    def poll(self) -> bool:
        """Looks for new records once, as the emulator does all the time."""
        self._here.polling = True
        try:
            return self._poll()
        finally:
            self._here.polling = False

    def execute(self, function: Any, event: Any) -> dict[str, Any]:
        """Runs a function. A batch of a stream of which some failed counts as failed."""
        result = self._execute(function, event)
        body = result.get("body")
        failed = body.get("batchItemFailures") if isinstance(body, dict) else None
        if not failed or not getattr(self._here, "polling", False):
            return result
        first = str(failed[0]["itemIdentifier"])
        self._attempts[first] += 1
        return result if self._attempts[first] > STREAM_ATTEMPTS else {**result, "error": True}


def main() -> None:
    """Serves until it is told to stop; saves its state then. Argument: the interpreter functions run in."""
    from ministack.app import main as serve
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    retries = StreamRetries(lambda_svc)
    lambda_svc._poll_dynamodb_streams, lambda_svc._execute_function = retries.poll, retries.execute
    kept = lambda_svc.get_state
    lambda_svc.get_state = lambda: {**kept(), "dynamodb_stream_positions": {}}
    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedZipFile})
    sys.executable = sys.argv.pop(1)
    serve()


if __name__ == "__main__":
    main()
