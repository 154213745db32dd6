"""What is in the zip of each handler module: the modules that it can reach, and the distributions that these need.

Distributions that only some handlers need (``EXTRAS``) would make the others' zip four times the size.
"""

import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from infra import Stop, reach, vendor

_ENGINES: Final = frozenset({"duckdb", "numpy"})
_NAMES_OF_STATES: Final = frozenset({"jellyfish", "us"})
API: Final = "app"
EXTRAS: Final[Mapping[str, frozenset[str]]] = {
    API: frozenset({"icalendar", "tzdata"}) | _NAMES_OF_STATES,
    "chalicelib.audit.jobs": frozenset(),
    "chalicelib.auth": frozenset({"cffi", "cryptography", "pycparser", "pyjwt"}),
    "chalicelib.exchange.jobs": _ENGINES,
    "chalicelib.needs.jobs": _ENGINES,
    "chalicelib.notifications.jobs": frozenset({"tzdata"}),
    "chalicelib.school_lists.jobs": frozenset({"numpy", "python-calamine", "rapidfuzz"}) | _NAMES_OF_STATES,
}
"""The modules that handlers are in, each of which gets a zip, and the distributions that not all of them need."""
LATE: Final[Mapping[str, tuple[str, ...]]] = {"duckdb": ("numpy.ma",)}
"""What a distribution imports only once it works, so that no import of a handler would find it missing."""
_OF_THE_API: Final = ("chalicelib/openapi.json", "chalicelib/routes.json", f"{vendor.VIEWER}/")
"""Files that the API alone reads."""
_SIZE_LIMIT: Final = 250 * 1024 * 1024
"""Lambda's limit of an unzipped package, bytes."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def zip_of(module: str) -> str:
    """The name of the zip for handlers of a module. Raises ``Stop`` where none is made for it."""
    if module not in EXTRAS:
        raise Stop(f"{module} has a handler, but no zip. Say in infra/zips.py, EXTRAS, what it needs.")
    return f"{module.removeprefix('chalicelib.').removesuffix('.jobs')}.zip"


def modules_of(application: Path, module: str) -> set[Path]:
    """The files of the application that handlers of a module need, as relative paths."""
    if module == API:
        return {path.relative_to(application) for path in application.rglob("*") if path.is_file()}
    reached = reach.reachable(application, module)
    runtime = {path.relative_to(application) for path in (application / "chalice").rglob("*")}
    compiled = {
        found.relative_to(application)
        for path in reached
        if path.suffix == ".py"
        for found in (application / path.parent / "__pycache__").glob(f"{path.stem}.*.pyc")
    }
    return {path for path in reached | runtime | compiled if (application / path).is_file()}


def without(module: str) -> list[str]:
    """The distributions that the zip for handlers of a module goes without."""
    return sorted(frozenset().union(*EXTRAS.values()) - EXTRAS[module])


def late(module: str) -> tuple[str, ...]:
    """The modules that handlers of a module import once they work."""
    return tuple(name for needed in sorted(EXTRAS[module]) for name in LATE.get(needed, ()))


def write_dependencies(out: Path, module: str, owned: Mapping[str, list[str]]) -> None:
    """Writes the part of a zip that changes with the lock only: ``owned`` are the files of each distribution."""
    files = [
        file
        for owner, files in owned.items()
        if owner not in without(module)
        for file in files
        if module == API or not file.startswith(_OF_THE_API)
    ]
    with zipfile.ZipFile(out / f"vendor-{zip_of(module)}", "w") as archive:
        _add(archive, ((out / "vendor" / file, file) for file in sorted(files)))


def write_zip(out: Path, module: str, application: Path) -> int:
    """Adds a module, and what it reaches, to its dependencies. Returns the bytes of the content.

    Raises ``Stop`` where Lambda would not take it.
    """
    name = zip_of(module)
    shutil.copy(out / f"vendor-{name}", out / name)
    with zipfile.ZipFile(out / name, "a") as archive:
        _add(
            archive,
            ((application / path, path.as_posix()) for path in sorted(modules_of(application, module))),
        )
        unzipped = sum(member.file_size for member in archive.infolist())
    if unzipped > _SIZE_LIMIT:
        raise Stop(f"{name} would be {unzipped >> 20} MB unzipped; Lambda takes {_SIZE_LIMIT >> 20} MB.")
    return unzipped


def _add(archive: zipfile.ZipFile, files: Iterable[tuple[Path, str]]) -> None:
    """Adds files with fixed times and rights, so that the same content makes the same bytes."""
    for source, name in files:
        member = zipfile.ZipInfo(name, _EPOCH)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = (0o755 if source.suffix == ".so" else 0o644) << 16
        archive.writestr(member, source.read_bytes())
