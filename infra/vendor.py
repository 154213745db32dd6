"""The dependencies that go into the zips: exactly the locked ones, for the interpreter that will run them.

``fill`` installs infra/requirements/runtime.txt into ``build/<target>/vendor``, throws out what nobody imports, and
compiles the rest. Lambda's file system is read-only, so an interpreter that finds no compiled file there compiles the
source again at every cold start, which costs 1.6 to 2.4 times the import. What is compiled goes without its source,
which is half of the text: nothing reads it but a traceback.
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

from infra import ROOT, Stop, aws_models, note, slim

LOCK: Final = ROOT / "infra" / "requirements" / "runtime.txt"

VIEWER: Final = "aws_lambda_powertools/event_handler/openapi/swagger_ui"
"""The viewer of the API's document, of which the page of documentation is made."""
_UNUSED: Final = (
    "_duckdb-stubs",
    "adbc_driver_duckdb",
    "annotated_types/test_cases.py",
    "bin",
    "dateutil/zoneinfo",
    "duckdb/experimental",
    "duckdb/polars_io.py",
    "duckdb/query_graph",
    "numpy/_core/_*_tests.*.so",
    "numpy/_core/_simd.*.so",  # what only its own tests ask
    "numpy/_core/include",
    "numpy/conftest.py",
    "numpy/ctypeslib",
    "numpy/distutils",
    "numpy/f2py",
    "numpy/fft",
    "numpy/lib/recfunctions.py",
    "numpy/lib/user_array.py",
    "numpy/lib/_user_array_impl.py",
    "numpy/ma/mrecords.py",
    "numpy/ma/testutils.py",
    "numpy/polynomial",
    "numpy/random",
    "numpy/testing",
    "numpy/typing/mypy_plugin.py",
    "pydantic/experimental",
    "pydantic/mypy.py",
    "pydantic/v1",
    "urllib3/contrib/emscripten",
    "urllib3/contrib/pyopenssl.py",
)
"""What nobody imports. NumPy has more such parts, but those it imports itself; its library of linear algebra too."""
_POWERTOOLS: Final = "aws_lambda_powertools"
_KEPT_OF_POWERTOOLS: Final = (
    "exceptions",
    "logging",
    "metrics",
    "shared",
    "tracing",  # the logger names it
    "utilities/__init__.py",
    "utilities/jmespath_utils",
    "warnings",
    VIEWER.removeprefix(f"{_POWERTOOLS}/"),
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
    for module in (__file__, aws_models.__file__, slim.__file__):
        seen.update(Path(module).read_bytes())
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
    replace_sources(target, directory)
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


def replace_sources(target: Target, directory: Path) -> None:
    """Puts compiled modules in the place of all sources under ``directory``, where they can be compiled."""
    python = compiler(target)
    if python is not None:
        subprocess.run([str(python), "-c", slim.COMPILE, str(directory)], check=True)


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
    for path in [found for pattern in _UNUSED for found in directory.glob(pattern)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    kept = [directory / _POWERTOOLS / one for one in _KEPT_OF_POWERTOOLS]
    for path in (directory / _POWERTOOLS).glob("*/**/*"):
        if path.is_file() and not any(path == one or one in path.parents for one in kept):
            path.unlink()
    for path in sorted(directory.rglob("*"), reverse=True):
        if path.is_dir() and path.name in _UNUSED_DIRECTORIES:
            shutil.rmtree(path)
        elif path.suffix in _UNUSED_SUFFIXES:
            path.unlink()
    for path in directory.rglob("*.so*"):
        path.write_bytes(slim.without_symbols(path.read_bytes()))
    aws_models.trim(directory)


def _files_by_distribution(directory: Path) -> Iterator[tuple[str, list[str]]]:
    owners: dict[str, str] = {}
    for info in directory.glob("*.dist-info"):
        distribution = Distribution.at(info)
        name = normalized(distribution.metadata["Name"])
        owners.update({file.as_posix(): name for file in distribution.files or ()})
    for info in directory.glob("*.dist-info"):
        # Lists of files and parts are of no use at run time; name and version are, and licences must go along.
        (info / "RECORD").unlink(missing_ok=True)
        shutil.rmtree(info / "sboms", ignore_errors=True)
        header, _, _ = (info / "METADATA").read_text(encoding="utf-8").partition("\n\n")
        (info / "METADATA").write_text(f"{header}\n", encoding="utf-8")
    files: dict[str, list[str]] = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            relative = path.relative_to(directory)
            files.setdefault(_owner(relative, owners), []).append(relative.as_posix())
    yield from files.items()


def _owner(file: Path, owners: Mapping[str, str]) -> str:
    source = file
    if file.suffix == ".pyc":
        source = file.with_suffix(".py")
    return owners.get(source.as_posix(), "")
