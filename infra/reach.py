"""Which of the application's modules a function can come to import, at its start or later.

Read from the sources: every import of a module counts, those inside functions too, except what is only there for type
checkers. What is found by name at run time is not seen; only the API does that, and it gets everything.
"""

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

PACKAGE: Final = "chalicelib"


def reachable(modules: Path, start: str) -> set[Path]:
    """The files of a package's modules that importing ``start`` can lead to, as paths relative to ``modules``.

    A package's data belong to it: they come along where any of its modules does.
    """
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name in found or _file(modules, name) is None:
            continue
        found.add(name)
        waiting += [parent for parent in _parents(name) if parent not in found]
        waiting += _imported(modules, name)
    files = {file for name in found if (file := _file(modules, name)) is not None}
    folders = {file.parent for file in files} - {Path(PACKAGE)}
    return files | {one for folder in folders for one in _data(modules, folder)}


def _file(modules: Path, name: str) -> Path | None:
    if name.partition(".")[0] != PACKAGE:
        return None
    path = Path(*name.split("."))
    return next(
        (one for one in (path / "__init__.py", path.with_suffix(".py")) if (modules / one).is_file()), None
    )


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


@lru_cache(maxsize=1024)
def _imported(modules: Path, name: str) -> tuple[str, ...]:
    file = _file(modules, name)
    tree = ast.parse((modules / file).read_text(encoding="utf-8")) if file else ast.Module([], [])
    return tuple(_imports(tree))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=otherwise):
                yield from _imports(ast.Module(otherwise, []))
            case ast.Import(names=names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{one.name}" for one in names)
            case _:
                yield from _imports(node)


def _data(modules: Path, folder: Path) -> Iterator[Path]:
    """What is no module in a package's folder, and below it in folders that are no packages."""
    for path in sorted((modules / folder).iterdir()):
        if path.is_dir() and path.name != "__pycache__" and not (path / "__init__.py").exists():
            yield from (one.relative_to(modules) for one in sorted(path.rglob("*")) if one.is_file())
        elif path.is_file() and path.suffix != ".py":
            yield path.relative_to(modules)
