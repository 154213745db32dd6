"""Checks that a package holds what its functions need: a missing piece would show only when a request needs it."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from infra import Stop, vendor


@dataclass(frozen=True, slots=True)
class Handler:
    """A function's logical id and handler, its zip, the distributions that goes without, and what it imports late."""

    logical_id: str
    handler: str
    zip_name: str
    without: tuple[str, ...]
    late: tuple[str, ...]


def content(path: Path, expected: Iterable[str]) -> None:
    """Raises ``Stop`` unless every expected distribution is in the zip at its locked version.

    `chalice package` and pip leave out what does not fit the platform with a mere warning.
    """
    with zipfile.ZipFile(path) as archive:
        infos = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    found = dict(_name_and_version(info) for info in infos)
    pins = vendor.locked()
    wrong = [f"{name}=={pins[name]}" for name in sorted(expected) if found.get(name) != pins[name]]
    if wrong:
        raise Stop(f"{path.name} lacks {', '.join(wrong)}. It holds {', '.join(sorted(infos))}.")


# Imports a handler with nothing but the package's folders on the path, in an interpreter that sees no site-packages.
_IMPORT: Final = """
import importlib, json, sys
module, attribute, refused, late, *sys.path[:0] = sys.argv[1:]
own = set(json.load(sys.stdin))
class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in refused.split(",") or (top == "chalicelib" and name not in own):
            raise ModuleNotFoundError(f"{name} is not in this function's package; see EXTRAS in infra/zips.py")
sys.meta_path.insert(0, Refuse())
getattr(importlib.import_module(module), attribute)
for name in late.split():
    importlib.import_module(name)
"""


def imports(package: Path, handlers: Iterable[Handler], modules_of: Callable[[str], Iterable[Path]]) -> None:
    """Raises ``Stop`` unless every handler, and what it imports late, is whole in its own package, without any setting.

    ``modules_of`` tells the application's files that the handlers of a module get.
    """
    for one in handlers:
        module, _, attribute = one.handler.rpartition(".")
        folders = (str(package / "application"), str(package / "vendor"))
        own = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in modules_of(module)]
        done = subprocess.run(
            [
                sys.executable,
                "-I",
                "-S",
                "-c",
                _IMPORT,
                module,
                attribute,
                ",".join(one.without),
                " ".join(one.late),
                *folders,
            ],
            env={"PATH": os.environ.get("PATH", "")},
            input=json.dumps(own),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Stop(
                f"{one.logical_id} ({one.handler}) cannot start from its package:\n{done.stderr.strip()}"
            )


def _name_and_version(dist_info: str) -> tuple[str, str]:
    name, version = dist_info.removesuffix(".dist-info").rsplit("-", 1)
    return vendor.normalized(name), version
