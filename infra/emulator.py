"""Runs the emulated AWS. Started by infra/stack.py with the interpreter of the emulator's own virtual environment.

Two things are set right before it serves:

- It runs every function with ``sys.executable``, so its own packages would be importable there and hide what a
  function's zip lacks. Functions get an interpreter with nothing installed instead: what runs is what is in the zip.
- It unpacks the zip anew for every worker, of which each request in parallel needs one: thousands of files, a second of
  work and 50 MB each. Here a zip is unpacked once, and workers get links to that.
"""

import hashlib
import sys
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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


def main() -> None:
    """Serves until it is told to stop; saves its state then. Argument: the interpreter functions run in."""
    from ministack.app import main as serve
    from ministack.core import lambda_runtime

    lambda_runtime.zipfile = SimpleNamespace(**{**vars(zipfile), "ZipFile": SharedZipFile})
    sys.executable = sys.argv.pop(1)
    serve()


if __name__ == "__main__":
    main()
