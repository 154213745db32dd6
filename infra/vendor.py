"""The dependencies that go into the zips: exactly the locked ones, for the interpreter that will run them.

``fill`` installs infra/requirements/runtime.txt into ``build/<target>/vendor``, throws out what nobody imports, and
compiles the rest. Lambda's file system is read-only, so an interpreter that finds no compiled file there compiles the
source again at every cold start, which costs 1.6 to 2.4 times the import.
"""

import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from infra import ROOT, Stop, aws_models, note

LOCK: Final = ROOT / "infra" / "requirements" / "runtime.txt"

_UNUSED: Final = (
    "bin",
    "numpy/_core/include",
    "numpy/distutils",
    "numpy/f2py",
)
_UNUSED_DIRECTORIES: Final = frozenset({"tests", "__pycache__"})
_UNUSED_SUFFIXES: Final = frozenset({".a", ".c", ".h", ".pxd", ".pyi", ".pyx"})


@dataclass(frozen=True, slots=True)
class Target:
    """Where a package will run. ``platforms`` is empty where that is the interpreter at hand."""

    name: str
    python: str
    platforms: tuple[str, ...] = ()


AWS: Final = Target(
    "aws",
    "3.13",
    # pip takes a wheel only for a platform that is named: 2.28 is Lambda's C library, older ones run there too.
    ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
)
LOCAL_TARGET: Final = Target("local", f"{sys.version_info.major}.{sys.version_info.minor}")
TARGETS: Final = {target.name: target for target in (LOCAL_TARGET, AWS)}


def here() -> dict[str, str]:
    """What the interpreter at hand is, as far as compiled modules must fit it."""
    return {
        "python": LOCAL_TARGET.python,
        "system": sys.platform,
        "machine": platform.machine(),
        "libc": platform.libc_ver()[0],
    }


def locked(lock: Path = LOCK) -> dict[str, str]:
    """The distributions that a lock file pins: normalized name to version."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return {normalized(name): version for name, version in pins}


def normalized(name: str) -> str:
    """A distribution's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def fingerprint(target: Target) -> str:
    """Changes when what ``fill`` would make changes."""
    seen = hashlib.sha256(LOCK.read_bytes())
    seen.update(Path(__file__).read_bytes() + Path(aws_models.__file__).read_bytes())
    seen.update(json.dumps(aws_models.operations()).encode())
    seen.update(json.dumps([target.python, target.platforms, sys.platform, str(compiler(target))]).encode())
    return seen.hexdigest()


def fill(target: Target, directory: Path) -> dict[str, list[str]]:
    """Makes ``directory`` anew. Returns the files of each distribution, as paths relative to it."""
    if directory.exists():
        shutil.rmtree(directory)
    if target == LOCAL_TARGET:
        _copy_installed(directory)
    else:
        _install(target, directory)
    _trim(directory)
    compile_tree(target, directory)
    return dict(_files_by_distribution(directory))


def compiler(target: Target) -> Path | None:
    """An interpreter of the target's version, or None where this machine has none."""
    if target.python == LOCAL_TARGET.python:
        return Path(sys.executable)
    found = shutil.which(f"python{target.python}")
    if found is None:
        return None
    works = subprocess.run([found, "-c", ""], capture_output=True, check=False)
    return Path(found) if works.returncode == 0 else None


def compile_tree(target: Target, directory: Path) -> None:
    """Compiles all modules under ``directory`` into files that are never checked against their source."""
    python = compiler(target)
    if python is None:
        _regret(target.python)
        return
    command = [str(python), "-m", "compileall", "-q", "-j0", "--invalidation-mode", "unchecked-hash"]
    # Fails where a package carries code for another version of Python; the rest is compiled all the same.
    subprocess.run([*command, "-s", str(directory), str(directory)], check=False, capture_output=True)


@cache
def _regret(version: str) -> None:
    """Says it once."""
    note(
        f"python{version} is not here, so modules go uncompiled and cold starts take about twice as long. "
        "Install it beside this one to have them quicker."
    )


def _copy_installed(directory: Path) -> None:
    """Copies from this virtual environment, which has the same wheels, installed from the same lock by their hashes."""
    for name, version in locked().items():
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            raise Stop(f"{name} is locked but not installed. Remove .venv, then try again.") from None
        if installed.version != version:
            raise Stop(f"{name} is locked at {version} but installed at {installed.version}. Run: make lock")
        for file in installed.files or ():
            # Scripts lie outside, under bin; compiled modules are made anew.
            if ".." not in file.parts and "__pycache__" not in file.parts:
                (directory / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), directory / file)


def _install(target: Target, directory: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-compile",
    ]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(directory)]
    if target.platforms:
        command += ["--python-version", target.python, "--implementation", "cp"]
        command += [argument for platform in target.platforms for argument in ("--platform", platform)]
    done = subprocess.run([*command, "-r", str(LOCK)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Stop(f"Installing the locked dependencies for {target.name} failed:\n{done.stderr.strip()}")


def _trim(directory: Path) -> None:
    for unused in _UNUSED:
        shutil.rmtree(directory / unused, ignore_errors=True)
    for path in sorted(directory.rglob("*"), reverse=True):
        if path.is_dir() and path.name in _UNUSED_DIRECTORIES:
            shutil.rmtree(path)
        elif path.suffix in _UNUSED_SUFFIXES:
            path.unlink()
    aws_models.trim(directory)


def _files_by_distribution(directory: Path) -> Iterator[tuple[str, list[str]]]:
    owners: dict[str, str] = {}
    for info in directory.glob("*.dist-info"):
        distribution = Distribution.at(info)
        name = normalized(distribution.metadata["Name"])
        owners.update({file.as_posix(): name for file in distribution.files or ()})
    for info in directory.glob("*.dist-info"):
        # The list of files is of no use at run time; name and version are, and licences must go along.
        (info / "RECORD").unlink(missing_ok=True)
    files: dict[str, list[str]] = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            relative = path.relative_to(directory)
            files.setdefault(_owner(relative, owners), []).append(relative.as_posix())
    yield from files.items()


def _owner(file: Path, owners: Mapping[str, str]) -> str:
    source = file
    if file.parent.name == "__pycache__":
        source = file.parent.parent / f"{file.name.split('.')[0]}.py"
    return owners.get(source.as_posix(), "")
